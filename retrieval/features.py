"""What a text is matched by: light stems and character 4-grams of its words, as 64-bit hashes.

One kind of feature for the lexical index and for the bundled embedder. Words repeat, so each is analysed once.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from retrieval.arabic import grams, is_stop_word, stem, words

Features = NDArray[np.uint64]


def feature_hash(token: str) -> int:
    """A stable 64-bit number for a token, the same in every process."""
    return int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), "little")


def tokens_of_word(word: str) -> list[str]:
    """Its 4-grams, bordered by `_`, and, unless it is a stop word, its stem marked by `=`."""
    tokens = grams(word)
    if not is_stop_word(word):
        tokens.append("=" + stem(word))
    return tokens


@lru_cache(maxsize=1 << 18)
def _word_features(word: str) -> Features:
    return np.array([feature_hash(token) for token in tokens_of_word(word)], dtype=np.uint64)


def features(text: str) -> Features:
    """The features of a text, repetitions included, in order: shape (n,), n about 4.5 times the number of words."""
    found = [_word_features(word) for word in words(text)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint64)
