"""The vectors of the passages in Chroma: embedded in the data folder, or on a Chroma server.

Vectors are always ours: Chroma's own embedding function would download a model. One process owns an embedded folder.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval.chroma_server import ChromaAccess, connect
from retrieval.errors import BadSetting, DiskFull, StoreError, StoreMismatch, StoreReadOnly, StoreUnreachable
from retrieval.types import Passage

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

COLLECTION = "passages"
"""And what its name begins with on a server."""
BATCH = 2_000
"""Passages a call; Chroma takes at most 5,461."""
PAGE = 5_000
"""Ids read a call; larger pages run into SQLite's limit of variables."""
_ROOM_BYTES = 1 << 20
"""Free space below which a failed write is put down to a full disk."""
_HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 100}
_HNSW_BUNDLED = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 100}
"""Hashed vectors find near copies, which need no fine graph: half the time to insert."""


def configuration(embedder: str | None) -> Any:
    """The parameters of a collection of the vectors of an embedder."""
    return {"hnsw": _HNSW_BUNDLED if embedder == "bundled" else _HNSW}


class PassageStore:
    """One Chroma collection. Nothing is imported or opened before the first use."""

    def __init__(
        self, folder: Path, *, url: str | None = None, access: ChromaAccess | None = None, name: str = COLLECTION
    ) -> None:
        """`folder` holds the embedded store; with `url` (http://host:port) a Chroma server is used instead.

        `name` is that of the collection: on a server that several data folders share, each needs one of its own.
        """
        self.name = name
        self._access = access or ChromaAccess()
        self._folder = folder
        self._url = url
        self._client: Client | None = None
        self._collection: Collection | None = None
        self._seen: int | None = None
        self._lock = threading.RLock()

    def open(self, fingerprint: dict[str, str], *, generation: int | None = None) -> None:
        """Opens the collection, made if missing. Raises `StoreMismatch` when it was built under another fingerprint.

        An embedded collection never sees the vectors that another process writes, so it is opened anew unless
        `generation`, the state of the catalogue, is the one it was last opened at.
        """
        with self._lock:
            if self._collection is not None and (self._url or (generation is not None and generation == self._seen)):
                return
            if not self._url:
                self.close()
            client = self._connect()
            try:
                collection = client.get_or_create_collection(
                    self.name,
                    metadata=dict(fingerprint),
                    embedding_function=None,
                    configuration=configuration(fingerprint.get("embedder")),
                )
                stored = {name: str(value) for name, value in (collection.metadata or {}).items()}
                if stored != fingerprint and not collection.count():
                    collection.modify(metadata=dict(fingerprint))  # nothing in it was made in another way
                    stored = fingerprint
            except Exception as error:
                raise self._failed(error) from error
            if stored != fingerprint:
                raise StoreMismatch(stored=describe(stored), wanted=describe(fingerprint))
            self._collection, self._seen = collection, generation

    def upsert(self, passages: Sequence[Passage], vectors: Sequence[Sequence[float]] | NDArray[np.float32]) -> None:
        """Writes passages with their vectors (shape (n, dimension)), in place of older ones under the same ids."""
        rows = np.asarray(vectors, dtype=np.float32)  # Chroma makes one array of each list it is given
        for at in range(0, len(passages), BATCH):
            some = passages[at : at + BATCH]
            self._call(
                "upsert",
                ids=[passage.id for passage in some],
                embeddings=rows[at : at + BATCH],
                metadatas=[_metadata(passage) for passage in some],
            )

    def remove(self, ids: Sequence[str]) -> None:
        for at in range(0, len(ids), BATCH):
            self._call("delete", ids=list(ids[at : at + BATCH]))

    def search(self, vector: Sequence[float], k: int) -> list[tuple[str, float]]:
        """The `k` nearest passage ids with their cosine similarity, best first."""
        found = self._call("query", query_embeddings=[list(vector)], n_results=k, include=["distances"])
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of passages, each of shape (dimension,); unknown ids are left out."""
        found: dict[str, NDArray[np.float32]] = {}
        for at in range(0, len(ids), BATCH):
            some = self._call("get", ids=list(ids[at : at + BATCH]), include=["embeddings"])
            found |= zip(some["ids"], np.asarray(some["embeddings"], dtype=np.float32), strict=True)
        return found

    @property
    def place(self) -> str:
        """Where the vectors are, for a message."""
        return self._url or self._folder.name

    @property
    def file(self) -> Path:
        """The database of an embedded store."""
        return self._folder / "chroma.sqlite3"

    @property
    def count(self) -> int:
        return int(self._call("count"))

    def ids(self) -> set[str]:
        """The ids of all stored passages."""
        ids: set[str] = set()
        for offset in range(0, self.count, PAGE):
            ids.update(self._call("get", include=[], limit=PAGE, offset=offset)["ids"])
        return ids

    def drop_others(self, names: re.Pattern[str]) -> None:
        """Deletes the server's other collections whose whole name fits."""
        client = self._connect()
        try:
            for collection in client.list_collections():
                if names.fullmatch(collection.name) and collection.name != self.name:
                    client.delete_collection(collection.name)
        except Exception as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Lets go of the folder, so that another process may own it and this one sees its writes when it opens again."""
        with self._lock:
            if self._client is not None and not self._url:
                _forget_opened(_chromadb(self._folder))
            self._client = self._collection = None

    # -------------------------------------------------------------------------------------------------- plumbing

    def _connect(self) -> Client:
        if self._client is None:
            chromadb = _chromadb(self._folder)
            try:
                # what the environment says of traces is meant for other programs
                settings = chromadb.config.Settings(anonymized_telemetry=False, chroma_otel_collection_endpoint="")
                if self._url:
                    self._client = connect(self._url, self._access, chromadb, settings)
                else:
                    _forget_opened(chromadb)
                    self._folder.mkdir(parents=True, exist_ok=True)
                    self._client = chromadb.PersistentClient(str(self._folder), settings=settings)
            except BadSetting:
                raise
            except Exception as error:
                _forget_opened(chromadb)
                raise self._failed(error) from error
        return self._client

    def _call(self, method: str, **arguments: object) -> Any:
        collection = self._collection
        if collection is None:
            raise StoreError(path=self._folder, problem="the store was used before it was opened")
        try:
            return getattr(collection, method)(**arguments)
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StoreError:
        text = str(error).lower()
        if self._url and _is_of_the_wire(error):
            return StoreUnreachable(url=self._url)
        if any(words in text for words in ("readonly", "read-only", "permission denied")):
            return StoreReadOnly(path=self._folder)
        if "no space left" in text or "is full" in text or (not self._url and _is_full(self._folder)):
            return DiskFull(path=self._folder)
        return StoreError(path=self._url or self._folder, problem=_first_line(error))


def _is_of_the_wire(error: BaseException | None) -> bool:
    """Whether a fault began with httpx; Chroma passes such on as a ValueError."""
    while error is not None and not type(error).__module__.startswith("httpx"):
        error = error.__context__
    return error is not None


def _is_full(folder: Path) -> bool:
    """Whether the disk has no room to write in; Chroma may say no more than that it failed to apply its log."""
    try:
        return shutil.disk_usage(folder).free < _ROOM_BYTES
    except OSError:
        return False


def _chromadb(folder: Path) -> Any:
    """The library. Raises `StoreError` where it cannot read its settings: it takes unprefixed names, also from .env."""
    try:
        import chromadb
        import chromadb.config
    except ValueError as error:
        problem = f"chromadb cannot read its settings from the environment or .env: {_first_line(error)}"
        raise StoreError(path=folder, problem=problem) from error
    return chromadb


def _forget_opened(chromadb: Any) -> None:
    """Chroma keeps what it opened, or failed to open, by path; what is in use stays whole."""
    chromadb.api.client.SharedSystemClient.clear_system_cache()


def describe(fingerprint: dict[str, str]) -> str:
    """A fingerprint on one line, for a message."""
    return ", ".join(f"{name} {value}" for name, value in sorted(fingerprint.items()))


def _metadata(passage: Passage) -> dict[str, str | int]:
    """By what other users of the collection can filter; days as numbers YYYYMMDD, since Chroma compares only numbers.

    The texts stay in the catalogue: Chroma's own full-text index of them took three quarters of the time to insert.
    """
    published = passage.source.published
    return {
        "article_id": passage.source.article_id,
        "published": int(published.strftime("%Y%m%d")) if published else 0,
    }


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
