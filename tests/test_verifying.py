"""Whatever is damaged in a data folder is found, and made anew from the stored articles."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest

from retrieval import verifying
from retrieval.backup import back_up, restore
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.types import Passage, Source
from retrieval.verifying import verify
from tests.test_durability import WORDS, assert_whole, contents

MANY = 1_200
"""Articles so many that Chroma writes its graph to files of its own."""
FEW = 120


def made(folder: Path, articles: int) -> tuple[Path, dict[str, str]]:
    """A folder with a source and its index, and what passages there are."""
    chance = random.Random(1)
    texts = [" ".join(chance.choices(WORDS, k=20)) + " الجسر." for _ in range(articles)]
    records = [{"id": f"n{n}", "title": f"خبر {n}", "text": text} for n, text in enumerate(texts)]
    (folder / "a.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), encoding="utf-8")
    index = Index(folder / "data", BundledEmbedder())
    index.ingest([folder / "a.jsonl"])
    expected = contents(index)
    index.close()
    return folder, expected


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    return made(tmp_path_factory.mktemp("large"), MANY)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    return made(tmp_path_factory.mktemp("small"), FEW)


@pytest.fixture
def data(sound: tuple[Path, dict[str, str]], tmp_path: Path) -> Path:
    shutil.copytree(sound[0], tmp_path / "folder")
    return tmp_path / "folder" / "data"


def one(data: Path, pattern: str) -> Path:
    return next(path for path in sorted(data.glob(pattern)) if path.is_file())


def cut(pattern: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        file = one(data, pattern)
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    return damage


def overwritten(pattern: str, *, first: bool = False) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        file = one(data, pattern)
        content = bytearray(file.read_bytes())
        third = len(content) // 3
        begin = 0 if first else third
        content[begin : begin + third] = (bytes(range(200)) * (third // 200 + 1))[:third]
        file.write_bytes(content)

    return damage


def missing(pattern: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        for path in sorted(data.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


def file_for_folder(name: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        shutil.rmtree(data / name)
        (data / name).write_text("لا مجلد", encoding="utf-8")

    return damage


def statement(*statements: str) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        with closing(sqlite3.connect(data / "articles.db")) as connection:
            for some in statements:
                connection.execute(some)
            connection.commit()

    return damage


def in_store(change: Callable[[Index], None]) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        index = Index(data, BundledEmbedder())
        index._store.open(index._fingerprint)
        change(index)
        index.close()

    return damage


def stranger(index: Index) -> None:
    index._store.upsert([Passage("x#0", Source("x", "x"), 0, "x", 0, 1)], [[1.0] + [0.0] * 255])


def turned_round(index: Index) -> None:
    some = list(index._catalogue.passages(index._catalogue.passage_keys()[:3]).values())
    index._store.upsert(some, [[-value for value in BundledEmbedder().embed_query(passage.text)] for passage in some])


def other_fingerprint(index: Index) -> None:
    assert index._store._collection is not None
    index._store._collection.modify(metadata={"embedder": "other", "dimension": "256"})


Damaging = tuple[Callable[[Path], None], set[str] | None]
DAMAGES: dict[str, Damaging] = {
    "store cut": (cut("chroma/chroma.sqlite3"), {"vectors_unreadable"}),
    "store overwritten": (overwritten("chroma/chroma.sqlite3", first=True), None),
    "store missing": (missing("chroma/chroma.sqlite3"), {"vectors_unreadable"}),
    "store folder missing": (missing("chroma"), {"vectors_unreadable"}),
    "store no folder": (file_for_folder("chroma"), {"vectors_unreadable"}),
    "graph cut": (cut("chroma/*/data_level0.bin"), None),
    "graph overwritten": (overwritten("chroma/*/data_level0.bin"), None),
    "graph header missing": (missing("chroma/*/header.bin"), None),
    "graph header cut": (cut("chroma/*/header.bin"), None),
    "graph names cut": (cut("chroma/*/index_metadata.pickle"), None),
    "graph folder missing": (missing("chroma/*-*"), None),
    "vectors lost": (in_store(lambda index: index._store.remove(["n3#0", "n70#0"])), {"vectors_missing"}),
    "vectors of nothing": (in_store(stranger), {"vectors_extra"}),
    "vectors of something else": (in_store(turned_round), {"vectors_wrong"}),
    "another fingerprint": (in_store(other_fingerprint), {"fingerprint"}),
    "no fingerprint": (statement("DELETE FROM facts WHERE name IN ('embedder', 'dimension')"), {"fingerprint"}),
    "lexical index missing": (missing("lexical"), {"unfinished"}),
    "lexical index no folder": (file_for_folder("lexical"), {"lexical_unreadable"}),
    "manifest cut": (cut("lexical/manifest.json"), {"lexical_unreadable"}),
    "segment missing": (missing("lexical/segment-*"), {"lexical_unreadable"}),
    "segment cut": (cut("lexical/segment-*/rows.npy"), {"lexical_unreadable"}),
    "segment overwritten": (overwritten("lexical/segment-*/counts.npy"), {"lexical_changed"}),
    "forms overwritten": (overwritten("lexical/segment-*/forms.npy"), {"lexical_changed"}),
    "passages lost": (
        statement("DELETE FROM passages WHERE key % 7 = 0"), {"passages", "vectors_extra", "lexical_passages"}
    ),
    "passages moved": (
        statement("UPDATE passages SET stop = stop - 12 WHERE key % 7 = 0"), {"passages", "vectors_wrong"}
    ),
    "passages renamed": (
        statement("UPDATE passages SET id = id || 'x' WHERE key = 5"), {"passages", "vectors_missing", "vectors_extra"}
    ),
    "articles half-way": (
        statement("UPDATE articles SET ready = 0 WHERE article_id = 'n9'"),
        {"unfinished", "vectors_extra", "lexical_passages"},
    ),
}  # fmt: skip


class ThisProcess:
    """In the place of another process where nothing can end the one that looks: that costs a second each time."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> ThisProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, work: Callable[..., object], *arguments: object) -> Future[object]:
        future: Future[object] = Future()
        future.set_result(work(*arguments))
        return future


