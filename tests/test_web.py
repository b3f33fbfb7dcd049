"""Fetching: politely, no more than asked for, and into no network that nobody named."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import web
from retrieval.web import Fetcher
from retrieval.web_connection import is_public
from retrieval.web_faults import (
    WebAddressUnusable,
    WebAstray,
    WebBusy,
    WebError,
    WebGone,
    WebPrivate,
    WebRefused,
    WebTooLarge,
    WebUnreachable,
)
from tests.news_site import Site, html, page, site
from tests.ports import free_port


class Clock:
    """Time that passes only while something waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def news() -> Iterator[Site]:
    with site() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetcher(news: Site, clock: Clock) -> Iterator[Fetcher]:
    fetcher = Fetcher([news.url], clock=clock, sleep=clock.sleep)
    yield fetcher
    fetcher.close()


def test_a_page_comes_with_what_tells_its_version(news: Site, fetcher: Fetcher) -> None:
    news.answers["/a"] = html(page("خبر"), ETag='"v1"', Last_Modified="Mon, 06 May 2024 08:00:00 GMT")
    found = fetcher.get(f"{news.url}/a#part")
    assert (found.body, found.kind, found.charset, found.etag) == (page("خبر"), "text/html", "utf-8", '"v1"')
    news.answers["/a"] = lambda headers: (304, {}, b"") if headers.get("if-none-match") == '"v1"' else html(b"new")
    assert fetcher.get(f"{news.url}/a", etag='"v1"', last_modified=found.last_modified).body is None
    assert news.asked[-1][1]["if-modified-since"] == "Mon, 06 May 2024 08:00:00 GMT"
    assert news.asked[-1][1]["user-agent"].startswith("Dalil/")
    assert news.asked[-1][1]["host"] == news.url.removeprefix("http://")
    assert fetcher.get(f"{news.url}/a", etag='"v0"').body == b"new"


def test_a_host_is_asked_once_a_second_and_another_at_once(news: Site, fetcher: Fetcher, clock: Clock) -> None:
    news.answers["/a"] = html(b"x")
    for _ in range(4):
        fetcher.get(f"{news.url}/a")
    assert clock.slept == [1.0, 1.0, 1.0]
    with site() as other:
        other.answers["/a"] = html(b"x")
        both = Fetcher([news.url, other.url], clock=clock, sleep=clock.sleep)
        clock.slept.clear()
        for address in (news.url, other.url):
            both.get(f"{address}/a")
        both.close()
    assert clock.slept == []


def test_the_time_that_a_host_asks_for_is_kept_within_reason(news: Site, fetcher: Fetcher, clock: Clock) -> None:
    answers = iter([(429, {"Retry-After": "7"}, b""), html(b"at last")])
    news.answers["/a"] = lambda _: next(answers)
    assert fetcher.get(f"{news.url}/a").body == b"at last"
    assert 7.0 in clock.slept
    news.answers["/b"] = (503, {"Retry-After": "86400"}, b"")
    with pytest.raises(WebBusy) as refused:
        fetcher.get(f"{news.url}/b")
    assert refused.value.values["seconds"] == "86400"
    news.answers["/c"] = (429, {"Retry-After": "1"}, b"")
    with pytest.raises(WebBusy):
        fetcher.get(f"{news.url}/c")


@pytest.mark.parametrize(
    ("status", "fault"), [(404, WebGone), (410, WebGone), (403, WebRefused), (500, WebRefused), (206, WebRefused)]
)
def test_other_answers_are_faults(news: Site, fetcher: Fetcher, status: int, fault: type[WebError]) -> None:
    news.answers["/a"] = (status, {}, b"")
    with pytest.raises(fault) as refused:
        fetcher.get(f"{news.url}/a")
    assert refused.value.values == {"path": f"{news.url}/a", "status": str(status)}


def test_redirects_are_followed_a_few_times(news: Site, fetcher: Fetcher) -> None:
    for number in range(9):
        news.answers[f"/{number}"] = (302, {"Location": f"/{number + 1}"}, b"")
    news.answers["/5"] = html(b"here")
    assert fetcher.get(f"{news.url}/0").address == f"{news.url}/5"
    news.answers["/5"] = (302, {"Location": "/0"}, b"")
    with pytest.raises(WebAstray):
        fetcher.get(f"{news.url}/0")


