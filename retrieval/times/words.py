"""The words that expressions of time are made of, and a text's tokens tagged with them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from retrieval.arabic import normalize, words
from retrieval.times.calendars import HIJRI_MONTHS, MONTHS, WEEKDAYS

Tags = dict[str, int]

_MARKS = "\u0610-\u061a\u064b-\u065f\u0670"
_TOKEN = re.compile(rf"[\w{_MARKS}]+|[^\w\s]")
_PART = re.compile(rf"\d+|[^\W\d][^\W\d{_MARKS}]*(?:[{_MARKS}]+[^\W\d]*)*|[^\w\s]")
"""Of a run of letters and digits: «1444هـ»."""
_NUMBERS = {
    1: "واحد واحدة", 2: "اثنين اثنتين اثنان اثنتان", 3: "ثلاثة ثلاث", 4: "أربعة أربع", 5: "خمسة خمس", 6: "ستة ست", 7: "سبعة سبع",
    8: "ثمانية ثماني ثمان", 9: "تسعة تسع", 10: "عشرة عشر", 20: "عشرين عشرون", 30: "ثلاثين ثلاثون", 40: "أربعين أربعون",
    50: "خمسين خمسون", 60: "ستين ستون", 70: "سبعين سبعون", 80: "ثمانين ثمانون", 90: "تسعين تسعون", 100: "مئة مائة",
}  # fmt: skip
_ORDINALS = {
    1: "الأول الأولى الحادي الحادية", 2: "الثاني الثانية", 3: "الثالث الثالثة", 4: "الرابع الرابعة", 5: "الخامس الخامسة",
    6: "السادس السادسة", 7: "السابع السابعة", 8: "الثامن الثامنة", 9: "التاسع التاسعة", 10: "العاشر العاشرة",
    20: "العشرين العشرون", 30: "الثلاثين الثلاثون",
}  # fmt: skip
_LEXICON: dict[str, dict[int, str]] = {
    "past": {1: "الماضي الماضية المنصرم المنصرمة الفائت الفائتة المنقضي المنقضية الماضيين الماضيتين المنصرمين المنصرمتين الأخيرة"},
    "now": {1: "الجاري الجارية الحالي الحالية"},
    "next": {1: "المقبل المقبلة القادم القادمة المقبلين المقبلتين القادمين القادمتين"},
    "part": {1: "فجر صباح ظهر عصر مساء ليل ليلة ظهيرة عشية"},
    "piece": {1: "مطلع بداية أوائل مستهل", 2: "منتصف أواسط", 3: "أواخر نهاية"},
    "yesterday": {1: "أمس الأمس"}, "today": {1: "اليوم"}, "tomorrow": {1: "غدا غد الغد"}, "tonight": {1: "الليلة"},
    "first": {1: "أول"}, "last": {1: "آخر"}, "lasting": {1: "الأخير"},
    "day": {1: "يوم", 2: "يومين يومان اليومين"}, "days": {1: "أيام الأيام يوما"},
    "week": {1: "أسبوع", 2: "أسبوعين أسبوعان الأسبوعين"}, "weeks": {1: "أسابيع الأسابيع أسبوعا"}, "the_week": {1: "الأسبوع"},
    "month": {1: "شهر", 2: "شهرين شهران الشهرين"}, "months": {1: "أشهر شهور الأشهر الشهور شهرا"}, "the_month": {1: "الشهر"},
    "year": {1: "عام سنة", 2: "عامين سنتين عامان العامين السنتين"}, "years": {1: "أعوام سنوات سنين الأعوام السنوات عاما"},
    "the_year": {1: "العام السنة"}, "both_years": {1: "عامي سنتي"},
    "quarter": {1: "الربع"}, "half": {1: "النصف"}, "century": {1: "القرن"},
    "decade": {20: "العشرينيات العشرينات عشرينيات عشرينات", 30: "الثلاثينيات الثلاثينات ثلاثينيات ثلاثينات",
               40: "الأربعينيات الأربعينات أربعينيات أربعينات", 50: "الخمسينيات الخمسينات خمسينيات خمسينات",
               60: "الستينيات الستينات ستينيات ستينات", 70: "السبعينيات السبعينات سبعينيات سبعينات",
               80: "الثمانينيات الثمانينات ثمانينيات ثمانينات", 90: "التسعينيات التسعينات تسعينيات تسعينات"},
    "season": {3: "ربيع الربيع", 6: "صيف الصيف", 9: "خريف الخريف", 12: "شتاء الشتاء"},
    "era": {1: "هـ هجرية هجري ه", 2: "م ميلادية ميلادي"},
    "ago": {1: "قبل"}, "after": {1: "بعد"}, "since": {1: "منذ مند"}, "from": {1: "من"}, "to": {1: "إلى حتى"}, "between": {1: "بين"},
    "in": {1: "في خلال بحلول أثناء"}, "this": {1: "هذا هذه"}, "of_year": {1: "لعام لسنة"},
}  # fmt: skip


def _lexicon() -> dict[str, Tags]:
    found: dict[str, Tags] = {}
    for tag, groups in {**_LEXICON, "number": _NUMBERS, "ordinal": _ORDINALS}.items():
        for value, names in groups.items():
            for name in words(names):
                found.setdefault(name, {})[tag] = value
    for tag, names_of in (("name", MONTHS), ("hijri", HIJRI_MONTHS), ("weekday", WEEKDAYS)):
        for parts, value in names_of.items():
            found.setdefault(parts[0], {})[tag if len(parts) == 1 else f"{tag}_of_two"] = value
    return found


LEXICON = _lexicon()
TAGS = frozenset(tag for tags in LEXICON.values() for tag in tags)
_AUGUST = "اب"
_BY_ITSELF = frozenset(LEXICON) - set(words("م ه من في"))
_SECOND_WORDS = {
    tag: {parts: value for parts, value in names.items() if len(parts) == 2}
    for tag, names in (("name", MONTHS), ("hijri", HIJRI_MONTHS))
}


class Token(NamedTuple):
    """A word, number or sign of a text. `tags` are those of the word, or of what is left of it behind clitics."""

    start: int
    end: int
    inner: int
    """Where the word begins behind its clitics."""
    word: str
    """Normalised, behind its clitics; a sign as it is."""
    tags: Tags
    number: int | None
    clitics: str


def tokens(text: str) -> list[Token]:
    """The tokens of a text, in order."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        raw, start = match[0], match.start()
        if raw.isdecimal():
            found.append(_number(raw, start))
        elif _HAS_DIGIT(raw):
            found += [
                _number(part[0], start + part.start()) if part[0].isdecimal() else _word(part[0], start + part.start())
                for part in _PART.finditer(raw)
            ]
        else:
            found.append(_word(raw, start))
    return found


