"""Search: the lexical and the dense leg, fused. Both give passages with a score; fusion is a pure function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.catalogue import Catalogue
from retrieval.features import ANALYZER, Analyzer
from retrieval.lexical import LexicalIndex
from retrieval.protocols import Embedder, Reranker, Retriever
from retrieval.query import read_query
from retrieval.second_look import DEPTH as LOOKED_AT
from retrieval.second_look import look
from retrieval.store import PassageStore
from retrieval.types import Hit

DEPTH = 200
"""Passages each leg contributes; the score of the last one becomes 0 when legs are scaled."""


def fuse(lexical: Mapping[int, float], dense: Mapping[int, float], dense_weight: float) -> list[tuple[int, float]]:
    """Convex sum of both legs, each scaled per query to 0..1 (best = 1, the `DEPTH`th = 0); best first, ties by key.

    A leg with fewer passages keeps the ratios of its scores; a cosine below 0 counts as 0.
    Scores rather than reciprocal ranks: beside a weak vector, ranks lose up to 9 points of nDCG@10.
    """
    left, right = _scaled(lexical), _scaled(dense)
    fused = {
        key: (1.0 - dense_weight) * left.get(key, 0.0) + dense_weight * right.get(key, 0.0)
        for key in left.keys() | right.keys()
    }
    return sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))


def _scaled(scores: Mapping[int, float]) -> dict[int, float]:
    if not scores:
        return {}
    best = max(scores.values())
    lowest = max(min(scores.values()), 0.0) if len(scores) >= DEPTH else 0.0
    if best <= lowest:
        return dict.fromkeys(scores, 1.0 if best > 0 else 0.0)
    return {key: max(score - lowest, 0.0) / (best - lowest) for key, score in scores.items()}


class HybridRetriever:
    """BM25 and nearest vectors over one catalogue. With weight 0 the dense leg, and Chroma, are not touched."""

    def __init__(
        self,
        catalogue: Catalogue,
        lexical: LexicalIndex,
        store: PassageStore,
        embedder: Embedder,
        *,
        dense_weight: float,
        analyzer: Analyzer = ANALYZER,
        second_look: bool = True,
    ) -> None:
        """`analyzer` is the one that the lexical index was made with."""
        self._catalogue = catalogue
        self._lexical = lexical
        self._store = store
        self._embedder = embedder
        self._dense_weight = dense_weight
        self._analyzer = analyzer
        self._second_look = second_look

    def retrieve(self, query: str, k: int) -> list[Hit]:
        """At most `k` hits, best first, ties broken by passage id; none for a query without a usable token."""
        if k < 1 or not len(self._analyzer.features(query)):
            return []
        sparse = self.sparse(query) if self._dense_weight < 1 else {}
        return self.hits(fuse(sparse, self.dense(query) if self._dense_weight else {}, self._dense_weight), k)

    def hits(self, ranked: Sequence[tuple[int, float]], k: int) -> list[Hit]:
        """The best `k` passages, given by key and score, best first, ties by key; those with score 0 are none."""
        ranked = [(key, score) for key, score in ranked if score > 0]
        hits: list[Hit] = []
        for at in range(0, len(ranked), 2 * k):
            if len(hits) >= k and hits[k - 1].score > ranked[at][1]:
                break  # what follows neither belongs to the best k nor ties with the last of them
            some = ranked[at : at + 2 * k]
            passages = self._catalogue.passages([key for key, _ in some])
            hits += [Hit(passages[key], score) for key, score in some if key in passages]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:k]

    def sparse(self, query: str) -> dict[int, float]:
        """The best passages of the lexical leg with scores 0..1; what the second look did not see stays behind it."""
        wanted = read_query(query, self._analyzer)
        keys, scores = self._lexical.search(wanted.features, DEPTH, wanted.weights)
        if not len(keys):
            return {}
        ranked = (scores / scores[0]).astype(np.float64)
        if self._second_look:
            seen = look(wanted.things, self._lexical, keys[:LOOKED_AT], scores[:LOOKED_AT])
            ranked[LOOKED_AT:] *= seen.min() / ranked[len(seen) - 1]
            ranked[:LOOKED_AT] = seen
        return dict(zip(keys.tolist(), ranked.tolist(), strict=True))

    def dense(self, query: str) -> dict[int, float]:
        """The nearest passages of the dense leg with their cosine."""
        found = self._store.search(self._embedder.embed_query(query), DEPTH)
        keys = self._catalogue.keys_by_id([passage_id for passage_id, _ in found])
        return {keys[passage_id]: similarity for passage_id, similarity in found if passage_id in keys}


def more_like(
    article_id: str, vectors: Sequence[Sequence[float]], catalogue: Catalogue, store: PassageStore, k: int
) -> list[Hit]:
    """The passages nearest to an article's vectors, one of each of at most `k` others, best first by their cosine above 0."""
    nearest: dict[str, float] = {}
    for vector in vectors:
        for passage_id, cosine in store.search(vector, k + len(vectors)):
            nearest[passage_id] = max(cosine, nearest.get(passage_id, 0.0))
    found = catalogue.passages_by_id([passage_id for passage_id, cosine in nearest.items() if cosine > 0])
    hits = sorted(
        (Hit(passage, nearest[i]) for i, passage in found.items()), key=lambda hit: (-hit.score, hit.passage.id)
    )
    best = {hit.passage.source.article_id: hit for hit in reversed(hits)}
    best.pop(article_id, None)
    return [hit for hit in hits if best.get(hit.passage.source.article_id) is hit][:k]


class RerankedRetriever:
    """Another retriever's hits in a reranker's order: it sees the best `depth`, however many are wanted."""

    def __init__(self, retriever: Retriever, reranker: Reranker, *, depth: int) -> None:
        self._retriever = retriever
        self._reranker = reranker
        self._depth = depth

    def retrieve(self, query: str, k: int) -> list[Hit]:
        """At most `k` hits, best first by the reranker; those it does not see behind, as they were."""
        hits = self._retriever.retrieve(query, max(k, self._depth))
        seen = self._reranker.rerank(query, hits[: self._depth])
        behind = min((hit.score for hit in seen), default=0.0) / 2  # their own scores are 0..1
        return [*seen, *(Hit(hit.passage, behind * hit.score) for hit in hits[self._depth :])][:k]
