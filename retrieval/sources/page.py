"""A text file as its written lines, each with its kind and the empty lines before it."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise, takewhile

from retrieval.sources.article import line_key
from retrieval.sources.bylines import is_byline, is_person_byline
from retrieval.sources.credits import CAPTION_LENGTH, credit_of, is_caption, is_credited
from retrieval.sources.dates import is_bare_date, is_date_line
from retrieval.sources.furniture import is_furniture, is_related
from retrieval.sources.headings import HEADING_LENGTH, is_heading

_RULE = re.compile(r"([-=*_#])(?: ?\1){4,}")
"""A line of five or more equal signs divides articles; it counts as two empty lines."""
_SMALLEST_BREAK = 2
HEAD_WINDOW = 16
"""Lines from one copy of the title to the next: subtitle, date, byline, six buttons, three captions set twice."""
_INNER_SHARE = 0.95
"""One paragraph in twenty may stand further apart before the empty lines of a file stop meaning anything."""


class Kind(Enum):
    """What a line is by its own words."""

    FURNITURE = auto()
    RELATED = auto()
    DATE = auto()
    BARE_DATE = auto()
    BYLINE = auto()
    CAPTION = auto()
    HEADING = auto()
    TEXT = auto()


HEAD_MATERIAL = frozenset({Kind.FURNITURE, Kind.DATE, Kind.BARE_DATE, Kind.BYLINE, Kind.CAPTION})
"""Kinds that stand between the two copies of a title."""
PAGE_MARKS = HEAD_MATERIAL - {Kind.CAPTION}

_SHORT_KINDS = (
    (Kind.FURNITURE, is_furniture),
    (Kind.RELATED, is_related),
    (Kind.DATE, is_date_line),
    (Kind.BARE_DATE, is_bare_date),
    (Kind.BYLINE, is_byline),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A written line; `gap` counts the empty lines before it."""

    text: str
    key: str
    gap: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Page:
    """The lines, and from how many empty lines on a gap parts two articles rather than two paragraphs."""

    lines: tuple[Line, ...]
    smallest_break: int

    def is_break(self, index: int) -> bool:
        """Whether a new article may begin here by the empty lines before it."""
        return index == 0 or self.lines[index].gap >= self.smallest_break

    def repeats_next(self, index: int) -> bool:
        """Whether the line stands twice in a row, this being the first."""
        lines = self.lines
        if index + 1 >= len(lines) or self.is_break(index + 1):
            return False
        return bool(lines[index].key) and lines[index].key == lines[index + 1].key

    def is_doubled(self, index: int) -> bool:
        """Whether the line stands twice in a row."""
        return self.repeats_next(index) or (index > 0 and self.repeats_next(index - 1))


def read_page(text: str) -> Page:
    """The page of a cleaned text. Credits that end a doubled line count as credits everywhere in it."""
    written = _written_lines(text)
    keys = [line_key(line) if len(line) <= CAPTION_LENGTH else line for line, _ in written]
    doubled = [line for (line, _), key, following in zip(written, keys, keys[1:], strict=False) if key == following]
    credits = frozenset(credit for line in doubled if (credit := credit_of(line)))
    lines = tuple(
        Line(text=line, key=key, gap=gap, kind=_kind(line, credits))
        for (line, gap), key in zip(written, keys, strict=True)
    )
    smallest_break = _smallest_break(lines)
    return Page(lines=_with_person_bylines(lines, smallest_break), smallest_break=smallest_break)


def with_captions(page: Page, titles: Set[str]) -> Page:
    """The page with each line that has a caption's shape and stands alone as a caption, the keys of `titles` aside.

    For pages that have a head: in other texts such a line may as well be a paragraph.
    """
    credited = [
        line.kind in (Kind.HEADING, Kind.TEXT) and line.key not in titles and is_credited(line.text)
        for line in page.lines
    ]
    spaced = 2 * sum(line.gap > 0 for line in page.lines) > len(page.lines)

    def is_alone(index: int) -> bool:
        above, below = page.lines[index].gap, page.lines[index + 1].gap if index + 1 < len(page.lines) else 1
        attached = [other for other, gap in ((index - 1, above), (index + 1, below)) if gap == 0 and other >= 0]
        return not spaced or all(credited[other] or page.lines[other].kind in HEAD_MATERIAL for other in attached)

    lines = tuple(
        replace(line, kind=Kind.CAPTION) if credited[index] and is_alone(index) else line
        for index, line in enumerate(page.lines)
    )
    return replace(page, lines=lines)


def _written_lines(text: str) -> list[tuple[str, int]]:
    written: list[tuple[str, int]] = []
    gap = 0
    for line in text.split("\n"):
        if not line:
            gap += 1
        elif _RULE.fullmatch(line):
            gap += _SMALLEST_BREAK
        else:
            written.append((line, gap))
            gap = 0
    return written


def _kind(text: str, credits: frozenset[str]) -> Kind:
    if len(text) <= HEADING_LENGTH:
        for kind, is_kind in _SHORT_KINDS:
            if is_kind(text):
                return kind
    if is_caption(text, credits):
        return Kind.CAPTION
    return Kind.HEADING if is_heading(text) else Kind.TEXT


def _with_person_bylines(lines: tuple[Line, ...], smallest_break: int) -> tuple[Line, ...]:
    """The lines with «موسكو: رائد جبر» as a byline where a date or text follows; a title would come again near by."""
    found = list(lines)
    for index, (line, following) in enumerate(pairwise(lines)):
        if index == 0 or line.kind is not Kind.HEADING or max(line.gap, following.gap) >= smallest_break:
            continue
        dated = following.kind in (Kind.DATE, Kind.BARE_DATE)
        if (dated or following.kind is Kind.TEXT) and is_person_byline(line.text, dated=dated):
            near = [*_up_to_text(lines[index + 1 :]), *_up_to_text(lines[:index][::-1])]
            if all(other.key != line.key for other in near):
                found[index] = replace(line, kind=Kind.BYLINE)
    return tuple(found)


def _up_to_text(lines: tuple[Line, ...]) -> list[Line]:
    return list(takewhile(lambda line: line.kind is not Kind.TEXT, lines[:HEAD_WINDOW]))


def _smallest_break(lines: tuple[Line, ...]) -> int:
    """One empty line more than stand between paragraphs, and two at least.

    Measured where neither neighbour may be a title.
    """
    inner = sorted(line.gap for before, line in pairwise(lines) if line.kind is before.kind is Kind.TEXT)
    usual = inner[min(int(_INNER_SHARE * len(inner)), len(inner) - 1)] if inner else 1
    return max(_SMALLEST_BREAK, usual + 1)
