"""Letters as they stand on paper to the order of reading, and lines stored backwards told by their words and put right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

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
_PAIRS = (("(", ")"), ("[", "]"), ("«", "»"))
_TURNED = str.maketrans("()[]«»", ")(][»«")
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_LATIN = "A-Za-z0-9À-ɏ"
_LEFT_TO_RIGHT = re.compile(
    rf"[0-9]*[A-Za-zÀ-ɏ][{_LATIN}]*(?:[ .,&'’@:/_+%#-]{{1,3}}[{_LATIN}]+)*"
    r"|[0-9]+(?:[.,:/][0-9]+)*|[٠-٩۰-۹]+(?:[.,:/٫٬][٠-٩۰-۹]+)*"
)
_ARABIC = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_PRESENTATION = re.compile("[\ufb50-\ufdf1\ufdf3-\ufdfb\ufe70-\ufefc]+")


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


def logical(clusters: Sequence[str]) -> str:
    """Letters as they stand from left to right, in the order in which they are read.

    Runs of Latin letters and of digits keep their order; brackets around Arabic are those that the reader sees.
    """
    shown = "".join(cluster[0] for cluster in clusters)
    arabic = len(_ARABIC.findall(shown))
    if not arabic:
        return "".join(clusters)
    if 2 * arabic < sum(character.isalpha() and not _ARABIC.match(character) for character in shown):
        return _left_to_right(clusters, shown)
    parts: list[str] = []
    position = 0
    for run in _LEFT_TO_RIGHT.finditer(shown):
        parts += [_composed(cluster).translate(_MIRRORED) for cluster in clusters[position : run.start()]]
        parts.append("".join(clusters[run.start() : run.end()]))
        position = run.end()
    parts += [_composed(cluster).translate(_MIRRORED) for cluster in clusters[position:]]
    return "".join(reversed(parts))


def _left_to_right(clusters: Sequence[str], shown: str) -> str:
    """A line of Latin text with its Arabic words turned round."""
    runs = groupby(zip(clusters, shown, strict=True), key=lambda each: bool(_ARABIC.match(each[1])))
    return "".join(
        "".join(_composed(text) for text, _ in (list(run)[::-1] if is_arabic else run)) for is_arabic, run in runs
    )


def _composed(cluster: str) -> str:
    """A letter in the form of its place in a word (ﻟ) as the letter itself; ligatures as their letters."""
    return _PRESENTATION.sub(lambda run: unicodedata.normalize("NFKC", run[0]).strip(" "), cluster)
