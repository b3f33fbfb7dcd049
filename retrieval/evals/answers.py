"""How good the answers are: every question asked, and the measures over all of them or over groups, with intervals."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from retrieval.assistant import Assistant
from retrieval.evals import answer_measures
from retrieval.evals.measures import Interval, interval
from retrieval.evals.questions import GoldQuestion
from retrieval.types import Answer, Turn

TALK = frozenset({"small_talk", "injection"})
"""Kinds that are no questions: counted by kind, not among those declined rightly."""
NOT_ALONE = frozenset({"followup", "english", "multi"})
"""Kinds left out of the standalone group: they need a conversation, a translation or two articles."""

Miss = Literal["declined_wrong", "no_evidence", "answered_wrong"]
"""Declined, though the articles answer; answered without the evidence first; answered what the articles do not answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and what became of it."""

    gold: GoldQuestion
    answer: Answer
    seconds: float

    @property
    def is_talk(self) -> bool:
        return self.gold.kind in TALK

    @property
    def evidence_first(self) -> bool:
        return answer_measures.evidence_first(self.gold, self.answer)

    @property
    def miss(self) -> Miss | None:
        """What went wrong; None when the evidence came first, or what the articles do not answer was declined."""
        if not self.gold.answerable:
            return None if self.answer.declined else "answered_wrong"
        if self.answer.declined:
            return "declined_wrong"
        return None if self.evidence_first else "no_evidence"


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
    """Counts, the measures over a group and milliseconds a question; a share over no questions is None."""
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


def intervals(outcomes: Sequence[Outcome]) -> dict[str, Interval]:
    """Bootstrap 95 % intervals of the measures in `figures`, over questions; those over no questions are left out."""
    return {name: interval(values) for name, values in _samples(outcomes).items() if values}


def modes(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many questions a model answered, and how many were answered in quotes; declined ones are neither."""
    answered = Counter(outcome.answer.mode for outcome in outcomes if not outcome.answer.declined)
    return {"llm": answered["llm"], "quotes": answered["quotes"]}


def notices(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """The faults that readers were told of beside an answer, by code, the most frequent first."""
    return dict(Counter(outcome.answer.notice.code for outcome in outcomes if outcome.answer.notice).most_common())


def groups(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes by group: `standalone` questions, then each kind by name."""
    kinds = sorted({outcome.gold.kind for outcome in outcomes})
    standalone = [
        outcome for outcome in outcomes if outcome.gold.kind not in NOT_ALONE | TALK and not outcome.gold.history
    ]
    by_kind = {kind: [outcome for outcome in outcomes if outcome.gold.kind == kind] for kind in kinds}
    return {"standalone": standalone, **by_kind}


# ------------------------------------------------------------------------------------------------------ what is measured

_Measure = Callable[[GoldQuestion, Answer], float]

_ANSWERABLE: Mapping[str, _Measure] = {
    "evidence@1": answer_measures.evidence_first,
    "answer@1": partial(answer_measures.answer_within, count=1),
    "answer@2": partial(answer_measures.answer_within, count=2),
    "token_f1": answer_measures.token_f1,
    "citation_recall": answer_measures.citation_recall,
    "declined_wrong": answer_measures.declined,
}
"""Over the answerable questions; but for the last, a declined one counts as a miss."""


def _samples(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """What each measure is the mean of, one value a question.

    `citation_precision` is over the answerable questions that were answered, `followup_success` is evidence@1 over
    those with a history (a turn of a conversation, as in TREC CAsT 2019), `declined_right` is over the unanswerable.
    """
    answerable = [outcome for outcome in outcomes if outcome.gold.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.gold.answerable and not outcome.is_talk]
    answered = [outcome for outcome in answerable if not outcome.answer.declined]
    followups = [outcome for outcome in answerable if outcome.gold.history]
    return {
        **{name: _values(measure, answerable) for name, measure in _ANSWERABLE.items()},
        "citation_precision": _values(answer_measures.citation_precision, answered),
        "followup_success": _values(answer_measures.evidence_first, followups),
        "declined_right": _values(answer_measures.declined, unanswerable),
    }


def _values(measure: _Measure, outcomes: Sequence[Outcome]) -> list[float]:
    return [float(measure(outcome.gold, outcome.answer)) for outcome in outcomes]
