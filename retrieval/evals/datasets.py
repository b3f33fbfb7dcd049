"""Data sets in BEIR layout: `corpus.jsonl`, `queries.jsonl`, `qrels/<split>.tsv`, and `answers.jsonl` where gold spans exist.

Thakur et al. 2021, "BEIR". Whatever is broken is refused with its file and line, nothing is passed over in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ir_measures import Qrel

from retrieval.arabic import clean_line, words
from retrieval.errors import SHOWN_OF_A_NAME, DatasetBroken, DatasetOdd

Records = Iterator[tuple[int, dict[str, Any]]]

_GRADE = re.compile(r"-?\d{1,9}")
"""More digits do not fit into the 64 bits that trec_eval reads a grade into; nobody grades as finely."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One split. Every query of its qrels is in `queries`, every document of its qrels in `documents`."""

    folder: Path
    split: str
    documents: frozenset[str]
    queries: Mapping[str, str]
    qrels: Sequence[Qrel]
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The gold spans of each query; none in a set without spans."""
    evidence: frozenset[tuple[str, str]] = frozenset()
    """Each query with each relevant document that holds one of its gold spans."""
    notes: tuple[DatasetOdd, ...] = ()
    """What is odd and yet scored as the field does: a text that cannot be found, a question nothing is relevant to."""

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus.jsonl"

    def counts(self, query: str, document: str, text: str) -> bool:
        """Whether a passage brings its document in: one that holds a gold span, where the document is evidence by one."""
        return (query, document) not in self.evidence or holds(text, self.answers[query])


def read_retrieval(folder: Path, split: str | None) -> Dataset:
    """A split of a data set, checked; without a name, `test` or the only one there. Raises `DatasetBroken`."""
    split, path = _qrels_file(folder, split)
    documents, empty = _documents(folder / "corpus.jsonl")
    texts = _queries(folder / "queries.jsonl")
    qrels = list(_qrels(path, texts, documents))
    queries = {qrel.query_id: texts[qrel.query_id] for qrel in qrels}
    answers = _gold_spans(folder / "answers.jsonl", texts)
    wanted = {query: spans for query, spans in answers.items() if query in queries}
    relevant = [(qrel.query_id, qrel.doc_id) for qrel in qrels if qrel.relevance > 0]
    evidence = frozenset(_with_span(folder / "corpus.jsonl", relevant, wanted)) if wanted else frozenset()
    found = {query for query, _ in relevant}
    notes = (
        *(DatasetOdd(path=folder / "corpus.jsonl", line=line, problem="no text: it cannot be found") for line in empty),
        *(
            DatasetOdd(path=path, problem=f"nothing is relevant to query {query}; it scores 0")
            for query in queries
            if query not in found
        ),
        *(
            DatasetOdd(path=folder / "queries.jsonl", problem=f"no words in query {query}")
            for query, text in queries.items()
            if not words(text)
        ),
    )
    return Dataset(folder, split, frozenset(documents), queries, qrels, wanted, evidence, notes)


def _qrels_file(folder: Path, split: str | None) -> tuple[str, Path]:
    """The name of a split and the file of its judgements. Raises `DatasetBroken`, which names the splits that there are."""
    found = {path.stem: path for path in sorted((folder / "qrels").glob("*.tsv"))}
    found |= {path.stem.removeprefix("qrels."): path for path in sorted(folder.glob("qrels.*.tsv"))}
    if (whole := folder / "qrels.tsv").is_file():
        found.setdefault("test", whole)
    wanted = split or ("test" if "test" in found or len(found) != 1 else next(iter(found)))
    if wanted not in found:
        there = f"; there are: {', '.join(found)}" if found else ""
        raise DatasetBroken(path=folder, problem=f"no qrels for split {wanted}{there}")
    return wanted, found[wanted]


def _gold_spans(path: Path, texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The gold answers of an `answers.jsonl` by query; none without the file."""
    spans: dict[str, tuple[str, ...]] = {}
    for line, record in records(path, "_id") if path.exists() else ():
        query = str(record["_id"])
        if query not in texts:
            raise DatasetBroken(path=path, line=line, problem=f"unknown query {query}")
        if query in spans:
            raise DatasetBroken(path=path, line=line, problem=f"duplicate id {query}")
        spans[query] = strings(path, line, record, "answers")
    return spans


