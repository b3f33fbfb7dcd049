"""The glyphs of a PDF page, by where they stand on paper, put into lines of text in reading order.

Programs write Arabic into PDF files from left to right, from right to left, or word by word in any order; where the glyphs
stand is the same for all of them, so that alone is gone by.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING

from retrieval.sources.pdf_order import logical

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

SAME_LINE = 0.7
"""In sizes of the font: how far from the foot of its line a glyph may stand; a letter drawn with its mark stands as high."""
COLUMN_GAP = 2.5
"""In sizes of the font: an empty stretch of a line this wide parts two columns, or cells of a table."""
GUTTER, GUTTER_LINES, GUTTER_SHARE = 0.6, 4, 0.6
"""A narrower one, in sizes of the font, does if as many lines have it at one place, and this share of those that reach
over that place; spaces between words are half as wide and do not stand below each other."""
LETTERS_OF_A_WORD = 15
"""A file with fewer spaces than one in so many letters leaves them out; those that PDFium guesses serve then."""
GAP_OF_WORDS, GAP_AT_MARKS, GAP_WITHOUT_SPACE = 0.07, 0.12, 0.3
"""In sizes of the font: what makes a space where the file has one, at punctuation, and where it has none."""
WIDTH_OF_A_LETTER = 0.4
"""In sizes of the font: the mean of Arabic letters."""
_TANWIN = "\u064b\u064c\u064d"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter on paper; `word` counts the spaces of the file before it, `place` the letters. Lengths are points."""

    text: str
    left: float
    right: float
    foot: float
    size: float
    word: int
    place: int
    origin: float
    """Where it was drawn; the same for a letter and its marks, and for the letters of a ligature, drawn at once."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column in reading order."""

    text: str
    left: float
    right: float
    foot: float
    size: float


def glyphs_of(page: PdfTextPage) -> tuple[list[Glyph], int]:
    """The glyphs of a page that stand upright, and how many have no known letter."""
    import ctypes

    from pypdfium2 import raw

    x, foot = ctypes.c_double(), ctypes.c_double()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    found: list[Glyph] = []
    word = unknown = 0
    count = page.count_chars()
    texts = [chr(raw.FPDFText_GetUnicode(page, place) or 0xFFFD) for place in range(count)]
    spaces = [place for place in range(count) if texts[place].isspace()]
    written = [place for place in spaces if raw.FPDFText_IsGenerated(page, place) != 1]
    parting = set(written if len(written) * LETTERS_OF_A_WORD >= count else spaces)
    for place, text in enumerate(texts):
        if text.isspace():
            word += place in parting
            continue
        if unicodedata.category(text) in ("Cc", "Co", "Cn", "Cs") or text == "\ufffd":
            unknown += 1
            continue
        raw.FPDFText_GetCharOrigin(page, place, x, foot)
        raw.FPDFText_GetLooseCharBox(page, place, box)
        raw.FPDFText_GetMatrix(page, place, matrix)
        if abs(matrix.b) > abs(matrix.d):
            continue
        size = raw.FPDFText_GetFontSize(page, place) * abs(matrix.d) or 1.0
        left, right = (box.left, box.right) if box.right > box.left else (x.value, x.value)
        found.append(Glyph(text, left, right, foot.value, size, word, place, x.value))
    return found, unknown


