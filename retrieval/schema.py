"""Versions of the SQLite files: each file holds the number of its version, and is brought up to date when it is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from retrieval.errors import StoreOutdated, StoreTooNew

Step = Sequence[str]
"""The statements that make one version out of the one before."""


def migrate(connection: sqlite3.Connection, steps: Sequence[Step], path: Path) -> None:
    """Carries out the steps that the file lacks, each whole or not at all; version n has seen the first n.

    The connection is in autocommit mode. Raises `StoreTooNew` for a file of a later Dalil, and `sqlite3.Error`.
    """
    while (version := version_of(connection)) != len(steps):
        if version > len(steps):
            raise StoreTooNew(path=path, version=version, known=len(steps))
        connection.execute("BEGIN IMMEDIATE")
        try:
            if version_of(connection) == version:  # else another process has just done it
                for statement in steps[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def check_version(connection: sqlite3.Connection, steps: Sequence[Step], path: Path) -> None:
    """For a file that can only be read. Raises `StoreTooNew`, and `StoreOutdated` where steps would have to be taken."""
    version = version_of(connection)
    if version > len(steps):
        raise StoreTooNew(path=path, version=version, known=len(steps))
    if version < len(steps):
        raise StoreOutdated(path=path, version=version, known=len(steps))


def version_of(connection: sqlite3.Connection) -> int:
    """The version of a file, 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
