"""Backups: the folder comes back as it was; a file that is not whole touches nothing; a kill half-way is finished."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import sqlite3
import stat
import tarfile
import threading
from pathlib import Path

import pytest

from retrieval import backup
from retrieval.backup import back_up, restore
from retrieval.errors import DiskFull, SourceMissing
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.storage_errors import (
    BackupBroken,
    BackupInside,
    DatabaseDamaged,
    FolderInUse,
    RestoreUnfinished,
    StoreMissing,
)
from tests.test_durability import assert_whole, contents, mounted, needs_mount


def lines(file: Path, count: int) -> Path:
    records = [{"id": f"n{n}", "title": "خبر", "text": f"خبر رقم {n} عن الجسر."} for n in range(count)]
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    return file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([lines(tmp_path / "a.jsonl", 30)])
    index.close()
    (tmp_path / "data" / "chat_history").write_text("+سؤال\n", encoding="utf-8")
    (tmp_path / "data" / "pages").mkdir()
    (tmp_path / "data" / "pages" / "x.html").write_bytes(b"<p>")
    votes = sqlite3.connect(tmp_path / "data" / "bot.db")
    votes.execute("PRAGMA journal_mode = WAL")
    votes.execute("CREATE TABLE votes (who INTEGER)")
    votes.execute("INSERT INTO votes VALUES (7)")
    votes.commit()  # in the log only, and the connection stays open as a bot's would
    yield tmp_path / "data"  # type: ignore[misc]
    votes.close()


def test_what_was_backed_up_comes_back(data: Path, tmp_path: Path) -> None:
    index = Index(data, BundledEmbedder())
    expected, sources = contents(index), index.articles()
    file = tmp_path / "b.tar.gz"
    assert back_up(data, file) == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restore(file, tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "articles.db",
        "bot.db",
        "chat_history",
        "pages",
    ]
    assert (tmp_path / "new" / "pages" / "x.html").read_bytes() == b"<p>"
    assert sqlite3.connect(tmp_path / "new" / "bot.db").execute("SELECT who FROM votes").fetchall() == [(7,)]
    again = Index(tmp_path / "new", BundledEmbedder())
    assert len(again.retrieve("خبر الجسر", 100)) == 30  # at once, from what is made while it is asked
    again.reindex()
    assert_whole(again, expected)
    assert again.articles() == sources
    assert again._catalogue.home != index._catalogue.home
    index.close()
    again.close()


def test_a_backup_while_articles_come_in_holds_those_of_one_moment(data: Path, tmp_path: Path) -> None:
    index, stop = Index(data, BundledEmbedder()), threading.Event()

    def write() -> None:
        count = 30
        while not stop.is_set():
            count += 20
            index.ingest([lines(tmp_path / "a.jsonl", count)])

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(3):
            back_up(data, tmp_path / f"{number}.tar.gz")
    finally:
        stop.set()
        writing.join()
    for number in range(3):
        restore(tmp_path / f"{number}.tar.gz", tmp_path / f"new{number}")
        restored = Index(tmp_path / f"new{number}", BundledEmbedder())
        restored.reindex()
        assert restored.article_count == restored.passage_count >= 30
        assert_whole(restored, contents(restored))
        restored.close()
    index.close()


def test_a_folder_with_articles_is_replaced_only_when_that_is_said(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.tar.gz")
    index = Index(data, BundledEmbedder())
    index.ingest([lines(tmp_path / "a.jsonl", 50)])
    index.close()
    with pytest.raises(FolderInUse):
        restore(tmp_path / "b.tar.gz", data)
    assert Index(data, BundledEmbedder()).article_count == 50
    restore(tmp_path / "b.tar.gz", data, replace=True)
    assert Index(data, BundledEmbedder()).article_count == 30
    assert not list(data.glob("chroma*"))


def test_a_backup_that_is_not_whole_is_told_and_nothing_is_touched(data: Path, tmp_path: Path) -> None:
    good = tmp_path / "b.tar.gz"
    back_up(data, good)
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    whole = good.read_bytes()
    unpacked = gzip.decompress(whole)
    at = unpacked.index("رقم".encode())
    bad = {
        "cut": whole[: len(whole) // 2],
        "short": whole[:-400],
        "empty": b"",
        "other": b"no backup at all" * 99,
        "flipped": whole[: len(whole) // 2] + b"\x00\xff\x00" + whole[len(whole) // 2 + 3 :],
        "changed": gzip.compress(unpacked[:at] + b"\xd8\xb1\xd9\x82\xd9\x86" + unpacked[at + 6 :]),
        "bare": gzip.compress(unpacked[:512]),
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BackupBroken):
            restore(tmp_path / name, data, replace=True)
        assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before, name
    with pytest.raises(SourceMissing):
        restore(tmp_path / "nowhere", data, replace=True)


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "a/../../evil", "..\\evil"])
def test_no_member_is_written_outside_of_the_folder(data: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(BackupBroken):
        restore(tmp_path / "evil.tar.gz", tmp_path / "new")
    assert not list(tmp_path.rglob("evil"))


def test_a_link_is_no_backup(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("articles.db")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(BackupBroken):
        restore(tmp_path / "link.tar.gz", tmp_path / "new")


@pytest.mark.parametrize("moment", range(12))
def test_killed_at_any_moment_the_same_restore_finishes_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    file = tmp_path / "b.tar.gz"
    back_up(data, file)
    index = Index(data, BundledEmbedder())
    index.ingest([lines(tmp_path / "a.jsonl", 50)])
    index.close()
    steps: list[str] = []

    class Killed(BaseException):
        pass

    def stop_at(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def step(*arguments: object, **options: object) -> object:
            steps.append(name)
            if len(steps) > moment:
                raise Killed
            return original(*arguments, **options)

        patch.setattr(owner, name, step)

    with monkeypatch.context() as patch:
        for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "touch"), (backup.shutil, "rmtree")):
            stop_at(owner, name)
        with contextlib.suppress(Killed):
            restore(file, data, replace=True)
    if (data / backup.UNFINISHED).exists():
        with pytest.raises(RestoreUnfinished):
            Index(data, BundledEmbedder())
    elif moment < 3:
        assert Index(data, BundledEmbedder()).article_count == 50
    restore(file, data, replace=True)
    restored = Index(data, BundledEmbedder())
    assert restored.article_count == 30
    assert sorted(path.name for path in data.iterdir() if not path.name.startswith("articles.db-")) == [
        "articles.db", "bot.db", "chat_history", "pages", *(["writer.lock"] if (data / "writer.lock").exists() else []),
    ]  # fmt: skip
    restored.close()


def test_what_cannot_be_backed_up_is_said(data: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        back_up(tmp_path / "nowhere", tmp_path / "b.tar.gz")
    with pytest.raises(BackupInside):
        back_up(data, data / "b.tar.gz")
    assert not (data / "b.tar.gz").exists()


@needs_mount
def test_a_full_disk_leaves_no_half_backup_and_the_one_before_stays(data: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-o", "size=256k"):
        file = tmp_path / "disk" / "b.tar.gz"
        back_up(data, file)
        before = file.read_bytes()
        (data / "noise").write_bytes(os.urandom(400_000))
        with pytest.raises(DiskFull):
            back_up(data, file)
        assert file.read_bytes() == before
        assert [path.name for path in file.parent.iterdir()] == ["b.tar.gz"]


def test_a_damaged_database_is_named_and_the_earlier_backup_stays(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    back_up(data, file)
    earlier = file.read_bytes()
    articles = data / "articles.db"
    with contextlib.closing(sqlite3.connect(articles)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(articles.read_bytes())
    for at in range(4096, len(content), 4096):  # every page but the first
        content[at : at + 64] = bytes(64)
    articles.write_bytes(content)
    with pytest.raises(DatabaseDamaged) as caught:
        back_up(data, file)
    assert str(caught.value.values["path"]) == str(articles)
    assert file.read_bytes() == earlier
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.tar.gz", "data"]
    restore(file, data, replace=True)
    assert Index(data, BundledEmbedder()).article_count == 30
