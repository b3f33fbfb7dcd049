"""The numbers and dates a text gives, as values: in digits of both sets, in words, with magnitudes, months by any name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.arabic import normalize, words

_ONES = {
    1: "واحد واحدة", 2: "اثنان اثنين اثنتان اثنتين", 3: "ثلاث ثلاثة", 4: "أربع أربعة", 5: "خمس خمسة", 6: "ست ستة", 7: "سبع سبعة",
    8: "ثماني ثمانية ثمان", 9: "تسع تسعة", 10: "عشر عشرة",
}  # fmt: skip
_TENS = {
    20: "عشرون عشرين", 30: "ثلاثون ثلاثين", 40: "أربعون أربعين", 50: "خمسون خمسين", 60: "ستون ستين", 70: "سبعون سبعين",
    80: "ثمانون ثمانين", 90: "تسعون تسعين",
}  # fmt: skip
_HUNDREDS = {
    100: "مئة مائة مية", 200: "مئتان مئتين مائتان مائتين مئتي مائتي", 300: "ثلاثمئة ثلاثمائة", 400: "أربعمئة أربعمائة",
    500: "خمسمئة خمسمائة", 600: "ستمئة ستمائة", 700: "سبعمئة سبعمائة", 800: "ثمانمئة ثمانمائة ثمانيمئة", 900: "تسعمئة تسعمائة",
}  # fmt: skip
_MAGNITUDES = {
    1_000: "ألف ألفا آلاف", 1_000_000: "مليون مليونا ملايين", 1_000_000_000: "مليار مليارا مليارات بليون بلايين",
    1_000_000_000_000: "تريليون تريليونا تريليونات ترليون",
}  # fmt: skip
_DUAL_MAGNITUDES = {
    2_000: "ألفان ألفين ألفي", 2_000_000: "مليونان مليونين مليوني", 2_000_000_000: "ملياران مليارين ملياري",
}  # fmt: skip
_FRACTIONS = {0.5: "نصف", 1 / 3: "ثلث", 2 / 3: "ثلثان ثلثين ثلثي", 0.25: "ربع"}
_VAGUE = "عشرات مئات آلاف الوف ملايين مليارات"
_ORDINALS = (
    "أول أولى", "ثاني ثانية ثان", "ثالث ثالثة", "رابع رابعة", "خامس خامسة", "سادس سادسة", "سابع سابعة", "ثامن ثامنة", "تاسع تاسعة",
    "عاشر عاشرة",
)  # fmt: skip
_MONTHS = (
    "يناير جانفي", "فبراير فيفري شباط", "مارس آذار", "أبريل إبريل أفريل نيسان", "مايو ماي أيار", "يونيو جوان حزيران",
    "يوليو جويلية تموز", "أغسطس أوت آب", "سبتمبر شتنبر أيلول", "أكتوبر", "نوفمبر نونبر", "ديسمبر دجنبر",
)  # fmt: skip
_TWO_WORD_MONTHS = {("تشرين", 1): 10, ("تشرين", 2): 11, ("كانون", 1): 12, ("كانون", 2): 1}
_WEEKDAYS = ("السبت سبت", "الأحد", "الاثنين الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة")
_RELATIVE = ("أمس", "غدا")


def _table(groups: Mapping[int, str]) -> dict[str, int]:
    return {word: value for value, forms in groups.items() for word in words(forms)}


_SMALL: dict[str, float] = {
    **_table(_ONES | _TENS | _HUNDREDS),
    **{word: share for share, forms in _FRACTIONS.items() for word in words(forms)},
}
_BEFORE_TEN = {**{word: value for word, value in _SMALL.items() if 1 < value < 10}, **dict.fromkeys(words("أحد إحدى"), 1.0),
               **dict.fromkeys(words("اثنا اثنتا اثني اثنتي"), 2.0)}  # fmt: skip
_LARGE = _table(_MAGNITUDES)
_DUALS = _table(_DUAL_MAGNITUDES)
_ORDINAL = _table(dict(enumerate(_ORDINALS, start=1)))
_MONTH = _table(dict(enumerate(_MONTHS, start=1)))
_DAY = _table(dict(enumerate(_WEEKDAYS, start=1)))
_RELATIVE_DAYS = frozenset(words(" ".join(_RELATIVE)))
_VAGUE_WORDS = frozenset(words(_VAGUE))
_KNOWN = frozenset(
    {"تشرين", "كانون", *_SMALL, *_LARGE, *_DUALS, *_BEFORE_TEN, *_MONTH, *_ORDINAL, *_RELATIVE_DAYS, *_VAGUE_WORDS}
)
_PERCENT = frozenset(words("بالمئة بالمائة المئة المائة بالمية"))

_TOKEN = re.compile(r"\d+(?:\.\d+)*|[^\W\d]+|[%٪]")
_DOTS_OF_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")


@dataclass(frozen=True, slots=True)
class Value:
    """One number or date word: what it is, and the tokens of the text it stands on, `start` to `end` (exclusive)."""

    what: str
    """`number:3000`, `percent:40`, `vague:الاف`, `ordinal:2`, `month:9`, `weekday:4` or `day:امس`."""
    start: int
    end: int


def tokens(text: str) -> list[str]:
    """The normalised words and numbers of a text, decimals whole, and percent signs as words."""
    return ["بالميه" if token in "%٪" else token for token in _TOKEN.findall(normalize(text))]


def values(text_tokens: Sequence[str]) -> list[Value]:
    """The numbers and dates among the `tokens` of a text, in order."""
    return list(_values(text_tokens))


def _values(found: Sequence[str]) -> Iterator[Value]:
    at = 0
    while at < len(found):
        value = _weekday(found[at], at) or _number(found, at) or _date(found, at)
        if value is None:
            at += 1
            continue
        yield value
        at = value.end


def _number(found: Sequence[str], at: int) -> Value | None:
    """A number in digits or words, as long as it goes on: ٣ آلاف، خمسة وعشرون ألفا، ألفان وثلاثمئة."""
    begin, total, end = at, 0.0, at
    while (group := _group(found, at)) and (end == begin or _follows(total, group[0])):
        amount, end = group
        total += amount * _magnitude(total) if 0 < amount < 1 <= total else amount
        after = _after_and(found, end)
        if after is None:
            break
        at = after
        found = [*found[:at], _joined(found[at]), *found[at + 1 :]]
    if end == begin:
        return None
    bare = _bare(found[begin])
    if (past_sign := _after_percent(found, end)) > end:
        return Value(f"percent:{total:g}", begin, past_sign)
    if bare in _VAGUE_WORDS:
        return Value(f"vague:{' '.join(map(_bare, found[begin:end]))}", begin, end)
    return Value(f"number:{total:.15g}", begin, end)


def _group(found: Sequence[str], at: int) -> tuple[float, int] | None:
    """A number below a thousand with its magnitudes, or a magnitude by itself, and where it ends."""
    small = _small(found, at)
    if small is None:
        word = _bare(found[at])
        if word in _DUALS:
            return _DUALS[word], at + 1
        small = (1.0, at) if word in _LARGE else (1.0, at + 1) if word in _VAGUE_WORDS else None
        if small is None:
            return None
    amount, end = small
    while (after := _after_and(found, end)) is not None and not found[after][0].isdigit():
        more = _small([*found[:after], _joined(found[after]), *found[after + 1 :]], after)
        if more is None or not _follows(amount, more[0]) or more[0] < 1:
            break
        amount, end = amount + more[0], more[1]
    while end < len(found) and _bare(found[end]) in _LARGE and not found[end].startswith("و"):
        amount, end = amount * _LARGE[_bare(found[end])], end + 1
    return amount, end


def _small(found: Sequence[str], at: int) -> tuple[float, int] | None:
    word, ten = _bare(found[at]), at + 1 < len(found) and found[at + 1] in ("عشر", "عشره")
    if word[0].isdigit():
        return _digits(word), at + 1
    if ten and word in _BEFORE_TEN:
        return 10.0 + _BEFORE_TEN[word], at + 2
    return (_SMALL[word], at + 1) if word in _SMALL else None


def _after_and(found: Sequence[str], at: int) -> int | None:
    """Where a number goes on after و, joined to a word of number or alone before one; None when it does not."""
    if at < len(found) and found[at] == "و":
        after_magnitude = _bare(found[at - 1]) in _LARGE or _bare(found[at - 1]) in _DUALS
        return at + 1 if at + 1 < len(found) and (after_magnitude or not found[at + 1][0].isdigit()) else None
    return at if at < len(found) and found[at].startswith("و") and found[at][1:] in _SMALL | _LARGE | _DUALS else None


def _joined(word: str) -> str:
    """A word without the و that joins it on."""
    return word.removeprefix("و") or word


def _follows(total: float, more: float) -> bool:
    """Whether a number continues a larger one (مئة وعشرون، ألف وخمسة) or tens follow ones (خمسة وعشرون، مئة وخمسة وعشرون)."""
    if more < 1:
        return total >= 1
    if total < 1000 and 1 <= total % 100 < 10:
        return more in range(20, 100, 10)
    return more < total and total % 10 ** len(str(int(more))) == 0


def _after_percent(found: Sequence[str], at: int) -> int:
    """Where a percent sign or word that begins at `at` ends; `at` itself without one."""
    at += at + 1 < len(found) and found[at] == "في" and found[at + 1] in _PERCENT
    return at + (at < len(found) and found[at] in _PERCENT)


def _magnitude(total: float) -> float:
    """The largest of thousand, million, … that a number is made of; 1 for another."""
    return float(max((size for size in _MAGNITUDES if total % size == 0), default=1))


def _digits(word: str) -> float:
    if _DOTS_OF_THOUSANDS.fullmatch(word):
        return float(word.replace(".", ""))
    whole, *rest = word.split(".")
    return float(f"{whole}.{rest[0]}" if len(rest) == 1 else whole)


def _weekday(word: str, at: int) -> Value | None:
    """A day of the week, before numbers are looked for: الاثنين is Monday, not two."""
    day = _DAY.get(word) or _DAY.get(word[1:])
    return Value(f"weekday:{day}", at, at + 1) if day else None


def _date(found: Sequence[str], at: int) -> Value | None:
    word = _bare(found[at])
    ordinal = _ORDINAL.get(_bare(found[at + 1])) if at + 1 < len(found) else None
    if ordinal and (month := _TWO_WORD_MONTHS.get((word, ordinal))):
        return Value(f"month:{month}", at, at + 2)
    if (ordinal == 1 and word == "امس") or (word == "اول" and found[at + 1 : at + 2] == ["امس"]):
        return Value("day:اول امس", at, at + 2)
    if word in _MONTH:
        return Value(f"month:{_MONTH[word]}", at, at + 1)
    if word in _ORDINAL and found[at + 1 : at + 2] in (["عشر"], ["عشره"]):
        return Value(f"ordinal:{_ORDINAL[word] + 10}", at, at + 2)
    if word in _ORDINAL:
        return Value(f"ordinal:{_ORDINAL[word]}", at, at + 1)
    if word in _RELATIVE_DAYS:
        return Value(f"day:{word}", at, at + 1)
    return None


def _bare(word: str) -> str:
    """A word of a number or date without the article and a proclitic (بثلاثة، والثالث); any other word as it is."""
    for rest in (word, word[1:] if word[:1] in "وبلفك" else word):
        for form in (rest, re.sub("^(?:ال|لل)", "", rest)):
            if form in _KNOWN:
                return form
    return word
