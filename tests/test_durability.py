from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import DiskFull, StoreBusy, StoreReadOnly
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.ingest import indexed_text
from retrieval.lexical import LexicalIndex

ROOT = Path(__file__).parent.parent
ARTICLES = 300
INGEST = (
    "import sys; from pathlib import Path; from retrieval import ingest; from retrieval.hashing import BundledEmbedder\n"
    "from retrieval.index import Index\n"
    "ingest.BATCH_ARTICLES = 20  # many places to be interrupted at\n"
    "Index(Path(sys.argv[1]), BundledEmbedder()).ingest([Path(sys.argv[2])])\n"
)
WORDS = ("وزير", "جسر", "مطر", "كأس", "فريق", "مدينة", "حكومة", "اتفاق", "حدود", "سلام", "سوق", "نفط", "طقس", "بحر")


def corpus(file: Path, edition: int) -> Path:
    """Articles that differ from one edition to the next in every third article; some leave, some come."""
    with file.open("w", encoding="utf-8") as lines:
        for number in range(20 * edition, ARTICLES + 20 * edition):
            chance = random.Random(f"{number} {edition if number % 3 == 0 else 0}")
            paragraphs = [" ".join(chance.choices(WORDS, k=60)) + "." for _ in range(chance.randrange(1, 8))]
            record = {"id": f"n{number}", "title": f"خبر رقم {number}", "text": "\n".join(paragraphs)}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    return file


def contents(index: Index) -> dict[str, str]:
    return {passage.id: passage.text for passage in index._catalogue.passages(index._catalogue.passage_keys()).values()}


def assert_whole(index: Index, expected: dict[str, str]) -> None:
    """The invariant: the catalogue holds exactly what is expected, Chroma and the lexical index what it holds.

    Vectors are compared as stored. A search would not do: once many points of a small crowded graph were written anew,
    Chroma's approximate search no longer reaches a few of them, with and without interruptions.
    """
    assert contents(index) == expected
    index._store.open(index._fingerprint)
    assert index._store.ids() == expected.keys()
    index._lexical.reload()
    assert index._lexical.keys.tolist() == index._catalogue.passage_keys()
    assert index._store._collection is not None
    stored = index._store._collection.get(include=["embeddings"])
    vectors = dict(zip(stored["ids"], np.asarray(stored["embeddings"]), strict=True))
    for passage_id, passage in index._catalogue.passages_by_id(sorted(expected)).items():
        wanted = BundledEmbedder().embed_query(indexed_text(passage))
        np.testing.assert_allclose(vectors[passage_id], wanted, atol=1e-5)


def test_killed_at_any_moment_an_ingest_is_finished_by_the_next(tmp_path: Path) -> None:
    old, new = corpus(tmp_path / "articles.jsonl", 0), tmp_path / "articles.jsonl"
    whole = Index(tmp_path / "whole", BundledEmbedder())
    began = time.monotonic()
    whole.ingest([old])
    first_edition = contents(whole)
    corpus(new, 1)
    whole.ingest([new])
    seconds = (time.monotonic() - began) / 2 + 0.8  # a new process has Chroma to import
    expected = contents(whole)
    assert first_edition != expected
    whole.close()

    killed = 0
    data = tmp_path / "data"
    chance = random.Random(7)
    for moment in range(6):
        corpus(new, moment % 2)
        process = subprocess.Popen([sys.executable, "-c", INGEST, str(data), str(new)], cwd=ROOT)
        try:
            process.wait(timeout=0.5 + chance.random() * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.wait()
        index = Index(data, BundledEmbedder())
        hits = index.retrieve("اتفاق السلام على الحدود", 5)  # whatever is there can be asked
        assert all(hit.passage.text == index.article(hit.passage.source.article_id).body[hit.passage.start : hit.passage.end]
                   for hit in hits)  # fmt: skip
        index.close()
    assert killed >= 2

    corpus(new, 1)
    index = Index(data, BundledEmbedder())
    index.ingest([new])
    assert_whole(index, expected)
    report = index.ingest([new])
    assert (report.added, report.updated, report.removed) == (0, 0, 0)
    index.close()


class Interrupted(BaseException):
    """As sudden as a signal: nothing may catch it."""


@pytest.mark.parametrize(
    "place",
    [
        "_catalogue.put",
        "_catalogue.mark_ready",
        "_catalogue.remove",
        "_store.upsert",
        "_store.remove",
        "LexicalIndex.add",
        "LexicalIndex.update",
        "LexicalIndex._commit",
        "LexicalIndex._write",
    ],
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_interrupted_at_each_step_an_ingest_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, after: bool
) -> None:
    file = tmp_path / "a.jsonl"

    def edition(*articles: tuple[str, str]) -> None:
        records = [json.dumps({"id": i, "title": "خبر", "text": text}, ensure_ascii=False) for i, text in articles]
        file.write_text("\n".join(records), encoding="utf-8")

    long = "\n".join(["جملة طويلة للحشو في الخبر. " * 20] * 3)
    edition(("x", long), ("y", "نص ثان."), ("z", "نص ثالث."))
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([file])
    edition(("x", "نص قصير."), ("y", "نص ثان."), ("w", "نص رابع."))

    part, method = place.split(".")
    owner = LexicalIndex if part == "LexicalIndex" else getattr(index, part)
    original = getattr(owner, method)

    def interrupted(*arguments: object, **options: object) -> object:
        if after:
            original(*arguments, **options)
        raise Interrupted

    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(owner, method, interrupted)
        index.ingest([file])
    index.close()

    again = Index(tmp_path / "data", BundledEmbedder())
    assert again.retrieve("نص ثان", 1)[0].passage.id == "y#0"
    again.ingest([file])
    assert_whole(again, {"x#0": "نص قصير.", "y#0": "نص ثان.", "w#0": "نص رابع."})
    again.close()


def test_a_question_finishes_the_search_index_that_an_interrupted_first_ingest_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = corpus(tmp_path / "a.jsonl", 0)
    index = Index(tmp_path / "data", BundledEmbedder())

    def interrupted(*_: object, **__: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        patch.setattr(LexicalIndex, "_commit", interrupted)
        index.ingest([file])
    index.close()
    reader = Index(tmp_path / "data", BundledEmbedder())
    with Index(tmp_path / "data", BundledEmbedder())._locked(), pytest.raises(StoreBusy):
        reader.retrieve("اتفاق السلام", 5)  # not an empty list: that would say that no article has it
    assert len(reader.retrieve("اتفاق السلام", 5)) == 5
    assert_whole(reader, contents(reader))
    reader.close()


def test_questions_at_once_finish_the_search_index_together(tmp_path: Path) -> None:
    file = corpus(tmp_path / "a.jsonl", 0)
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([file])
    expected = index.retrieve("اتفاق السلام", 5)
    index._lexical.clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: index.retrieve("اتفاق السلام", 5), range(32)))
    assert found == [expected] * 32
    assert_whole(index, contents(index))
    index.close()


