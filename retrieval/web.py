"""Fetching: one page at a time, politely, from the hosts that were named and from nowhere else.

What may be contacted: the places of the addresses that were named, and public ones to which those redirect. The caller may
hold redirects to one site. `retrieval.web_connection` keeps every connection out of private networks that nobody named.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from retrieval.web_faults import (
    WebAddressUnusable,
    WebAstray,
    WebBusy,
    WebCut,
    WebGone,
    WebKindUnknown,
    WebPrivate,
    WebRefused,
    WebTooLarge,
    WebUnreachable,
    WebUntrusted,
    WebWithPassword,
)

if TYPE_CHECKING:
    import httpx

    from retrieval.web_connection import Place

PAUSE_SECONDS = 1.0
"""Between two requests to one host."""
LONGEST_PAUSE_SECONDS = 10.0
"""That a site may ask for in its robots.txt; with more, a feed of thirty pages would take over five minutes."""
PATIENCE_SECONDS = 20.0
"""For a connection and for each piece of an answer."""
WHOLE_SECONDS = 120.0
"""For all of one page."""
LARGEST_BYTES = 20 << 20
"""Unpacked."""
REDIRECTS = 5
WAITED_SECONDS = 60.0
"""The longest that a host is waited for when it asks for time; and the time it gets when it does not say how much."""
_MOVED = (301, 302, 303, 307, 308)
_LATER = (429, 503)
_NEVER_READ = ("image/", "audio/", "video/", "font/", "multipart/")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave. `body` is None where nothing has changed since the version that was asked about."""

    address: str
    """Where it was found in the end."""
    body: bytes | None
    kind: str = ""
    """The media type without parameters, in lower case."""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None


def is_address(name: str) -> bool:
    """Whether a source is named by an address rather than a path."""
    return "://" in name


