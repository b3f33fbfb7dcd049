"""Fetching: one page at a time, politely, from the hosts that were named and from nowhere else.

Every address is resolved before it is asked, and the connection goes to what was checked. Only a host that the user named may
lie in a private network: no redirect, no feed and no second answer of a name server leads there.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from retrieval.web_faults import (
    WebAddressUnusable,
    WebAstray,
    WebBusy,
    WebGone,
    WebPrivate,
    WebRefused,
    WebTooLarge,
    WebUnreachable,
)

if TYPE_CHECKING:
    import httpx

PAUSE_SECONDS = 1.0
"""Between two requests to one host."""
PATIENCE_SECONDS = 20.0
"""For a connection and for each piece of an answer."""
WHOLE_SECONDS = 120.0
"""For all of one page."""
LARGEST_BYTES = 20 << 20
"""Unpacked."""
REDIRECTS = 5
WAITED_SECONDS = 60.0
"""The longest that a host is waited for when it asks for time; else the next call has to."""
_MOVED = (301, 302, 303, 307, 308)
_LATER = (429, 503)


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
    """Fetches pages; to be closed. `named` are the addresses that the user gave: their hosts may be anywhere."""

    def __init__(
        self,
        named: Iterable[str],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx

        self._named = {place for address in named for place in _places(address)}
        self._clock = clock
        self._sleep = sleep
        self._asked: dict[str, float] = {}
        self._client = httpx.Client(
            timeout=PATIENCE_SECONDS,
            trust_env=False,  # no proxy, no certificate and no password that the environment names
            follow_redirects=False,
            headers={
                "User-Agent": user_agent(),
                "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=.9,*/*;q=.5",
                "Accept-Language": "ar,en;q=.5",
            },
        )

    def close(self) -> None:
        self._client.close()

    def get(self, address: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The page at an address, or that it has not changed. Raises `WebError` kinds."""
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        conditions = {name: value for name, value in asked.items() if value}
        current, waited = address, False
        for _ in range(REDIRECTS + 2):
            response, body = self._ask(address, current, conditions)
            if response.status_code in _MOVED and "location" in response.headers:
                current = _usable(urljoin(current, response.headers["location"]), address)
                continue
            if response.status_code in _LATER and not waited and (seconds := _asked_to_wait(response)) is not None:
                if seconds > WAITED_SECONDS:
                    raise WebBusy(path=address, seconds=round(seconds))
                self._sleep(seconds)
                waited = True
                continue
            return self._judged(address, current, response, body)
        raise WebAstray(path=address)

    def _judged(self, address: str, current: str, response: httpx.Response, body: bytes) -> Fetched:
        status = response.status_code
        if status == 304:
            return Fetched(current, None)
        if status in (404, 410):
            raise WebGone(path=address, status=status)
        if status in _LATER:
            raise WebBusy(path=address, seconds=round(_asked_to_wait(response) or WAITED_SECONDS))
        if status != 200:
            raise WebRefused(path=address, status=status)
        kind, _, _ = response.headers.get("content-type", "").partition(";")
        headers = response.headers
        return Fetched(
            current,
            body,
            kind.strip().lower(),
            response.charset_encoding,
            headers.get("etag"),
            headers.get("last-modified"),
        )

    def _ask(self, address: str, current: str, conditions: dict[str, str]) -> tuple[httpx.Response, bytes]:
        """One request and its answer, no larger and no later than allowed. `address` is named in faults."""
        import httpx

        self._wait_for(_place(current))
        parts = urlsplit(_usable(current, address))
        host = parts.hostname or ""
        began = self._clock()
        for number, ip in enumerate(addresses := self._checked(address, current)):
            at = f"[{ip}]" if ":" in ip else ip
            target = urlunsplit(
                (parts.scheme, f"{at}:{parts.port}" if parts.port else at, parts.path or "/", parts.query, "")
            )
            netloc = parts.netloc.rpartition("@")[2]
            headers = {**conditions, "Host": netloc.encode("idna").decode() if not netloc.isascii() else netloc}
            try:
                extensions = {"sni_hostname": host.encode("idna").decode()}
                with self._client.stream("GET", target, headers=headers, extensions=extensions) as response:
                    return response, self._read(response, address, began)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(addresses) - 1:
                    raise WebUnreachable(path=address) from None
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
                raise WebUnreachable(path=address) from None
        raise WebUnreachable(path=address)

    def _read(self, response: httpx.Response, address: str, began: float) -> bytes:
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > LARGEST_BYTES:
                raise WebTooLarge(path=address, megabytes=LARGEST_BYTES >> 20)
            if self._clock() - began > WHOLE_SECONDS:
                raise WebUnreachable(path=address)
        return bytes(body)

    def _wait_for(self, place: str) -> None:
        """Until the host may be asked again."""
        if (asked := self._asked.get(place)) is not None:
            rest = asked + PAUSE_SECONDS - self._clock()
            if rest > 0:
                self._sleep(rest)
        self._asked[place] = self._clock()

    def _checked(self, address: str, current: str) -> list[str]:
        """The numeric addresses of a host; those of a private network only for one that was named."""
        parts = urlsplit(current)
        host = parts.hostname or ""
        try:
            found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise WebUnreachable(path=address) from None
        numbers = list(dict.fromkeys(str(info[4][0]) for info in found))
        if _place(current) not in self._named and not all(is_public(number) for number in numbers):
            raise WebPrivate(path=address, host=host)
        return numbers


def is_public(number: str) -> bool:
    """Whether a numeric address belongs to the open net; one that carries a private one inside does not."""
    ip = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@cache
def user_agent() -> str:
    """How Dalil calls itself; sites write rules for this name."""
    return f"Dalil/{version('dalil')}"


def _place(address: str) -> str:
    """Host and port, the part that says whom one speaks to."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{(parts.hostname or '').lower()}:{port}"


def _places(address: str) -> set[str]:
    """That of a named address; of one without a port, with and without TLS, for sites send from the one to the other."""
    place = _place(address)
    host, _, port = place.rpartition(":")
    return {f"{host}:80", f"{host}:443"} if port in ("80", "443") else {place}


def _usable(current: str, address: str) -> str:
    """An address of the web, without its fragment. Raises `WebAddressUnusable`, or `WebAstray` where another led to it."""
    try:
        parts = urlsplit(current)
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fit = False
    if not fit:
        raise WebAddressUnusable(path=address) if current == address else WebAstray(path=address)
    return urlunsplit(parts._replace(fragment=""))


def _asked_to_wait(response: httpx.Response) -> float | None:
    """The seconds of `Retry-After`, which may be a day and time; None without one."""
    from email.utils import parsedate_to_datetime

    value = response.headers.get("retry-after", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError):
        return None
