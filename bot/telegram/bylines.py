"""Who published an article, and when, as a line that reads well in either direction of writing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from bot.messages import Messages
from bot.telegram.buttons import shortened
from bot.telegram.rich_text import RichText, is_web_address, lines, link, plain
from retrieval.types import Source

_LETTER = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SEPARATOR = RichText(" · ")

LONGEST_TITLE = 70
"""Characters of a title in a line; two lines of a phone."""


def titled_byline(source: Source, messages: Messages) -> RichText:
    """The title, shortened and linked, the publisher and the date; a title in the other direction has its own line."""
    title = link(shortened(source.title, LONGEST_TITLE), source.url)
    if not reads_as(title.text, messages):
        return lines([title, byline(source, messages)])
    return _in_reading_order([title, _publisher(source)], source.published, messages)


def byline(source: Source, messages: Messages) -> RichText:
    """The publisher and the date; empty when neither is known."""
    return _in_reading_order([_publisher(source)], source.published, messages)


def date_text(day: date, messages: Messages) -> str:
    """14 سبتمبر 2023, or 14 September 2023."""
    month = messages("telegram.months").split()[day.month - 1]
    return messages("telegram.date", day=day.day, month=month, year=day.year)


def reads_as(text: str, messages: Messages) -> bool:
    """Whether a text is written in the direction of the reader's language; one without letters is."""
    letter = _LETTER.search(text)
    return letter is None or bool(_RIGHT_TO_LEFT.match(letter[0])) == (messages.language == "ar")


def _publisher(source: Source) -> RichText:
    """The outlet, else the host of the address. The name of a file says nothing to a reader, and some look like addresses."""
    if source.outlet or not (source.url and is_web_address(source.url)):
        return plain(source.outlet or "")
    return link((urlsplit(source.url).hostname or "").removeprefix("www."), source.url)


def _in_reading_order(names: Iterable[RichText], day: date | None, messages: Messages) -> RichText:
    """Names and date with points between them. Names in the other direction come behind the date.

    A line takes its direction from its first letter, and a date that begins with a number would fall apart
    behind a name in the other direction: Reuters · 13 2024 فبراير.
    """
    shown = [name for name in names if name]
    before = [name for name in shown if reads_as(name.text, messages)]
    behind = [name for name in shown if not reads_as(name.text, messages)]
    dated = [plain(date_text(day, messages))] if day else []
    return _SEPARATOR.join([*before, *dated, *behind])
