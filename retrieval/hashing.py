"""The embedder `bundled`: signed feature hashing of stems and 4-grams. No model file, no download, no torch.

Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning". It finds near copies and shared names; for
ranking, BM25 over the same features is stronger, and the fusion weighs it accordingly (see `retrieval.search`).
"""

from __future__ import annotations

import numpy as np

from retrieval.features import Features, features

DIMENSION = 256
"""Chroma's insertion time and disk grow with it; alone, 1,024 dimensions rank better, fused they add nothing."""


class BundledEmbedder:
    """Deterministic vectors of 256 dimensions, unit length, the same on every machine."""

    name = "bundled"
    dimension = DIMENSION

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_features(features(text)) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_features(features(text))

    def embed_features(self, found: Features) -> list[float]:
        """Each distinct feature adds ± sqrt(its count); a text without features gets the first unit vector."""
        hashes, counts = np.unique(found, return_counts=True)
        if not len(hashes):
            return [1.0] + [0.0] * (DIMENSION - 1)
        signs = np.where(hashes >> np.uint64(63), -1.0, 1.0)
        vector = np.bincount(
            (hashes % np.uint64(DIMENSION)).astype(np.int64), weights=signs * np.sqrt(counts), minlength=DIMENSION
        )
        length = float(np.linalg.norm(vector))
        if length == 0.0:
            return [1.0] + [0.0] * (DIMENSION - 1)
        return [float(value) for value in vector / length]
