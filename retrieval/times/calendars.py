"""Months, weekdays and days of the calendars that Arabic news counts by: what their names mean, and which days they cover.

Names are normalised words (`retrieval.arabic.normalize`). Hijri months are those of Umm al-Qura, as in Saudi Arabia; elsewhere a
month may begin a day earlier or later.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from retrieval.arabic import words

Days = tuple[date, date]
"""The first and the last day."""


def _names(groups: Iterable[str]) -> dict[tuple[str, ...], int]:
    """Names, whose words are joined by `_`, to the number of their group, from 1."""
    return {
        tuple(words(name.replace("_", " "))): number for number, group in enumerate(groups, 1) for name in group.split()
    }


MONTHS = _names((
    "يناير كانون_الثاني جانفي ينائر", "فبراير شباط فيفري", "مارس آذار اذار", "أبريل إبريل نيسان أفريل", "مايو أيار ماي",
    "يونيو يونيه حزيران جوان", "يوليو يوليه تموز جويلية يوليوز", "أغسطس آب أوت غشت", "سبتمبر أيلول شتنبر",
    "أكتوبر تشرين_الأول اكتوبر", "نوفمبر تشرين_الثاني نونبر", "ديسمبر كانون_الأول دجنبر",
))  # fmt: skip
HIJRI_MONTHS = _names((
    "محرم المحرم", "صفر", "ربيع_الأول", "ربيع_الآخر ربيع_الثاني", "جمادى_الأولى جمادى_الأول",
    "جمادى_الآخرة جمادى_الثانية جمادى_الآخر", "رجب", "شعبان", "رمضان", "شوال", "ذو_القعدة ذي_القعدة", "ذو_الحجة ذي_الحجة",
))  # fmt: skip
WEEKDAYS = _names(("الاثنين الإثنين الأثنين", "الثلاثاء", "الأربعاء الاربعاء", "الخميس", "الجمعة", "السبت", "الأحد"))
"""Monday is 1."""
FIRST_HIJRI, LAST_HIJRI = 1343, 1500
"""The years of which Umm al-Qura's months are known."""


def day(year: int, month: int, number: int) -> date | None:
    """A Gregorian day; None for one that is none."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def hijri_days(year: int, month: int | None = None, number: int | None = None) -> Days | None:
    """The Gregorian days of a Hijri day, month or year; None for what is none or not known."""
    from hijridate import Hijri

    if not FIRST_HIJRI <= year <= LAST_HIJRI:
        return None
    try:
        first = Hijri(year, month or 1, number or 1)
        last_month = Hijri(year, month or 12, 1)
        last = first if number else Hijri(year, month or 12, last_month.month_length())
        return _gregorian(first), _gregorian(last)
    except (ValueError, OverflowError):
        return None


def hijri_year_of(when: date) -> int:
    """The Hijri year that a day lies in."""
    from hijridate import Gregorian

    return int(Gregorian(when.year, when.month, when.day).to_hijri().year)


def _gregorian(found: object) -> date:
    gregorian = found.to_gregorian()  # type: ignore[attr-defined]
    return date(gregorian.year, gregorian.month, gregorian.day)


def month_days(year: int, month: int) -> Days:
    """The days of a Gregorian month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def year_days(year: int) -> Days:
    """The days of a Gregorian year."""
    return date(year, 1, 1), date(year, 12, 31)


def week_days(when: date) -> Days:
    """The ISO week of a day, Monday to Sunday."""
    first = when - timedelta(days=when.weekday())
    return first, first + timedelta(days=6)


def quarter_days(year: int, quarter: int) -> Days:
    """The days of a quarter, 1 to 4."""
    return date(year, 3 * quarter - 2, 1), month_days(year, 3 * quarter)[1]


def season_days(year: int, first_month: int) -> Days:
    """The three months from one on: spring from March, …, winter from December into the next year."""
    last_year, last = (year, first_month + 2) if first_month <= 10 else (year + 1, first_month - 10)
    return date(year, first_month, 1), month_days(last_year, last)[1]


def moved(when: date, *, months: int) -> date:
    """The day so many months later, its number cut to the month's length."""
    count = when.year * 12 + when.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(when.day, monthrange(year, month + 1)[1]))
