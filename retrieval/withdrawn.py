"""What was withdrawn: articles and whole sources that are taken out on request and stay out, whatever is ingested later."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from retrieval.errors import SourceUnnamed
from retrieval.storage_errors import SourceNotStored, SourceNotWithdrawn

Rows = Callable[..., list[tuple[Any, ...]]]
Place = tuple[str, str]
"""A file or address, and the id of one of its articles; "" for all of them."""


class Withdrawn:
    """A catalogue's list of what stays out."""

    def __init__(self, rows: Rows, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._rows = rows
        self._transaction = transaction

    def places(self) -> frozenset[Place]:
        """All that is on the list."""
        return frozenset((row[0], row[1]) for row in self._rows("SELECT origin, article_id FROM withdrawn"))

    def origins(self) -> frozenset[str]:
        """The files and addresses that are not read at all."""
        return frozenset(origin for origin, article_id in self.places() if not article_id)

    def named(self, names: Sequence[str]) -> tuple[set[Place], list[str]]:
        """What ids of articles, addresses, files and folders name: what goes on the list, and the stored articles.

        Raises `SourceUnnamed` for an empty name, and `SourceNotStored` for one that means nothing stored.
        """
        places: set[Place] = set()
        article_ids: set[str] = set()
        for name in names:
            some, rows = self._of_name(name)
            if not rows:
                raise SourceNotStored(path=name)
            places |= some
            article_ids |= {article_id for article_id, _ in rows}
        return places, sorted(article_ids)

    def _of_name(self, name: str) -> tuple[set[Place], list[tuple[str, str]]]:
        if not name.strip():
            raise SourceUnnamed
        if rows := self._rows("SELECT article_id, origin FROM articles WHERE article_id = ?", _storable(name)):
            return {(origin, "" if "://" in origin else article_id) for article_id, origin in rows}, rows
        if "://" in name:
            rows = self._rows("SELECT article_id, origin FROM articles WHERE origin = ?1 OR url = ?1", _storable(name))
            return {(origin, "" if origin == name else article_id) for article_id, origin in rows}, rows
        file, folder = _paths(name)
        rows = self._rows(
            "SELECT article_id, origin FROM articles WHERE origin = ?1 OR substr(origin, 1, ?3) = ?2",
            _storable(file), _storable(folder), len(folder),
        )  # fmt: skip
        return {(origin, "") for _, origin in rows}, rows

    def add(self, places: Iterable[Place]) -> None:
        """Puts them on the list."""
        with self._transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO withdrawn VALUES (?, ?)", sorted(places))

    def lift(self, names: Sequence[str]) -> None:
        """Takes what names mean off the list, so that the next ingest reads it again. Raises `SourceNotWithdrawn`."""
        lifted: set[Place] = set()
        for name in names:
            if not name.strip():
                raise SourceUnnamed
            file, folder = _paths(name)
            some = {
                place for place in self.places() if name in place or place[0] == file or place[0].startswith(folder)
            }
            if not some:
                raise SourceNotWithdrawn(path=name)
            lifted |= some
        with self._transaction() as connection:
            connection.executemany("DELETE FROM withdrawn WHERE origin = ? AND article_id = ?", sorted(lifted))
            connection.executemany("DELETE FROM files WHERE origin = ?", [(origin,) for origin, _ in lifted])


def _paths(name: str) -> tuple[str, str]:
    """The origin of a file of this name, as `SourceFile` has it, and the beginning of those in a folder of this name."""
    try:
        path = os.fsencode(Path(name).expanduser().resolve()).decode("utf-8", "backslashreplace")
    except (OSError, RuntimeError, ValueError):  # a user that is not known, characters that no path has
        path = name
    return path, f"{path.rstrip('/')}/"


def _storable(name: str) -> str:
    return name.encode(errors="replace").decode()
