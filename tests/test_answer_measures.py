"""The measures of one answer, against figures computed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from retrieval.evals import answer_measures as measures
from tests.outcomes import EVIDENCE, outcome


@pytest.mark.parametrize(
    ("quotes", "first", "any_citation", "precision"),
    [
        (["أعلنت مقتلَ أربعةٍ من جنودهــا أمس", "جملة أخرى"], True, True, 1 / 2),
        (["قُتل أربعة", "أعلنت " + EVIDENCE, "جملة أخرى"], False, True, 2 / 3),  # the first has the answer alone
        (["قُتل أربعة"], False, False, 1.0),
        (["جملة أخرى"], False, False, 0.0),
        ([], False, False, 0.0),
    ],
)
def test_evidence_and_citations(quotes: Sequence[str], first: bool, any_citation: bool, precision: float) -> None:
    found = outcome(quotes=quotes)
    assert measures.evidence_first(found.gold, found.answer) is first
    assert measures.citation_recall(found.gold, found.answer) is any_citation
    assert measures.citation_precision(found.gold, found.answer) == pytest.approx(precision)


def test_one_of_several_spans_is_enough() -> None:
    found = outcome(quotes=["جملة", "سقط أربعة قتلى"], evidence=[EVIDENCE, "سقط أربعة قتلى"])
    assert measures.citation_recall(found.gold, found.answer)


def test_answer_is_looked_for_in_the_first_quotes_only() -> None:
    found = outcome(quotes=["جملة", "قُتل أربعة"])
    assert [measures.answer_within(found.gold, found.answer, count) for count in (1, 2)] == [False, True]


@pytest.mark.parametrize(
    ("quote", "answer", "held"),
    [
        ("في عام 2025", "5", False),
        ("في عام 2025", "20", False),
        ("في عام ٢٠٢٥م", "2025", True),
        ("قُتل 15 من 5 آلاف", "٥", True),
        ("قتل 150 جنديًا", "قتل 15", False),
        ("قتل ب15 طلقة", "15 طلقة", True),
        ("قال بالرياض أمس", "الرياض", True),  # what Arabic writes at a word is no border
    ],
)
def test_a_number_is_held_whole_or_not_at_all(quote: str, answer: str, held: bool) -> None:
    found = outcome(quotes=[quote], answers=[answer])
    assert measures.answer_within(found.gold, found.answer, 1) is held


@pytest.mark.parametrize(
    ("quote", "answers", "f1"),
    [
        ("أعلنت مقتلَ أربعةٍ من جنودها", ["أربعه جنود"], 2 * 1 / (5 + 2)),
        ("أعلنت مقتلَ أربعةٍ من جنودها", ["خمسة", "اربعة من جنودها"], 2 * 3 / (5 + 3)),  # the best of the gold answers
        ("لا لا لا", ["لا لا"], 2 * 2 / (3 + 2)),  # a word counts as often as both have it; stop words stay
        ("في عام ٢٠١٩", ["2019"], 2 * 1 / (3 + 1)),
        ("جملة أخرى", ["أربعة"], 0.0),
        ("جملة أخرى", [], 0.0),
    ],
)
def test_token_f1_of_a_quote(quote: str, answers: Sequence[str], f1: float) -> None:
    found = outcome(quotes=[quote, "أربعة"], answers=answers)
    assert measures.token_f1(found.gold, found.answer) == pytest.approx(f1)


def test_token_f1_of_a_written_answer_is_that_of_its_text_without_marks() -> None:
    written = outcome(quotes=[EVIDENCE], text="قُتل أربعة [1][2].", mode="llm")
    assert measures.token_f1(written.gold, written.answer) == pytest.approx(2 * 1 / (2 + 1))
    mark = outcome(quotes=[EVIDENCE], text="نعم [1].", mode="llm", answers=["1"])
    assert measures.token_f1(mark.gold, mark.answer) == 0.0


def test_declined_answer_has_no_words() -> None:
    found = outcome(declined=True, text="أربعة")
    assert measures.token_f1(found.gold, found.answer) == 0.0
    assert measures.declined(found.gold, found.answer)
