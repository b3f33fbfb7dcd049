"""The segments of the lexical index: immutable, memory-mapped arrays of some passages, made from analyses or by joining.

terms   uint64 (t,)    distinct features, sorted       starts   int64 (t+1,)  where the postings of each term begin
rows    int32  (p,)    row of each posting's passage   counts   uint8 (p,)    how often the term occurs there
keys    int64  (n,)    catalogue key of each row, asc. lengths  int32 (n,)    features of each row
stems   uint64 (v,)    distinct stems, sorted          forms    uint64 (v, 10) their forms (`retrieval.forms`)
places  int32  (s,)    the stems of each passage, by number, sentence by sentence; -1 ends a sentence, the title is the first
begins  int64  (n+1,)  where the places of each row begin
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.features import Analysis, Features, feature_hash
from retrieval.forms import WIDTH, Forms, forms_of

Keys = NDArray[np.int64]
Arrays = Mapping[str, NDArray[Any]]

TYPES = {
    "terms": np.uint64, "starts": np.int64, "rows": np.int32, "counts": np.uint8, "keys": np.int64, "lengths": np.int32,
    "stems": np.uint64, "forms": np.uint64, "places": np.int32, "begins": np.int64,
}  # fmt: skip
END = -1

K1 = 0.9
B = 0.75


class Segment:
    """The arrays of some passages, in a folder or in memory. Rows taken out stay in the files and count for nothing."""

    def __init__(self, name: str, parts: Arrays, removed: Sequence[int] = ()) -> None:
        """Raises ValueError on arrays that do not fit each other."""
        _check(name, parts)
        self.name = name
        self.terms: Features = parts["terms"]
        self.starts: NDArray[np.int64] = parts["starts"]
        self.rows: NDArray[np.int32] = parts["rows"]
        self.counts: NDArray[np.uint8] = parts["counts"]
        self.keys: Keys = parts["keys"]
        self.lengths: NDArray[np.int32] = parts["lengths"]
        self.stems: Features = parts["stems"]
        self.forms: Forms = parts["forms"]
        self.places: NDArray[np.int32] = parts["places"]
        self.begins: NDArray[np.int64] = parts["begins"]
        self.live = np.ones(len(self.keys), dtype=np.bool_)
        """Whether each row still counts."""
        self.live[np.array(removed, dtype=np.int64)] = False
        self._count()
        self._saturation = 0.0, np.empty(0, dtype=np.float32)

    @classmethod
    def opened(cls, folder: Path, removed: Sequence[int] = ()) -> Segment:
        """What was written to a folder, memory-mapped. Raises OSError or ValueError on missing or damaged files."""
        return cls(folder.name, {part: np.load(folder / f"{part}.npy", mmap_mode="r") for part in TYPES}, removed)

    def without(self, keys: Sequence[int]) -> Segment:
        """This segment with rows taken out by key; unknown keys are passed over. Readers of this one notice nothing."""
        other = copy.copy(self)
        other.live = self.live & ~np.isin(self.keys, keys)
        other._count()
        return other

    def _count(self) -> None:
        self.passages = int(self.live.sum())
        self.total_length = int(self.lengths[self.live].sum())

    def rows_of(self, keys: Keys) -> NDArray[np.int64]:
        """The row of each key, -1 where the segment does not have it or it was taken out. Shape (keys,)."""
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((self.keys[at] == keys) & self.live[at], at, -1)

    def sentences(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        """The numbers of the stems that some rows have, and the places of each row, renamed to positions among them."""
        places = [self.places[self.begins[row] : self.begins[row + 1]] for row in rows]
        if not places:
            return np.empty(0, np.int64), []
        used, renamed = np.unique(np.concatenate(places), return_inverse=True)
        shift = int(used[0] == END)
        return used[shift:].astype(np.int64), np.split(renamed - shift, np.cumsum([len(some) for some in places])[:-1])

    def saturation(self, mean_length: float) -> NDArray[np.float32]:
        """What BM25 adds to the count of a term in each row; kept, for it is the same for every question."""
        kept_for, saturation = self._saturation
        if kept_for != mean_length:
            saturation = (K1 * (1 - B + B * self.lengths / mean_length)).astype(np.float32)
            self._saturation = mean_length, saturation
        return saturation

    def postings(self, terms: Features) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the postings of each term begin and end; both 0 where it has none. Shapes (terms,)."""
        if not len(self.terms):
            return np.zeros(len(terms), dtype=np.int64), np.zeros(len(terms), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        known = self.terms[at] == terms
        return np.where(known, self.starts[at], 0), np.where(known, self.starts[at + 1], 0)


def _check(name: str, parts: Arrays) -> None:
    postings, passages, stems = len(parts["rows"]), len(parts["keys"]), len(parts["stems"])
    if (
        any(
            parts[part].dtype != kind or parts[part].ndim != (2 if part == "forms" else 1)
            for part, kind in TYPES.items()
        )
        or (len(parts["starts"]), len(parts["begins"])) != (len(parts["terms"]) + 1, passages + 1)
        or (postings, postings, passages) != (parts["starts"][-1], len(parts["counts"]), len(parts["lengths"]))
        or (len(parts["places"]), parts["forms"].shape) != (parts["begins"][-1], (stems, WIDTH))
    ):
        raise ValueError(name)


def write_segment(folder: Path, arrays: Arrays) -> Segment:
    """Writes a segment and opens it. Raises OSError as the disk does, ValueError on keys that do not ascend."""
    if (np.diff(arrays["keys"]) <= 0).any():
        raise ValueError("the keys of a segment ascend, for rows are looked up by them")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for part, kind in TYPES.items():
        np.save(folder / f"{part}.npy", arrays[part].astype(kind, copy=False))
    return Segment.opened(folder)


# ------------------------------------------------------------------------------------------------------ from analyses


def arrays_of(batch: Sequence[tuple[int, Analysis]]) -> Arrays:
    """The arrays of a segment for passages given by ascending key."""
    arrays: Arrays = {
        "keys": np.array([key for key, _ in batch], dtype=np.int64),
        "lengths": np.array([len(analysis.features) for _, analysis in batch], dtype=np.int32),
        **_inverted([analysis.features for _, analysis in batch]),
        **_sentences([analysis for _, analysis in batch]),
    }
    return {part: arrays[part].astype(kind, copy=False) for part, kind in TYPES.items()}


def _inverted(features: Sequence[Features]) -> Arrays:
    """Postings, sorted by term and row."""
    rows = np.repeat(np.arange(len(features), dtype=np.uint64), [len(some) for some in features])
    terms, rows = _sorted_by_both(np.concatenate(features), rows)
    new = np.ones(len(terms), dtype=bool)
    new[1:] = (terms[1:] != terms[:-1]) | (rows[1:] != rows[:-1])
    first = np.flatnonzero(new)
    counts = np.diff(first, append=len(terms))
    terms = terms[first]
    starts = np.flatnonzero(np.append(True, terms[1:] != terms[:-1])) if len(terms) else np.empty(0, np.int64)
    return {
        "terms": terms[starts],
        "starts": np.append(starts, len(first)),
        "rows": rows[first],
        "counts": np.minimum(counts, 255),
    }


def _sorted_by_both(terms: Features, rows: Features) -> tuple[Features, Features]:
    """Terms and their rows, ascending by term, then by row. `rows` ascend.

    Each pair is sorted as one number, which is ten times as fast as sorting by terms: the upper bits of the term, which
    tell the terms of a few thousand passages apart, and the row in place of the others.
    """
    bits = np.uint64(max(int(rows[-1]).bit_length(), 1) if len(rows) else 1)
    distinct = np.sort(terms)
    distinct = distinct[np.append(True, distinct[1:] != distinct[:-1])] if len(terms) else distinct
    upper = distinct >> bits
    if (upper[1:] == upper[:-1]).any():
        order = np.argsort(terms, kind="stable")  # rows stay ascending within a term
        return terms[order], rows[order]
    pairs = np.sort((terms >> bits << bits) | rows)
    heads = pairs >> bits
    new = np.append(True, heads[1:] != heads[:-1]) if len(heads) else np.empty(0, bool)
    return np.repeat(distinct, np.diff(np.flatnonzero(new), append=len(heads))), pairs & (
        (np.uint64(1) << bits) - np.uint64(1)
    )


class _Numbers(dict[str, int]):
    """Stems, numbered as they come."""

    def __missing__(self, stem: str) -> int:
        self[stem] = number = len(self)
        return number


def _sentences(batch: Sequence[Analysis]) -> Arrays:
    numbers = _Numbers()
    places: list[int] = []
    begins = [0]
    for analysis in batch:
        for sentence in analysis.sentences:
            places += map(numbers.__getitem__, sentence)
            places.append(END)
        begins.append(len(places))
    hashes = np.array([feature_hash(f"={stem}") for stem in numbers], dtype=np.uint64)
    order = np.argsort(hashes)
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order] = np.arange(len(order))
    rank[END] = END
    return {
        "stems": hashes[order],
        "forms": forms_of(list(numbers))[order],
        "places": rank[np.array(places, dtype=np.int64)],
        "begins": np.array(begins),
    }


