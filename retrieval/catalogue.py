"""The catalogue: the stored articles and where their passages lie, in SQLite. All indexes can be made anew from it.

An article is written with its passages in one transaction and marked ready in a later one, after its vectors are in
the store; `generation` counts the commits, so that a derived index knows whether it is up to date.

Passages belong to a build. The live one is searched; another is made beside it, with vectors and a lexical index of its
own, and put in its place by one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from sys import intern

from retrieval import clusters, versions
from retrieval.catalogue_file import CatalogueFile
from retrieval.catalogue_rows import (
    ARTICLE,
    LIVE,
    SOURCE,
    SOURCE_WIDTH,
    STORED,
    article_of,
    article_row,
    marks,
    source_of,
)
from retrieval.errors import ArticleUnknown
from retrieval.related import Related
from retrieval.stored_times import Times
from retrieval.types import Article, Passage, Source
from retrieval.withdrawn import Withdrawn

Days = tuple[int, int]
"""The first and the last day, YYYYMMDD."""
_AT_ONCE = 500
_STATE = ("generation", "build", "home")
"""Facts that say nothing of how passages were made."""
_LIVE = f"FROM passages JOIN articles USING (article_id) WHERE ready AND {LIVE}"


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue knows of an article without reading it."""

    hash: str
    origin: str
    ready: bool


