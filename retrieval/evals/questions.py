"""Questions with gold evidence: a JSON Lines file of them, or the `answers.jsonl` of a data set in BEIR layout."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import DatasetBroken


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
    for line, record in _records(path):
        question = record.get("question")
        if not isinstance(question, str) or not question.strip():
            raise DatasetBroken(path=path, line=line, problem="no question")
        question_id = str(record.get("id") or line)
        if question_id in seen:
            raise DatasetBroken(path=path, line=line, problem=f"duplicate id {question_id}")
        seen.add(question_id)
        answers, evidence = _strings(record, "answers"), _strings(record, "evidence")
        answerable = record.get("answerable", bool(answers or evidence))
        if not isinstance(answerable, bool):
            raise DatasetBroken(path=path, line=line, problem="answerable is neither true nor false")
        kind, history = str(record.get("kind") or "question"), _strings(record, "history")
        found.append(GoldQuestion(question_id, kind, question, answers, evidence, answerable, history))
    if not found:
        raise DatasetBroken(path=path, line=1, problem="no questions")
    return found


def read_dataset(folder: Path, split: str) -> list[GoldQuestion]:
    """The questions of a split that have gold answers; the evidence is the answers as they stand in the corpus."""
    texts = {str(record["_id"]): str(record["text"]) for _, record in _records(folder / "queries.jsonl", "_id", "text")}
    wanted = _query_ids(folder, split)
    found = []
    for line, record in _records(folder / "answers.jsonl", "_id"):
        query_id = str(record["_id"])
        if query_id not in texts:
            raise DatasetBroken(path=folder / "answers.jsonl", line=line, problem=f"unknown query {query_id}")
        if query_id in wanted:
            answers = _strings(record, "answers")
            found.append(GoldQuestion(query_id, "question", texts[query_id], answers, answers, bool(answers)))
    if not found:
        raise DatasetBroken(path=folder / "answers.jsonl", line=1, problem=f"no answers for split {split}")
    return found


def _query_ids(folder: Path, split: str) -> set[str]:
    for path in (folder / "qrels" / f"{split}.tsv", folder / f"qrels.{split}.tsv", folder / "qrels.tsv"):
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                return {row[0] for row in csv.reader(file, delimiter="\t") if row and row[0] != "query-id"}
    raise DatasetBroken(path=folder, problem=f"no qrels for split {split}")


def _records(path: Path, *fields: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or "not UTF-8"
        raise DatasetBroken(path=path, problem=problem) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise DatasetBroken(path=path, line=number, problem="not valid JSON") from error
        if not isinstance(record, dict):
            raise DatasetBroken(path=path, line=number, problem="not an object")
        for field in fields:
            if field not in record:
                raise DatasetBroken(path=path, line=number, problem=f"no {field}")
        yield number, record


def _strings(record: dict[str, Any], field: str) -> tuple[str, ...]:
    values = record.get(field) or ()
    return tuple(str(value) for value in ([values] if isinstance(values, str) else values))
