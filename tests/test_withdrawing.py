"""What is withdrawn is gone from search and answers, and no later ingest brings it back until that is lifted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.catalogue import Catalogue
from retrieval.errors import ArticleUnknown, SourceUnnamed
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.pages import Headers, KeptPages
from retrieval.sources import SourceFile
from retrieval.storage_errors import SourceNotStored, SourceNotWithdrawn
from tests.test_cli import process


def lines(file: Path, **texts: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    records = [
        {"id": name, "title": f"خبر {name}", "text": text, "url": f"https://a.example/{name}"}
        for name, text in texts.items()
    ]
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines(tmp_path / "news" / "a.jsonl", bridge="افتتح الوزير الجسر فوق الوادي.", market="أغلقت البلدية السوق القديم.")
    lines(tmp_path / "news" / "2023" / "b.jsonl", port="وصلت السفينة إلى الميناء.")
    return tmp_path / "news"


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Iterator[Index]:
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([folder])
    yield index
    index.close()


def ids(index: Index) -> set[str]:
    return {source.article_id for source in index.articles()}


def test_an_article_stays_out_by_its_id(index: Index, folder: Path) -> None:
    assert index.withdraw(["bridge"]) == ["bridge"]
    assert all(hit.passage.source.article_id != "bridge" for hit in index.retrieve("الجسر فوق الوادي", 5))
    with pytest.raises(ArticleUnknown):
        index.article("bridge")
    lines(folder / "a.jsonl", bridge="افتتح الوزير الجسر أمس.", market="أغلقت البلدية السوق كله.", dam="بني السد.")
    report = index.ingest([folder])
    assert (report.added, report.updated, report.withdrawn, report.failed) == (1, 1, 1, 0)
    assert ids(index) == {"market", "dam", "port"}
    index.reindex()
    assert ids(index) == {"market", "dam", "port"}


@pytest.mark.parametrize(
    ("name", "left"),
    [("news/2023", {"bridge", "market"}), ("news/a.jsonl", {"port"}), ("news", set()), ("https://a.example/port", {"bridge", "market"})],
    ids=["folder", "file", "all", "address"],
)  # fmt: skip
def test_all_that_a_name_means_stays_out_until_it_is_lifted(
    index: Index, folder: Path, name: str, left: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    index.withdraw([name])
    for _ in range(2):
        assert index.ingest([folder]).added == 0
        assert ids(index) == left
    index.reinstate([name] if "://" not in name else ["port"])
    index.ingest([folder])
    assert ids(index) == {"bridge", "market", "port"}


def test_a_folder_that_is_gone_may_be_withdrawn(index: Index, folder: Path) -> None:
    folder.rename(folder.parent / "away")
    assert index.withdraw([str(folder)]) == ["bridge", "market", "port"]
    assert index.article_count == index.passage_count == 0


def test_a_name_that_means_nothing_takes_nothing_out(index: Index) -> None:
    for names in (["unknown"], ["bridge", "/nowhere"], ["https://a.example/none"], ["\ud800"], ["bri"]):
        with pytest.raises(SourceNotStored):
            index.withdraw(names)
    for undo in (index.withdraw, index.reinstate):
        with pytest.raises(SourceUnnamed):
            undo([" "])  # an unset variable of a script, not the folder it runs in
    with pytest.raises(SourceNotWithdrawn):
        index.reinstate(["bridge"])
    assert len(ids(index)) == 3


def test_another_article_under_the_same_id_is_another(index: Index, folder: Path) -> None:
    index.withdraw([str(folder / "a.jsonl")])
    lines(folder / "c.jsonl", bridge="انهار الجسر الخشبي في القرية.")
    index.ingest([folder])
    assert ids(index) == {"port", "bridge"}
    assert index.article("bridge").body == "انهار الجسر الخشبي في القرية."


def test_what_was_listed_and_not_yet_taken_out_goes_with_the_next_ingest(index: Index, folder: Path) -> None:
    catalogue = Catalogue(index.data_dir / "articles.db")
    catalogue.withdrawn.add([(str(folder / "a.jsonl"), "market")])  # killed before the articles were removed
    catalogue.close()
    lines(
        folder / "a.jsonl",
        bridge="افتتح الوزير الجسر فوق الوادي.",
        market="أغلقت البلدية السوق القديم.",
        dam="بني السد.",
    )
    index.ingest([folder])
    assert ids(index) == {"bridge", "dam", "port"}


def test_the_kept_page_goes_too(tmp_path: Path, folder: Path) -> None:
    data, address = tmp_path / "data", "https://b.example/1"
    pages = KeptPages(data)
    kept = pages.keep(address, "أعلنت البلدية فتح الطريق.".encode(), ".txt", Headers())
    pages.close()
    index = Index(data, BundledEmbedder())
    index.ingest([folder], fetched=[SourceFile(kept.path, address)])
    index.close()
    done = process("withdraw", address, "--data-dir", str(data))
    assert (done.code, done.out.count("\n")) == (0, 1)
    assert not kept.path.exists() and list((data / "pages").iterdir()) == []
    assert address in Index(data, BundledEmbedder()).withdrawn_origins
    unknown = process("withdraw", address, "--data-dir", str(data))
    assert (unknown.code, unknown.out, unknown.err.count("\n")) == (2, "", 1)
