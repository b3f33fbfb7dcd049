"""What the bot listens on, on this machine alone: the webhook, and `/health` and `/metrics` on a port of their own."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from errno import EACCES, EADDRINUSE
from re import escape
from socket import create_server, socket
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlsplit

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from bot.telegram.faults import PortForbidden, PortTaken
from bot.telegram.metrics import CONTENT_TYPE, Metrics
from retrieval.errors import StoreError

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
LARGEST_BODY_BYTES = 1024 * 1024
"""An update with a text of 4,096 characters, and the message that it answers, is about a tenth of this."""
BODY_SECONDS = 10.0
"""Within which a request has to arrive whole."""
STOP_SECONDS = 3.0
"""How long updates that are being stored are waited for when the bot stops."""
LARGEST_UPDATE_ID = 2**62
STALE_POLL_SECONDS = 60.0
"""A poll takes 10 seconds and is given up after 13: by then several have failed."""

Take = Callable[[Sequence[object]], Awaitable[None]]
TelegramState = Literal["starting", "reachable", "unreachable"]
Route = tuple[str, type[RequestHandler], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How the bot is. `last_poll_seconds`: since Telegram last answered a request for updates; None: none was due, for
    the bot has just started or has a webhook. `articles` is None where the index cannot be read.
    """

    telegram: TelegramState
    last_poll_seconds: float | None
    waiting: int
    running: int
    articles: int | None

    @property
    def is_ok(self) -> bool:
        """Whether questions come in and can be answered."""
        stale = self.last_poll_seconds is not None and self.last_poll_seconds > STALE_POLL_SECONDS
        return self.telegram == "reachable" and self.articles is not None and not stale

    def as_object(self) -> dict[str, object]:
        return {
            "status": "ok" if self.is_ok else "failing",
            "telegram": self.telegram,
            "last_poll_seconds": None if self.last_poll_seconds is None else round(self.last_poll_seconds, 1),
            "queue": {"waiting": self.waiting, "running": self.running},
            "index": "failing" if self.articles is None else "ready" if self.articles else "empty",
            "articles": self.articles,
        }


@asynccontextmanager
async def serve_health(port: int | None, metrics: Metrics, health: Callable[[], HealthReport]) -> AsyncIterator[None]:
    """`/health` (200, or 503 when failing) and `/metrics`, as long as the context is open; neither without a port.

    `health` is asked at each request and feeds the gauges. Raises `PortTaken`.
    """
    if port is None:
        yield
        return
    routes: list[Route] = [
        ("/health", _Health, {"health": health}),
        ("/metrics", _Exposition, {"health": health, "metrics": metrics}),
    ]
    async with _listening(routes, port, "TELEGRAM_HEALTH_PORT"):
        yield


@asynccontextmanager
async def serve_webhook(
    address: str, port: int, secret: str, take: Take, metrics: Metrics | None = None
) -> AsyncIterator[None]:
    """Hands each update posted to the path of `address` to `take`, alone in a list, as long as the context is open.

    200 is answered when `take` has returned, so that the update is stored; 503 when it raised a fault of the store or
    of the disk, and Telegram sends the update again. Without the secret: 403. At the end those under way are waited
    for, but not for ever. Raises `PortTaken`.
    """
    path = escape(urlsplit(address).path or "/")
    posts = _Posts(secret.encode(), take, metrics or Metrics())
    routes: list[Route] = [(path, _Hook, {"posts": posts})]
    async with _listening(routes, port, "TELEGRAM_WEBHOOK_PORT"):
        try:
            yield
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(posts.none_under_way.wait(), STOP_SECONDS)


@asynccontextmanager
async def _listening(routes: Sequence[Route], port: int, setting: str) -> AsyncIterator[None]:
    application = Application(list(routes), default_handler_class=_Handler, log_function=lambda handler: None)
    server = HTTPServer(
        application, max_body_size=LARGEST_BODY_BYTES, body_timeout=BODY_SECONDS, idle_connection_timeout=60.0
    )
    server.add_socket(_bound(port, setting))
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()


def _bound(port: int, setting: str) -> socket:
    try:
        listener = create_server((HOST, port))
    except OSError as error:
        if error.errno == EADDRINUSE:
            raise PortTaken(port=port, setting=setting) from error
        if error.errno == EACCES:
            raise PortForbidden(port=port, setting=setting) from error
        raise
    listener.setblocking(False)
    return listener


class _Handler(RequestHandler):
    """Says no more than a status, and nothing of an address in the log: the path may be what an operator keeps secret."""

    def prepare(self) -> None:
        if type(self) is _Handler:
            raise HTTPError(404)

    def set_default_headers(self) -> None:
        self.clear_header("Server")

    def compute_etag(self) -> None:
        """None: nothing here is fetched twice unchanged."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.finish()

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if not isinstance(value, HTTPError):
            _log.error("A request could not be served: %s", type(value).__name__)
            _log.debug("unexpected fault", exc_info=value)


class _Health(_Handler):
    def initialize(self, health: Callable[[], HealthReport]) -> None:
        self._health = health

    def get(self) -> None:
        report = self._health()
        self.set_status(200 if report.is_ok else 503)
        self.write(report.as_object())

    head = get


class _Exposition(_Handler):
    def initialize(self, health: Callable[[], HealthReport], metrics: Metrics) -> None:
        self._health, self._metrics = health, metrics

    def get(self) -> None:
        report = self._health()
        self._metrics.queue(waiting=report.waiting, running=report.running)
        self._metrics.articles(report.articles or 0)
        if report.last_poll_seconds is not None:
            self._metrics.polled(time.time() - report.last_poll_seconds)
        self.set_header("Content-Type", CONTENT_TYPE)
        self.write(self._metrics.exposition())


class _Posts:
    """What is known of all posts to the webhook."""

    def __init__(self, secret: bytes, take: Take, metrics: Metrics) -> None:
        self.secret, self.take, self.metrics = secret, take, metrics
        self.none_under_way = asyncio.Event()
        self.none_under_way.set()
        self._under_way: set[RequestHandler] = set()

    def began(self, post: RequestHandler) -> None:
        self._under_way.add(post)
        self.none_under_way.clear()

    def ended(self, post: RequestHandler) -> None:
        self._under_way.discard(post)
        if not self._under_way:
            self.none_under_way.set()


class _Hook(_Handler):
    def initialize(self, posts: _Posts) -> None:
        self._posts = posts

    def prepare(self) -> None:
        self._posts.began(self)

    def on_finish(self) -> None:
        self._posts.ended(self)

    async def post(self) -> None:
        shown = self.request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not shown or not hmac.compare_digest(shown.encode(), self._posts.secret):
            self._posts.metrics.skipped("forbidden")
            raise HTTPError(403)
        update = _update(self.request.body)
        if update is None:
            self._posts.metrics.skipped("broken")
            raise HTTPError(400)
        try:
            await self._posts.take([update])
        except (StoreError, OSError, sqlite3.Error) as error:
            _log.error("An update cannot be stored and waits at Telegram: %s", error)
            raise HTTPError(503) from error


def _update(body: bytes) -> dict[str, object] | None:
    """The update of a posted body, or None where it holds none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    return update if type(number) is int and 0 <= number < LARGEST_UPDATE_ID else None
