"""Does an Arabic sentence carry a claim in English? By the glossary and the letters of names, number by number, word by word."""

from __future__ import annotations

import re
from typing import Literal

from retrieval.arabic import is_stop_word, stem, words
from retrieval.numbers import tokens, values
from retrieval.polarity import negations
from retrieval.similarity import similarity
from retrieval.translation import terms

EnglishFault = Literal["number", "name", "words", "negation"]

LEAST_COVERED = 0.7
"""Share of the words of a claim, free ones apart, that the sentence must have."""
_SAME = 0.5
_NEGATED = re.compile(
    r"(?i)\b(?:not|no|never|nor|without|denied|denies|deny|refused|refuses|rejected|rejects|failed|cannot)\b|n't\b"
)
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SCALED = re.compile(r"(?i)\b(\d+(?:\.\d+)?) (thousand|million|billion|trillion)\b")
_SHARE = re.compile(r"(?i)\b(\d+(?:\.\d+)?)(?=\s?%| per ?cent\b)")
_CAPITAL = re.compile(r"\b[A-Z][\w'-]*")
_FREE = frozenset(words(
    "said says saying stated according article report reported announced added noted held took place located called named known total"
    " number percent per cent approximately about around also old age"
))  # fmt: skip


def english_fault(claim: str, sentence: str) -> tuple[EnglishFault | None, float]:
    """What of an English claim the Arabic sentence lacks, None for nothing, and the share of its words that it has, 0..1."""
    sentence_tokens = tokens(sentence)
    has = {value.what for value in values(sentence_tokens)}
    stems = {stem(word) for word in sentence_tokens if not is_stop_word(word)}
    claim = _SCALED.sub(lambda found: f"{float(found[1]) * _SCALES[found[2].lower()]:.15g}", claim.replace(",", ""))
    shares = {f"{float(share):g}" for share in _SHARE.findall(claim)}
    named = {word.lower() for word in _CAPITAL.findall(claim)}
    covered = []
    for *ways, own in (term for term in terms(claim) if term and term[-1] not in _FREE):
        wanted = {value.what for way in (*ways, own) for value in values(tokens(way))}
        wanted = {f"percent:{own}"} if own in shares else wanted
        if wanted:
            if wanted.isdisjoint(has):
                return "number", 0.0
        else:
            found = any(_present(way, stems) for way in (*ways, own))
            if not found and own in named:
                return "name", 0.0
            covered.append(found)
    share = sum(covered) / len(covered) if covered else 0.0
    if share < LEAST_COVERED:
        return "words", share
    return ("negation" if bool(_NEGATED.search(claim)) != bool(negations(sentence_tokens)) else None), share


def _present(way: str, stems: set[str]) -> bool:
    wanted = [stem(word) for word in words(way) if not is_stop_word(word)]
    return bool(wanted) and all(any(similarity(one, other) >= _SAME for other in stems) for one in wanted)
