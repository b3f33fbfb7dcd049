"""Files to Articles. A file or a line that cannot be read comes as a Failure, and the rest goes on.

read(paths)          every article of files, folders and glob patterns
source_files(paths)  the files alone, so that a caller can tell which articles a file no longer holds
record_count(file)   how many steps reading it takes
read_file(file)      the articles of one file
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from retrieval.errors import (
    RecordBroken,
    SourceEmpty,
    SourceError,
    SourceKindUnknown,
    SourceMissing,
)
from retrieval.sources.article import ArticleBuilder, Draft, SourceFile
from retrieval.sources.decoding import decode
from retrieval.sources.discovery import (
    DOCUMENT_KINDS,
    FEED_KINDS,
    KINDS,
    LINES_KINDS,
    MARKDOWN_KINDS,
    PAGE_KINDS,
    PDF_KINDS,
    TABLE_KINDS,
    TEXT_KINDS,
    failure,
    kind_of,
    source_files,
)
from retrieval.sources.dump import read_text
from retrieval.sources.faults import FeedTorn
from retrieval.sources.feeds import read_feed
from retrieval.sources.html import read_html
from retrieval.sources.markdown import read_markdown
from retrieval.sources.pdf import read_pdf
from retrieval.sources.records import read_document, read_lines
from retrieval.sources.tables import read_table
from retrieval.types import Article, Failure

__all__ = ["READING_VERSION", "SourceFile", "read", "read_file", "record_count", "source_files"]


READING_VERSION = "3"
"""Changed whenever a reader makes something else of a file, so that unchanged files are read again."""


def read(paths: Sequence[Path]) -> Iterator[Article | Failure]:
    """Every article of files, folders (with all below them, sorted) and glob patterns; what failed as a Failure."""
    found = source_files(paths)
    yield from found.failures
    for source_file in found.files:
        yield from read_file(source_file)


def read_file(source_file: SourceFile) -> Iterator[Article | Failure]:
    """The articles of one file in order. A file without any is a Failure; raises nothing for what a file holds."""
    path = source_file.path
    builder = ArticleBuilder(source_file)
    count = 0
    try:
        for line, draft in _drafts(source_file):
            if isinstance(draft, RecordBroken):
                yield _failure(source_file, draft, line=line)
            elif article := builder.build(draft.completed(source_file.given)):
                yield article
            else:
                continue
            count += 1
        if not count:
            raise SourceEmpty(path=path)
    except SourceError as error:
        yield _failure(source_file, error)
    except FileNotFoundError:
        yield _failure(source_file, SourceMissing(path=path))
    except OSError:
        yield _failure(source_file, SourceError(path=path))


def _failure(source_file: SourceFile, error: SourceError, *, line: int | None = None) -> Failure:
    """The failure of a file; a page that was fetched is named by its address, not by the copy that is kept."""
    if source_file.address:
        error = type(error)(**{**error.values, "path": source_file.address})
        return Failure(source_file.address, line, error)
    return failure(source_file.path, error, line=line)


def record_count(source_file: SourceFile) -> int:
    """How many steps reading a file takes, for a progress bar: the lines of JSON Lines and tables, 1 for any other file."""
    if kind_of(source_file.path) not in LINES_KINDS + TABLE_KINDS:
        return 1
    try:
        with source_file.path.open("rb") as file:
            return max(1, sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")))
    except OSError:
        return 1


def _drafts(source_file: SourceFile) -> Iterator[tuple[int | None, Draft | RecordBroken]]:
    path = source_file.path
    kind = kind_of(path)
    if kind in LINES_KINDS:
        yield from read_lines(path)
    elif kind in DOCUMENT_KINDS:
        yield from read_document(decode(path.read_bytes(), path), path)
    elif kind in MARKDOWN_KINDS:
        yield None, read_markdown(decode(path.read_bytes(), path))
    elif kind in PAGE_KINDS:
        yield None, read_html(path.read_bytes(), path, address=source_file.address, charset=source_file.charset)
    elif kind in TABLE_KINDS:
        yield from read_table(path)
    elif kind in FEED_KINDS:
        feed = read_feed(path.read_bytes(), path, address=source_file.address, charset=source_file.charset)
        yield from ((None, entry.draft()) for entry in feed.entries if entry.paragraphs)
        if feed.broken_at is not None:
            yield feed.broken_at, FeedTorn(path=path, line=feed.broken_at)
    elif kind in PDF_KINDS:
        yield None, read_pdf(path.read_bytes(), path)
    elif kind in TEXT_KINDS or not kind:
        yield from ((None, draft) for draft in read_text(decode(path.read_bytes(), path)))
    else:
        raise SourceKindUnknown(path=path, kinds=" ".join(KINDS))
