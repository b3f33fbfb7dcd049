"""How alike two stems are: 1 for the same, less for variants of spelling and form, 0 for different words."""

from __future__ import annotations

from functools import lru_cache

from retrieval.arabic import grams

SAME_ROOT = 0.55
"""The likeness of stems with the same consonants, such as a singular and its broken plural (حرب، حروب)."""
SAME_SOUND = 0.8
"""The likeness of stems that differ in letters often taken for one another (القمة الثانية، التانيه)."""
SAME_WORD = 0.9
"""The likeness of stems of which one has a ت more: قمة before a pronoun (قمتهما), a verb of a feminine (انهارت)."""
FLOOR = 0.5
"""Below this share of common 2- and 3-grams two stems count as different words."""


@lru_cache(maxsize=1 << 16)
def _grams(stem: str) -> frozenset[str]:
    return frozenset(grams(stem, 2)) | frozenset(grams(stem, 3))


_SOUNDS = str.maketrans("ثذظصط", "تدضست")
_AFFIXES = frozenset("وبلفكسيتنما")
"""Letters that begin a word as a prefix, so that words alike behind one may be forms of one word."""


@lru_cache(maxsize=1 << 16)
def consonants(stem: str) -> str:
    """Its letters but ا, و and ي, which come and go between the forms of a word."""
    return "".join(letter for letter in stem if letter not in "اوي")


def sounds(stem: str) -> str:
    """A stem with letters that are often taken for one another made one (ث ت، ذ د، ظ ض، ص س، ط ت)."""
    return stem.translate(_SOUNDS)


@lru_cache(maxsize=1 << 18)
def similarity(first: str, second: str) -> float:
    """The Dice coefficient of the 2- and 3-grams of two stems, 0 when below `FLOOR`. Symmetric; numbers only equal."""
    if first == second:
        return 1.0
    if abs(len(first) - len(second)) > 4 or first.isdigit() or second.isdigit():
        return 0.0
    if min(first, second, key=len) + "ت" == max(first, second, key=len):
        return SAME_WORD
    if len(first) == len(second) and sounds(first) == sounds(second):
        return SAME_SOUND
    if first[:1] != second[:1] and max(first, second, key=len)[:1] not in _AFFIXES:
        return 0.0
    left, right = _grams(first), _grams(second)
    dice = 2 * len(left & right) / (len(left) + len(right))
    if dice < SAME_ROOT and len(letters := consonants(first)) >= 3 and letters == consonants(second):
        return SAME_ROOT
    return dice if dice >= FLOOR else 0.0
