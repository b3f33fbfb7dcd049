"""Faults of the disk and of SQLite, told apart by what mends them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EEXIST, ENAMETOOLONG, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS
from pathlib import Path

from retrieval.errors import DiskFull, StoreError, StoreNotAFolder, StoreReadOnly
from retrieval.storage_errors import DatabaseDamaged


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Faults of the disk and of SQLite as Dalil's own errors."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise translation(path, error) from error


def translation(path: Path, error: Exception) -> StoreError:
    """The fault of Dalil's own that says what happened to the file at `path`."""
    number, problem = getattr(error, "errno", None), getattr(error, "strerror", None) or str(error)
    if number in (EACCES, EPERM, EROFS) or any(word in problem for word in ("readonly", "read-only", "unable to open")):
        return StoreReadOnly(path=path.parent)
    if number in (ENOENT, ENOTDIR, EEXIST, ENAMETOOLONG):
        return StoreNotAFolder(path=path.parent)
    if "malformed" in problem or "not a database" in problem:
        return DatabaseDamaged(path=path, problem=problem)
    is_full = number in (ENOSPC, EDQUOT) or "is full" in problem
    return DiskFull(path=path.parent) if is_full else StoreError(path=path.parent, problem=problem)