PRIVATE = [
    "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://127.0.0.1:1/", "http://[::1]/", "http://localhost/",
    "http://0.0.0.0/", "http://[::ffff:10.0.0.1]/", "http://192.168.1.1/", "http://2130706433/", "http://[64:ff9b::a00:1]/",
]  # fmt: skip


@pytest.mark.parametrize("target", PRIVATE)
def test_no_redirect_leads_into_a_private_network(news: Site, fetcher: Fetcher, target: str) -> None:
    news.answers["/a"] = (302, {"Location": target}, b"")
    with pytest.raises(WebPrivate) as refused:
        fetcher.get(f"{news.url}/a")
    assert refused.value.values["path"] == f"{news.url}/a"


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x.example/", "//", "http://", "javascript:x", "http://a:99999/"]
)
def test_a_redirect_to_what_is_no_address_is_refused(news: Site, fetcher: Fetcher, target: str) -> None:
    news.answers["/a"] = (302, {"Location": target}, b"")
    with pytest.raises((WebAstray, WebPrivate, WebUnreachable)):
        fetcher.get(f"{news.url}/a")


def test_the_connection_goes_to_the_address_that_was_checked(
    news: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers with a public address first and with a private one then gains nothing."""
    asked: list[str] = []
    connected: list[Any] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        number = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    def connect(address: Any, *_: Any, **__: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    fetcher = Fetcher(["http://other.example"], clock=clock, sleep=clock.sleep)
    with pytest.raises(WebUnreachable):
        fetcher.get("http://rebinding.example/")
    assert connected == [("93.184.216.34", 80)]
    with pytest.raises(WebPrivate):
        fetcher.get("http://rebinding.example/")
    assert len(connected) == 1
    fetcher.close()


def test_large_pages_and_bombs_are_cut_off(news: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LARGEST_BYTES", 1 << 20)
    news.answers["/large"] = html(b"x" * (3 << 20))
    packed = gzip.compress(b"\0" * (64 << 20))
    news.answers["/bomb"] = (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, packed)
    for path in ("/large", "/bomb"):
        with pytest.raises(WebTooLarge):
            fetcher.get(news.url + path)


def test_what_does_not_answer_is_unreachable(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE_SECONDS", 0.2)
    address = f"http://127.0.0.1:{free_port()}"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = f"http://127.0.0.1:{silent.getsockname()[1]}"
        fetcher = Fetcher([address, slow], clock=clock, sleep=clock.sleep)
        for dead in (address, slow, "http://no-such-host.invalid/"):
            with pytest.raises(WebUnreachable):
                fetcher.get(dead)
        fetcher.close()


def test_no_proxy_of_the_environment_is_asked(news: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    touched = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.3)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        news.answers["/a"] = html(b"x")
        fetcher = Fetcher([news.url], clock=clock, sleep=clock.sleep)
        assert fetcher.get(f"{news.url}/a").body == b"x"
        fetcher.close()
        try:
            proxy.accept()
            touched.set()
        except TimeoutError:
            pass
    assert not touched.is_set()


@pytest.mark.parametrize(
    "address", ["", "x", "http://", "ftp://a.example/x", "http:///x", "https://[::1", "http://a.example:0/"]
)
def test_what_is_no_address_is_said(clock: Clock, address: str) -> None:
    fetcher = Fetcher([], clock=clock, sleep=clock.sleep)
    with pytest.raises(WebAddressUnusable):
        fetcher.get(address)
    fetcher.close()


@given(
    st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fc00::/7") | st.ip_addresses(network="127.0.0.0/8")
)
def test_private_numbers_are_not_public(number: Any) -> None:
    assert not is_public(str(number))
    if number.version == 4:
        for carrying in (
            f"::ffff:{number}",
            f"64:ff9b::{number}",
            f"2002:{int(number) >> 16:x}:{int(number) & 0xFFFF:x}::1",
        ):
            assert not is_public(carrying)


@pytest.mark.parametrize("number", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_numbers_are(number: str) -> None:
    assert is_public(number)
