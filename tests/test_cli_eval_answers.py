"""`dalil eval answers` from the command line: the contract's JSON, the table, a model of one's choice, the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.beir import lines, write_dataset
from tests.ollama_double import Chat, OllamaDouble
from tests.test_cli import QUESTION, dalil, folder  # noqa: F401 - fixtures

KEYS = {
    "dataset", "questions", "answerable", "unanswerable", "answered", "evidence@1", "answer@1", "answer@2",
    "declined_right", "declined_wrong", "ms_per_question_p50", "ms_per_question_p95", "intervals", "groups", "token_f1",
    "citation_precision", "citation_recall", "followup_success", "aurc", "risk_coverage", "thresholds", "modes",
}  # fmt: skip
GOLD = {"answers": ["سامي حداد"], "evidence": ["وزير الأشغال سامي حداد"]}


@pytest.fixture
def questions(folder: Path) -> str:  # noqa: F811
    lines(folder / "q.jsonl", [
        {"id": "a", "kind": "who", "question": QUESTION, **GOLD},
        {"id": "b", "kind": "followup", "question": "ومتى سيفتح الجسر؟", "history": [QUESTION],
         "answers": ["الخميس"], "evidence": ["طرابلس يوم الخميس"]},
        {"id": "c", "kind": "unanswerable", "question": "كم عدد سكان اليابان؟", "answerable": False},
        {"id": "d", "kind": "small_talk", "question": "شكرا", "answerable": False},
    ])  # fmt: skip
    return "q.jsonl"


def test_json_has_the_keys_of_the_contract(dalil: Any, questions: str) -> None:  # noqa: F811
    found = json.loads(dalil("eval", "answers", questions, "--json").out)
    assert found.keys() >= KEYS
    assert (found["dataset"], found["questions"], found["evidence@1"], found["declined_right"]) == ("q", 4, 1.0, 1.0)
    assert (found["followup_success"], found["citation_recall"], found["citation_precision"]) == (1.0, 1.0, 1.0)
    assert 0.0 < found["token_f1"] < 1.0
    assert found["modes"] == {"llm": 0, "quotes": 2} and found["notices"] == {}
    coverage, risk = zip(*found["risk_coverage"], strict=True)
    assert list(coverage) == sorted(coverage) and coverage[-1] == 1.0
    assert (risk[0], round(risk[-1], 2), found["aurc"] <= risk[-1]) == (0.0, 0.33, True)
    assert found["thresholds"][0] == {"threshold": 0.0, "declined_right": 0.0, "declined_wrong": 0.0}
    assert found["recommended"] in found["thresholds"]
    assert set(found["groups"]) == {"standalone", "who", "followup", "unanswerable", "small_talk"}


def test_every_path_has_a_block(dalil: Any, questions: str, tmp_path: Path) -> None:  # noqa: F811
    write_dataset(tmp_path / "set", answers={"q1": ["الخلاف على العقوبات"]})
    outcome = dalil("eval", "answers", questions, "set", "--misses")
    assert outcome.code == 0
    heads = [line for line in outcome.out.splitlines() if line in (questions, "set")]
    assert heads == [questions, "set"]
    rows = {line.split()[0]: line.split() for line in outcome.out.splitlines()}
    assert rows["followup"][1:4] == ["1", "1.000", "1.000"]
    assert "answered: llm 0, quotes 2; followup_success 1.000" in outcome.out
    assert outcome.out.count("area under risk over coverage (AURC)") == 2
    assert "recommended threshold of confidence" in outcome.out


def test_any_model_can_be_measured(dalil: Any, questions: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    with OllamaDouble(models=["wanted:latest"]) as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.url)
        ollama.chats.extend([Chat(("وزير الأشغال هو سامي حداد [1]",)), *[Chat(("لا علامة هنا.",))] * 9])
        found = json.loads(dalil("eval", "answers", questions, "--llm", "wanted", "--json").out)
        assert {body["model"] for body in ollama.asked("/api/chat")} == {"wanted"}
        assert found["modes"] == {"llm": 1, "quotes": 1}
        assert found["notices"] == {"model_unsupported": 1}
        text = dalil("eval", "answers", questions, "--llm", "wanted").out
    assert "notices: model_unsupported" in text
    assert json.loads(dalil("eval", "answers", questions, "--llm", "none", "--json").out)["modes"]["quotes"] == 2


@pytest.mark.parametrize(
    ("name", "line"), [("missing", "missing"), (" ", "Unusable value for “--llm”; expected: NAME")]
)
def test_model_that_is_not_there_is_one_line(
    dalil: Any,  # noqa: F811
    questions: str,
    name: str,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with OllamaDouble() as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.url)
        assert dalil("ingest").code == 0
        outcome = dalil("eval", "answers", questions, "--llm", name)
    assert outcome.code != 0 and outcome.out == ""
    assert line in outcome.err and outcome.err.count("\n") == 1


def test_the_report_is_written_beside_the_json(dalil: Any, questions: str, tmp_path: Path) -> None:  # noqa: F811
    write_dataset(tmp_path / "set", answers={"q1": ["غير موجود"]})
    outcome = dalil("eval", "answers", questions, "set", "--report", "r.html", "--json")
    assert [json.loads(line)["dataset"] for line in outcome.out.splitlines()] == ["q", "set"]
    assert "The report is in r.html" in outcome.err
    page = Path("r.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 2
    assert "<mark>غير موجود</mark>" in page and "لماذا انهارت القمة الثانية؟" in page
