"""Texts to vectors by a model of the reader's choice: sentence-transformers or Ollama, one face for both.

torch, sentence-transformers, ollama and numpy are imported when first needed; importing this module costs nothing.
"""

from __future__ import annotations

import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.errors import EmbedderError, EmbedderMissing
from retrieval.model_files import load_here_first
from retrieval.ollama_server import ollama_connection, ollama_url
from retrieval.protocols import Embedder

if TYPE_CHECKING:
    from ollama import Client
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 32
"""Texts a call: sentence-transformers' own default, and few enough that a slow machine answers Ollama in time."""


def open_embedder(model: str, *, ollama_host: str | None) -> Embedder:
    """The embedder of a setting: bundled, ollama:NAME, else a sentence-transformers name or folder. Loads nothing."""
    if model == "bundled":
        from retrieval.hashing import BundledEmbedder

        return BundledEmbedder()
    kind, divider, name = model.partition(":")
    if kind == "ollama" and divider:
        return OllamaEmbedder(name, ollama_host)
    return SentenceTransformerEmbedder(model)


class _PassingError(EmbedderError):
    """A fault that may be gone at the next try."""


class _CheckedEmbedder(ABC):
    """An `Embedder` whose vectors are finite, of unit length, and as many and as long as they must be.

    A fault that may pass is tried once more. Raises `EmbedderError`, or `EmbedderMissing` when there is no such model.
    """

    _dimension: int | None = None

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        """Learned from the first vector; asking for it before that embeds one word."""
        return self._dimension or len(self.embed_query("دليل"))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embed(texts, query=False) if texts else []

    def embed_query(self, text: str) -> list[float]:
        return self._embed([text], query=True)[0]

    @abstractmethod
    def _vectors(self, texts: list[str], *, query: bool) -> Sequence[Sequence[float]]:
        """What the model says, unchecked. Raises `EmbedderError`; `_PassingError` where a second try may help."""

    def _embed(self, texts: list[str], *, query: bool) -> list[list[float]]:
        try:
            return self._checked(self._vectors(texts, query=query), count=len(texts))
        except _PassingError:
            time.sleep(_PAUSE_SECONDS)
        try:
            return self._checked(self._vectors(texts, query=query), count=len(texts))
        except _PassingError as fault:
            raise EmbedderError(**fault.values) from fault

    def _checked(self, vectors: Sequence[Sequence[float]], *, count: int) -> list[list[float]]:
        import numpy as np

        if len(vectors) != count:
            raise self._passing(f"{len(vectors)} vectors for {count} texts")
        sizes = {len(vector) for vector in vectors}
        expected = self._dimension or len(vectors[0])
        if sizes != {expected} or not expected:
            raise self._passing(f"vectors of {sorted(sizes)} numbers where {expected} were expected")
        array = np.asarray(vectors, dtype=np.float64)
        if not np.isfinite(array).all():
            raise self._passing("a vector with a number that is not finite")
        largest = np.abs(array).max(axis=1, keepdims=True)
        if not largest.all():
            raise self._passing("a vector of zeros")
        array /= largest  # the squares of very large and very small numbers stay finite
        array /= np.linalg.norm(array, axis=1, keepdims=True)
        self._dimension = expected
        return [[float(value) for value in vector] for vector in array.astype(np.float32)]

    def _passing(self, problem: object) -> _PassingError:
        return _PassingError(model=self._name, problem=problem)


_PAUSE_SECONDS = 0.2
"""Before the second try: enough for a server that was just restarting its runner, too short to be felt."""


# ------------------------------------------------------------------------------------------------ sentence-transformers

_E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])")
_E5_PROMPTS = {"query": "query: ", "document": "passage: "}
"""Wang et al. 2022, arXiv 2212.03533; the published folders carry no prompts, and without them the ranking is worse."""


class SentenceTransformerEmbedder(_CheckedEmbedder):
    """A sentence-transformers model by folder or by hub name, with its own prompts for queries and documents.

    It is loaded at first use, from this machine if it is there. Otherwise the hub is asked once, with a timeout, and
    the model is downloaded only after an answer; HF_HUB_OFFLINE is respected. No code that comes with a model is run.
    """

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._one_at_a_time = threading.Lock()  # fast tokenizers fail when two threads use one

    @property
    def dimension(self) -> int:
        return self._dimension or self._model.get_embedding_dimension() or super().dimension

    def _vectors(self, texts: list[str], *, query: bool) -> Sequence[Sequence[float]]:
        with self._one_at_a_time:
            model = self._model
            encode = model.encode_query if query else model.encode_document
            try:
                array = encode(texts, batch_size=BATCH_SIZE, show_progress_bar=False, convert_to_numpy=True)
            except (RuntimeError, ValueError, IndexError, MemoryError) as error:  # torch's, and the tokenizer's
                raise self._passing(error) from error
        return [vector.tolist() for vector in array]

    @cached_property
    def _model(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        model = load_here_first(self._name, lambda here: SentenceTransformer(self._name, local_files_only=here))
        if not any(model.prompts.values()) and _E5.search(self._name.lower()) and "instruct" not in self._name.lower():
            model.prompts = dict(_E5_PROMPTS)
        return model


# --------------------------------------------------------------------------------------------------------------- Ollama


class OllamaEmbedder(_CheckedEmbedder):
    """A model of Ollama by its /api/embed; the server cuts what is too long for the model."""

    def __init__(self, model: str, host: str | None, *, read_seconds: float = 60.0) -> None:
        super().__init__(f"ollama:{model}")
        self._model = model
        self._url = ollama_url(host)
        self._read_seconds = read_seconds

    def _vectors(self, texts: list[str], *, query: bool) -> Sequence[Sequence[float]]:
        starts = range(0, len(texts), BATCH_SIZE)
        batches = [self._batch(texts[start : start + BATCH_SIZE]) for start in starts]
        return [vector for batch in batches for vector in batch]

    def _batch(self, texts: list[str]) -> Sequence[Sequence[float]]:
        import httpx
        import ollama

        try:
            vectors = self._client.embed(self._model, texts).embeddings
        except ollama.ResponseError as error:
            if error.status_code == 404 and "model" in error.error:
                raise EmbedderMissing(model=self._name) from error
            problem = error.error or f"HTTP {error.status_code}"
            if error.status_code >= 500:
                raise self._passing(problem) from error
            raise EmbedderError(model=self._name, problem=problem) from error
        except (ConnectionError, httpx.TimeoutException) as error:  # refused, or waited for long enough
            raise EmbedderError(model=self._name, problem=f"{self._url}: {error}") from error
        except (httpx.HTTPError, ValueError) as error:  # ValueError: not JSON, a record of another shape
            raise self._passing(f"{type(error).__name__}: {error}") from error
        if len(vectors) != len(texts):
            raise self._passing(f"{len(vectors)} vectors for {len(texts)} texts")
        return vectors

    @cached_property
    def _client(self) -> Client:
        import ollama

        return ollama.Client(host=self._url, **ollama_connection(read_seconds=self._read_seconds))
