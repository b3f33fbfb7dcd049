"""RSS and Atom feeds to their entries, and entries to Drafts. Bytes in: the library that reads them never fetches."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from retrieval.arabic import clean_line, words
from retrieval.sources.article import Draft
from retrieval.sources.dates import parse_date
from retrieval.sources.faults import FeedBroken

FULL_WORDS = 80
"""From which the text of an entry is taken for the whole article; a teaser has some 20 to 50."""
_BEGINNING = re.compile(
    rb"^[\s\xef\xbb\xbf]*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?[^>]*\?>\s*|<!DOCTYPE[^>]*>\s*)*<(?:rss|feed|rdf:RDF)\b",
    re.S | re.I,
)
_CUT = re.compile(
    r"(?:\[(?:…|\.\.\.|&hellip;|&#8230;)\]|…|\.\.\.|اقرأ المزيد|المزيد|Read more|Continue reading)\W*$", re.I
)
_APPEARED = re.compile(r"^(?:ظهرت? (?:المقالة?|التدوينة|هذا المقال|الخبر)|The post .* appeared first)\b.*$", re.M)
_BLOCK = re.compile(
    r"<\s*(?:/\s*)?(?:p|div|br|li|ul|ol|h[1-6]|blockquote|figure|figcaption|section|tr|table)\b[^>]*>", re.I
)
_DROPPED = re.compile(r"<\s*(script|style|iframe|figure|noscript)\b.*?<\s*/\s*\1\s*>", re.I | re.S)
_TAG = re.compile(r"</?[A-Za-z!][^>]*>")
_ESCAPED = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});", re.I)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. `changed` is what the feed says of its version, to tell whether it is another one."""

    link: str
    title: str
    paragraphs: tuple[str, ...]
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
            url=self.link or None,
            outlet=self.outlet,
            published=self.published,
            author=self.author,
        )


def is_feed(data: bytes) -> bool:
    """Whether bytes begin as RSS, Atom or RDF do."""
    return bool(_BEGINNING.match(data[:4096].replace(b"\x00", b"")))


def read_feed(data: bytes, path: Path | str, *, address: str | None = None) -> list[Entry]:
    """The entries of a feed, those before a break too. Raises `FeedBroken` where not one can be made out and it is broken."""
    import feedparser

    found = feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    outlet = clean_line(_plain(str(found.feed.get("title", "")))) or None
    entries = [_entry(raw, outlet, address or "") for raw in found.entries]
    entries = [entry for entry in entries if entry.title or entry.paragraphs]
    if not entries and (found.bozo or not found.get("version")):
        raise FeedBroken(path=path)
    return entries


def _entry(raw: Any, outlet: str | None, base: str) -> Entry:
    bodies = [str(part.get("value", "")) for part in raw.get("content", ())] + [str(raw.get("summary", ""))]
    texts = [paragraphs_of(body) for body in bodies]
    text = max(texts, key=lambda paragraphs: sum(map(len, paragraphs)), default=())
    cut = bool(text and _CUT.search(text[-1]))
    count = sum(len(words(paragraph)) for paragraph in text)
    link = str(raw.get("link", "")) or str(raw.get("id", ""))
    link = urljoin(base or str(raw.get("base", "")), link)
    day = _day(raw, "published") or _day(raw, "updated") or _day(raw, "created")
    return Entry(
        link=link if "://" in link else "",
        title=clean_line(_plain(str(raw.get("title", "")))),
        paragraphs=text,
        is_full=count >= FULL_WORDS and not cut,
        published=day,
        author=clean_line(_plain(str(raw.get("author", "")))) or None,
        outlet=clean_line(_plain(str((raw.get("source") or {}).get("title", "")))) or outlet,
        changed=str(dict.get(raw, "updated") or dict.get(raw, "published") or ""),
    )


def paragraphs_of(markup: str) -> tuple[str, ...]:
    """The paragraphs of a piece of HTML, as plain text; markup that was escaped once more is taken as such."""
    for _ in range(2):
        if "<" in markup or "&lt;" not in markup:
            break
        markup = html.unescape(markup)
    spaced = _BLOCK.sub("\n", _DROPPED.sub("\n", markup.replace("\n", " ")))
    lines = (clean_line(html.unescape(_TAG.sub("", line))) for line in spaced.split("\n"))
    return tuple(line for line in lines if line and not _APPEARED.match(line))


def _plain(text: str) -> str:
    """A title without markup, escaped once or twice."""
    for _ in range(2):
        if not _ESCAPED.search(text):
            break
        text = html.unescape(text)
    return _TAG.sub("", text)


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
