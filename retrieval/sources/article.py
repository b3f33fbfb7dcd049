"""Drafts, as the readers leave them, made into Articles: the body put together, spans exact, ids stable."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from retrieval.arabic import clean, clean_line, sentences, words
from retrieval.sources.publication import infer_publication
from retrieval.types import Article, Source, Span

TITLE_LENGTH = 110
"""Characters of a title that is taken from the first sentence: the longest headline of a page dump, rounded up."""
ID_LENGTH = 120
_SLUG_LENGTH = 60
_NOT_IN_SLUG = re.compile(r"[\W_]+")
_NOT_IN_ID = re.compile(r"[#\s\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader found of one article, not yet cleaned. An empty title is taken from the text."""

    title: str = ""
    subtitle: str = ""
    paragraphs: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    id: str = ""
    url: str | None = None
    outlet: str | None = None
    published: date | None = None
    author: str | None = None
    modified: date | None = None
    dated_by: tuple[str, ...] = ()
    """The words that the day of publication was taken from, where they may be of something else; then it is inferred."""

    def completed(self, given: Draft | None) -> Draft:
        """The draft with what is known from elsewhere in place of what it lacks; the text stays its own."""
        if given is None:
            return self
        inferred = bool(self.dated_by and given.published)
        return replace(
            self,
            title=self.title or given.title,
            outlet=self.outlet or given.outlet,
            published=given.published if inferred else self.published or given.published,
            author=self.author or given.author,
            dated_by=() if inferred else self.dated_by,
        )


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read. `path` is absolute; of a page that was fetched it is the kept copy, and `address` its own place."""

    path: Path
    address: str | None = None
    charset: str | None = None
    """The encoding that the server named, if it did."""
    given: Draft | None = None
    """What is known of a page's article from elsewhere, such as the feed that led to it; the page's own word comes first."""

    @property
    def origin(self) -> str:
        """The address, or the path as text that can be stored: bytes of a file name that are not UTF-8 are escaped."""
        return self.address or os.fsencode(self.path).decode("utf-8", "backslashreplace")

    @property
    def key(self) -> str:
        """What ids are made from: the address, or the file's name, so that they do not depend on where it was found."""
        return self.key_of(self.origin)

    @staticmethod
    def key_of(origin: str) -> str:
        return origin if "://" in origin else Path(origin).name


def line_key(text: str) -> str:
    """The letters and digits of a line, normalised: equal for two copies that differ in marks, tatweel or spacing."""
    return "".join(words(text))


def line_keys(phrases: str) -> frozenset[str]:
    """The keys of phrases that stand on lines or between strokes."""
    return frozenset(line_key(phrase) for phrase in re.split(r"[|\n]", phrases) if phrase)


class ArticleBuilder:
    """Drafts of one file to its Articles; remembers the ids it gave, so that none is given twice."""

    def __init__(self, source_file: SourceFile) -> None:
        self._file = source_file
        self._ids: set[str] = set()

    def build(self, draft: Draft) -> Article | None:
        """The article, or None when no word is left of the draft."""
        subtitle = clean_line(draft.subtitle)
        captions = _unique(clean_line(caption) for caption in draft.captions)
        paragraphs = [paragraph for paragraph in map(_cleaned_paragraph, draft.paragraphs) if paragraph]
        if captions:
            known = {line_key(caption) for caption in captions} - {""}
            paragraphs = [paragraph for paragraph in paragraphs if line_key(paragraph) not in known]
        title = clean_line(draft.title) or title_of(next(iter([*paragraphs, *captions]), subtitle))
        if not title:
            return None
        body, spans = _joined([subtitle, *paragraphs, *captions] if subtitle else [*paragraphs, *captions] or [title])
        dated = None if draft.published else infer_publication([title, *paragraphs], captions, date.today())
        source = Source(
            article_id=self._new_id(draft.id, title),
            title=title,
            url=_line_or_none(draft.url),
            outlet=_line_or_none(draft.outlet),
            published=dated.published if dated else draft.published,
            origin=self._file.origin,
            author=_line_or_none(draft.author),
            modified=draft.modified,
            dated_by=dated.reasons if dated else tuple(map(clean_line, draft.dated_by)),
        )
        return Article(
            source=source,
            body=body,
            subtitle=spans[0] if subtitle else None,
            captions=tuple(spans[len(spans) - len(captions) :]) if captions else (),
        )

    def _new_id(self, given: str, title: str) -> str:
        base = _NOT_IN_ID.sub("-", clean_line(given))[:ID_LENGTH] or derived_id(self._file.key, title)
        article_id, count = base, 1
        while article_id in self._ids:
            count += 1
            article_id = f"{base}-{count}"
        self._ids.add(article_id)
        return article_id


def derived_id(file_name: str, title: str) -> str:
    """The id of an article that has none of its own: from the name of its file and its title."""
    slug = _NOT_IN_SLUG.sub("-", clean_line(Path(file_name).stem).lower())[:_SLUG_LENGTH].strip("-")
    identity = f"{file_name}\n{' '.join(words(title))}"
    digest = hashlib.sha256(identity.encode(errors="backslashreplace")).hexdigest()
    return f"{slug or 'article'}-{digest[:10]}"


def title_of(text: str) -> str:
    """The first sentence, cut at a word border to at most `TITLE_LENGTH` characters; empty for an empty text."""
    text = clean(text)
    first = clean_line(next((span.of(text) for span in sentences(text)), ""))
    if len(first) <= TITLE_LENGTH:
        return first
    cut = first[: TITLE_LENGTH + 1].rpartition(" ")[0] or first[:TITLE_LENGTH]
    return cut.rstrip(" ،,؛;:-–—")


def _unique(lines: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for line in lines:
        if line:
            first.setdefault(line_key(line) or line, line)
    return list(first.values())


def _cleaned_paragraph(paragraph: str) -> str:
    return "\n".join(line for line in clean(paragraph).split("\n") if line)


def _joined(parts: list[str]) -> tuple[str, list[Span]]:
    """The parts with one empty line between them, and the span of each."""
    spans: list[Span] = []
    start = 0
    for part in parts:
        spans.append(Span(start, start + len(part)))
        start += len(part) + 2
    return "\n\n".join(parts), spans


def _line_or_none(text: str | None) -> str | None:
    return clean_line(text or "") or None
