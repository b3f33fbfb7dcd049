"""The embedder `bundled`: signed feature hashing of stems and 4-grams. No model file, no download, no torch.

Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning". It finds near copies and shared names; for
ranking, BM25 over the same features is stronger, and the fusion weighs it accordingly (see `retrieval.search`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.features import Features, features

DIMENSION = 256
"""Chroma's insertion time and disk grow with it; alone, 1,024 dimensions rank better, fused they add nothing."""


class BundledEmbedder:
    """Deterministic vectors of 256 dimensions, unit length, the same on every machine."""

    name = "bundled"
    dimension = DIMENSION

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [_vector(features(text)).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return list(map(float, _vector(features(text))))

    def embed_analysed(self, found: Sequence[Features]) -> NDArray[np.float32]:
        """The vectors of texts by their features; shape (texts, 256)."""
        return np.array([_vector(some) for some in found], dtype=np.float32).reshape(len(found), DIMENSION)


def _vector(found: Features) -> NDArray[np.float64]:
    """Each distinct feature adds ± sqrt(its count); a text without features gets the first unit vector."""
    hashes = np.sort(found)
    ends = (
        np.append(np.flatnonzero(hashes[1:] != hashes[:-1]), len(hashes) - 1) if len(hashes) else np.empty(0, np.int64)
    )
    counts = np.diff(ends, prepend=-1)
    hashes = hashes[ends]
    signs = 1.0 - 2.0 * (hashes >> np.uint64(63)).astype(np.float64)
    places = (hashes & np.uint64(DIMENSION - 1)).astype(np.int64)
    vector = np.bincount(places, weights=signs * np.sqrt(counts), minlength=DIMENSION)
    length = float(np.sqrt(vector @ vector))
    if length == 0.0:
        vector[0] = length = 1.0
    return vector / length
