"""Vectors kept on disk: what is embedded again, and what is not."""

from __future__ import annotations

import json
import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from retrieval import embedding_cache
from retrieval.embedding_cache import CachedEmbedder
from retrieval.errors import EmbedderError
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from tests.test_durability import mounted, needs_mount

TEXTS = [f"الخبر رقم {number} عن الجسر الجديد" for number in range(100)]


class Model(BundledEmbedder):
    """A model with a memory. It fails after `batches` calls, and turns its vectors round when it was trained anew."""

    def __init__(self, name: str = "model", *, batches: int = 1_000, sign: float = 1.0) -> None:
        self.name = name  # type: ignore[misc]
        self.texts: list[str] = []
        self._batches = batches
        self._sign = sign

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not self._batches:
            raise EmbedderError(model=self.name, problem="out of memory")
        self._batches -= 1
        self.texts += texts
        return [[self._sign * value for value in vector] for vector in super().embed_documents(texts)]

    def embed_query(self, text: str) -> list[float]:
        return [self._sign * value for value in BundledEmbedder.embed_documents(self, [text])[0]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "embeddings.db"


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_cache, "ROOM_BYTES", 0)


def embedded(path: Path, texts: list[str] = TEXTS, model: Model | None = None) -> list[str]:
    """The texts that were embedded, after the vectors were compared with those of the bare model."""
    model = model or Model()
    vectors = CachedEmbedder(model, path).embed_documents(texts)
    wanted = Model(sign=model._sign).embed_documents(texts)
    np.testing.assert_allclose(vectors, wanted, atol=1e-6)
    return model.texts


def changed(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(sql, values).rowcount


def test_no_text_is_embedded_twice(path: Path) -> None:
    assert sorted(embedded(path, TEXTS[:40] + TEXTS[:40])) == sorted(TEXTS[:40])
    assert sorted(embedded(path)) == sorted(TEXTS[40:])
    assert embedded(path) == []
    assert embedded(path, TEXTS[::-1]) == []


def test_vectors_belong_to_one_model(path: Path) -> None:
    embedded(path)
    assert len(embedded(path, model=Model("other"))) == len(TEXTS)
    assert embedded(path) == embedded(path, model=Model("other")) == []


def test_a_model_that_changed_behind_its_name_embeds_anew(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    embedded(path)
    assert len(embedded(path, model=Model(sign=-1.0))) == len(TEXTS)
    assert "no longer the model" in caplog.text
    assert embedded(path, model=Model(sign=-1.0)) == []


def test_queries_are_embedded_each_time_and_open_no_file(path: Path) -> None:
    cached = CachedEmbedder(Model(), path)
    assert cached.embed_query("جسر") == Model().embed_query("جسر")
    assert (cached.name, cached.dimension) == ("model", Model().dimension)
    assert cached.embed_documents([]) == []
    assert not path.exists()


def test_after_an_interruption_only_the_rest_is_embedded(path: Path) -> None:
    with pytest.raises(EmbedderError):
        embedded(path, model=Model(batches=2))
    assert len(embedded(path)) == len(TEXTS) - 64


# ---------------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize("blob", [b"", b"123", np.zeros(3, "<f4").tobytes(), "nan", "inf", "text"])
def test_a_row_that_cannot_be_used_is_embedded_anew(path: Path, blob: bytes | str) -> None:
    embedded(path)
    if blob in ("nan", "inf"):
        vector = np.ones(Model().dimension, "<f4")
        vector[-1] = float(blob)
        blob = vector.tobytes()
    changed(path, "UPDATE vectors SET vector = ? WHERE rowid IN (SELECT rowid FROM vectors WHERE hash != ? LIMIT 3)",
            blob, b"probe")  # fmt: skip
    assert len(embedded(path)) == 3
    assert embedded(path) == []


@pytest.mark.parametrize("damage", ["other file", "empty", "cut", "overwritten", "other tables"])
def test_a_damaged_file_is_made_anew(path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    embedded(path)
    whole = path.read_bytes()
    if damage == "other tables":
        changed(path, "ALTER TABLE vectors RENAME COLUMN vector TO something")
    else:
        half = len(whole) // 2
        path.write_bytes({"other file": b"damaged" * 1000, "empty": b"", "cut": whole[:half],
                          "overwritten": whole[:4096] + b"\xff" * (len(whole) - 4096)}[damage])  # fmt: skip
    assert len(embedded(path)) == len(TEXTS)
    assert ("damaged" in caplog.text) == (damage != "empty")  # which is how a new one begins
    assert embedded(path) == []


def test_a_file_damaged_while_it_is_used_is_made_anew(path: Path) -> None:
    cached = CachedEmbedder(model := Model(), path)
    cached.embed_documents(TEXTS)
    path.write_bytes(b"damaged" * 1000)
    model.texts.clear()
    cached.embed_documents(TEXTS)
    assert len(model.texts) == len(TEXTS)
    model.texts.clear()
    cached.embed_documents(TEXTS)
    assert model.texts == []


# ---------------------------------------------------------------------------------------------- no room, no rights


def test_where_no_file_can_be_vectors_are_made_and_a_warning_is_given_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.mkdir()
    cached = CachedEmbedder(Model(), path)
    for _ in range(3):
        assert cached.embed_documents(TEXTS[:2]) == Model().embed_documents(TEXTS[:2])
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_another_process_that_keeps_the_file_locked_costs_one_wait(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_cache, "_WAIT_SECONDS", 0.05)
    embedded(path, TEXTS[:50])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert len(embedded(path)) == len(TEXTS)
        other.execute("ROLLBACK")
    assert len(embedded(path)) == 50


def test_the_last_room_is_left_to_the_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_cache, "ROOM_BYTES", sys.maxsize)
    embedded(path)
    monkeypatch.setattr(embedding_cache, "ROOM_BYTES", 0)
    assert len(embedded(path)) == len(TEXTS)


@needs_mount
def test_on_a_full_or_read_only_disk_vectors_are_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with mounted(tmp_path / "disk", "-o", "size=100k"):
        path = tmp_path / "disk" / "embeddings.db"
        assert len(embedded(path)) == len(TEXTS)
        assert "full" in caplog.text
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "disk")], check=True)
        assert len(embedded(path)) >= len(TEXTS) - 64


