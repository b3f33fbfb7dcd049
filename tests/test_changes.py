"""A file that is as it was is not read again, and nothing is lost by that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval import changes
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.sources import SourceFile
from retrieval.types import Article, Failure
from tests.test_index import agreed, bodies, counts, lines


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path / "data", BundledEmbedder())
    yield index
    index.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    return folder


class Reading:
    """How often each file was really read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        read = changes.read_file

        def counted(file: SourceFile) -> Iterator[Article | Failure]:
            self.names.append(file.path.name)
            return read(file)

        monkeypatch.setattr(changes, "read_file", counted)

    def since(self) -> list[str]:
        names, self.names = self.names, []
        return names


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    return Reading(monkeypatch)


def test_only_a_file_that_changed_is_read_again(index: Index, folder: Path, reading: Reading) -> None:
    for name in "abc":
        lines(folder / f"{name}.jsonl", **{name: f"نص الخبر {name}", f"{name}2": "نص ثان"})
    assert counts(index, folder) == (6, 0, 0, 0, 0)
    reading.since()
    assert counts(index, folder) == (0, 0, 6, 0, 0)
    assert reading.since() == []
    lines(folder / "b.jsonl", b="نص آخر")
    assert counts(index, folder) == (0, 1, 4, 1, 0)
    assert reading.since() == ["b.jsonl"]
    os.utime(folder / "a.jsonl", (1, 1))
    assert counts(index, folder) == (0, 0, 5, 0, 0)
    assert reading.since() == []


def test_a_file_with_a_broken_line_is_read_each_time(index: Index, folder: Path, reading: Reading) -> None:
    file = lines(folder / "a.jsonl", a="نص الخبر")
    with file.open("a", encoding="utf-8") as more:
        more.write("{broken\n")
    assert counts(index, folder) == (1, 0, 0, 0, 1)
    assert counts(index, folder) == (0, 0, 1, 0, 1)
    assert reading.since() == ["a.jsonl", "a.jsonl"]


def test_an_article_that_two_files_hold_stays_when_one_of_them_goes(
    index: Index, folder: Path, reading: Reading
) -> None:
    lines(folder / "a.jsonl", x="نص الخبر", y="نص ثان")
    lines(folder / "b.jsonl", x="نص الخبر", z="نص ثالث")
    assert counts(index, folder)[0] == 3
    assert counts(index, folder) == (0, 0, 3, 0, 0)
    (folder / "a.jsonl").unlink()
    assert counts(index, folder) == (0, 0, 2, 1, 0)
    assert bodies(index) == {"x": "نص الخبر", "z": "نص ثالث"}
    lines(folder / "a.jsonl", x="نص الخبر", y="نص ثان")
    index.ingest([folder])
    (folder / "b.jsonl").unlink()
    index.ingest([folder])
    assert bodies(index) == {"x": "نص الخبر", "y": "نص ثان"}
    assert agreed(index)


def test_files_are_read_again_by_a_version_that_reads_otherwise(
    index: Index, folder: Path, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines(folder / "a.jsonl", a="نص الخبر")
    index.ingest([folder])
    monkeypatch.setattr(changes, "READING_VERSION", "later")
    assert counts(index, folder) == (0, 0, 1, 0, 0)
    assert reading.since() == ["a.jsonl", "a.jsonl"]


def test_a_folder_in_which_there_is_nothing_at_all_keeps_its_articles(tmp_path: Path) -> None:
    """A disk that is not mounted looks like that."""
    news = tmp_path / "news"
    news.mkdir()
    for name in ("a", "b"):
        (news / f"{name}.txt").write_text(f"خبر {name} من المدينة.", encoding="utf-8")
    index = Index(tmp_path / "data", BundledEmbedder())
    assert index.ingest([news]).added == 2
    for file in list(news.iterdir()):
        file.unlink()
    report = index.ingest([news])
    assert (report.removed, report.failed, index.article_count) == (0, 1, 2)
    (news / "a.txt").write_text("خبر a من المدينة.", encoding="utf-8")
    assert index.ingest([news]).removed == 1
    index.close()
