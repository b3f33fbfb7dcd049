"""A data set made searchable: its corpus ingested as any articles are, and searched in every configuration wanted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from retrieval.changes import Progress
from retrieval.errors import DatasetBroken
from retrieval.evals.configurations import Configuration
from retrieval.evals.datasets import Dataset
from retrieval.evals.measures import MAIN, Comparison, Interval, PerQuery, compare, interval, mean, per_query
from retrieval.evals.runs import Run, ranked
from retrieval.features import Analysis
from retrieval.index import Index
from retrieval.ingest import LEXICAL_BATCH
from retrieval.lexical import LexicalIndex
from retrieval.protocols import Retriever
from retrieval.types import Hit, IngestReport, Passage

Judged = Literal["evidence", "document"]
"""Where a relevant document stands: where its first passage with a gold span stands, or where its best passage stands."""

DEPTH = 100
"""Passages asked for, enough for a run that other measures can be taken of."""


@dataclass(frozen=True, slots=True)
class Result:
    """One configuration, or one run from a file, over one data set."""

    dataset: Dataset
    configuration: str
    run: Run
    """Documents, in the order of their best passage."""
    values: PerQuery
    judged_by: Judged = "document"
    passages: int = 0
    seconds_index: float = 0.0
    """Of the ingest with all parts, whatever the configuration; 0 for a run from a file."""
    milliseconds: Sequence[float] = field(default_factory=tuple)
    """One value a query; none for a run from a file."""

    def by_document(self) -> Result:
        """The same run judged as one from a file is: a document stands where its best passage stands."""
        return replace(self, values=per_query(self.dataset.qrels, self.run), judged_by="document")

    def figures(self) -> dict[str, str | int | float | None]:
        """The measures and the costs, by the names under which they are reported."""
        return {
            "dataset": self.dataset.name,
            "split": self.dataset.split,
            "configuration": self.configuration,
            "judged_by": self.judged_by,
            "queries": len(self.dataset.queries),
            "passages": self.passages,
            **{name: round(mean(values), 4) for name, values in self.values.items()},
            "seconds_index": round(self.seconds_index, 2),
            "ms_per_query_p50": self.percentile(50),
            "ms_per_query_p95": self.percentile(95),
        }

    def percentile(self, rank: int) -> float | None:
        """Milliseconds a query; None for a run from a file."""
        return round(float(np.percentile(self.milliseconds, rank)), 2) if self.milliseconds else None

    def intervals(self) -> dict[str, Interval]:
        """The bootstrap 95 % interval of each measure."""
        return {name: interval(list(values.values())) for name, values in self.values.items()}

    def against(self, other: Result) -> Comparison:
        """The main measure against that of another result over the same queries, judged alike."""
        if self.judged_by != other.judged_by:
            raise ValueError(f"not to be compared: judged by {self.judged_by} and by {other.judged_by}")
        return compare(self.values[MAIN], other.values[MAIN], other=other.configuration)


class _Unfolded:
    """Search as it is, but with all copies and versions: a data set judges each by itself."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def retrieve(self, query: str, k: int) -> list[Hit]:
        return self._index.retrieve(query, k, folded=False)


class Bench:
    """A data set and the index made of its corpus. Compared configurations get a lexical index of their own."""

    def __init__(self, dataset: Dataset, index: Index) -> None:
        """`index` is empty, in a folder of its own."""
        self.dataset = dataset
        self.index = index
        self.report = IngestReport()

    def fill(self, on_progress: Progress | None = None) -> IngestReport:
        """Ingests the corpus."""
        self.report = self.index.ingest([self.dataset.corpus], on_progress=on_progress)
        return self.report

    def measure(self, wanted: Configuration) -> Result:
        """Asks every query, one after another."""
        if not wanted.without:
            return self._asked(wanted.name, _Unfolded(self.index))
        with self._variant(wanted) as retriever:
            return self._asked(wanted.name, self.index.reranked(retriever) if wanted.reranker else retriever)

    def _asked(self, name: str, retriever: Retriever) -> Result:
        hits: dict[str, list[Hit]] = {}
        milliseconds = []
        for query, text in self.dataset.queries.items():
            began = time.perf_counter()
            hits[query] = retriever.retrieve(text, DEPTH)
            milliseconds.append(1000 * (time.perf_counter() - began))
        run = {query: ranked(query, [(_document(hit), hit.score) for hit in found]) for query, found in hits.items()}
        values = per_query(self.dataset.qrels, evidence_run(self.dataset, hits))
        judged_by: Judged = "evidence" if self.dataset.evidence else "document"
        counted = self.index.passage_count
        return Result(self.dataset, name, run, values, judged_by, counted, self.report.seconds, milliseconds)

    @contextmanager
    def _variant(self, wanted: Configuration) -> Iterator[Retriever]:
        """A retriever over the same passages, with a lexical index of its own if it needs one."""
        variant = partial(
            self.index.variant, analyzer=wanted.analyzer, second_look=wanted.second_look, dense=wanted.dense
        )
        if not wanted.reindexed:
            yield variant()
            return
        lexical = LexicalIndex(self.index.data_dir / "variants" / wanted.name)
        lexical.clear()
        passages = _analysed(self.index.passages(), wanted)
        while batch := list(islice(passages, LEXICAL_BATCH)):
            lexical.update(add=batch, remove=(), generation=1)
        yield variant(lexical)
        lexical.clear()


def _analysed(passages: Iterator[tuple[int, Passage]], wanted: Configuration) -> Iterator[tuple[int, Analysis]]:
    for key, passage in passages:
        yield key, wanted.analyzer.analyse(passage.source.title if wanted.title else "", passage.text)


def _document(hit: Hit) -> str:
    return hit.passage.source.article_id


def evidence_run(dataset: Dataset, hits: Mapping[str, Sequence[Hit]]) -> Run:
    """Documents as evidence: a relevant one that holds a gold span stands where its first passage with one stands.

    So the measures do not depend on how articles are divided: a passage counts for what it holds, not for its id. Other
    documents stand where their best passage stands, relevant ones without a span too.
    """
    return {
        query: ranked(
            query,
            [(_document(hit), hit.score) for hit in found if dataset.counts(query, _document(hit), hit.passage.text)],
        )
        for query, found in hits.items()
    }


def scored(dataset: Dataset, path: Path, run: Run) -> Result:
    """A run of documents from a file. Raises `DatasetBroken` for one that has no query or no document of the data set."""
    asked = [documents for query, documents in run.items() if query in dataset.queries]
    if not asked:
        raise DatasetBroken(path=path, problem=f"no query of {dataset.name}, split {dataset.split}")
    if not any(found.doc_id in dataset.documents for documents in asked for found in documents):
        raise DatasetBroken(path=path, problem=f"no document of {dataset.name}")
    return Result(dataset, path.name, run, per_query(dataset.qrels, run))


def alike(results: Sequence[Result]) -> list[Result]:
    """Results that can be compared: all judged by document where one of them can be judged by nothing else."""
    if all(result.judged_by == "evidence" for result in results):
        return list(results)
    return [result.by_document() for result in results]
