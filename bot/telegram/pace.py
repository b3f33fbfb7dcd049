"""How fast requests leave: within Telegram's limits, fair between chats, and slowly while nothing answers.

The limits are Telegram's own (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this); what
they count exactly is not published, so each is kept with a little to spare.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import warnings
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from enum import IntEnum
from itertools import count
from typing import TYPE_CHECKING, Any

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter
from telegram.warnings import PTBDeprecationWarning

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_log = logging.getLogger(__name__)

REQUESTS_A_SECOND = 27
"""Over all chats; Telegram's limit is 30 messages."""
CAUGHT_UP = 1
"""Requests that may leave at once after a pause; with them, and some that arrive in a bunch, it is no more than 30 a second."""
EDIT_GAP_SECONDS = 1.05
"""Between two edits in one chat."""
GROUP_REQUESTS = 20
GROUP_WINDOW_SECONDS = 61.0
GROUP_STREAMED = 10
"""Requests of a group's window after which answers are no longer streamed there: the rest is for final ones."""
ATTEMPT_GAP_SECONDS = 1.0
"""Between two attempts, of any kind, while Telegram does not answer."""
FAILURES_IN_A_ROW = 3
"""After so many, Telegram counts as unreachable."""
AFTER_FLOOD_SECONDS = 0.2
"""Added to `retry_after`, which is counted from when the answer left Telegram."""
IDLE_SECONDS = 120.0
_EDITS = frozenset({"editMessageText", "editMessageReplyMarkup"})
_UNDERSTOOD = (BadRequest, Forbidden, InvalidToken, Conflict, ChatMigrated, RetryAfter)
"""Telegram's own refusals: it was reached."""

OnRequest = Callable[[str, str], None]
"""Told the method of a request and its outcome: ok, flood, refused or network."""


class Urgency(IntEnum):
    """Which of two waiting requests leaves first. None is 0, which the library takes for nothing said."""

    NOW = 1
    """Waits for nobody but for a chat that Telegram has closed for a while: few and short requests."""
    SIGN_OF_LIFE = 2
    ANSWER = 3
    ASIDE = 4
    """What is no answer to a question."""
    STREAM = 5


class Line:
    """Whether Telegram can be reached. While it cannot, one attempt a second is made, whoever makes it."""

    def __init__(self) -> None:
        self._failures = 0
        self._reached = asyncio.Event()
        self._reached.set()
        self._next_attempt = 0.0

    @property
    def is_down(self) -> bool:
        return self._failures >= FAILURES_IN_A_ROW

    async def attempt(self) -> bool:
        """Returns when the caller may try; True when its try is the one of this second, made to find out."""
        loop = asyncio.get_running_loop()
        while self.is_down:
            wait = self._next_attempt - loop.time()
            if wait <= 0:
                self._next_attempt = loop.time() + ATTEMPT_GAP_SECONDS
                return True
            try:
                async with asyncio.timeout(wait):
                    await self._reached.wait()
            except TimeoutError:
                continue
        return False

    def reached(self) -> None:
        if self.is_down:
            _log.info("Telegram answers again")
        self._failures = 0
        self._reached.set()

    def failed(self, error: Exception) -> None:
        self._failures += 1
        if self._failures == FAILURES_IN_A_ROW:
            _log.warning("Telegram does not answer; trying on: %s", error)
            self._reached.clear()
            self._next_attempt = asyncio.get_running_loop().time() + ATTEMPT_GAP_SECONDS


