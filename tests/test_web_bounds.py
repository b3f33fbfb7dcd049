"""What a hostile or broken server can do: nothing that costs much, and nothing that leads elsewhere."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from retrieval import web
from retrieval.web import Fetcher
from retrieval.web_faults import (
    WebAstray,
    WebBusy,
    WebCut,
    WebError,
    WebKindUnknown,
    WebTooLarge,
    WebUnreachable,
    WebUntrusted,
    WebWithPassword,
)
from tests.news_site import Site, html, site
from tests.test_web import Clock

CERTIFICATE = Path(__file__).parent / "data" / "localhost.pem"


@pytest.fixture
def news() -> Iterator[Site]:
    with site() as running:
        yield running


@pytest.fixture
def fetcher(news: Site) -> Iterator[Fetcher]:
    clock = Clock()
    fetcher = Fetcher([news.url], clock=clock, sleep=clock.sleep)
    yield fetcher
    fetcher.close()


def packed(encoding: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "text/html", "Content-Encoding": encoding}, body


def test_a_packed_page_is_unpacked_and_no_packing_inside_another(news: Site, fetcher: Fetcher) -> None:
    news.answers["/once"] = packed("gzip", gzip.compress(b"<p>x</p>"))
    assert fetcher.get(f"{news.url}/once").body == b"<p>x</p>"
    assert news.asked[-1][1]["accept-encoding"] == "gzip"
    for number, encoding in enumerate(("gzip, gzip", "zstd", "br", "compress")):
        news.answers[f"/{number}"] = packed(encoding, gzip.compress(gzip.compress(b"x")))
        with pytest.raises(WebKindUnknown):
            fetcher.get(f"{news.url}/{number}")


def test_a_bomb_is_not_unpacked_further_than_the_limit(
    news: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = 0

    class Counting:
        def __init__(self, **options: Any) -> None:
            self._real = decompressobj(**options)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

        def decompress(self, data: bytes, limit: int) -> bytes:
            nonlocal unpacked
            out = self._real.decompress(data, limit)
            unpacked += len(out)
            return out

    decompressobj: Callable[..., Any] = web.zlib.decompressobj
    monkeypatch.setattr(web.zlib, "decompressobj", Counting)
    monkeypatch.setattr(web, "LARGEST_BYTES", 100_000)
    news.answers["/bomb"] = packed("gzip", gzip.compress(b"\0" * (64 << 20)))
    with pytest.raises(WebTooLarge):
        fetcher.get(f"{news.url}/bomb")
    assert unpacked <= 100_001


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"Content-Type": "text/html", "Content-Length": "9000", "Connection": "close"}, b"half"),
        packed("gzip", gzip.compress(b"x" * 9000)[:-12]),
        packed("gzip", b"no gzip at all"),
    ],
)
def test_half_an_answer_is_none(news: Site, answer: Any) -> None:
    def cut(_: dict[str, str]) -> Any:
        return answer

    news.answers["/a"] = cut
    fetcher = Fetcher([news.url], sleep=lambda _: None)
    patience, web.PATIENCE_SECONDS = web.PATIENCE_SECONDS, 0.3
    try:
        with pytest.raises((WebCut, WebUnreachable)):
            fetcher.get(f"{news.url}/a")
    finally:
        web.PATIENCE_SECONDS = patience
        fetcher.close()


@pytest.mark.parametrize("sent", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b""])
def test_drops_that_never_end_do_not_hold_it_up(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "WHOLE_SECONDS", 0.5)
    ended = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        try:
            connection.sendall(sent)
            while not ended.wait(0.05):
                connection.sendall(b"x" if sent else b"")
        except OSError:
            pass
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        fetcher = Fetcher([address])
        began = time.monotonic()
        with pytest.raises(WebUnreachable):
            fetcher.get(address)
        assert time.monotonic() - began < 3
        ended.set()
        fetcher.close()
        thread.join()


def test_garbage_is_no_answer() -> None:
    def babble(server: socket.socket) -> None:
        connection, _ = server.accept()
        connection.recv(1000)
        connection.sendall(b"\x00\xff no http \r\n\r\n" * 9)
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=babble, args=(server,))
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        fetcher = Fetcher([address])
        with pytest.raises(WebCut):
            fetcher.get(address)
        fetcher.close()
        thread.join()


def test_films_and_pictures_are_not_even_read(news: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_body", lambda *_: pytest.fail("it was read"))
    news.answers["/film"] = (200, {"Content-Type": "video/mp4"}, b"\0" * 9)
    with pytest.raises(WebKindUnknown) as refused:
        fetcher.get(f"{news.url}/film")
    assert refused.value.values == {"path": f"{news.url}/film", "kind": "video/mp4"}


def test_a_host_that_wants_a_day_is_not_asked_again_before(news: Site) -> None:
    clock = Clock()
    fetcher = Fetcher([news.url], clock=clock, sleep=clock.sleep)
    news.answers["/a"] = (429, {"Retry-After": "86400"}, b"")
    news.answers["/b"] = html(b"x")
    for path in ("/a", "/b", "/b"):
        with pytest.raises(WebBusy):
            fetcher.get(news.url + path)
    assert news.paths() == ["/a"]
    clock.now += 86401
    assert fetcher.get(f"{news.url}/b").body == b"x"
    fetcher.close()


def test_the_pause_that_a_site_asks_for_is_kept_within_bounds(news: Site) -> None:
    clock = Clock()
    fetcher = Fetcher([news.url], clock=clock, sleep=clock.sleep)
    news.answers["/a"] = html(b"x")
    for wanted, kept in ((5, 5.0), (0, 1.0), (3600, 10.0)):
        fetcher.slow_down(news.url, wanted)
        fetcher.get(f"{news.url}/a")
        clock.slept.clear()
        fetcher.get(f"{news.url}/a")
        assert clock.slept == [kept]
    fetcher.close()


def test_no_password_is_kept_sent_or_shown(news: Site, fetcher: Fetcher) -> None:
    with pytest.raises(WebWithPassword) as refused:
        fetcher.get(news.url.replace("://", "://reader:secret@"))
    assert "secret" not in str(refused.value) and news.asked == []
    news.answers["/a"] = (302, {"Location": news.url.replace("://", "://reader:secret@") + "/b"}, b"")
    news.answers["/b"] = html(b"x")
    assert "secret" not in fetcher.get(f"{news.url}/a").address
    assert "authorization" not in news.asked[-1][1]


def test_a_redirect_out_of_the_site_is_not_followed_where_it_must_not(news: Site, fetcher: Fetcher) -> None:
    news.answers["/a"] = (301, {"Location": "http://93.184.216.34/"}, b"")
    with pytest.raises(WebAstray):
        fetcher.get(f"{news.url}/a", may_lead_to=lambda to: to.startswith(news.url))


def test_arabic_paths_are_asked_for_as_browsers_do(news: Site, fetcher: Fetcher) -> None:
    encoded = "/%D8%AE%D8%A8%D8%B1"
    news.answers[encoded] = html(b"x")
    assert fetcher.get(f"{news.url}/خبر").body == b"x"
    news.answers["/a"] = (302, {"Location": "/خبر".encode().decode("latin-1")}, b"")
    assert fetcher.get(f"{news.url}/a").body == b"x"


# ------------------------------------------------------------------------------------------------------ connections


def resolving(monkeypatch: pytest.MonkeyPatch, **numbers: str) -> None:
    """Names of hosts, with `_` for a full stop, to where they are said to be."""
    known = {name.replace("_", "."): number for name, number in numbers.items()}
    resolve = socket.getaddrinfo

    def answer(host: str, *rest: Any, **more: Any) -> Any:
        return resolve(known.get(host, host), *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_a_connection_serves_the_host_alone_that_it_was_made_for(news: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, one_example="127.0.0.1", two_example="127.0.0.1")
    news.answers["/a"] = html(b"x")
    one, two = (news.url.replace("127.0.0.1", host) for host in ("one.example", "two.example"))
    fetcher = Fetcher([one, two], sleep=lambda _: None)
    for address in (one, two, one):
        fetcher.get(f"{address}/a")
    fetcher.close()
    assert [headers["host"].partition(":")[0] for _, headers in news.asked] == [
        "one.example",
        "two.example",
        "one.example",
    ]
    assert len(news.connections) == 2


def test_a_certificate_has_to_be_that_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, other_example="127.0.0.1")
    with site(certificate=CERTIFICATE) as news:
        news.answers["/a"] = html(b"x")
        own, other = (news.url.replace("127.0.0.1", host) + "/a" for host in ("localhost", "other.example"))
        unknown = Fetcher([own], sleep=lambda _: None)
        with pytest.raises(WebUntrusted):
            unknown.get(own)
        unknown.close()
        monkeypatch.setattr(httpx, "create_ssl_context", lambda **_: ssl.create_default_context(cafile=CERTIFICATE))
        fetcher = Fetcher([own, other], sleep=lambda _: None)
        assert fetcher.get(own).body == b"x"
        with pytest.raises(WebUntrusted):
            fetcher.get(other)
        fetcher.close()


def test_one_private_number_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(host: str, port: int, **_: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was connected to"))
    fetcher = Fetcher(["http://named.example/"])
    with pytest.raises(WebError) as refused:
        fetcher.get("http://mixed.example/")
    assert refused.value.code == "web_private"
    fetcher.close()
