"""Outcomes of one gold question, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.errors import DalilError
from retrieval.evals.answers import Outcome
from retrieval.evals.questions import GoldQuestion
from retrieval.types import Answer, Citation, Evidence, Hit, Mode, Passage, Source

EVIDENCE = "مقتل أربعة من جنودها"
ANSWER = "أربعة"


def citations(quotes: Sequence[str], title: str = "عنوان") -> tuple[Citation, ...]:
    source = Source("a", title)
    return tuple(
        Citation(label, Passage("a#0", source, 0, quote, 0, len(quote)), quote, 0, len(quote))
        for label, quote in enumerate(quotes, start=1)
    )


def outcome(
    *,
    quotes: Sequence[str] = (),
    nearest: Sequence[str] = (),
    declined: bool = False,
    kind: str = "who",
    answerable: bool = True,
    confidence: float | None = None,
    question: str = "س؟",
    text: str = "…",
    mode: Mode = "quotes",
    answers: Sequence[str] = (ANSWER,),
    evidence: Sequence[str] = (EVIDENCE,),
    history: Sequence[str] = (),
    title: str = "عنوان",
    notice: DalilError | None = None,
) -> Outcome:
    """The passages found are those of the quotes; nothing gold where the articles do not answer."""
    found = tuple(Evidence(each.label, Hit(each.passage, 1.0)) for each in citations([*quotes, *nearest], title))
    answer = Answer(
        question, question, text, mode, citations(quotes, title), found, declined=declined,
        reason="no_evidence" if declined else None, nearest=citations(nearest, title), notice=notice,
        confidence=confidence,
    )  # fmt: skip
    gold = (tuple(answers), tuple(evidence)) if answerable else ((), ())
    return Outcome(GoldQuestion("q", kind, question, *gold, answerable, tuple(history)), answer, 0.01)
