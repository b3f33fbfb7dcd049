"""Chunking: an article becomes passages along its paragraphs and sentences, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.arabic import sentences
from retrieval.types import Article, Passage, Span

CHUNKING_VERSION = "1"
"""Part of the index fingerprint: raise it when `chunk` changes what it returns."""

PASSAGE_CHARACTERS = 900
"""About 150 words. Passages of 80 to 200 words retrieve equally well; 40 words lose 2 to 3 points of nDCG@10."""

_SMALLEST = PASSAGE_CHARACTERS // 4
_PARAGRAPH = re.compile(r"[^\n]+")
_WORD = re.compile(r"\S+")


def chunk(article: Article) -> list[Passage]:
    """The passages of an article, in order: `body[start:end] == text`, no two overlap, nothing but white space is lost.

    A passage holds whole paragraphs while they fit, otherwise whole sentences; a sentence is divided, between words,
    only when it is longer than a passage by itself. Captions never share a passage with the running text.
    """
    body = article.body
    captions_start = article.captions[0].start if article.captions else len(body)
    spans = [*_pack(body, 0, captions_start), *_pack(body, captions_start, len(body))]
    source = article.source
    return [
        Passage(f"{source.article_id}#{ordinal}", source, ordinal, span.of(body), span.start, span.end)
        for ordinal, span in enumerate(spans)
    ]


def _pack(body: str, start: int, end: int) -> list[Span]:
    """Units joined greedily up to the size of a passage; a small last piece joins the one before it."""
    packed: list[Span] = []
    for unit in _units(body, start, end):
        if packed and unit.end - packed[-1].start <= PASSAGE_CHARACTERS:
            packed[-1] = Span(packed[-1].start, unit.end)
        else:
            packed.append(unit)
    if len(packed) > 1 and packed[-1].end - packed[-1].start < _SMALLEST:
        last = packed.pop()
        packed[-1] = Span(packed[-1].start, last.end)
    return packed


def _units(body: str, start: int, end: int) -> Iterator[Span]:
    """Paragraphs; the sentences of a paragraph too long for a passage; the parts of such a sentence."""
    for paragraph in _PARAGRAPH.finditer(body, start, end):
        if paragraph.end() - paragraph.start() <= PASSAGE_CHARACTERS:
            stripped = paragraph.group().strip()
            if stripped:
                offset = paragraph.start() + paragraph.group().index(stripped)
                yield Span(offset, offset + len(stripped))
            continue
        for sentence in sentences(paragraph.group()):
            yield from _parts(body, paragraph.start() + sentence.start, paragraph.start() + sentence.end)


def _parts(body: str, start: int, end: int) -> Iterator[Span]:
    """The span itself, or pieces of it that fit a passage, divided between words (inside one only if it is longer)."""
    part_end = start
    for word in _WORD.finditer(body, start, end):
        if word.end() - start > PASSAGE_CHARACTERS and part_end > start:
            yield Span(start, part_end)
            start = word.start()
        part_end = word.end()
        while part_end - start > PASSAGE_CHARACTERS:
            yield Span(start, start + PASSAGE_CHARACTERS)
            start += PASSAGE_CHARACTERS
    if part_end > start:
        yield Span(start, part_end)
