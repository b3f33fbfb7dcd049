"""The lexical index: BM25 over hashed features, in immutable memory-mapped segments (`retrieval.segments`).

It is derived from the catalogue and can always be made anew. Passages are known by their integer catalogue keys. Adding
writes one more segment; when there are many of about one size, they are joined. Passages taken out count for nothing from
then on, so that scores never depend on how the index came about.

Source: Robertson and Zaragoza 2009, in Lucene's form; k1 and b tuned on train splits (flat within half a point).
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import StoreError
from retrieval.features import Analysis, Features
from retrieval.forms import WIDTH, Forms
from retrieval.segments import END, Arrays, Keys, Segment, arrays_of, checksum, joined, write_segment

Scores = NDArray[np.float32]
Weights = NDArray[np.float64]
Postings = tuple[NDArray[np.int64], NDArray[np.int64]]

MERGE_ABOVE = 8
"""Segments of about one size that are joined into one, so that a question looks into few."""
SEGMENT_ROWS = 131_072
"""Rows from which a segment is left as it is when others are joined: joining takes about 3 kB of memory a row."""
COMMON = 0.3
"""Terms in more than this share of the passages are skipped in large collections: they cost most and rank least."""
COMMON_FROM = 5_000
"""Passages from which `COMMON` applies."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of some passages, as stems."""

    stems: Features
    """The hashes of the stems that occur, in no order; some may be there twice. Shape (v,)."""
    forms: Forms
    """Shape (v, 10)."""
    places: NDArray[np.int32]
    """Which stem stands where, passage by passage, the title first; `END` closes a sentence. Shape (s,)."""
    begins: NDArray[np.int64]
    """Where each passage begins in `places`. Shape (passages,)."""


