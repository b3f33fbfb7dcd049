"""Whether lines of Arabic are stored backwards, told by letters that words begin or end with, and put right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.sources.pdf_glyphs import logical

CERTAIN = 4.0
"""How many times more signs of one direction than of the other make it certain."""
FEWEST_SIGNS = 3
_WORD = re.compile("[\u0621-\u064a]{3,}")
_FORWARD = re.compile("(?:ال|وال|بال|لل)[\u0621-\u064a]{2,}|[\u0621-\u064a]{2,}[ةى]")
_BACKWARD = re.compile("[\u0621-\u064a]{2,}(?:لا|لاو|لاب|لل)|[ةى][\u0621-\u064a]{2,}")
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_AFTER_OPENING = re.compile(r"([(\[«])\s+")
_BEFORE_CLOSING = re.compile(r"\s+([)\]»،؛؟!:.,](?!\d))")
_BEFORE_OPENING = re.compile("([\u0621-\u0652])([(«])")
_PAIRS = ("()", "[]", "«»")
_TURNED = str.maketrans("()[]«»", ")(][»«")


def reading_order(lines: Sequence[str]) -> list[str] | None:
    """The lines as they are read: as given, all turned round, or each by itself where they differ; None if unsure.

    The article begins words, ta marbuta and alef maqsura end them and never begin one. Turned round, digits and Latin
    letters keep their order.
    """
    forward, backward = _signs(" ".join(lines))
    if forward >= CERTAIN * backward:
        return list(lines)
    if backward >= max(FEWEST_SIGNS, CERTAIN * forward):
        return [_turned(line) for line in lines]
    ordered = []
    doubtful = 0
    for line in lines:
        forward, backward = _signs(line)
        doubtful += forward == backward > 0
        ordered.append(_turned(line) if backward > forward else line)
    forward, backward = _signs(" ".join(ordered))
    return ordered if forward >= CERTAIN * backward and doubtful <= len(lines) / 10 else None


def tidied(text: str) -> str:
    """The text with brackets that open where they should close turned, for many files store them mirrored.

    Spaces at punctuation, which are guessed from gaps, become those that Arabic is set with.
    """
    turned = text.translate(_TURNED)
    text = turned if not _is_balanced(text) and _is_balanced(turned) else text
    return _BEFORE_OPENING.sub(r"\1 \2", _AFTER_OPENING.sub(r"\1", _BEFORE_CLOSING.sub(r"\1", text)))


def _is_balanced(text: str) -> bool:
    for opening, closing in _PAIRS:
        depth = 0
        for character in text:
            depth += (character == opening) - (character == closing)
            if depth < 0:
                return False
        if depth:
            return False
    return True


def _signs(text: str) -> tuple[int, int]:
    """How many words look right, and how many look right when read backwards."""
    found = _WORD.findall(_MARKS.sub("", text))
    return sum(bool(_FORWARD.fullmatch(word)) for word in found), sum(bool(_BACKWARD.fullmatch(word)) for word in found)


def _turned(line: str) -> str:
    clusters = re.findall(r"[^\u064b-\u0652\u0670][\u064b-\u0652\u0670]*|.", line)
    return logical(clusters)
