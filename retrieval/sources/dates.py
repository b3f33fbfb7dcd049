"""Dates as news pages and records write them: ISO, numeric, and with the month names of east and west."""

from __future__ import annotations

import re
from datetime import date

from retrieval.arabic import normalize, words
from retrieval.times import mentions

_MONTH_NAMES = (
    "يناير كانون_الثاني جانفي january jan",
    "فبراير شباط فيفري february feb",
    "مارس آذار march mar",
    "أبريل إبريل نيسان أفريل april apr",
    "مايو أيار ماي may",
    "يونيو يونيه حزيران جوان june jun",
    "يوليو يوليه تموز جويلية يوليوز july jul",
    "أغسطس آب أوت غشت august aug",
    "سبتمبر أيلول شتنبر september sep sept",
    "أكتوبر تشرين_الأول october oct",
    "نوفمبر تشرين_الثاني نونبر november nov",
    "ديسمبر كانون_الأول دجنبر december dec",
)
MONTHS = {" ".join(words(name)): number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
"""Normalised month names, words separated by a space, to 1..12."""

_HIJRI = "محرم صفر ربيع الأول الآخر الثاني جمادى الأولى الآخرة رجب شعبان رمضان شوال ذو ذي القعدة الحجة"
_DAYS = """
السبت الأحد الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة
saturday sunday monday tuesday wednesday thursday friday
"""
_AROUND = """
نُشر نشر نشرت تم النشر تاريخ آخر تحديث التحديث محدث الموافق في الساعة بتوقيت غرينتش جرينتش مكة السعودية القاهرة المكرمة
م ه هـ ـه ص ب ظ صباحا صباحاً مساء مساءً ظهراً ظهرا فجرا فجراً am pm gmt utc published updated last on at
"""
_LINE_WORDS = frozenset(
    [word for name in MONTHS for word in name.split()] + words(_HIJRI) + words(_DAYS) + words(_AROUND)
)
_PUBLISHED = re.compile(r"(?:تم ال|تاريخ ال)?نشرت?\b|published\b")
_MARKED = re.compile(rf"(?:{_PUBLISHED.pattern}|(?:اخر|تاريخ) (?:ال)?تحديث\b|تحديث *:|محدث *:|(?:last )?updated\b)")
_NAMED = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}}) (?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
    rf"(?: (?:{'|'.join(MONTHS)}))? (?P<year>(?:19|20)\d\d)(?!\d)"
)
_MONTH_FIRST = re.compile(r"\b(?P<month>[a-z]{3,9}) (?P<day>\d{1,2}) (?P<year>(?:19|20)\d\d)(?!\d)")
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)"
)
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d)(?!\d)"
)
_HIJRI_YEAR = re.compile(r"(?<!\d)1[34]\d\d(?!\d)")
_LINE_LENGTH = 140


def find_date(text: str) -> date | None:
    """The first date in a text of which day, month and year are certain; 03/04/2024 is not."""
    plain = normalize(text)
    for match in _YEAR_FIRST.finditer(plain):
        return _date(match["year"], match["month"], match["day"])
    for match in _DAY_FIRST.finditer(plain):
        certain = int(match["day"]) > 12 or int(match["day"]) == int(match["month"])
        return _date(match["year"], match["month"], match["day"]) if certain else None
    spaced = " ".join(words(text))
    for match in _NAMED.finditer(spaced):
        return _date(match["year"], str(MONTHS[match["month"]]), match["day"])
    for match in _MONTH_FIRST.finditer(spaced):
        if match["month"] in MONTHS:
            return _date(match["year"], str(MONTHS[match["month"]]), match["day"])
    if _HIJRI_YEAR.search(plain):
        return next((told.first for told in mentions(text, None) if told.kind == "day"), None)
    return None


def parse_date(text: str) -> date | None:
    """The date of a record's field: ISO date or datetime, YYYY/MM/DD, RFC 822 or a written date; else None."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return find_date(text)


def is_date_line(text: str) -> bool:
    """Whether a line says when the page was published or updated, and nothing else."""
    return bool(_MARKED.match(normalize(text).strip())) and is_bare_date(text)


def is_publication_line(text: str) -> bool:
    """Whether a date line speaks of publication, not of a later change."""
    return is_date_line(text) and bool(_PUBLISHED.match(normalize(text).strip()))


def is_bare_date(text: str) -> bool:
    """Whether a line holds a day, a time and a few words around them alone; it may head a part of a chronology."""
    if len(text) > _LINE_LENGTH:
        return False
    found = words(text)
    dated = any(word in MONTHS or (word.isdigit() and len(word) == 4) for word in found)
    return dated and sum(map(str.isdigit, found)) >= 2 and all(word.isdigit() or word in _LINE_WORDS for word in found)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
