"""The lexical index: BM25 over hashed features, in immutable memory-mapped segments.

It is derived from the catalogue and can always be made anew. Passages are known by their integer catalogue keys. Adding
writes one more segment; small segments are merged now and then. Passages taken out count for nothing from then on, so
that scores never depend on how the index came about. A segment is six arrays:

    terms   uint64 (t,)   distinct features, sorted        starts  int64 (t+1,)  where the postings of each term begin
    rows    int32  (p,)   row of each posting's passage    counts  uint8 (p,)    how often the term occurs there
    keys    int64  (n,)   catalogue key of each row        lengths int32 (n,)    features of each row

Source: Robertson and Zaragoza 2009, in Lucene's form; k1 and b tuned on train splits (flat within half a point).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import StoreError
from retrieval.features import Features

Keys = NDArray[np.int64]
Scores = NDArray[np.float32]
_Places = tuple[NDArray[np.int64], NDArray[np.int64]]

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

_TYPES = {
    "terms": np.uint64, "starts": np.int64, "rows": np.int32, "counts": np.uint8, "keys": np.int64, "lengths": np.int32,
}  # fmt: skip


@dataclass(slots=True)
class _Segment:
    name: str
    terms: Features
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]
    keys: Keys
    lengths: NDArray[np.int32]
    live: NDArray[np.bool_]
    """Whether each row still counts."""


class LexicalIndex:
    """A folder of segments and a manifest that is written last. One writer, any number of readers."""

    def __init__(self, folder: Path) -> None:
        """The index in `folder`, empty until `reload` reads it."""
        self._folder = folder
        self._segments: list[_Segment] = []
        self._next = 1
        self.generation = -1
        self._stamp: tuple[int, int] | None = None

    # -------------------------------------------------------------------------------------------------- reading

    @property
    def keys(self) -> Keys:
        """The catalogue keys of all passages in the index, sorted."""
        live = [segment.keys[segment.live] for segment in self._segments]
        return np.sort(np.concatenate(live)) if live else np.empty(0, dtype=np.int64)

    @property
    def passage_count(self) -> int:
        return sum(int(segment.live.sum()) for segment in self._segments)

    def search(self, query: Features, k: int) -> tuple[Keys, Scores]:
        """The best `k` passages with a positive score, best first, ties by key; both arrays have shape (≤ k,)."""
        segments = self._segments  # another thread may put others in their place
        total = sum(int(segment.live.sum()) for segment in segments)
        terms, repeats = np.unique(query, return_counts=True)
        if not total or not len(terms) or k < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        places = [self._places(segment, terms) for segment in segments]
        frequencies = np.sum([_live_counts(segment, at) for segment, at in zip(segments, places, strict=True)], axis=0)
        weights = np.log1p((total - frequencies + 0.5) / (frequencies + 0.5)) * repeats
        if total >= COMMON_FROM:
            rare = frequencies <= COMMON * total
            if rare.any():
                weights = np.where(rare, weights, 0.0)
        mean_length = sum(int(segment.lengths[segment.live].sum()) for segment in segments) / total or 1.0
        found = [
            self._score(segment, at, weights, mean_length, k) for segment, at in zip(segments, places, strict=True)
        ]
        keys = np.concatenate([keys for keys, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        order = np.lexsort((keys, -scores))[:k]
        return keys[order], scores[order]

    @staticmethod
    def _places(segment: _Segment, terms: Features) -> _Places:
        """Where the postings of each term begin and end in a segment; both 0 where it has none. Shape (terms,)."""
        if not len(segment.terms):
            return np.zeros(len(terms), dtype=np.int64), np.zeros(len(terms), dtype=np.int64)
        at = np.searchsorted(segment.terms, terms)
        at_or_first = np.where(at < len(segment.terms), at, 0)
        known = segment.terms[at_or_first] == terms
        return np.where(known, segment.starts[at_or_first], 0), np.where(known, segment.starts[at_or_first + 1], 0)

    @staticmethod
    def _score(
        segment: _Segment, places: _Places, weights: NDArray[np.float64], mean_length: float, k: int
    ) -> tuple[Keys, Scores]:
        """The best `k` live rows of one segment and all that tie with the last, unordered, as keys and scores."""
        scores = np.zeros(len(segment.keys), dtype=np.float32)
        saturation = (K1 * (1 - B + B * segment.lengths / mean_length)).astype(np.float32)
        for begin, end, weight in zip(*places, weights, strict=True):
            if begin == end or weight == 0.0:
                continue
            rows = segment.rows[begin:end]
            counts = segment.counts[begin:end].astype(np.float32)
            scores[rows] += np.float32(weight) * counts / (counts + saturation[rows])
        scores[~segment.live] = 0.0
        last = np.partition(scores, len(scores) - k)[len(scores) - k] if k < len(scores) else 0.0
        best = np.flatnonzero((scores >= last) & (scores > 0))
        return segment.keys[best], scores[best]

    def reload(self) -> None:
        """Takes over what another process wrote. Cheap when nothing changed. Raises `StoreError` on a damaged file."""
        try:
            while (stamp := self._stamp_on_disk()) != self._stamp:
                try:
                    self._read_manifest()
                    self._stamp = stamp
                except FileNotFoundError:
                    if self._stamp_on_disk() == stamp:  # else the writer has just put other segments in their place
                        raise
        except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError) as error:
            problem = f"lexical index damaged ({type(error).__name__})"
            raise StoreError(path=self._folder, problem=problem) from error

    def _stamp_on_disk(self) -> tuple[int, int] | None:
        try:
            stat = (self._folder / "manifest.json").stat()
        except FileNotFoundError:
            self._segments, self.generation, self._stamp, self._next = [], -1, None, 1
            return None
        return stat.st_mtime_ns, stat.st_ino

    def _read_manifest(self) -> None:
        state = json.loads((self._folder / "manifest.json").read_text(encoding="utf-8"))
        self._segments = [
            self._open(name, removed) for name, removed in zip(state["segments"], state["removed"], strict=True)
        ]
        self.generation, self._next = int(state["generation"]), int(state["next"])

    def _open(self, name: str, removed: Sequence[int]) -> _Segment:
        parts = {part: np.load(self._folder / name / f"{part}.npy", mmap_mode="r") for part in _TYPES}
        postings, passages = len(parts["rows"]), len(parts["keys"])
        if (
            any(parts[part].dtype != kind or parts[part].ndim != 1 for part, kind in _TYPES.items())
            or len(parts["starts"]) != len(parts["terms"]) + 1
            or (postings, postings, passages) != (parts["starts"][-1], len(parts["counts"]), len(parts["lengths"]))
        ):
            raise ValueError(name)
        live = np.ones(passages, dtype=np.bool_)
        live[np.array(removed, dtype=np.int64)] = False
        return _Segment(name, live=live, **parts)

    # -------------------------------------------------------------------------------------------------- writing

    def update(self, *, add: Iterable[tuple[int, Features]], remove: Iterable[int], generation: int) -> None:
        """Takes passages out and puts others in, then commits both under `generation` at once.

        `add` gives keys in ascending order, all larger than any key seen before. Raises OSError as the disk does.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        gone = list(remove)
        for segment in self._segments:
            segment.live[np.isin(segment.keys, gone)] = False
        batch = list(add)
        if batch:
            self._segments = [*self._segments, self._write(_invert(batch))]
        if len(self._segments) > MERGE_ABOVE:
            self._merge()
        self._segments = [segment for segment in self._segments if segment.live.any()]
        self._commit(generation)

    def clear(self) -> None:
        """Removes the index from the disk, damaged or not. Raises OSError as the disk does."""
        if self._folder.is_dir():
            shutil.rmtree(self._folder)
        else:
            self._folder.unlink(missing_ok=True)
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
        for part in _TYPES:
            np.save(target / f"{part}.npy", arrays[part])
        return self._open(name, ())

    def _commit(self, generation: int) -> None:
        names = [segment.name for segment in self._segments]
        removed = [np.flatnonzero(~segment.live).tolist() for segment in self._segments]
        state = {"generation": generation, "next": self._next, "segments": names, "removed": removed}
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


def _live_counts(segment: _Segment, places: _Places) -> NDArray[np.int64]:
    """How many live rows hold each term. Shape (terms,)."""
    if segment.live.all():
        return places[1] - places[0]
    return np.array([segment.live[segment.rows[begin:end]].sum() for begin, end in zip(*places, strict=True)])


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
        new_rows = (np.cumsum(segment.live) - 1 + offset).astype(np.int32)
        kept = segment.live[segment.rows]
        terms.append(np.repeat(segment.terms, np.diff(segment.starts))[kept])
        rows.append(new_rows[segment.rows[kept]])
        counts.append(segment.counts[kept])
        keys.append(segment.keys[segment.live])
        lengths.append(segment.lengths[segment.live])
        offset += int(segment.live.sum())
    all_terms, all_rows, all_counts = np.concatenate(terms), np.concatenate(rows), np.concatenate(counts)
    order = np.argsort(all_terms, kind="stable")
    return _arrays(all_terms[order], all_rows[order], all_counts[order], np.concatenate(keys), np.concatenate(lengths))


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
