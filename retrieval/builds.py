"""Builds: what is derived from the stored articles, by number, and how another is made beside the one that is searched.

A build has vectors and a lexical index of its own, and its own passages in the catalogue, in whose facts stands which one is
live. Killed at any moment, the making of another leaves the live one as it was; what is left over is removed by the next
that writes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from retrieval.catalogue import Catalogue
from retrieval.catalogue_rows import article_hash
from retrieval.changes import Progress
from retrieval.chroma_server import ChromaAccess
from retrieval.chunking import chunk
from retrieval.errors import StoreError
from retrieval.ingest import BATCH_ARTICLES, Ingestor
from retrieval.lexical import LexicalIndex
from retrieval.protocols import Embedder
from retrieval.storage_errors import ArticleChanged
from retrieval.store import COLLECTION, PassageStore
from retrieval.types import Failure, Passage, Source

_FOLDER = re.compile(r"(?:chroma|lexical)(?:-\d+)?")


@dataclass(frozen=True, slots=True)
class Build:
    """The derived parts under one number."""

    number: int
    store: PassageStore
    lexical: LexicalIndex


def build_of(
    number: int, data_dir: Path, catalogue: Catalogue, url: str | None = None, access: ChromaAccess | None = None
) -> Build:
    """A build's parts, not yet opened. Embedded, each has its own Chroma folder: a damaged one is left behind whole."""
    suffix = f"-{number}" if number else ""
    store = PassageStore(data_dir / f"chroma{suffix}", url=url, access=access, name=_base_name(catalogue) + suffix)
    return Build(number, store, LexicalIndex(data_dir / f"lexical{suffix}"))


def make(
    build: Build,
    catalogue: Catalogue,
    embedder: Embedder,
    fingerprint: dict[str, str],
    on_progress: Progress | None = None,
) -> tuple[int, list[Failure]]:
    """Makes a new build of all stored articles and puts it in the place of the live one; returns how many there are.

    And those whose text is not as it was stored: they stay, and are read again by the next ingest of their source.

    The live build goes on being searched meanwhile. Raises `StoreError` and `EmbedderError` kinds, and OSError.
    """
    build.store.open(fingerprint)
    known = catalogue.known()
    article_ids = list(known)
    changed: list[Source] = []

    def staged() -> Iterator[dict[int, Passage]]:
        for at in range(0, len(article_ids), BATCH_ARTICLES):
            if on_progress:
                on_progress(at, len(article_ids))
            articles = [catalogue.article(article_id) for article_id in article_ids[at : at + BATCH_ARTICLES]]
            changed.extend(
                article.source for article in articles if article_hash(article) != known[article.source.article_id].hash
            )
            passages = [passage for article in articles for passage in chunk(article)]
            yield dict(zip(catalogue.stage(build.number, passages), passages, strict=True))

    Ingestor(catalogue, build.store, build.lexical, embedder).write_beside(staged())
    build.lexical.update(add=(), remove=(), generation=catalogue.generation + 1)
    catalogue.go_live(build.number, fingerprint)
    catalogue.forget([source.article_id for source in changed])
    if on_progress:
        on_progress(len(article_ids), len(article_ids))
    return len(article_ids), [
        Failure(source.origin, None, ArticleChanged(path=source.origin, article_id=source.article_id))
        for source in changed
    ]


def exchange(
    live: Build,
    new: Build,
    data_dir: Path,
    catalogue: Catalogue,
    embedder: Embedder,
    fingerprint: dict[str, str],
    on_progress: Progress | None = None,
) -> tuple[int, list[Failure]]:
    """`make`, with what is left over of other builds removed before, after, and when it fails. Raises as `make` does."""
    drop_others(live.number, data_dir, catalogue)
    try:
        made = make(new, catalogue, embedder, fingerprint, on_progress)
    except BaseException:
        with suppress(StoreError, OSError):  # room for what is there; else the next that writes does it
            drop_others(catalogue.build, data_dir, catalogue)
        raise
    finally:
        new.store.close()
    live.store.close()
    drop_others(new.number, data_dir, catalogue)
    return made


def drop_others(live: int, data_dir: Path, catalogue: Catalogue, *, on_server: PassageStore | None = None) -> None:
    """Removes what is left of builds that are not live; those on a server only through a store of one of them."""
    catalogue.drop_other_builds()
    kept = {f"{part}-{live}" if live else part for part in ("chroma", "lexical")}
    for entry in data_dir.iterdir():
        if _FOLDER.fullmatch(entry.name) and entry.name not in kept:
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    if on_server:
        on_server.drop_others(re.compile(re.escape(_base_name(catalogue)) + r"(?:-\d+)?"))


def _base_name(catalogue: Catalogue) -> str:
    return f"{COLLECTION}-{catalogue.home}" if catalogue.home else COLLECTION
