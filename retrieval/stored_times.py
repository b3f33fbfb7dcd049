"""When articles were published and which days their passages speak of, as the catalogue holds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from retrieval.catalogue_rows import LIVE, marks
from retrieval.times import as_number

Rows = Callable[..., list[tuple[Any, ...]]]
"""A query and its values to all its rows."""
_AT_ONCE = 400
_A_YEAR = 1_0000
"""Between two days as YYYYMMDD."""


class Times:
    """Reads; passages of articles that are not ready are left out."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def within(self, passage_ids: Sequence[str], first: date, last: date) -> set[str]:
        """The passages among these that were published in a period, or speak of days in it or of the year around it."""
        found: set[str] = set()
        for at in range(0, len(passage_ids), _AT_ONCE):
            some = passage_ids[at : at + _AT_ONCE]
            query = (
                f"SELECT id FROM passages JOIN articles USING (article_id) WHERE {LIVE} AND id IN ({marks(some)})"
                " AND (published BETWEEN ? AND ? OR EXISTS"
                " (SELECT 1 FROM mentions WHERE passage_key = key"
                f" AND (first >= ? AND last <= ? OR first <= ? AND last >= ? AND last - first < {_A_YEAR})))"
            )
            days = (first.isoformat(), last.isoformat(), *2 * (as_number(first), as_number(last)))
            found |= {row[0] for row in self._rows(query, *some, *days)}
        return found

    def published(self, first: date, last: date, most: int) -> list[int]:
        """The keys of the first passages of the articles published in a period, the newest first."""
        query = (
            f"SELECT key FROM passages JOIN articles USING (article_id) WHERE ready AND {LIVE} AND ordinal = 0"
            " AND NOT copied AND published BETWEEN ? AND ? ORDER BY published DESC, article_id LIMIT ?"
        )
        return [row[0] for row in self._rows(query, first.isoformat(), last.isoformat(), most)]

    def spoken_of(self, first: date, last: date, most: int) -> list[int]:
        """The keys of passages that speak of days that all lie in a period, one an article, of the newest articles first."""
        query = (
            "SELECT min(key) FROM mentions JOIN passages ON key = passage_key JOIN articles USING (article_id)"
            f" WHERE ready AND {LIVE} AND NOT copied AND first >= ? AND last <= ?"
            " GROUP BY article_id ORDER BY published DESC, article_id LIMIT ?"
        )
        return [row[0] for row in self._rows(query, as_number(first), as_number(last), most)]
