"""A second look at the hits by a cross-encoder of sentence-transformers, when one is configured."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.errors import RerankerError, RerankerMissing
from retrieval.model_files import load_here_first
from retrieval.types import Hit

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderReranker:
    """A cross-encoder by folder or hub name, loaded at first use. Scores become 0..1 and keep its order.

    Raises `RerankerMissing` when there is no such model, `RerankerError` when it fails.
    """

    def __init__(self, model: str) -> None:
        self._name = model
        self._one_at_a_time = threading.Lock()

    def rerank(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits in the model's order, ties broken by passage id."""
        if not hits:
            return []
        with self._one_at_a_time:
            model = self._model
            try:
                from torch.nn import Sigmoid

                pairs = [(query, hit.passage.text) for hit in hits]
                scores = model.predict(pairs, activation_fn=Sigmoid(), show_progress_bar=False)
            except (RuntimeError, ValueError, IndexError) as error:
                raise RerankerError(model=self._name, problem=error) from error
        scored = [Hit(hit.passage, float(score)) for hit, score in zip(hits, scores, strict=True)]
        return sorted(scored, key=lambda hit: (-hit.score, hit.passage.id))

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
