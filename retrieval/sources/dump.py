"""Text dumps of news pages to Drafts: each head opens an article, furniture goes, captions are told from text.

A text without any head is one article.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import takewhile

from retrieval.sources.article import Draft
from retrieval.sources.bylines import outlet_of
from retrieval.sources.credits import credit_of
from retrieval.sources.dates import find_date, is_date_line, is_publication_line
from retrieval.sources.furniture import is_related_label, is_tags, is_tags_label
from retrieval.sources.headings import ends_sentence
from retrieval.sources.heads import Head, find_heads
from retrieval.sources.page import HEAD_MATERIAL, PAGE_MARKS, Kind, Line, Page, read_page, with_captions
from retrieval.sources.wrapping import unwrap

_RELATED_TITLES = 5
_RELATED_LENGTH = 120


def read_text(text: str) -> Iterator[Draft]:
    """The articles of a text file in order; none for a text without words."""
    page = read_page(unwrap(text))
    heads = find_heads(page)
    if not heads:
        if any(line.key for line in page.lines):
            yield _plain(page, 0, len(page.lines))
        return
    page = with_captions(page, {page.lines[head.title].key for head in heads if not _frames_a_title(page, head)})
    heads = find_heads(page) or heads
    first = heads[0].start
    if any(line.kind is Kind.TEXT for line in page.lines[:first]):
        yield _plain(page, 0, first)
    else:
        heads[0] = Head(start=0, title=heads[0].title, last=heads[0].last, end=heads[0].end)
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        yield _article(page, head, following.start if following else len(page.lines))


def _frames_a_title(page: Page, head: Head) -> bool:
    """Whether what looks like two copies of a title may be a caption above and below it: a heading under furniture."""
    above, inner = page.lines[max(head.last - 2, head.start)], page.lines[head.last - 1]
    return head.last - head.title > 2 and inner.kind is Kind.HEADING and above.kind in PAGE_MARKS


def _article(page: Page, head: Head, end: int) -> Draft:
    title = page.lines[head.title]
    top = _Top(page, head)
    paragraphs, captions = _body(page, head.end, end, {title.key, *top.keys})
    return Draft(
        title=title.text,
        subtitle=top.subtitle,
        paragraphs=(*top.paragraphs, *paragraphs),
        captions=(*top.captions, *captions),
        outlet=next((name for line in top.bylines if (name := outlet_of(line))), None),
        published=_published(top.dates),
    )


class _Top:
    """The lines of a head, sorted: no line of it is lost but furniture, dates, bylines and further copies."""

    def __init__(self, page: Page, head: Head) -> None:
        self.subtitle = ""
        self.paragraphs: list[str] = []
        self.captions: list[str] = []
        self.bylines: list[str] = []
        self.dates: list[str] = []
        self.keys: set[str] = set()
        for index in range(head.start, head.end):
            line = page.lines[index]
            if line.key != page.lines[head.title].key and line.key not in self.keys:
                self._add(page, head, index)

    def _add(self, page: Page, head: Head, index: int) -> None:
        line = page.lines[index]
        if line.kind is Kind.BYLINE:
            self.bylines.append(line.text)
        elif line.kind in (Kind.DATE, Kind.BARE_DATE):
            self.dates.append(line.text)
        elif line.kind not in (Kind.FURNITURE, Kind.RELATED):
            self.keys.add(line.key)
            if line.kind is Kind.CAPTION or page.is_doubled(index) or self._has_credit(line, head, index):
                self.captions.append(line.text)
            elif index > head.title and not self.subtitle and not self.paragraphs:
                self.subtitle = line.text
            else:
                self.paragraphs.append(line.text)

    @staticmethod
    def _has_credit(line: Line, head: Head, index: int) -> bool:
        """Whether a line between the copies of the title ends in parentheses that may be a credit nobody has listed."""
        return head.title < index < head.last and credit_of(line.text) is not None


def _published(date_lines: list[str]) -> date | None:
    """The day of publication; a line that speaks of a later change counts for nothing."""
    own = [line for line in date_lines if is_publication_line(line)]
    bare = [line for line in date_lines if not is_date_line(line)]
    return next((day for line in own + bare if (day := find_date(line))), None)


def _body(page: Page, start: int, end: int, known: set[str]) -> tuple[list[str], list[str]]:
    """Paragraphs and captions of the lines `start` to `end`. A line whose key is `known` was in the head."""
    paragraphs: list[str] = []
    captions: list[str] = []
    index = start
    while index < end:
        line = page.lines[index]
        if line.kind is Kind.RELATED:
            index = _after_related(page, index, end)
            continue
        if paragraphs and is_tags_label(line.key) and (after := _after_tags(page, index, end)):
            index = after
            continue
        if line.kind in (Kind.FURNITURE, Kind.DATE) or line.key in known:
            pass
        elif line.kind is Kind.CAPTION or (line.kind is Kind.HEADING and page.is_doubled(index)):
            captions.append(line.text)
        else:
            paragraphs.append(line.text)
        index += 1
    return paragraphs, captions


def _after_related(page: Page, index: int, end: int) -> int:
    """The line after «اقرأ أيضاً» and the titles below it: headings right under each other, or each set apart."""
    line = page.lines[index]
    index += 1
    if not is_related_label(line.text):
        return index
    spaced = any(line.gap for line in page.lines)
    first = index
    while index < end and index - first < (_RELATED_TITLES if spaced else 1):
        line = page.lines[index]
        if line.kind is not Kind.HEADING or (line.gap and page.is_break(index)):
            break
        if index > first and line.gap:
            directly = index > first + 1 and page.lines[index - 1].gap == 0
            if directly or ends_sentence(line.text) or len(line.text) > _RELATED_LENGTH:
                break
        index += 1
    return index


def _after_tags(page: Page, index: int, end: int) -> int | None:
    """The line after «مواضيع» and the subjects below it; None if text follows them, for then it is a subheading."""
    index += 1
    while index < end and page.lines[index].kind is not Kind.RELATED and is_tags(page.lines[index].text):
        index += 1
    below = takewhile(lambda line: line.kind is not Kind.RELATED, page.lines[index:end])
    return None if any(line.kind is Kind.TEXT for line in below) else index


def _plain(page: Page, start: int, end: int) -> Draft:
    """One article without a head: a heading on its first line is the title, if text follows."""
    lines = page.lines[start:end]
    first = next((index for index, line in enumerate(lines, start) if line.kind not in HEAD_MATERIAL), start)
    titled = page.lines[first].kind is Kind.HEADING and any(line.key for line in page.lines[first + 1 : end])
    dates = [line.text for line in lines if line.kind is Kind.DATE]
    paragraphs, captions = _body(page, start, end, set())
    if titled and paragraphs and paragraphs[0] == page.lines[first].text:
        return Draft(
            title=paragraphs[0], paragraphs=tuple(paragraphs[1:]), captions=tuple(captions), published=_published(dates)
        )
    return Draft(paragraphs=tuple(paragraphs), captions=tuple(captions), published=_published(dates))
