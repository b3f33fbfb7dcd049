from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.errors import (
    ArticleUnknown,
    EmbedderMissing,
    RecordBroken,
    StoreBusy,
    StoreError,
    StoreMismatch,
    StoreUnreachable,
)
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index

ROOT = Path(__file__).parent.parent
SEED = ROOT / "seeds" / "000_5fe410f31ff4716c.txt"


class CountingEmbedder(BundledEmbedder):
    """The bundled embedder under any name, with a memory."""

    def __init__(self, name: str = "bundled") -> None:
        self.name = name  # type: ignore[misc]
        self.texts: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.texts += texts
        return super().embed_documents(texts)


class MissingEmbedder(CountingEmbedder):
    @property
    def dimension(self) -> int:  # type: ignore[override]
        raise EmbedderMissing(model=self.name)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def index(tmp_path: Path, embedder: CountingEmbedder) -> Iterator[Index]:
    index = Index(tmp_path / "data", embedder)
    yield index
    index.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    return folder


def lines(file: Path, **texts: str) -> Path:
    """A JSON Lines file with an article an id."""
    records = [{"id": article_id, "title": f"خبر {article_id}", "text": text} for article_id, text in texts.items()]
    file.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return file


def counts(index: Index, *paths: Path) -> tuple[int, int, int, int, int]:
    report = index.ingest(list(paths))
    return report.added, report.updated, report.unchanged, report.removed, report.failed


def bodies(index: Index) -> dict[str, str]:
    return {source.article_id: index.article(source.article_id).body for source in index.articles()}


def agreed(index: Index) -> bool:
    """Whether Chroma and the lexical index hold exactly the passages of the catalogue."""
    index._store.open(index._fingerprint)
    index._lexical.reload()
    return (
        index._store.ids() == set(index._catalogue.passage_ids())
        and index._lexical.keys.tolist() == index._catalogue.passage_keys()
    )


def run(code: str, *arguments: object) -> str:
    start = (
        "import sys; from pathlib import Path; from retrieval.hashing import BundledEmbedder\n"
        "from retrieval.index import Index\n"
        "index = Index(Path(sys.argv[1]), BundledEmbedder())\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", start + code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


# ---------------------------------------------------------------------------------------------- ingest


def test_a_folder_goes_in_once(index: Index, folder: Path, embedder: CountingEmbedder) -> None:
    shutil.copy(SEED, folder)
    lines(folder / "b.jsonl", x="افتتح الوزير الجسر الجديد في المدينة.", y="فاز الفريق بالكأس.")
    (folder / "c.md").write_text("# طقس الغد\n\nأمطار غزيرة على الساحل.", encoding="utf-8")
    report = index.ingest([folder])
    assert (report.added, report.updated, report.unchanged, report.removed, report.failures) == (5, 0, 0, 0, ())
    assert report.passages == index.passage_count == len(embedder.texts)
    assert index.article_count == len(index.articles()) == 5
    assert index.retrieve("متى افتتح الجسر؟", 3)[0].passage.id == "x#0"
    assert index.retrieve("أمطار الساحل", 3)[0].passage.source.title == "طقس الغد"
    assert agreed(index)

    embedder.texts.clear()
    assert counts(index, folder) == (0, 0, 5, 0, 0)
    assert embedder.texts == []


def test_progress_is_told_file_by_file(index: Index, folder: Path) -> None:
    for name in "abc":
        lines(folder / f"{name}.jsonl", **{name: f"نص الخبر {name}"})
    told: list[tuple[int, int]] = []
    index.ingest([folder], on_progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_only_an_edited_article_is_embedded_again(index: Index, folder: Path, embedder: CountingEmbedder) -> None:
    file = lines(folder / "a.jsonl", x="النص القديم طويل.\n" + "جملة للحشو فقط. " * 100, y="نص ثابت.")
    index.ingest([folder])
    embedder.texts.clear()
    lines(file, x="النص الحديث.", y="نص ثابت.")
    assert counts(index, folder) == (0, 1, 1, 0, 0)
    assert embedder.texts == ["خبر x . النص الحديث."]
    assert bodies(index) == {"x": "النص الحديث.", "y": "نص ثابت."}
    assert [hit.passage.text for hit in index.retrieve("القديم للحشو", 5) if hit.passage.source.article_id == "x"] == []
    assert index.retrieve("الحديث", 1)[0].passage.text == "النص الحديث."
    assert agreed(index)


def test_articles_go_with_the_file_or_the_line_that_held_them(index: Index, folder: Path) -> None:
    lines(folder / "a.jsonl", x="نص أول.", y="نص ثان.")
    lines(folder / "b.jsonl", z="نص ثالث.")
    index.ingest([folder])
    lines(folder / "a.jsonl", x="نص أول.")
    assert counts(index, folder / "a.jsonl") == (0, 0, 1, 1, 0)
    (folder / "b.jsonl").unlink()
    assert counts(index, folder) == (0, 0, 1, 1, 0)
    assert bodies(index).keys() == {"x"}
    assert agreed(index)
    assert index.retrieve("ثالث", 3) == [] or index.retrieve("ثالث", 3)[0].passage.id == "x#0"


def test_a_moved_file_is_unchanged(index: Index, folder: Path, tmp_path: Path, embedder: CountingEmbedder) -> None:
    (folder / "خبر.txt").write_text("عنوان الخبر\n\nنص الخبر كله في هذه الجملة.", encoding="utf-8")
    lines(folder / "a.jsonl", x="نص أول.")
    index.ingest([folder])
    embedder.texts.clear()
    moved = folder.rename(tmp_path / "elsewhere")
    assert counts(index, moved) == (0, 0, 2, 0, 0)
    assert embedder.texts == []
    assert {Path(source.origin).parent for source in index.articles()} == {moved}
    (moved / "a.jsonl").rename(moved / "b.jsonl")
    assert counts(index, moved) == (0, 0, 2, 0, 0)
    assert counts(index, moved) == (0, 0, 2, 0, 0)


def test_a_broken_line_stops_nothing_and_costs_no_article(index: Index, folder: Path) -> None:
    file = lines(folder / "a.jsonl", x="نص أول.", y="نص ثان.", z="نص ثالث.")
    index.ingest([folder])
    good = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([good[0], '{"id": "y", "text": ', good[2]]), encoding="utf-8")
    report = index.ingest([folder])
    assert (report.unchanged, report.removed) == (2, 0)
    (failure,) = report.failures
    assert isinstance(failure.error, RecordBroken)
    assert (failure.origin, failure.line) == (str(file), 2)
    assert bodies(index).keys() == {"x", "y", "z"}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 500], ids=["empty", "binary"])
