"""Runs: for each query the documents found, best first; as TREC files, so that any tool can score them again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from ir_measures import ScoredDoc

from retrieval.errors import DatasetBroken

Run = Mapping[str, Sequence[ScoredDoc]]
"""Every query that was asked is in it, one without hits with nothing. Scores fall strictly, so that no tool breaks ties."""

_STEP = 1e-6
"""Between scores that would be equal, as far as they are written to files; large ones differ by what a float can."""


def ranked(query: str, found: Sequence[tuple[str, float]]) -> list[ScoredDoc]:
    """Documents given best first, each once, with scores that fall strictly."""
    documents: list[ScoredDoc] = []
    seen: set[str] = set()
    for document, score in found:
        if document not in seen:
            seen.add(document)
            last = documents[-1].score if documents else math.inf
            documents.append(ScoredDoc(query, document, min(score, last - _STEP, math.nextafter(last, -math.inf))))
    return documents


def write_run(path: Path, run: Run, name: str) -> None:
    """A TREC run file: query, Q0, document, rank, score, name. Raises OSError as the disk does."""
    with path.open("w", encoding="utf-8") as file:
        for query, documents in run.items():
            for rank, found in enumerate(documents, start=1):
                file.write(f"{query} Q0 {found.doc_id} {rank} {found.score:.6f} {name}\n")


def read_run(path: Path) -> dict[str, list[ScoredDoc]]:
    """The run of a TREC file, ordered by score, equal scores by document as trec_eval does. Raises `DatasetBroken`."""
    found: dict[str, dict[str, float]] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetBroken(path=path, problem=getattr(error, "strerror", None) or "not UTF-8") from error
    for number, line in enumerate(lines, start=1):
        if not (columns := line.split()):
            continue
        try:
            query, _, document, _, score, *_ = columns
            value = float(score)
        except ValueError as error:
            problem = "not the columns of a TREC run: query Q0 document rank score name"
            raise DatasetBroken(path=path, line=number, problem=problem) from error
        if not math.isfinite(value):
            raise DatasetBroken(path=path, line=number, problem=f"{score} is not a score")
        of_query = found.setdefault(query, {})
        if document in of_query:
            raise DatasetBroken(path=path, line=number, problem=f"{document} is there twice for query {query}")
        of_query[document] = value
    if not found:
        raise DatasetBroken(path=path, line=1, problem="no lines of a TREC run")
    ordered = {
        query: sorted(docs.items(), key=lambda pair: (pair[1], pair[0]), reverse=True) for query, docs in found.items()
    }
    return {query: ranked(query, docs) for query, docs in ordered.items()}