def _with_span(
    corpus: Path, relevant: Sequence[tuple[str, str]], answers: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """The pairs of query and document whose document holds a gold span of the query."""
    queries: dict[str, list[str]] = {}
    for query, document in relevant:
        if query in answers:
            queries.setdefault(document, []).append(query)
    for _, record in records(corpus):
        document = str(record["_id"])
        yield from ((query, document) for query in queries.get(document, ()) if holds(record["text"], answers[query]))


def holds(text: str, spans: Sequence[str]) -> bool:
    """Whether a text holds one of the spans, spelling variants apart."""
    normal = " ".join(words(text))
    return any(form.search(normal) for span in spans if (form := form_of(span)))


def form_of(span: str) -> re.Pattern[str] | None:
    """What a span looks like among normalised words parted by blanks; None for one without a word.

    A number stands for itself, not for a part of another (5 is not in 2025); a word may have any letters written at it.
    """
    wanted = " ".join(words(span))
    if not wanted:
        return None
    before = r"(?<!\d)" if wanted[0].isdigit() else ""
    return re.compile(before + re.escape(wanted) + (r"(?!\d)" if wanted[-1].isdigit() else ""))


# ------------------------------------------------------------------------------------------------------ the files


def records(path: Path, *fields: str) -> Records:
    """The objects of a JSON Lines file with their line. Raises `DatasetBroken` with the line that is at fault."""
    for number, line in _lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DatasetBroken(path=path, line=number, problem="not valid JSON") from error
        if not isinstance(record, dict):
            raise DatasetBroken(path=path, line=number, problem="not an object")
        for name in fields:
            if name not in record:
                raise DatasetBroken(path=path, line=number, problem=f"no {name}")
        yield number, record


def strings(path: Path, line: int, record: dict[str, Any], name: str) -> tuple[str, ...]:
    """A field of a record that holds a list of strings, or one, or nothing; numbers will do. Raises `DatasetBroken`."""
    values = record.get(name) or []
    found = [values] if isinstance(values, str) else values
    if not isinstance(found, list) or not all(_is_name(value) or isinstance(value, float) for value in found):
        raise DatasetBroken(path=path, line=line, problem=f"{name} is not a list of strings")
    return tuple(map(str, found))


def _is_name(value: object) -> bool:
    """A string or a whole number, which `True` is to Python."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or "not UTF-8"
        raise DatasetBroken(path=path, problem=problem) from error


def _identified(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The records of a file whose `_id` must be unique and fit a TREC run, which parts its columns by blanks."""
    seen: set[str] = set()
    for line, record in records(path, "_id", "text"):
        identity = str(record["_id"])
        if identity.split() != [identity] or not _is_name(record["_id"]):
            raise DatasetBroken(path=path, line=line, problem=f"an id must be one word: {identity!r}")
        if identity in seen:
            raise DatasetBroken(path=path, line=line, problem=f"duplicate id {identity}")
        if not isinstance(record["text"], str):
            raise DatasetBroken(path=path, line=line, problem="text is not a string")
        seen.add(identity)
        yield line, identity, record
    if not seen:
        raise DatasetBroken(path=path, line=1, problem="no records")


def _documents(path: Path) -> tuple[set[str], list[int]]:
    """The ids of the corpus, and the lines of texts without a word."""
    documents: set[str] = set()
    empty = []
    for line, identity, record in _identified(path):
        documents.add(identity)
        if not clean_line(record["text"]):
            empty.append(line)
    return documents, empty


def _queries(path: Path) -> dict[str, str]:
    return {identity: record["text"] for _, identity, record in _identified(path)}


def _qrels(path: Path, queries: Mapping[str, str], documents: set[str]) -> Iterator[Qrel]:
    """The judgements: `query, document, grade` parted by tabs, with or without a head, or TREC's four columns."""
    seen: set[tuple[str, str]] = set()
    for number, line in _lines(path):
        columns = line.split("\t") if "\t" in line else line.split()
        columns = [column.strip() for column in columns]
        if number == 1 and columns[0] == "query-id":
            continue
        if len(columns) not in (3, 4):
            raise DatasetBroken(path=path, line=number, problem="not query, document and grade")
        query, document, grade = columns[0], columns[-2], columns[-1]
        if not _GRADE.fullmatch(grade):
            raise DatasetBroken(path=path, line=number, problem=f"{grade[:SHOWN_OF_A_NAME]!r} is not a grade")
        if query not in queries:
            raise DatasetBroken(path=path, line=number, problem=f"unknown query {query}")
        if document not in documents:
            raise DatasetBroken(path=path, line=number, problem=f"unknown document {document}")
        if (query, document) in seen:
            raise DatasetBroken(path=path, line=number, problem=f"{document} is judged twice for query {query}")
        seen.add((query, document))
        yield Qrel(query, document, int(grade))
    if not seen:
        raise DatasetBroken(path=path, line=1, problem="no judgements")
