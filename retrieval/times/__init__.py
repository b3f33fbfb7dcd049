"""Expressions of time in Arabic news, as the days they speak of: dates of three sets of months, «أمس»، «الثلاثاء»، «سبتمبر الماضي».

What is relative counts from the anchor, the day of publication; without one it says nothing. A week begins on Monday.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from retrieval.times.parts import Found, Kind
from retrieval.times.ranges import RangesOfText
from retrieval.times.words import TAGS as LEXICON_TAGS
from retrieval.times.words import tokens

__all__ = ["Mention", "as_number", "mentions"]

_BEGINNING = frozenset(LEXICON_TAGS) - {"past", "now", "next", "number", "era", "to", "in", "century", "lasting"}
"""Tags of words that an expression may begin with, among them those of definite units («الأيام العشرة»)."""


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
    return _Reader(tokens(text), anchor).read()


def as_number(when: date) -> int:
    """A day as YYYYMMDD: what is stored and compared."""
    return when.year * 10_000 + when.month * 100 + when.day


class _Reader(RangesOfText):
    """Reads one text from its beginning, at each place the longest expression."""

    def read(self) -> list[Mention]:
        mentions: list[Mention] = []
        at = 0
        while at < self._ends:
            token = self._tokens[at]
            begins = token.number is not None or not _BEGINNING.isdisjoint(token.tags)
            found = self._at(at) if begins else None
            if found is None:
                at += 1
                continue
            end, (first, last), kind = found
            mentions.append(Mention(token.inner, self._tokens[end - 1].end, first, last, kind))
            at = end
        return mentions

    def _at(self, at: int) -> Found | None:
        found = [result for rule in self._rules if (result := rule(at))]
        return max(found, key=lambda result: result[0], default=None)

    @cached_property
    def _rules(self) -> tuple[Callable[[int], Found | None], ...]:
        always = (
            self._day, self._range, self._piece, self._quarter, self._decade, self._season, self._month, self._year
        )  # fmt: skip
        return (*always, self._distance, self._window, self._relative_unit) if self._anchor else always
