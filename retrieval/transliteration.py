"""Latin letters to Arabic ones: foreign names as newspapers spell them, and Arabizi, the Arabic of keyboards without Arabic.

What comes out is for matching by likeness, not for showing: Kopyrkin is كوبيركين, and the 4-grams forgive its mistakes.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NAME = (
    ("sch", "ش"), ("tch", "تش"), ("sh", "ش"), ("ch", "تش"), ("kh", "خ"), ("gh", "غ"), ("th", "ث"), ("ph", "ف"), ("dh", "ذ"),
    ("zh", "ج"), ("ck", "ك"), ("qu", "كو"), ("tz", "تس"), ("ts", "تس"), ("wr", "ر"), ("kn", "ن"),
    ("ian", "يان"), ("yan", "يان"), ("ia", "يا"), ("ya", "يا"), ("ie", "ي"), ("oo", "و"), ("ou", "و"), ("ow", "و"), ("au", "او"),
    ("aw", "او"), ("ee", "ي"), ("ea", "ي"), ("ei", "اي"), ("ey", "ي"), ("ai", "اي"), ("ay", "اي"), ("oi", "وي"), ("oy", "وي"),
    ("eu", "يو"), ("ue", "و"), ("ui", "وي"), ("io", "يو"), ("yu", "يو"), ("yo", "يو"), ("ye", "ي"),
    ("ce", "س"), ("ci", "سي"), ("cy", "سي"), ("x", "كس"),
    ("a", "ا"), ("b", "ب"), ("c", "ك"), ("d", "د"), ("f", "ف"), ("g", "غ"), ("h", "ه"), ("i", "ي"), ("j", "ج"), ("k", "ك"),
    ("l", "ل"), ("m", "م"), ("n", "ن"), ("o", "و"), ("p", "ب"), ("q", "ق"), ("r", "ر"), ("s", "س"), ("t", "ت"), ("u", "و"),
    ("v", "ف"), ("w", "و"), ("y", "ي"), ("z", "ز"), ("e", "ي"),
)  # fmt: skip
_ARABIZI = (
    ("3'", "غ"), ("7'", "خ"), ("sh", "ش"), ("ch", "ش"), ("kh", "خ"), ("gh", "غ"), ("th", "ث"), ("dh", "ذ"), ("aa", "ا"),
    ("ee", "ي"), ("ii", "ي"), ("oo", "و"), ("ou", "و"), ("uu", "و"), ("ei", "ي"), ("ai", "اي"), ("ay", "ي"), ("aw", "و"), ("iy", "ي"),
    ("2ee", "يي"), ("2e", "ي"), ("2i", "ي"), ("2", "ا"), ("3", "ع"), ("5", "خ"), ("6", "ط"), ("7", "ح"), ("8", "ق"), ("9", "ص"), ("4", "ش"),
    ("g", "ج"), ("v", "ف"), ("p", "ب"),
    ("b", "ب"), ("c", "ك"), ("d", "د"), ("f", "ف"), ("h", "ه"), ("j", "ج"), ("k", "ك"), ("l", "ل"), ("m", "م"), ("n", "ن"),
    ("q", "ق"), ("r", "ر"), ("s", "س"), ("t", "ت"), ("w", "و"), ("x", "كس"), ("y", "ي"), ("z", "ز"),
)  # fmt: skip
_LONG = (("a", "ا"), ("e", "ي"), ("i", "ي"), ("o", "و"), ("u", "و"))
_SHORT = tuple((letter, "") for letter in "aeiou")
_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1")
_SILENT_END = re.compile(r"(?<=[b-df-hj-np-tv-z])e$")
_WEAK_E = re.compile(r"(?<=[b-df-hj-np-tv-z])e(?=[b-df-hj-np-tv-z])")
_INITIAL_VOWEL = re.compile(r"^[eiou]")


@lru_cache(maxsize=4096)
def of_name(word: str) -> tuple[str, ...]:
    """A name in Arabic letters, normalised; with its weak e written and without, where that differs."""
    letters = _SILENT_END.sub("", _DOUBLED.sub(r"\1", word.lower()))
    initial = "ا" if _INITIAL_VOWEL.match(letters) else ""
    spellings = (letters, _WEAK_E.sub("", letters))
    return tuple(dict.fromkeys(initial + _replaced(spelling, _NAME) for spelling in spellings))


@lru_cache(maxsize=4096)
def of_arabizi(word: str) -> tuple[str, ...]:
    """A word of Arabizi in Arabic letters, normalised: its single vowels taken for short ones, then for long ones."""
    letters = _DOUBLED.sub(r"\1", word.lower())
    article = ""
    if found := re.match(r"(?:el|al|il)-?(?=..)", letters):
        article, letters = "ال", letters[found.end() :]
    first = "ا" if letters[:1] in "aeiou" else ""
    end = "ه" if letters[-1:] in ("a", "e") and len(letters) > 2 else ""
    body = letters[:-1] if end else letters
    short = article + first + _replaced(body[1:] if first else body, (*_ARABIZI, *_SHORT)) + end
    return tuple(dict.fromkeys((short, article + _replaced(letters, (*_ARABIZI, *_LONG)))))


def _replaced(letters: str, table: tuple[tuple[str, str], ...]) -> str:
    """Letters from left to right, the first that fits of the table; what it lacks is dropped."""
    written = []
    at = 0
    while at < len(letters):
        latin, arabic = next((pair for pair in table if letters.startswith(pair[0], at)), (letters[at], ""))
        written.append(arabic)
        at += len(latin)
    return "".join(written)
