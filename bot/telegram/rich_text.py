"""Text with bold, italic, links and quotes as Telegram's entities: computed, never parsed from a markup.

Offsets and lengths are counted in UTF-16 units, as Telegram does; `split` makes pieces that it takes.
https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from urllib.parse import urlsplit

from telegram import MessageEntity
from telegram.constants import MessageEntityType, MessageLimit

from retrieval.arabic import clean, sentences

LONGEST_MESSAGE = int(MessageLimit.MAX_TEXT_LENGTH)
"""UTF-16 units. Telegram was seen to count characters, which are never more."""
MOST_ENTITIES = int(MessageLimit.MESSAGE_ENTITIES)
"""Telegram leaves out those beyond."""
_LONGEST_ADDRESS = 2048

_QUOTES = frozenset({MessageEntityType.BLOCKQUOTE, MessageEntityType.EXPANDABLE_BLOCKQUOTE})


@dataclass(frozen=True, slots=True)
class RichText:
    """Text and its entities, outer ones before inner ones. Made by the functions below, which clean what they are given."""

    text: str
    entities: tuple[MessageEntity, ...] = ()

    def __add__(self, other: RichText) -> RichText:
        return RichText("").join([self, other])

    def __bool__(self) -> bool:
        return bool(self.text)

    def join(self, parts: Iterable[RichText]) -> RichText:
        """The parts with this text between them, as `str.join`."""
        texts: list[str] = []
        entities: list[MessageEntity] = []
        at = 0
        for number, part in enumerate(parts):
            for each in (self, part) if number and self.text else (part,):
                texts.append(each.text)
                entities += [_moved(entity, entity.offset + at, entity.length) for entity in each.entities]
                at += utf16_length(each.text)
        return RichText("".join(texts), tuple(entities))


def utf16_length(text: str) -> int:
    """The length that Telegram counts in: characters beyond U+FFFF are two units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# ---------------------------------------------------------------------------------------------- making


def plain(text: str) -> RichText:
    """The text cleaned, without entities. White space at its ends stays, as a blank or as line ends."""
    cleaned = clean(text).strip()
    if not cleaned:
        return RichText(_blank(text))
    return RichText(_blank(text[: len(text) - len(text.lstrip())]) + cleaned + _blank(text[len(text.rstrip()) :]))


def bold(x: str | RichText) -> RichText:
    """The text in bold, but for white space at its ends."""
    return _within(x, MessageEntityType.BOLD)


def italic(x: str | RichText) -> RichText:
    """The text in italics, but for white space at its ends."""
    return _within(x, MessageEntityType.ITALIC)


def link(x: str | RichText, url: str | None) -> RichText:
    """The text as a link; without one when the address is no http(s) address with a host."""
    if url and is_web_address(url):
        return _within(x, MessageEntityType.TEXT_LINK, url=url)
    return _rich(x)


def quote(x: str | RichText, *, expandable: bool = True) -> RichText:
    """A block of quotation, folded until it is touched if `expandable`. Quotations do not nest: inner ones go."""
    kind = MessageEntityType.EXPANDABLE_BLOCKQUOTE if expandable else MessageEntityType.BLOCKQUOTE
    return _within(x, kind, instead_of=_QUOTES)


def lines(parts: Iterable[RichText]) -> RichText:
    """The parts that are not empty, one below the other."""
    return RichText("\n").join(part for part in parts if part)


def paragraphs(parts: Iterable[RichText]) -> RichText:
    """The parts that are not empty, with an empty line between them."""
    return RichText("\n\n").join(part for part in parts if part)


