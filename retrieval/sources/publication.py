"""When an article was published, where nobody says: inferred from its own words, with the words as reasons, or left open.

Two things tell: a day that the text calls one of the current month («7 فبراير الحالي»), and the day on which a photograph was
taken, in its caption. «اليوم الثلاثاء» then moves on to the next such weekday. The year is the
first in which that day lies behind all days that the text names, and in which the weekday beside it is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from retrieval.arabic import clean_line
from retrieval.times import Mention, mentions
from retrieval.times.calendars import day
from retrieval.times.words import Token, tokens, two_word_name

_NOW = re.compile("الحال[يى]|الجار[يى]")
_YEAR = re.compile(r"\d{4}")
NEAR_DAYS = 7
"""How long after the day of a photograph «اليوم الثلاثاء» is still looked for."""
YEARS_BACK = 5
"""A weekday falls on the same day of the month again after five years at the earliest."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A day of publication, and the words that it was inferred from."""

    published: date
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Current:
    """A day that a text counts to the month in which it was written; 1 is Monday."""

    day: int
    month: int
    weekday: int | None
    words: str


def infer_publication(paragraphs: Sequence[str], captions: Sequence[str], today: date) -> Dated | None:
    """The day of publication, not after `today`; None unless the words leave no other."""
    told = [clean_line(text) for text in (*captions, *paragraphs) if _NOW.search(text)]
    dated = [clean_line(text) for text in captions if _YEAR.search(text)]
    current = next((found for text in told if (found := _current_day(text))), None)
    if not current and not dated:
        return None  # of most articles, which are not read any further
    written = [clean_line(text) for text in (*captions, *paragraphs)]
    weekday = next((said for text in written if (said := _today(text))), None)
    taken = [when for text in dated for when in _full_days(text) if when[0] <= today]
    if current:
        year = _year(current, [found.first for text in written for found in _dated(text)], today)
        first = day(year, current.month, current.day) if year else None
        reasons = [current.words]
    else:
        first, words = max(taken, default=(None, ""))
        reasons = [words]
    if first is None:
        return None
    if weekday:
        moved = first + timedelta(days=(weekday[0] - first.isoweekday()) % 7)
        if moved <= today and (moved - first).days < NEAR_DAYS:
            first, reasons = moved, [*reasons, weekday[1]]
    return Dated(first, tuple(dict.fromkeys(reasons))) if first <= today else None


def _current_day(text: str) -> _Current | None:
    """The latest «[الثلاثاء] 13 فبراير الحالي» of a text."""
    found = tokens(text)
    latest: _Current | None = None
    for at, token in enumerate(found):
        named = _month(found, at + 1)
        if token.number is None or not 1 <= token.number <= 31 or not named:
            continue
        end, month = named
        if end < len(found) and "now" in found[end].tags:
            weekday = found[at - 1].tags.get("weekday") if at else None
            start = found[at - 1].inner if weekday else token.start
            here = _Current(token.number, month, weekday, text[start : found[end].end])
            latest = here if latest is None or here.day >= latest.day else latest
    return latest


def _month(found: Sequence[Token], at: int) -> tuple[int, int] | None:
    """A Gregorian month, its other name behind it or not: the token behind, and its number."""
    while at < len(found) and "from" in found[at].tags:
        at += 1
    number, end = None, at
    while end < len(found):
        if (single := found[end].tags.get("name")) and number in (None, single):
            number, end = single, end + 1
        elif (
            end + 1 < len(found)
            and (pair := two_word_name(found[end], found[end + 1], "name"))
            and number in (None, pair)
        ):
            number, end = pair, end + 2
        elif number and found[end].word in ("/", "(", ")"):
            end += 1
        else:
            break
    return (end, number) if number else None


def _today(text: str) -> tuple[int, str] | None:
    """«اليوم الثلاثاء»: the weekday, and the words."""
    found = tokens(text)
    for one, other in pairwise(found):
        if "today" in one.tags and "weekday" in other.tags and not other.clitics:
            return other.tags["weekday"], text[one.inner : other.end]
    return None


def _full_days(text: str) -> list[tuple[date, str]]:
    """The days whose year is named, each with its words."""
    return [(found.first, text[found.start : found.end]) for found in _dated(text) if found.kind == "day"]


def _dated(text: str) -> list[Mention]:
    """The days and months whose year is named."""
    return [found for found in mentions(text, None) if found.kind in ("day", "month")]


def _year(current: _Current, named: Sequence[date], today: date) -> int | None:
    """The year of a current day: the first after all days and months of the past that the text names."""
    past = [when for when in named if when <= today]
    if past:
        years = range(max(past).year, max(past).year + 2)
    elif current.weekday:
        years = range(today.year, today.year - YEARS_BACK, -1)
    else:
        return None
    for year in years:
        when = day(year, current.month, current.day)
        if when and max(past, default=when) <= when <= today and current.weekday in (None, when.isoweekday()):
            return year
    return None
