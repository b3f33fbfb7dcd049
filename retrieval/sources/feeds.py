"""RSS and Atom feeds to their entries, and entries to Drafts. Bytes in: the library that reads them never fetches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException

from retrieval.arabic import clean_line, words
from retrieval.errors import SourceBinary, SourceEncoding
from retrieval.sources.article import Draft
from retrieval.sources.dates import parse_date
from retrieval.sources.faults import FeedBroken
from retrieval.sources.html_encoding import decode_page
from retrieval.sources.markup import plain_line, text_of

FULL_WORDS = 80
"""From which the text of an entry is taken for the whole article; a teaser has some 20 to 50."""
_BEGINNING = re.compile(
    rb"^[\s\xef\xbb\xbf\xfe\xff]*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?[^>]*\?>\s*|<!DOCTYPE[^>]*>\s*)*<(?:rss|feed|rdf:RDF)\b",
    re.S | re.I,
)
_ENCODING = re.compile(r"""(?<=<\?xml)(?P<before>[^>]*?)\s+encoding\s*=\s*["'][^"'>]*["']""", re.I)
"""Of the declaration, which does not hold any more once the bytes are text."""
_CUT = re.compile(
    r"(?:\[(?:…|\.\.\.|&hellip;|&#8230;)\]|…|\.\.\.|اقرأ المزيد|المزيد|Read more|Continue reading)\W*$", re.I
)
_LEFT_OUT = re.compile(r"\s*\[(?:…|\.\.\.)\]\s*$")
"""The mark of feeds for text that they leave out: not the author's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. `changed` is another one whenever the feed says something else of the article."""

    link: str
    title: str
    paragraphs: tuple[str, ...]
    captions: tuple[str, ...]
    is_full: bool
    published: date | None
    author: str | None
    outlet: str | None
    changed: str

    def draft(self) -> Draft:
        """The entry as an article of its own."""
        return Draft(
            title=self.title,
            paragraphs=self.paragraphs,
            captions=self.captions,
            url=self.link or None,
            outlet=self.outlet,
            published=self.published,
            author=self.author,
        )


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed, and the line at which it stops being well-formed, if it does."""

    entries: tuple[Entry, ...]
    broken_at: int | None = None


def is_feed(data: bytes) -> bool:
    """Whether bytes begin as RSS, Atom or RDF do."""
    return bool(_BEGINNING.match(data[:4096].replace(b"\x00", b"")))


def read_feed(data: bytes, path: Path | str, *, address: str | None = None, charset: str | None = None) -> Feed:
    """All entries that can be made out, those behind a break too; `charset` is the server's word on the encoding.

    Raises `FeedBroken` where there is none and it is broken, SourceBinary and SourceEncoding.
    """
    import feedparser

    try:
        text = _ENCODING.sub(r"\g<before>", decode_page(data, Path(path), charset), count=1)
    except (SourceBinary, SourceEncoding) as error:
        raise type(error)(path=path) from error  # a Path would take an address for one
    headers = {"content-type": "application/xml; charset=utf-8", **({"content-location": address} if address else {})}
    found = feedparser.parse(
        BytesIO(text.encode()), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    outlet = clean_line(plain_line(str(found.feed.get("title", "")))) or None
    entries = tuple(entry for raw in found.entries if (entry := _entry(raw, outlet)).title or entry.paragraphs)
    fault = found.bozo_exception if found.bozo else None
    if not entries and (fault or not found.get("version")):
        raise FeedBroken(path=path)
    return Feed(entries, fault.getLineNumber() if isinstance(fault, SAXParseException) else None)


def _entry(raw: Any, outlet: str | None) -> Entry:
    bodies = [str(part.get("value", "")) for part in raw.get("content", ())] + [str(raw.get("summary", ""))]
    text, captions = max((text_of(body) for body in bodies), key=lambda found: sum(map(len, found[0])))
    cut = bool(text and _CUT.search(text[-1]))
    if text and (rest := _LEFT_OUT.sub("", text[-1])) != text[-1]:
        text = (*text[:-1], rest) if rest else text[:-1]
    count = sum(len(words(paragraph)) for paragraph in text)
    link = (str(raw.get("link", "")) or str(raw.get("id", ""))).strip()
    title = clean_line(plain_line(str(raw.get("title", ""))))
    day = _day(raw, "published") or _day(raw, "updated") or _day(raw, "created")
    return Entry(
        link=link if "://" in link else "",
        title=title,
        paragraphs=text,
        captions=captions,
        is_full=count >= FULL_WORDS and not cut,
        published=day,
        author=clean_line(plain_line(str(raw.get("author", "")))) or None,
        outlet=clean_line(plain_line(str((raw.get("source") or {}).get("title", "")))) or outlet,
        changed=sha256(repr((title, text, dict.get(raw, "updated"), day)).encode()).hexdigest()[:32],
    )


def _day(raw: Any, name: str) -> date | None:
    """The day as the place of publication counts it; feeds often say the time in their own zone."""
    written = str(dict.get(raw, name) or "").strip()  # its own `get` puts another day in the place of none, and warns
    if not written:
        return None
    try:
        return parsedate_to_datetime(written).date()
    except (ValueError, TypeError, IndexError):
        pass
    if found := parse_date(written):
        return found
    parsed = dict.get(raw, f"{name}_parsed")
    return date(*parsed[:3]) if parsed else None
