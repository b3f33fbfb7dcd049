"""Months, years, and what is so far away: «سبتمبر 2023»، «رمضان 1444»، «العام الماضي»، «منذ أسبوعين»، «الأيام العشرة الماضية»."""

from __future__ import annotations

import re
from datetime import date

from retrieval.times.calendars import Days, hijri_days, hijri_year_of, month_days, moved, week_days, year_days
from retrieval.times.cues import (
    ABOUT,
    COMMON_NAMES,
    COUNTED,
    LAW_BEFORE,
    NO_DATE_BEFORE,
    NOT_COUNTED,
    TITLES,
    YEAR_BEFORE,
)
from retrieval.times.days import DaysOfText
from retrieval.times.parts import DAY, UNITS, Found
from retrieval.times.words import LEXICON

_OF_SOMETHING = re.compile(r"(?!ال|فصاعد|تقريب|وفق|ايض|مقارن|قياس|تحديد|اعتبار|بعد)\w{3,}(?<!ي)ا")
"""A word in the accusative, as the thing that is counted stands: «شخصا»; adverbs of one root end in يا."""


class SpansOfText(DaysOfText):
    """Reads weeks, months and years, and windows of time."""

    # -------------------------------------------------------------------------------------------------- months and years

    def _month(self, at: int) -> Found | None:
        """«سبتمبر 2023», «رمضان 1444», «شهر مارس», «أكتوبر المقبل»."""
        if not (named := self._month_name(at)) or self._is_of_name(at):
            return None
        end, number, hijri = named
        if (year := self._year_number(end, hijri=hijri)) and self._bare(end):
            days = hijri_days(year[1], number) if hijri else month_days(year[1], number)
            return (year[0], days, "month") if days else None
        if not hijri and (of := self._year_of(end)):
            return of[0], month_days(of[1], number), "month"
        if not self._anchor or self._number(at - 1) is not None:
            return None
        modifier = self._modifier(end)
        headed = self._has(at, "month") or modifier is not None
        if not headed and not self._month_alone(at, end, hijri=hijri):
            return None
        days = self._month_near(number, modifier, hijri=hijri)
        return (end + (modifier is not None), days, "month") if days else None

    def _is_of_name(self, at: int) -> bool:
        """Whether a month is of a place's name: «شارع نوفمبر», «مدينة السادس من أكتوبر»."""
        before = at - 1
        if self._has(before, "from") and (self._has(before - 1, "ordinal", "number") or self._number(before - 1)):
            before -= 2
        return self._word(before) in NO_DATE_BEFORE

    def _month_alone(self, at: int, end: int, *, hijri: bool) -> bool:
        """Whether a month's name by itself is one: a word before it says so, and it is no person, verb or car."""
        before = self._word(at - 1)
        marked = before in ("في", "خلال", "منذ", "حتي", "بحلول", "قبل", "بعد", "اواخر") or self._tokens[at].clitics in (
            "ب",
            "ل",
        )
        if self._word(at) in COMMON_NAMES or hijri:
            return marked and self._word(end) not in ("ان", "علي") and self._tokens[at].clitics != "ل"
        return marked or before in ("من", "الي", "شهري", "شهر") or self._tokens[at].clitics == "و"

    def _month_near(self, number: int, modifier: int | None, *, hijri: bool) -> Days | None:
        """A month without a year: the latest that has begun, the one before the anchor's, or the next."""
        assert self._anchor
        year = hijri_year_of(self._anchor) if hijri else self._anchor.year
        months = [
            hijri_days(some, number) if hijri else month_days(some, number) for some in (year - 1, year, year + 1)
        ]
        days = [some for some in months if some]
        here = self._anchor
        if modifier == 1:
            fitting = [some for some in days if some[0] > here][:1]
        elif modifier == -1:
            fitting = [some for some in days if some[1] < here][-1:]
        else:
            fitting = [some for some in days if some[0] <= here][-1:]
        return fitting[0] if fitting else None

    def _year(self, at: int) -> Found | None:
        """«عام 2019», «السنة 2008», «1444 هـ»; a number alone behind a word that years follow."""
        token = self._tokens[at]
        headed = self._value(at, "year") == 1 or self._has(at, "the_year")
        if headed and self._word(at - 1) in LAW_BEFORE:
            return None
        if found := self._year_number(at):
            end, year, hijri = found
            if not headed and not (hijri or self._is_bare_year(at, end)):
                return None
            if headed and token.word == "سنه" and token.clitics == "ل" and self._number(at - 1) is not None:
                return None  # القانون رقم 10 لسنة 2018
            days = hijri_days(year) if hijri else year_days(year)
            return (end, days, "year") if days else None
        return None

    def _is_bare_year(self, at: int, end: int) -> bool:
        number = self._number(at)
        if number is None or not 1900 <= number <= 2100 or self._word(at - 1) not in YEAR_BEFORE:
            return False
        if self._word(at - 2) in LAW_BEFORE or self._word(end) in ("-", "/", "%", "٪"):
            return False
        ends_range = self._has(end, "to") and self._number(end + 1) is not None
        return not self._is_counted(end + 2 if ends_range else end)

    def _is_counted(self, at: int) -> bool:
        """Whether the word behind a number is what it is a number of: «2025 وظيفة», «2050 دولارا»."""
        after = self._word(at)
        if at >= self._ends or not (after and after[0].isalpha()) or after in NOT_COUNTED:
            return False
        if self._tokens[at].tags.keys() & {"from", "to", "ago", "after", "since", "in", "between"}:
            return False
        if after.rstrip("ا") in COUNTED or after in COUNTED or _OF_SOMETHING.fullmatch(after):
            return True
        return not (
            after in NOT_COUNTED or after.startswith(("ال", "وال", "بال", "لل", "ت", "ي", "و", "ا", "ب", "ل", "ف"))
        )

    # -------------------------------------------------------------------------------------------------- relative

    def _relative_unit(self, at: int) -> Found | None:
        """«الأسبوع الماضي», «هذا الشهر», «العام المقبل»."""
        here = at + 1 if self._has(at, "this") and self._bare(at + 1) else at
        unit = next((unit for unit in ("week", "month", "year") if self._has(here, f"the_{unit}")), None)
        if unit is None or self._anchor is None:
            return None
        modifier = self._modifier(here + 1)
        if here > at and modifier is None:
            return here + 1, self._of_unit(unit, 0), unit  # type: ignore[return-value]
        if modifier is None or (unit == "year" and self._word(at - 1) in TITLES):
            return None
        return here + 2, self._of_unit(unit, modifier), unit  # type: ignore[return-value]

    def _of_unit(self, unit: str, away: int) -> Days:
        """The day, week, month or year so many away from the anchor's."""
        assert self._anchor
        if unit == "day":
            return (self._anchor + away * DAY,) * 2
        if unit == "week":
            return week_days(self._anchor + away * 7 * DAY)
        if unit == "month":
            month = moved(self._anchor.replace(day=1), months=away)
            return month_days(month.year, month.month)
        return year_days(self._anchor.year + away)

    def _away(self, unit: str, number: int) -> date:
        """The day so many units from the anchor."""
        assert self._anchor
        if unit in ("day", "week"):
            return self._anchor + number * (7 if unit == "week" else 1) * DAY
        return moved(self._anchor, months=number * (12 if unit == "year" else 1))

    def _distance(self, at: int) -> Found | None:
        """«قبل ثلاثة أيام», «بعد شهر», «منذ أسبوعين»; not what is told from another event: «بعد يومين من الهجوم»."""
        tag = next((tag for tag in ("ago", "after", "since") if self._has(at, tag)), None)
        if tag is None or not self._bare(at + 1) or self._tokens[at].clitics not in ("", "و", "ف"):
            return None
        begin = at + 2 if self._word(at + 1) in ABOUT else at + 1
        length = self._length(begin)
        if not length or self._year_number(begin) or length[1] > 999 or self._anchor is None:
            return None
        end, number, unit = length
        if self._has(end, "from") and self._word(end + 1) not in ("الان", "اليوم", "دون"):
            return None
        if tag == "since":
            return end, (self._away(unit, -number), self._anchor), "range"
        return end, self._of_unit(unit, -number if tag == "ago" else number), unit  # type: ignore[return-value]

    def _window(self, at: int) -> Found | None:
        """«الأيام العشرة الماضية», «العامين الماضيين», «آخر ثلاث سنوات»."""
        if self._anchor is None:
            return None
        if self._has(at, "last"):
            length = self._length(at + 1)
            if length and self._bare(at + 1) and length[1] > 1:
                return length[0], (self._away(length[2], -length[1]), self._anchor), "range"
            return None
        for unit in UNITS:
            if self._value(at, unit) == 2 and self._word(at).startswith("ال"):
                number, here = 2, at + 1
            elif self._has(at, f"{unit}s") and self._word(at).startswith("ال") and (counted := self._definite(at + 1)):
                here, number = counted
            else:
                continue
            modifier = self._modifier(here)
            if modifier == 1:
                return here + 1, (self._anchor, self._away(unit, number)), "range"
            if modifier == -1 or (self._has(here, "lasting") and self._bare(here)):
                return here + 1, (self._away(unit, -number), self._anchor), "range"
        return None

    def _definite(self, at: int) -> tuple[int, int] | None:
        """«العشرة», «الـ10», «الثلاث»: the token behind it, and the number."""
        if (number := self._number(at)) is not None:
            return at + 1, number
        if self._word(at) == "ال" and (number := self._number(at + 1)) is not None:
            return at + 2, number
        if self._word(at).startswith("ال") and (found := self._word_number(self._word(at)[2:])):
            if self._value(at + 1, "number") == 10 and self._bare(at + 1):
                return at + 2, found + 10
            return at + 1, found
        return None

    @staticmethod
    def _word_number(word: str) -> int | None:
        return LEXICON.get(word, {}).get("number")
