"""How good the answers are: evidence in the first citation, gold answers in the first quotes, declining, seconds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.assistant import Assistant
from retrieval.evals.datasets import holds
from retrieval.evals.questions import GoldQuestion
from retrieval.types import Answer, Turn

RESAMPLES = 1_000
TALK = frozenset({"small_talk", "injection"})
"""Kinds that are no questions: counted by kind, not among those declined rightly."""
NOT_ALONE = frozenset({"followup", "english", "multi"})
"""Kinds left out of the standalone group: they need a conversation, a translation or two articles."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and what became of it."""

    gold: GoldQuestion
    answer: Answer
    seconds: float

    @property
    def evidence_first(self) -> bool:
        """The first citation's quote holds a gold evidence span, spelling variants apart."""
        return bool(self.answer.citations) and holds(self.answer.citations[0].quote, self.gold.evidence)

    def answer_within(self, count: int) -> bool:
        """One of the first `count` quotes holds a gold answer."""
        return any(holds(citation.quote, self.gold.answers) for citation in self.answer.citations[:count])


def evaluate(assistant: Assistant, questions: Iterable[GoldQuestion]) -> list[Outcome]:
    """Asks every question; earlier ones of its conversation are asked first and their answers passed in."""
    outcomes = []
    for gold in questions:
        history: list[Turn] = []
        for earlier in gold.history:
            history.append(Turn(earlier, assistant.ask(earlier, history)))
        began = time.perf_counter()
        answer = assistant.ask(gold.question, history)
        outcomes.append(Outcome(gold, answer, time.perf_counter() - began))
    return outcomes


Figures = dict[str, float | int | None]


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """The measures over a group; a share over no questions is None.

    `evidence@1`, `answer@1` and `answer@2` are shares of the answerable questions, a declined one counting as a miss;
    `declined_wrong` is the share of the answerable and `declined_right` that of the unanswerable that were declined.
    """
    samples = _samples(outcomes)
    milliseconds = [1000 * outcome.seconds for outcome in outcomes]
    return {
        "questions": len(outcomes),
        "answerable": len(samples["declined_wrong"]),
        "unanswerable": len(samples["declined_right"]),
        "answered": sum(not outcome.answer.declined for outcome in outcomes),
        **{name: round(sum(values) / len(values), 4) if values else None for name, values in samples.items()},
        "ms_per_question_p50": round(float(np.percentile(milliseconds, 50)), 2) if milliseconds else None,
        "ms_per_question_p95": round(float(np.percentile(milliseconds, 95)), 2) if milliseconds else None,
    }


def intervals(outcomes: Sequence[Outcome]) -> dict[str, tuple[float, float]]:
    """Bootstrap 95 % intervals of the shares in `figures`, over questions; measures over no questions are left out.

    Efron's percentile method with 1,000 resamples and a fixed seed, so that the same outcomes give the same interval.
    """
    return {name: _interval(values) for name, values in _samples(outcomes).items() if values}


def _samples(outcomes: Sequence[Outcome]) -> dict[str, list[bool]]:
    """What each measure is the mean of, one value a question."""
    answerable = [outcome for outcome in outcomes if outcome.gold.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.gold.answerable and outcome.gold.kind not in TALK]
    return {
        "evidence@1": [outcome.evidence_first for outcome in answerable],
        "answer@1": [outcome.answer_within(1) for outcome in answerable],
        "answer@2": [outcome.answer_within(2) for outcome in answerable],
        "declined_right": [outcome.answer.declined for outcome in unanswerable],
        "declined_wrong": [outcome.answer.declined for outcome in answerable],
    }


def _interval(values: Sequence[bool]) -> tuple[float, float]:
    sample = np.array(values, dtype=float)
    drawn = np.random.default_rng(0).integers(0, len(sample), size=(RESAMPLES, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def groups(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes by group: `standalone` questions, then each kind by name."""
    kinds = sorted({outcome.gold.kind for outcome in outcomes})
    standalone = [
        outcome for outcome in outcomes if outcome.gold.kind not in NOT_ALONE | TALK and not outcome.gold.history
    ]
    by_kind = {kind: [outcome for outcome in outcomes if outcome.gold.kind == kind] for kind in kinds}
    return {"standalone": standalone, **by_kind}
