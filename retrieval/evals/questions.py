"""Questions with gold evidence: a JSON Lines file of them, or the `answers.jsonl` of a data set in BEIR layout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import DatasetBroken
from retrieval.evals.datasets import read_retrieval, records, strings


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question and what a right answer rests on.

    `evidence` are spans of the articles, one of which the first citation should hold; `answers` are short strings that
    answer; `history` are earlier questions of the conversation, oldest first. Unanswerable ones have neither.
    """

    id: str
    kind: str
    question: str
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    answerable: bool
    history: tuple[str, ...] = ()


def read_questions(path: Path) -> list[GoldQuestion]:
    """The questions of a file, one JSON object a line. Raises `DatasetBroken` with the line that is at fault."""
    found = []
    seen: set[str] = set()
    for line, record in records(path):
        question = record.get("question")
        if not isinstance(question, str) or not question.strip():
            raise DatasetBroken(path=path, line=line, problem="no question")
        question_id = str(record.get("id") or line)
        if question_id in seen:
            raise DatasetBroken(path=path, line=line, problem=f"duplicate id {question_id}")
        seen.add(question_id)
        answers, evidence, history = (strings(path, line, record, name) for name in ("answers", "evidence", "history"))
        answerable = record.get("answerable", bool(answers or evidence))
        if not isinstance(answerable, bool):
            raise DatasetBroken(path=path, line=line, problem="answerable is neither true nor false")
        kind = str(record.get("kind") or "question")
        found.append(GoldQuestion(question_id, kind, question, answers, evidence, answerable, history))
    if not found:
        raise DatasetBroken(path=path, line=1, problem="no questions")
    return found


def read_dataset(folder: Path, split: str | None) -> list[GoldQuestion]:
    """The questions of a split that have gold answers; the evidence is the answers as they stand in the corpus."""
    dataset = read_retrieval(folder, split)
    found = [
        GoldQuestion(query, "question", dataset.queries[query], spans, spans, bool(spans))
        for query, spans in dataset.answers.items()
    ]
    if not found:
        raise DatasetBroken(path=folder / "answers.jsonl", problem=f"no answers for split {dataset.split}")
    return found
