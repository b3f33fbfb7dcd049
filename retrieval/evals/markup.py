"""Pieces of a report in HTML: the page, tables, figures, and gold spans marked in a text as it is written.

A page is one file that opens anywhere, light and dark, without a network. Whatever comes from data is escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from importlib.resources import files
from itertools import accumulate
from unicodedata import combining

from retrieval.arabic import words
from retrieval.evals.datasets import form_of
from retrieval.types import Span

_CHUNK = re.compile(r"\S+")


def document(title: str, note: str, body: str) -> str:
    """The whole page, with its style in it; `note` and `body` are HTML."""
    style = files("retrieval.evals").joinpath("report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<style>{style}</style></head><body><main><h1>{escape(title)}</h1>"
        f"<p class=note>{date.today().isoformat()}. {note}</p>{body}</main></body></html>"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """`head` is text, the cells are HTML."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class=scroll><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def figure(title: str, svg: str) -> str:
    """A plot under its title, which is text."""
    return f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>"


def isolated(text: str) -> str:
    """A name in a line of English that may be Arabic: its direction does not spread."""
    return f"<bdi>{escape(text)}</bdi>"


def number(value: float | None) -> str:
    """With one digit after the point; a dash for None."""
    return "–" if value is None else f"{value:,.1f}"


def highlighted(text: str, wanted: Sequence[str]) -> str:
    """The text escaped, with every place marked that holds one of the wanted spans, spelling variants apart."""
    parts, position = [], 0
    for span in found_at(text, wanted):
        parts += [escape(text[position : span.start]), f"<mark>{escape(span.of(text))}</mark>"]
        position = span.end
    return "".join([*parts, escape(text[position:])])


def found_at(text: str, wanted: Sequence[str]) -> list[Span]:
    """Where a text holds one of the wanted spans, in whole words of the text, in order and apart from each other.

    What `datasets.holds` finds is found here: the same normalised words, with a way back to the letters as written.
    """
    found: list[Span] = []
    for span in sorted(_places(text, wanted), key=lambda span: (span.start, -span.end)):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _places(text: str, wanted: Sequence[str]) -> Iterator[Span]:
    chunks = [(chunk, word) for chunk in _CHUNK.finditer(text) for word in words(chunk[0])]
    normal = " ".join(word for _, word in chunks)
    ends = list(accumulate(len(word) + 1 for _, word in chunks))  # of each word in `normal`, with the blank behind it
    for form in filter(None, map(form_of, wanted)):
        for match in form.finditer(normal):
            first = next(place for place, end in enumerate(ends) if match.start() < end)
            last = next(place for place, end in enumerate(ends) if match.end() <= end)
            yield _trimmed(text, chunks[first][0].start(), chunks[last][0].end())


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without punctuation at its ends; marks above a last letter stay. Signs that stand for letters (℃) are all kept."""
    piece = text[start:end]
    if not any(map(str.isalnum, piece)):
        return Span(start, end)
    left = next(at for at, sign in enumerate(piece) if sign.isalnum())
    right = next(at for at, sign in enumerate(reversed(piece)) if sign.isalnum() or combining(sign))
    return Span(start + left, end - right)
