"""Kept pages: a copy of everything that was fetched, so that an index can be made from it again without the network.

A page's content lies in a file of its own, written whole; `pages.db` says which address it is of, and what the server wants
to hear to tell whether it has changed. Killed at any moment, it holds the page from before or the new one.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from retrieval.disk_faults import translated
from retrieval.schema import migrate
from retrieval.sources import SourceFile
from retrieval.sources.article import Draft

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE pages (
            address TEXT PRIMARY KEY, file TEXT NOT NULL, kind TEXT NOT NULL, charset TEXT, etag TEXT,
            last_modified TEXT, fetched_at REAL NOT NULL, feed_says TEXT, given TEXT)""",
        # feed_says: the version that the feed that led to it speaks of; given: what it says of the article, as JSON
        "CREATE TABLE refusals (address TEXT PRIMARY KEY, feed_says TEXT NOT NULL, at REAL NOT NULL)",
        # pages of feeds that could not be had for a reason that lasts
    ),
)
_DRAFT_SUFFIX = ".new"
_ABANDONED_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Headers:
    """What came with a page: its media type, the encoding that the server named, and what tells its version."""

    kind: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What is known of a page that was fetched before."""

    source_file: SourceFile
    headers: Headers
    feed_says: str | None


class KeptPages:
    """The kept pages of a data folder; to be closed. Raises `StoreError` kinds as the disk fails."""

    def __init__(self, data_dir: Path, *, now: Callable[[], float] = time.time) -> None:
        self._folder = data_dir / "pages"
        self._path = data_dir / "pages.db"
        self._now = now
        with translated(self._path):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=30.0, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            migrate(self._connection, STEPS, self._path)
            self._sweep()

    def close(self) -> None:
        self._connection.close()

    def get(self, address: str) -> KeptPage | None:
        """The kept page of an address; None for one that was never fetched, or whose file is gone."""
        with translated(self._path):
            row = self._connection.execute(
                "SELECT file, kind, charset, etag, last_modified, feed_says, given FROM pages WHERE address = ?",
                (address,),
            ).fetchone()
        if not row or not (self._folder / row[0]).is_file():
            return None
        file, kind, charset, etag, last_modified, feed_says, given = row
        source_file = SourceFile(self._folder / file, address, charset, _draft(given) if given else None)
        return KeptPage(source_file, Headers(kind, charset, etag, last_modified), feed_says)

    def keep(
        self,
        address: str,
        content: bytes,
        suffix: str,
        headers: Headers,
        *,
        feed_says: str | None = None,
        given: Draft | None = None,
    ) -> SourceFile:
        """Keeps the content of a page in place of an older one; `suffix` says which reader it is for."""
        digest = sha256(content).hexdigest()
        path = self._folder / f"{sha256(address.encode(errors='replace')).hexdigest()[:20]}-{digest[:12]}{suffix}"
        with translated(path):
            before = self._connection.execute("SELECT file FROM pages WHERE address = ?", (address,)).fetchone()
            if not path.is_file():
                _write_whole(path, content)
            self._connection.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    address, path.name, headers.kind, headers.charset, headers.etag, headers.last_modified,
                    self._now(), feed_says, _json(given) if given else None,
                ),
            )  # fmt: skip
            if before and before[0] != path.name:
                (self._folder / before[0]).unlink(missing_ok=True)
        return SourceFile(path, address, headers.charset, given)

    def confirm(self, page: KeptPage, feed_says: str) -> None:
        """Notes that a page is still as it was in the version that a feed now speaks of."""
        with translated(self._path):
            self._connection.execute(
                "UPDATE pages SET feed_says = ?, fetched_at = ? WHERE address = ?",
                (feed_says, self._now(), page.source_file.address),
            )

    def drop(self, address: str) -> None:
        """Deletes the kept page of an address, if there is one."""
        with translated(self._path):
            before = self._connection.execute("SELECT file FROM pages WHERE address = ?", (address,)).fetchone()
            self._connection.execute("DELETE FROM pages WHERE address = ?", (address,))
            if before:
                (self._folder / before[0]).unlink(missing_ok=True)

    def refuse(self, address: str, feed_says: str) -> None:
        """Notes that the page of this version cannot be had, for a reason that lasts."""
        with translated(self._path):
            self._connection.execute(
                "INSERT OR REPLACE INTO refusals VALUES (?, ?, ?)", (address, feed_says, self._now())
            )

    def is_refused(self, address: str, feed_says: str, *, for_seconds: float) -> bool:
        """Whether that was noted of this version no longer ago than this."""
        with translated(self._path):
            row = self._connection.execute(
                "SELECT feed_says, at FROM refusals WHERE address = ?", (address,)
            ).fetchone()
        return bool(row and row[0] == feed_says and self._now() - float(row[1]) < for_seconds)

    def _sweep(self) -> None:
        """Removes what a process that was killed while writing left behind."""
        for draft in self._folder.glob(f".*{_DRAFT_SUFFIX}"):
            with suppress(OSError):
                if self._now() - draft.stat().st_mtime > _ABANDONED_SECONDS:
                    draft.unlink()


def _json(given: Draft) -> str:
    day = given.published.isoformat() if given.published else None
    return json.dumps([given.title, given.outlet, given.author, day], ensure_ascii=False)


def _draft(stored: str) -> Draft:
    title, outlet, author, day = json.loads(stored)
    return Draft(title=title, outlet=outlet, author=author, published=date.fromisoformat(day) if day else None)


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=_DRAFT_SUFFIX)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
