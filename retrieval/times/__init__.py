"""Expressions of time in Arabic news, as the days they speak of: dates of three sets of months, «أمس»، «الثلاثاء»، «سبتمبر الماضي».

What is relative counts from the anchor, the day of publication; without one it says nothing. A week begins on Monday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import itemgetter

from retrieval.times.parts import UNITS, Found, Kind
from retrieval.times.ranges import RangesOfText
from retrieval.times.words import tokens

__all__ = ["Mention", "as_number", "mentions"]


_CORE = frozenset(
    (
        "name",
        "name_of_two",
        "hijri",
        "hijri_of_two",
        "weekday",
        "yesterday",
        "today",
        "tomorrow",
        "tonight",
        "decade",
        "season",
    )
) | {tag for unit in UNITS for tag in (unit, f"{unit}s", f"the_{unit}")}
"""Tags of words or, beside them, numbers, of which every expression has one: most sentences have none."""
_SENTENCE = re.compile(r"[^\n]+?(?:[.؟?!](?=\s)|$)", re.MULTILINE)
_KEPT = 1 << 18


class _TellsTime(dict[str, bool]):
    """Whether a run of characters between blanks has a word of time or a number; each is looked at once."""

    def __missing__(self, piece: str) -> bool:
        if len(self) >= _KEPT:
            self.clear()
        found = any(token.number is not None or not _CORE.isdisjoint(token.tags) for token in tokens(piece))
        self[piece] = found
        return found


_tells_time = _TellsTime()


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text, `start` to `end`, and the days it speaks of, both included."""

    start: int
    end: int
    first: date
    last: date
    kind: Kind


def mentions(text: str, anchor: date | None) -> list[Mention]:
    """The expressions of time of a text, in order, none overlapping. `anchor` is the day from which it is told."""
    found: list[Mention] = []
    for sentence in _SENTENCE.finditer(text):
        if any(map(_tells_time.__getitem__, sentence[0].split())):
            found += _Reader(tokens(sentence[0]), anchor).read(sentence.start())
    return found


def as_number(when: date) -> int:
    """A day as YYYYMMDD: what is stored and compared."""
    return when.year * 10_000 + when.month * 100 + when.day


class _Reader(RangesOfText):
    """Reads one text from its beginning, at each place the longest expression."""

    def read(self, offset: int) -> list[Mention]:
        """`offset` is where the text begins in the one that spans are counted in."""
        mentions: list[Mention] = []
        at = 0
        while at < self._ends:
            found = self._at(at)
            if found is None:
                at += 1
                continue
            end, (first, last), kind = found
            mentions.append(
                Mention(offset + self._tokens[at].inner, offset + self._tokens[end - 1].end, first, last, kind)
            )
            at = end
        return mentions

    def _at(self, at: int) -> Found | None:
        token = self._tokens[at]
        if token.number is not None:
            rules: tuple[str, ...] = _OF_NUMBERS
        elif token.tags:
            rules = _rules_of(frozenset(token.tags))
        else:
            return None
        found = [result for rule in rules if (result := getattr(self, rule)(at))]
        return max(found, key=itemgetter(0), default=None)


_OF_NUMBERS = ("_day", "_year", "_listed_days", "_school_year")
_OF_TAGS = {
    "_day": "part day weekday yesterday today tomorrow tonight first after ordinal",
    "_range": "from since between both_years years",
    "_piece": "piece",
    "_quarter": "quarter half",
    "_decade": "decade",
    "_season": "season",
    "_month": "month name name_of_two hijri hijri_of_two",
    "_year": "year the_year",
    "_distance": "ago after since",
    "_window": "last day days week weeks month months year years",
    "_relative_unit": "this the_week the_month the_year",
}
"""Which rules are for expressions that begin with a word of some tag."""


@cache
def _rules_of(tags: frozenset[str]) -> tuple[str, ...]:
    return tuple(rule for rule, some in _OF_TAGS.items() if not tags.isdisjoint(some.split()))
