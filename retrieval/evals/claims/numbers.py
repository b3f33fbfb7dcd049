"""Numbers and dates of a statement: where they stand, what they count, how else they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from retrieval.arabic import is_stop_word, normalize
from retrieval.evals.claims.scene import Word, words_of
from retrieval.evals.claims.vocabulary import MONTHS, keyed

Counts = Literal["year", "day", "percent", "age", "amount", "label"]

_ONES = ("ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة")
_FEMININE = ("ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر")
_TENS = ("عشرين", "ثلاثين", "أربعين", "خمسين", "ستين", "سبعين", "ثمانين", "تسعين")
_TENS_SUBJECT = tuple(word.replace("ين", "ون") for word in _TENS)
_HUNDREDS = tuple(f"{word}مئة" for word in ("ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع"))
_OLD_HUNDREDS = tuple(word.replace("مئة", "مائة") for word in _HUNDREDS)
FAMILIES = (_ONES[:-1], _FEMININE[:-1], _TENS, _TENS_SUBJECT, _HUNDREDS, _OLD_HUNDREDS)
"""Words of one grammatical form, any of which can stand for another."""
VALUES = {
    **{normalize(word): at + 3 for words in (_ONES, _FEMININE) for at, word in enumerate(words)},
    **{normalize(word): 10 * at + 20 for words in (_TENS, _TENS_SUBJECT) for at, word in enumerate(words)},
    **{normalize(word): 100 * at + 300 for words in (_HUNDREDS, _OLD_HUNDREDS) for at, word in enumerate(words)},
}
MONTH_OF = {normalize(name): at for at, names in enumerate(MONTHS) for name in names}
SCALES = keyed("ألف آلاف ألفا مليون ملايين مليونا مليار مليارات مليارا")
_TEENS = keyed("أحد إحدى اثنا اثني اثنتا اثنتي اثنى")
"""What stands before عشر in eleven and twelve."""
_YEARS_OLD = keyed("عاما عام سنة سنوات ربيعا أعوام")
_AGE = keyed("العمر عمره عمرها العمر سن بسن عمر")
_LABELS = keyed("عدد رقم المادة الفصل الساعة الدقيقة الجولة الدورة الطبعة النسخة المركز شارع طريق س القناة")
_PERCENT = re.compile(r"\s*[%٪]|\s+(?:في\s+)?(?:بال|ال)(?:مئة|مائة|ماية|مية)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in digits, apart from scores, times and numbers with a sign between."""

    word: Word
    value: float
    counts: Counts
    after: Word | None
    """The word after it, nothing but a blank between."""


def numbers_in(text: str) -> list[Number]:
    """The numbers of a text written in digits."""
    words = words_of(text)
    found = []
    for at, word in enumerate(words):
        if not word.key.replace(".", "").isdigit() or word.key.count(".") > 1 or _is_joined(text, word):
            continue
        after = words[at + 1] if at + 1 < len(words) and text[word.end : words[at + 1].start] == " " else None
        before = words[at - 1].key if at else ""
        found.append(Number(word, float(word.key), _counts(text, word, before, after), after))
    return found


def _is_joined(text: str, word: Word) -> bool:
    around = (text[: word.start].rstrip()[-1:], text[word.end :].lstrip()[:1])
    return any(sign and sign in "-–/:+*.,=#" for sign in (around[0],)) or (around[1] != "" and around[1] in "-–/:+*=")


def _counts(text: str, word: Word, before: str, after: Word | None) -> Counts:
    if _PERCENT.match(text, word.end):
        return "percent"
    if after and after.key in MONTH_OF:
        return "day"
    if after and after.key in _YEARS_OLD and (before in _AGE or text[word.start - 1 : word.start] == "("):
        return "age"
    if word.key.isdigit() and len(word.key) == 4 and 1900 <= int(word.key) <= 2100:
        return "year"
    return "label" if before in _LABELS else "amount"


def values_in(text: str) -> set[float]:
    """All values that a text names, in digits or in the number words known here."""
    found = set()
    for word in words_of(text):
        bare = word.key[1:] if word.key[:1] in "وبلف" else word.key
        for key in (word.key, bare, word.key.removeprefix("ال"), bare.removeprefix("ال")):
            if key in VALUES:
                found.add(float(VALUES[key]))
        if word.key.replace(".", "", 1).isdigit():
            found.add(float(word.key))
    return found


def other_value(value: float, taken: set[float], random: Random, *, year: bool = False) -> int | None:
    """Another whole number of about the same size that is not taken."""
    if year:
        options = [int(value) + step for step in (-9, -4, -3, -2, -1, 1, 2, 3)]
    elif value < 20:
        options = [int(value) + step for step in (-5, -3, -2, -1, 1, 2, 3, 4)]
    else:
        options = [round(value * factor) for factor in (0.4, 0.5, 0.7, 1.3, 1.5, 2)]
    options = [option for option in options if option > 0 and option != value and float(option) not in taken]
    return random.choice(options) if options else None


def written_like(word: Word, value: int) -> str:
    """A number in the digits that another one is written in."""
    arabic = any("٠" <= letter <= "٩" for letter in word.text)
    return "".join(chr(0x0660 + int(digit)) for digit in str(value)) if arabic else str(value)


def spelled(value: int) -> str | None:
    """A number as words, in the form that most counted nouns take; None for one that is rarely spelled out."""
    if 3 <= value <= 10:
        return _ONES[value - 3]
    if 13 <= value <= 19:
        return f"{_ONES[value - 13]} عشر"
    if 20 <= value <= 99:
        tens, ones = divmod(value, 10)
        if ones in (1, 2):
            return None
        return f"{_ONES[ones - 3]} و{_TENS[tens - 2]}" if ones else _TENS[tens - 2]
    if value % 1000 == 0 and 3 <= value // 1000 <= 10:
        return f"{_ONES[value // 1000 - 3]} آلاف"
    if value % 100 == 0 and 3 <= value // 100 <= 9:
        return _HUNDREDS[value // 100 - 3]
    return "مئة" if value == 100 else None


def is_countable(number: Number, before: str) -> bool:
    """Whether a number stands before the noun it counts, so that it may be written as a word."""
    noun = number.after
    return (
        number.counts in ("amount", "age")
        and number.word.key.isdigit()
        and noun is not None
        and noun.key.isalpha()
        and len(noun.key) >= 3
        and not is_stop_word(noun.key)
        and not noun.key.startswith(("ال", "لل", "بال"))
        and (number.value <= 10 or not before.startswith("ال"))
    )


def word_number(words: Sequence[Word], at: int) -> tuple[int, int] | None:
    """The value of a number in words that begins at a word, and the place after its last one; None for none, or a part."""
    value = VALUES.get(words[at].key)
    before = words[at - 1].key if at else ""
    following = words[at + 1].key if at + 1 < len(words) else ""
    if (
        value is None
        or before.lstrip("وبل") in _TEENS
        or before in VALUES
        or (before[:1] == "و" and before[1:] in VALUES)
        or before in SCALES
    ):
        return None
    if value < 10 and following in ("عشر", "عشره"):
        return value + 10, at + 2
    if value < 10 and following[:1] == "و" and VALUES.get(following[1:], 0) in range(20, 100, 10):
        return value + VALUES[following[1:]], at + 2
    if following == "الاف" and value <= 10:
        return value * 1000, at + 2
    if following[:1] == "و" and (following[1:] in VALUES or following[1:] in SCALES):
        return None
    return value, at + 1
