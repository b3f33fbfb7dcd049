"""The bytes of a page to text: what it is wins over what it says of itself, for many pages name a wrong encoding.

Order: byte order mark, strict UTF-8, the encoding named by the server, then by the page, then by plausibility.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from retrieval.errors import SourceBinary, SourceEncoding
from retrieval.sources.decoding import encoding_of

_SEARCHED_BYTES = 4096
"""Browsers look for the encoding in the first 1,024 bytes; some sites set scripts before it."""
_NAMED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_WESTERN = frozenset({"iso8859-1", "cp1252", "ascii", "iso8859-15"})
"""Named by default more often than meant."""
MAXIMAL_BROKEN_SHARE = 0.002
"""Of the characters of a UTF-8 page: cut headlines in link lists and the cut end of a file leave a few."""
_NOT_IN_PAGES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def decode_page(data: bytes, path: Path, charset: str | None = None) -> str:
    """The text of a page; `charset` is the server's word on its encoding. Raises SourceBinary or SourceEncoding."""
    text = _decoded(data, path, charset)
    return _NOT_IN_PAGES.sub("", text.removeprefix("\ufeff"))


def _decoded(data: bytes, path: Path, charset: str | None) -> str:
    try:
        found = encoding_of(data, path)
        if found.startswith("utf") or not (named := _named(data, charset)) or named in _WESTERN:
            return data.decode(found)
        return data.decode(named)
    except (SourceBinary, SourceEncoding, UnicodeDecodeError) as error:
        refused = error
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") <= max(2, MAXIMAL_BROKEN_SHARE * len(text)) and b"\x00" not in data:
        return text
    named = _named(data, charset)
    if named is None or isinstance(refused, SourceBinary):
        raise refused if isinstance(refused, SourceBinary) else SourceEncoding(path=path)
    try:
        return data.decode(named)
    except (UnicodeDecodeError, ValueError) as error:
        raise SourceEncoding(path=path) from error


def _named(data: bytes, charset: str | None) -> str | None:
    """Python's name of the encoding that the server, else the page, names; None for none and for unknown ones."""
    match = _NAMED.search(data[:_SEARCHED_BYTES])
    for name in (charset, match[1].decode("ascii") if match else None):
        try:
            known = codecs.lookup((name or "").strip(" \"'"))
        except (LookupError, ValueError):
            continue
        if known._is_text_encoding and known.name != "utf-8":
            return known.name
    return None
