"""What the catalogue knows of articles beside their texts: their copies, their successors, their earlier versions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from retrieval.catalogue_rows import LIVE, SOURCE, day_of, marks, source_of
from retrieval.types import Source, Version

Rows = Callable[..., list[tuple[Any, ...]]]
"""A query and its values to all its rows."""
_LONGEST_CHAIN = 16
"""Successors of successors that are followed."""


class Related:
    """Reads; ids that are not known, and articles that are not ready, are left out."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def copied(self, passage_ids: Sequence[str]) -> set[str]:
        """The passages among these that say nothing but what the fullest article of their report says."""
        query = f"SELECT id FROM passages WHERE copied AND {LIVE} AND id IN ({marks(passage_ids)})"
        return {row[0] for row in self._rows(query, *passage_ids)}

    def copies(self, article_ids: Collection[str]) -> dict[str, tuple[Source, ...]]:
        """The copies of each of these articles, the earliest first; articles without any are left out."""
        ids = list(article_ids)
        query = (
            f"SELECT {SOURCE} FROM articles WHERE ready AND copy_of IN ({marks(ids)})"
            " ORDER BY published IS NULL, published, article_id"
        )
        found: dict[str, tuple[Source, ...]] = {}
        for source in map(source_of, self._rows(query, *ids)):
            found[source.report] = (*found.get(source.report, ()), source)
        return found

    def successors(self, source: Source) -> list[str]:
        """The ids of its later versions, one after another; only those that are ready."""
        chain: list[str] = []
        newer = source.superseded_by
        while newer and newer not in chain and len(chain) < _LONGEST_CHAIN:
            rows = self._rows("SELECT superseded_by FROM articles WHERE ready AND article_id = ?", newer)
            if not rows:
                break
            chain.append(newer)
            newer = rows[0][0]
        return chain

    def versions(self, article_id: str) -> list[Version]:
        """The earlier texts of an article, the oldest first."""
        query = "SELECT number, title, body, published, modified FROM versions WHERE article_id = ? ORDER BY number"
        rows = self._rows(query, article_id.encode(errors="replace").decode())
        return [Version(n, title, body, day_of(first), day_of(last)) for n, title, body, first, last in rows]