class Fetcher:
    """Fetches pages; to be closed. `named` are the addresses that the user gave: their hosts may be anywhere.

    Remembers when each host was asked and when it wants to be asked again, so keep one for all that is fetched.
    """

    def __init__(
        self,
        named: Iterable[str],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        from retrieval.web_connection import Transport

        self._clock = clock
        self._sleep = sleep
        self._asked: dict[Place, float] = {}
        self._pauses: dict[Place, float] = {}
        self._closed_until: dict[Place, float] = {}
        self._transport = Transport({place for address in named for place in _places(address)})
        self._headers = {
            "User-Agent": user_agent(),
            "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=.9,*/*;q=.5",
            "Accept-Language": "ar,en;q=.5",
            "Accept-Encoding": "gzip",  # unpacked here, within bounds
        }

    def close(self) -> None:
        self._transport.close()

    def slow_down(self, address: str, seconds: float) -> None:
        """Leaves a host more time between two requests, within bounds."""
        place = next(iter(_places(address)))
        self._pauses[place] = max(PAUSE_SECONDS, min(seconds, LONGEST_PAUSE_SECONDS))

    def get(
        self,
        address: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        may_lead_to: Callable[[str], bool] = lambda address: True,
    ) -> Fetched:
        """The page at an address, or that it has not changed. Raises `WebError` kinds.

        `may_lead_to` says of each address of a redirect whether to follow it.
        """
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        conditions = {name: value for name, value in asked.items() if value}
        current, moved, waited = _url(address, address), 0, False
        while moved <= REDIRECTS:
            response, body = self._ask(address, current, conditions)
            if response.status_code in _MOVED and "location" in response.headers:
                moved += 1
                current = _url(urljoin(str(current), response.headers["location"]), address)
                if not may_lead_to(str(current)):
                    raise WebAstray(path=address)
            elif response.status_code in _LATER and not waited:
                self._sleep(self._asked_to_wait(response, current, address))
                waited = True
            else:
                return _judged(address, str(current), response, body)
        raise WebAstray(path=address)

    def _ask(self, address: str, current: httpx.URL, conditions: dict[str, str]) -> tuple[httpx.Response, bytes]:
        """One request and its answer, no larger and no later than allowed. `address` is named in faults."""
        import httpcore
        import httpx

        self._wait_for(current, address)
        self._transport.allow(WHOLE_SECONDS)
        try:
            with closing(self._transport.handle_request(self._request(current, conditions))) as response:
                kind = _kind(response)
                if response.status_code == 200 and kind.startswith(_NEVER_READ):
                    raise WebKindUnknown(path=address, kind=kind)
                return response, _body(response, address) if response.status_code == 200 else b""
        except WebPrivate as error:
            raise WebPrivate(path=address, host=error.values["host"]) from None
        except WebUnreachable as error:
            raise WebUnreachable(path=address) from error
        except (httpcore.ConnectError, httpcore.TimeoutException) as error:
            is_untrusted = isinstance(error.__context__ or error.__cause__, ssl.SSLCertVerificationError)
            raise (WebUntrusted if is_untrusted else WebUnreachable)(path=address) from error
        except (httpcore.ProtocolError, httpcore.NetworkError, httpx.HTTPError, zlib.error) as error:
            raise WebCut(path=address) from error

    def _request(self, url: httpx.URL, conditions: dict[str, str]) -> httpx.Request:
        import httpx

        timeout = httpx.Timeout(PATIENCE_SECONDS).as_dict()
        return httpx.Request("GET", url, headers=self._headers | conditions, extensions={"timeout": timeout})

    def _wait_for(self, url: httpx.URL, address: str) -> None:
        """Until the host may be asked again. Raises `WebBusy` where it has asked for more time than a pause."""
        from retrieval.web_connection import place_of

        place, now = place_of(url), self._clock()
        if (closed := self._closed_until.get(place, now)) - now > PAUSE_SECONDS:
            raise WebBusy(path=address, seconds=round(closed - now))
        pause = self._pauses.get(place, PAUSE_SECONDS)
        if (rest := max(self._asked.get(place, now - pause) + pause, closed) - now) > 0:
            self._sleep(rest)
        self._asked[place] = self._clock()

    def _asked_to_wait(self, response: httpx.Response, url: httpx.URL, address: str) -> float:
        """The seconds to wait before asking once more. Raises `WebBusy` where that is too long; then no one asks the host."""
        from retrieval.web_connection import place_of

        seconds = _retry_after(response)
        if seconds is None or seconds > WAITED_SECONDS:
            seconds = WAITED_SECONDS if seconds is None else seconds
            self._closed_until[place_of(url)] = self._clock() + seconds
            raise WebBusy(path=address, seconds=round(seconds))
        return seconds


@cache
def user_agent() -> str:
    """How Dalil calls itself; sites write rules for the name before the stroke."""
    return f"Dalil/{version('dalil')}"


def _places(address: str) -> tuple[Place, ...]:
    """That of a named address; of one without a port, with and without TLS, for sites send from the one to the other."""
    from retrieval.web_connection import place_of

    try:
        host, port = place_of(_url(address, address))
    except (WebAddressUnusable, WebWithPassword):
        return ()
    return ((host, port), (host, 443 if port == 80 else 80)) if port in (80, 443) else ((host, port),)


def _url(written: str, address: str) -> httpx.URL:
    """An address of the web, without its fragment.

    Raises `WebAddressUnusable`, `WebWithPassword`, and `WebAstray` where another address led to it.
    """
    import httpx

    try:
        url = httpx.URL(written)
        fit = url.scheme in ("http", "https") and bool(url.host) and url.port != 0
    except (httpx.InvalidURL, UnicodeError, ValueError):
        fit = False
    if not fit:
        raise WebAddressUnusable(path=address) if written == address else WebAstray(path=address)
    if url.userinfo and written == address:
        raise WebWithPassword(path=str(url.copy_with(userinfo=b"")))
    return url.copy_with(userinfo=b"", fragment=None)


def _kind(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _body(response: httpx.Response, address: str) -> bytes:
    """The body, unpacked piece by piece. Raises `WebTooLarge`, `WebCut`, and `WebKindUnknown` for an unknown packing."""
    packing = str(response.headers.get("content-encoding", "")).strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise WebKindUnknown(path=address, kind=packing)
    unpack = None if packing in ("", "identity") else zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)
    body = bytearray()
    for piece in response.iter_raw():
        room = LARGEST_BYTES + 1 - len(body)
        body += piece if unpack is None else unpack.decompress(piece, room)
        if len(body) > LARGEST_BYTES or (unpack and unpack.unconsumed_tail):
            raise WebTooLarge(path=address, megabytes=LARGEST_BYTES >> 20)
    if unpack and not unpack.eof:
        raise WebCut(path=address)
    return bytes(body)


def _judged(address: str, current: str, response: httpx.Response, body: bytes) -> Fetched:
    status = response.status_code
    if status == 304:
        return Fetched(current, None)
    if status in (404, 410):
        raise WebGone(path=address, status=status)
    if status in _LATER:
        raise WebBusy(path=address, seconds=round(_retry_after(response) or WAITED_SECONDS))
    if status != 200:
        raise WebRefused(path=address, status=status)
    headers = response.headers
    return Fetched(
        current, body, _kind(response), response.charset_encoding, headers.get("etag"), headers.get("last-modified")
    )


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, which may be a day and time; None without one."""
    from email.utils import parsedate_to_datetime

    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value[:9])
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
