"""Search without copies: of articles that report the same in the same words the fullest is found, and names the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.arabic import words
from retrieval.catalogue import Catalogue
from retrieval.protocols import Retriever
from retrieval.types import Hit, Passage

_MORE = 4
"""Times as many passages are asked for where copies among the hits leave too few."""
_MOST = 200
"""Passages beyond which no more are asked for."""


class FoldedRetriever:
    """Another retriever's hits, each thing said once.

    A passage that says nothing but what the fullest article of its report says gives its place to the passage there.
    Articles of which a later version is among the hits are left out.
    """

    def __init__(self, retriever: Retriever, catalogue: Catalogue) -> None:
        self._retriever = retriever
        self._catalogue = catalogue

    def retrieve(self, query: str, k: int) -> list[Hit]:
        """At most `k` hits, best first, ties broken by passage id; the fullest articles name their copies."""
        wanted = k
        while True:
            hits = self._retriever.retrieve(query, wanted)
            folded = self._folded(hits)
            if len(folded) >= k or len(hits) < wanted or wanted >= _MOST:
                return self._naming(folded[:k])
            wanted = min(_MORE * wanted, _MOST)

    def _folded(self, hits: Sequence[Hit]) -> list[Hit]:
        copied = self._catalogue.related.copied([hit.passage.id for hit in hits])
        kept: dict[str, Hit] = {}
        for hit in hits:
            passage = self._in_fullest(hit.passage) if hit.passage.id in copied else hit.passage
            kept.setdefault(passage.id, Hit(passage, hit.score))
        found = {hit.passage.source.article_id for hit in kept.values()}
        current = [hit for hit in kept.values() if not self._is_outdated(hit, found)]
        return sorted(current, key=lambda hit: (-hit.score, hit.passage.id))

    def _in_fullest(self, passage: Passage) -> Passage:
        """The passage of the fullest article that says the same; the passage itself while that one is not ready."""
        own = set(words(passage.text))
        others = self._catalogue.passages_of(passage.source.report)
        return max(others, key=lambda other: len(own & set(words(other.text))), default=passage)

    def _is_outdated(self, hit: Hit, found: set[str]) -> bool:
        source = hit.passage.source
        return bool(source.superseded_by) and not found.isdisjoint(self._catalogue.related.successors(source))

    def _naming(self, hits: Sequence[Hit]) -> list[Hit]:
        copies = self._catalogue.related.copies({hit.passage.source.article_id for hit in hits})
        return [
            replace(hit, passage=replace(hit.passage, source=replace(hit.passage.source, copies=some)))
            if (some := copies.get(hit.passage.source.article_id))
            else hit
            for hit in hits
        ]
