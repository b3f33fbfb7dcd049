"""Parts of months and years, quarters, seasons, decades, and ranges: «مطلع مارس»، «الربع الثالث من 2022»، «من 3 إلى 7 مايو»."""

from __future__ import annotations

from datetime import date

from retrieval.times.calendars import day, month_days, moved, quarter_days, season_days, year_days
from retrieval.times.cues import SCHOOL_YEARS
from retrieval.times.parts import DAY, Found
from retrieval.times.spans import SpansOfText


class RangesOfText(SpansOfText):
    """Reads what lies between two days, and the named parts of a year."""

    # -------------------------------------------------------------------------------------------------- parts and ranges

    def _piece(self, at: int) -> Found | None:
        """«مطلع مارس 2022», «أواخر العام الماضي», «منتصف الشهر الجاري»."""
        piece = self._value(at, "piece")
        if piece is None or not self._bare(at + 1):
            return None
        whole = self._month(at + 1) or self._year(at + 1) or (self._relative_unit(at + 1) if self._anchor else None)
        if not whole and (named := self._month_name(at + 1)) and self._anchor:
            days = self._month_near(named[1], self._modifier(named[0]), hijri=named[2])
            whole = (named[0], days, "month") if days else None
        if not whole or whole[2] not in ("month", "year"):
            return None
        end, (first, last), kind = whole
        if kind == "month":
            begin, stop = ((0, 9), (10, 19), (20, (last - first).days))[piece - 1]
            return end, (first + begin * DAY, min(first + stop * DAY, last)), "range"
        if first.month != 1 or first.day != 1:
            return None
        begin, stop = ((1, 4), (5, 8), (9, 12))[piece - 1]
        return end, (date(first.year, begin, 1), month_days(first.year, stop)[1]), "range"

    def _quarter(self, at: int) -> Found | None:
        """«الربع الثالث من 2022», «النصف الأول من العام الجاري»."""
        if not self._has(at, "quarter", "half"):
            return None
        number = 4 if self._has(at + 1, "lasting") else self._value(at + 1, "ordinal")
        year = self._year_of(at + 2)
        if number is None or year is None:
            return None
        if self._has(at, "quarter"):
            return (year[0], quarter_days(year[1], number), "quarter") if number <= 4 else None
        half = min(number, 2)
        return year[0], (date(year[1], 6 * half - 5, 1), month_days(year[1], 6 * half)[1]), "range"

    def _decade(self, at: int) -> Found | None:
        """«تسعينيات القرن الماضي», «الثمانينات»; not years of a life."""
        years = self._value(at, "decade")
        if years is None:
            return None
        if self._has(at + 1, "century") and self._bare(at + 1):
            end, first = at + 3, 1900
            if (of := self._ordinal(at + 2)) and not self._has(at + 2, "past"):
                end, first = of[0], (of[1] - 1) * 100
            elif not self._has(at + 2, "past"):
                return None
            return end, (date(first + years, 1, 1), date(first + years + 9, 12, 31)), "decade"
        if not self._word(at).startswith("ال") or self._word(at + 2) in ("عمره", "عمرها", "العمر", "عمرهم", "عمرهما"):
            return None
        return at + 1, (date(1900 + years, 1, 1), date(1900 + years + 9, 12, 31)), "decade"

    def _season(self, at: int) -> Found | None:
        """«صيف 2022», «خريف العام الماضي», «الشتاء المقبل»."""
        month = self._value(at, "season")
        if month is None:
            return None
        if (year := self._year_of(at + 1)) and self._bare(at + 1):
            return year[0], season_days(year[1], month), "season"
        modifier = self._modifier(at + 1)
        if modifier is None or self._anchor is None or not self._word(at).startswith("ال"):
            return None
        seasons = [season_days(self._anchor.year + away, month) for away in (-2, -1, 0, 1)]
        if modifier == 1:
            fitting = [days for days in seasons if days[0] > self._anchor][:1]
        elif modifier == -1:
            fitting = [days for days in seasons if days[1] < self._anchor][-1:]
        else:
            fitting = [days for days in seasons if days[0] <= self._anchor <= days[1]]
        return (at + 2, fitting[0], "season") if fitting else None

    def _range(self, at: int) -> Found | None:
        """«من 3 إلى 7 مايو 2023», «منذ مارس حتى يونيو», «بين عامي 2019 و2021», «من مارس إلى يونيو 2022», «الأعوام 2014-2018»."""
        here = at
        opened = self._has(at, "from", "between", "since")
        if opened:
            if not self._bare(at + 1):
                return None
            here = at + 1
        between = self._has(at, "between")
        years = self._has(here, "both_years") or (
            self._has(here, "years", "year") and self._word(here).startswith("الاعوام")
        )
        if years:
            here += 1
        if (years or opened) and (spanned := self._years(here, between=between, headed=years)):
            return spanned
        if not opened:
            return None
        return self._days_between(here, between=between)

    def _years(self, at: int, *, between: bool, headed: bool) -> Found | None:
        one = self._year_number(at)
        if not one or one[2]:
            return None
        end = one[0]
        joined = self._has(end, "to") or self._word(end) in ("-", "–")
        second = self._year_number(end + 1) if joined else None
        if second is None and self._word(end) == "و":
            second = self._year_number(end + 1)
        if second is None and end < self._ends and self._tokens[end].clitics == "و":
            second = self._year_number(end)  # «وسنة 2004»
        if not second or second[2] or second[1] <= one[1] or not (headed or between or joined):
            return None
        if not headed and self._is_counted(second[0]):
            return None
        while headed and (third := self._and_year(second[0])) and third[1] > second[1]:
            second = third  # «الأعوام 2019 و2020 و2021»
        return second[0], (year_days(one[1])[0], year_days(second[1])[1]), "range"

    def _and_year(self, at: int) -> tuple[int, int, bool] | None:
        found = self._year_number(at + 1) if self._word(at) == "و" else None
        return found if found and not found[2] else None

    def _school_year(self, at: int) -> Found | None:
        """«موسم 2022/2023», «العام الدراسي 2023-2024»: from July to June."""
        one, two = self._year_number(at), self._year_number(at + 2)
        if not one or not two or self._word(at + 1) not in ("/", "-", "–") or self._word(at - 1) not in SCHOOL_YEARS:
            return None
        return (at + 3, (date(one[1], 7, 1), date(two[1], 6, 30)), "range") if two[1] == one[1] + 1 else None

    def _listed_days(self, at: int) -> Found | None:
        """Days in a row: «3 و4 مايو 2023», «13 و14 و15 أكتوبر»."""
        first, here = self._number(at), at
        while self._word(here + 1) == "و" and self._number(here + 2) == (self._number(here) or 0) + 1:
            here += 2
        if here == at or not first or not (last := self._date(here)) or last[2] != "day":
            return None
        begin = last[1][0] - (here - at) // 2 * DAY
        return last[0], (begin, last[1][1]), "range"

    def _days_between(self, at: int, *, between: bool) -> Found | None:
        """From a day or month to another, whose month and year serve the first where it has none."""
        number = self._number(at)
        if number is not None and 1 <= number <= 31 and (second_at := self._joint(at + 1, between=between)):
            second = self._date(second_at)
            if second and second[2] == "day":
                first = day(second[1][0].year, second[1][0].month, number)
                if first and first < second[1][1]:
                    return second[0], (first, second[1][1]), "range"
        for part in (self._date_plain, self._month_plain):
            one = part(at)
            if not one or not (second_at := self._joint(one[0], between=between)):
                continue
            two = part(second_at)
            if not two:
                continue
            first, last = one[1][0], two[1][1]
            if not self._year_within(at, one[0]):
                first = day(last.year, first.month, first.day) or first
                first = first if first <= last else moved(first, months=-12)
            if first < last:
                return two[0], (first, last), "range"
        return None

    def _year_within(self, at: int, end: int) -> bool:
        return any(self._number(here) is not None and len(self._word(here)) == 4 for here in range(at, end))

    def _date_plain(self, at: int) -> Found | None:
        """A day at either end of a range; without a year, of the anchor's or of any."""
        number = self._number(at)
        if (found := self._date(at)) or number is None or not (named := self._month_name(at + 1)) or named[2]:
            return found
        when = day(self._anchor.year if self._anchor else 2000, named[1], number)
        return (named[0], (when, when), "day") if when else None

    def _month_plain(self, at: int) -> Found | None:
        """A month at either end of a range; without a year, of the anchor's or of any."""
        if not (named := self._month_name(at)) or named[2]:
            return None
        end, number, _ = named
        if of := self._year_of(end):
            return of[0], month_days(of[1], number), "month"
        if (
            self._anchor
            and (modifier := self._modifier(end)) is not None
            and (days := self._month_near(number, modifier, hijri=False))
        ):
            return end + 1, days, "month"
        return end, month_days(self._anchor.year if self._anchor else 2000, number), "month"

    def _joint(self, at: int, *, between: bool) -> int | None:
        """The token behind «إلى», «حتى», or «و» between two ends."""
        if between:
            if self._word(at) == "و":
                return at + 1
            return at if at < self._ends and self._tokens[at].clitics == "و" else None
        return at + 1 if self._has(at, "to") or self._word(at) in ("-", "–") else None
