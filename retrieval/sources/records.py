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
from retrieval.sources.decoding import encoding_of
from retrieval.sources.field_names import places_of
from retrieval.sources.markup import Text, has_markup, plain_line, text_of_field
from retrieval.sources.record_dates import Undated, with_dates
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
            yield from with_dates(
                (number, _draft_of_line(line, path, number))
                for number, line in enumerate(file, 1)
                if line.strip().strip("\ufeff\x00")
            )
        except UnicodeDecodeError as error:
            raise SourceEncoding(path=path) from error


def read_document(text: str, path: Path) -> Iterator[tuple[int, Draft | RecordBroken]]:
    """The drafts of one JSON array or object, each with the line on which it begins, up to the first syntax error."""
    yield from with_dates(_documents(text, path))


def _documents(text: str, path: Path) -> Iterator[tuple[int, Undated | RecordBroken]]:
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


def _draft_of_line(line: str, path: Path, number: int) -> Undated | RecordBroken:
    if _UNDECODED.search(line):
        return RecordBroken(path=path, line=number, problem="not valid UTF-8")
    try:
        return _draft(json.loads(line), path, number)
    except (ValueError, RecursionError):
        return RecordBroken(path=path, line=number, problem="not valid JSON")


def _draft(value: Json, path: Path, line: int) -> Undated | RecordBroken:
    if not isinstance(value, dict):
        return RecordBroken(path=path, line=line, problem="not an object")
    given = list(value.values())
    fields = {field: [given[place] for place in places] for field, places in places_of(value).items()}
    text = next((some for some in fields.get("text", ()) if some not in (None, "")), None)
    if text is not None and not isinstance(text, str):
        return RecordBroken(path=path, line=line, problem="text is not a string")
    if not text or not (_READABLE.search(text) or clean_line(text)):
        return RecordBroken(path=path, line=line, problem="no text")
    paragraphs, captions = text_of_record(text)
    named = value.get("captions")

    def said(field: str) -> str:
        return next((found for some in fields.get(field, ()) if (found := _as_text(some))), "")

    draft = Draft(
        title=plain_line(said("title")),
        subtitle=plain_line(said("subtitle")),
        paragraphs=paragraphs,
        captions=(*captions, *(item for item in named if isinstance(item, str)))
        if isinstance(named, list)
        else captions,
        id=said("id"),
        url=said("url"),
        outlet=said("outlet"),
        author=said("author") or None,
    )
    return Undated(draft, said("published"), said("modified"))


def text_of_record(text: str) -> Text:
    """The paragraphs and captions of a record's text, whether it is plain, wrapped or written for a page."""
    return text_of_field(text) if has_markup(text) else (tuple(unwrap(text).split("\n")), ())


def _as_text(value: Json) -> str:
    """A field's text or number, the name of what has one, or several; empty for anything else."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "title", "$date", "$oid", "@value") if value.get(key)), None)
    if isinstance(value, list):
        return "، ".join(filter(None, map(_as_text, value)))
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


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
