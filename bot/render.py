"""Answers, hits, articles and reports as JSON objects, and as text for a terminal or a pipe.

Text is written in logical order: terminals that know Arabic turn it themselves. It passes `clean` first, so that no
control or direction character of an article or a question reaches the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from urllib.parse import urlsplit

from bot.also import source_notes
from bot.messages import Messages
from retrieval.arabic import clean, clean_line
from retrieval.planted import is_planted
from retrieval.types import Answer, Article, Citation, Hit, IngestReport, Source, Span

_MARK = re.compile(r"\[\d+\]")
_WORD = re.compile(r"\S+")
_BOLD, _DIM, _MARKED, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[1;4m", "\x1b[0m"
MAX_WIDTH = 100
"""Cells; longer lines are hard to follow with the eye."""

# ------------------------------------------------------------------------------------------------------------ JSON


def answer_object(answer: Answer) -> dict[str, object]:
    """The Answer object that scripts rely on."""
    return {
        "question": answer.question,
        "query": answer.query,
        "text": answer.text,
        "mode": answer.mode,
        "declined": answer.declined,
        "reason": answer.reason,
        "citations": [_citation_object(citation) for citation in answer.citations],
        "nearest": [_citation_object(citation) for citation in answer.nearest],
        "seconds": {name: round(answer.seconds.get(name, 0.0), 4) for name in ("retrieve", "answer")},
    }


def _citation_object(citation: Citation) -> dict[str, object]:
    """A citation as scripts read it; `planted` is there, and true, when the passage holds a command to machines."""
    source = citation.passage.source
    return {
        "label": citation.label,
        "article_id": source.article_id,
        "title": source.title,
        "source": source_name(source),
        "published": _iso(source.published),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "passage_id": citation.passage.id,
        **({"planted": True} if is_planted(citation.passage.text) else {}),
        **_relations(source),
    }


def _relations(source: Source) -> dict[str, object]:
    """`copies`: the other articles of the report; `superseded`: the id of its later version; `published_inferred`: the
    words that the day of publication was inferred from. Each only where there is one.
    """
    copies = [
        {
            "article_id": copy.article_id,
            "title": copy.title,
            "source": source_name(copy),
            "published": _iso(copy.published),
        }
        for copy in source.copies
    ]
    found: dict[str, object] = {"copies": copies} if copies else {}
    if source.dated_by:
        found["published_inferred"] = list(source.dated_by)
    return found | ({"superseded": source.superseded_by} if source.superseded_by else {})


def hit_object(hit: Hit) -> dict[str, object]:
    """A hit as `dalil search --json` lists it."""
    passage = hit.passage
    return {
        "passage_id": passage.id,
        "article_id": passage.source.article_id,
        "title": passage.source.title,
        "score": hit.score,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        **_relations(passage.source),
    }


def report_object(report: IngestReport, messages: Messages) -> dict[str, object]:
    """What `dalil ingest --json` prints; the reasons of failures are in the reader's language."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "failed": report.failed,
        "passages": report.passages,
        "seconds": round(report.seconds, 3),
        "passed_over": report.passed_over,
        "undated": report.undated,
        "withdrawn": report.withdrawn,
        "failures": [
            {
                "source": failure.origin,
                "line": failure.line,
                "reason": messages.error(failure.error),
                "code": failure.error.code,
            }
            for failure in report.failures
        ],
    }


def source_name(source: Source) -> str:
    """Who is cited: the outlet, else the address, else the name of the file."""
    if source.outlet or source.url:
        return source.outlet or source.url or ""
    if urlsplit(source.origin).netloc:
        return source.origin
    return PurePath(source.origin).name or source.article_id


def _iso(published: date | None) -> str | None:
    return published.isoformat() if published else None


# ------------------------------------------------------------------------------------------------------------ text


@dataclass(frozen=True, slots=True)
class Page:
    """How text is laid out: lines of at most `width` cells (None: as long as they are), in colour or without."""

    width: int | None = None
    colour: bool = False

    def paint(self, text: str, code: str) -> str:
        return f"{code}{text}{_PLAIN}" if self.colour and text else text

    def lines(self, text: str, *, indent: str = "", marked: Sequence[Span] = ()) -> list[str]:
        """The text wrapped at blanks; marked spans stand out: bold in colour, between ** without."""
        laid_out = []
        for line in _wrap(text, self.width and max(self.width - len(indent), 20)):
            laid_out.append(indent + self._with_marks(text, line, marked) if line.start < line.end else "")
        return laid_out

    def _with_marks(self, text: str, line: Span, marked: Sequence[Span]) -> str:
        pieces, at = [], line.start
        for mark in sorted(marked, key=lambda span: span.start):
            start, end = max(mark.start, at), min(mark.end, line.end)
            if start >= end:
                continue
            words = text[start:end]
            pieces += [text[at:start], self.paint(words, _MARKED) if self.colour else f"**{words}**"]
            at = end
        return "".join([*pieces, text[at : line.end]])


def _wrap(text: str, width: int | None) -> Iterable[Span]:
    """The lines of a text as spans of it. A word wider than the line stays whole: half a word would not join up."""
    from rich.cells import cell_len

    at = 0
    for paragraph in text.split("\n"):
        start = end = at
        for word in _WORD.finditer(paragraph):
            word_start, word_end = at + word.start(), at + word.end()
            if width and end > start and cell_len(text[start:word_end]) > width:
                yield Span(start, end)
                start = word_start
            elif end == start:
                start = word_start
            end = word_end
        yield Span(start, end)
        at += len(paragraph) + 1


