"""Votes become questions to measure with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.__main__ import run
from bot.telegram.ledger import LEDGER_FILE, Ledger
from retrieval.errors import DatasetBroken
from retrieval.evals.questions import read_questions
from retrieval.types import Answer, Citation, Passage, Source

PASSAGE = Passage("a#0", Source("a", "عنوان"), 0, "بدأ العمل في المجمّع يوم الأحد.", 0, 31)
ANSWER = Answer("متى بدأ؟", "متى بدأ؟", "بدأ العمل [1]", "quotes", citations=(Citation(1, PASSAGE, "بدأ العمل", 0, 9),))
DECLINED = Answer("من؟", "من؟", "لم أجد", "quotes", declined=True, reason="no_evidence")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in which four questions were answered and voted on."""
    monkeypatch.setenv("DALIL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DALIL_LANGUAGE", "ar")
    ledger = Ledger(tmp_path / "data" / LEDGER_FILE)
    follow_up = replace(ANSWER, query="وأين؟ بدأ")
    asked = [
        ("متى بدأ؟", ANSWER, "uu"),
        ("وأين؟", follow_up, "ud"),
        ("ومن؟", follow_up, "u"),
        ("من؟", DECLINED, "u"),
        ("كم؟", ANSWER, "d"),
        ("لم يُقيَّم", ANSWER, ""),
    ]
    for number, (question, answer, votes) in enumerate(asked):
        exchange = ledger.begin(number, 7, 7, question)
        ledger.answered(exchange.id, replace(answer, question=question))
        ledger.finished(exchange.id, "delivered")
        for voter, vote in enumerate(votes):
            ledger.vote(100, exchange.id, voter, "up" if vote == "u" else "down")
    ledger.close()
    return tmp_path


def test_liked_answers_are_questions_that_the_measures_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "liked.jsonl"
    assert run(["feedback", "export", str(file)]) == 0
    assert capsys.readouterr().out == ""
    plain, follow_up, declined = read_questions(file)
    assert (plain.question, plain.answers, plain.answerable) == ("متى بدأ؟", ("بدأ العمل",), True)
    assert follow_up.question == "ومن؟" and follow_up.history == ("متى بدأ؟", "وأين؟")
    assert (declined.question, declined.evidence, declined.answerable) == ("من؟", (), False)


def test_disliked_answers_wait_for_a_person_to_say_what_is_right(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["feedback", "export", "--disliked"]) == 0
    (record,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (record["question"], record["answers"], record["answerable"]) == ("كم؟", [], None)
    (folder / "disliked.jsonl").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(DatasetBroken):
        read_questions(folder / "disliked.jsonl")


def test_without_votes_there_is_nothing_and_no_ledger_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DALIL_DATA_DIR", str(tmp_path / "none"))
    assert run(["feedback", "export"]) == 0
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "none").exists()


def test_a_file_that_cannot_be_written_is_one_line_and_exit_code_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["feedback", "export", str(folder / "no" / "such" / "folder.jsonl")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
