"""What is recorded of an index as a whole: how its passages were made, and what its vectors weigh beside the words."""

from __future__ import annotations

from retrieval.arabic import NORMALIZER_VERSION
from retrieval.catalogue import Catalogue
from retrieval.chunking import CHUNKING_VERSION
from retrieval.errors import StoreMismatch
from retrieval.protocols import Embedder
from retrieval.store import describe

BUNDLED_DENSE_WEIGHT = 0.0
"""The hashed vector adds nothing beside the BM25 of the same features (README, "Scores"), so it is not asked."""
MODEL_DENSE_WEIGHT = 0.5
"""For a trained embedding model, until `record_dense_weight` says better."""
_WEIGHT = "dense_weight:"
"""Before an embedder's name: the fact that holds its weight. No part of the fingerprint."""


class IndexFacts:
    """The facts of one catalogue, as one embedder has to find them."""

    _catalogue: Catalogue
    _embedder: Embedder

    @property
    def dense_weight(self) -> float:
        """The weight of the vectors beside BM25, 0 to 1: the one last recorded for this embedder by any process."""
        recorded = self._catalogue.facts.get(_WEIGHT + self._embedder.name)
        if recorded is not None:
            return float(recorded)
        return BUNDLED_DENSE_WEIGHT if self._embedder.name == "bundled" else MODEL_DENSE_WEIGHT

    def record_dense_weight(self, weight: float) -> None:
        """Keeps the weight for this embedder with the index, also through a rebuild. Raises ValueError outside 0..1."""
        if not 0.0 <= weight <= 1.0:
            raise ValueError(f"a weight lies between 0 and 1: {weight}")
        self._catalogue.record({_WEIGHT + self._embedder.name: repr(float(weight))})

    def record_fingerprint(self) -> None:
        """Says of the articles stored that they are indexed as this index would do it."""
        self._catalogue.record(self._fingerprint)

    @property
    def withdrawn_origins(self) -> frozenset[str]:
        """The files and addresses that were withdrawn as a whole and are not read."""
        return self._catalogue.withdrawn.origins()

    @property
    def _fingerprint(self) -> dict[str, str]:
        return {**self._cheap_fingerprint, "dimension": str(self._embedder.dimension)}

    @property
    def _cheap_fingerprint(self) -> dict[str, str]:
        """The part that needs no model to be loaded."""
        return {"embedder": self._embedder.name, "chunking": CHUNKING_VERSION, "normalizer": NORMALIZER_VERSION}

    def _check_fingerprint(self) -> None:
        facts, wanted = self._catalogue.facts, self._cheap_fingerprint
        stored = {name: value for name, value in facts.items() if not name.startswith(_WEIGHT)}
        if stored and any(stored.get(name) != value for name, value in wanted.items()) and self._catalogue.known():
            raise StoreMismatch(stored=describe(stored), wanted=describe(wanted))
