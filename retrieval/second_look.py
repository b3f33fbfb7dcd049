"""A second look at the best passages of BM25, by what it does not see: sentences, the title, the likeness of words.

It reads the sentences that the lexical index keeps as stems, so no text is fetched. A stem counts as found by its likeness to
the most alike one (`retrieval.forms`): another form, a misspelling. The score is a weighted sum of a few features, each 0..1;
the weights are learned on train splits by `python -m retrieval.evals.learning DIR…` (README, "Scores").
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.features import Stems, feature_hash
from retrieval.forms import forms_of, likeness
from retrieval.lexical import LexicalIndex, Sentences
from retrieval.segments import END, Keys

DEPTH = 50
"""Passages looked at."""

WEIGHTS = {"bm25": 6.14, "passage": 3.44, "sentence": 1.35, "title": 2.97}
"""bm25: its score over the best one; passage, sentence, title: how much of the question, by rarity, is found anywhere in the
passage, in its best sentence, in its title. Features by Arabic-wide rarity, of neighbouring sentences, of word order and of
exact stems were tried and gain nothing on a set that took no part in learning."""

Matrix = NDArray[np.float32]
Things = Sequence[Sequence[Stems]]
"""As `retrieval.query` gives them."""


def look(things: Things, index: LexicalIndex, keys: Keys, scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """New scores, 0..1, of passages given best first with their BM25, for the things that a question looks for."""
    weights = np.array(list(WEIGHTS.values()))
    return np.asarray(features(things, index, keys, scores) @ (weights / weights.sum()))


def features(things: Things, index: LexicalIndex, keys: Keys, scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """The features of `WEIGHTS`, in their order; shape (passages, features)."""
    stems = list(dict.fromkeys(stem for thing in things for phrase in thing for stem in phrase))
    if not stems or not len(keys):
        return np.outer(scores / max(scores.max(initial=0.0), 1e-9), np.array([1.0, 0.0, 0.0, 0.0]))
    hashes = np.array([feature_hash(f"={stem}") for stem in stems], dtype=np.uint64)
    rows = {stem: row for row, stem in enumerate(stems)}
    wanted = [[[rows[stem] for stem in phrase] for phrase in thing] for thing in things]
    rarity = _rarity(index.rarity(hashes), wanted)
    sentences = index.sentences(keys)
    alike = likeness(forms_of(stems), sentences.forms)
    alike[hashes[:, None] == sentences.stems[None, :]] = 1.0
    by_sentence, titles = _by_sentence(alike, sentences)
    by_sentence = np.stack([np.max([by_sentence[phrase].mean(axis=0) for phrase in thing], axis=0) for thing in wanted])
    found = rarity @ by_sentence
    in_title = found[titles]
    found[titles] = 0.0
    return np.stack(
        [
            scores / scores[0],
            rarity @ np.maximum.reduceat(by_sentence, titles, axis=1),
            np.maximum.reduceat(found, titles),
            in_title,
        ],
        axis=1,
    ).astype(np.float64)


def _rarity(of_stems: NDArray[np.float64], wanted: list[list[list[int]]]) -> Matrix:
    """How much each thing counts, in sum 1: as rare as its commonest name."""
    rarity = np.array([min(of_stems[phrase].mean() for phrase in thing) for thing in wanted])
    return np.asarray(rarity / rarity.sum(), dtype=np.float32)


def _by_sentence(alike: Matrix, sentences: Sentences) -> tuple[Matrix, NDArray[np.int64]]:
    """The best likeness to each wanted stem in each sentence, shape (wanted, sentences), and which ones are titles."""
    ends = np.flatnonzero(sentences.places == END)
    starts = np.append(0, ends[:-1] + 1)
    with_end = np.pad(alike, ((0, 0), (0, 1)))  # where a sentence ends, nothing is like anything
    return np.maximum.reduceat(with_end[:, sentences.places], starts, axis=1), np.searchsorted(starts, sentences.begins)
