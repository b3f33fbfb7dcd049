"""The right to write to a data folder: one process at a time. The system takes it back when the process dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.disk_faults import translated
from retrieval.errors import StoreBusy


@contextmanager
def locked(data_dir: Path, faults_of: Path) -> Iterator[None]:
    """Holds the folder's write lock; faults of the disk are told of the file `faults_of`. Raises `StoreBusy` kinds."""
    owner = data_dir / "writer"
    lock = FileLock(data_dir / "writer.lock", timeout=0)
    with translated(faults_of):
        try:
            lock.acquire()
        except Timeout as error:  # an OSError too
            raise StoreBusy(path=data_dir, owner=_read(owner)) from error
    try:
        with translated(faults_of):
            owner.write_text(str(os.getpid()), encoding="utf-8")
            yield
    finally:
        with suppress(OSError):
            owner.unlink()
        lock.release()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return "?"
