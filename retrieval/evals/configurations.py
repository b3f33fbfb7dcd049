"""Configurations of search by name: Dalil's own, without some of its parts, and the plain chains that others use.

default                       all parts
without-grams,title           all but these
words, stems, …               see `PRESETS`
"""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.errors import BadSetting
from retrieval.features import STEPS, Analyzer

PARTS = (*(step.replace("_", "-") for step in STEPS), "title", "second-look", "dense", "reranker")
"""The steps of the analyser; the title in front of each passage; the second look; the vectors, where they have any weight;
the reranker, where there is one."""
SEARCH_ONLY = frozenset({"translation", "second-look", "dense", "reranker"})
"""Parts that the lexical index is not made by."""

PRESETS = {
    "default": frozenset[str](),
    "white-space": frozenset(PARTS),
    "words": frozenset(PARTS) - {"normalization"},
    "stems": frozenset(PARTS) - {"normalization", "stop-words", "stems"},
    "stems+grams": frozenset(PARTS) - {"normalization", "stop-words", "stems", "grams"},
    "stems+grams+title": frozenset({"proclitics", "translation", "second-look", "dense", "reranker"}),
}
"""By what is left out. `white-space` is BM25 as LangChain's retriever comes; `stems+grams+title` was the best chain before."""
_PREFIX = "without-"


@dataclass(frozen=True, slots=True)
class Configuration:
    """A way of searching. `name` is one that `configuration` reads."""

    name: str
    without: frozenset[str]

    @property
    def analyzer(self) -> Analyzer:
        return Analyzer(**{step: step.replace("_", "-") not in self.without for step in STEPS})

    @property
    def title(self) -> bool:
        return "title" not in self.without

    @property
    def reindexed(self) -> bool:
        """Whether it needs a lexical index of its own."""
        return bool(self.without - SEARCH_ONLY)

    @property
    def dense(self) -> bool:
        return "dense" not in self.without

    @property
    def reranker(self) -> bool:
        return "reranker" not in self.without

    @property
    def second_look(self) -> bool:
        return "second-look" not in self.without


def configuration(name: str) -> Configuration:
    """Raises `BadSetting` for a name that is none."""
    if name in PRESETS:
        return Configuration(name, PRESETS[name])
    parts = frozenset(name.removeprefix(_PREFIX).split(","))
    if not name.startswith(_PREFIX) or not parts <= set(PARTS):
        expected = f"{', '.join(PRESETS)}, {_PREFIX}PART[,PART…] ({', '.join(PARTS)})"
        raise BadSetting(name="configuration", value=name, expected=expected)
    return Configuration(name, parts)


def ablations() -> list[Configuration]:
    """The default without each part in turn."""
    return [configuration(_PREFIX + part) for part in PARTS]
