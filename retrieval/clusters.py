"""Which stored articles are one report, and which are superseded: kept in the catalogue, inside its transactions.

A cluster is a star. The fullest article (the longest body; of equals the earliest, then by id) leads; every other one is a
copy of it, verified against its text, and points at it in `copy_of`. So nothing is joined by way of a third. Articles of
other numbers lead clusters of their own; where one is the later version of another, the other has `superseded_by`.
All of it follows from the texts and dates of the articles and can be made anew.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from retrieval.catalogue_rows import marks
from retrieval.near_copies import SHARED, Likeness, Reading, compare, least_shared, sketch
from retrieval.succession import Dated, days_between, is_successor

_MOST_SHARING = 48
"""Articles under one hash: a line of furniture or a story that all outlets have need not name more to lead to its cluster."""
_MOST_COMPARED = 4
"""Clusters of whose articles a few are read, those that share most first: an article costs the same however many there are."""
_OF_A_CLUSTER = 2
_OF_AN_ADDRESS = 8
"""Articles of one address that are looked at."""
_MOST_MEMBERS = 200
"""Copies from which a leader stays the leader although a fuller one comes: each would have to be compared with that."""
_MOST_DAYS = 31
"""Between a report and its copy: the same words a year later tell of another season."""


class _Row(NamedTuple):
    article_id: str
    title: str
    url: str | None
    outlet: str | None
    published: str | None
    modified: str | None
    copy_of: str | None
    superseded_by: str | None
    length: int
    number: int

    @property
    def rank(self) -> tuple[int, str, str]:
        """The fullest first."""
        return -self.length, self.published or "9999", self.article_id

    @property
    def leader(self) -> str:
        return self.copy_of or self.article_id

    @property
    def dated(self) -> Dated:
        return Dated(self.title, self.url, self.outlet, self.modified or self.published, self.number)


_COLUMNS = "article_id, title, url, outlet, published, modified, copy_of, superseded_by, length(body), articles.rowid"


def leave(connection: sqlite3.Connection, article_ids: Sequence[str]) -> set[str]:
    """Call before articles are deleted; returns those whose place depended on them, to be settled again."""
    orphans: set[str] = set()
    for article_id in article_ids:
        stored = connection.execute("SELECT copy_of FROM articles WHERE article_id = ?", (article_id,)).fetchone()
        if stored is None:
            continue
        rows = connection.execute(
            "SELECT article_id FROM articles WHERE copy_of = ?1 OR superseded_by = ?1"
            " UNION SELECT article_id FROM articles WHERE superseded_by IS NOT NULL AND (copy_of = ?2 OR article_id = ?2)",
            (article_id, stored[0]),
        )
        orphans |= {row[0] for row in rows}
    return orphans - set(article_ids)


def clear(connection: sqlite3.Connection) -> None:
    """Forgets all clusters, before every article is settled again."""
    connection.execute("DELETE FROM sketches")
    connection.execute("UPDATE passages SET copied = 0 WHERE copied")
    connection.execute(
        "UPDATE articles SET copy_of = NULL, superseded_by = NULL WHERE copy_of IS NOT NULL OR superseded_by IS NOT NULL"
    )


def settle(connection: sqlite3.Connection, new: Iterable[str], orphans: Iterable[str] = ()) -> None:
    """Finds the places of articles just stored, and again of those left behind by deleted ones."""
    settling = _Settling(connection)
    left = sorted(row.rank for article_id in orphans if (row := settling.row(article_id)))
    for *_, article_id in left:
        settling.alone(article_id)
    for *_, article_id in left:
        settling.place(article_id)
    for article_id in new:
        settling.place(article_id)
    settling.inherit()


class _Settling:
    """One run over some articles. Texts read for comparison are kept while it lasts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._reading = lru_cache(maxsize=512)(lambda article_id: Reading(self._body(article_id)))
        self._likeness = lru_cache(maxsize=4096)(self._compared)
        self._touched: set[str] = set()
        """Articles with relatives whose places may have changed."""

    def row(self, article_id: str) -> _Row | None:
        return next(iter(self._rows([article_id])), None)

    def _rows(self, article_ids: Sequence[str]) -> list[_Row]:
        """Those of them that are stored, in this order."""
        query = f"SELECT {_COLUMNS} FROM articles WHERE article_id IN ({marks(article_ids)})"
        found = {row[0]: _Row(*row) for row in self._connection.execute(query, article_ids)}
        return [found[article_id] for article_id in article_ids if article_id in found]

    def place(self, article_id: str) -> None:
        """Finds the cluster of one article, or makes it lead one."""
        own = self.row(article_id)
        near = self._candidates(own) if own else []
        if own is None or not near:
            return
        self._touched.add(article_id)
        rows = _few_a_cluster(own, near)
        same_page = {row.article_id for row in rows if self._is_same_page(own, row)}
        for row in rows:
            self._succeed(own, row)
        copies = [row for row in rows if row.article_id not in same_page and self._is_copy(own, row)]
        leaders = {row.leader: self.row(row.leader) for row in copies}
        fuller = [
            row
            for row in leaders.values()
            if row
            and row.article_id not in same_page | {article_id}
            and (row.rank < own.rank or self._is_crowded(row))
            and self._is_copy(own, row)
        ]
        if fuller:
            self._join(own, min(fuller, key=lambda row: _preference(own, row)))
        else:
            self._lead(own, copies)

    def alone(self, article_id: str) -> None:
        """Takes an article out of its cluster."""
        self._connection.execute(
            "UPDATE articles SET copy_of = NULL, superseded_by = NULL WHERE article_id = ?", (article_id,)
        )
        self._connection.execute("UPDATE passages SET copied = 0 WHERE article_id = ? AND copied", (article_id,))

    # -------------------------------------------------------------------------------------------------- candidates

    def _candidates(self, own: _Row) -> list[_Row]:
        """The articles that may be of one report with it, those that share most first; records its own sketch."""
        numbers = sketch(self._body(own.article_id))
        known = self._connection.execute(
            f"SELECT hash, article_id FROM sketches WHERE hash IN ({marks(numbers)})", numbers
        ).fetchall()
        shared = Counter(other for _, other in known)
        if own.article_id not in shared:
            sharing = Counter(number for number, _ in known)
            rows = [(own.article_id, number) for number in numbers if sharing[number] < _MOST_SHARING]
            self._connection.executemany("INSERT INTO sketches (article_id, hash) VALUES (?, ?)", rows)
        some = min(SHARED, len(numbers))
        alike = (other for other, count in shared.most_common() if count >= some and other != own.article_id)
        found = self._rows(list(islice(alike, _MOST_SHARING)))
        near = [row for row in found if shared[row.article_id] >= least_shared(own.length, row.length, of=len(numbers))]
        same_url = self._connection.execute(
            "SELECT article_id FROM articles WHERE url = ? AND article_id != ? LIMIT ?",
            (own.url, own.article_id, _OF_AN_ADDRESS),
        ) if own.url else ()  # fmt: skip
        return list(dict.fromkeys([*self._rows([row[0] for row in same_url]), *near]))

    def _body(self, article_id: str) -> str:
        row = self._connection.execute("SELECT body FROM articles WHERE article_id = ?", (article_id,)).fetchone()
        return str(row[0]) if row else ""

    def _compared(self, first: str, second: str) -> Likeness:
        return compare(self._reading(first), self._reading(second))

    def _alike(self, first: _Row, second: _Row) -> Likeness:
        return self._likeness(*sorted((first.article_id, second.article_id)))

    def _is_copy(self, first: _Row, second: _Row) -> bool:
        apart = abs(days_between(first.published, second.published) or 0)
        return apart <= _MOST_DAYS and self._alike(first, second).is_copy

    def _is_same_page(self, first: _Row, second: _Row) -> bool:
        """Whether two texts are of one address: the later one stands for both, however alike they are."""
        return bool(first.url) and first.url == second.url and self._alike(first, second).jaccard < 1

    # -------------------------------------------------------------------------------------------------- clusters

    def _is_crowded(self, row: _Row) -> bool:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM articles WHERE copy_of = ?", (row.article_id,)
        ).fetchone()
        return int(count) >= _MOST_MEMBERS

    def _join(self, own: _Row, leader: _Row) -> None:
        """Makes an article a copy; says of each of its passages whether the leader holds it."""
        self._connection.execute(
            "UPDATE articles SET copy_of = ? WHERE article_id = ?", (leader.article_id, own.article_id)
        )
        held = self._reading(leader.article_id)
        rows = self._connection.execute(
            "SELECT key, substr(body, start + 1, stop - start) FROM passages JOIN articles USING (article_id)"
            " WHERE article_id = ?",
            (own.article_id,),
        ).fetchall()
        flags = [(all(map(held.says, Reading(text).sentences)), key) for key, text in rows]
        self._connection.executemany("UPDATE passages SET copied = ? WHERE key = ?", flags)

    def _lead(self, own: _Row, copies: Sequence[_Row]) -> None:
        """Makes an article a leader: less full leaders that are copies of it join it, with those of theirs that are."""
        self._connection.execute("UPDATE articles SET copy_of = NULL WHERE article_id = ?", (own.article_id,))
        self._connection.execute("UPDATE passages SET copied = 0 WHERE article_id = ? AND copied", (own.article_id,))
        adrift: list[_Row] = []
        for copy in copies:
            current = self.row(copy.article_id)
            if current is None or current.copy_of == own.article_id or current.rank < own.rank:
                continue
            leader = self.row(current.leader)
            if leader is None or leader.article_id == current.article_id:
                adrift += self._members(current.article_id)
                self._join(current, own)
            elif _preference(current, own) < _preference(current, leader):
                self._join(current, own)
        for member in sorted(adrift, key=lambda row: row.rank):
            if member.rank > own.rank and self._is_copy(member, own):
                self._join(member, own)
            else:
                self.alone(member.article_id)
                self.place(member.article_id)

    def _members(self, leader: str) -> list[_Row]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM articles WHERE copy_of = ?", (leader,)).fetchall()
        return [_Row(*row) for row in rows]

    # -------------------------------------------------------------------------------------------------- versions

    def _succeed(self, first: _Row, second: _Row) -> None:
        """Records it where one of two articles is the later version of the other."""
        for newer, older in ((first, second), (second, first)):
            if is_successor(newer.dated, older.dated, self._alike(newer, older)):
                self._supersede(older, newer)
                return

    def _supersede(self, older: _Row, newer: _Row) -> None:
        """The earliest of several successors is recorded: from one to the next they lead to the last."""
        self._touched.add(older.article_id)
        recorded = self.row(older.article_id)
        known = self.row(recorded.superseded_by) if recorded and recorded.superseded_by else None
        if known is None or newer.dated.order < known.dated.order:
            self._connection.execute(
                "UPDATE articles SET superseded_by = ? WHERE article_id = ?", (newer.article_id, older.article_id)
            )

    def inherit(self) -> None:
        """What supersedes one article of a cluster supersedes those that say what was corrected. Call at the end."""
        for leader in sorted({row.leader for article_id in self._touched if (row := self.row(article_id))}):
            cluster = [row for row in (self.row(leader), *self._members(leader)) if row]
            newer = {row.superseded_by for row in cluster if row.superseded_by}
            for successor in filter(None, map(self.row, sorted(newer))):
                for row in cluster:
                    if row.article_id != successor.article_id and self._is_corrected(row, successor):
                        self._supersede(row, successor)

    def _is_corrected(self, row: _Row, successor: _Row) -> bool:
        likeness = self._alike(row, successor)
        return likeness.is_near and likeness.changed > 0 and (row.dated.day or "") <= (successor.dated.day or "")


def _few_a_cluster(own: _Row, rows: Iterable[_Row]) -> list[_Row]:
    """The first candidates: of each cluster two, its leader and those that an article may be the later version of."""
    kept: dict[str, list[_Row]] = {}
    for row in rows:
        some = kept.setdefault(row.leader, [])
        may_be_older = row.outlet == own.outlet is not None or row.title == own.title != ""
        if len(some) < _OF_A_CLUSTER or row.copy_of is None or may_be_older:
            some.append(row)
    return [row for some in islice(kept.values(), _MOST_COMPARED) for row in some]


def _preference(own: _Row, leader: _Row) -> tuple[int, tuple[int, str, str]]:
    """Of several reports that a shortened one may be of, the nearest in time, then the fullest."""
    return abs(days_between(own.published, leader.published) or 0), leader.rank
