"""Search that heeds the time a question names: what was published or happened then comes first, the latest where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from retrieval.catalogue import Catalogue
from retrieval.periods import AskedTime, asked_time
from retrieval.protocols import Retriever
from retrieval.types import Hit

_WIDE = 60
"""Hits among which those of the period are looked for."""
_OUTSIDE = 0.5
"""What a hit outside of the period keeps of its score; one inside has the other half added to half of its own."""
_LATE = 0.3
"""What the newest of the hits gains where the latest is asked for, and older ones a share of it by their age."""
_HALF_LIFE_DAYS = 30
_FEW_DAYS = timedelta(days=7)


class TimelyRetriever:
    """Another retriever's hits, those of the asked time in front. Questions that name no time are passed on as they are."""

    def __init__(self, retriever: Retriever, catalogue: Catalogue) -> None:
        self._retriever = retriever
        self._catalogue = catalogue

    def retrieve(self, query: str, k: int) -> list[Hit]:
        """At most `k` hits, best first, ties broken by passage id."""
        asked = asked_time(query)
        if asked.first is None and not asked.newest:
            return self._retriever.retrieve(query, k)
        if asked.alone:
            return self._of_that_time(asked, k)
        hits = self._retriever.retrieve(query, max(_WIDE, k))
        if asked.first and asked.last:
            within = self._catalogue.times.within([hit.passage.id for hit in hits], asked.first, asked.last)
            if within:
                hits = [_moved(hit, inside=hit.passage.id in within) for hit in hits]
        if asked.newest:
            hits = _newest_first(hits)
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:k]

    def _of_that_time(self, asked: AskedTime, k: int) -> list[Hit]:
        """The beginnings of the articles published then, and passages that speak of then, the newest first.

        Of a few days those that speak of them come first: of what happened on a day the papers tell on the next.
        """
        first, last = asked.first or date.min, asked.last or date.max
        published = self._catalogue.times.published(first, last, k)
        spoken = self._catalogue.times.spoken_of(first, last, k) if asked.first else []
        short = asked.first is not None and last - first < _FEW_DAYS
        keys = list(dict.fromkeys([*spoken, *published] if short else published or spoken))[:k]
        passages = self._catalogue.passages(keys)
        return [Hit(passages[key], 1.0 - at / (2 * k)) for at, key in enumerate(keys) if key in passages]


def _moved(hit: Hit, *, inside: bool) -> Hit:
    return Hit(hit.passage, _OUTSIDE * hit.score + (1.0 - _OUTSIDE if inside else 0.0))


def _newest_first(hits: Sequence[Hit]) -> list[Hit]:
    days = [hit.passage.source.published for hit in hits if hit.passage.source.published]
    if not days:
        return list(hits)
    newest = max(days)

    def gained(hit: Hit) -> float:
        published = hit.passage.source.published
        return _LATE * 0.5 ** ((newest - published).days / _HALF_LIFE_DAYS) if published else 0.0

    return [Hit(hit.passage, (hit.score + gained(hit)) / (1.0 + _LATE)) for hit in hits]