class Catalogue(CatalogueFile):
    """What is stored, article by article. Safe to use from several threads; other processes may read while one writes."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file. Raises `StoreReadOnly`, `DiskFull` or `StoreError`."""
        super().__init__(path)
        self.related = Related(self._rows)
        self.times = Times(self._rows)
        self.withdrawn = Withdrawn(self._rows, self._transaction)

    # -------------------------------------------------------------------------------------------------- facts

    @property
    def facts(self) -> dict[str, str]:
        """What is recorded of the index as a whole: its fingerprint, the weights of its vectors."""
        return {name: value for name, value in self._rows("SELECT name, value FROM facts") if name not in _STATE}

    def record(self, facts: dict[str, str]) -> None:
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    @property
    def generation(self) -> int:
        """How many commits have changed the passages."""
        return int(self._fact("generation") or 0)

    @property
    def build(self) -> int:
        """Whose passages, vectors and lexical index are live; 0 until they are made anew for the first time."""
        return int(self._fact("build") or 0)

    @property
    def home(self) -> str:
        """What tells this catalogue's collections on a server from those of others; "" for a catalogue older than this."""
        return self._fact("home") or ""

    def _fact(self, name: str) -> str | None:
        rows = self._rows("SELECT value FROM facts WHERE name = ?", name)
        return rows[0][0] if rows else None

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

    def waiting(self) -> list[str]:
        """The ids of the articles that are not ready."""
        return [row[0] for row in self._rows("SELECT article_id FROM articles WHERE NOT ready ORDER BY rowid")]

    def known(self) -> dict[str, Known]:
        """Every article id with the hash and the origin it is stored under."""
        rows = self._rows("SELECT article_id, hash, origin, ready FROM articles ORDER BY rowid")
        return {row[0]: Known(row[1], intern(row[2]), bool(row[3])) for row in rows}

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
        build, given = self.build, list(articles)
        with self._transaction() as connection:
            stored = [article.source.article_id for article, _ in given]
            orphans = clusters.leave(connection, stored)
            for article, passages in given:
                old = self._passage_ids(connection, article.source.article_id)
                versions.keep(connection, article)
                gone += set(old) - {passage.id for passage in passages}
                connection.execute("DELETE FROM articles WHERE article_id = ?", (article.source.article_id,))
                row = article_row(article)
                connection.execute(f"INSERT INTO articles ({STORED}) VALUES ({marks(row)})", row)
                _insert_passages(connection, passages, build)
            clusters.settle(connection, stored, orphans)
            self._advance(connection)
        return sorted(gone)

    def mark_ready(self, article_ids: Iterable[str], spoken: Iterable[tuple[str, Iterable[Days]]] = ()) -> None:
        """The last step of an article's way in: its vectors are stored. With it the days that its passages speak of, by id."""
        insert = f"INSERT INTO mentions SELECT key, ?, ? FROM passages WHERE id = ? AND {LIVE}"
        with self._transaction() as connection:
            connection.executemany(insert, [(*days, passage_id) for passage_id, some in spoken for days in some])
            connection.executemany("UPDATE articles SET ready = 1 WHERE article_id = ?", [(i,) for i in article_ids])
            self._advance(connection)

    def record_mentions(self, spoken: Mapping[int, Iterable[Days]]) -> None:
        """Stores the days that passages of a build that is not live speak of, by key."""
        with self._transaction() as connection:
            rows = [(key, *days) for key, some in spoken.items() for days in some]
            connection.executemany("INSERT INTO mentions VALUES (?, ?, ?)", rows)

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
        return int(self._rows(f"SELECT count(*) {_LIVE}")[0][0])

    def passage_ids(self) -> list[str]:
        """The ids of all passages of ready articles."""
        return [row[0] for row in self._rows(f"SELECT id {_LIVE} ORDER BY key")]

    def places(self, article_id: str) -> list[tuple[str, int, int, int]]:
        """The id, number, beginning and end of each passage of an article, in order."""
        query = f"SELECT id, ordinal, start, stop {_LIVE} AND article_id = ? ORDER BY ordinal"
        return [(row[0], row[1], row[2], row[3]) for row in self._rows(query, article_id)]

    def passage_keys(self) -> list[int]:
        """The keys of all passages of ready articles, ascending."""
        return [row[0] for row in self._rows(f"SELECT key {_LIVE} ORDER BY key")]

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
        """The keys of the passages of ready articles with these ids; unknown ids are left out."""
        found: dict[str, int] = {}
        for at in range(0, len(ids), _AT_ONCE):
            some = ids[at : at + _AT_ONCE]
            found.update(self._rows(f"SELECT id, key {_LIVE} AND id IN ({marks(some)})", *some))
        return found

    def _passages(self, column: str, values: Sequence[object]) -> Iterator[tuple[int, Passage]]:
        for at in range(0, len(values), _AT_ONCE):
            some = values[at : at + _AT_ONCE]
            query = (
                f"SELECT {SOURCE}, id, ordinal, start, stop, substr(body, start + 1, stop - start), key"
                f" {_LIVE} AND {column} IN ({marks(some)})"
            )
            for row in self._rows(query, *some):
                passage_id, ordinal, start, stop, text, key = row[SOURCE_WIDTH:]
                yield key, Passage(passage_id, source_of(row), ordinal, text, start, stop)

    # -------------------------------------------------------------------------------------------------- builds

    def stage(self, build: int, passages: Sequence[Passage]) -> list[int]:
        """Stores passages of a build that is not live; returns their keys, which ascend by one."""
        with self._transaction() as connection:
            _insert_passages(connection, passages, build)
            clusters.settle(connection, dict.fromkeys(passage.source.article_id for passage in passages))
            last = int(connection.execute("SELECT max(key) FROM passages").fetchone()[0] or 0)
        return list(range(last - len(passages) + 1, last + 1))

    def forget(self, article_ids: Sequence[str]) -> None:
        """Makes the next ingest read articles again, which are not as they were stored; until then they stay."""
        with self._transaction() as connection:
            for article_id in article_ids:
                connection.execute(
                    "DELETE FROM files WHERE origin = (SELECT origin FROM articles WHERE article_id = ?)", (article_id,)
                )
                connection.execute("UPDATE articles SET hash = '' WHERE article_id = ?", (article_id,))

    def go_live(self, build: int, facts: Mapping[str, str]) -> None:
        """Puts a build in the place of the live one, with the facts that it was made by. All articles become ready."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)", [*facts.items(), ("build", str(build))]
            )
            connection.execute("UPDATE articles SET ready = 1 WHERE NOT ready")
            self._advance(connection)

    def drop_other_builds(self) -> None:
        """Removes what is left of passages that are not, or no longer, those of the live build."""
        build = self.build
        if self._rows("SELECT 1 FROM passages WHERE build > ?1 OR build < ?1 LIMIT 1", build):
            with self._transaction() as connection:
                connection.execute("DELETE FROM passages WHERE build != ?", (build,))

    # -------------------------------------------------------------------------------------------------- plumbing

    @staticmethod
    def _passage_ids(connection: sqlite3.Connection, article_id: str) -> list[str]:
        rows = connection.execute(
            "SELECT DISTINCT id FROM passages WHERE article_id = ? ORDER BY ordinal", (article_id,)
        )
        return [row[0] for row in rows]

    @staticmethod
    def _advance(connection: sqlite3.Connection) -> None:
        upsert = "INSERT INTO facts VALUES ('generation', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
        connection.execute(upsert)


def _insert_passages(connection: sqlite3.Connection, passages: Sequence[Passage], build: int) -> None:
    connection.executemany(
        "INSERT INTO passages (build, id, article_id, ordinal, start, stop) VALUES (?, ?, ?, ?, ?, ?)",
        [(build, p.id, p.source.article_id, p.ordinal, p.start, p.end) for p in passages],
    )
