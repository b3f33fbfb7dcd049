"""Which places a text names: countries, capitals and large cities, by their name or by their people and language.

`data/places.txt` was written for this project, with dual spellings side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from retrieval.arabic import stem, words
from retrieval.similarity import FLOOR, similarity

_FILE = Path(__file__).parent / "data" / "places.txt"
_PLACE_ENDING = re.compile("(?:يا|ا|ه)$")
_PEOPLE_ENDING = re.compile("(?:يه|ي|يون|يين|اوي|اويه)$")
_SHORTEST_ROOT = 3
_NOT_OF_PEOPLE = frozenset({"رياض"})
"""Roots of places which with an ending are another word (الرياضية)."""

_PEOPLES = dict(zip(
    words("أرمن روس أتراك ألمان هنود أفغان صرب فرس أميركان أمريكان إنجليز مجر طليان شوام"),
    words("أرمينيا روسيا تركيا ألمانيا الهند أفغانستان صربيا إيران أميركا أميركا إنجلترا المجر إيطاليا سوريا"), strict=True
))  # fmt: skip
"""Plurals of peoples that do not begin like the name of their country."""


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word.removeprefix("ال") for line in lines if not line.startswith("#") for word in words(line))


@lru_cache(maxsize=1)
def _roots() -> frozenset[str]:
    roots = {_PLACE_ENDING.sub("", name) for name in _names()}
    return frozenset(root for root in roots if len(root) >= _SHORTEST_ROOT) - _NOT_OF_PEOPLE


@lru_cache(maxsize=1 << 16)
def place_named(word: str) -> str | None:
    """The root of the place that a normalised word names, itself (بفرنسا) or by its people (الصيني، الإيطالية), or None."""
    for bare in (word, word[1:] if word[:1] in "وبلفك" else word):
        name = re.sub("^(?:ال|لل)", "", bare)
        if name in _names():
            return _PLACE_ENDING.sub("", name)
        if _PEOPLE_ENDING.search(name):
            root = next((root for root in (name, _PEOPLE_ENDING.sub("", name)) if root in _roots()), None)
            if root:
                return root
    return None


def country(word: str) -> str | None:
    """The root of the place that a normalised word names, plurals of its people included (الأرمن)."""
    return place_named(word) or place_named(_PEOPLES.get(re.sub("^[وبلفك]?(?:ال|لل)?", "", word), ""))


def place_present(place: str, text_words: Sequence[str]) -> bool:
    """Whether one of the normalised words names the place, in this or a like spelling."""
    return any(place_named(word) == place or similarity(stem(word), place) >= FLOOR for word in text_words)
