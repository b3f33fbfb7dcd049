"""What a text is matched by: light stems and character 4-grams of its words, as 64-bit hashes.

One kind of feature for the lexical index and for the bundled embedder. Words repeat, so each is analysed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from retrieval.arabic import grams, is_stop_word, raw_words, sentences, stem, words
from retrieval.frequency import without_proclitic

Features = NDArray[np.uint64]
Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A passage as the lexical index takes it in."""

    features: Features
    """Of the title and the text, repetitions included, in order: shape (n,), n about 4.5 times the number of words."""
    sentences: tuple[Stems, ...]
    """The stems of the title, () without one, then those of each sentence."""


@dataclass(frozen=True, slots=True)
class Analyzer:
    """Words to features. Each step can be left out, so that an ablation can say what it is worth."""

    normalization: bool = True
    """Letter forms, marks, digits and case made one; without it, words are taken as they are written."""
    stop_words: bool = True
    """Function and question words have no stem; without it, they have."""
    stems: bool = True
    """Light stems; without it, whole words."""
    proclitics: bool = True
    """A conjunction or preposition of one letter comes off where the rest is a common word by itself."""
    grams: bool = True
    translation: bool = True
    """Questions only: words in Latin letters are looked for in Arabic too (`retrieval.query`)."""

    def features(self, text: str) -> Features:
        """The features of a text, repetitions included, in order; shape (n,)."""
        return _joined([_analysed(self, word)[0] for word in self._words(text)])

    def stems_of(self, text: str) -> list[str]:
        """The stems of the words of a text that carry its topic, in order."""
        return [stem_ for word in self._words(text) if (stem_ := _analysed(self, word)[1])]

    def analyse(self, title: str, text: str) -> Analysis:
        """A passage under its title."""
        parts = [title, *(span.of(text) for span in sentences(text))]
        analysed = [[_analysed(self, word) for word in self._words(part)] for part in parts]
        return Analysis(
            _joined([features for part in analysed for features, _ in part]),
            tuple(tuple(stem_ for _, stem_ in part if stem_) for part in analysed),
        )

    def _words(self, text: str) -> list[str]:
        return words(text) if self.normalization else raw_words(text)

    def tokens_of_word(self, word: str) -> list[str]:
        """Its 4-grams, bordered by `_`, and, unless it is a stop word, its stem marked by `=`."""
        stem_ = self.stem_of_word(word)
        return (grams(word) if self.grams else []) + ([f"={stem_}"] if stem_ else [])

    def stem_of_word(self, word: str) -> str:
        """The stem of a normalised word; "" for a stop word."""
        if self.stop_words and is_stop_word(word):
            return ""
        if not self.stems:
            return word
        return stem(without_proclitic(word) if self.proclitics else word)


ANALYZER = Analyzer()
"""What Dalil searches with."""
STEPS = tuple(field.name for field in fields(Analyzer))

features = ANALYZER.features


def feature_hash(token: str) -> int:
    """A stable 64-bit number for a token, the same in every process."""
    return int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=1 << 18)
def _analysed(analyzer: Analyzer, word: str) -> tuple[Features, str]:
    hashes = [feature_hash(token) for token in analyzer.tokens_of_word(word)]
    return np.array(hashes, dtype=np.uint64), analyzer.stem_of_word(word)


def _joined(found: Sequence[Features]) -> Features:
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint64)