# ------------------------------------------------------------------------------------------------------ from segments


def joined(segments: Sequence[Segment]) -> Arrays:
    """The arrays of one segment with the live rows of several, in key order. Takes memory for the result and one more."""
    keys = np.concatenate([segment.keys[segment.live] for segment in segments])
    order = np.argsort(keys, kind="stable")
    row_of = np.empty(len(keys), dtype=np.int32)
    row_of[order] = np.arange(len(keys))
    rows = np.split(row_of, np.cumsum([segment.passages for segment in segments])[:-1])
    return {
        "keys": keys[order],
        "lengths": np.concatenate([segment.lengths[segment.live] for segment in segments])[order],
        **_joined_postings(segments, rows),
        **_joined_sentences(segments, rows),
    }


def _joined_postings(segments: Sequence[Segment], rows: Sequence[NDArray[np.int32]]) -> Arrays:
    """Each segment's postings of a term go behind those of the segment before, with their new rows."""
    terms = np.unique(np.concatenate([segment.terms for segment in segments]))
    kept = [_live_postings(segment) for segment in segments]
    numbers = [np.searchsorted(terms, segment.terms) for segment in segments]
    sizes = np.zeros(len(terms), dtype=np.int64)
    for number, (counts, _) in zip(numbers, kept, strict=True):
        sizes[number] += counts
    ends = np.cumsum(sizes)
    rows_, counts_ = np.empty(ends[-1] if len(ends) else 0, np.int32), np.empty(ends[-1] if len(ends) else 0, np.uint8)
    free = ends - sizes
    for segment, of_live, number, (counts, postings) in zip(segments, rows, numbers, kept, strict=True):
        target = _runs(free[number], counts)
        new_rows = np.empty(len(segment.live), dtype=np.int32)
        new_rows[segment.live] = of_live
        rows_[target] = new_rows[segment.rows[postings]]
        counts_[target] = segment.counts[postings]
        free[number] += counts
    used = sizes > 0
    return {"terms": terms[used], "starts": np.append(0, ends[used]), "rows": rows_, "counts": counts_}