def is_web_address(url: str) -> bool:
    """Whether a browser would open it: http or https, with a host, and nothing that does not show."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises when it is no number
    except ValueError:
        return False
    shows = url.isprintable() and " " not in url and len(url) <= _LONGEST_ADDRESS
    return shows and parts.scheme in ("http", "https") and bool(parts.hostname)


def _rich(x: str | RichText) -> RichText:
    return x if isinstance(x, RichText) else plain(x)


def _within(
    x: str | RichText, kind: str, *, url: str | None = None, instead_of: frozenset[str] = frozenset()
) -> RichText:
    """The text in one more entity, which takes the place of those within it that it cannot hold."""
    rich = _rich(x)
    inner = tuple(entity for entity in rich.entities if entity.type not in {kind, *instead_of})
    start, end = _trimmed(rich.text, 0, len(rich.text))
    if start == end:
        return RichText(rich.text)
    before, length = utf16_length(rich.text[:start]), utf16_length(rich.text[start:end])
    return RichText(rich.text, (MessageEntity(kind, before, length, url=url), *inner))


def _blank(white_space: str) -> str:
    """White space as it may stand between two texts: line ends if it has any, else one blank."""
    if not white_space.isspace():
        return ""
    return "\n" * (len(f"|{white_space}|".splitlines()) - 1) or " "


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _moved(entity: MessageEntity, offset: int, length: int) -> MessageEntity:
    return MessageEntity(entity.type, offset, length, url=entity.url)


# ---------------------------------------------------------------------------------------------- splitting

_GAP = re.compile(r"[^\S ]| (?!\[\d+\])")
"""Where a text may be cut: a mark stays with the words before it."""
_LONGEST_MARK = 10
_LEAST_FULL = 4
"""A piece is at least a quarter full before a paragraph, a line or a sentence is kept whole for the next."""


def split(rich: RichText, limit: int = LONGEST_MESSAGE) -> list[RichText]:
    """Pieces of at most `limit` UTF-16 units and 100 entities, none of them empty.

    Cut between paragraphs, else lines, sentences, words, else characters with what belongs to them. White space at the
    cuts goes, and all else stays.
    """
    if limit < 2:
        raise ValueError("a piece must have room for one character of two units")
    text, pieces = rich.text, []
    units = list(accumulate((2 if char > "\uffff" else 1 for char in text), initial=0))
    start, last = _trimmed(text, 0, len(text))
    while start < last:
        end = _cut(text, start, min(last, _furthest(rich, units, start, limit)))
        pieces.append(_part(rich, units, *_trimmed(text, start, end)))
        start, _ = _trimmed(text, end, last)
    return pieces


def _furthest(rich: RichText, units: Sequence[int], start: int, limit: int) -> int:
    """Where a piece must end at the latest, for its length and for the number of its entities."""
    furthest = bisect_right(units, units[start] + limit) - 1
    begun = sorted(entity.offset for entity in rich.entities if entity.offset + entity.length > units[start])
    if len(begun) > MOST_ENTITIES:
        beyond = bisect_left(units, begun[MOST_ENTITIES])
        return min(furthest, beyond) if beyond > start else furthest
    return furthest


def _cut(text: str, start: int, furthest: int) -> int:
    """The best place to end a piece: at a paragraph, else a line, a sentence, a word, a character."""
    if not text[furthest:].strip():
        return furthest
    least = start + max(1, (furthest - start) // _LEAST_FULL)
    for separator in ("\n\n", "\n"):
        if (end := text.rfind(separator, least, furthest + len(separator))) >= 0:
            return end
    ends = (start + span.end for span in sentences(text[start:furthest])[:-1])
    if (end := max(filter(partial(_GAP.match, text), ends), default=-1)) >= least:
        return end
    gaps = (gap.start() for gap in _GAP.finditer(text, start + 1, furthest + _LONGEST_MARK))
    if (end := max((gap for gap in gaps if gap <= furthest), default=start)) > start:
        return end
    return next((end for end in range(furthest, start, -1) if not _belong_together(text, end)), furthest)


def _belong_together(text: str, place: int) -> bool:
    """Whether the characters on both sides of a place are read as one: a letter and its mark, one emoji, one flag."""
    before, after = text[place - 1], text[place]
    if "\u200d" in (before, after) or unicodedata.category(after) in ("Mn", "Mc", "Me"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    return _is_flag_letter(after) and _flag_letters_before(text, place) % 2 == 1


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_letters_before(text: str, place: int) -> int:
    start = place
    while start and _is_flag_letter(text[start - 1]):
        start -= 1
    return place - start


def _part(rich: RichText, units: Sequence[int], start: int, end: int) -> RichText:
    """The text from `start` to `end` with what of the entities lies in it."""
    entities = []
    for entity in rich.entities:
        first = max(bisect_left(units, entity.offset), start)
        behind = min(bisect_left(units, entity.offset + entity.length), end)
        first, behind = _trimmed(rich.text, first, behind)
        if first < behind:
            entities.append(_moved(entity, units[first] - units[start], units[behind] - units[first]))
    return RichText(rich.text[start:end], tuple(entities[:MOST_ENTITIES]))
