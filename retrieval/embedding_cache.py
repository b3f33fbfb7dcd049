"""Vectors of documents kept on disk, so that no text is embedded twice: a rebuild or an interrupted ingest is cheap.

The file is derived: it may be deleted at any time. Whatever is wrong with it costs a warning and the time to embed.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import BATCH_SIZE
from retrieval.protocols import Embedder

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

EmbedMany = Callable[[Iterable[str]], Iterable[tuple[list[str], NDArray[np.float32]]]]
"""Makes the vectors of many texts, in any order: some texts at a time, with theirs."""

ROOM_BYTES = 128 << 20
"""Free space below which no more vectors are kept: the index itself needs what is left."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    embedder TEXT NOT NULL, hash BLOB NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (embedder, hash));
"""
_AT_ONCE = 500
_WAIT_SECONDS = 5.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)  # the last: tables of another shape
_PROBE = "دليل"
_PROBE_HASH = b"probe"
_SAME = 1e-3
"""Largest difference between two vectors of one text by one model on different machines."""


class CachedEmbedder:
    """Another embedder with its document vectors kept in an SQLite file as float32. Queries are always embedded.

    A model may change behind its name, so one word is embedded in each process; where its vector is not the one kept,
    all vectors of that name are made anew.
    """

    def __init__(self, embedder: Embedder, path: Path) -> None:
        """Opens nothing."""
        self._embedder = embedder
        self._file = _VectorFile(path, embedder.name)
        self._is_probed = False

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of the texts; new ones are written a batch at a time, longest texts first (least padding)."""
        if not texts:
            return []
        self._probe()
        hashes = [sha256(text.encode()).digest() for text in texts]
        vectors = self._kept(set(hashes))
        missing = {key: text for key, text in zip(hashes, texts, strict=True) if key not in vectors}
        ordered = sorted(missing, key=lambda key: -len(missing[key]))
        for at in range(0, len(ordered), BATCH_SIZE):
            some = ordered[at : at + BATCH_SIZE]
            made = self._embedder.embed_documents([missing[key] for key in some])
            vectors |= zip(some, made, strict=True)
            self._file.write((key, _packed(vector)) for key, vector in zip(some, made, strict=True))
        return [vectors[key] for key in hashes]

    def fill(self, texts: Iterable[str], embed: EmbedMany) -> int:
        """Keeps the vectors that `embed` makes of those texts that have none; returns how many it made."""
        self._probe()
        made = 0
        for some, vectors in embed(self._without_vectors(texts)):
            keys = [sha256(text.encode()).digest() for text in some]
            self._file.write(zip(keys, map(_packed, vectors), strict=True))
            made += len(some)
        return made

    def _without_vectors(self, texts: Iterable[str]) -> Iterator[str]:
        remaining = iter(texts)
        while some := {sha256(text.encode()).digest(): text for text in islice(remaining, _AT_ONCE)}:
            kept = self._kept(some)
            yield from (text for key, text in some.items() if key not in kept)

    def _probe(self) -> None:
        if self._is_probed:
            return
        fresh = self._embedder.embed_query(_PROBE)
        kept = self._kept({_PROBE_HASH}).get(_PROBE_HASH)
        if kept is None or not np.allclose(kept, fresh, rtol=0.0, atol=_SAME):
            if kept is not None:
                _log.warning("%s is no longer the model it was; its vectors are made anew", self.name)
            self._file.forget()
            self._file.write([(_PROBE_HASH, _packed(fresh))])
        self._is_probed = True

    def _kept(self, hashes: Collection[bytes]) -> dict[bytes, list[float]]:
        """The vectors on disk that can be used."""
        rows = self._file.read(hashes)
        size = 4 * self.dimension if rows else 0
        found = {key: _unpacked(blob, size) for key, blob in rows.items()}
        return {key: vector for key, vector in found.items() if vector is not None}


def _packed(vector: list[float] | NDArray[np.float32]) -> bytes:
    """A vector as float32, and the CRC-32 of these bytes."""
    content = np.asarray(vector, "<f4").tobytes()
    return content + crc32(content).to_bytes(4, "little")


def _unpacked(blob: bytes, size: int) -> list[float] | None:
    """The vector of `size` bytes; None for anything but what was packed."""
    content, sum_ = blob[:-4], blob[-4:]
    if len(content) != size or crc32(content).to_bytes(4, "little") != sum_:
        return None
    vector = np.frombuffer(content, "<f4")
    return list(vector.tolist()) if np.isfinite(vector).all() else None


class _VectorFile:
    """The vectors of one embedder by hash. A damaged file is made anew; one that cannot be used is left alone for good."""

    def __init__(self, path: Path, embedder: str) -> None:
        self._path = path
        self._embedder = embedder
        self._is_usable = True

    def read(self, hashes: Collection[bytes]) -> dict[bytes, bytes]:
        wanted = sorted(hashes)

        def rows(connection: sqlite3.Connection) -> dict[bytes, bytes]:
            found: dict[bytes, bytes] = {}
            for at in range(0, len(wanted), _AT_ONCE):
                some = wanted[at : at + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                query = f"SELECT hash, CAST(vector AS BLOB) FROM vectors WHERE embedder = ? AND hash IN ({marks})"
                found.update(connection.execute(query, (self._embedder, *some)))
            return found

        return self._attempt(rows, otherwise={})

    def write(self, rows: Iterable[tuple[bytes, bytes]]) -> None:
        values = [(self._embedder, key, vector) for key, vector in rows]

        def insert(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", values)

        if self._has_room():
            self._attempt(insert, otherwise=None)

    def forget(self) -> None:
        """Deletes the vectors of this embedder."""

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM vectors WHERE embedder = ?", (self._embedder,))

        self._attempt(delete, otherwise=None)

    def _attempt(self, work: Callable[[sqlite3.Connection], Result], *, otherwise: Result) -> Result:
        """What `work` gives in one transaction; `otherwise`, and no further try, where the file cannot be used."""
        if not self._is_usable:
            return otherwise
        try:
            try:
                with self._opened() as connection:
                    return work(connection)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                    raise
            _log.warning("The kept vectors in %s are damaged; they are made anew", self._path)
            for name in (self._path.name, f"{self._path.name}-journal"):
                self._path.with_name(name).unlink(missing_ok=True)
            with self._opened() as connection:
                return work(connection)
        except (sqlite3.Error, OSError) as error:
            _log.warning("Vectors are not kept in %s: %s", self._path, error)
            self._is_usable = False
            return otherwise

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Opened for each use: there is nothing to close at the end, and no lock is held while a model works."""
        connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS)
        try:
            connection.execute(_SCHEMA)
            with connection:
                yield connection
        finally:
            connection.close()

    def _has_room(self) -> bool:
        try:
            return shutil.disk_usage(self._path.parent).free >= ROOM_BYTES
        except OSError:
            return False
