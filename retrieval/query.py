"""What a question looks for: features for the first look, things with their alternatives for the second.

A question in Arabic names each thing in one way. One in Latin letters is translated word by word, and each of its words has some
alternatives; together they count as one thing (Pirkola 1998, structured queries).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.features import Analyzer, Features, Stems
from retrieval.translation import needs_translation, terms

SHARE = 0.5
"""An alternative among n counts n to the power of minus this; found on English questions over the train splits."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as search takes it."""

    features: Features
    weights: NDArray[np.float64] | None
    """How much each feature counts; None where each counts once."""
    things: tuple[tuple[Stems, ...], ...]
    """The things looked for, each once: alternatives, and each of them one stem or, for a phrase, several."""


def read_query(text: str, analyzer: Analyzer) -> Query:
    """A question in any script."""
    if not (analyzer.translation and needs_translation(text)):
        return Query(
            analyzer.features(text), None, tuple(((stem,),) for stem in dict.fromkeys(analyzer.stems_of(text)))
        )
    features, weights, things = [np.empty(0, np.uint64)], [np.empty(0)], []
    for term in dict.fromkeys(terms(text)):
        for alternative in term:
            found = analyzer.features(alternative)
            features.append(found)
            weights.append(np.full(len(found), len(term) ** -SHARE))
        phrases = tuple(dict.fromkeys(stems for phrase in term if (stems := tuple(analyzer.stems_of(phrase)))))
        if phrases:
            things.append(phrases)
    return Query(np.concatenate(features), np.concatenate(weights), tuple(things))
