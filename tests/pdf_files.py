"""PDF files written by hand for the tests: lines of text in a font without glyphs whose ToUnicode map gives the letters."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence

LINE_HEIGHT = 20
MARKS = "\u064b-\u0652"


def visual(line: str) -> str:
    """A line of Arabic as its glyphs stand from left to right; runs of digits and Latin letters keep their order."""
    shown = line.translate(str.maketrans("()[]«»", ")(][»«"))
    clusters = re.findall(f"[A-Za-z]+(?: [A-Za-z]+)*|[0-9٠-٩]+(?:[.,:/][0-9٠-٩]+)*|.[{MARKS}]*", shown)
    return "".join(reversed(clusters))


def pdf(
    pages: Sequence[Sequence[str]],
    *,
    title: str = "",
    right_to_left: bool = False,
    shift: int = 0,
    gaps: dict[int, int] | None = None,
    picture: bool = False,
    letters: bool = True,
) -> bytes:
    """A file with these lines on its pages, glyph by glyph from left to right as given.

    `right_to_left` draws the same glyphs from the right, each left of the one before; `shift` moves the codes of the letters, as a
    font without a true map does; `gaps` adds points above a line; without `letters` there is no map at all.
    """
    characters = sorted({character for page in pages for line in page for character in line})
    codes = {character: number for number, character in enumerate(characters, 1)}
    widths = " ".join(f"{code} [0]" for character, code in codes.items() if unicodedata.combining(character))
    letters_by_code = {
        code: chr(ord(character) + shift) if character.isalpha() and not character.isascii() else character
        for character, code in codes.items()
    }
    cmap = "".join(
        f"<{code:04x}> <{character.encode('utf-16-be').hex()}>\n" for code, character in letters_by_code.items()
    )
    mapping = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{cmap}endbfchar endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (8 + 2 * number) for number in range(len(pages))), len(pages)),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Test /Encoding /Identity-H /DescendantFonts [4 0 R]"
        + (b" /ToUnicode 6 0 R >>" if letters else b" >>"),
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Test /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity)"
        b" /Supplement 0 >> /FontDescriptor 5 0 R /DW 500 /W [%s] >>" % widths.encode(),
        b"<< /Type /FontDescriptor /FontName /Test /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 /Ascent 800"
        b" /Descent -200 /CapHeight 700 /StemV 80 >>",
        _stream(mapping.encode()),
        b"<< /Title <feff%s> >>" % title.encode("utf-16-be").hex().encode(),
    ]
    for number, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>"
            % (9 + 2 * number)
        )
        content = (
            b"q 100 0 0 100 50 50 cm 0 0 1 1 re f Q" if picture else _content(page, codes, right_to_left, gaps or {})
        )
        objects.append(_stream(content))
    return _file(objects)


def _content(lines: Sequence[str], codes: dict[str, int], right_to_left: bool, gaps: dict[int, int]) -> bytes:
    parts = ["BT /F 10 Tf"]
    height = 800
    for index, line in enumerate(lines):
        height -= LINE_HEIGHT + gaps.get(index, 0)
        start = 545 if right_to_left else 550 - 5 * sum(not unicodedata.combining(each) for each in line)
        clusters = re.findall(f".[{MARKS}]*", line)
        glyphs = " ".join(
            _glyph(each, codes, right_to_left) for each in (reversed(clusters) if right_to_left else clusters)
        )
        parts.append(f"1 0 0 1 {start} {height} Tm [{glyphs}] TJ")
    return "\n".join([*parts, "ET"]).encode()


def _glyph(cluster: str, codes: dict[str, int], right_to_left: bool) -> str:
    """A letter 500 wide with its marks, which have no width, over its middle, and the step to the next letter."""
    letter, *marks = (f"<{codes[each]:04x}>" for each in cluster)
    return " ".join([letter, "250", *marks, "750" if right_to_left else "-250"])


def _stream(data: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def _file(objects: Sequence[bytes]) -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer << /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end


def encrypted() -> bytes:
    """A file that asks for a password that nobody has."""
    data = pdf([["A page of text under lock and key."]])
    lock = b" /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>] /Info" % (
        b"ab" * 32,
        b"cd" * 32,
    )
    return data.replace(b" /Info", lock)
