"""The index: an opened data folder. Articles go in with `ingest`, hits come out with `retrieve`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from retrieval.backup import UNFINISHED
from retrieval.builds import Build, build_of, drop_others, exchange
from retrieval.catalogue import Catalogue
from retrieval.changes import Changes, Progress
from retrieval.chroma_server import ChromaAccess
from retrieval.chunking import chunk
from retrieval.embedding_cache import CachedEmbedder, EmbedMany
from retrieval.errors import DiskFull, StoreBusy, StoreError, StoreReadOnly
from retrieval.features import Analyzer
from retrieval.folding import FoldedRetriever
from retrieval.index_facts import IndexFacts
from retrieval.ingest import LEXICAL_BATCH, Ingestor, indexed_text
from retrieval.lexical import LexicalIndex
from retrieval.protocols import Embedder, Reranker, Retriever
from retrieval.search import HybridRetriever, RerankedRetriever, more_like
from retrieval.sources import SourceFile
from retrieval.storage_errors import RestoreUnfinished
from retrieval.store import PassageStore
from retrieval.timely import TimelyRetriever
from retrieval.types import Article, Hit, IngestReport, Passage, Source, Version
from retrieval.write_lock import locked

_log = logging.getLogger(__name__)

RERANKED = 20
"""Hits a cross-encoder looks at: a small one takes up to a third of a second for each on one core."""


class Index(IndexFacts):
    """One data folder: `articles.db` (the truth), what is derived from it in `chroma/` and `lexical/`, and `embeddings.db`.

    One process writes. The vectors of a trained model are kept in `embeddings.db`, so that no text is embedded twice.
    """

    def __init__(
        self,
        data_dir: Path,
        embedder: Embedder,
        *,
        chroma_url: str | None = None,
        chroma_access: ChromaAccess | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """Opens or creates the folder. Cheap: what is derived is read when it is needed. Raises `StoreError` kinds."""
        self.data_dir = data_dir
        if (data_dir / UNFINISHED).exists():
            raise RestoreUnfinished(path=data_dir)
        trained = embedder.name != "bundled"  # the bundled one is faster than the disk
        self._embedder = CachedEmbedder(embedder, data_dir / "embeddings.db") if trained else embedder
        self._catalogue = Catalogue(data_dir / "articles.db")
        self._chroma_url, self._chroma_access = chroma_url, chroma_access
        self._build = self._build_of(self._catalogue.build)
        """What questions read. Nothing is written through its lexical index, so that they never see a change half-way."""
        self._reranker = reranker
        self._refreshing = threading.RLock()

    def close(self) -> None:
        self._store.close()
        self._catalogue.close()

    # -------------------------------------------------------------------------------------------------- reading

    @property
    def _store(self) -> PassageStore:
        return self._build.store

    @property
    def _lexical(self) -> LexicalIndex:
        return self._build.lexical

    @property
    def article_count(self) -> int:
        return self._catalogue.article_count

    @property
    def passage_count(self) -> int:
        return self._catalogue.passage_count

    @property
    def is_unfinished(self) -> bool:
        """Whether an interrupted ingest left articles that cannot be cited yet; the next one finishes them."""
        return self._catalogue.has_waiting

    def articles(self) -> list[Source]:
        """All articles, the newest first."""
        return self._catalogue.sources()

    def article(self, article_id: str) -> Article:
        """Raises `ArticleUnknown`."""
        return self._catalogue.article(article_id)

    def retrieve(self, query: str, k: int, *, folded: bool = True) -> list[Hit]:
        """At most `k` hits, best first; sees what another process has written since.

        Of articles that report the same in the same words the fullest is found, with the others in `Source.copies`, and
        of versions the last; all of them when not `folded`.
        """
        while True:
            build = self._follow_build()
            try:
                hits = self._retriever(folded=folded).retrieve(query, k)
            except StoreError:
                if self._catalogue.build == build:
                    raise
            else:
                if self._catalogue.build == build:  # else another has taken its place, and what was found is gone
                    return hits

    def versions(self, article_id: str) -> list[Version]:
        """The earlier texts of an article, the oldest first; they are not searched."""
        return self._catalogue.related.versions(article_id)

    def more_like(self, article_id: str, k: int) -> list[Hit]:
        """The passages nearest to those of an article by their vectors, one of each of at most `k` others, best first.

        Scores are cosines, those below 0 left out; a copy of the article has about 1. Raises `ArticleUnknown`.
        """
        texts = [indexed_text(passage) for passage in chunk(self._catalogue.article(article_id))]
        self._follow_build()
        self._check_fingerprint()
        self.open_vectors()
        return more_like(article_id, self._embedder.embed_documents(texts), self._catalogue, self._store, k)

    def open_vectors(self) -> None:
        """Opens the store, or takes over what another process wrote into it."""
        self._store.open(self._fingerprint, generation=self._catalogue.generation)

    def variant(
        self, lexical: LexicalIndex | None = None, *, analyzer: Analyzer, second_look: bool, dense: bool
    ) -> HybridRetriever:
        """Search over the same passages with parts changed or left out, without the reranker: what an evaluation compares.

        `lexical` is made with `analyzer` by the caller; without it, the index's own is searched.
        """
        if lexical is None:
            self._refresh_lexical()
        weight = self.dense_weight if dense else 0.0
        return HybridRetriever(
            self._catalogue, lexical or self._lexical, self._store, self._embedder,
            dense_weight=weight, analyzer=analyzer, second_look=second_look,
        )  # fmt: skip

    def reranked(self, retriever: Retriever) -> Retriever:
        """A retriever with the reranker behind it, where there is one."""
        return RerankedRetriever(retriever, self._reranker, depth=RERANKED) if self._reranker else retriever

    def _follow_build(self) -> int:
        """Takes over the live build, where another process has made one since; returns its number."""
        number = self._catalogue.build
        with self._refreshing:
            if number != self._build.number:
                left = self._build
                self._build = self._build_of(number)
                left.store.close()
        return number

    def _build_of(self, number: int) -> Build:
        return build_of(number, self.data_dir, self._catalogue, self._chroma_url, self._chroma_access)

    def _retriever(self, *, folded: bool) -> Retriever:
        self._check_fingerprint()
        self._refresh_lexical()
        if weight := self.dense_weight:
            self.open_vectors()
        hybrid = HybridRetriever(self._catalogue, self._lexical, self._store, self._embedder, dense_weight=weight)
        return self.reranked(
            FoldedRetriever(TimelyRetriever(hybrid, self._catalogue), self._catalogue) if folded else hybrid
        )

    def passages(self) -> Iterator[tuple[int, Passage]]:
        """All passages by their catalogue key, ascending."""
        keys = self._catalogue.passage_keys()
        for at in range(0, len(keys), LEXICAL_BATCH):
            yield from sorted(self._catalogue.passages(keys[at : at + LEXICAL_BATCH]).items())

    def _refresh_lexical(self) -> None:
        """Takes over what was written since, and finishes what an interrupted ingest left out.

        While something else writes, or where nothing can be written, what is there is searched. Raises `StoreBusy`,
        `StoreReadOnly` or `DiskFull` when that is nothing at all, for it would look as if the articles did not say.
        """
        with self._refreshing:
            self._lexical.reload()
            if self._lexical.generation == self._catalogue.generation:
                return
            try:
                with self._locked():
                    self._ingestor().update_lexical()
                self._lexical.reload()
            except (StoreBusy, StoreReadOnly, DiskFull):
                stored = self.passage_count
                if (stored or self.is_unfinished) and not (stored and self._lexical.passage_count):
                    raise

    # -------------------------------------------------------------------------------------------------- writing

    def ingest(
        self, paths: Sequence[Path], *, on_progress: Progress | None = None, fetched: Sequence[SourceFile] = ()
    ) -> IngestReport:
        """Takes in what is new or changed in `paths` and in fetched pages. Raises `StoreBusy` while another process writes."""
        with self._writing() as ingestor:
            return ingestor.ingest(paths, on_progress, fetched=fetched)

    def withdraw(self, names: Sequence[str]) -> list[str]:
        """Takes out the articles that ids, addresses, files or folders name, and keeps them out; returns their ids.

        Raises `SourceNotStored`, before anything is taken out, for a name that means nothing stored.
        """
        with self._writing() as ingestor:
            places, gone = self._catalogue.withdrawn.named(names)
            self._catalogue.withdrawn.add(places)
            ingestor.remove(gone)
        return gone

    def reinstate(self, names: Sequence[str]) -> None:
        """Lets the next ingest read again what was withdrawn under these names. Raises `SourceNotWithdrawn`."""
        with self._locked():
            self._catalogue.withdrawn.lift(names)

    def embed_ahead(self, embed: EmbedMany, paths: Sequence[Path] | None = None) -> int:
        """Lets `embed` make the vectors that an ingest of `paths`, or a reindex, would make, and keeps them; returns how many.

        The bundled embedder's are not kept: it is faster than the disk.
        """
        if not isinstance(self._embedder, CachedEmbedder):
            return 0
        with self._locked():
            if paths is None:
                articles: Iterable[Article] = map(self._catalogue.article, self._catalogue.known())
            else:
                self._check_fingerprint()
                articles = Changes(paths, self._catalogue)
            texts = (indexed_text(passage) for article in articles for passage in chunk(article))
            return self._embedder.fill(texts, embed)

    def reindex(self, *, on_progress: Progress | None = None) -> IngestReport:
        """Makes passages, vectors and the lexical index of all stored articles anew, beside those that are searched.

        They are exchanged at the end, at once; until then, and when it fails, questions are answered from the old ones.
        """
        began = time.monotonic()
        with self._locked():
            fingerprint, live = (
                self._fingerprint,
                self._build_of(self._catalogue.build),
            )  # asks the embedder, which may fail
            new = self._build_of(live.number + 1)
            rewritten, changed = exchange(
                live, new, self.data_dir, self._catalogue, self._embedder, fingerprint, on_progress
            )
            self._follow_build()
            if self._chroma_url:
                self._store.open(fingerprint)
                drop_others(new.number, self.data_dir, self._catalogue, on_server=self._store)
        seconds = time.monotonic() - began
        return IngestReport(updated=rewritten, passages=self.passage_count, seconds=seconds, failures=tuple(changed))

    def _ingestor(self) -> Ingestor:
        """Opens the lexical index anew. Raises `StoreError` on a damaged one."""
        build = self._build_of(self._build.number)
        build.lexical.reload()
        return Ingestor(self._catalogue, self._store, build.lexical, self._embedder)

    @contextmanager
    def _writing(self) -> Iterator[Ingestor]:
        with self._locked():
            drop_others(self._follow_build(), self.data_dir, self._catalogue)
            self._check_fingerprint()
            self._store.open(self._fingerprint)
            self._catalogue.record(self._fingerprint)
            try:
                ingestor = self._ingestor()
            except StoreError:
                _log.warning("The lexical index in %s is damaged; it is made anew", self.data_dir)
                self._build_of(self._build.number).lexical.clear()
                ingestor = self._ingestor()
            yield ingestor

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the folder's write lock, which the system frees when the process dies.

        A question of this process that is finishing the lexical index is waited for.
        """
        with ExitStack() as held:
            with self._refreshing:
                held.enter_context(locked(self.data_dir, self._catalogue.path))
            yield