def test_while_another_process_writes_what_is_there_is_searched(tmp_path: Path) -> None:
    file = corpus(tmp_path / "a.jsonl", 0)
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([file])
    hits = index.retrieve("اتفاق السلام", 5)
    writer = Index(tmp_path / "data", BundledEmbedder())
    with writer._locked():
        writer._catalogue.remove([hits[0].passage.source.article_id])
        seen = index.retrieve("اتفاق السلام", 5)
        assert seen and hits[0].passage.id not in [hit.passage.id for hit in seen]
    index.close()
    writer.close()


# ---------------------------------------------------------------------------------------------- the disk


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("a file system can only be mounted by the superuser, and not everywhere by that one")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


needs_mount = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="mounting a file system takes the superuser of a Linux"
)


@needs_mount
def test_on_a_full_disk_an_ingest_says_so_and_the_old_index_answers(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": "x", "title": "خبر", "text": "افتتاح الجسر."}, ensure_ascii=False), "utf-8")
    with mounted(tmp_path / "disk", "-o", "size=3m"):
        index = Index(tmp_path / "disk" / "data", BundledEmbedder())
        index.ingest([file])
        big = corpus(tmp_path / "b.jsonl", 0)
        with pytest.raises(DiskFull) as caught:
            index.ingest([file, big])
        assert str(tmp_path / "disk" / "data") in caught.value.values["path"]
        assert index.retrieve("الجسر", 1)[0].passage.id == "x#0"
        index.close()
        reader = Index(tmp_path / "disk" / "data", BundledEmbedder())
        assert reader.retrieve("الجسر", 1)[0].passage.id == "x#0"
        reader.close()
        subprocess.run(["mount", "-o", "remount,size=60m", str(tmp_path / "disk")], check=True)
        again = Index(tmp_path / "disk" / "data", BundledEmbedder())
        again.ingest([file, big])
        assert again.article_count == ARTICLES + 1
        assert_whole(again, contents(again))
        again.close()


@needs_mount
def test_a_read_only_index_answers_and_refuses_to_be_written(tmp_path: Path) -> None:
    file = corpus(tmp_path / "a.jsonl", 0)
    with mounted(tmp_path / "disk"):
        data = tmp_path / "disk" / "data"
        subprocess.run([sys.executable, "-c", INGEST, str(data), str(file)], cwd=ROOT, check=True)
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "disk")], check=True)
        reader = Index(data, BundledEmbedder())
        hits = reader.retrieve("اتفاق السلام", 5)
        assert len(hits) == 5
        for write in (lambda: reader.ingest([file]), reader.reindex):
            with pytest.raises(StoreReadOnly) as caught:
                write()
            assert caught.value.values == {"path": str(data)}
        assert reader.retrieve("اتفاق السلام", 5) == hits
        reader.close()
