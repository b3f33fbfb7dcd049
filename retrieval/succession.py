"""Whether one article is the later version of another: of one address, or one story corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from retrieval.arabic import words
from retrieval.near_copies import MOST_CHANGED, Likeness
from retrieval.times import mentions

_SAME_PAGE = 0.4
"""Share of the shorter text that two texts of one address have in common at least: a front page changes as a whole."""
_FEW = 3
"""Numbers that an unmarked correction changes at most; more of them are another day's report in the same words."""
_DAYS = 7
"""Days after which a story of the same title is another one."""
_MARKS = frozenset(words("تصحيح تصويب تحديث محدث محدثة مصحح استدراك تنويه corrected correction updated update"))
_FURNITURE = frozenset(words("عاجل خاص فيديو صور بالصور بالفيديو"))
_NEARLY_ALL = 0.9
"""Share of the shorter text that the later version of a story has, where only its title and day speak for it."""
_SAME_TITLE = 0.8
"""Share of common words from which two titles are one, but for their numbers."""


@dataclass(frozen=True, slots=True)
class Dated:
    """What tells which of two articles is the later. `day` is that of its last change, ISO; `number` counts the arrivals."""

    title: str
    url: str | None
    outlet: str | None
    day: str | None
    number: int

    @property
    def order(self) -> tuple[str, bool, int]:
        return self.day or "", self.is_marked, self.number

    @property
    def is_marked(self) -> bool:
        """Whether its title says that it is a correction."""
        return not _MARKS.isdisjoint(_title(self.title)[:3] + _title(self.title)[-2:])


def is_successor(newer: Dated, older: Dated, likeness: Likeness) -> bool:
    """Whether `newer` is the later version of `older`; what only says the same once more is none, unless of one address."""
    if newer.order <= older.order:
        return False
    if newer.url and newer.url == older.url:
        return likeness.contained >= _SAME_PAGE and likeness.jaccard < 1
    apart = days_between(older.day, newer.day)
    if not likeness.is_near or not likeness.changed or likeness.days or apart is None or apart > _DAYS:
        return False
    if newer.is_marked and not older.is_marked:
        return likeness.changed <= MOST_CHANGED
    same_outlet = None in (newer.outlet, older.outlet) or newer.outlet == older.outlet
    is_corrected = likeness.numbers == likeness.changed <= _FEW and likeness.contained >= _NEARLY_ALL
    return apart > 0 and same_outlet and is_corrected and _same_title(newer, older)


def days_between(first: str | None, second: str | None) -> int | None:
    """How many days after the first the second is; None where one is not known."""
    return (date.fromisoformat(second) - date.fromisoformat(first)).days if first and second else None


@lru_cache(maxsize=1024)
def _title(title: str) -> list[str]:
    return words(title)


def _same_title(first: Dated, second: Dated) -> bool:
    """Whether two titles are one but for numbers, and speak of the same days: «أسعار العملات اليوم» does not."""
    left, right = (
        {word for word in _title(one.title) if word not in _MARKS | _FURNITURE and not word.isdigit()}
        for one in (first, second)
    )
    is_one = bool(left) and 2 * len(left & right) >= _SAME_TITLE * (len(left) + len(right))
    return is_one and _days_named(first.title, first.day) == _days_named(second.title, second.day)


@lru_cache(maxsize=1024)
def _days_named(title: str, day: str | None) -> frozenset[tuple[date, date]]:
    return frozenset((one.first, one.last) for one in mentions(title, date.fromisoformat(day) if day else None))
