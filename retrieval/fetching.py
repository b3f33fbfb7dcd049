"""Addresses to files: pages, and feeds with the articles they name, fetched where they are new or have changed, and kept.

Where nothing comes, because of the network or the site, the copy from before is read. Of a feed, the pages of its own site
are fetched; of an entry that leads elsewhere, or is whole in the feed, what the feed holds of it is the article.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from retrieval.errors import SourceError
from retrieval.pages import Headers, KeptPage, KeptPages
from retrieval.robots import Rules, read_rules
from retrieval.sources import SourceFile
from retrieval.sources.article import Draft
from retrieval.sources.faults import FeedBroken, FeedTorn
from retrieval.sources.feeds import Entry, read_feed
from retrieval.sources.html import read_html
from retrieval.types import Failure
from retrieval.web import Fetched, Fetcher, user_agent
from retrieval.web_addresses import FEED, PAGE, RECORD, host_of, in_turn, is_same_site, suffix_of, without_tracking
from retrieval.web_faults import (
    WebBusy,
    WebCut,
    WebError,
    WebKindUnknown,
    WebNotAllowed,
    WebRefused,
    WebUnreachable,
)

Progress = Callable[[int, int], None]

REFUSED_SECONDS = 24 * 3600.0
"""After which a page of a feed that was refused for a lasting reason is asked for again."""


@dataclass(slots=True)
class Gathered:
    """What addresses gave: files to read, each under its address, and what could not be fetched."""

    files: dict[str, SourceFile] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def fail(self, address: str, error: SourceError, line: int | None = None) -> None:
        """Names what could not be had."""
        self.failures.append(Failure(address, line, error))


class Gatherer:
    """Fetches what addresses name, round after round. `fetcher` and `pages` are the caller's to close."""

    def __init__(
        self,
        fetcher: Fetcher,
        pages: KeptPages,
        *,
        is_stopped: Callable[[], bool] = lambda: False,
        is_withdrawn: Callable[[str], bool] = lambda address: False,
    ) -> None:
        """`is_withdrawn` tells which addresses are not asked for, though they are named."""
        self._fetcher = fetcher
        self._pages = pages
        self._is_stopped = is_stopped
        self._is_withdrawn = is_withdrawn
        self._rules: dict[str, Rules | WebError] = {}
        self._silent: set[str] = set()
        """The hosts that did not answer in this round; they are not waited for again."""

    def gather(self, addresses: Sequence[str], on_progress: Progress | None = None) -> Gathered:
        """All pages and feeds that are named, each once; fewer when it is stopped. Raises `StoreError` kinds only.

        The hosts are asked by turns, so that the pause that one is left is used for another.
        """
        self._rules.clear()
        self._silent.clear()
        gathered, tell = Gathered(), on_progress or (lambda done, total: None)
        named = in_turn([one for one in dict.fromkeys(addresses) if not self._is_withdrawn(one)], host_of)
        found: list[tuple[Entry, str]] = []
        for done, address in enumerate(named):
            tell(done, len(named) + len(found))
            if not self._is_stopped():
                found += [(entry, address) for entry in self._named(address, gathered)]
        entries = in_turn(found, lambda one: host_of(one[0].link))
        total = len(named) + len(entries)
        for done, (entry, feed) in enumerate(entries, len(named)):
            tell(done, total)
            if not self._is_stopped():
                self._entry(entry, feed, gathered)
        tell(total, total)
        return gathered

    # -------------------------------------------------------------------------------------------------- what is named

    def _named(self, address: str, gathered: Gathered) -> Sequence[Entry]:
        """Takes in a page that the user named; of a feed, gives its entries."""
        kept = self._pages.get(address)
        source = kept.source_file if kept else None
        try:
            fetched = self._fetched(address, kept)
            source = self._kept(address, fetched, kept) if fetched.body is not None else source
        except SourceError as error:
            gathered.fail(address, error)
        if source and source.path.suffix == FEED:
            return self._entries(source, address, gathered)
        if source:
            gathered.files[address] = source
        return ()

    def _kept(self, address: str, fetched: Fetched, before: KeptPage | None) -> SourceFile:
        """Keeps what came, if it is of use, in place of what came before.

        Raises `WebKindUnknown`, what says that a page is no article, and `FeedBroken`, also where a feed has become
        something else.
        """
        body, suffix = fetched.body or b"", suffix_of(address, fetched)
        if before and before.source_file.path.suffix == FEED != suffix:
            raise FeedBroken(path=address)
        if suffix == FEED:
            read_feed(body, address, charset=fetched.charset)
        if suffix == PAGE:
            _check_article(body, address, fetched.charset)
        return self._pages.keep(address, body, suffix, _headers(fetched))

    def _entries(self, source: SourceFile, address: str, gathered: Gathered) -> Sequence[Entry]:
        try:
            feed = read_feed(source.path.read_bytes(), address, address=address, charset=source.charset)
        except SourceError as error:
            gathered.fail(address, error)
            return ()
        if (line := feed.broken_at) is not None:
            gathered.fail(address, FeedTorn(path=address, line=line), line)
        return feed.entries

    # -------------------------------------------------------------------------------------------------- what a feed names

    def _entry(self, entry: Entry, feed: str, gathered: Gathered) -> None:
        """The article of an entry: its page where that lies on the feed's own site, else what the feed gives of it."""
        link = without_tracking(entry.link)
        address = link or f"{feed}#{entry.title}"
        if address in gathered.files or self._is_withdrawn(address):
            return
        kept = self._pages.get(address)
        if kept and kept.feed_says == entry.changed:
            gathered.files[address] = kept.source_file
            return
        wanted = bool(link) and not entry.is_full and is_same_site(link, feed)
        if wanted and not self._pages.is_refused(address, entry.changed, for_seconds=REFUSED_SECONDS):
            try:
                gathered.files[address] = self._page(entry, address, feed, kept)
                return
            except SourceError as error:
                gathered.fail(address, error)
                if _is_lasting(error):
                    self._pages.refuse(address, entry.changed)
        record = _record(entry, link)
        if kept and not entry.is_full and _says_more(kept, record):
            gathered.files[address] = kept.source_file
        elif entry.paragraphs:
            feed_says = None if wanted else entry.changed  # a page that did not come is asked for again
            gathered.files[address] = self._pages.keep(address, record, RECORD, Headers(), feed_says=feed_says)

    def _page(self, entry: Entry, address: str, feed: str, kept: KeptPage | None) -> SourceFile:
        """The page of an entry. Raises `WebError` kinds, and what says that the page is no article."""
        before = kept if kept and kept.source_file.path.suffix != RECORD else None
        self._check_rules(address, feed)
        fetched = self._fetched(address, before, may_lead_to=lambda to: is_same_site(to, feed))
        if fetched.body is None and before:
            self._pages.confirm(before, entry.changed)
            return before.source_file
        body, suffix = fetched.body or b"", suffix_of(address, fetched)
        if suffix == FEED:
            raise WebKindUnknown(path=address, kind=fetched.kind)
        if suffix == PAGE:
            _check_article(body, address, fetched.charset)
        given = Draft(title=entry.title, outlet=entry.outlet, published=entry.published, author=entry.author)
        return self._pages.keep(address, body, suffix, _headers(fetched), feed_says=entry.changed, given=given)

    def _check_rules(self, address: str, feed: str) -> None:
        """Raises `WebNotAllowed` for a page that its host asks programs to leave alone.

        Without rules all is allowed; a host that is out of order, so that they cannot be had, is left alone (RFC 9309).
        """
        parts = urlsplit(address)
        place = f"{parts.scheme}://{parts.netloc}"
        if place not in self._rules:
            try:
                found = self._fetched(f"{place}/robots.txt", may_lead_to=lambda to: is_same_site(to, feed))
                rules = read_rules(found.body or b"", user_agent().partition("/")[0])
                self._fetcher.slow_down(address, rules.pause)
                self._rules[place] = rules
            except WebError as error:
                self._rules[place] = error if _is_passing(error) else Rules()
        rules_or_error = self._rules[place]
        if isinstance(rules_or_error, WebError):
            raise type(rules_or_error)(**{**rules_or_error.values, "path": address})
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        if not rules_or_error.allow(target):
            raise WebNotAllowed(path=address)

    def _fetched(
        self, address: str, before: KeptPage | None = None, *, may_lead_to: Callable[[str], bool] = lambda to: True
    ) -> Fetched:
        """What an address gives, or that it is as before. Raises `WebError` kinds."""
        place = host_of(address)
        if place in self._silent:
            raise WebUnreachable(path=address)
        headers = before.headers if before else Headers()
        try:
            return self._fetcher.get(
                address, etag=headers.etag, last_modified=headers.last_modified, may_lead_to=may_lead_to
            )
        except WebUnreachable:
            self._silent.add(place)
            raise


