"""The weight of the dense leg in the fusion, tried on a train split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.evals.bench import Bench, evidence_run
from retrieval.evals.measures import MAIN, mean, per_query
from retrieval.features import ANALYZER
from retrieval.search import fuse

WEIGHTS = tuple(step / 20 for step in range(21))
TOP = 30
"""Passages kept a query and weight: nDCG@10 looks at ten documents."""


def dense_weights(bench: Bench) -> dict[float, float]:
    """The main measure at each weight. Both legs are searched once a query."""
    bench.index.open_vectors()
    variant = bench.index.variant(analyzer=ANALYZER, second_look=True, dense=True)
    legs = {query: (variant.sparse(text), variant.dense(text)) for query, text in bench.dataset.queries.items()}
    found: dict[float, float] = {}
    for weight in WEIGHTS:
        hits = {query: variant.hits(fuse(*pair, weight), TOP) for query, pair in legs.items()}
        found[weight] = mean(per_query(bench.dataset.qrels, evidence_run(bench.dataset, hits))[MAIN])
    return found


def best_weight(tables: Sequence[Mapping[float, float]]) -> float:
    """The weight with the best mean over data sets; of equals the smallest, which asks the vectors least."""
    return max(WEIGHTS, key=lambda weight: (round(sum(table[weight] for table in tables), 6), -weight))
