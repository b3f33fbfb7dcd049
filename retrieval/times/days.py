"""Days: «أمس»، «مساء الثلاثاء»، «13/2/2024»، «الثالث والعشرين من أكتوبر 2022»، «15 رمضان 1444 هـ»."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from retrieval.times.calendars import day, hijri_days, hijri_year_of, moved
from retrieval.times.cues import (
    FUTURE_VERB,
    FUTURE_WORDS,
    LOOKED_BACK,
    MEDIA,
    NO_DATE_BEFORE,
    NOT_FUTURE,
    NOT_TODAY_AFTER,
    NOT_TODAY_BEFORE,
    VERSION_BEFORE,
)
from retrieval.times.parts import DAY, Found, Parts


class DaysOfText(Parts):
    """Reads single days."""

    # -------------------------------------------------------------------------------------------------- days

    def _day(self, at: int) -> Found | None:
        """A day with its part, its weekday and its date: «مساء أمس الاثنين», «اليوم الثلاثاء 19 سبتمبر 2023», «يوم الخميس الماضي»."""
        if self._word(at - 1) in NO_DATE_BEFORE and not self._has(at, "yesterday", "today"):
            return None
        begin, here = at, at
        if self._has(here, "part") and self._is_of_day(here + 1):
            here += 1
        if self._value(here, "day") == 1 and (
            self._has(here + 1, "weekday", "yesterday", "part") or self._date(here + 1)
        ):
            here += 1
            if self._has(here, "part") and self._is_of_day(here + 1):
                here += 1
        if here > begin and not self._bare(here):
            return None
        if told := self._deictic(here):
            here, when = told
            if self._has(here, "weekday") and self._bare(here):
                here += 1
            if (dated := self._date(here)) and self._bare(here):
                return dated[0], dated[1], "day"
            return here, (when, when), "day"
        if self._has(here, "weekday"):
            return self._weekday(here)
        dated = self._date(here)
        return dated if dated and dated[2] == "day" else None

    def _is_of_day(self, at: int) -> bool:
        """Whether a part of the day may stand before a token."""
        day_word = self._value(at, "day") == 1 and self._bare(at)
        return day_word or self._has(at, "weekday", "yesterday", "tomorrow", "today", "first") or bool(self._date(at))

    def _deictic(self, at: int) -> tuple[int, date] | None:
        """«أمس», «أول من أمس», «اليوم», «بعد غد», «الليلة الماضية»: the token behind it, and the day."""
        if not self._anchor:
            return None
        if self._has(at, "first"):
            behind = at + 2 if self._has(at + 1, "from") else at + 1
            return (behind + 1, self._anchor - 2 * DAY) if self._has(behind, "yesterday") else None
        if self._has(at, "yesterday"):
            before = self._value(at + 1, "ordinal") == 1 and self._bare(at + 1)
            return (at + 2, self._anchor - 2 * DAY) if before else (at + 1, self._anchor - DAY)
        if self._has(at, "after") and self._has(at + 1, "tomorrow") and self._bare(at + 1):
            return at + 2, self._anchor + 2 * DAY
        if self._has(at, "tomorrow") and self._word(at) != "غد":
            return at + 1, self._anchor + DAY
        if self._has(at, "tomorrow"):
            return (at + 1, self._anchor + DAY) if self._has(at - 1, "part", "in") or self._tokens[at].clitics else None
        if self._has(at, "tonight"):
            past = self._modifier(at + 1) == -1
            return (at + 2, self._anchor - DAY) if past else (at + 1, self._anchor)
        if self._has(at, "today") and self._is_today(at):
            return at + 1, self._anchor
        return None

    def _is_today(self, at: int) -> bool:
        after, before = self._word(at + 1), self._word(at - 1)
        named = before in MEDIA or self._word(at - 2) in MEDIA  # «صحيفة اليوم»، «قناة ليبيا اليوم»
        return (
            not named
            and after not in NOT_TODAY_AFTER
            and before not in NOT_TODAY_BEFORE
            and not self._has(at - 1, "ordinal")
        )

    def _weekday(self, at: int) -> Found | None:
        number = self._value(at, "weekday")
        assert number is not None
        if (dated := self._date(at + 1)) and dated[2] == "day" and self._bare(at + 1):
            return dated
        if self._word(at - 1) in NO_DATE_BEFORE or not self._anchor:
            return None
        modifier = self._modifier(at + 1)
        since = (self._anchor.isoweekday() - number) % 7
        if modifier == -1:
            when = self._anchor - (since or 7) * DAY
        elif modifier == 1 or (modifier is None and self._speaks_of_future(at)):
            when = self._anchor + (7 - since) * DAY
        else:
            when = self._anchor - since * DAY
        end = at + 1 + (modifier is not None)
        if (
            (dated := self._date(end))
            and self._bare(end)
            and (dated[1][0].month, dated[1][0].day) == (when.month, when.day)
        ):
            end = dated[0]  # «الأحد الماضي 29 سبتمبر»
        return end, (when, when), "day"

    def _speaks_of_future(self, at: int) -> bool:
        """Whether the verb before a weekday, or right behind it, is one of the future."""
        for here in range(at - 1, max(at - LOOKED_BACK, 0) - 1, -1):
            word = self._word(here)
            if word in ".؟!؛":
                break
            if word in FUTURE_WORDS or self._is_future(word):
                return True
            if word in ("قال", "اعلن", "اعلنت", "قالت", "افاد", "ذكر", "اكد", "صرح") and here < at - 1:
                break
        return False

    @staticmethod
    def _is_future(word: str) -> bool:
        return bool(FUTURE_VERB.fullmatch(word)) and not NOT_FUTURE.match(word)

    # -------------------------------------------------------------------------------------------------- dates

    def _date(self, at: int) -> Found | None:
        """A day of a month: «13/2/2024», «5 مايو», «الثالث والعشرين من أكتوبر 2022», «15 رمضان 1444 هـ», «3 يونيو الماضي»."""
        if found := self._numeric(at):
            return found
        numbered = self._count(at) if self._number(at) is not None else self._ordinal(at)
        if not numbered or not 1 <= numbered[1] <= 31:
            return None
        end, number = numbered
        if self._has(end, "from") and self._bare(end):
            end += 1
        if self._has(end, "the_month") and self._anchor and (modifier := self._modifier(end + 1)) is not None:
            month = moved(self._anchor.replace(day=1), months=modifier)
            when = day(month.year, month.month, number)
            return (end + 2, (when, when), "day") if when else None
        if not (named := self._month_name(end)) or not self._bare(end):
            return None
        end, month_number, hijri = named
        if self._word(end) in "،," and self._bare(end) and (year := self._year_number(end + 1, hijri=hijri)):
            return self._of_day(year[0], year[1], month_number, number, hijri=hijri)
        if year := self._year_number(end, hijri=hijri):
            return self._of_day(year[0], year[1], month_number, number, hijri=hijri)
        if (of := self._year_of(end)) and not hijri:
            return self._of_day(of[0], of[1], month_number, number, hijri=False)
        return self._of_this_year(end, month_number, number, hijri=hijri) if self._anchor else None

    def _numeric(self, at: int) -> Found | None:
        sign = self._word(at + 1)
        if self._word(at - 1) in VERSION_BEFORE:
            return None
        if self._number(at) is None or sign not in ("/", "-", ".") or self._word(at + 3) != sign or at + 5 > self._ends:
            return None
        parts = [self._tokens[at + step] for step in (0, 1, 2, 3, 4)]
        if any(one.end != other.start for one, other in pairwise(parts)):
            return None
        one, two, three = (parts[step].number for step in (0, 2, 4))
        if one is None or two is None or three is None:
            return None
        if self._word(at + 5) == sign and self._number(at + 6) is not None and sign != ".":
            return None
        year, month, number = (one, two, three) if one > 31 else (three, two, one)
        era = self._value(at + 5, "era") if self._bare(at + 5) else None
        hijri = era == 1 or 1300 <= year <= 1500
        return self._of_day(at + 5 + bool(era), year, month, number, hijri=hijri) if year > 1000 else None

    def _of_day(self, end: int, year: int, month: int, number: int, *, hijri: bool) -> Found | None:
        if hijri:
            days = hijri_days(year, month, number)
            return (end, days, "day") if days else None
        when = day(year, month, number)
        return (end, (when, when), "day") if when else None

    def _of_this_year(self, end: int, month: int, number: int, *, hijri: bool) -> Found | None:
        """A day without a year: the latest up to the anchor, unless it is said to be the next."""
        assert self._anchor
        modifier = self._modifier(end)
        year = hijri_year_of(self._anchor) if hijri else self._anchor.year
        found = [self._of_day(end, some, month, number, hijri=hijri) for some in (year - 1, year, year + 1)]
        days = [each[1] for each in found if each]
        if modifier == 1:
            fitting = [some for some in days if some[0] > self._anchor][:1]
        elif modifier == 0:
            fitting = [some for some in days if some[0].year == self._anchor.year]
        else:
            begins = self._anchor.replace(day=1) if modifier == -1 and not hijri else self._anchor + DAY
            fitting = [some for some in days if some[0] < begins][-1:]
        return (end + (modifier is not None), fitting[0], "day") if fitting else None
