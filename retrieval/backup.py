"""The data folder as one file, and back. What is derived from the articles is left out: it is made anew.

The file is a gzipped tar with a manifest of SHA-256 sums at its end, so that a cut or changed one is told before anything of
the folder is touched. It may be made while a bot answers and an ingest runs: SQLite gives each database as of one moment.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO

from retrieval.disk_faults import translated
from retrieval.errors import SourceMissing
from retrieval.storage_errors import BackupBroken, BackupInside, DatabaseDamaged, FolderInUse, StoreMissing

MANIFEST = "manifest.json"
FORMAT = 1
ARTICLES = "articles.db"
_DERIVED = ("chroma", "lexical", "variants", "learning")
_PASSING = (".lock", "-wal", "-shm", "-journal", ".new")
"""Ends of names that mean nothing to another process: locks, and what SQLite or a half-done writing leaves beside a file."""
UNFINISHED = ".restored"
"""In the data folder: everything of a backup, checked, before it is moved up into the folder."""
_UNCHECKED = ".restoring"


def back_up(data_dir: Path, file: Path) -> int:
    """Writes a backup, whole or not at all; returns its size in bytes.

    Raises `DatabaseDamaged` for a database that is not whole, and other `StoreError` kinds; an earlier backup then stays.
    """
    if not (data_dir / ARTICLES).is_file():
        raise StoreMissing(path=data_dir)
    if file.resolve().is_relative_to(data_dir.resolve()):
        raise BackupInside(path=file, folder=data_dir)
    with translated(file), tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name[:40]}.") as folder:
        draft = Path(folder) / "backup"
        draft.touch(mode=0o600)
        sums = {}
        with tarfile.open(draft, "w:gz", compresslevel=3) as archive:
            for path in _kept(data_dir):
                name = path.relative_to(data_dir).as_posix()
                copy = _snapshot(path, Path(folder) / "database") if path.suffix == ".db" else path
                sums[name] = _add(archive, copy, name)
            manifest = Path(folder) / MANIFEST
            manifest.write_text(json.dumps({"format": FORMAT, "files": sums}, ensure_ascii=False), encoding="utf-8")
            _add(archive, manifest, MANIFEST)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(file)
        return file.stat().st_size


def _kept(data_dir: Path) -> Iterator[Path]:
    """The files that cannot be made anew, the databases first: what they speak of was written before."""
    files = [path for path in sorted(data_dir.rglob("*")) if path.is_file() and not path.is_symlink()]
    for path in sorted(files, key=lambda path: path.suffix != ".db"):
        first = path.relative_to(data_dir).parts[0]
        passing = path.name.endswith(_PASSING) or path.name == "writer"
        if not passing and not first.startswith((*_DERIVED, UNFINISHED, _UNCHECKED)):
            yield path


def _snapshot(path: Path, target: Path) -> Path:
    target.unlink(missing_ok=True)
    with (
        translated(path),
        closing(sqlite3.connect(path, timeout=30.0)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise DatabaseDamaged(path=path, problem="malformed")
    return target


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    """Adds one file as it is now; returns its sum. One that grows meanwhile is taken up to where it ended."""
    with path.open("rb") as file:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = os.fstat(file.fileno()).st_size, int(path.stat().st_mtime), 0o600
        summed = _Summed(file)
        archive.addfile(member, summed)
    return summed.sum.hexdigest()


class _Summed:
    """A file that adds up what is read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.sum.update(block)
        return block


# ------------------------------------------------------------------------------------------------------ and back


def restore(file: Path, data_dir: Path, *, replace: bool = False) -> None:
    """Puts a backup in the place of the data folder's files. Killed at any moment, the same call finishes it.

    The caller holds the folder's locks. What is derived has to be made anew. Raises `BackupBroken`, `FolderInUse` where
    the folder holds articles and `replace` is not said, and `StoreError` kinds.
    """
    with translated(data_dir / ARTICLES):
        data_dir.mkdir(parents=True, exist_ok=True)
        if not (data_dir / UNFINISHED).exists():
            if (data_dir / ARTICLES).exists() and not replace:
                raise FolderInUse(path=data_dir)
            if not file.is_file():
                raise SourceMissing(path=file)
            _unpack(file, data_dir / _UNCHECKED)
            (data_dir / _UNCHECKED).replace(data_dir / UNFINISHED)
        _move_up(data_dir)


def _unpack(file: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        sums = {}
        with tarfile.open(file, "r:gz") as archive:
            for member in archive:
                sums[member.name] = _extract(archive, member, folder)
        del sums[MANIFEST]
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT or manifest["files"] != sums or ARTICLES not in sums:
            raise BackupBroken(path=file)
        (folder / MANIFEST).unlink()
        _make_own(folder / ARTICLES)
    except BackupBroken:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except (
        tarfile.TarError,
        EOFError,
        ValueError,
        KeyError,
        TypeError,
        sqlite3.DatabaseError,
        zlib.error,
        gzip.BadGzipFile,
    ) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise BackupBroken(path=file) from error


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Writes one member; returns its sum. Raises ValueError for anything but a plain file inside the folder."""
    name = PurePosixPath(member.name)
    content = archive.extractfile(member) if member.isfile() else None
    if content is None or name.is_absolute() or ".." in name.parts or "\\" in member.name:
        raise ValueError(member.name)
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    total = hashlib.sha256()
    with target.open("xb") as written:
        while block := content.read(1 << 20):
            total.update(block)
            written.write(block)
        written.flush()
        os.fsync(written.fileno())
    return total.hexdigest()


def _make_own(path: Path) -> None:
    """Gives the catalogue a home of its own, so that its collections on a server are not those of where it came from."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] > 1:
            connection.execute("INSERT OR REPLACE INTO facts VALUES ('home', lower(hex(randomblob(4))))")
        connection.execute("PRAGMA journal_mode = DELETE")


def _move_up(data_dir: Path) -> None:
    """What was there before goes, then what was unpacked takes its place; each step can be taken again."""
    unpacked = data_dir / UNFINISHED
    for entry in data_dir.iterdir():
        if entry.name == UNFINISHED or entry.name.endswith(".lock") or (unpacked / ".moving").exists():
            continue
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    (unpacked / ".moving").touch()
    for entry in sorted(unpacked.iterdir(), key=lambda entry: entry.name == ARTICLES):  # that one last
        if entry.name != ".moving":
            entry.replace(data_dir / entry.name)
    shutil.rmtree(unpacked)
