"""From settings to a working Dalil: the one place that knows which parts there are and how they fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings, header_pairs
from retrieval.chroma_server import ChromaAccess
from retrieval.embedding import open_embedder
from retrieval.entailment import CrossEncoderEntailment
from retrieval.errors import SourceAddress, SourceUnnamed
from retrieval.fetching import Gathered, Gatherer
from retrieval.index import Index
from retrieval.ollama_generator import OllamaGenerator
from retrieval.ollama_models import find_model, find_window
from retrieval.pages import KeptPages
from retrieval.protocols import Generator
from retrieval.rerank import CrossEncoderReranker
from retrieval.types import Failure, IngestReport
from retrieval.web import Fetcher
from retrieval.web_addresses import divided

if TYPE_CHECKING:
    from retrieval.assistant import Assistant

Progress = Callable[[int, int], None]


@contextmanager
def opened_index(settings: Settings) -> Iterator[Index]:
    """The index of the data folder, closed at the end. Raises `StoreError` and `EmbedderError` kinds."""
    embedder = open_embedder(settings.embedding_model, ollama_host=settings.ollama_host)
    reranker = CrossEncoderReranker(settings.reranker_model) if settings.reranker_model else None
    index = Index(
        settings.data_dir,
        embedder,
        chroma_url=settings.chroma_url,
        chroma_access=chroma_access(settings),
        reranker=reranker,
    )
    try:
        yield index
    finally:
        index.close()


def chroma_access(settings: Settings) -> ChromaAccess:
    """What the Chroma server of the settings asks for."""
    token = settings.chroma_token
    own = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    headers = own | header_pairs(settings.chroma_headers)
    return ChromaAccess(headers, settings.chroma_tenant, settings.chroma_database, settings.chroma_ca)


def fill(index: Index, settings: Settings, *, on_progress: Progress | None = None) -> IngestReport:
    """Ingests the articles folder of the settings."""
    return index.ingest(article_paths([], settings), on_progress=on_progress)


def embed_on_ray(index: Index, settings: Settings, paths: Sequence[Path] | None, *, address: str | None) -> None:
    """Makes, on Ray, the vectors that an ingest, or without paths a reindex, will need, so that it finds them.

    Raises `EngineMissing` and `EngineFailed`.
    """
    from retrieval.ray_embedding import RayEngine

    engine = RayEngine(settings.embedding_model, ollama_host=settings.ollama_host, address=address)
    index.embed_ahead(engine.embed, paths)


def open_assistant(index: Index, settings: Settings) -> Assistant:
    """An assistant over the index that looks for a language model, and asks a second one, as the settings say.

    A language model is looked for at every question; its client, with its window, is made for the first and kept.
    """
    from retrieval.assistant import Assistant

    @cache
    def generator(model: str) -> Generator:
        window = find_window(model, host=settings.ollama_host)
        return OllamaGenerator(model, host=settings.ollama_host, window=window)

    def find() -> Generator | None:
        model = _find_model(settings)
        return generator(model) if model else None

    second_opinion = CrossEncoderEntailment(settings.entailment_model) if settings.entailment_model else None
    return Assistant(index, find_generator=find, second_opinion=second_opinion)


def find_generator(settings: Settings) -> Generator | None:
    """The language model to write with, or None for quotes. Raises `ModelError` kinds for a named model not found."""
    model = _find_model(settings)
    return OllamaGenerator(model, host=settings.ollama_host) if model else None


def _find_model(settings: Settings) -> str | None:
    return find_model(settings.llm, host=settings.ollama_host)


def article_paths(given: Sequence[str], settings: Settings) -> list[Path]:
    """The files, folders and patterns to ingest: those given, else the articles folder of the settings.

    Raises `SourceUnnamed` and `SourceAddress`.
    """
    paths: list[Path] = []
    for name in given or [str(settings.articles)]:
        if not name.strip():
            raise SourceUnnamed
        if "://" in name:
            raise SourceAddress(path=name)
        paths.append(Path(name))
    return paths


@contextmanager
def opened_gatherer(
    index: Index,
    settings: Settings,
    names: Sequence[str],
    sleep: Callable[[float], None] = time.sleep,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Gatherer | None]:
    """What fetches the pages and feeds among the sources, until it is stopped; None where there are none.

    Raises `StoreError` kinds.
    """
    _, addresses = divided(names)
    if not addresses:
        yield None
        return
    with closing(KeptPages(settings.data_dir)) as pages, closing(Fetcher(addresses, sleep=sleep)) as fetcher:
        yield Gatherer(
            fetcher, pages, is_stopped=is_stopped, is_withdrawn=lambda address: address in index.withdrawn_origins
        )


def withdraw(index: Index, settings: Settings, names: Sequence[str]) -> list[str]:
    """Takes articles out for good, with the kept pages that they were read from; returns their ids.

    Raises `SourceNotStored`, and `StoreError` kinds.
    """
    gone = index.withdraw(names)
    if (settings.data_dir / "pages.db").exists():
        with closing(KeptPages(settings.data_dir)) as pages:
            for origin in index.withdrawn_origins:
                pages.drop(origin)
    return gone


def take_in(
    index: Index, names: Sequence[str], gathered: Gathered, *, on_progress: Progress | None = None
) -> IngestReport:
    """Ingests files, folders, patterns and what was fetched; a source that fails is a failure of the report.

    Raises `SourceUnnamed` where none has a name, and `StoreError` kinds.
    """
    unnamed = [Failure("", None, SourceUnnamed()) for name in names if not name.strip()]
    if len(unnamed) == len(names):
        raise SourceUnnamed
    paths, _ = divided([name for name in names if name.strip()])
    report = index.ingest([Path(path) for path in paths], fetched=[*gathered.files.values()], on_progress=on_progress)
    return replace(report, failures=(*unnamed, *gathered.failures, *report.failures))
