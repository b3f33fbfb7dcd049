"""Tables (CSV, TSV) to Drafts, a row at a time, so that a file may be of any size; a broken row is named by its line.

The first row names the columns, in Arabic or English; columns that no field is known for are passed over.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.arabic import clean_line
from retrieval.errors import RecordBroken, SourceEncoding
from retrieval.sources.article import Draft
from retrieval.sources.decoding import encoding_of
from retrieval.sources.faults import TableWithoutText
from retrieval.sources.field_names import columns_of
from retrieval.sources.markup import plain_line
from retrieval.sources.record_dates import Undated, with_dates
from retrieval.sources.records import SAMPLE_BYTES, text_of_record

if TYPE_CHECKING:
    from _csv import Reader

LONGEST_FIELD = 1 << 24
"""Characters; Python's own limit of 131,072 is less than a long report."""
SHOWN_COLUMNS = 12
_DELIMITERS = ",;\t|"
_HEADER_BYTES = 200
_JUDGEMENTS = re.compile(r"query[-_]?id\t(?:corpus|doc)[-_]?id\t")
_READABLE = re.compile(r"\w")
_UNDECODED = re.compile("[\udc80-\udcff]")
_OPENED, _CLOSED = re.compile(r'(?:^|\t)"(?!\t|$)', re.MULTILINE), re.compile(r'(?<!\t)"(?:\t|$)', re.MULTILINE)


def read_table(path: Path) -> Iterator[tuple[int, Draft | RecordBroken]]:
    """Each row's draft or fault, with the line on which it begins.

    Raises TableWithoutText where no column is named for the text, SourceBinary and SourceEncoding.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    encoding = encoding_of(sample, path, beginning_only=True)
    csv.field_size_limit(max(LONGEST_FIELD, csv.field_size_limit()))
    errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    beginning = sample.decode(encoding, "replace")
    delimiter = delimiter_of(beginning)
    try:
        with path.open(encoding=encoding, errors=errors, newline="") as file:
            reader = csv.reader(
                (line.replace("\x00", "") for line in file),
                delimiter=delimiter,
                quoting=csv.QUOTE_NONE if delimiter == "\t" and _has_plain_quotes(beginning) else csv.QUOTE_MINIMAL,
            )
            yield from with_dates(_rows(reader, path))
    except UnicodeDecodeError as error:
        raise SourceEncoding(path=path) from error


def delimiter_of(sample: str) -> str:
    """The delimiter that parts the header into most known names; then the one that stands in it most often.

    «sep=;», which Excel writes above the header, says it outright.
    """
    lines = [line for line in sample.lstrip("\ufeff").splitlines() if line.strip()]
    if not lines:
        return ","
    if said := re.fullmatch(r"sep=(.)", lines[0].strip('"')):
        return said[1]

    def fitness(delimiter: str) -> tuple[int, int]:
        names = next(csv.reader([lines[0]], delimiter=delimiter), [])
        return len(columns_of(names)), lines[0].count(delimiter)

    return max(_DELIMITERS, key=fitness)


def holds_judgements(path: Path) -> bool:
    """Whether a table holds the judgements of an evaluation (BEIR's qrels): `query-id`, `corpus-id` and a score."""
    with path.open("rb") as file:
        beginning = file.read(_HEADER_BYTES).decode("utf-8-sig", "replace")
    return _JUDGEMENTS.match(beginning.lower()) is not None


def _has_plain_quotes(sample: str) -> bool:
    """Whether quotation marks are text: programs that write tabs often leave fields unquoted."""
    return len(_OPENED.findall(sample)) != len(_CLOSED.findall(sample.replace("\r", "")))


def _rows(reader: Reader, path: Path) -> Iterator[tuple[int, Undated | RecordBroken]]:
    columns: dict[str, int] | None = None
    start = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield start, RecordBroken(path=path, line=start, problem="not a row of a table")
            return
        if row is None:
            return
        line, start = start, reader.line_num + 1
        if not any(cell.strip().strip("\ufeff") for cell in row) or (row[0].startswith("sep=") and columns is None):
            continue
        if columns is None:
            columns = columns_of([cell.strip("\ufeff") for cell in row])
            if "text" not in columns:
                raise TableWithoutText(path=path, columns=_shown(row))
        else:
            yield line, _draft(row, columns, path, line)


def _shown(names: Sequence[str]) -> str:
    shown = [clean_line(name)[:40] for name in names if name.strip()]
    return "، ".join(shown[:SHOWN_COLUMNS]) + (" …" if len(shown) > SHOWN_COLUMNS else "")


def _draft(row: Sequence[str], columns: dict[str, int], path: Path, line: int) -> Undated | RecordBroken:
    cells = {field: row[column].strip() for field, column in columns.items() if column < len(row)}
    text = cells.get("text", "")
    if any(map(_UNDECODED.search, cells.values())):
        return RecordBroken(path=path, line=line, problem="not valid UTF-8")
    if not text or not (_READABLE.search(text) or clean_line(text)):
        return RecordBroken(path=path, line=line, problem="no text")
    paragraphs, captions = text_of_record(text)
    draft = Draft(
        title=plain_line(cells.get("title", "")),
        subtitle=plain_line(cells.get("subtitle", "")),
        paragraphs=paragraphs,
        captions=captions,
        id=cells.get("id", ""),
        url=cells.get("url"),
        outlet=cells.get("outlet"),
        author=cells.get("author") or None,
    )
    return Undated(draft, cells.get("published", ""), cells.get("modified", ""))
