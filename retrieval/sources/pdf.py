"""PDF files to Drafts: the text layer in reading order, without the headers, footers and numbers of its pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from statistics import median
from threading import Lock
from typing import TYPE_CHECKING

from retrieval.arabic import clean_line, words
from retrieval.sources.article import Draft, line_key
from retrieval.sources.dates import find_date, is_bare_date, is_date_line
from retrieval.sources.faults import PdfBroken, PdfEncrypted, PdfScanned, PdfUnreadableOrder
from retrieval.sources.headings import ends_sentence, is_heading
from retrieval.sources.pdf_glyphs import Line, glyphs_of, lines_of
from retrieval.sources.pdf_order import reading_order, tidied

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_PDFIUM = Lock()
"""PDFium serves one thread at a time."""
_WRONG_PASSWORD = 4
"""FPDF_ERR_PASSWORD of PDFium's fpdfview.h."""
FEWEST_LETTERS = 20
"""Of a whole file: with fewer it is pictures, with the number of a page or the name of a scanner perhaps."""
MAXIMAL_UNKNOWN_SHARE = 0.1
"""Of the glyphs: with more without a letter, words have holes."""
_EDGE_LINES = 2
_REPEATED_SHARE = 0.5
_PAGE_NUMBER = re.compile(r"\W*(?:صفحة|ص|page|p)?\W*\d{1,4}\W*(?:(?:من|of|/)\W*\d{1,4})?\W*", re.IGNORECASE)
_PRINTED = re.compile(
    r"(?:https?|file)://\S+(?:\s+\d+\s*/\s*\d+)?|\d{1,2}/\d{1,2}/\d{2,4}[,،]?\s+\d{1,2}:\d\d(?:\s*[APap][Mm])?.*"
)
"""What browsers print around a page."""
_DIGITS = re.compile(r"\d+")
_NO_TITLE = re.compile(
    r"^(?:microsoft|powerpoint|untitled|document\d*|بدون عنوان|مستند|slide|print|about:|https?:|file:)|\.\w{2,5}$|^[\w-]*$",
    re.IGNORECASE,
)
_PARAGRAPH_GAP = 1.4
"""In distances of two lines within a paragraph, for which the smaller ones of a file are taken."""
_SHORT_LINE = 0.12
"""Of the width of its column: what the last line of a paragraph leaves empty at least."""
_HEAD_LINES = 6
_HEADING_GAP = 2.5
"""In sizes of its font: how far apart the lines of one heading are at most."""


def read_pdf(data: bytes, path: Path) -> Draft:
    """The article of one file.

    Title: that of the file's record if it is one, else the largest of the first lines. Raises PdfBroken, PdfEncrypted,
    PdfScanned and PdfUnreadableOrder.
    """
    with _PDFIUM:
        record_title, pages, unknown = _read(data, path)
    letters = sum(character.isalnum() for page in pages for line in page for character in line.text)
    if unknown > MAXIMAL_UNKNOWN_SHARE * (letters + unknown) and unknown >= FEWEST_LETTERS:
        raise PdfUnreadableOrder(path=path)
    if letters < FEWEST_LETTERS:
        raise PdfScanned(path=path)
    kept = _without_edges(pages)
    ordered = reading_order([line.text for page in kept for line in page])
    if ordered is None:
        raise PdfUnreadableOrder(path=path)
    texts = iter(ordered)
    paragraphs = [
        (tidied(text), size)
        for text, size in _paragraphs([[(line, next(texts)) for line in page] for page in kept])
        if words(text)
    ]
    title, paragraphs = _title(record_title, paragraphs)
    head = [text for text, _ in paragraphs[:_HEAD_LINES]]
    dated = next((text for text in head if is_date_line(text) or is_bare_date(text)), "")
    return Draft(
        title=title,
        paragraphs=tuple(text for text, _ in paragraphs if text != dated),
        published=find_date(dated) if dated else None,
    )


