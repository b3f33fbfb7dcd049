"""Earlier texts of articles, kept when another text comes under the same id. They are shown, never searched."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from retrieval.catalogue_rows import article_hash
from retrieval.types import Article


def keep(connection: sqlite3.Connection, article: Article) -> None:
    """Call before an article is replaced, in the same transaction: keeps the stored text if the new one is another."""
    article_id = article.source.article_id
    stored = connection.execute("SELECT hash FROM articles WHERE article_id = ?", (article_id,)).fetchone()
    if stored is None or stored[0] == article_hash(article):
        return
    connection.execute(
        "INSERT INTO versions (article_id, number, title, body, published, modified, hash)"
        " SELECT article_id, (SELECT coalesce(max(number), 0) + 1 FROM versions WHERE article_id = ?1), title, body,"
        " published, modified, hash FROM articles WHERE article_id = ?1 AND (title != ?2 OR body != ?3)",
        (article_id, article.source.title, article.body),
    )


def drop(connection: sqlite3.Connection, article_ids: Sequence[str]) -> None:
    """Forgets the earlier texts of articles that are let go of."""
    connection.executemany("DELETE FROM versions WHERE article_id = ?", [(article_id,) for article_id in article_ids])
