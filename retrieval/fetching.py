"""Addresses to files: pages, and feeds with the articles they name, fetched where they are new or have changed, and kept.

Where nothing comes, because of the network or the site, the copy from before is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from retrieval.errors import SourceError
from retrieval.pages import KeptPages
from retrieval.sources import SourceFile
from retrieval.sources.discovery import KINDS
from retrieval.sources.feeds import Entry, is_feed, read_feed
from retrieval.types import Failure
from retrieval.web import Fetched, Fetcher, is_address, user_agent
from retrieval.web_faults import WebError, WebKindUnknown, WebNotAllowed

Progress = Callable[[int, int], None]

FEED = ".feed"
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
}
_VAGUE = ("", "application/octet-stream", "text/plain", "binary/octet-stream")
"""Media types that servers give to what they do not know: the name says more."""


@dataclass(slots=True)
class Gathered:
    """What addresses gave: files to read, each under its address, and what could not be fetched."""

    files: dict[str, SourceFile] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


class Gatherer:
    """Fetches what addresses name. `fetcher` and `pages` are the caller's to close."""

    def __init__(self, fetcher: Fetcher, pages: KeptPages) -> None:
        self._fetcher = fetcher
        self._pages = pages
        self._rules: dict[str, RobotFileParser] = {}

    def gather(self, addresses: Sequence[str], on_progress: Progress | None = None) -> Gathered:
        """All pages and feeds that are named, each once. Raises `StoreError` kinds only."""
        gathered = Gathered()
        steps, tell = list(dict.fromkeys(addresses)), on_progress or (lambda done, total: None)
        for done, address in enumerate(steps):
            for entries in self._one(address, gathered):
                tell(done, len(steps) + entries)
            tell(done + 1, len(steps))
        return gathered

    def _one(self, address: str, gathered: Gathered) -> Iterator[int]:
        """Takes in a page, or a feed entry by entry; yields how many entries are left."""
        kept = self._pages.get(address)
        source = kept.source_file if kept else None
        try:
            fetched = self._fetcher.get(
                address, etag=kept.etag if kept else None, last_modified=kept.last_modified if kept else None
            )
            source = self._kept(address, fetched) if fetched.body is not None else source
        except WebError as error:
            gathered.failures.append(Failure(address, None, error))
        if source is None:
            return
        if source.path.suffix != FEED:
            gathered.files[address] = source
            return
        try:
            entries = read_feed(source.path.read_bytes(), address, address=address)
        except SourceError as error:
            gathered.failures.append(Failure(address, None, error))
            return
        for number, entry in enumerate(entries):
            yield len(entries) - number
            self._entry(entry, address, gathered)

    def _kept(self, address: str, fetched: Fetched, changed: str | None = None) -> SourceFile:
        assert fetched.body is not None
        return self._pages.keep(
            address, fetched.body, _suffix(address, fetched), charset=fetched.charset, etag=fetched.etag,
            last_modified=fetched.last_modified, changed=changed,
        )  # fmt: skip

    def _entry(self, entry: Entry, feed: str, gathered: Gathered) -> None:
        """The article of an entry: its page where that lies on the feed's own site, else what the feed gives of it."""
        address = entry.link or f"{feed}#{entry.title}"
        kept = self._pages.get(address)
        if kept and kept.changed == entry.changed:
            gathered.files[address] = kept.source_file
            return
        failed = False
        if not entry.is_full and entry.link and _same_site(entry.link, feed):
            try:
                self._allowed(entry.link)
                gathered.files[address] = self._kept(address, self._fetcher.get(entry.link), entry.changed)
                return
            except WebError as error:
                gathered.failures.append(Failure(address, None, error))
                failed = True
        if kept and failed:
            gathered.files[address] = kept.source_file
        elif entry.paragraphs:
            changed = None if failed else entry.changed  # a page that did not come is asked for again
            gathered.files[address] = self._pages.keep(address, _record(entry), ".json", changed=changed)

    def _allowed(self, address: str) -> None:
        """Raises `WebNotAllowed` for a page that its host asks programs to leave alone."""
        parts = urlsplit(address)
        place = f"{parts.scheme}://{parts.netloc}"
        if place not in self._rules:
            rules = self._rules[place] = RobotFileParser()
            try:
                body = self._fetcher.get(f"{place}/robots.txt").body or b""
            except WebError:
                body = b""  # none that could be read is none
            rules.parse(body.decode("utf-8", "replace").splitlines())
        if not self._rules[place].can_fetch(user_agent(), address):
            raise WebNotAllowed(path=address)


def divided(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Sources that are paths, and those that are addresses."""
    return [name for name in names if not is_address(name)], [name for name in names if is_address(name)]


def _suffix(address: str, fetched: Fetched) -> str:
    """The reader for what came, as the end of a file's name. Raises `WebKindUnknown`."""
    assert fetched.body is not None
    if is_feed(fetched.body):
        return FEED
    named = PurePosixPath(urlsplit(fetched.address).path).suffix.lower()
    if fetched.kind in _VAGUE and named in KINDS:
        return named
    if suffix := _SUFFIXES.get(fetched.kind):
        return suffix
    if fetched.kind in _VAGUE and fetched.body.lstrip()[:1] == b"<":
        return ".html"
    raise WebKindUnknown(path=address, kind=fetched.kind or "?")


def _same_site(address: str, feed: str) -> bool:
    """Whether a host is the feed's, or one is the other's subdomain."""
    one, other = ((urlsplit(some).hostname or "").lower().removeprefix("www.") for some in (address, feed))
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _record(entry: Entry) -> bytes:
    record = {
        "title": entry.title,
        "text": "\n".join(entry.paragraphs),
        "url": entry.link,
        "outlet": entry.outlet,
        "author": entry.author,
        "published": entry.published.isoformat() if entry.published else None,
    }
    return json.dumps({name: value for name, value in record.items() if value}, ensure_ascii=False).encode()
