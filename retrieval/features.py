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

from retrieval.arabic import grams, is_stop_word, pieces_of, raw_words, sentences, stem, words
from retrieval.frequency import without_proclitic

Features = NDArray[np.uint64]
Stems = tuple[str, ...]
Entry = tuple[bytes, Stems]
"""The features of a piece of text, eight bytes each, and its stems."""

KEPT = 1 << 18
"""Pieces whose features are held, in about 100 MB; with one more, all are made anew. Words repeat: most texts have few new."""


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
        return _joined(self._looked_up(text))

    def stems_of(self, text: str) -> list[str]:
        """The stems of the words of a text that carry its topic, in order."""
        return [stem_ for _, stems in self._looked_up(text) for stem_ in stems]

    def analyse(self, title: str, text: str) -> Analysis:
        """A passage under its title."""
        parts = [self._looked_up(part) for part in (title, *(span.of(text) for span in sentences(text)))]
        return Analysis(
            _joined([entry for part in parts for entry in part]),
            tuple(tuple([stem_ for _, stems in part for stem_ in stems]) for part in parts),
        )

    def _looked_up(self, text: str) -> list[Entry]:
        """What the text comes to, piece by piece; where words can be told before they are normalised, each is one."""
        pieces = pieces_of(text) if self.normalization else raw_words(text)
        return list(map(_lexicon(self).__getitem__, pieces))

    def words_of(self, text: str) -> list[str]:
        """The words that are analysed."""
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


@lru_cache(maxsize=KEPT)
def _digest(token: str) -> bytes:
    return blake2b(token.encode(), digest_size=8).digest()


def feature_hash(token: str) -> int:
    """A stable 64-bit number for a token, the same in every process."""
    return int.from_bytes(_digest(token), "little")


class _Lexicon(dict[str, Entry]):
    """Pieces of text as an analyzer sees them, each worked out when it is first asked for."""

    def __init__(self, analyzer: Analyzer) -> None:
        super().__init__()
        self._analyzer = analyzer

    def __missing__(self, piece: str) -> Entry:
        found: list[bytes] = []
        stems: list[str] = []
        for word in self._analyzer.words_of(piece):
            tokens = self._analyzer.tokens_of_word(word)
            found += map(_digest, tokens)
            stems += [token[1:] for token in tokens[-1:] if token.startswith("=")]
        if len(self) >= KEPT:
            self.clear()
        self[piece] = entry = (b"".join(found), tuple(stems))
        return entry


@lru_cache(maxsize=32)
def _lexicon(analyzer: Analyzer) -> _Lexicon:
    return _Lexicon(analyzer)


def _joined(entries: Sequence[Entry]) -> Features:
    return np.frombuffer(b"".join([hashes for hashes, _ in entries]), dtype="<u8")
