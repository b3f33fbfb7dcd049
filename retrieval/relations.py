"""What certain words ask for can only be said with words of a known family: who resigned, not without استقال or تنحى or أقيل.

`data/relations.txt` was written for Dalil. It lists things that have no other way to be said in the news; a passage without
any word of the family does not answer, however well it fits otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from retrieval.arabic import stem, words

_FILE = Path(__file__).parent / "data" / "relations.txt"
_VERB_PREFIXES = "يتنس"


@lru_cache(maxsize=1)
def _families() -> dict[str, tuple[frozenset[str], ...]]:
    """For each form of a word that asks, the families of stems of which a passage has one of each."""
    families: dict[str, tuple[frozenset[str], ...]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        asked, _, said = line.partition("|")
        family = frozenset(form for word in words(f"{asked} {said}") for form in forms_of(word))
        for word in dict.fromkeys(words(asked)):
            families[word] = (*families.get(word, ()), family)
    return families


@lru_cache(maxsize=1 << 16)
def forms_of(word: str) -> frozenset[str]:
    """The stem of a normalised word, and what it is without a prefix of the present and an ending of the past."""
    base = stem(word)
    bare = base[1:] if len(base) > 3 and base[0] in _VERB_PREFIXES else base
    return frozenset({base, bare, base.removesuffix("ت"), base.removesuffix("وا")} if len(base) > 3 else {base})


def said_otherwise(asked: Iterable[str], said: Iterable[str]) -> frozenset[str]:
    """The stems of those words of a question that ask for one certain thing which the words said can say."""
    said = list(said)
    return frozenset(stem(word) for word in asked if _families_of(word) and unsaid([word], said) is None)


def unsaid(asked: Iterable[str], said: Iterable[str]) -> str | None:
    """The first normalised word of a question that asks for what none of the words said can say; None without one."""
    forms: frozenset[str] | None = None
    for word in asked:
        families = _families_of(word)
        if families:
            forms = forms or frozenset(form for other in said for form in forms_of(other))
            if all(family.isdisjoint(forms) for family in families):
                return word
    return None


def _families_of(word: str) -> tuple[frozenset[str], ...]:
    return _families().get(word) or _families().get(word.removeprefix("ال")) or ()