class Turnstile:
    """So many a second over all; of those who wait, the most urgent first, and then whoever came first."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next = 0.0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = count()

    @property
    def is_free(self) -> bool:
        return not self._waiting and asyncio.get_running_loop().time() >= self._next

    async def turn(self, urgency: Urgency) -> None:
        loop = asyncio.get_running_loop()
        if self.is_free:
            self._take()
            return
        turn: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._waiting, (urgency, next(self._number), turn))
        if len(self._waiting) == 1:
            loop.call_at(self._next, self._let_through)
        await turn

    def _take(self) -> None:
        """A turn that comes late, for the loop was busy, does not make all after it late."""
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now - CAUGHT_UP * self._gap) + self._gap

    def _let_through(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                self._take()
                break
        if self._waiting:
            loop.call_at(self._next, self._let_through)


class Room:
    """One chat's share: its requests one after the other, its edits a second apart, `retry_after` kept."""

    def __init__(self, *, is_group: bool) -> None:
        self.lock = asyncio.Lock()
        self._is_group = is_group
        self._held_until = 0.0
        self._next_edit = 0.0
        self._recent: deque[float] = deque(maxlen=GROUP_REQUESTS)
        self.last_used = 0.0

    def held_seconds(self, now: float) -> float:
        """How long Telegram wants to hear nothing for this chat."""
        return max(0.0, self._held_until - now)

    def wait_seconds(self, method: str, now: float) -> float:
        """How long a request of this kind has to wait from now on."""
        until = self._held_until
        if method in _EDITS:
            until = max(until, self._next_edit)
        if self._is_group and len(self._recent) == GROUP_REQUESTS:
            until = max(until, self._recent[0] + GROUP_WINDOW_SECONDS)
        return max(0.0, until - now)

    def may_stream(self, now: float) -> bool:
        if self.lock.locked() or self.wait_seconds("editMessageText", now):
            return False
        recent = sum(1 for moment in self._recent if moment > now - GROUP_WINDOW_SECONDS)
        return not self._is_group or recent < GROUP_STREAMED

    def hold(self, seconds: float, now: float) -> None:
        self._held_until = max(self._held_until, now + seconds + AFTER_FLOOD_SECONDS)

    def used(self, method: str, now: float) -> None:
        self.last_used = now
        self._recent.append(now)
        if method in _EDITS:
            self._next_edit = now + EDIT_GAP_SECONDS

    def is_idle(self, now: float) -> bool:
        return not self.lock.locked() and now > max(self.last_used + IDLE_SECONDS, self._held_until)


class Pace(BaseRateLimiter[Urgency]):
    """python-telegram-bot's rate limiter with Dalil's rules; it passes faults on and repeats nothing by itself."""

    def __init__(self, on_request: OnRequest = lambda method, outcome: None) -> None:
        self.line = Line()
        self._turnstile = Turnstile(REQUESTS_A_SECOND)
        self._rooms: dict[object, Room] = {}
        self._on_request = on_request

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    def may_stream(self, chat_id: int) -> bool:
        """Whether an edit that could as well be left out would leave at once and take nobody's turn."""
        now = asyncio.get_running_loop().time()
        return not self.line.is_down and self._turnstile.is_free and self._room(chat_id).may_stream(now)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Urgency | None,
    ) -> Any:
        """Sends a request when its turn has come. Raises what python-telegram-bot raises."""
        room_name = data.get("chat_id") or endpoint
        urgency = Urgency.ANSWER if rate_limit_args is None else rate_limit_args
        if urgency is Urgency.NOW:
            room = self._room(room_name)
            while seconds := room.held_seconds(asyncio.get_running_loop().time()):
                await asyncio.sleep(seconds)
            if "chat_id" in data:  # a press is answered without one, and takes no chat's turn
                await self._turnstile.turn(urgency)
            return await self._send(callback, args, kwargs, endpoint, room)
        async with self._admitted(room_name, endpoint, urgency) as room:
            return await self._send(callback, args, kwargs, endpoint, room)

    @asynccontextmanager
    async def _admitted(self, name: object, method: str, urgency: Urgency) -> AsyncIterator[Room]:
        loop = asyncio.get_running_loop()
        room = self._room(name)
        async with room.lock:
            while True:
                if seconds := room.wait_seconds(method, loop.time()):
                    await asyncio.sleep(seconds)
                    continue
                finds_out = await self.line.attempt()
                await self._turnstile.turn(urgency)
                if room.wait_seconds(method, loop.time()) or (self.line.is_down and not finds_out):
                    continue
                break
            try:
                yield room
            finally:
                room.used(method, loop.time())

    async def _send(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        method: str,
        room: Room,
    ) -> Any:
        try:
            result = await callback(*args, **kwargs)
        except RetryAfter as flood:
            room.hold(seconds_of(flood), asyncio.get_running_loop().time())
            self._outcome(method, "flood")
            raise
        except _UNDERSTOOD:
            self._outcome(method, "refused")
            raise
        except TelegramError as error:
            self.line.failed(error)
            self._on_request(method, "network")
            raise
        self._outcome(method, "ok")
        return result

    def _outcome(self, method: str, outcome: str) -> None:
        self.line.reached()
        self._on_request(method, outcome)

    def _room(self, name: object) -> Room:
        room = self._rooms.get(name)
        if room is None:
            now = asyncio.get_running_loop().time()
            if len(self._rooms) >= 1_000:
                self._rooms = {key: kept for key, kept in self._rooms.items() if not kept.is_idle(now)}
            room = self._rooms[name] = Room(is_group=isinstance(name, int) and name < 0)
            room.last_used = now
        return room


def seconds_of(flood: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", PTBDeprecationWarning
        )  # the library will give a timedelta one day; both are read
        after = flood.retry_after
    return float(after if isinstance(after, int | float) else after.total_seconds())
