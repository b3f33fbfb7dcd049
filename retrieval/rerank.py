"""A second look at the hits by a cross-encoder of sentence-transformers, when one is configured."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.errors import RerankerError, RerankerMissing
from retrieval.model_files import load_here_first
from retrieval.types import Hit

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


BATCH = 4
"""Hits scored between two looks at the clock: about a second of a small model on one core."""


class CrossEncoderReranker:
    """A cross-encoder by folder or hub name, loaded at first use. Scores become 0..1 and keep its order.

    Raises `RerankerMissing` when there is no such model, `RerankerError` when it fails.
    """

    def __init__(self, model: str, *, budget_seconds: float = 2.0) -> None:
        """After `budget_seconds` of scoring, loading aside, no further batch is begun; the first always is."""
        self._name = model
        self._budget_seconds = budget_seconds
        self._one_at_a_time = threading.Lock()

    def rerank(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits in the model's order, ties broken by passage id; those it had no time for behind, as they were."""
        if not hits:
            return []
        hits = sorted(hits, key=_best_first)
        with self._one_at_a_time:
            model = self._model
            try:
                scores = self._scores(model, [(query, hit.passage.text) for hit in hits])
            except (RuntimeError, ValueError, TypeError, IndexError) as error:
                raise RerankerError(model=self._name, problem=error) from error
        behind = min(scores) / 2  # their own scores were 0..1, so the best of them stays behind the last one scored
        scores += [behind * hit.score for hit in hits[len(scores) :]]
        return sorted((Hit(hit.passage, score) for hit, score in zip(hits, scores, strict=True)), key=_best_first)

    def _scores(self, model: CrossEncoder, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The scores of the first pairs: as many as there is time for, a batch at least. Raises what the model does."""
        from torch.nn import Sigmoid

        scores: list[float] = []
        began = time.monotonic()
        for at in range(0, len(pairs), BATCH):
            if at and time.monotonic() - began >= self._budget_seconds:
                break
            some = list(pairs[at : at + BATCH])
            predicted = model.predict(some, activation_fn=Sigmoid(), show_progress_bar=False)
            if predicted.ndim != 1:
                raise ValueError(f"{predicted.shape[1]} scores a pair, not one")
            scores += map(float, predicted)
        return scores

    @cached_property
    def _model(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder

        model: CrossEncoder = load_here_first(
            self._name,
            lambda here: CrossEncoder(self._name, local_files_only=here),
            missing=RerankerMissing,
            failed=RerankerError,
        )
        return model


def _best_first(hit: Hit) -> tuple[float, str]:
    return -hit.score, hit.passage.id
