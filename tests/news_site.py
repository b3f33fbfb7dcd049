"""A small news site over real HTTP: pages, feeds, redirects and all that goes wrong."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
TEXT = (
    "أعلنت وزارة النقل في مدينة الواحة افتتاح الجسر الجديد الذي يربط ضفتي النهر بعد ثلاث سنوات من العمل، "
    "وقال الوزير إن كلفة المشروع بلغت أربعين مليون دينار وإن الجسر سيخدم عشرين ألف سيارة كل يوم."
)


def page(title: str, text: str = TEXT, *, day: str = "2024-05-06") -> bytes:
    return (
        f'<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>{title} | صحيفة الواحة</title>'
        f'<meta property="og:type" content="article"><meta property="article:published_time" content="{day}T08:00:00+03:00">'
        f'</head><body><nav><a href="/">الرئيسية</a></nav><article><h1>{title}</h1><p>{text}</p><p>{text[::1]} وأضاف.</p>'
        f"</article><footer>جميع الحقوق محفوظة</footer></body></html>"
    ).encode()


def feed(*items: tuple[str, str, str]) -> bytes:
    """RSS of (link, title, summary)."""
    inside = "".join(
        f"<item><link>{link}</link><title>{title}</title><description>{summary}</description>"
        f"<pubDate>Mon, 06 May 2024 08:00:00 +0300</pubDate></item>"
        for link, title, summary in items
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>صحيفة الواحة</title>{inside}</channel></rss>'.encode()
    )


def html(body: bytes, **headers: str) -> Answer:
    return (
        200,
        {"Content-Type": "text/html; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}},
        body,
    )


def xml(body: bytes) -> Answer:
    return 200, {"Content-Type": "application/rss+xml"}, body


@dataclass
class Site:
    """What is answered at each path, and what was asked: (path, headers)."""

    url: str = ""
    answers: dict[str, Answer | Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def site(*, certificate: Path | None = None) -> Iterator[Site]:
    """A site on this machine; with TLS where it has a certificate."""
    running = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            running.asked.append((self.path, headers))
            running.connections.add(self.client_address)
            answer = running.answers.get(self.path, (404, {}, b"none"))
            status, more, body = answer(headers) if callable(answer) else answer
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if "Content-Length" not in more:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A client that hangs up is part of what is tested."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    running.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
