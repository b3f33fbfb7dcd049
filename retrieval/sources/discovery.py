"""Files, folders and glob patterns to the files in them, sorted, each once; what cannot be found is a Failure."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from errno import ENAMETOOLONG
from pathlib import Path

from retrieval.errors import (
    SHOWN_OF_A_NAME,
    DalilError,
    SourceBinary,
    SourceEmpty,
    SourceEncoding,
    SourceError,
    SourceMissing,
)
from retrieval.sources.article import SourceFile
from retrieval.sources.decoding import encoding_of
from retrieval.sources.feeds import is_feed
from retrieval.sources.records import SAMPLE_BYTES, holds_questions
from retrieval.sources.tables import holds_judgements
from retrieval.types import Failure

TEXT_KINDS = (".txt", ".text")
MARKDOWN_KINDS = (".md", ".markdown")
LINES_KINDS = (".jsonl", ".ndjson")
DOCUMENT_KINDS = (".json",)
PAGE_KINDS = (".html", ".htm", ".xhtml")
TABLE_KINDS = (".csv", ".tsv")
PDF_KINDS = (".pdf",)
FEED_KINDS = (".rss", ".atom", ".xml")
KINDS = TEXT_KINDS + MARKDOWN_KINDS + LINES_KINDS + DOCUMENT_KINDS + PAGE_KINDS + TABLE_KINDS + PDF_KINDS + FEED_KINDS

_NOT_ARTICLES = re.compile(
    r"(?:readme|licen[sc]e|changelog)(?![^\W_])|(?:make|docker|jenkins|proc|gem|vagrant)file$", re.I
)
_BACKUP = re.compile(r"~$|^#.*#$")
"""Left beside a file by editors; those with a kind of their own (.swp, .bak) no reader knows."""
_EXTENSION = re.compile(r"\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,10}")
"""«خبر 13.2.2024» has no extension."""


@dataclass(slots=True)
class Found:
    """What paths name: the files to read, in order, each once; what could not be found; what no reader knows, by kind."""

    files: list[SourceFile] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def kind_of(path: Path) -> str:
    """The extension in lower case; empty for a name without one."""
    return path.suffix.lower() if _EXTENSION.fullmatch(path.suffix) else ""


def is_feed_file(origin: str) -> bool:
    """Whether articles of this origin were read from a feed that lies in a file."""
    return "://" not in origin and kind_of(Path(origin)) in FEED_KINDS


def failure(path: Path, error: DalilError, *, line: int | None = None) -> Failure:
    """The failure of a file, or of one line of it."""
    return Failure(origin=SourceFile(path).origin, line=line, error=error)


def source_files(paths: Sequence[Path]) -> Found:
    """The files that `paths` name.

    A file named directly is taken whatever its kind. Of a folder or pattern are passed over: files of kinds that no
    reader knows, which are counted; and in silence hidden files and folders, editors' backups, README, LICENSE and
    CHANGELOG, evaluation questions and judgements, what browsers save beside a page, programs' files without an extension.
    """
    found = Found()
    files: dict[Path, SourceFile] = {}
    for path in paths:
        try:
            named = list(_named_by(path.expanduser(), found))
        except (OSError, RuntimeError, ValueError) as error:
            found.failures.append(_unusable(path, error))
            continue
        for source_file in named:
            files.setdefault(source_file.path, source_file)
    found.files = list(files.values())
    return found


def _unusable(path: Path, error: Exception) -> Failure:
    if getattr(error, "errno", None) != ENAMETOOLONG:
        return failure(path, SourceError(path=path))
    shown = f"{str(path)[:SHOWN_OF_A_NAME]}…"
    return Failure(origin=shown, line=None, error=SourceMissing(path=shown))


def _named_by(path: Path, found: Found) -> Iterator[SourceFile]:
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  (resolve() would follow links and change the names)
    if path.is_file():
        yield _source_file(path)
        return
    if path.is_dir():
        inside = list(_inside(path, found, frozenset()))
    elif path.exists():
        raise OSError(path)
    elif glob.has_magic(str(path)):
        inside = list(_matching(path, found))
    else:
        found.failures.append(failure(absolute, SourceMissing(path=path)))
        return
    if not inside and not any(Path(earlier.origin).is_relative_to(absolute) for earlier in found.failures):
        found.failures.append(failure(absolute, SourceEmpty(path=path)))
    yield from inside


def _matching(pattern: Path, found: Found) -> Iterator[SourceFile]:
    """The files of a pattern, and those in the folders it matches."""
    matches = sorted(Path(match) for match in glob.glob(str(pattern), recursive=True))  # noqa: PTH207  (absolute)
    if not matches:
        found.failures.append(failure(Path(os.path.abspath(pattern)), SourceMissing(path=pattern)))  # noqa: PTH100
    for match in matches:
        if match.is_dir():
            yield from _inside(match, found, frozenset())
        elif _is_wanted(match, found):
            yield _source_file(match)


def _inside(folder: Path, found: Found, above: frozenset[Path]) -> Iterator[SourceFile]:
    """The wanted files below a folder; `above` holds the folders it lies in, so that a circle of links ends."""
    resolved = folder.resolve()
    if resolved in above:
        return
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        found.failures.append(failure(resolved, SourceError(path=folder)))
        return
    for entry in entries:
        if entry.name.startswith(".") or _belongs_to_a_page(entry):
            continue
        if entry.is_dir():
            yield from _inside(entry, found, above | {resolved})
        elif _is_wanted(entry, found):
            yield _source_file(entry)


def _belongs_to_a_page(entry: Path) -> bool:
    """Whether a browser keeps the pictures and frames of a saved page there: «news_files» beside «news.html»."""
    page, mark, rest = entry.name.rpartition("_files")
    return bool(mark) and not rest and any((entry.parent / f"{page}{kind}").is_file() for kind in PAGE_KINDS)


def _source_file(path: Path) -> SourceFile:
    """The file that a path leads to; a link that leads nowhere goes by its own place."""
    return SourceFile(path.resolve() if path.exists() else path.parent.resolve() / path.name)


def _is_wanted(path: Path, found: Found) -> bool:
    """Whether a file of a folder is to be read; one of a known kind that turns out broken is, to be reported."""
    if _NOT_ARTICLES.match(path.name) or _BACKUP.search(path.name) or (path.exists() and not path.is_file()):
        return False
    kind = kind_of(path)
    try:
        if kind in LINES_KINDS:
            return not holds_questions(path)
        if kind == ".xml" and not _begins_as_feed(path):
            found.passed_over[kind] += 1
            return False
        if kind in TABLE_KINDS:
            return not holds_judgements(path)
        if kind:
            if kind not in KINDS:
                found.passed_over[kind] += 1
            return kind in KINDS
        with path.open("rb") as file:
            encoding_of(file.read(SAMPLE_BYTES), path, beginning_only=True)
    except OSError:
        return kind in KINDS
    except (SourceBinary, SourceEncoding):
        return False
    return True


def _begins_as_feed(path: Path) -> bool:
    """Whether a file is a feed: most XML is something else."""
    with path.open("rb") as file:
        return is_feed(file.read(SAMPLE_BYTES))
