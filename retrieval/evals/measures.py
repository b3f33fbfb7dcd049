"""Measures of a run by ir_measures, one value a query, their bootstrap intervals, and the paired comparison of two runs.

nDCG: Järvelin and Kekäläinen 2002; RR: Kantor and Voorhees 2000. Intervals: Efron's percentile bootstrap over queries. The
test of a difference is Fisher's randomization test on paired values, as Smucker, Allan and Carterette 2007 advise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, R, nDCG
from numpy.typing import NDArray

from retrieval.evals.runs import Run

MEASURES = {str(measure): measure for measure in (nDCG @ 10, R @ 1, R @ 5, R @ 20, RR @ 10)}
MAIN = "nDCG@10"
RESAMPLES = 2_000
PERMUTATIONS = 10_000

Interval = tuple[float, float]
PerQuery = dict[str, dict[str, float]]
"""By measure, then by query."""


def per_query(qrels: Sequence[Qrel], run: Run) -> PerQuery:
    """Each measure of each query of the qrels; one without hits, or without anything relevant, has 0."""
    queries = list(dict.fromkeys(qrel.query_id for qrel in qrels))
    values = {name: dict.fromkeys(queries, 0.0) for name in MEASURES}
    found = [document for documents in run.values() for document in documents]
    for metric in ir_measures.iter_calc(MEASURES.values(), qrels, found):
        if metric.query_id in values[str(metric.measure)]:
            values[str(metric.measure)][metric.query_id] = metric.value
    return values


def mean(values: Mapping[str, float]) -> float:
    """Over all queries; there is at least one."""
    return sum(values.values()) / len(values)


def interval(values: Sequence[float]) -> Interval:
    """The bootstrap 95 % interval of a mean; a fixed seed, so that the same values give the same interval."""
    sample = np.array(values, dtype=float)
    drawn = np.random.default_rng(0).integers(0, len(sample), size=(RESAMPLES, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of a run against another over the same queries; differences are the first less the second."""

    other: str
    measure: str
    value: float
    other_value: float
    difference: float
    interval: Interval
    p: float
    won: Mapping[str, float]
    """The queries where the first is better, and by how much, the largest difference first."""
    lost: Mapping[str, float]


def compare(values: Mapping[str, float], others: Mapping[str, float], *, other: str, measure: str = MAIN) -> Comparison:
    """Both map the same queries to values of `measure`."""
    differences = {query: value - others[query] for query, value in values.items()}
    ordered = sorted(differences.items(), key=lambda pair: pair[1])
    return Comparison(
        other,
        measure,
        mean(values),
        mean(others),
        mean(differences),
        interval(list(differences.values())),
        randomization_p(np.array(list(differences.values()))),
        {query: change for query, change in reversed(ordered) if change > 0},
        {query: change for query, change in ordered if change < 0},
    )


def randomization_p(differences: NDArray[np.float64]) -> float:
    """Two-sided p of a mean paired difference: how often random signs give one as large. At least 1/10,001."""
    changed = differences[differences != 0.0]
    if not len(changed):
        return 1.0
    random = np.random.default_rng(0)
    observed = abs(changed.sum()) - 1e-12
    as_large = 0
    for _ in range(10):
        signs = random.integers(0, 2, size=(PERMUTATIONS // 10, len(changed)), dtype=np.int8) * 2 - 1
        as_large += int((np.abs(signs @ changed) >= observed).sum())
    return (as_large + 1) / (PERMUTATIONS + 1)
