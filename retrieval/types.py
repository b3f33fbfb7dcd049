"""The records that flow through Dalil: article -> passage -> hit -> evidence -> citation -> answer.

All offsets are counted in characters of `Article.body`, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from retrieval.errors import DalilError

Mode = Literal["llm", "quotes"]

Reason = Literal["no_evidence", "small_talk", "instructions", "empty_index"]
"""Why an answer was declined: the articles do not say; a greeting; a request to leave the job; nothing is indexed."""


@dataclass(frozen=True, slots=True)
class Span:
    """The characters `start` to `end` (exclusive) of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Source:
    """Who is cited; carried unchanged from article to citation."""

    article_id: str
    title: str
    url: str | None = None
    outlet: str | None = None
    published: date | None = None
    origin: str = ""
    """The file or address it was read from."""
    author: str | None = None
    modified: date | None = None
    """When the text was last changed, where the outlet says so."""
    dated_by: tuple[str, ...] = ()
    """Why `published` is what it is where no metadata gave it: the words it was inferred from. Empty for a given date."""
    superseded_by: str | None = None
    """The id of the article that is its corrected version."""
    copy_of: str | None = None
    """The id of the fullest article that reports the same in the same words, where that is another one."""
    copies: tuple[Source, ...] = ()
    """Of the fullest: the others, where it was found by a search."""

    @property
    def report(self) -> str:
        """The same for all articles that report the same in the same words."""
        return self.copy_of or self.article_id


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `body` is its display text: the subtitle, the paragraphs, then the captions.

    Paragraphs are separated by one empty line. `subtitle` and `captions` are spans of `body`, so that they can be
    searched and cited like any sentence and are still told apart from the running text.
    """

    source: Source
    body: str
    subtitle: Span | None = None
    captions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text of an article, which is no longer searched. The first has the number 1."""

    number: int
    title: str
    body: str
    published: date | None = None
    modified: date | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit retrieved: `body[start:end] == text`; its id is `article_id#ordinal`."""

    id: str
    source: Source
    ordinal: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score in 0..1. Lists of hits are best first, ties broken by passage id."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A hit under the label (1, 2, …) by which an answer refers to it."""

    label: int
    hit: Hit


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words that carry a claim: `quote == body[start:end]` of the passage's article."""

    label: int
    passage: Passage
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an answer still being written."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and its evidence. Every `[n]` in `text` has its citation; a declined answer cites nothing.

    `query` is what was really searched, after a follow-up was resolved. `seconds` has the keys `retrieve` and `answer`.
    `confidence` says how sure the fixed checks are that the articles answer, 0..1; a declined answer carries it too, and
    it is None where nothing was searched. `notice` is the code of a fault that the reader should know of (the model
    failed, quotes are shown instead; sentences of it were withheld).
    """

    question: str
    query: str
    text: str
    mode: Mode
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    declined: bool = False
    reason: Reason | None = None
    nearest: tuple[Citation, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    confidence: float | None = None
    notice: DalilError | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and its answer; kept by the door and passed in."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Failure:
    """A source, or one line of it, that could not be read, and why."""

    origin: str
    line: int | None
    error: DalilError


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did: counts of articles, the passages now in the index, what failed, what was passed over."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    seconds: float = 0.0
    failures: tuple[Failure, ...] = ()
    passed_over: dict[str, int] = field(default_factory=dict)
    """How many files of the folders are of a kind that no reader knows, by kind."""
    undated: int = 0
    """How many of the added and updated articles have no day of publication."""
    withdrawn: int = 0
    """How many files and articles were met that were withdrawn, and stay out."""

    @property
    def failed(self) -> int:
        return len(self.failures)
