"""Bytes to text. An encoding is recognised with confidence or refused; a wrong guess would be stored as an article.

Order: byte order mark, UTF-16 or UTF-32 without one, strict UTF-8, then the two Arabic code pages by plausibility.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from retrieval.errors import SourceBinary, SourceDamaged, SourceEncoding

_MARKED = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_CODE_PAGES = ("cp1256", "iso8859-6")
_SIGNATURES = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"\x7fELF",
    b"{\\rtf",
    b"BZh",
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UNWRITTEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")

_ARABIC_WORD = re.compile("[\u0621-\u0652\u067e\u0686\u0698\u06a9\u06af]{2,}")
_MIXED_WORD = re.compile("[A-Za-z\u00c0-\u024f][\u0621-\u0652]|[\u0621-\u0652][A-Za-z\u00c0-\u024f]")
_PLAIN_ARABIC = re.compile("[\u0621-\u063a\u0640-\u0652\u200c-\u200f\\s0-9\u060c\u061b\u061f.,:;!?()\"'«»“”‘’…%/–—-]+")
_MISPLACED = re.compile("[ةى][\u0621-\u064a]|(?<![\u0621-\u0652])[ءئؤ\u064b-\u0652][\u0621-\u064a]|[\u064b-\u0652]{3}")
_COMMON_WORDS = frozenset(
    word
    for line in (
        "في من على إلى الى أن ان عن مع أو لا لم ما هو هي هذا هذه التي الذي",
        "كان كانت بين بعد قبل قال وقال كما عام يوم",
    )
    for word in line.split()
)
_DEFINITE = ("ال", "وال", "بال", "لل", "ولل", "كال", "فال")
MINIMAL_FAMILIAR_SHARE = 0.15
"""Of the words: common ones or with the article. The seed articles have 0.47; other scripts misread have under 0.05."""
SHORT_TEXT = 400
"""Characters of a text that needs one very common word only, if all of it is Arabic; no other script misread is."""
MAXIMAL_MIXED_SHARE = 0.03
MAXIMAL_CONTROL_SHARE = 0.01


def decode(data: bytes, path: Path) -> str:
    """The text of a whole file. Raises SourceBinary or SourceEncoding."""
    try:
        text = data.decode(encoding_of(data, path))
    except UnicodeDecodeError as error:
        raise SourceEncoding(path=path) from error
    return text.removeprefix("\ufeff")


def encoding_of(data: bytes, path: Path, *, beginning_only: bool = False) -> str:
    """The encoding of a file, from all of it or from its beginning, which may end inside a character.

    A few lines that are not UTF-8 in the beginning of a UTF-8 file leave it UTF-8. Raises SourceBinary,
    SourceEncoding or, where it is UTF-8 but for some bytes, SourceDamaged.
    """
    marked = next((name for mark, name in _MARKED if data.startswith(mark)), None)
    if marked:
        return marked
    if data.startswith(_SIGNATURES):
        raise SourceBinary(path=path)
    if b"\x00" in data:
        return _wide_encoding(data, path)
    if len(_CONTROLS.findall(data.decode("latin-1"))) > 1 + MAXIMAL_CONTROL_SHARE * len(data):
        raise SourceBinary(path=path)
    broken = _broken_utf8(data, beginning_only)
    if not broken:
        return "utf-8"
    if broken < _whole_utf8(data):
        if beginning_only:
            return "utf-8"
        raise _damaged(data, path)
    likely = [name for name in _CODE_PAGES if _is_arabic(_try(data, name))]
    if not likely and _is_short_arabic(_try(data, "cp1256")):
        likely = ["cp1256"]
    if len(likely) != 1:
        raise SourceEncoding(path=path)
    return likely[0]


def _wide_encoding(data: bytes, path: Path) -> str:
    """The UTF-16 or UTF-32 without a mark in which the bytes are Arabic, or plain Latin text."""
    for name in _WIDE:
        width = 4 if name.startswith("utf-32") else 2
        text = _try(data[: len(data) - len(data) % width], name)
        if _is_arabic(text) or _is_latin(text):
            return name
    raise SourceBinary(path=path)


def _try(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _broken_utf8(data: bytes, beginning_only: bool) -> int:
    """How many places are not UTF-8; in a beginning, a character cut off at the end does not count."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return decoder.decode(data, final=not beginning_only).count("\ufffd") - data.count("\ufffd".encode())


def _damaged(data: bytes, path: Path) -> SourceEncoding:
    """The fault of a text that is UTF-8 but for some bytes, with the place of the first."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return SourceDamaged(path=path, line=line, byte=f"0x{data[error.start]:02X}")
    return SourceEncoding(path=path)


def _whole_utf8(data: bytes) -> int:
    """How many characters above ASCII are proper UTF-8."""
    return sum(character > "\x7f" for character in data.decode("utf-8", "ignore"))


def _is_arabic(text: str) -> bool:
    """Whether the words are those of Arabic: nothing unwritten or mixed, the article and common words present."""
    arabic_words = _ARABIC_WORD.findall(text)
    if len(arabic_words) < 3 or len(_UNWRITTEN.findall(text)) > MAXIMAL_CONTROL_SHARE * len(text):
        return False
    odd = len(_MIXED_WORD.findall(text)) + len(_MISPLACED.findall(text))
    familiar = sum(word in _COMMON_WORDS or word.startswith(_DEFINITE) for word in arabic_words)
    return (
        odd <= MAXIMAL_MIXED_SHARE * len(arabic_words)
        and familiar >= 2
        and familiar >= MINIMAL_FAMILIAR_SHARE * len(arabic_words)
    )


def _is_short_arabic(text: str) -> bool:
    """Whether a short text, too short for shares of words, is Arabic alone, with a very common word and no odd one."""
    arabic_words = _ARABIC_WORD.findall(text)
    return (
        len(text) <= SHORT_TEXT
        and len(arabic_words) >= 3
        and bool(_PLAIN_ARABIC.fullmatch(text))
        and not _MISPLACED.search(text)
        and not _COMMON_WORDS.isdisjoint(arabic_words)
    )


def _is_latin(text: str) -> bool:
    """Whether nearly all characters are printable ASCII, as in the Latin text of a UTF-16 file."""
    printable = sum(" " <= character <= "~" or character in "\t\r\n" for character in text)
    return len(text) > 1 and printable > 0.95 * len(text) and "\x00" not in text
