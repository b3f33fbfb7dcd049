"""The recipe of the second look's weights: python -m retrieval.evals.learning DIR… (data sets in BEIR layout, split train).

Listwise learning of a linear score (Cao et al. 2007, ListNet, top one). Each set counts alike. For every set it also prints what
weights learned on the others alone give there: a feature that gains nothing on sets it was not learned on is not worth having.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from retrieval import second_look
from retrieval.evals.bench import Bench
from retrieval.evals.datasets import Dataset, holds, read_retrieval
from retrieval.features import ANALYZER
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.ingest import LEXICAL_BATCH
from retrieval.lexical import LexicalIndex
from retrieval.query import read_query

Example = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Of one question: the features of its passages, shape (passages, features), and which of them are relevant, shape (passages,)."""

PENALTY = 1e-3
"""Of large weights; a tenth and ten times as much give the same within .2 points."""
STEPS = 4_000
RATE = 2.0
_SHOWN = 10


def examples(dataset: Dataset, folder: Path) -> Iterator[Example]:
    """What the second look sees of each question, passages best first by BM25; questions without a relevant one too."""
    bench = Bench(dataset, Index(folder, BundledEmbedder()))
    bench.fill()
    passages = dict(bench.index.passages())
    lexical = LexicalIndex(folder / "learning")
    analysed = ((key, ANALYZER.analyse(passage.source.title, passage.text)) for key, passage in passages.items())
    while batch := list(islice(analysed, LEXICAL_BATCH)):
        lexical.update(add=batch, remove=(), generation=1)
    relevant = {(qrel.query_id, qrel.doc_id) for qrel in dataset.qrels if qrel.relevance > 0}
    for query, text in dataset.queries.items():
        wanted = read_query(text, ANALYZER)
        keys, scores = lexical.search(wanted.features, second_look.DEPTH, wanted.weights)
        spans = dataset.answers.get(query, ())
        gains = [
            (query, passages[key].source.article_id) in relevant and (not spans or holds(passages[key].text, spans))
            for key in keys.tolist()
        ]
        yield second_look.features(wanted.things, lexical, keys, scores), np.array(gains, dtype=np.float64)
    bench.index.close()


def learn(sets: Sequence[Sequence[Example]]) -> NDArray[np.float64]:
    """The weights under which a relevant passage is most likely the first, by gradient ascent; shape (features,)."""
    stacked = [_stacked(each) for each in sets]
    weights = np.zeros(len(second_look.WEIGHTS))
    for _ in range(STEPS):
        gradient = -2 * PENALTY * weights
        for features, wanted, missing in stacked:
            scores = features @ weights - missing
            likely = np.exp(scores - scores.max(axis=1, keepdims=True))
            likely /= likely.sum(axis=1, keepdims=True)
            gradient += np.einsum("qp,qpf->f", wanted - likely, features) / len(features) / len(stacked)
        weights += RATE * gradient
    return weights


def _stacked(examples_: Sequence[Example]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The questions that something relevant was found for: features, shares of the relevant, a large number for no passage."""
    usable = [example for example in examples_ if example[1].any()]
    shape = (len(usable), second_look.DEPTH)
    features = np.zeros((*shape, len(second_look.WEIGHTS)))
    wanted, missing = np.zeros(shape), np.full(shape, 1e9)
    for row, (found, gains) in enumerate(usable):
        features[row, : len(gains)], wanted[row, : len(gains)] = found, gains / gains.sum()
        missing[row, : len(gains)] = 0.0
    return features, wanted, missing


def ndcg(weights: NDArray[np.float64], examples_: Sequence[Example]) -> float:
    """nDCG@10 of the passages seen, one relevant passage a question taken for all there are."""
    discounts = 1 / np.log2(np.arange(2, _SHOWN + 2))
    values = []
    for features, gains in examples_:
        best = gains[np.argsort(-features @ weights, kind="stable")][:_SHOWN]
        first = np.flatnonzero(best)
        values.append(discounts[first[0]] if len(first) else 0.0)
    return float(np.mean(values))


def _main(folders: Sequence[str]) -> None:
    sets = {}
    for name in folders:
        with TemporaryDirectory() as folder:
            sets[name] = list(examples(read_retrieval(Path(name), "train"), Path(folder)))
    bm25 = np.array([1.0, *(0.0 for _ in range(len(second_look.WEIGHTS) - 1))])
    for name, held_out in sets.items():
        others = [each for other, each in sets.items() if other != name]
        learned = f", learned on the others {ndcg(learn(others), held_out):.4f}" if others else ""
        sys.stdout.write(f"{name}: BM25 {ndcg(bm25, held_out):.4f}{learned}\n")
    weights = learn(list(sets.values()))
    sys.stdout.write(f"{dict(zip(second_look.WEIGHTS, weights.round(2).tolist(), strict=True))}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
