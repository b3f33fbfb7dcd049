"""The lexical index: BM25 over hashed features, in immutable memory-mapped segments.

It is derived from the catalogue and can always be made anew. Passages are known by their integer catalogue keys. Adding
writes one more segment; small segments are merged now and then. A segment is six arrays:

    terms   uint64 (t,)   distinct features, sorted        starts  int64 (t+1,)  where the postings of each term begin
    rows    int32  (p,)   row of each posting's passage    counts  uint8 (p,)    how often the term occurs there
    keys    int64  (n,)   catalogue key of each row        lengths int32 (n,)    features of each row

Source: Robertson and Zaragoza 2009, in Lucene's form; k1 and b tuned on train splits (flat within half a point).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import StoreError
from retrieval.features import Features

Keys = NDArray[np.int64]
Scores = NDArray[np.float32]

K1 = 0.9
B = 0.75
MERGE_ABOVE = 8
"""Segments from which the small ones are merged, so that a question looks into few."""
SEGMENT_ROWS = 32_768
"""Rows from which a segment is left as it is when others are merged."""
COMMON = 0.3
"""Terms in more than this share of the passages are skipped in large collections: they cost most and rank least."""
COMMON_FROM = 5_000
"""Passages from which `COMMON` applies."""

_ARRAYS = ("terms", "starts", "rows", "counts", "keys", "lengths")


@dataclass(slots=True)
class _Segment:
    name: str
    terms: Features
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]
    keys: Keys
    lengths: NDArray[np.int32]
    removed: set[int] = field(default_factory=set)
    """Rows that no longer count."""

    def row_of(self, key: int) -> int | None:
        row = int(np.searchsorted(self.keys, key))
        return row if row < len(self.keys) and self.keys[row] == key else None


class LexicalIndex:
    """A folder of segments and a manifest that is written last. One writer, any number of readers."""

    def __init__(self, folder: Path) -> None:
        """Opens the index in `folder`, empty if there is none. Raises `StoreError` when a file is damaged."""
        self._folder = folder
        self._segments: list[_Segment] = []
        self._next = 1
        self.generation = -1
        self._stamp: tuple[int, int] | None = None
        self.reload()

    # -------------------------------------------------------------------------------------------------- reading

    @property
    def keys(self) -> Keys:
        """The catalogue keys of all passages in the index, sorted."""
        live = [np.delete(segment.keys, sorted(segment.removed)) for segment in self._segments]
        return np.sort(np.concatenate(live)) if live else np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        return sum(len(segment.keys) - len(segment.removed) for segment in self._segments)

    def search(self, query: Features, k: int) -> tuple[Keys, Scores]:
        """The best `k` passages with a positive score, best first, ties by key; both arrays have shape (≤ k,)."""
        total = len(self)
        terms, repeats = np.unique(query, return_counts=True)
        if not total or not len(terms):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        places = [self._places(segment, terms) for segment in self._segments]
        frequencies = np.sum([ends - begins for begins, ends in places], axis=0)
        weights = np.log1p((total - frequencies + 0.5) / (frequencies + 0.5)).clip(min=0.0) * repeats
        if total >= COMMON_FROM:
            rare = frequencies <= COMMON * total
            if rare.any():
                weights = np.where(rare, weights, 0.0)
        mean_length = sum(int(segment.lengths.sum()) for segment in self._segments) / sum(
            len(segment.keys) for segment in self._segments
        )
        found = [
            self._score(segment, begins, ends, weights, mean_length, k)
            for segment, (begins, ends) in zip(self._segments, places, strict=True)
        ]
        keys = np.concatenate([keys for keys, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        order = np.lexsort((keys, -scores))[:k]
        return keys[order], scores[order]

    @staticmethod
    def _places(segment: _Segment, terms: Features) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the postings of each term begin and end in a segment; both 0 where it has none. Shape (terms,)."""
        at = np.searchsorted(segment.terms, terms)
        at_or_first = np.where(at < len(segment.terms), at, 0)
        known = segment.terms[at_or_first] == terms
        return np.where(known, segment.starts[at_or_first], 0), np.where(known, segment.starts[at_or_first + 1], 0)

    @staticmethod
    def _score(
        segment: _Segment,
        begins: NDArray[np.int64],
        ends: NDArray[np.int64],
        weights: NDArray[np.float64],
        mean_length: float,
        k: int,
    ) -> tuple[Keys, Scores]:
        """The best `k` live rows of one segment, unordered, as keys and scores."""
        scores = np.zeros(len(segment.keys), dtype=np.float32)
        saturation = (K1 * (1 - B + B * segment.lengths / mean_length)).astype(np.float32)
        for begin, end, weight in zip(begins, ends, weights, strict=True):
            if begin == end or weight == 0.0:
                continue
            rows = segment.rows[begin:end]
            counts = segment.counts[begin:end].astype(np.float32)
            scores[rows] += np.float32(weight) * counts / (counts + saturation[rows])
        if segment.removed:
            scores[list(segment.removed)] = 0.0
        best = np.argpartition(-scores, k)[:k] if k < len(scores) else np.arange(len(scores))
        best = best[scores[best] > 0]
        return segment.keys[best], scores[best]

    def reload(self) -> None:
        """Takes over what another process wrote. Cheap when nothing changed."""
        manifest = self._folder / "manifest.json"
        try:
            stat = manifest.stat()
        except FileNotFoundError:
            self._segments, self.generation, self._stamp, self._next = [], -1, None, 1
            return
        if (stamp := (stat.st_mtime_ns, stat.st_ino)) == self._stamp:
            return
        try:
            state = json.loads(manifest.read_text(encoding="utf-8"))
            self._segments = [
                self._open(name, set(removed))
                for name, removed in zip(state["segments"], state["removed"], strict=True)
            ]
            self.generation, self._next = int(state["generation"]), int(state["next"])
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise StoreError(path=self._folder, problem=f"lexical index damaged ({type(error).__name__})") from error
        self._stamp = stamp

    def _open(self, name: str, removed: set[int]) -> _Segment:
        arrays = {part: np.load(self._folder / name / f"{part}.npy", mmap_mode="r") for part in _ARRAYS}
        if len(arrays["starts"]) != len(arrays["terms"]) + 1 or len(arrays["rows"]) != int(arrays["starts"][-1]):
            raise ValueError(name)
        return _Segment(name, removed=removed, **arrays)

    # -------------------------------------------------------------------------------------------------- writing

    def update(self, *, add: Iterable[tuple[int, Features]], remove: Iterable[int], generation: int) -> None:
        """Takes passages out and puts others in, then commits both under `generation` at once.

        `add` gives keys in ascending order, all larger than any key seen before. Raises OSError as the disk does.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for key in remove:
            for segment in self._segments:
                if (row := segment.row_of(key)) is not None:
                    segment.removed.add(row)
        batch = list(add)
        if batch:
            self._segments.append(self._write(_invert(batch)))
        if len(self._segments) > MERGE_ABOVE:
            self._merge()
        self._segments = [segment for segment in self._segments if len(segment.removed) < len(segment.keys)]
        self._commit(generation)

    def clear(self) -> None:
        """Removes the index from the disk."""
        self._segments = []
        shutil.rmtree(self._folder, ignore_errors=True)
        self.reload()

    def _merge(self) -> None:
        small = [segment for segment in self._segments if len(segment.keys) < SEGMENT_ROWS]
        if len(small) > 1:
            kept = [segment for segment in self._segments if len(segment.keys) >= SEGMENT_ROWS]
            self._segments = [*kept, self._write(_join(small))]

    def _write(self, arrays: dict[str, NDArray[np.generic]]) -> _Segment:
        name = f"segment-{self._next:06d}"
        self._next += 1
        target = self._folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for part in _ARRAYS:
            np.save(target / f"{part}.npy", arrays[part])
        return self._open(name, set())

    def _commit(self, generation: int) -> None:
        names = [segment.name for segment in self._segments]
        state = {
            "generation": generation,
            "next": self._next,
            "segments": names,
            "removed": [sorted(segment.removed) for segment in self._segments],
        }
        draft = self._folder / "manifest.json.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / "manifest.json")
        self.generation = generation
        self._stamp = None
        for folder in self._folder.glob("segment-*"):
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)


def _invert(batch: list[tuple[int, Features]]) -> dict[str, NDArray[np.generic]]:
    """The arrays of a segment for passages given by key and features."""
    keys = np.array([key for key, _ in batch], dtype=np.int64)
    lengths = np.array([len(features) for _, features in batch], dtype=np.int32)
    terms = np.concatenate([features for _, features in batch])
    rows = np.repeat(np.arange(len(batch), dtype=np.int32), lengths)
    order = np.argsort(terms, kind="stable")  # rows stay ascending within a term
    terms, rows = terms[order], rows[order]
    if not len(terms):
        return _arrays(terms, rows, np.empty(0, dtype=np.int64), keys, lengths)
    new = np.empty(len(terms), dtype=bool)
    new[0] = True
    np.not_equal(terms[1:], terms[:-1], out=new[1:])
    new[1:] |= rows[1:] != rows[:-1]
    first = np.flatnonzero(new)
    return _arrays(terms[first], rows[first], np.diff(np.append(first, len(terms))), keys, lengths)


def _join(segments: list[_Segment]) -> dict[str, NDArray[np.generic]]:
    """The arrays of one segment that holds the live rows of several, in key order."""
    segments = sorted(segments, key=lambda segment: int(segment.keys[0]))
    terms, rows, counts, keys, lengths = [], [], [], [], []
    offset = 0
    for segment in segments:
        live = np.ones(len(segment.keys), dtype=bool)
        live[list(segment.removed)] = False
        new_rows = (np.cumsum(live) - 1 + offset).astype(np.int32)
        kept = live[segment.rows]
        terms.append(np.repeat(segment.terms, np.diff(segment.starts))[kept])
        rows.append(new_rows[segment.rows[kept]])
        counts.append(segment.counts[kept])
        keys.append(segment.keys[live])
        lengths.append(segment.lengths[live])
        offset += int(live.sum())
    all_terms = np.concatenate(terms)
    order = np.argsort(all_terms, kind="stable")
    return _arrays(
        all_terms[order],
        np.concatenate(rows)[order],
        np.concatenate(counts)[order],
        np.concatenate(keys),
        np.concatenate(lengths),
    )


def _arrays(
    terms: Features, rows: NDArray[np.int32], counts: NDArray[np.generic], keys: Keys, lengths: NDArray[np.int32]
) -> dict[str, NDArray[np.generic]]:
    """A segment from its postings, which are sorted by term and row."""
    distinct, starts = np.unique(terms, return_index=True)
    return {
        "terms": distinct,
        "starts": np.append(starts, len(terms)).astype(np.int64),
        "rows": rows.astype(np.int32),
        "counts": np.minimum(counts, 255).astype(np.uint8),
        "keys": keys,
        "lengths": lengths,
    }
