"""The catalogue's SQLite file: opened, brought up to date, read by many threads and written in transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retrieval.catalogue_schema import STEPS
from retrieval.disk_faults import translated, translation
from retrieval.errors import StoreReadOnly
from retrieval.schema import check_version, migrate


class CatalogueFile:
    """One file. Safe to use from several threads; other processes may read while one writes."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file. Raises `StoreReadOnly`, `DiskFull` or `StoreError`."""
        self.path = path
        self._lock = threading.RLock()
        with translated(path):
            self._connection = _opened(path)

    def close(self) -> None:
        self._connection.close()

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, translated(self.path):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()  # does nothing where SQLite has rolled back by itself, as on a full disk
                raise


def _opened(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=5.0, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, STEPS, path)
    except (sqlite3.OperationalError, PermissionError) as error:
        if not path.is_file() or not isinstance(translation(path, error), StoreReadOnly):
            raise
        connection = _open_to_read(path)
    return connection


def _open_to_read(path: Path) -> sqlite3.Connection:
    """A file in a folder that cannot be written: with what its log holds if that can be read, otherwise without."""
    address = path.resolve().as_uri()
    try:
        connection = sqlite3.connect(f"{address}?mode=ro", uri=True, check_same_thread=False)
        connection.execute("SELECT 1 FROM articles LIMIT 1")
    except sqlite3.OperationalError:
        connection = sqlite3.connect(f"{address}?immutable=1", uri=True, check_same_thread=False)
        connection.execute("SELECT 1 FROM articles LIMIT 1")
    check_version(connection, STEPS, path)
    return connection
