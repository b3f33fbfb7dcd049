"""What passages come to before they are written: their part of the lexical index and, if wanted, their bundled vectors.

It is the larger part of an ingest and needs no file, so beside a large one it is done by other processes (Chroma's own
core keeps the interpreter to itself while it inserts, so that a thread would have to wait).
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from retrieval.features import ANALYZER
from retrieval.hashing import BundledEmbedder
from retrieval.segments import Arrays, arrays_of
from retrieval.times import as_number, mentions

Told = Sequence[tuple[str, str, date | None]]
"""The title, the text and the day of publication of some passages."""
Spoken = list[tuple[int, int]]
"""The days a passage speaks of, each from and to as YYYYMMDD."""

WORTH = 1_000
"""Passages from which the first batch is given to another process: it takes .4 s to start, and they take .3 s."""
PROCESSES = 3
"""At most: four cores analyse as fast as one thread of Chroma inserts."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What some passages come to."""

    arrays: Arrays
    """Those of a segment, without the keys."""
    vectors: NDArray[np.float32] | None
    """Shape (passages, 256), or None if not wanted."""
    spoken: list[Spoken]
    """Of each passage."""


def prepare(passages: Told, *, with_vectors: bool) -> Prepared:
    """Analyses passages, at least one, in this process."""
    analysed = [ANALYZER.analyse(title, text) for title, text, _ in passages]
    arrays = {name: array for name, array in arrays_of(list(enumerate(analysed))).items() if name != "keys"}
    vectors = BundledEmbedder().embed_analysed([analysis.features for analysis in analysed]) if with_vectors else None
    return Prepared(arrays, vectors, [_spoken(text, published) for _, text, published in passages])


def _spoken(text: str, published: date | None) -> Spoken:
    return sorted({(as_number(found.first), as_number(found.last)) for found in mentions(text, published)})


class Preparation:
    """Prepares batches side by side, to be used in a `with`; without a second core, or for little, in this process."""

    def __init__(self, *, with_vectors: bool) -> None:
        """Starts nothing."""
        self._with_vectors = with_vectors
        self._others = [_Process(with_vectors) for _ in range(min((os.cpu_count() or 1) - 1, PROCESSES))]
        self._begun = 0

    @property
    def ahead(self) -> int:
        """Batches that may be under way at once, so that no process waits for its next."""
        return len(self._others) + 1

    def begin(self, passages: Told) -> Callable[[], Prepared]:
        """Begins with a batch. What is returned waits for the outcome; it is called in the order of the batches."""
        if self._others and (self._begun or len(passages) >= WORTH):
            process = self._others[self._begun % len(self._others)]
            self._begun += 1
            with suppress(OSError):  # it cannot be started, or was ended from outside
                process.send(passages)
                return lambda: process.answer() or prepare(passages, with_vectors=self._with_vectors)
        prepared = prepare(passages, with_vectors=self._with_vectors)
        return lambda: prepared

    def __enter__(self) -> Preparation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._others:
            process.end()


class _Process:
    """Another interpreter that prepares what it is sent, in order; it ends by itself when this process does.

    Batches go through files, and only their names through pipes: so neither side waits for the other to read.
    """

    def __init__(self, with_vectors: bool) -> None:
        self._with_vectors = with_vectors
        self._running: subprocess.Popen[str] | None = None
        self._folder = Path()
        self._sent = 0

    def send(self, passages: Told) -> None:
        if self._running is None:
            self._folder = Path(tempfile.mkdtemp(prefix="dalil-"))
            code = f"import sys; sys.path[:] = {sys.path!r}; from retrieval.preparing import serve; serve()"
            pipe, null = subprocess.PIPE, subprocess.DEVNULL
            self._running = subprocess.Popen(
                [sys.executable, "-c", code], cwd=self._folder, stdin=pipe, stdout=pipe, stderr=null, text=True
            )
        self._sent += 1
        path = self._folder / str(self._sent)
        path.write_bytes(pickle.dumps((passages, self._with_vectors), protocol=5))
        assert self._running.stdin
        self._running.stdin.write(f"{path}\n")
        self._running.stdin.flush()

    def answer(self) -> Prepared | None:
        """What the batch sent first of those not answered comes to; None where the process has ended."""
        assert self._running and self._running.stdout
        path = Path(self._running.stdout.readline().strip())
        try:
            with path.open("rb") as file:
                prepared = pickle.load(file)
            path.unlink()
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        assert isinstance(prepared, Prepared)
        return prepared

    def end(self) -> None:
        if self._running is not None:
            with suppress(OSError), self._running:  # closes the pipes, at which it ends, and waits for it
                pass
            shutil.rmtree(self._folder, ignore_errors=True)


def serve() -> None:
    """Prepares the batches named on standard input until it ends: what the other processes do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of them, and this one ends with its parent
    try:
        for line in sys.stdin:
            path = Path(line.rstrip("\n"))
            passages, with_vectors = pickle.loads(path.read_bytes())
            path.write_bytes(pickle.dumps(prepare(passages, with_vectors=with_vectors), protocol=5))
            sys.stdout.write(line)
            sys.stdout.flush()
    finally:
        shutil.rmtree(Path.cwd(), ignore_errors=True)  # its parent may have been ended before it could
