"""Questions as hurried hands type them: one letter edit in some of the words (Damerau 1964: dropped, added, wrong, swapped)."""

from __future__ import annotations

import random
from dataclasses import replace

from retrieval.evals.datasets import Dataset

SHARE = 0.3
"""Of the words that have an edit."""
_SHORTEST = 3
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
"""What is typed by mistake, and what made-up words consist of."""


def misspelt(dataset: Dataset) -> Dataset:
    """The data set with its questions misspelt, the same way at every run."""
    queries = {query: misspell(text, random.Random(query)) for query, text in dataset.queries.items()}
    return replace(dataset, queries=queries)


def misspell(text: str, chance: random.Random) -> str:
    """One edit in each word that chance picks; words of one or two letters stay."""
    words = text.split()
    return " ".join(
        _edited(word, chance) if len(word) >= _SHORTEST and chance.random() < SHARE else word for word in words
    )


def _edited(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return chance.choice((
        word[:at] + word[at + 1 :],
        word[:at] + chance.choice(LETTERS) + word[at:],
        word[:at] + chance.choice(LETTERS) + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ))  # fmt: skip
