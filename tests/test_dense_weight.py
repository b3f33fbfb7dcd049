"""The weight of the vectors, kept with the index."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.errors import StoreMismatch
from retrieval.features import ANALYZER
from retrieval.index import Index

TEXTS = {"rain": "أمطار غزيرة على الساحل", "bridge": "افتتاح جسر جديد", "bridges": "جسر"}
VECTORS = {"rain": [1.0, 0.0], "bridge": [0.8, 0.6], "bridges": [0.6, 0.8]}
BY_WORDS, BY_VECTORS = ["bridges", "bridge"], ["rain", "bridge", "bridges"]


class Compass:
    """Knows the direction of the texts; every question looks to the east. Counts its questions."""

    dimension = 2

    def __init__(self, name: str = "compass") -> None:
        self.name = name
        self.queries = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [VECTORS[next(name for name, known in TEXTS.items() if text.endswith(known))] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        self.queries += 1
        return [1.0, 0.0]


@pytest.fixture
def embedder() -> Compass:
    return Compass()


@pytest.fixture
def index(tmp_path: Path, embedder: Compass) -> Iterator[Index]:
    records = [{"id": name, "title": "", "text": text} for name, text in TEXTS.items()]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    index = Index(tmp_path / "data", embedder)
    index.ingest([tmp_path / "a.jsonl"])
    yield index
    index.close()


def found(index: Index) -> list[str]:
    return [hit.passage.source.article_id for hit in index.retrieve("جسر", 10)]


def test_unrecorded_it_depends_on_the_embedder(index: Index, tmp_path: Path) -> None:
    assert index.dense_weight == 0.5
    bundled = Index(tmp_path / "other", Compass("bundled"))
    assert bundled.dense_weight == 0.0
    bundled.close()


def test_with_weight_0_a_question_opens_no_vectors(index: Index, embedder: Compass, tmp_path: Path) -> None:
    index.record_dense_weight(0.0)
    index.close()
    for file in (tmp_path / "data" / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    asked = embedder.queries
    again = Index(tmp_path / "data", embedder)
    assert found(again) == BY_WORDS
    assert again._store._client is None
    assert embedder.queries == asked
    again.close()


def test_with_weight_1_the_order_is_that_of_the_vectors(index: Index) -> None:
    index.record_dense_weight(1.0)
    assert found(index) == BY_VECTORS


def test_it_counts_at_once_in_both_kinds_of_search_and_for_other_processes(index: Index, tmp_path: Path) -> None:
    other = Index(tmp_path / "data", Compass())
    for weight, order in ((0.0, BY_WORDS), (1.0, BY_VECTORS), (0.0, BY_WORDS)):
        other.record_dense_weight(weight)
        assert index.dense_weight == other.dense_weight == weight
        assert found(index) == order
        hits = index.variant(analyzer=ANALYZER, second_look=True, dense=True).retrieve("جسر", 10)
        assert [hit.passage.source.article_id for hit in hits] == order
    other.close()


def test_it_survives_a_rebuild_and_belongs_to_one_embedder(index: Index, tmp_path: Path) -> None:
    index.record_dense_weight(0.3)
    index.reindex()
    assert index.dense_weight == 0.3
    other = Index(tmp_path / "data", Compass("other"))
    assert other.dense_weight == 0.5
    other.reindex()
    assert other.dense_weight == 0.5
    other.close()
    back = Index(tmp_path / "data", Compass())
    assert back.dense_weight == 0.3
    back.close()


def test_it_is_no_part_of_the_fingerprint(index: Index, tmp_path: Path) -> None:
    told = []
    for _ in range(2):
        other = Index(tmp_path / "data", Compass("other"))
        with pytest.raises(StoreMismatch) as caught:
            other.retrieve("جسر", 1)
        told.append(caught.value.values)
        other.close()
        index.record_dense_weight(0.7)
    assert told[0] == told[1]
    assert index.ingest([tmp_path / "a.jsonl"]).unchanged == 3


def test_recorded_in_an_empty_folder_it_waits_for_the_articles(index: Index, tmp_path: Path) -> None:
    fresh = Index(tmp_path / "fresh", Compass())
    fresh.record_dense_weight(1.0)
    fresh.ingest([tmp_path / "a.jsonl"])
    assert found(fresh) == BY_VECTORS
    fresh.close()


@pytest.mark.parametrize("weight", [-0.1, 1.1, math.nan, math.inf, -sys.float_info.min])
def test_a_weight_outside_0_to_1_is_refused(index: Index, weight: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        index.record_dense_weight(weight)
    assert index.dense_weight == 0.5