_HAS_DIGIT = re.compile(r"\d").search


def _number(raw: str, start: int) -> Token:
    return Token(start, start + len(raw), start, raw, {}, int(raw) if len(raw) <= 4 else None, "")


def _word(raw: str, start: int) -> Token:
    word, tags, offset, clitics = _read(raw)
    return Token(start, start + len(raw), start + offset, word, tags, None, clitics)


@lru_cache(maxsize=1 << 17)
def _read(raw: str) -> tuple[str, Tags, int, str]:
    """A word's normalised form behind its clitics, its tags, how many characters the clitics take, and which they are."""
    word = normalize(raw)
    if word.endswith(_AUGUST) and "آ" not in raw:
        return word, {}, 0, ""  # أب، باب
    if not word or word in LEXICON:
        return word, LEXICON.get(word, {}), 0, ""
    for clitics in ("ولل", "فلل", "لل", "وبال", "وال", "وب", "ول", "وك", "فب", "و", "ف", "ب", "ل", "ك"):
        if not word.startswith(clitics):
            continue
        if clitics.endswith("لل"):
            rest = word[len(clitics) :]
            tags = LEXICON.get(f"ال{rest}") or LEXICON.get(rest)
        elif clitics in ("وبال", "وال"):
            continue
        else:
            rest = word[len(clitics) :]
            tags = LEXICON.get(rest) if rest in _BY_ITSELF else None
        if tags:
            kept = rest if rest in LEXICON or not clitics.endswith("لل") else f"ال{rest}"
            return kept, tags, _taken(raw, len(clitics)), clitics
    return word, {}, 0, ""


def _taken(raw: str, letters: int) -> int:
    """How many characters so many letters take, marks between them included."""
    at = 0
    while letters and at < len(raw):
        letters -= bool(normalize(raw[at]))
        at += 1
    while at < len(raw) and not normalize(raw[at]):
        at += 1
    return at


def two_word_name(first: Token, second: Token, tag: str) -> int | None:
    """The month of which two tokens are the name; None if they are none."""
    return _SECOND_WORDS[tag].get((first.word, second.word))
