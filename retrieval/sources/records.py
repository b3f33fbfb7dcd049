"""JSON Lines and JSON to Drafts. A broken record is named by its line, and the others go in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from retrieval.arabic import clean_line
from retrieval.errors import RecordBroken, SourceEncoding
from retrieval.sources.article import Draft
from retrieval.sources.dates import parse_date
from retrieval.sources.decoding import encoding_of
from retrieval.sources.wrapping import unwrap

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

SAMPLE_BYTES = 1 << 18
"""Read of a file of any size to know its encoding."""
_TEXT_FIELDS = ("text", "body", "content")
_LINE_END = "\n"
_PEEKED_LINES = 20
_READABLE = re.compile(r"\w")
_UNDECODED = re.compile("[\udc80-\udcff]")


def read_lines(path: Path) -> Iterator[tuple[int, Draft | RecordBroken]]:
    """Each line's draft or fault, with the line's number; a line at a time, so that a file may be of any size."""
    with path.open("rb") as file:
        encoding = encoding_of(file.read(SAMPLE_BYTES), path, beginning_only=True)
    errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    with path.open(encoding=encoding, errors=errors) as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip().strip("\ufeff\x00"):
                    yield number, _draft_of_line(line, path, number)
        except UnicodeDecodeError as error:
            raise SourceEncoding(path=path) from error


def read_document(text: str, path: Path) -> Iterator[tuple[int, Draft | RecordBroken]]:
    """The drafts of one JSON array or object, each with the line on which it begins, up to the first syntax error."""
    decoder = json.JSONDecoder()
    position = _after_blanks(text, 0)
    in_array = text.startswith("[", position)
    position = _after_blanks(text, position + 1) if in_array else position
    while position < len(text) and not (in_array and text[position] == "]"):
        line = text.count(_LINE_END, 0, position) + 1
        try:
            value, position = decoder.raw_decode(text, position)
            yield line, _draft(value, path, line)
            position = _after_record(text, position, in_array=in_array)
        except json.JSONDecodeError as error:
            yield error.lineno, RecordBroken(path=path, line=error.lineno, problem="not valid JSON")
            return
        except (RecursionError, ValueError):
            yield line, RecordBroken(path=path, line=line, problem="not valid JSON")
            return


def holds_questions(path: Path) -> bool:
    """Whether the first records of a JSON Lines file are questions of an evaluation: `question`, and no text."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES).decode("utf-8-sig", "replace").split(_LINE_END)
    records = []
    for line in islice(sample, _PEEKED_LINES):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            records.append(value)
    return bool(records) and all("question" in record and not _has_text(record) for record in records)


def _has_text(record: Mapping[str, Json]) -> bool:
    return any(name in record for name in _TEXT_FIELDS)


def _draft_of_line(line: str, path: Path, number: int) -> Draft | RecordBroken:
    if _UNDECODED.search(line):
        return RecordBroken(path=path, line=number, problem="not valid UTF-8")
    try:
        return _draft(json.loads(line), path, number)
    except (ValueError, RecursionError):
        return RecordBroken(path=path, line=number, problem="not valid JSON")


def _draft(value: Json, path: Path, line: int) -> Draft | RecordBroken:
    if not isinstance(value, dict):
        return RecordBroken(path=path, line=line, problem="not an object")
    text = next((value[name] for name in _TEXT_FIELDS if value.get(name) not in (None, "")), None)
    if text is not None and not isinstance(text, str):
        return RecordBroken(path=path, line=line, problem="text is not a string")
    if not text or not (_READABLE.search(text) or clean_line(text)):
        return RecordBroken(path=path, line=line, problem="no text")
    captions = value.get("captions")
    published = _string(value, "published", "date", "published_at", "pubDate")
    modified = _string(value, "modified", "updated", "updated_at", "dateModified")
    return Draft(
        title=_string(value, "title", "headline"),
        subtitle=_string(value, "subtitle"),
        paragraphs=tuple(unwrap(text).split("\n")),
        captions=tuple(item for item in captions if isinstance(item, str)) if isinstance(captions, list) else (),
        id=_string(value, "id", "_id", "article_id"),
        url=_string(value, "url", "link"),
        outlet=_string(value, "outlet", "source", "publisher"),
        published=parse_date(published),
        author=_string(value, "author", "byline", "creator") or None,
        modified=parse_date(modified) if modified else None,
    )


def _string(record: Mapping[str, Json], *names: str) -> str:
    """The first of the fields that holds text or a whole number; empty if none does."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return ""


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _after_record(text: str, position: int, *, in_array: bool) -> int:
    """The start of the next record. Raises JSONDecodeError at anything but a comma or the array's end."""
    position = _after_blanks(text, position)
    if in_array and text.startswith(",", position):
        return _after_blanks(text, position + 1)
    closed = text.startswith("]", position) and not text[position + 1 :].strip() if in_array else position == len(text)
    if not closed:
        raise json.JSONDecodeError("expected the end or a comma", text, position)
    return position
