"""The seams: what tests and evals may swap. Each has two real implementations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from retrieval.types import Hit


class Embedder(Protocol):
    """Texts to vectors; LangChain's own shape, so any of its `Embeddings` fits too.

    A prefix such as E5's "query: " belongs inside. Vectors are unit length, finite, and `dimension` long.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed_documents(self, texts: list[str]) -> list[list[float]]: ...

    def embed_query(self, text: str) -> list[float]: ...


class Retriever(Protocol):
    """A query to its best passages."""

    def retrieve(self, query: str, k: int) -> list[Hit]:
        """At most `k` hits, best first, ties broken by passage id; none for a query without a usable token."""
        ...


class Reranker(Protocol):
    """A second look at the hits."""

    def rerank(self, query: str, hits: Sequence[Hit]) -> list[Hit]: ...


class SecondOpinion(Protocol):
    """Whether a passage carries what a language model claims of it, judged by another model."""

    def entails(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        """For each claim, in order, the probability that the premise entails it; None where the model abstains."""
        ...


class Generator(Protocol):
    """A language model that writes an answer piece by piece.

    Raises `ModelError` when the answer did not come to its proper end.
    """

    @property
    def model(self) -> str: ...

    def astream(self, prompt: dict[str, str]) -> AsyncIterator[str]: ...
