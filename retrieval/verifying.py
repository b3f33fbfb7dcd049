"""Verifying: everything that a data folder holds is read, compared with what it was made from, and what differs is named.

Nothing is changed, and a bot may answer meanwhile. What is derived is compared with the stored articles, which carry a hash of
their own; `reindex` makes it anew. Chroma's own files can end a process that reads them damaged, so another one does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import numpy as np

from retrieval.builds import Build, build_of
from retrieval.catalogue import Catalogue
from retrieval.catalogue_rows import article_hash
from retrieval.chroma_server import ChromaAccess
from retrieval.chunking import chunk
from retrieval.errors import StoreError, StoreMismatch, StoreUnreachable
from retrieval.hashing import BundledEmbedder
from retrieval.ingest import indexed_text
from retrieval.store import PassageStore
from retrieval.types import Passage

Kind = Literal[
    "database", "article", "unfinished", "passages", "fingerprint", "vectors_unreadable", "vectors_missing",
    "vectors_extra", "vectors_wrong", "vectors_unreached", "lexical_unreadable", "lexical_changed", "lexical_passages",
]  # fmt: skip
Progress = Callable[[int, int], None]

PAGE = 2_000
"""Passages compared at once."""
PROBED = 500
"""Passages, at most, that are looked for by their own vectors."""
UNREACHED = 0.25
"""The share of them that an approximate search may miss: of a crowded graph, of texts all alike, it does."""
_NEAR = 1e-3
"""Largest difference of a number of a vector from the one it was made as."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong, in how many places, and one of them."""

    kind: Kind
    count: int
    example: str

    @property
    def mend(self) -> Literal["restore", "reindex", "ingest"]:
        """What mends it: a backup, the stored articles, or the sources."""
        if self.kind == "database":
            return "restore"
        return "ingest" if self.kind == "unfinished" else "reindex"


def verify(
    data_dir: Path, url: str | None = None, access: ChromaAccess | None = None, *, on_progress: Progress | None = None
) -> Iterator[Damage]:
    """What is damaged in a data folder. Raises `StoreUnreachable` for a server that does not answer."""
    broken = [damage for path in sorted(data_dir.glob("*.db")) if (damage := _database(path))]
    yield from broken
    if any(damage.example == "articles.db" for damage in broken):
        return
    with closing(Catalogue(data_dir / "articles.db")) as catalogue:
        yield from _articles(catalogue, on_progress or (lambda done, total: None))
        build = build_of(catalogue.build, data_dir, catalogue, url, access)
        yield from _lexical(catalogue, build)
        yield from _vectors(catalogue, build, data_dir, embedded=not url)


def is_sound(path: Path) -> bool:
    """Whether a database can be read, and is what SQLite wrote."""
    return path.is_file() and _database(path) is None