def _read(data: bytes, path: Path) -> tuple[str, list[list[Line]], int]:
    """The title of the record, the lines of each page, and how many glyphs have no letter."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with closing(PdfDocument(data)) as document:
            title = clean_line(document.get_metadata_value("Title") or "")
            pages, unknown = _pages(document)
    except PdfiumError as error:
        if getattr(error, "err_code", None) == _WRONG_PASSWORD:
            raise PdfEncrypted(path=path) from error
        raise PdfBroken(path=path) from error
    if not pages:
        raise PdfBroken(path=path)
    return title, pages, unknown


def _pages(document: PdfDocument) -> tuple[list[list[Line]], int]:
    pages, unknown = [], 0
    for number in range(len(document)):
        with closing(document[number]) as page, closing(page.get_textpage()) as text:
            glyphs, missed = glyphs_of(text)
        unknown += missed
        pages.append(lines_of(glyphs))
    return pages, unknown


def _without_edges(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without their numbers and without what stands at the top or bottom of most of them."""

    def edges(page: list[Line]) -> list[Line]:
        by_height = sorted(page, key=lambda line: -line.foot)
        return by_height[:_EDGE_LINES] + by_height[_EDGE_LINES:][-_EDGE_LINES:]

    def key(line: Line) -> str:
        return line_key(_DIGITS.sub("", line.text))

    counts = Counter(each for page in pages for each in {key(line) for line in edges(page)})
    often = max(2.0, _REPEATED_SHARE * len(pages))
    kept = []
    for page in pages:
        outer = edges(page)
        kept.append(
            [
                line
                for line in page
                if line not in outer
                or not (
                    _PAGE_NUMBER.fullmatch(line.text)
                    or _PRINTED.fullmatch(line.text)
                    or (len(pages) > 1 and counts[key(line)] >= often)
                )
            ]
        )
    return kept


def _paragraphs(pages: Sequence[Sequence[tuple[Line, str]]]) -> Iterator[tuple[str, float]]:
    """The lines joined to paragraphs, each with the size of its font; one may go on over the end of a page."""
    lines = [(line, text, page) for page in pages for line, text in page]
    if not lines:
        return
    gaps = sorted(above.foot - below.foot for (above, *_), (below, *_) in pairwise(lines) if above.foot > below.foot)
    usual = gaps[len(gaps) // 5] if gaps else 0.0
    largest = 1.1 * median(line.size for line, *_ in lines)
    texts, sizes = [lines[0][1]], [lines[0][0].size]
    for (above, before, page), (below, text, _) in pairwise(lines):
        one_heading = above.size > largest and abs(above.size - below.size) < 0.1 and not ends_sentence(before)
        near = 0 < above.foot - below.foot < _HEADING_GAP * below.size
        if not (one_heading and near) and _parts(above, below, before, usual, [line for line, _ in page]):
            yield clean_line(" ".join(texts)), sizes[0]
            texts, sizes = [], []
        texts.append(text)
        sizes.append(below.size)
    yield clean_line(" ".join(texts)), sizes[0]


def _parts(above: Line, below: Line, before: str, usual: float, lines: Sequence[Line]) -> bool:
    """Whether a paragraph ends between two lines: by size, distance, or an empty end of the line above."""
    if abs(above.size - below.size) > 0.12 * max(above.size, below.size):
        return True
    gap = above.foot - below.foot
    if gap < 0 or gap > 8 * usual:
        return ends_sentence(before)
    column = [
        line
        for line in lines
        if line.right > above.left and line.left < above.right and abs(line.size - above.size) <= 0.12 * above.size
    ]
    left, right = min(line.left for line in column), max(line.right for line in column)
    space = above.left - left
    ended = space > _SHORT_LINE * (right - left) and (ends_sentence(before) or space > 0.3 * (right - left))
    indented = right - below.right > below.size and right - above.right < 0.5 * above.size and ends_sentence(before)
    return gap > _PARAGRAPH_GAP * usual or ended or indented


def _title(recorded: str, paragraphs: list[tuple[str, float]]) -> tuple[str, list[tuple[str, float]]]:
    """The title and the paragraphs without it."""
    head = paragraphs[:_HEAD_LINES]
    if recorded and not _NO_TITLE.search(recorded) and len(words(recorded)) > 1:
        return recorded, [
            each
            for index, each in enumerate(paragraphs)
            if index >= len(head) or line_key(each[0]) != line_key(recorded)
        ]
    largest = max((size for text, size in head if is_heading(text)), default=0.0)
    usual = median(size for _, size in paragraphs) if paragraphs else 0.0
    for index, (text, size) in enumerate(head if len(paragraphs) > 1 else ()):
        first = index == 0 and largest <= 1.1 * usual
        if is_heading(text) and not is_bare_date(text) and (first or (size == largest and largest > 1.1 * usual)):
            return text, paragraphs[:index] + paragraphs[index + 1 :]
    return "", paragraphs
