"""Reading gold questions, the measures over outcomes, and the floors under the answers on the development sets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.assistant import Assistant
from retrieval.errors import DatasetBroken, ModelUnsupported
from retrieval.evals.answers import evaluate, figures, groups, intervals, modes, notices
from retrieval.evals.questions import GoldQuestion, read_dataset, read_questions
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from tests.beir import QUERIES, write_dataset
from tests.outcomes import EVIDENCE, outcome

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"


def test_measures_are_shares_of_the_questions_they_are_about() -> None:
    outcomes = [
        outcome(quotes=["أعلنت مقتلَ أربعةٍ من جنودها أمس"]),
        outcome(quotes=["جملة أخرى", "قُتل أربعة"]),
        outcome(quotes=["جملة أخرى"]),
        outcome(declined=True),
        outcome(declined=True, kind="unanswerable", answerable=False),
        outcome(quotes=["جواب"], kind="false_premise", answerable=False),
        outcome(declined=True, kind="small_talk", answerable=False),
    ]
    measured = figures(outcomes)
    assert measured["questions"] == 7
    assert measured["answered"] == 4
    assert measured["evidence@1"] == 0.25
    assert measured["answer@1"] == 0.25
    assert measured["answer@2"] == 0.5
    assert measured["declined_wrong"] == 0.25
    assert measured["declined_right"] == 0.5


def test_slowest_twentieth_is_not_faster_than_the_median() -> None:
    measured = figures([replace(outcome(), seconds=seconds) for seconds in (0.03, 0.01)])
    assert measured["ms_per_question_p50"] == 20.0
    assert measured["ms_per_question_p95"] == 29.0


def test_share_over_nothing_is_none() -> None:
    assert figures([])["evidence@1"] is None


def test_citations_are_judged_where_there_are_any_and_follow_ups_by_themselves() -> None:
    outcomes = [
        outcome(quotes=[EVIDENCE, "جملة أخرى"]),
        outcome(quotes=["جملة أخرى", EVIDENCE, "قُتل أربعة"], history=["متى؟"]),
        outcome(quotes=[EVIDENCE], history=["متى؟", "أين؟"]),
        outcome(declined=True),
        outcome(quotes=[EVIDENCE], answerable=False),
    ]
    measured = figures(outcomes)
    assert measured["citation_precision"] == round((1 / 2 + 2 / 3 + 1) / 3, 4)
    assert measured["citation_recall"] == 0.75
    assert measured["followup_success"] == 0.5
    assert figures(outcomes[:1])["followup_success"] is None


def test_modes_count_what_was_answered_and_notices_what_was_told() -> None:
    late = ModelUnsupported(model="m")
    outcomes = [
        outcome(quotes=[EVIDENCE], mode="llm"),
        outcome(quotes=[EVIDENCE], notice=late),
        outcome(quotes=[EVIDENCE], notice=late),
        outcome(declined=True),
    ]
    assert modes(outcomes) == {"llm": 1, "quotes": 2}
    assert notices(outcomes) == {late.code: 2}


def test_intervals_hold_their_share_and_narrow_with_more_questions() -> None:
    few = [outcome(quotes=["مقتل أربعة من جنودها"]), outcome(quotes=["غيرها"])] * 5
    many = few * 20
    low, high = intervals(few)["evidence@1"]
    assert low < 0.5 < high
    narrow_low, narrow_high = intervals(many)["evidence@1"]
    assert low < narrow_low < 0.5 < narrow_high < high
    assert intervals(few) == intervals(few)
    assert "declined_right" not in intervals(few)


def test_groups_hold_follow_ups_and_english_apart() -> None:
    outcomes = [outcome(), outcome(kind="followup"), outcome(kind="english"), outcome(kind="small_talk")]
    assert len(groups(outcomes)["standalone"]) == 1
    assert set(groups(outcomes)) == {"standalone", "who", "followup", "english", "small_talk"}


def test_questions_are_read_with_their_gold(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    record = {
        "id": "a",
        "kind": "who",
        "question": "من؟",
        "answers": ["زيد"],
        "evidence": ["قال زيد"],
        "history": ["متى؟"],
    }
    file.write_text("\n" + json.dumps(record) + "\n", encoding="utf-8")
    (question,) = read_questions(file)
    assert question == GoldQuestion("a", "who", "من؟", ("زيد",), ("قال زيد",), True, ("متى؟",))


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"id": "a", "question": "من؟"}\n{broken', "2", "not valid JSON"),
        ('{"id": "a", "question": "من؟"}\n\n{"id": "a", "question": "متى؟"}', "3", "duplicate id a"),
        ('{"id": "a"}', "1", "no question"),
        ("[1]", "1", "not an object"),
        ('{"id": "a", "question": "من؟", "answerable": "yes"}', "1", "answerable is neither true nor false"),
        ('{"id": "a", "question": "من؟"}\n' + "[" * 100_000, "2", "not valid JSON"),
        ('{"question": "من؟", "evidence": 5}', "1", "evidence is not a list of strings"),
        ('{"question": "من؟", "history": [["متى؟"]]}', "1", "history is not a list of strings"),
        ("", "1", "no questions"),
    ],
)
def test_broken_questions_are_named_by_line(tmp_path: Path, text: str, line: str, problem: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetBroken) as caught:
        read_questions(file)
    assert (caught.value.values["line"], caught.value.values["problem"]) == (line, problem)


def test_data_set_gives_the_questions_of_its_split(tmp_path: Path) -> None:
    answers = {"q1": ["العقوبات"], "q2": ["بيونغ يانغ"]}
    write_dataset(tmp_path, answers=answers, qrels=[("q2", "d2", 1)], split="train")
    (question,) = read_dataset(tmp_path, "train")
    assert (question.id, question.question, question.answers) == ("q2", QUERIES["q2"], ("بيونغ يانغ",))
    assert question.answerable and question.evidence == question.answers
    with pytest.raises(DatasetBroken, match="there are: train"):
        read_dataset(tmp_path, "test")
    (tmp_path / "answers.jsonl").unlink()
    with pytest.raises(DatasetBroken, match="no answers for split train"):
        read_dataset(tmp_path, None)


@pytest.mark.parametrize("text", ["q2 0 d2 1\n", "\ufeffq2\td2\t1\n", "query-id\tcorpus-id\tscore\n\nq2\td2\t1\n"])
def test_judgements_are_read_as_for_search(tmp_path: Path, text: str) -> None:
    write_dataset(tmp_path, answers={"q1": ["العقوبات"], "q2": ["بيونغ يانغ"]})
    (tmp_path / "qrels" / "test.tsv").write_text(text, encoding="utf-8")
    assert [question.id for question in read_dataset(tmp_path, None)] == ["q2"]


def test_broken_judgements_are_named_by_line(tmp_path: Path) -> None:
    write_dataset(tmp_path, answers={"q1": ["العقوبات"]}, qrels=[("q1", "d1", 1), ("q1", "d9", 1)])
    with pytest.raises(DatasetBroken, match="unknown document d9") as caught:
        read_dataset(tmp_path, None)
    assert caught.value.values["line"] == "3"


@pytest.mark.parametrize(
    ("articles", "questions", "floors"),
    [
        (ROOT / "seeds", ROOT / "seeds" / "questions.jsonl", (0.89, 0.75, 0.04)),
        (ROOT / "seeds", DATA / "seed_questions_dev.jsonl", (0.87, 0.79, 0.06)),
        (DATA / "news", DATA / "news_questions.jsonl", (0.69, 0.52, 0.12)),
    ],
)
def test_answers_stay_above_their_floor(
    tmp_path: Path, articles: Path, questions: Path, floors: tuple[float, float, float]
) -> None:
    """Evidence in the first citation, declined rightly, declined wrongly: standalone Arabic questions, no model."""
    index = Index(tmp_path, BundledEmbedder())
    index.ingest([articles])
    outcomes = evaluate(Assistant(index), read_questions(questions))
    index.close()
    measured = figures(groups(outcomes)["standalone"])
    evidence, right, wrong = measured["evidence@1"], measured["declined_right"], measured["declined_wrong"]
    assert evidence is not None and right is not None and wrong is not None
    assert evidence >= floors[0]
    assert right >= floors[1]
    assert wrong <= floors[2]
    talk = [each for each in outcomes if each.is_talk]
    assert all(each.answer.declined and each.answer.reason != "no_evidence" for each in talk)
    assert all(each.answer.confidence is None for each in talk)
    assert all(0.0 <= each.answer.confidence <= 1.0 for each in outcomes if each not in talk)
