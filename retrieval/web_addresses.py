"""What addresses and media types say: the same site or another, where a reader came from, which reader a page is for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit, urlunsplit

from retrieval.sources.discovery import KINDS
from retrieval.sources.feeds import is_feed
from retrieval.web import Fetched, is_address
from retrieval.web_faults import WebKindUnknown

Item = TypeVar("Item")

FEED, PAGE, RECORD = ".feed", ".html", ".json"
_SUFFIXES = {
    "text/html": PAGE,
    "application/xhtml+xml": PAGE,
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": RECORD,
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/rss+xml": FEED,
    "application/atom+xml": FEED,
    "application/rdf+xml": FEED,
}
_VAGUE = ("", "application/octet-stream", "text/plain", "binary/octet-stream")
"""Media types that servers give to what they do not know: the name says more."""
_BEGINNINGS = (b"<!doctype html", b"<html")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|mc_[ce]id|at_(?:medium|campaign))=.*")
"""Parameters that say where a reader came from and nothing of the page."""
_USUAL_PORTS = (None, 80, 443)


def divided(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Sources that are paths, and those that are addresses; of these without the part of the page that is meant."""
    addresses = [name.strip().partition("#")[0] for name in names if is_address(name)]
    return [name for name in names if not is_address(name)], addresses


def without_tracking(address: str) -> str:
    """The address of a page without fragment and tracking, so that a page has one; empty for what is no web address."""
    parts = _parts(address)
    if parts is None:
        return ""
    query = "&".join(part for part in parts.query.split("&") if not _TRACKING.fullmatch(part))
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=netloc, path=parts.path or "/", query=query, fragment=""))


def host_of(address: str) -> str:
    """The host and port of an address of the web; empty for anything else."""
    parts = _parts(address)
    return parts.netloc.rpartition("@")[2].lower() if parts else ""


def in_turn(items: Iterable[Item], host: Callable[[Item], str]) -> list[Item]:
    """The items of each host in their order, and the hosts by turns."""
    queues: dict[str, list[Item]] = {}
    for item in items:
        queues.setdefault(host(item), []).append(item)
    longest = max(map(len, queues.values()), default=0)
    return [queue[at] for at in range(longest) for queue in queues.values() if at < len(queue)]


def is_same_site(address: str, feed: str) -> bool:
    """Whether a host is the feed's, or one is the other's subdomain, at the feed's port or a usual one."""
    one, other = _parts(address), _parts(feed)
    if one is None or other is None or one.port not in (*_USUAL_PORTS, other.port):
        return False
    first, second = ((parts.hostname or "").lower().removeprefix("www.") for parts in (one, other))
    return first == second or any(
        longer.endswith(f".{shorter}") and "." in shorter for longer, shorter in ((first, second), (second, first))
    )


def suffix_of(address: str, fetched: Fetched) -> str:
    """The reader for what came, as the end of a file's name. Raises `WebKindUnknown`."""
    body, kind = fetched.body or b"", fetched.kind
    if is_feed(body):
        return FEED
    if kind in _VAGUE and body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_BEGINNINGS):
        return PAGE
    named = PurePosixPath(urlsplit(fetched.address).path).suffix.lower()
    if kind in _VAGUE and named in KINDS:
        return named
    if suffix := _SUFFIXES.get(kind):
        return suffix
    raise WebKindUnknown(path=address, kind=kind or "?")


def _parts(address: str) -> SplitResult | None:
    """The parts of an address of the web, with a port that is a number; None for anything else."""
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_usable else None