# ---------------------------------------------------------------------------------------------- through the index


@pytest.fixture
def file(tmp_path: Path) -> Path:
    records = [{"id": str(number), "title": "", "text": text} for number, text in enumerate(TEXTS)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return tmp_path / "a.jsonl"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_rebuild_embeds_nothing(file: Path, data: Path) -> None:
    with closing(Index(data, Model())) as index:
        index.ingest([file])
        expected = index.retrieve(TEXTS[7], 5)
    with closing(Index(data, again := Model())) as index:
        assert index.reindex().updated == len(TEXTS)
        assert again.texts == []
        assert index.retrieve(TEXTS[7], 5) == expected


def test_an_interrupted_ingest_is_finished_with_the_rest(file: Path, data: Path) -> None:
    with closing(Index(data, Model(batches=2))) as index, pytest.raises(EmbedderError):
        index.ingest([file])
    with closing(Index(data, rest := Model())) as index:
        index.ingest([file])
        assert index.article_count == len(TEXTS)
    assert len(rest.texts) == len(TEXTS) - 64


def test_the_bundled_embedder_needs_no_file(file: Path, data: Path) -> None:
    with closing(Index(data, BundledEmbedder())) as index:
        index.ingest([file])
    assert not (data / "embeddings.db").exists()


def test_a_file_damaged_between_two_ingests_costs_no_article(file: Path, data: Path) -> None:
    with closing(Index(data, Model())) as index:
        index.ingest([file])
    (data / "embeddings.db").write_bytes(b"damaged" * 1000)
    with closing(Index(data, again := Model())) as index:
        assert index.reindex().updated == index.article_count == len(TEXTS)
    assert len(again.texts) == len(TEXTS)