def answer_text(answer: Answer, messages: Messages, page: Page) -> str:
    """The answer, then its citations by number; for a declined answer the closest passages, if there are any."""
    return "\n".join([*_answer_lines(answer.text, page), *evidence_lines(answer, messages, page)])


def evidence_lines(answer: Answer, messages: Messages, page: Page) -> list[str]:
    """The numbered quotes below an answer, each with its article; a quote that the answer already shows is not repeated.

    An answer made of quotes would otherwise say everything twice.
    """
    lines = []
    if answer.nearest and not answer.citations:
        lines += ["", page.paint(messages("answer.nearest"), _DIM)]
    shown = clean_line(answer.text)
    for citation in answer.citations or answer.nearest:
        quote = clean_line(citation.quote)
        repeated = quote in shown
        if not (repeated and lines):
            lines.append("")
        article = numbered_source(citation.label, citation.passage.source, page)
        lines += article if repeated else citation_lines(citation, quote, page)
        lines += note_lines(source_notes(citation.passage.source, messages), page, indent="    ")
        if is_planted(citation.passage.text):
            lines += [page.paint(line, _BOLD) for line in page.lines(messages("answer.planted"), indent="    ")]
    return lines


def citation_lines(citation: Citation, words: str, page: Page) -> list[str]:
    """`[1] «words»`, and below it the article they are from."""
    label, source = f"[{citation.label}]", citation.passage.source
    first, *more = page.lines(f"{label} «{clean_line(words)}»")
    return [page.paint(label, _BOLD) + first.removeprefix(label), *more, *source_lines(source, page)]


def numbered_source(number: int, source: Source, page: Page) -> list[str]:
    """`[1] title · outlet · date`."""
    first, *more = source_lines(source, page)
    return [f"{page.paint(f'[{number}]', _BOLD)} {first.replace('    ', '', 1)}", *more]


def source_lines(source: Source, page: Page) -> list[str]:
    """The title, who published it and when, indented and dim."""
    return _dim_lines([source.title, source_name(source), _iso(source.published)], page, indent="    ")


def note_lines(notes: Sequence[str], page: Page, *, indent: str = "") -> list[str]:
    """Lines about an article, dim."""
    return [line for note in notes for line in _dim_lines([note], page, indent=indent)]


def _dim_lines(parts: Sequence[str | None], page: Page, *, indent: str = "") -> list[str]:
    line = " · ".join(clean_line(part) for part in parts if part)
    return [page.paint(part, _DIM) for part in page.lines(line, indent=indent)]


def hits_text(hits: Sequence[Hit], page: Page, messages: Messages) -> str:
    """The passages found, numbered, best first, with their scores."""
    lines: list[str] = []
    for number, hit in enumerate(hits, 1):
        source = hit.passage.source
        lines += [
            *([""] if lines else []),
            f"{page.paint(f'[{number}]', _BOLD)} {hit.score:.3f} {page.paint(hit.passage.id, _DIM)}",
            *page.lines(clean(hit.passage.text), indent="    "),
            *source_lines(source, page),
            *note_lines(source_notes(source, messages), page, indent="    "),
        ]
    return "\n".join(lines)


def article_text(article: Article, quotes: Sequence[Citation], page: Page, notes: Sequence[str] = ()) -> str:
    """An article in full, under `notes` about it; the words of `quotes` stand out."""
    body = clean(article.body)
    spans = []
    for quote in quotes:
        # A body is stored clean; were it not, its offsets would not fit what is shown.
        start = quote.start if body == article.body else body.find(clean(quote.quote))
        if start >= 0:
            spans.append(Span(start, start + len(clean(quote.quote))))
    source = article.source
    title = [page.paint(line, _BOLD) for line in page.lines(clean_line(source.title))]
    published = _dim_lines([source_name(source), _iso(source.published)], page)
    return "\n".join([*title, *published, *note_lines(notes, page), "", *page.lines(body, marked=spans)])


def _answer_lines(text: str, page: Page) -> list[str]:
    shown = clean(text)
    lines = page.lines(shown)
    return [_MARK.sub(lambda mark: page.paint(mark[0], _BOLD), line) for line in lines]


def report_lines(report: IngestReport, messages: Messages) -> list[str]:
    """An ingest in words."""
    passages = messages.count("passage", report.passages)
    lines = [
        report_line(report, messages),
        messages("ingest.total", passages=passages, seconds=f"{report.seconds:.1f}"),
    ]
    if report.passed_over:
        kinds = " · ".join(f"{count} {kind}" for kind, count in report.passed_over.items())
        lines.append(messages("ingest.passed_over", kinds=kinds))
    if report.withdrawn:
        lines.append(messages("ingest.withdrawn", count=report.withdrawn))
    if report.undated:
        lines.append(messages("ingest.undated", articles=messages.count("article", report.undated)))
    return lines


def report_line(report: IngestReport, messages: Messages) -> str:
    """What an ingest did, on one line."""
    counts = {name: getattr(report, name) for name in ("added", "updated", "unchanged", "removed", "failed")}
    return messages("ingest.report", **counts)
