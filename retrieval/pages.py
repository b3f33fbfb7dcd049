"""Kept pages: a copy of everything that was fetched, so that an index can be made from it again without the network.

A page's content lies in a file of its own, written whole; `pages.db` says which address it is of, and what the server wants
to hear to tell whether it has changed.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from retrieval.disk_faults import translated
from retrieval.schema import migrate
from retrieval.sources import SourceFile

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE pages (
            address TEXT PRIMARY KEY, file TEXT NOT NULL, charset TEXT, etag TEXT, last_modified TEXT,
            fetched TEXT NOT NULL, changed TEXT)""",  # changed: what a feed says of the version
    ),
)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What is known of a page that was fetched before."""

    source_file: SourceFile
    etag: str | None
    last_modified: str | None
    changed: str | None


class KeptPages:
    """The kept pages of a data folder; to be closed. Raises `StoreError` kinds as the disk fails."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "pages"
        self._path = data_dir / "pages.db"
        with translated(self._path):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=30.0, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            migrate(self._connection, STEPS, self._path)

    def close(self) -> None:
        self._connection.close()

    def get(self, address: str) -> KeptPage | None:
        """The kept page of an address; None for one that was never fetched, or whose file is gone."""
        with translated(self._path):
            rows = self._connection.execute(
                "SELECT file, charset, etag, last_modified, changed FROM pages WHERE address = ?", (address,)
            ).fetchall()
        if not rows or not (self._folder / rows[0][0]).is_file():
            return None
        file, charset, etag, last_modified, changed = rows[0]
        return KeptPage(SourceFile(self._folder / file, address, charset), etag, last_modified, changed)

    def keep(
        self,
        address: str,
        content: bytes,
        suffix: str,
        *,
        charset: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        changed: str | None = None,
    ) -> SourceFile:
        """Keeps the content of a page in place of an older one; `suffix` says which reader it is for."""
        path = self._folder / f"{sha256(address.encode()).hexdigest()[:32]}{suffix}"
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with translated(path):
            _write_whole(path, content)
            self._connection.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)",
                (address, path.name, charset, etag, last_modified, now, changed),
            )
        return SourceFile(path, address, charset)


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
