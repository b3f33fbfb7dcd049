"""Connections to the hosts that may be spoken to: a name is resolved once, judged, and what was judged is connected to.

Only a place (host and port) that the user named may lie in a private network; no redirect, no feed and no second answer of
a name server leads there. No proxy, certificate or password that the environment names is used.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from retrieval.web_faults import WebPrivate, WebUnreachable

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
KEPT_SECONDS = 30.0
"""How long an unused connection stays open for the next page of the same host."""

Place = tuple[str, int]
"""A host, in ASCII, and a port: whom one speaks to."""


def place_of(url: httpx.URL) -> Place:
    """The place of an address of the web."""
    return url.raw_host.decode("ascii").lower(), url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


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


class Transport(httpx.BaseTransport):
    """HTTP over checked connections. `private` are the places that may lie in a private network."""

    def __init__(self, private: Collection[Place]) -> None:
        self._backend = _Backend(private)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            network_backend=self._backend,
            keepalive_expiry=KEPT_SECONDS,
        )

    def allow(self, seconds: float) -> None:
        """Everything from now on that is not done in this time ends with a time-out, however little comes at a time."""
        self._backend.deadline = time.monotonic() + seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `WebPrivate`, `WebUnreachable` and what httpcore raises."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, private: Collection[Place]) -> None:
        self._private = private
        self._sockets = httpcore.SyncBackend()
        self.deadline = time.monotonic()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        fault: Exception = httpcore.ConnectError(host)
        for number in self._checked(host, port):
            try:
                left = _left(self.deadline, timeout)
                stream = self._sockets.connect_tcp(number, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _Stream(stream, lambda: self.deadline)
        raise fault

    def _checked(self, host: str, port: int) -> list[str]:
        """The numeric addresses of a host; those of a private network only for a place that was named."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise WebUnreachable(path=host) from error
        numbers = list(dict.fromkeys(str(info[4][0]) for info in found))
        if (host.lower(), port) not in self._private and not all(is_public(number) for number in numbers):
            raise WebPrivate(path=host, host=host)
        return numbers


class _Stream(httpcore.NetworkStream):
    """A connection none of whose steps lasts longer than the whole may."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Callable[[], float]) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline(), timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline(), timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        left = _left(self._deadline(), timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """The seconds that a step may take. Raises `httpcore.ReadTimeout` when none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)
