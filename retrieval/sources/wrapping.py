"""Plain text broken into lines of a fixed width, put back into paragraphs."""

from __future__ import annotations

from itertools import pairwise

from retrieval.arabic import clean
from retrieval.sources.article import line_key
from retrieval.sources.headings import ends_sentence

_NARROWEST, _WIDEST = 40, 100
"""Width in characters: wrapped text is set at 60 to 90; a paragraph of a page dump is one line, far longer."""
_FULL = 0.75
"""A line that goes on fills at least this share of the width; tools that count bytes break Arabic unevenly."""
_MOST = 0.75
_FEWEST_LINES = 3


def unwrap(text: str) -> str:
    """The text with the lines of each paragraph joined by spaces, if it was wrapped; otherwise cleaned only.

    It was wrapped when no line is wider than 100 characters, most of the lines that another follows directly are
    full, and sentences end inside of lines more often than with them. Two equal lines are never joined, nor is what
    follows a line that is not full: a title directly above its text stays a line.
    """
    lines = clean(text).split("\n")
    width = max(map(len, lines))
    if not _is_wrapped(lines, width):
        return "\n".join(lines)
    joined: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if joined and line and len(before) >= _FULL * width and line_key(before) != line_key(line):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_wrapped(lines: list[str], width: int) -> bool:
    if not _NARROWEST <= width <= _WIDEST:
        return False
    followed = [line for line, following in pairwise(lines) if line and following]
    full = [line for line in followed if len(line) >= _FULL * width]
    ended = [line for line in full if ends_sentence(line)]
    return len(full) >= _FEWEST_LINES and len(full) >= _MOST * len(followed) and 2 * len(ended) <= len(full)