def _database(path: Path, *, keys: bool = True) -> Damage | None:
    """Whether a database is what SQLite wrote, and with `keys` whether its rows refer to others that are there."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30.0)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
            faults = [] if found == ["ok"] else found
            if keys:
                faults += [str(row) for row in connection.execute("PRAGMA foreign_key_check")]
    except sqlite3.Error as error:
        faults = [str(error)]
    return Damage("database", len(faults), path.name) if faults else None


# ------------------------------------------------------------------------------------------------------ the articles


def _articles(catalogue: Catalogue, tell: Progress) -> Iterator[Damage]:
    """Articles that are not as they were stored, and those whose passages are not those of their text."""
    known = catalogue.known()
    changed, unlike, waiting = [], [], []
    for number, (article_id, stored) in enumerate(sorted(known.items())):
        if number % 100 == 0:
            tell(number, len(known))
        try:
            article = catalogue.article(article_id)
            if article_hash(article) != stored.hash:
                changed.append(article_id)
        except (ValueError, TypeError):
            changed.append(article_id)
            continue
        if not stored.ready:
            waiting.append(article_id)
        elif catalogue.places(article_id) != [(p.id, p.ordinal, p.start, p.end) for p in chunk(article)]:
            unlike.append(article_id)
    tell(len(known), len(known))
    yield from _found("article", changed)
    yield from _found("unfinished", waiting)
    yield from _found("passages", unlike)


def _lexical(catalogue: Catalogue, build: Build) -> Iterator[Damage]:
    if not catalogue.passage_count:
        return
    try:
        build.lexical.reload()
        changed = build.lexical.damaged()
    except (StoreError, OSError) as error:
        yield Damage("lexical_unreadable", 1, str(getattr(error, "values", {}).get("problem", error)))
        return
    yield from _found("lexical_changed", changed)
    keys = set(build.lexical.keys.tolist()) ^ set(catalogue.passage_keys())
    if build.lexical.generation == catalogue.generation:
        yield from _found("lexical_passages", [str(key) for key in sorted(keys)])
    elif keys:
        yield Damage("unfinished", len(keys), "lexical")


# ------------------------------------------------------------------------------------------------------ the vectors


def _vectors(catalogue: Catalogue, build: Build, data_dir: Path, *, embedded: bool) -> Iterator[Damage]:
    if not catalogue.passage_count:
        return
    if not embedded:
        yield from _compared(catalogue, build.store)
        return
    if not build.store.file.is_file() or _database(build.store.file, keys=False):
        yield Damage("vectors_unreadable", 1, build.store.place)
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as another:
        try:
            yield from another.submit(_compared_in, data_dir).result()
        except BrokenProcessPool:
            yield Damage("vectors_unreadable", 1, build.store.place)


def _compared_in(data_dir: Path) -> list[Damage]:
    with closing(Catalogue(data_dir / "articles.db")) as catalogue:
        return list(_compared(catalogue, build_of(catalogue.build, data_dir, catalogue).store))


def _compared(catalogue: Catalogue, store: PassageStore) -> Iterator[Damage]:
    fingerprint = {name: value for name, value in catalogue.facts.items() if ":" not in name}
    try:
        store.open(fingerprint)
        wanted, stored = catalogue.passage_ids(), store.ids()
        yield from _found("vectors_missing", [passage_id for passage_id in wanted if passage_id not in stored])
        yield from _found("vectors_extra", sorted(stored.difference(wanted)))
        present = [passage_id for passage_id in wanted if passage_id in stored]
        bundled = fingerprint.get("embedder") == "bundled"
        yield from _found(
            "vectors_wrong", list(_wrong(catalogue, store, present, int(fingerprint["dimension"]), bundled))
        )
        yield from _unreached(store, present)
    except StoreUnreachable:
        raise
    except (StoreMismatch, KeyError, ValueError):
        yield Damage("fingerprint", 1, store.place)
    except StoreError:
        yield Damage("vectors_unreadable", 1, store.place)
    finally:
        store.close()


def _wrong(
    catalogue: Catalogue, store: PassageStore, ids: Sequence[str], dimension: int, bundled: bool
) -> Iterator[str]:
    """Passages whose vector is none, or not the one that their text comes to where that can be told at once."""
    for at in range(0, len(ids), PAGE):
        passages = catalogue.passages_by_id(ids[at : at + PAGE])
        vectors = store.vectors(list(passages))
        for passage_id, passage in passages.items():
            vector = vectors.get(passage_id)
            if (
                vector is None
                or len(vector) != dimension
                or not np.isfinite(vector).all()
                or not vector.any()
                or (bundled and not np.allclose(vector, _bundled(passage), atol=_NEAR))
            ):
                yield passage_id


def _bundled(passage: Passage) -> list[float]:
    return BundledEmbedder().embed_query(indexed_text(passage))


def _unreached(store: PassageStore, ids: Sequence[str]) -> Iterator[Damage]:
    """Looks for passages, spread evenly, by their own vectors."""
    probed = list(ids[:: max(len(ids) // PROBED, 1)])
    vectors = store.vectors(probed)
    missed = []
    for passage_id, vector in vectors.items():
        near = store.search(vector.tolist(), 10)
        if passage_id not in [found for found, _ in near] and not (
            near and near[0][1] > 1 - _NEAR
        ):  # else copies of it
            missed.append(passage_id)
    if len(missed) > UNREACHED * len(probed):
        yield from _found("vectors_unreached", missed)


def _found(kind: Kind, places: Sequence[str]) -> list[Damage]:
    return [Damage(kind, len(places), places[0])] if places else []