@pytest.mark.parametrize("name", ["a.txt", "a"])
def test_a_file_that_became_unreadable_keeps_its_articles(
    index: Index, folder: Path, name: str, content: bytes
) -> None:
    lines(folder / "b.jsonl", z="نص آخر.")
    (folder / name).write_text("عنوان الخبر\n\nنص الخبر كله في هذه الجملة.", encoding="utf-8")
    index.ingest([folder])
    (folder / name).write_bytes(content)
    assert index.ingest([folder]).removed == 0
    assert index.article_count == 2
    (folder / name).unlink()
    assert index.ingest([folder]).removed == 1


def test_a_folder_that_cannot_be_listed_keeps_its_articles(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir()
    lines(closed / "a.jsonl", x="نص أول.")
    lines(folder / "b.jsonl", y="نص ثان.")
    index.ingest([folder])
    iterdir = Path.iterdir

    def refuse(self: Path) -> Iterator[Path]:
        if self == closed:
            raise PermissionError(13, "Permission denied")
        return iterdir(self)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", refuse)
        assert counts(index, folder) == (0, 0, 1, 0, 1)
    assert bodies(index).keys() == {"x", "y"}


def test_a_missing_path_costs_no_article(index: Index, folder: Path, tmp_path: Path) -> None:
    lines(folder / "a.jsonl", x="نص أول.")
    index.ingest([folder])
    folder.rename(tmp_path / "away")
    assert counts(index, folder) == (0, 0, 0, 0, 1)
    assert index.article_count == 1


# ---------------------------------------------------------------------------------------------- two files, one id


def test_one_given_id_in_two_files_is_of_two_articles(index: Index, folder: Path) -> None:
    first = lines(folder / "a.jsonl", x="نص أول.", y="نص ثان.")
    lines(folder / "b.jsonl", x="نص مختلف.", z="نص ثالث.")
    for expected in ((4, 0, 0, 0, 0), (0, 0, 4, 0, 0), (0, 0, 4, 0, 0)):
        assert counts(index, folder) == expected
        assert sorted(bodies(index).values()) == ["نص أول.", "نص ثالث.", "نص ثان.", "نص مختلف."]
        assert bodies(index)["x"] == "نص أول."
    first.unlink()
    assert counts(index, folder) == (0, 0, 2, 2, 0)
    assert sorted(bodies(index).values()) == ["نص ثالث.", "نص مختلف."]
    assert agreed(index)


def test_a_copy_in_a_second_file_counts_once_and_outlives_the_first(index: Index, folder: Path) -> None:
    lines(folder / "a.jsonl", x="نص أول.")
    lines(folder / "b.jsonl", x="نص أول.")
    assert counts(index, folder) == (1, 0, 0, 0, 0)
    assert counts(index, folder) == (0, 0, 1, 0, 0)
    (folder / "a.jsonl").unlink()
    assert counts(index, folder) == (0, 0, 1, 0, 0)
    assert bodies(index) == {"x": "نص أول."}


@pytest.mark.parametrize("names", [("a.jsonl", "b.jsonl"), ("b.jsonl", "a.jsonl")])
@pytest.mark.parametrize("text", ["نص أول.", "نص أول، منقح."], ids=["as it was", "edited"])
def test_an_article_moved_between_files_keeps_its_id(
    index: Index, folder: Path, names: tuple[str, str], text: str
) -> None:
    old, new = names
    lines(folder / old, x="نص أول.", y="نص ثان.")
    lines(folder / new, z="نص ثالث.")
    index.ingest([folder])
    lines(folder / old, y="نص ثان.")
    lines(folder / new, z="نص ثالث.", x=text)
    edited = text != "نص أول."
    assert counts(index, folder) == (0, edited, 3 - edited, 0, 0)
    assert counts(index, folder) == (0, 0, 3, 0, 0)
    assert counts(index, folder / old) == (0, 0, 1, 0, 0)
    assert bodies(index) == {"x": text, "y": "نص ثان.", "z": "نص ثالث."}


def test_two_roots_with_files_of_one_name_and_title_are_two_articles(index: Index, tmp_path: Path) -> None:
    roots = [tmp_path / "2023", tmp_path / "2024"]
    for root in roots:
        root.mkdir()
        text = f"أسعار العملات اليوم\n\nبلغ سعر الصرف {root.name} ليرة للدولار الواحد."
        (root / "rates.txt").write_text(text, encoding="utf-8")
    expected = {f"بلغ سعر الصرف {root.name} ليرة للدولار الواحد." for root in roots}
    assert counts(index, *roots) == (2, 0, 0, 0, 0)
    stored = bodies(index)
    assert set(stored.values()) == expected
    for paths in ((roots[1], roots[0]), (roots[0],), (roots[1],)):
        assert counts(index, *paths) == (0, 0, len(paths), 0, 0)
        assert bodies(index) == stored
    (roots[0] / "rates.txt").unlink()
    (roots[0] / "other.txt").write_text("خبر آخر من المدينة.", encoding="utf-8")
    assert counts(index, *roots)[:4] == (1, 0, 1, 1)
    assert counts(index, roots[1]) == (0, 0, 1, 0, 0)  # the one left does not change its id
    assert set(bodies(index).values()) == {"بلغ سعر الصرف 2024 ليرة للدولار الواحد.", "خبر آخر من المدينة."}


def test_the_same_given_id_from_files_ingested_apart_overwrites_nothing(index: Index, folder: Path) -> None:
    first, second = lines(folder / "a.jsonl", x="نص أول."), lines(folder / "b.jsonl", x="نص مختلف.")
    assert counts(index, first) == (1, 0, 0, 0, 0)
    assert counts(index, second) == (1, 0, 0, 0, 0)
    assert counts(index, folder) == (0, 0, 2, 0, 0)
    assert set(bodies(index).values()) == {"نص أول.", "نص مختلف."}
    first.unlink()
    assert counts(index, folder) == (0, 0, 1, 1, 0)
    assert counts(index, folder) == (0, 0, 1, 0, 0)


def test_a_second_file_with_an_id_waits_for_the_first_even_when_read_before_it(index: Index, folder: Path) -> None:
    lines(folder / "b.jsonl", x="نص أول.")
    index.ingest([folder])
    lines(folder / "a.jsonl", x="نص مختلف.")  # is read first
    assert counts(index, folder) == (1, 0, 1, 0, 0)
    assert bodies(index)["x"] == "نص أول."


# ---------------------------------------------------------------------------------------------- embedders, rebuilding


def test_another_embedder_is_refused_until_the_index_is_rebuilt(index: Index, folder: Path, tmp_path: Path) -> None:
    lines(folder / "a.jsonl", x="نص أول.", y="نص ثان.")
    index.ingest([folder])
    other_embedder = CountingEmbedder("other")
    other = Index(tmp_path / "data", other_embedder)
    for use in (lambda: other.ingest([folder]), lambda: other.retrieve("نص", 3)):
        with pytest.raises(StoreMismatch) as caught:
            use()
        assert "embedder bundled" in caught.value.values["stored"]
        assert "embedder other" in caught.value.values["wanted"]
    assert other_embedder.texts == []
    report = other.reindex()
    assert (report.updated, report.passages) == (2, 2)
    assert len(other_embedder.texts) == 2
    assert other.retrieve("نص أول", 3)[0].passage.id == "x#0"
    assert agreed(other)
    assert counts(other, folder) == (0, 0, 2, 0, 0)
    with pytest.raises(StoreMismatch):
        index.retrieve("نص", 3)
    other.close()


def test_an_empty_index_takes_any_embedder(index: Index, folder: Path, tmp_path: Path) -> None:
    assert counts(index, folder)[-1] == 1  # an empty folder
    other = Index(tmp_path / "data", CountingEmbedder("other"))
    lines(folder / "a.jsonl", x="نص أول.")
    assert counts(other, folder) == (1, 0, 0, 0, 0)
    other.close()


def test_a_rebuild_without_its_embedder_or_server_changes_nothing(index: Index, folder: Path, tmp_path: Path) -> None:
    lines(folder / "a.jsonl", x="نص أول.")
    index.ingest([folder])
    with pytest.raises(EmbedderMissing):
        Index(tmp_path / "data", MissingEmbedder("missing")).reindex()
    with pytest.raises(StoreUnreachable):
        Index(tmp_path / "data", CountingEmbedder(), chroma_url="http://127.0.0.1:9").reindex()
    assert index.retrieve("أول", 1)[0].passage.id == "x#0"
    assert counts(index, folder) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("part", ["lexical", "chroma"])
@pytest.mark.parametrize("damage", ["gone", "broken"])
def test_what_is_derived_is_made_anew(index: Index, folder: Path, tmp_path: Path, part: str, damage: str) -> None:
    lines(folder / "a.jsonl", x="نص أول.", y="نص ثان.")
    index.ingest([folder])
    index.close()
    data = tmp_path / "data"
    if damage == "gone":
        shutil.rmtree(data / part)
    else:
        files = [file for file in (data / part).rglob("*") if file.is_file()]
        for file in files:
            file.write_bytes(b"damaged" * 100)
    again = Index(data, CountingEmbedder())
    if damage == "broken":
        with pytest.raises(StoreError):
            again.retrieve("أول", 1) if part == "lexical" else again.ingest([folder])
        if part == "chroma":
            again.reindex()
    assert counts(again, folder) == (0, 0, 2, 0, 0)
    assert agreed(again)
    assert again.retrieve("أول", 1)[0].passage.id == "x#0"
    again.close()


# ---------------------------------------------------------------------------------------------- other processes


def test_a_second_writer_is_refused_while_the_first_holds_the_lock(index: Index, folder: Path, tmp_path: Path) -> None:
    lines(folder / "a.jsonl", x="نص أول.")
    code = (
        "def hold(done, total):\n"
        "    print('held', flush=True); sys.stdin.readline()\n"
        "print(index.ingest([Path(sys.argv[2])], on_progress=hold).added)"
    )
    start = (
        "import sys; from pathlib import Path; from retrieval.hashing import BundledEmbedder\n"
        "from retrieval.index import Index\nindex = Index(Path(sys.argv[1]), BundledEmbedder())\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", start + code, str(tmp_path / "data"), str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert writer.stdin and writer.stdout
    assert writer.stdout.readline() == "held\n"
    for use in (lambda: index.ingest([folder]), index.reindex):
        with pytest.raises(StoreBusy) as caught:
            use()
        assert caught.value.values == {"path": str(tmp_path / "data"), "owner": str(writer.pid)}
    assert index.retrieve("أول", 1) == []
    output, _ = writer.communicate("\n\n")
    assert output.splitlines()[-1] == "1"
    assert counts(index, folder) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("name", ["bundled", "other"], ids=["lexical alone", "with vectors"])
def test_a_reader_sees_what_another_process_wrote(folder: Path, tmp_path: Path, name: str) -> None:
    lines(folder / "a.jsonl", x="نص أول عن الجسر.")
    index = Index(tmp_path / "data", CountingEmbedder(name))
    index.ingest([folder])
    assert index.retrieve("المطر", 3) == [] or name == "other"
    lines(folder / "b.jsonl", y="نص ثان عن المطر.")
    (folder / "a.jsonl").unlink()
    code = f"index._embedder.name = {name!r}; print(index.ingest([Path(sys.argv[2])]).added)"
    assert run(code, tmp_path / "data", folder) == "1"
    assert [hit.passage.id for hit in index.retrieve("المطر", 3)] == ["y#0"]
    assert [passage_id for passage_id, _ in index._store.search([1.0] * 256, 5)] == ["y#0"] or name == "bundled"

    lines(folder / "c.jsonl", z="نص ثالث عن الثلج.")  # the reader writes, after the other one has
    assert counts(index, folder) == (1, 0, 1, 0, 0)
    assert agreed(index)
    assert [index.retrieve(query, 1)[0].passage.id for query in ("المطر", "الثلج")] == ["y#0", "z#0"]
    index.close()


# ---------------------------------------------------------------------------------------------- retrieve


def test_hits_are_best_first_and_ties_in_order_of_passage_id(index: Index, folder: Path) -> None:
    lines(folder / "a.jsonl", best="جسر جسر جسر.")
    for name in ("c", "b"):
        record = json.dumps({"id": name, "title": "خبر", "text": "افتتاح جسر في المدينة."}, ensure_ascii=False)
        (folder / f"{'z' if name == 'b' else 'y'}.jsonl").write_text(record, encoding="utf-8")
        index.ingest([folder])
    hits = index.retrieve("جسر", 10)
    assert [hit.passage.id for hit in hits] == ["best#0", "b#0", "c#0"]
    assert hits[0].score == 1.0 > hits[1].score == hits[2].score > 0
    assert [hit.passage.id for hit in index.retrieve("جسر", 2)] == ["best#0", "b#0"]
    assert index.retrieve("جسر", 10) == hits


def test_all_that_tie_are_looked_at_before_k_are_taken(index: Index, folder: Path) -> None:
    names = [f"n{number:02d}" for number in range(30, 0, -1)]
    records = [json.dumps({"id": name, "title": "خبر", "text": "افتتاح جسر."}, ensure_ascii=False) for name in names]
    (folder / "a.jsonl").write_text("\n".join(records), encoding="utf-8")
    index.ingest([folder])
    assert [hit.passage.id for hit in index.retrieve("جسر", 3)] == ["n01#0", "n02#0", "n03#0"]


def test_what_has_no_word_finds_nothing(index: Index, folder: Path) -> None:
    assert index.retrieve("أي سؤال", 5) == []
    lines(folder / "a.jsonl", x="نص أول.", y="😀 😀")
    index.ingest([folder])
    assert [index.retrieve(query, 5) for query in ("", "  ", "؟!", "😀")] == [[]] * 4
    assert index.retrieve("نص", 0) == []


def test_an_empty_index_has_no_articles(index: Index) -> None:
    assert (index.article_count, index.passage_count, index.articles()) == (0, 0, [])
    with pytest.raises(ArticleUnknown):
        index.article("x")


def test_articles_like_one_are_found_by_their_vectors_a_copy_first(index: Index, tmp_path: Path) -> None:
    texts = {
        "first": "أعلنت أرمينيا الثلاثاء مقتل أربعة من جنودها بنيران القوات الأذرية على الحدود بين البلدين.",
        "copy": "اعلنت ارمينيا الثلاثاء مقتل ٤ من جنودها بنيران القوات الأذرية على الحدود.",
        "other": "فاز فريق الهلال بكأس السوبر بعد مباراة طويلة انتهت بركلات الترجيح.",
    }
    lines = [json.dumps({"id": name, "title": "", "text": text}, ensure_ascii=False) for name, text in texts.items()]
    (tmp_path / "like.jsonl").write_text("\n".join(lines), encoding="utf-8")
    index.ingest([tmp_path / "like.jsonl"])
    best, *rest = index.more_like("first", 5)
    assert best.passage.source.article_id == "copy"
    assert best.score > 0.7 > max((hit.score for hit in rest), default=0.0)
    assert "first" not in {hit.passage.source.article_id for hit in rest}
    assert [hit.passage.id for hit in index.more_like("first", 1)] == [best.passage.id]
    with pytest.raises(ArticleUnknown):
        index.more_like("nothing", 3)
