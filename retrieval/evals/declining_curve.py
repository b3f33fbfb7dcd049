"""Would declining by confidence alone be right? The risk at each coverage, and both sides of declining at each threshold.

El-Yaniv and Wiener 2010 ("On the Foundations of Noise-free Selective Classification"); Geifman and El-Yaniv 2017
("Selective Classification for Deep Neural Networks"). Small talk and injections, which are no questions, stay out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from retrieval.evals.answer_measures import evidence_in
from retrieval.evals.answers import Outcome

MOST_DECLINED_WRONG = 0.08
"""The share of answerable questions that the recommended threshold may decline."""
STEPS = 100
"""Thresholds are hundredths: finer ones would tell the questions of a set apart, not confidences."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question's confidence, and whether answering it is wrong.

    Wrong is an unanswerable question answered, and an answerable one answered without its evidence first. What a declined
    one would have been answered with is the first of the nearest quotes. Without a confidence, nothing was searched:
    such a question is declined at any threshold.
    """

    confidence: float | None
    answerable: bool
    wrong: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """What would be declined if every question with a confidence below `threshold` were; a share over none is None."""

    threshold: float
    declined_right: float | None
    declined_wrong: float | None


@dataclass(frozen=True, slots=True)
class DecliningCurve:
    """The curve of some outcomes. `now` is the coverage and the risk of the answers as they were given."""

    risk_coverage: tuple[tuple[float, float], ...]
    """Coverage and risk: the share of questions answered, the surest first, and the share of these that are wrong."""
    aurc: float | None
    """The area under it; None without a confidence."""
    thresholds: tuple[Threshold, ...]
    recommended: Threshold | None
    """The largest threshold that declines at most 8 % of the answerable; None when all are unanswerable, or none is sure."""
    now: tuple[float, float] | None


def declining_curve(outcomes: Sequence[Outcome]) -> DecliningCurve:
    """The curve of all questions among the outcomes."""
    asked = [outcome for outcome in outcomes if not outcome.is_talk]
    judged = [_judged(outcome) for outcome in asked]
    thresholds = tuple(_at(step / STEPS, judged) for step in range(STEPS + 1))
    fitting = [
        each for each in thresholds if (share := each.declined_wrong) is not None and share <= MOST_DECLINED_WRONG
    ]
    errors = _errors(judged)
    risks = [wrong / rank for rank, wrong in enumerate(errors, start=1)]
    return DecliningCurve(
        tuple((round(rank / len(judged), 4), round(risks[rank - 1], 4)) for rank in _ends(judged)),
        round(sum(risks) / len(risks), 4) if risks else None,
        thresholds,
        fitting[-1] if fitting and risks else None,
        _now(asked),
    )


def _judged(outcome: Outcome) -> Judged:
    gold, answer = outcome.gold, outcome.answer
    shown = answer.nearest[:1] if answer.declined else answer.citations[:1]
    return Judged(answer.confidence, gold.answerable, not (gold.answerable and evidence_in(shown, gold)))


def _by_confidence(judged: Sequence[Judged]) -> list[list[Judged]]:
    """Questions of one confidence together, the surest first; those without one left out."""
    sure = [(each.confidence, each) for each in judged if each.confidence is not None]
    ordered = sorted(sure, key=lambda pair: -pair[0])
    return [[each for _, each in group] for _, group in groupby(ordered, key=lambda pair: pair[0])]


def _errors(judged: Sequence[Judged]) -> list[float]:
    """The wrong ones among the surest 1, 2, …; equal confidences share theirs evenly, so that no order is made up."""
    errors: list[float] = []
    before = 0.0
    for group in _by_confidence(judged):
        wrong = sum(each.wrong for each in group)
        errors += [before + wrong * place / len(group) for place in range(1, len(group) + 1)]
        before += wrong
    return errors


def _ends(judged: Sequence[Judged]) -> list[int]:
    """How many questions are answered down to each confidence: what a threshold can bring about."""
    ends: list[int] = []
    for group in _by_confidence(judged):
        ends.append((ends[-1] if ends else 0) + len(group))
    return ends


def _at(threshold: float, judged: Sequence[Judged]) -> Threshold:
    def share(*, answerable: bool) -> float | None:
        about = [each for each in judged if each.answerable == answerable]
        declined = sum(each.confidence is None or each.confidence < threshold for each in about)
        return round(declined / len(about), 4) if about else None

    return Threshold(threshold, share(answerable=False), share(answerable=True))


def _now(asked: Sequence[Outcome]) -> tuple[float, float] | None:
    answered = [outcome for outcome in asked if not outcome.answer.declined]
    if not answered:
        return None
    wrong = sum(outcome.miss is not None for outcome in answered)
    return round(len(answered) / len(asked), 4), round(wrong / len(answered), 4)