def lines_of(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines in reading order: columns from right to left, each from top to bottom."""
    lines = [_line(piece) for piece in _pieces(_rows(glyphs))]
    return _in_reading_order([line for line in lines if line.text])


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """The glyphs by lines from top to bottom. Where most glyphs stand is the foot of a line; the others join the nearest."""
    counts = Counter(round(glyph.foot, 1) for glyph in glyphs)
    sizes = {round(glyph.foot, 1): glyph.size for glyph in glyphs}
    feet: list[float] = []
    for foot, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        if all(abs(foot - other) > SAME_LINE * min(sizes[foot], sizes[other]) for other in feet):
            feet.append(foot)
    rows: dict[float, list[Glyph]] = {foot: [] for foot in sorted(feet, reverse=True)}
    nearest = {foot: min(feet, key=lambda other: abs(other - foot)) for foot in counts}
    for glyph in glyphs:
        rows[nearest[round(glyph.foot, 1)]].append(glyph)
    return [sorted(row, key=lambda glyph: glyph.left) for row in rows.values()]


def _pieces(rows: list[list[Glyph]]) -> Iterator[list[Glyph]]:
    """The rows cut between columns: at very wide gaps, and at narrower ones that stand below each other."""
    gaps = [_gaps(row) for row in rows]
    gutters = list(_gutters(rows, gaps))
    for row, found in zip(rows, gaps, strict=True):
        cuts = sorted(
            (left + right) / 2
            for left, right in found
            if right - left > COLUMN_GAP * row[0].size or any(left <= gutter <= right for gutter in gutters)
        )
        for left, right in pairwise([float("-inf"), *cuts, float("inf")]):
            if piece := [glyph for glyph in row if left <= glyph.left < right]:
                yield piece


def _gaps(row: list[Glyph]) -> list[tuple[float, float]]:
    """The empty stretches of a row that are wider than spaces are, each from left to right."""
    found = []
    reach = row[0].right
    for glyph in row[1:]:
        if glyph.left - reach >= GUTTER * glyph.size:
            found.append((reach, glyph.left))
        reach = max(reach, glyph.right)
    return found


def _gutters(rows: list[list[Glyph]], gaps: list[list[tuple[float, float]]]) -> Iterator[float]:
    ends = [(row[0].left, max(glyph.right for glyph in row)) for row in rows]
    for middle in sorted({round((left + right) / 2) for found in gaps for left, right in found}):
        having = sum(any(left <= middle <= right for left, right in found) for found in gaps)
        reaching = sum(left < middle < right for left, right in ends)
        if having >= GUTTER_LINES and having >= GUTTER_SHARE * reaching:
            yield middle


def _line(glyphs: list[Glyph]) -> Line:
    counts = Counter(round(glyph.foot, 1) for glyph in glyphs)
    foot = max(counts, key=lambda each: (counts[each], -each))
    return Line(
        text=logical(_clusters(glyphs, foot)),
        left=min(glyph.left for glyph in glyphs),
        right=max(glyph.right for glyph in glyphs),
        foot=foot,
        size=median(glyph.size for glyph in glyphs),
    )


def _clusters(glyphs: list[Glyph], foot: float) -> list[str]:
    """The letters from left to right, each with its marks, and a space where one is seen."""
    glyphs = _with_common_boxes(glyphs)
    letters = [glyph for glyph in glyphs if not unicodedata.combining(glyph.text)]
    marks = [glyph for glyph in glyphs if unicodedata.combining(glyph.text)]
    letters.sort(key=lambda glyph: (glyph.origin, glyph.place if glyph.text.isascii() else -glyph.place))
    letters = _ligatures_in_order(_without_doubles(letters))
    if not letters:
        return []
    texts = [glyph.text for glyph in letters]
    for mark in sorted(marks, key=lambda glyph: glyph.place):
        nearest = min(range(len(letters)), key=lambda index: (_distance(letters[index], mark), -letters[index].left))
        if mark.text not in texts[nearest]:  # some files draw a mark twice
            texts[nearest] += mark.text
        if (
            min(letters[nearest].right, mark.right) - max(letters[nearest].left, mark.left)
            <= 0
            < mark.right - mark.left
        ):
            wider = min(letters[nearest].left, mark.left), max(letters[nearest].right, mark.right)
            letters[nearest] = replace(letters[nearest], left=wider[0], right=wider[1])  # it stands beside its letter
    clusters = [texts[0]]
    for index in range(1, len(letters)):
        if _is_space(letters, texts, index, foot):
            clusters.append(" ")
        clusters.append(texts[index])
    return clusters


def _with_common_boxes(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs, those drawn at once each as wide as all of them together."""
    together: dict[tuple[float, float], list[Glyph]] = {}
    for glyph in glyphs:
        together.setdefault((round(glyph.origin, 1), round(glyph.foot, 1)), []).append(glyph)
    found = []
    for same in together.values():
        left, right = min(glyph.left for glyph in same), max(glyph.right for glyph in same)
        found += [replace(glyph, left=left, right=right) for glyph in same] if len(same) > 1 else same
    return found


def _without_doubles(letters: list[Glyph]) -> list[Glyph]:
    """The letters without those drawn twice for boldness or a shadow."""
    kept: list[Glyph] = []
    for glyph in letters:
        near = (each for each in kept[-2:] if each.text == glyph.text)
        if not any(abs(each.left - glyph.left) < 0.1 * glyph.size and each.place != glyph.place - 1 for each in near):
            kept.append(glyph)
    return kept


def _ligatures_in_order(letters: list[Glyph]) -> list[Glyph]:
    """From left to right, with the parts of one glyph so that a lam is read first: لا, لى, لج."""
    ordered = list(letters)
    for index in range(len(ordered) - 1):
        left, right = ordered[index], ordered[index + 1]
        if _drawn_at_once(left, right) and left.text == "ل":
            ordered[index], ordered[index + 1] = right, left
    return ordered


def _drawn_at_once(one: Glyph, other: Glyph) -> bool:
    return abs(one.origin - other.origin) < 0.01 * one.size


def _distance(letter: Glyph, mark: Glyph) -> float:
    """How far a mark is from the middle of a letter; least for the letter it was drawn with. In half sizes of the font."""
    if _drawn_at_once(letter, mark):
        return -1.0
    return round(abs((letter.left + letter.right) - (mark.left + mark.right)) / letter.size, 1)


def _is_space(letters: Sequence[Glyph], texts: Sequence[str], index: int, foot: float) -> bool:
    """Whether a space stands left of a letter, by the gap and the file's own spaces."""
    before, glyph = letters[index - 1], letters[index]
    parted = before.word != glyph.word
    if _is_raised(glyph, foot) and _ends_word(letters, texts, index):
        return parted
    if _is_raised(before, foot) and _ends_word(letters, texts, index - 1):
        return False
    if _is_raised(before, foot) or _is_raised(glyph, foot):
        return parted and _room(letters, index, foot) >= GAP_AT_MARKS * glyph.size
    gap = glyph.left - before.right
    if not (before.text.isalnum() and glyph.text.isalnum()):
        return gap >= GAP_AT_MARKS * glyph.size
    return gap >= (GAP_OF_WORDS if parted else GAP_WITHOUT_SPACE) * glyph.size


def _ends_word(letters: Sequence[Glyph], texts: Sequence[str], index: int) -> bool:
    """Whether a letter, or one drawn with it, has the mark of an ending (ليلاً)."""
    near = range(max(0, index - 2), min(len(letters), index + 3))
    return any(texts[other][-1] in _TANWIN and _drawn_at_once(letters[other], letters[index]) for other in near)


def _is_raised(glyph: Glyph, foot: float) -> bool:
    """Whether a letter is off the foot of its line: it was drawn with its mark and has the box of the mark."""
    return abs(glyph.foot - foot) > 0.05 * glyph.size


def _room(letters: Sequence[Glyph], index: int, foot: float) -> float:
    """What is left free, in points, between the nearest letters with boxes of their own when those between have room."""
    first, last = index - 1, index
    while first > 0 and _is_raised(letters[first], foot):
        first -= 1
    while last < len(letters) - 1 and _is_raised(letters[last], foot):
        last += 1
    between = {glyph.origin for glyph in letters[first + 1 : last]}
    return letters[last].left - letters[first].right - WIDTH_OF_A_LETTER * letters[index].size * len(between)


def _in_reading_order(lines: list[Line]) -> list[Line]:
    """Columns from right to left; a line across them comes before and after what stands above and below it."""
    if len(lines) < 3:
        return sorted(lines, key=lambda line: (-line.foot, -line.right))
    if parted := _columns(lines):
        right, left = parted
        return _in_reading_order(right) + _in_reading_order(left)
    widest = max(line.right for line in lines) - min(line.left for line in lines)
    ordered = sorted(lines, key=lambda line: (-line.foot, -line.right))
    bands = [list(band) for _, band in groupby(ordered, key=lambda line: line.right - line.left > 0.6 * widest)]
    if len(bands) == 1:
        return ordered
    return [line for band in bands for line in (_in_reading_order(band) if len(band) < len(lines) else band)]


def _columns(lines: Iterable[Line]) -> tuple[list[Line], list[Line]] | None:
    """The lines right and left of an empty stretch from top to bottom, if each side has two lines at least."""
    ordered = sorted(lines, key=lambda line: -line.right)
    edge = ordered[0].left
    for index, line in enumerate(ordered):
        if line.right < edge - 0.5 * line.size and 2 <= index <= len(ordered) - 2:
            return ordered[:index], ordered[index:]
        edge = min(edge, line.left)
    return None
