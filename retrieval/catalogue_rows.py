"""Articles and sources as rows of the catalogue, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from retrieval.types import Article, Source, Span

SOURCE_COLUMNS = "article_id, title, url, outlet, published, origin, author, modified, dated_by, superseded_by"
ARTICLE_COLUMNS = f"{SOURCE_COLUMNS}, body, subtitle, captions"
STORED_COLUMNS = f"{ARTICLE_COLUMNS}, hash, ready"
SOURCE_WIDTH = SOURCE_COLUMNS.count(",") + 1


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


def source_of_row(row: Sequence[Any]) -> Source:
    """From `SOURCE_COLUMNS`; more columns may follow."""
    article_id, title, url, outlet, published, origin, author, modified, dated_by, superseded_by = row[:SOURCE_WIDTH]
    reasons = tuple(json.loads(dated_by)) if dated_by else ()
    return Source(
        article_id, title, url, outlet, _day(published), origin, author, _day(modified), reasons, superseded_by
    )  # fmt: skip


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def article_of_row(row: Sequence[Any]) -> Article:
    """From `ARTICLE_COLUMNS`."""
    body, subtitle, captions = row[SOURCE_WIDTH:]
    return Article(
        source_of_row(row), body, Span(*json.loads(subtitle)) if subtitle else None,
        tuple(Span(*pair) for pair in json.loads(captions)),
    )  # fmt: skip


def row_of_article(article: Article) -> tuple[object, ...]:
    """For `STORED_COLUMNS`, not yet ready."""
    source, subtitle = article.source, article.subtitle
    return (
        source.article_id, source.title, source.url, source.outlet,
        source.published.isoformat() if source.published else None, source.origin, source.author,
        source.modified.isoformat() if source.modified else None,
        json.dumps(source.dated_by, ensure_ascii=False) if source.dated_by else None, source.superseded_by, article.body,
        json.dumps([subtitle.start, subtitle.end]) if subtitle else None,
        json.dumps([[span.start, span.end] for span in article.captions]), article_hash(article), 0,
    )  # fmt: skip