def found_in(data: Path, monkeypatch: pytest.MonkeyPatch, *, in_this_process: bool) -> set[str]:
    with monkeypatch.context() as patch:
        if in_this_process:
            patch.setattr(verifying, "ProcessPoolExecutor", ThisProcess)
        return {found.kind for found in verify(data)}


def mended(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, expected: dict[str, str]) -> None:
    """Damages a copy of a folder, sees that it is found, and that nothing of it is left after the index was made anew."""
    damage, kinds = DAMAGES[name]
    damage(folder / "data")
    found = found_in(folder / "data", monkeypatch, in_this_process=not name.startswith(("store", "graph")))
    assert found
    assert kinds is None or found == kinds
    index = Index(folder / "data", BundledEmbedder())
    index.reindex()
    assert_whole(index, expected)
    index.close()
    assert found_in(folder / "data", monkeypatch, in_this_process=True) == set()


@pytest.mark.parametrize("name", [name for name in DAMAGES if not name.startswith("graph")])
def test_every_damage_is_found_and_mended_from_the_articles(
    data: Path, sound: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    mended(data.parent, name, monkeypatch, sound[1])


@pytest.mark.parametrize("name", [name for name in DAMAGES if name.startswith("graph")])
def test_a_damaged_graph_of_vectors_is_found_and_mended(
    large: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shutil.copytree(large[0], tmp_path / "folder")
    mended(tmp_path / "folder", name, monkeypatch, large[1])


def test_what_is_sound_is_not_blamed(data: Path) -> None:
    told: list[tuple[int, int]] = []
    assert list(verify(data, on_progress=lambda done, total: told.append((done, total)))) == []
    assert told[-1] == (FEW, FEW)


def test_a_text_that_is_not_as_it_was_stored_is_read_again_from_its_source(
    data: Path, sound: tuple[Path, dict[str, str]]
) -> None:
    statement("UPDATE articles SET body = replace(body, 'الجسر', 'النفق') WHERE article_id = 'n77'")(data)
    assert {"article"} <= {found.kind for found in verify(data)}
    index = Index(data, BundledEmbedder())
    report = index.reindex()
    (failure,) = report.failures
    assert failure.error.values["article_id"] == "n77"
    source = sound[0] / "a.jsonl"  # where it was read from
    assert (index.ingest([source]).updated, index.ingest([source]).unchanged) == (1, FEW)
    assert_whole(index, sound[1])
    index.close()
    assert list(verify(data)) == []


@pytest.mark.parametrize("damage", [cut("articles.db"), overwritten("articles.db")], ids=["cut", "overwritten"])
def test_damaged_articles_come_back_from_a_backup(
    data: Path, sound: tuple[Path, dict[str, str]], damage: Callable[[Path], None]
) -> None:
    back_up(data, data.parent / "b.tar.gz")
    damage(data)
    (found,) = verify(data)
    assert (found.kind, found.example, found.mend) == ("database", "articles.db", "restore")
    restore(data.parent / "b.tar.gz", data, replace=True)
    index = Index(data, BundledEmbedder())
    index.reindex()
    assert_whole(index, sound[1])
    index.close()
