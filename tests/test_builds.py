"""Another build beside the live one: the old or the new is there whole, whatever happens, and nothing is left over."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrieval import builds
from retrieval.catalogue import Catalogue
from retrieval.errors import StoreError, StoreMismatch
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.lexical import LexicalIndex
from retrieval.store import PassageStore
from tests.test_durability import ROOT, assert_whole, contents, corpus

REINDEX = (
    "import sys; from pathlib import Path; from retrieval import builds, ingest; from retrieval.hashing import BundledEmbedder\n"
    "from retrieval.index import Index\n"
    "builds.BATCH_ARTICLES = 20; ingest.LEXICAL_BATCH = 200  # many places to be interrupted at\n"
    "Index(Path(sys.argv[1]), BundledEmbedder()).reindex()\n"
)


class Interrupted(BaseException):
    """As sudden as a signal: nothing may catch it."""


class OtherEmbedder(BundledEmbedder):
    """Vectors of another model, as far as the index can tell."""

    name = "other"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "a.jsonl"
    records = [{"id": f"n{n}", "title": "خبر", "text": f"خبر رقم {n} عن الجسر."} for n in range(40)]
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([file])
    index.close()
    return tmp_path / "data"


def derived(data: Path) -> set[str]:
    return {entry.name for entry in data.iterdir() if entry.is_dir()}


def test_a_new_build_takes_the_place_of_the_old_one(data: Path) -> None:
    index = Index(data, BundledEmbedder())
    expected = contents(index)
    report = index.reindex()
    assert (report.updated, report.passages) == (40, 40)
    assert_whole(index, expected)
    assert derived(data) == {"chroma-1", "lexical-1"}
    index.reindex()
    assert_whole(index, expected)
    assert derived(data) == {"chroma-2", "lexical-2"}
    assert index.ingest([data.parent / "a.jsonl"]).unchanged == 40
    index.close()


PLACES = [
    (Catalogue, "stage"), (Catalogue, "go_live"), (Catalogue, "drop_other_builds"), (PassageStore, "upsert"),
    (LexicalIndex, "update"), (LexicalIndex, "_commit"),
]  # fmt: skip


@pytest.mark.parametrize(("owner", "method"), PLACES, ids=[method for _, method in PLACES])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_interrupted_at_each_step_the_old_or_the_new_is_there_whole(
    data: Path, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, after: bool
) -> None:
    monkeypatch.setattr(builds, "BATCH_ARTICLES", 10)
    original, expected, calls = getattr(owner, method), contents(Index(data, BundledEmbedder())), []
    stopped: list[bool] = []

    def interrupted(*arguments: object, **options: object) -> object:
        calls.append(1)
        if after or (method == "drop_other_builds" and len(calls) == 1):  # the first call tidies up before
            result = original(*arguments, **options)
            if not after:
                return result
        stopped.append(True)
        raise Interrupted

    index = Index(data, BundledEmbedder())
    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(owner, method, interrupted)
        tidy_up = builds.drop_others
        patch.setattr(builds, "drop_others", lambda *a, **o: None if stopped else tidy_up(*a, **o))  # as after a kill
        index.reindex()
    index.close()

    again = Index(data, BundledEmbedder())
    assert {hit.passage.id: hit.passage.text for hit in again.retrieve("خبر الجسر", 100)} == expected
    again.ingest([])
    assert_whole(again, expected)
    assert len(derived(data)) == 2
    rows = sqlite3.connect(data / "articles.db").execute("SELECT DISTINCT build FROM passages").fetchall()
    assert rows == [(again._catalogue.build,)]
    again.close()


def test_killed_at_any_moment_the_old_or_the_new_is_there_whole(tmp_path: Path) -> None:
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([corpus(tmp_path / "a.jsonl", 0)])
    expected = contents(index)
    index.close()
    chance, killed = random.Random(3), 0
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", REINDEX, str(tmp_path / "data")], cwd=ROOT)
        began = time.monotonic()
        while process.poll() is None and time.monotonic() < began + 20:
            if len(list((tmp_path / "data").glob("chroma*"))) > 1:  # it has begun to write
                time.sleep(chance.random() * 0.5)
                process.kill()
                killed += 1
                break
            time.sleep(0.005)
        process.wait()
        index = Index(tmp_path / "data", BundledEmbedder())
        assert contents(index) == expected
        assert len(index.retrieve("اتفاق السلام على الحدود", 5)) == 5
        index.close()
    assert killed >= 2
    index = Index(tmp_path / "data", BundledEmbedder())
    index.reindex()
    assert_whole(index, expected)
    assert len(derived(tmp_path / "data")) == 2
    index.close()


def test_another_embedder_is_changed_to_beside_the_one_that_is_asked(data: Path) -> None:
    with pytest.raises(StoreMismatch):
        Index(data, OtherEmbedder()).retrieve("الجسر", 1)
    old, new = Index(data, BundledEmbedder()), Index(data, OtherEmbedder())
    asked = []

    def ask(done: int, total: int) -> None:
        if done < total:
            asked.append(len(old.retrieve("خبر الجسر", 100)))

    new.reindex(on_progress=ask)
    assert asked == [40]
    assert len(new.retrieve("خبر الجسر", 100)) == 40
    with pytest.raises(StoreMismatch):
        old.retrieve("الجسر", 1)
    old.close()
    new.close()


def broken_chroma(data: Path) -> None:
    (data / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1000)


def missing_chroma(data: Path) -> None:
    (data / "chroma" / "chroma.sqlite3").unlink()


def broken_lexical(data: Path) -> None:
    next((data / "lexical").glob("segment-*/terms.npy")).write_bytes(b"\x93NUMPY")


def file_for_folder(data: Path) -> None:
    index = data / "lexical"
    for file in index.rglob("*"):
        if file.is_file():
            file.unlink()


def lost_rows(data: Path) -> None:
    connection = sqlite3.connect(data / "articles.db")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("DELETE FROM passages WHERE key % 3 = 0")
    connection.execute("UPDATE passages SET stop = stop - 4 WHERE key % 3 = 1")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("damage", [broken_chroma, missing_chroma, broken_lexical, file_for_folder, lost_rows])
def test_what_is_derived_is_mended_from_the_articles_whatever_befell_it(data: Path, damage: object) -> None:
    expected = contents(Index(data, BundledEmbedder()))
    damage(data)  # type: ignore[operator]
    index = Index(data, BundledEmbedder())
    index.reindex()
    assert_whole(index, expected)
    index.close()


def test_a_build_that_fails_leaves_the_old_one_and_takes_no_room(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError(path=data, problem="no room")

    index = Index(data, BundledEmbedder())
    monkeypatch.setattr(PassageStore, "upsert", full)
    with pytest.raises(StoreError, match="no room"):
        index.reindex()
    assert derived(data) == {"chroma", "lexical"}
    assert len(index.retrieve("خبر الجسر", 100)) == 40
    index.close()
