"""Files, folders and patterns: what is read, what is passed over, what is a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from retrieval.errors import SourceBinary, SourceEmpty, SourceEncoding, SourceError, SourceKindUnknown, SourceMissing
from retrieval.sources import SourceFile, read, read_file, source_files
from retrieval.types import Article, Failure

SEEDS = Path(__file__).parents[1] / "seeds"
NEWS = "ميناء الصيد يعود إلى العمل\n\nعاد ميناء الصيد إلى العمل السبت، بعد إصلاحات دامت ثلاثة أشهر.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "news"
    (root / "2024" / "مارس").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "port.txt").write_text(NEWS)
    (root / "2024" / "مارس" / "خبر 9.3.2024").write_text(NEWS)
    (root / "2024" / "windows.txt").write_bytes(NEWS.replace("\n", "\r\n").encode("cp1256"))
    (root / "2024" / "wide.TXT").write_text(NEWS, encoding="utf-16")
    (root / "page.md").write_text("# عنوان\n\nنص الخبر.\n")
    (root / "lines.jsonl").write_text('{"id": "a", "text": "نص."}\nمكسور\n{"id": "b", "text": "نص."}\n')
    (root / "array.json").write_text('[{"id": "c", "text": "نص."}]')
    (root / "questions.jsonl").write_text('{"id": "q1", "question": "أين الميناء؟", "answers": ["هنا"]}\n')
    (root / "cut.txt").write_bytes(NEWS.encode()[:-3])
    (root / "binary.txt").write_bytes(bytes(range(32)) * 10)
    (root / "french.md").write_bytes("L'été à Genève, déjà répété".encode("latin-1"))
    (root / "empty.txt").write_bytes(b"")
    for name in ("README.md", "readme.ar.md", "LICENSE", "LICENSE-MIT.txt", "CHANGELOG.md", "Makefile", ".hidden.txt"):
        (root / name).write_text(NEWS)
    (root / ".git" / "note.txt").write_text(NEWS)
    for name in ("script.py", "photo.png", "paper.docx", "archive"):
        (root / name).write_bytes(b"\x89PNG" + bytes(40))
    return root


def test_a_folder_of_everything(folder: Path) -> None:
    files, failures = source_files([folder])
    assert failures == []
    assert [source_file.path.relative_to(folder).as_posix() for source_file in files] == [
        "2024/wide.TXT",
        "2024/windows.txt",
        "2024/مارس/خبر 9.3.2024",
        "array.json",
        "binary.txt",
        "cut.txt",
        "empty.txt",
        "french.md",
        "lines.jsonl",
        "page.md",
        "port.txt",
    ]
    found = list(read([folder]))
    failed = {
        Path(item.origin).name: type(item.error) for item in found if isinstance(item, Failure) and item.line is None
    }
    assert failed == {
        "binary.txt": SourceBinary,
        "cut.txt": SourceEncoding,
        "empty.txt": SourceEmpty,
        "french.md": SourceEncoding,
    }
    assert [(Path(item.origin).name, item.line) for item in found if isinstance(item, Failure) and item.line] == [
        ("lines.jsonl", 2)
    ]
    texts = [item.body for item in found if isinstance(item, Article)]
    assert len(texts) == 8
    assert texts.count("عاد ميناء الصيد إلى العمل السبت، بعد إصلاحات دامت ثلاثة أشهر.") == 4


def test_reading_twice_gives_the_same(folder: Path) -> None:
    first, second = ([item for item in read([folder]) if isinstance(item, Article)] for _ in range(2))
    assert first == second
    assert len({item.source.article_id for item in first}) == len(first)


def test_ids_do_not_change_when_the_folder_is_moved(folder: Path, tmp_path: Path) -> None:
    before = [item for item in read([folder]) if isinstance(item, Article)]
    shutil.move(folder, tmp_path / "elsewhere")
    after = [item for item in read([tmp_path / "elsewhere"]) if isinstance(item, Article)]
    assert [item.source.article_id for item in before] == [item.source.article_id for item in after]
    assert {item.source.origin for item in before}.isdisjoint(item.source.origin for item in after)


def test_line_ends_change_neither_ids_nor_text(tmp_path: Path) -> None:
    seed = next(SEEDS.glob("*.txt")).read_bytes()
    for name, data in {"unix": seed, "windows": seed.replace(b"\n", b"\r\n"), "marked": b"\xef\xbb\xbf" + seed}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "seed.txt").write_bytes(data)
    read_ones = [
        [(item.source.article_id, item.body) for item in read([tmp_path / name]) if isinstance(item, Article)]
        for name in ("unix", "windows", "marked")
    ]
    assert len(read_ones[0]) == 2
    assert read_ones[0] == read_ones[1] == read_ones[2]


def test_the_seeds_folder_holds_articles_and_no_failure() -> None:
    files, failures = source_files([SEEDS])
    assert failures == []
    assert "questions.jsonl" not in {source_file.key for source_file in files}
    assert all(isinstance(item, Article) for item in read([SEEDS]))


def test_a_file_named_directly_is_never_passed_over(folder: Path) -> None:
    named = ["script.py", "photo.png", "archive", "README.md", "questions.jsonl", ".hidden.txt"]
    found = [next(read([folder / name])) for name in named]
    assert [type(item.error) if isinstance(item, Failure) else Article for item in found[:3]] == [
        SourceKindUnknown,
        SourceKindUnknown,
        SourceBinary,
    ]
    assert isinstance(found[0], Failure)
    assert ".jsonl" in found[0].error.values["kinds"]
    assert isinstance(found[3], Article)
    assert isinstance(found[4], Failure)
    assert found[4].line == 1
    assert isinstance(found[5], Article)


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "useless").mkdir()
    (tmp_path / "useless" / "script.py").write_text("pass")
    paths = [tmp_path / name for name in ("no.txt", "no*.txt", "empty", "useless")]
    found = list(read(paths))
    assert [type(item.error) for item in found if isinstance(item, Failure)] == [
        SourceMissing,
        SourceMissing,
        SourceEmpty,
        SourceEmpty,
    ]
    assert [Path(item.origin) for item in found if isinstance(item, Failure)] == paths


@pytest.mark.parametrize("name", ["a" * 5000, "nul\0byte"])
def test_a_name_that_cannot_be_is_a_failure(tmp_path: Path, name: str) -> None:
    (found,) = read([tmp_path / name])
    assert isinstance(found, Failure)


def test_patterns(folder: Path) -> None:
    def found(pattern: str) -> list[str]:
        files, failures = source_files([folder / pattern])
        assert failures == []
        return [source_file.path.relative_to(folder).as_posix() for source_file in files]

    assert found("p*") == ["page.md", "port.txt"]
    assert found("**/*.txt") == ["2024/windows.txt", "binary.txt", "cut.txt", "empty.txt", "port.txt"]
    assert found("20??") == ["2024/wide.TXT", "2024/windows.txt", "2024/مارس/خبر 9.3.2024"]


def test_a_file_whose_name_looks_like_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "خبر [1].txt").write_text(NEWS)
    files, failures = source_files([tmp_path / "خبر [1].txt"])
    assert ([source_file.key for source_file in files], failures) == (["خبر [1].txt"], [])


def test_a_file_named_twice_is_read_once(folder: Path) -> None:
    files, _ = source_files([folder / "port.txt", folder, folder / "2024" / ".." / "port.txt"])
    assert [source_file.path for source_file in files].count(folder / "port.txt") == 1
    assert files[0] == SourceFile(path=folder / "port.txt")
    assert files[0].key == "port.txt"


def test_a_circle_of_links_ends(folder: Path) -> None:
    (folder / "2024" / "again").symlink_to(folder, target_is_directory=True)
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    files, failures = source_files([folder])
    assert failures == []
    assert [source_file.key for source_file in files].count("port.txt") == 1
    gone = next(source_file for source_file in files if source_file.key == "gone.txt")
    (failure,) = read_file(gone)
    assert isinstance(failure, Failure)
    assert type(failure.error) is SourceMissing
    assert failure.origin == failure.error.values["path"] == str(folder / "gone.txt")


def test_links_in_a_circle_of_their_own_leave_the_rest_of_the_folder(folder: Path) -> None:
    (folder / "one.txt").symlink_to(folder / "two.txt")
    (folder / "two.txt").symlink_to(folder / "one.txt")
    files, failures = source_files([folder])
    assert failures == []
    assert {"one.txt", "two.txt", "port.txt"} <= {source_file.key for source_file in files}


@pytest.mark.parametrize("name", ["port.txt~", "#port.txt#", ".#port.txt", ".port.txt.swp", "port.swp", "port~"])
def test_what_an_editor_leaves_beside_a_file_is_passed_over(folder: Path, name: str) -> None:
    before = source_files([folder])
    (folder / name).write_text(NEWS)
    assert source_files([folder]) == before
    files, _ = source_files([folder / "*"])
    assert name not in {source_file.key for source_file in files}


def test_ids_do_not_depend_on_how_a_file_was_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    file = Path("2024") / "windows.txt"
    paths = [folder, folder / "2024", folder / file, file, folder / "**" / "*.txt"]
    ids = [
        [
            item.source.article_id
            for item in read([path])
            if isinstance(item, Article) and "windows" in item.source.origin
        ]
        for path in paths
    ]
    assert len(ids[0]) == 1
    assert all(found == ids[0] for found in ids)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(folder: Path) -> None:
    (folder / "port.txt").chmod(0)
    failed = [item for item in read([folder / "port.txt"]) if isinstance(item, Failure)]
    assert [type(item.error) for item in failed] == [SourceError]


def test_a_file_that_vanishes_is_a_failure(folder: Path) -> None:
    files, _ = source_files([folder / "port.txt"])
    (folder / "port.txt").unlink()
    (failure,) = read_file(files[0])
    assert isinstance(failure, Failure)
    assert type(failure.error) is SourceMissing
    assert failure.error.values["path"] == str(folder / "port.txt")


def test_a_special_file_is_a_failure(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (failure,) = read([tmp_path / "pipe.txt"])
    assert isinstance(failure, Failure)
    assert type(failure.error) is SourceError


def test_a_file_name_that_is_not_utf8_can_be_stored(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text(NEWS)
    (found,) = read([path])
    assert isinstance(found, Article)
    assert found.source.origin.encode().endswith(b"caf\\xe9.txt")
    assert found.source.article_id.encode()
