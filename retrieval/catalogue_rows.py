"""Articles as rows of the catalogue, and back; and the digest that tells whether one has changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from retrieval.types import Article, Source, Span

SOURCE = "article_id, title, url, outlet, published, origin, author, modified, dated_by, superseded_by, copy_of"
ARTICLE = f"{SOURCE}, body, subtitle, captions"
STORED = f"{ARTICLE}, hash, ready"
SOURCE_WIDTH = SOURCE.count(",") + 1
LIVE = "build = (SELECT CAST(value AS INTEGER) FROM facts WHERE name = 'build')"
"""Whether a passage belongs to the build that is searched."""


def article_hash(article: Article) -> str:
    """A digest of all that is stored of an article but where it was read from."""
    source = article.source
    parts = [
        source.title, source.url, source.outlet, source.published and source.published.isoformat(), article.body,
        article.subtitle and (article.subtitle.start, article.subtitle.end),
        [(span.start, span.end) for span in article.captions],
    ]  # fmt: skip
    if source.author or source.modified:  # left out where there is neither: older catalogues keep their hashes
        parts += [source.author, source.modified and source.modified.isoformat()]
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def marks(values: Sequence[object]) -> str:
    """A question mark for each value of a statement."""
    return ", ".join("?" * len(values))


def source_of(row: Sequence[Any]) -> Source:
    """The source of a row that begins with the columns `SOURCE`."""
    article_id, title, url, outlet, published, origin, author, modified, dated_by, newer, fullest = row[:SOURCE_WIDTH]
    reasons = tuple(json.loads(dated_by)) if dated_by else ()
    return Source(
        article_id, title, url, outlet, day_of(published), origin, author, day_of(modified), reasons, newer, fullest
    )  # fmt: skip


def day_of(stored: str | None) -> date | None:
    """A day as it is stored, ISO."""
    return date.fromisoformat(stored) if stored else None


def article_of(row: Sequence[Any]) -> Article:
    """The article of a row with the columns `ARTICLE`."""
    body, subtitle, captions = row[SOURCE_WIDTH:]
    return Article(
        source_of(row), body, Span(*json.loads(subtitle)) if subtitle else None,
        tuple(Span(*pair) for pair in json.loads(captions)),
    )  # fmt: skip


def article_row(article: Article) -> tuple[object, ...]:
    """The columns `STORED` of an article that is not ready, before its place among others is known."""
    source, subtitle = article.source, article.subtitle
    return (
        source.article_id, source.title, source.url, source.outlet,
        source.published.isoformat() if source.published else None, source.origin, source.author,
        source.modified.isoformat() if source.modified else None,
        json.dumps(source.dated_by, ensure_ascii=False) if source.dated_by else None, None, None, article.body,
        json.dumps([subtitle.start, subtitle.end]) if subtitle else None,
        json.dumps([[span.start, span.end] for span in article.captions]), article_hash(article), 0,
    )  # fmt: skip
