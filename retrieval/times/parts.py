"""The parts of expressions of time: tokens and their tags, numbers and ordinals, names of months, years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from retrieval.times.calendars import Days
from retrieval.times.cues import EPITHETS
from retrieval.times.words import Token, two_word_name

Kind = Literal["day", "week", "month", "quarter", "season", "year", "decade", "range"]
Found = tuple[int, Days, Kind]
"""The token behind an expression, its days, and what they are."""

DAY = timedelta(days=1)
UNITS = ("day", "week", "month", "year")


class Parts:
    """The tokens of one text, read from the anchor. A method that takes a token's number gives what begins there, or None."""

    def __init__(self, found: Sequence[Token], anchor: date | None) -> None:
        self._tokens = found
        self._anchor = anchor
        self._ends = len(found)

    # -------------------------------------------------------------------------------------------------- tokens

    def _has(self, at: int, *tags: str) -> bool:
        if not 0 <= at < self._ends:
            return False
        known = self._tokens[at].tags
        return bool(known) and not known.keys().isdisjoint(tags)

    def _value(self, at: int, tag: str) -> int | None:
        return self._tokens[at].tags.get(tag) if 0 <= at < self._ends else None

    def _word(self, at: int) -> str:
        return self._tokens[at].word if 0 <= at < self._ends else ""

    def _number(self, at: int) -> int | None:
        return self._tokens[at].number if 0 <= at < self._ends else None

    def _bare(self, at: int) -> bool:
        """Whether a token has no clitics before it, as inside an expression."""
        return at < self._ends and not self._tokens[at].clitics

    def _modifier(self, at: int) -> int | None:
        """-1 for الماضي, 0 for الجاري, 1 for المقبل."""
        for tag, value in (("past", -1), ("now", 0), ("next", 1)):
            if self._has(at, tag) and self._bare(at):
                return value
        return None

    # -------------------------------------------------------------------------------------------------- numbers

    def _count(self, at: int) -> tuple[int, int] | None:
        """A number in digits or words, and the token behind it."""
        if (number := self._number(at)) is not None:
            return at + 1, number
        if (number := self._value(at, "number")) is None:
            return None
        if number < 10 and self._value(at + 1, "number") == 10 and self._bare(at + 1):
            return at + 2, number + 10
        if (
            number < 10
            and (tens := self._value(at + 1, "number"))
            and tens >= 20
            and self._tokens[at + 1].clitics == "و"
        ):
            return at + 2, number + tens
        return at + 1, number

    def _ordinal(self, at: int) -> tuple[int, int] | None:
        """«الثالث», «الحادي عشر», «الثالث والعشرين», and the token behind it."""
        if (number := self._value(at, "ordinal")) is None:
            return None
        if number < 10 and self._value(at + 1, "number") == 10 and self._bare(at + 1):
            return at + 2, number + 10
        if (
            number < 10
            and (tens := self._value(at + 1, "ordinal"))
            and tens >= 20
            and self._tokens[at + 1].clitics == "و"
        ):
            return at + 2, number + tens
        return at + 1, number

    def _length(self, at: int) -> tuple[int, int, str] | None:
        """«ثلاثة أيام», «أسبوعين», «عام»: the token behind it, how many, of which unit."""
        counted = self._count(at)
        here = counted[0] if counted else at
        for unit in UNITS:
            if counted and self._has(here, unit, f"{unit}s") and self._bare(here):
                return here + 1, counted[1], unit
            if not counted and (number := self._value(here, unit)):
                single = self._value(here + 1, "number") == number == 1
                return here + 1 + single, number, unit
        return None

    # -------------------------------------------------------------------------------------------------- parts of dates

    def _month_name(self, at: int) -> tuple[int, int, bool] | None:
        """A month, «شهر» before it and its other name behind it: the token behind, its number, whether it is Hijri."""
        if self._value(at, "month") == 1 and self._one_month(at + 1) and self._bare(at + 1):
            at += 1
        if (found := self._one_month(at)) is None:
            return None
        end, number, hijri = found
        if hijri and self._word(end) in EPITHETS:
            end += 1
        if self._bare(end) and self._one_month(end) == (self._end_of_month(end), number, hijri):
            return self._end_of_month(end), number, hijri  # «كانون الأول ديسمبر»
        if self._word(end) == "/" and self._one_month(end + 1) == (self._end_of_month(end + 1), number, hijri):
            end = self._end_of_month(end + 1)
        elif self._word(end) == "(" and self._one_month(end + 1) == (self._end_of_month(end + 1), number, hijri):
            behind = self._end_of_month(end + 1)
            end = behind + 1 if self._word(behind) == ")" else end
        return end, number, hijri

    def _end_of_month(self, at: int) -> int:
        return found[0] if (found := self._one_month(at)) else at

    def _one_month(self, at: int) -> tuple[int, int, bool] | None:
        for tag, hijri in (("name", False), ("hijri", True)):
            if self._has(at, f"{tag}_of_two") and at + 1 < self._ends and self._bare(at + 1):
                number = two_word_name(self._tokens[at], self._tokens[at + 1], tag)
                if number:
                    return at + 2, number, hijri
            if (number := self._value(at, tag)) is not None:
                return at + 1, number, hijri
        return None

    def _year_number(self, at: int, *, hijri: bool = False) -> tuple[int, int, bool] | None:
        """A year, «عام» before it and its era behind it: the token behind, the year, whether it is Hijri."""
        if self._has(at, "from") and self._has(at + 1, "year", "the_year"):
            at += 1
        if (self._value(at, "year") == 1 or self._has(at, "the_year")) and self._bare(at + 1):
            at += 1
        number = self._number(at)
        if number is None or not 1000 <= number <= 2200 or len(self._word(at)) != 4 or self._tokens[at].clitics:
            return None
        era = self._value(at + 1, "era") if self._bare(at + 1) else None
        if era == 2 and self._word(at + 1) == "م" and self._tokens[at + 1].end - self._tokens[at + 1].start > 1:
            era = None
        end = at + 2 if era else at + 1
        if era == 1 or (hijri and number < 1600):
            return end, number, True
        return (end, number, False) if 1500 <= number <= 2150 and not hijri else None

    def _year_of(self, at: int) -> tuple[int, int] | None:
        """The Gregorian year that something lies in: «2022», «من عام 2022», «من العام الماضي»; and the token behind it."""
        if (found := self._year_number(at)) and not found[2]:
            return found[0], found[1]
        if self._has(at, "from"):
            if self._has(at + 1, "year", "the_year"):
                at += 1
            elif (found := self._year_number(at + 1)) and not found[2]:
                return found[0], found[1]
        if self._anchor and self._has(at, "the_year") and (modifier := self._modifier(at + 1)) is not None:
            return at + 2, self._anchor.year + modifier
        return None