def _live_postings(segment: Segment) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many live postings each term has, shape (terms,), and which they are, in order."""
    live = segment.live[segment.rows]
    before = np.append(0, np.cumsum(live))
    return before[segment.starts[1:]] - before[segment.starts[:-1]], np.flatnonzero(live)


def _joined_sentences(segments: Sequence[Segment], rows: Sequence[NDArray[np.int32]]) -> Arrays:
    stems, first, numbers = np.unique(
        np.concatenate([segment.stems for segment in segments]), return_index=True, return_inverse=True
    )
    sizes = np.zeros(sum(map(len, rows)), dtype=np.int64)
    for segment, of_live in zip(segments, rows, strict=True):
        sizes[of_live] = np.diff(segment.begins)[segment.live]
    begins = np.append(0, np.cumsum(sizes))
    places, at = np.empty(begins[-1], dtype=np.int32), 0
    for segment, of_live in zip(segments, rows, strict=True):
        renamed = np.append(numbers[at : at + len(segment.stems)], END).astype(np.int32)
        at += len(segment.stems)
        kept = segment.places[np.repeat(segment.live, np.diff(segment.begins))]
        places[_runs(begins[of_live], sizes[of_live])] = renamed[kept]
    return {
        "stems": stems,
        "forms": np.concatenate([segment.forms for segment in segments])[first],
        "places": places,
        "begins": begins,
    }


def _runs(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions of runs one after another: `sizes[i]` of them from `starts[i]` on."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(sizes.sum())
