"""Search without copies: of articles that report the same in the same words the fullest is found, and names the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from retrieval.arabic import words
from retrieval.catalogue import Catalogue
from retrieval.periods import AskedTime, asked_time
from retrieval.protocols import Retriever
from retrieval.types import Hit, Passage

_MORE = 4
"""Times as many passages are asked for where copies among the hits leave too few."""
_AS_WELL = 0.5
"""Share of its score from which a later version is found by what was asked: common letters bring in any passage."""
_MOST = 200
"""Passages beyond which no more are asked for."""


class FoldedRetriever:
    """Another retriever's hits, each thing said once.

    A passage that says nothing but what the fullest article of its report says gives its place to the passage there.
    Passages of articles of which a later version is found as well are left out, unless the question is about the days
    of the earlier one.
    """

    def __init__(self, retriever: Retriever, catalogue: Catalogue) -> None:
        self._retriever = retriever
        self._catalogue = catalogue

    def retrieve(self, query: str, k: int) -> list[Hit]:
        """At most `k` hits, best first, ties broken by passage id; the fullest articles name their copies."""
        wanted, asked = k, asked_time(query)
        while True:
            hits = self._retriever.retrieve(query, wanted)
            folded = self._folded(hits, asked)
            if len(folded) >= k or len(hits) < wanted or wanted >= _MOST:
                return self._naming(folded[:k])
            wanted = min(_MORE * wanted, _MOST)

    def _folded(self, hits: Sequence[Hit], asked: AskedTime) -> list[Hit]:
        copied = self._catalogue.related.copied([hit.passage.id for hit in hits])
        kept: dict[str, Hit] = {}
        for hit in hits:
            passage = self._in_fullest(hit.passage) if hit.passage.id in copied else hit.passage
            kept.setdefault(passage.id, Hit(passage, hit.score))
        best: dict[str, Hit] = {}
        for hit in kept.values():
            best[hit.passage.source.article_id] = max(hit, best.get(hit.passage.source.article_id, hit), key=_score)
        current = [hit for hit in kept.values() if not self._is_outdated(hit, best, asked)]
        return sorted(current, key=lambda hit: (-hit.score, hit.passage.id))

    def _in_fullest(self, passage: Passage) -> Passage:
        """The passage of the fullest article that says the same; the passage itself while that one is not ready."""
        own = set(words(passage.text))
        others = self._catalogue.passages_of(passage.source.report)
        return max(others, key=lambda other: len(own & set(words(other.text))), default=passage)

    def _is_outdated(self, hit: Hit, best: Mapping[str, Hit], asked: AskedTime) -> bool:
        """Whether a later version was found by the same words, given the best hit of each article."""
        source = hit.passage.source
        newer = self._catalogue.related.successors(source)
        if source.article_id in newer:
            return False  # of two that go in a circle both stay
        found = [best[article_id] for article_id in newer if article_id in best]
        if asked.is_publication_of(source):
            found = [other for other in found if asked.is_publication_of(other.passage.source)]
        return any(other.score >= _AS_WELL * hit.score for other in found)

    def _naming(self, hits: Sequence[Hit]) -> list[Hit]:
        copies = self._catalogue.related.copies({hit.passage.source.article_id for hit in hits})
        return [
            replace(hit, passage=replace(hit.passage, source=replace(hit.passage.source, copies=some)))
            if (some := copies.get(hit.passage.source.article_id))
            else hit
            for hit in hits
        ]


def _score(hit: Hit) -> float:
    return hit.score