def _headers(fetched: Fetched) -> Headers:
    return Headers(fetched.kind, fetched.charset, fetched.etag, fetched.last_modified)


def _is_passing(error: SourceError) -> bool:
    """Whether a fault may be gone in the next round."""
    if type(error) is WebRefused:
        return error.values["status"].startswith("5")
    return isinstance(error, WebUnreachable | WebCut | WebBusy)


def _says_more(kept: KeptPage, summary: bytes) -> bool:
    """Whether a copy from before is a page, or the whole text from another feed, rather than another summary."""
    path = kept.source_file.path
    return path.suffix != RECORD or path.stat().st_size > 2 * len(summary)


def _is_lasting(error: SourceError) -> bool:
    return not _is_passing(error)


def _check_article(body: bytes, address: str, charset: str | None) -> None:
    """Raises what says that a page holds no article, under its address."""
    try:
        read_html(body, Path("page"), address=address, charset=charset)
    except SourceError as error:
        raise type(error)(**{**error.values, "path": address}) from error


def _record(entry: Entry, link: str) -> bytes:
    record = {
        "title": entry.title,
        "text": "\n\n".join(entry.paragraphs),
        "captions": list(entry.captions),
        "url": link,
        "outlet": entry.outlet,
        "author": entry.author,
        "published": entry.published.isoformat() if entry.published else None,
    }
    return json.dumps({name: value for name, value in record.items() if value}, ensure_ascii=False).encode()
