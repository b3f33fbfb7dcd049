"""The risk–coverage curve and the thresholds, against figures computed by hand."""

from __future__ import annotations

from retrieval.evals.answers import Outcome
from retrieval.evals.declining_curve import declining_curve
from tests.outcomes import EVIDENCE, outcome


def right(confidence: float | None) -> Outcome:
    return outcome(quotes=[EVIDENCE], confidence=confidence)


def wrong(confidence: float | None) -> Outcome:
    return outcome(quotes=["جملة أخرى"], confidence=confidence)


def unanswerable(confidence: float | None, *, declined: bool = False) -> Outcome:
    return outcome(quotes=[] if declined else ["جملة"], answerable=False, declined=declined, confidence=confidence)


def test_risk_is_the_share_wrong_among_the_surest() -> None:
    curve = declining_curve([unanswerable(0.2), right(0.9), wrong(0.7), right(0.8)])
    assert curve.risk_coverage == ((0.25, 0.0), (0.5, 0.0), (0.75, 0.3333), (1.0, 0.5))
    assert curve.aurc == round((0 + 0 + 1 / 3 + 1 / 2) / 4, 4)
    assert curve.now == (1.0, 0.5)


def test_equal_confidences_have_one_point_and_no_order() -> None:
    outcomes = [right(0.9), wrong(0.8), right(0.8), unanswerable(0.3)]
    curve = declining_curve(outcomes)
    assert curve.risk_coverage == ((0.25, 0.0), (0.75, 0.3333), (1.0, 0.5))
    assert curve.aurc == round((0 + 0.5 / 2 + 1 / 3 + 2 / 4) / 4, 4)
    assert declining_curve(outcomes[::-1]) == curve


def test_declined_question_is_judged_by_the_nearest_quote() -> None:
    near = outcome(declined=True, nearest=["أعلنت " + EVIDENCE, "جملة"], confidence=0.4)
    far = outcome(declined=True, nearest=["جملة", EVIDENCE], confidence=0.3)
    rightly = unanswerable(0.2, declined=True)
    curve = declining_curve([right(0.9), near, far, rightly])
    assert curve.risk_coverage == ((0.25, 0.0), (0.5, 0.0), (0.75, 0.3333), (1.0, 0.5))
    assert curve.now == (0.25, 0.0)


def test_what_was_not_searched_is_declined_at_any_threshold() -> None:
    curve = declining_curve([right(0.9), outcome(declined=True, confidence=None)])
    assert curve.risk_coverage == ((0.5, 0.0),)
    assert {each.declined_wrong for each in curve.thresholds if each.threshold <= 0.9} == {0.5}
    assert curve.recommended is None


def test_talk_stays_out() -> None:
    talk = [
        outcome(kind="small_talk", answerable=False, declined=True),
        outcome(kind="injection", answerable=False, quotes=["جملة"], confidence=0.9),
    ]
    assert declining_curve([right(0.5), *talk]) == declining_curve([right(0.5)])
    assert declining_curve(talk).aurc is None


def test_recommended_threshold_is_the_largest_that_declines_eight_in_a_hundred() -> None:
    answerable = [right(confidence) for confidence in (0.1, 0.2, 0.3, *[0.6] * 22)]
    curve = declining_curve([*answerable, unanswerable(0.29), unanswerable(0.3), unanswerable(0.9), unanswerable(0.1)])
    best = curve.recommended
    assert best is not None
    assert (best.threshold, best.declined_wrong, best.declined_right) == (0.3, 0.08, 0.5)
    by_threshold = {each.threshold: each for each in curve.thresholds}
    assert len(by_threshold) == 101
    assert (by_threshold[0.0].declined_right, by_threshold[0.0].declined_wrong) == (0.0, 0.0)
    assert (by_threshold[0.31].declined_right, by_threshold[0.31].declined_wrong) == (0.75, 0.12)


def test_without_unanswerable_questions_one_side_is_unknown() -> None:
    best = declining_curve([right(0.4), right(0.5)]).recommended
    assert best is not None
    assert (best.threshold, best.declined_right, best.declined_wrong) == (0.4, None, 0.0)
    assert declining_curve([unanswerable(0.4)]).recommended is None
