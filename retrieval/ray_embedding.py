"""Texts to vectors on many machines: Ray Data hands batches to workers, each of which loads the embedding model once.

Only the vectors come back: one process writes, as ever. Ray is an extra (`pip install 'dalil[ray]'`), imported when asked for.
Each machine of a cluster needs Dalil installed and the model under the name that is asked for.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import BATCH_SIZE, open_embedder
from retrieval.errors import DalilError, EngineFailed, EngineMissing

if TYPE_CHECKING:
    from ray.data import Dataset

Batches = Iterator[tuple[list[str], NDArray[np.float32]]]
"""Some texts, and their vectors of shape (texts, dimension)."""

BLOCK = 1_024
"""Texts handed to a worker at once: what is lost and done again when a machine fails."""
_KNOCK_SECONDS = 5.0
_NO_REPORTS = "RAY_USAGE_STATS_ENABLED"
"""Read by Ray's own processes, which are to tell nobody about themselves."""


class RayEngine:
    """Embeds on the cluster at `address`, or with processes of this machine."""

    def __init__(
        self, model: str, *, ollama_host: str | None, address: str | None = None, cpus: int | None = None
    ) -> None:
        """Raises `EngineMissing`. `cpus`: workers on this machine; without it, one a core."""
        try:
            import ray.data  # noqa: F401
        except ImportError as error:
            raise EngineMissing from error
        self._open = _Open(model, ollama_host)
        self._address = address
        self._cpus = cpus

    def embed(self, texts: Iterable[str]) -> Batches:
        """The vectors of the texts, in any order. Raises `EmbedderError` kinds and `EngineFailed`."""
        remaining = iter(texts)
        first = list(islice(remaining, BLOCK))
        if not first:
            return  # not even Ray is started
        with self._running() as workers:
            try:
                yield from self._batches(_dataset(first, remaining), workers)
            except DalilError:
                raise
            except Exception as error:  # Ray raises whatever a worker raised, wrapped in its own kinds
                raise _cause(error) or EngineFailed(problem=_first_line(error)) from error

    def _batches(self, dataset: Dataset, workers: int) -> Batches:
        from ray.data import ActorPoolStrategy

        pool = ActorPoolStrategy(min_size=1, max_size=workers)
        made = dataset.map_batches(
            Worker, fn_constructor_args=(self._open,), batch_size=BLOCK, num_cpus=1, compute=pool
        )
        for batch in made.iter_batches(batch_size=None, batch_format="numpy"):
            yield [str(text) for text in batch["text"]], np.asarray(batch["vector"], dtype=np.float32)

    @contextmanager
    def _running(self) -> Iterator[int]:
        """A connection to Ray, and how many workers it has room for."""
        import ray

        own = not ray.is_initialized()
        if own:
            os.environ[_NO_REPORTS] = "0"
            options: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
            if self._address is None:
                options |= {"num_cpus": self._cpus, "include_dashboard": False}
            try:
                _knock(self._address)
                ray.init(self._address or "local", **options)
            except (ConnectionError, OSError, RuntimeError, ValueError) as error:
                raise EngineFailed(problem=_first_line(error)) from error
        log = logging.getLogger("ray.data")
        level = log.level
        try:
            log.setLevel(
                logging.ERROR
            )  # it tells of every step on standard error; its files under /tmp/ray have it too
            _without_progress()
            resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
            yield max(1, int(resources.get("CPU", 1)))
        finally:
            log.setLevel(level)
            if own:
                ray.shutdown()


class Worker:
    """What runs on each worker: the embedder, opened once."""

    def __init__(self, open_one: Callable[[], Any]) -> None:
        self._embedder = open_one()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        texts = [str(text) for text in batch["text"]]
        ordered = sorted(range(len(texts)), key=lambda at: -len(texts[at]))  # texts of one length need least padding
        vectors: list[list[float]] = [[]] * len(texts)
        for at in range(0, len(ordered), BATCH_SIZE):
            some = ordered[at : at + BATCH_SIZE]
            for place, vector in zip(some, self._embedder.embed_documents([texts[i] for i in some]), strict=True):
                vectors[place] = vector
        return {"text": batch["text"], "vector": np.array(vectors, dtype=np.float32)}


class _Open:
    """Opens an embedder; can be sent to another machine."""

    def __init__(self, model: str, ollama_host: str | None) -> None:
        self._model = model
        self._host = ollama_host

    def __call__(self) -> Any:
        return open_embedder(self._model, ollama_host=self._host)


def _dataset(first: list[str], remaining: Iterator[str]) -> Dataset:
    """Blocks in Ray's object store, which goes to disk by itself when they are many."""
    import pyarrow as pa  # type: ignore[import-untyped]
    import ray

    blocks: list[Any] = []
    while first:
        blocks.append(ray.put(pa.table({"text": pa.array(first, pa.large_string())})))
        first = list(islice(remaining, BLOCK))
    return ray.data.from_arrow_refs(blocks)


def _knock(address: str | None) -> None:
    """Raises OSError or ValueError where nothing listens: Ray itself would try for minutes."""
    place = urlsplit(address if address and "://" in address else f"ray://{address}")
    if address and place.port:
        socket.create_connection((place.hostname or "", place.port), _KNOCK_SECONDS).close()


def _without_progress() -> None:
    from ray.data import DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.enable_rich_progress_bars = False


def _cause(error: BaseException | None) -> DalilError | None:
    """Dalil's own error that a worker raised."""
    while error is not None:
        for found in (error, getattr(error, "cause", None)):
            if isinstance(found, DalilError):
                return found
        error = error.__cause__ or error.__context__
    return None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