class LexicalIndex:
    """A folder of segments and a manifest that is written last. One writer, any number of readers."""

    def __init__(self, folder: Path) -> None:
        """The index in `folder`, empty until `reload` reads it."""
        self._folder = folder
        self._segments: list[Segment] = []
        self._sums: dict[str, int] = {}
        """CRC-32 of the files of each segment."""
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
        return sum(segment.passages for segment in self._segments)

    def search(self, query: Features, k: int, weights: Weights | None = None) -> tuple[Keys, Scores]:
        """The best `k` passages with a positive score, best first, ties by key; both arrays have shape (≤ k,).

        `weights` says how much each feature of the query counts, shape (n,); without, each counts once.
        """
        segments = self._segments  # another thread may put others in their place
        total = sum(segment.passages for segment in segments)
        terms, number = np.unique(query, return_inverse=True)
        if not total or not len(terms) or k < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        postings = [segment.postings(terms) for segment in segments]
        frequencies = _frequencies(segments, postings, len(terms))
        rarity = _rarity(frequencies, total)
        if total >= COMMON_FROM and (rare := (frequencies > 0) & (frequencies <= COMMON * total)).any():
            rarity = np.where(rare, rarity, 0.0)
        of_terms = rarity * np.bincount(number, weights=weights, minlength=len(terms))
        mean_length = sum(segment.total_length for segment in segments) / total or 1.0
        found = [_score(segment, at, of_terms, mean_length, k) for segment, at in zip(segments, postings, strict=True)]
        keys = np.concatenate([keys for keys, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        order = np.lexsort((keys, -scores))[:k]
        return keys[order], scores[order]

    def rarity(self, features: Features) -> Weights:
        """The inverse document frequency of each feature, above 0; largest for one that no passage has."""
        segments = self._segments
        postings = [segment.postings(features) for segment in segments]
        frequencies = _frequencies(segments, postings, len(features))
        return _rarity(frequencies, sum(segment.passages for segment in segments))

    def sentences(self, keys: Keys) -> Sentences:
        """The sentences of passages, in the order of their keys. A passage that is gone has an empty title and no more."""
        places = [np.array([END], dtype=np.int32)] * len(keys)
        stems, forms, shift = [np.empty(0, np.uint64)], [np.empty((0, WIDTH), np.uint64)], 0
        for segment in self._segments:
            rows = segment.rows_of(keys)
            at = np.flatnonzero(rows >= 0)
            used, renamed = segment.sentences(rows[at])
            for place, numbers in zip(at, renamed, strict=True):
                places[place] = np.where(numbers == END, END, numbers + shift)
            stems.append(segment.stems[used])
            forms.append(segment.forms[used])
            shift += len(used)
        begins = np.cumsum([0, *(len(numbers) for numbers in places)])[:-1]
        all_places = np.concatenate(places) if places else np.empty(0, np.int32)
        return Sentences(np.concatenate(stems), np.concatenate(forms), all_places, begins)

    def damaged(self) -> list[str]:
        """The names of the segments whose files are not as they were written. Reads all of them. Raises OSError."""
        return [name for name, sum_ in self._sums.items() if checksum(self._folder / name) != sum_]

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
            self._segments, self._sums, self.generation, self._stamp, self._next = [], {}, -1, None, 1
            return None
        return stat.st_mtime_ns, stat.st_ino

    def _read_manifest(self) -> None:
        state = json.loads((self._folder / "manifest.json").read_text(encoding="utf-8"))
        self._segments = [
            Segment.opened(self._folder / name, removed)
            for name, removed in zip(state["segments"], state["removed"], strict=True)
        ]
        names = state["segments"]  # without sums: written before there were any
        sums = state.get("sums") or [checksum(self._folder / name) for name in names]
        self._sums = dict(zip(names, sums, strict=True))
        self.generation, self._next = int(state["generation"]), int(state["next"])

    # -------------------------------------------------------------------------------------------------- writing

    def update(self, *, add: Iterable[tuple[int, Analysis]], remove: Iterable[int], generation: int) -> None:
        """Takes passages out and puts others in, then commits both under `generation` at once.

        `add` gives keys in ascending order. A thread that reads meanwhile sees the index as before or after, and nothing
        between. Raises OSError as the disk does.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        gone, batch = list(remove), list(add)
        left = [segment.without(gone) for segment in self._segments] if gone else self._segments
        segments = [segment for segment in left if segment.passages]
        if batch:
            segments = [*segments, self._write(arrays_of(batch))]
        self._commit(self._merged(segments), generation)

    def add(self, parts: Sequence[Arrays], *, generation: int) -> None:
        """Puts in passages whose arrays are made, as one segment. Raises OSError as the disk does."""
        self._folder.mkdir(parents=True, exist_ok=True)
        segment = self._write(parts[0] if len(parts) == 1 else joined([Segment("", part) for part in parts]))
        self._commit(self._merged([*self._segments, segment]), generation)

    def _merged(self, segments: list[Segment]) -> list[Segment]:
        while len(alike := _of_one_size(segments)) > MERGE_ABOVE:
            merged = self._write(joined(alike))
            segments = [*(segment for segment in segments if segment not in alike), merged]
        return segments

    def clear(self) -> None:
        """Removes the index from the disk, damaged or not. Raises OSError as the disk does."""
        if self._folder.is_dir():
            with suppress(OSError):  # first, so that a reader finds either the whole index or none
                (self._folder / "manifest.json").unlink()
            shutil.rmtree(self._folder)
        else:
            self._folder.unlink(missing_ok=True)
        self.reload()

    def _write(self, arrays: Arrays) -> Segment:
        name = f"segment-{self._next:06d}"
        self._next += 1
        segment = write_segment(self._folder / name, arrays)
        self._sums[name] = checksum(self._folder / name)
        return segment

    def _commit(self, segments: list[Segment], generation: int) -> None:
        names = [segment.name for segment in segments]
        removed = [np.flatnonzero(~segment.live).tolist() for segment in segments]
        sums = [self._sums[name] for name in names]
        state = {"generation": generation, "next": self._next, "segments": names, "removed": removed, "sums": sums}
        draft = self._folder / "manifest.json.new"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / "manifest.json")
        self._segments, self.generation = segments, generation
        self._sums = dict(zip(names, sums, strict=True))
        self._stamp = None
        for folder in self._folder.glob("segment-*"):
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)


def _of_one_size(segments: Sequence[Segment]) -> list[Segment]:
    """The most segments whose live rows lie between the same two powers of `MERGE_ABOVE`; none that is large enough."""
    by_size: defaultdict[int, list[Segment]] = defaultdict(list)
    for segment in segments:
        if segment.passages < SEGMENT_ROWS:
            by_size[int(math.log(max(segment.passages, 1), MERGE_ABOVE) + 1e-9)].append(segment)
    return max(by_size.values(), key=len, default=[])


def _frequencies(segments: Sequence[Segment], postings: Sequence[Postings], count: int) -> NDArray[np.int64]:
    """How many live passages hold each of `count` terms. Shape (terms,)."""
    frequencies = np.zeros(count, dtype=np.int64)
    for segment, at in zip(segments, postings, strict=True):
        frequencies += _live_counts(segment, *at)
    return frequencies


def _live_counts(segment: Segment, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    if segment.passages == len(segment.keys):
        return ends - begins
    pairs = zip(begins, ends, strict=True)
    return np.array([segment.live[segment.rows[begin:end]].sum() for begin, end in pairs], dtype=np.int64)


def _rarity(frequencies: NDArray[np.int64], total: int) -> Weights:
    return np.asarray(np.log1p((total - frequencies + 0.5) / (frequencies + 0.5)))


def _score(segment: Segment, postings: Postings, weights: Weights, mean_length: float, k: int) -> tuple[Keys, Scores]:
    """The best `k` live rows of one segment and all that tie with the last, unordered, as keys and scores."""
    scores = np.zeros(len(segment.keys), dtype=np.float32)
    saturation = segment.saturation(mean_length)
    for begin, end, weight in zip(*postings, weights, strict=True):
        if begin == end or weight == 0.0:
            continue
        rows = segment.rows[begin:end]
        counts = segment.counts[begin:end].astype(np.float32)
        scores[rows] += np.float32(weight) * counts / (counts + saturation[rows])
    scores[~segment.live] = 0.0
    last = np.partition(scores, len(scores) - k)[len(scores) - k] if k < len(scores) else 0.0
    best = np.flatnonzero((scores >= last) & (scores > 0))
    return segment.keys[best], scores[best]
