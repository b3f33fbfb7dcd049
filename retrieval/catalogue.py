"""The catalogue: the stored articles and where their passages lie, in SQLite. All indexes can be made anew from it.

An article is written with its passages in one transaction and marked ready in a later one, after its vectors are in
the store; `generation` counts the commits, so that a derived index knows whether it is up to date.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from retrieval import clusters, versions
from retrieval.catalogue_rows import ARTICLE, SOURCE, SOURCE_WIDTH, STORED, article_of, article_row, source_of
from retrieval.catalogue_rows import article_hash as article_hash
from retrieval.catalogue_schema import STEPS
from retrieval.disk_faults import translated, translation
from retrieval.errors import ArticleUnknown, StoreReadOnly
from retrieval.related import Related
from retrieval.schema import check_version, migrate
from retrieval.types import Article, Passage, Source

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue knows of an article without reading it."""

    hash: str
    origin: str
    ready: bool


class Catalogue:
    """One SQLite file. Safe to use from several threads; other processes may read while one writes."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file. Raises `StoreReadOnly`, `DiskFull` or `StoreError`."""
        self.path = path
        self._lock = threading.RLock()
        with translated(path):
            self._connection = self._open(path)
        self.related = Related(self._rows)

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
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

    def close(self) -> None:
        self._connection.close()

    # -------------------------------------------------------------------------------------------------- facts

    @property
    def facts(self) -> dict[str, str]:
        """What is recorded of the index as a whole: its fingerprint, the weights of its vectors."""
        return dict(self._rows("SELECT name, value FROM facts WHERE name != 'generation'"))

    def record(self, facts: dict[str, str]) -> None:
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    @property
    def generation(self) -> int:
        """How many commits have changed the passages."""
        rows = self._rows("SELECT value FROM facts WHERE name = 'generation'")
        return int(rows[0][0]) if rows else 0

    # -------------------------------------------------------------------------------------------------- articles

    @property
    def article_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM articles WHERE ready")[0][0])

    def sources(self) -> list[Source]:
        """All articles, the newest first, then by title."""
        query = (
            f"SELECT {SOURCE} FROM articles WHERE ready ORDER BY published IS NULL, published DESC, title, article_id"
        )
        return [source_of(row) for row in self._rows(query)]

    def article(self, article_id: str) -> Article:
        """Raises `ArticleUnknown`."""
        rows = self._rows(
            f"SELECT {ARTICLE} FROM articles WHERE article_id = ?", article_id.encode(errors="replace").decode()
        )
        if not rows:
            raise ArticleUnknown(article_id=article_id)
        return article_of(rows[0])

    @property
    def has_waiting(self) -> bool:
        """Whether there are articles that are not ready."""
        return bool(self._rows("SELECT 1 FROM articles WHERE NOT ready LIMIT 1"))

    def known(self) -> dict[str, Known]:
        """Every article id with the hash and the origin it is stored under."""
        rows = self._rows("SELECT article_id, hash, origin, ready FROM articles ORDER BY rowid")
        return {row[0]: Known(row[1], row[2], bool(row[3])) for row in rows}

    def files(self) -> dict[str, tuple[str, int]]:
        """The files that were read to their end, each with its digest and the number of its articles then."""
        return {row[0]: (row[1], row[2]) for row in self._rows("SELECT origin, digest, articles FROM files")}

    def record_files(self, digests: Mapping[str, str]) -> None:
        """Records files that were read to their end and all of whose articles are stored under them, by origin."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO files SELECT ?1, ?2, count(*) FROM articles WHERE origin = ?1", digests.items()
            )

    def put(self, articles: Iterable[tuple[Article, Sequence[Passage]]]) -> list[str]:
        """Stores articles, not yet ready, with their passages in place of older ones; returns passage ids now gone."""
        gone: list[str] = []
        given = list(articles)
        with self._transaction() as connection:
            stored = [article.source.article_id for article, _ in given]
            orphans = clusters.leave(connection, stored)
            for article, passages in given:
                old = self._passage_ids(connection, article.source.article_id)
                versions.keep(connection, article)
                gone += set(old) - {passage.id for passage in passages}
                connection.execute("DELETE FROM articles WHERE article_id = ?", (article.source.article_id,))
                row = article_row(article)
                connection.execute(f"INSERT INTO articles ({STORED}) VALUES ({_marks(row)})", row)
                connection.executemany(
                    "INSERT INTO passages (id, article_id, ordinal, start, stop) VALUES (?, ?, ?, ?, ?)",
                    [(p.id, p.source.article_id, p.ordinal, p.start, p.end) for p in passages],
                )
            clusters.settle(connection, stored, orphans)
            self._advance(connection)
        return sorted(gone)

    def mark_ready(self, article_ids: Iterable[str]) -> None:
        """The last step of an article's way in: its vectors are stored."""
        with self._transaction() as connection:
            connection.executemany("UPDATE articles SET ready = 1 WHERE article_id = ?", [(i,) for i in article_ids])
            self._advance(connection)

    def mark_all_waiting(self) -> None:
        """Takes all articles out of the answers until their passages and vectors are made anew."""
        with self._transaction() as connection:
            connection.execute("UPDATE articles SET ready = 0")
            clusters.clear(connection)
            self._advance(connection)

    def move(self, article_id: str, origin: str) -> None:
        """Records that an unchanged article is now read from elsewhere."""
        with self._transaction() as connection:
            connection.execute("UPDATE articles SET origin = ? WHERE article_id = ?", (origin, article_id))

    def remove(self, article_ids: Iterable[str]) -> list[str]:
        """Deletes articles and their passages; returns the ids of the passages."""
        gone: list[str] = []
        lost = list(article_ids)
        with self._transaction() as connection:
            orphans = clusters.leave(connection, lost)
            for article_id in lost:
                gone += self._passage_ids(connection, article_id)
                connection.execute("DELETE FROM articles WHERE article_id = ?", (article_id,))
            versions.drop(connection, lost)
            clusters.settle(connection, (), orphans)
            self._advance(connection)
        return gone

    # -------------------------------------------------------------------------------------------------- passages

    @property
    def passage_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM passages JOIN articles USING (article_id) WHERE ready")[0][0])

    def passage_ids(self) -> list[str]:
        """The ids of all passages of ready articles."""
        query = "SELECT id FROM passages JOIN articles USING (article_id) WHERE ready ORDER BY key"
        return [row[0] for row in self._rows(query)]

    def passage_keys(self) -> list[int]:
        """The keys of all passages of ready articles, ascending."""
        query = "SELECT key FROM passages JOIN articles USING (article_id) WHERE ready ORDER BY key"
        return [row[0] for row in self._rows(query)]

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """The passages of ready articles with these keys; unknown keys are left out."""
        return dict(self._passages("key", keys))

    def passages_by_id(self, ids: Sequence[str]) -> dict[str, Passage]:
        """The passages of ready articles with these ids; unknown ids are left out."""
        return {passage.id: passage for _, passage in self._passages("id", ids)}

    def passages_of(self, article_id: str) -> list[Passage]:
        """The passages of an article, if it is ready, in order."""
        return [passage for _, passage in sorted(self._passages("article_id", [article_id]), key=itemgetter(0))]

    def keys_by_id(self, ids: Sequence[str]) -> dict[str, int]:
        return {passage.id: key for key, passage in self._passages("id", ids)}

    def _passages(self, column: str, values: Sequence[object]) -> Iterator[tuple[int, Passage]]:
        for at in range(0, len(values), _AT_ONCE):
            some = values[at : at + _AT_ONCE]
            query = (
                f"SELECT {SOURCE}, id, ordinal, start, stop, substr(body, start + 1, stop - start), key"
                f" FROM passages JOIN articles USING (article_id) WHERE ready AND {column} IN ({_marks(some)})"
            )
            for row in self._rows(query, *some):
                passage_id, ordinal, start, stop, text, key = row[SOURCE_WIDTH:]
                yield key, Passage(passage_id, source_of(row), ordinal, text, start, stop)

    # -------------------------------------------------------------------------------------------------- plumbing

    @staticmethod
    def _passage_ids(connection: sqlite3.Connection, article_id: str) -> list[str]:
        rows = connection.execute("SELECT id FROM passages WHERE article_id = ? ORDER BY ordinal", (article_id,))
        return [row[0] for row in rows]

    @staticmethod
    def _advance(connection: sqlite3.Connection) -> None:
        upsert = "INSERT INTO facts VALUES ('generation', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
        connection.execute(upsert)

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


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
