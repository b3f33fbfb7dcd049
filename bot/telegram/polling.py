"""Long polling: updates are fetched as they stand, stored, and only then confirmed by asking for the next ones."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from bot.telegram.faults import BotTokenRefused, SecondBot
from bot.telegram.intake import KINDS
from bot.telegram.pace import OnRequest, Urgency, seconds_of
from retrieval.errors import StoreError

if TYPE_CHECKING:
    from telegram.ext import ExtBot

    from bot.telegram.lanes import Lanes
    from bot.telegram.pace import Line

_log = logging.getLogger(__name__)

WAIT_SECONDS = 10
"""How long Telegram holds a request open when there is nothing."""
SHORT_WAIT_SECONDS = 1
"""The same after a fault: whether Telegram answers again is known sooner."""
ANSWER_SECONDS = 3.0
"""Beyond the wait, until an answer counts as lost."""
QUIET_SECONDS = 1.0
"""At the start nothing is carried out until so long has passed without a sign of another bot with the same token."""
LOOK_AGAIN_SECONDS = 0.2
CONFLICT_PAUSE_SECONDS = 0.4
"""Below `QUIET_SECONDS`: a bot that is at work is back before a new one believes to be alone."""
GIVES_WAY_SECONDS = (8.0, 16.0)
"""A new bot that finds another one at work tries for so long, and leaves; drawn at random, so that of two new ones one stays."""
STORE_PAUSE_SECONDS = 3.0
REFUSALS_BELIEVED = 5
"""So many in a row; a proxy between may answer 404 for a moment."""
REFUSAL_PAUSE_SECONDS = 3.0
CONFLICT_TOLD_SECONDS = 60.0
_RAW_UPDATES = "get__updates"
"""`getUpdates` to the library, which turns it into camel case, but not its own method of that name: that one reads the
updates too, and one it cannot read would come again for ever."""

Take = Callable[[Sequence[object]], Awaitable[None]]


class Polling:
    """Fetches until it is cancelled. Raises `SecondBot` and `BotTokenRefused`."""

    def __init__(self, bot: ExtBot[Urgency], line: Line, lanes: Lanes, take: Take, on_request: OnRequest) -> None:
        self._bot = bot
        self._line = line
        self._lanes = lanes
        self._take = take
        self._on_request = on_request
        self._offset: int | None = None
        self._told_of_conflict = -math.inf
        self._refused = 0
        self.last_answer = -math.inf
        """The loop's time at which Telegram last answered."""

    async def run(self, on_alone: Callable[[], None] = lambda: None) -> None:
        """`on_alone` is called once, when no other bot with this token has shown up."""
        await self._until_alone()
        on_alone()
        wait = WAIT_SECONDS
        while True:
            await self._lanes.drained()
            try:
                updates = await self._fetch(wait)
            except Conflict:
                self._tell_of_conflict()
                await asyncio.sleep(CONFLICT_PAUSE_SECONDS)
                continue
            except TelegramError:
                wait = SHORT_WAIT_SECONDS
                continue
            wait = WAIT_SECONDS
            await self._store(updates)
            if numbers := _numbers(updates):
                self._offset = max(numbers) + 1

    async def _until_alone(self) -> None:
        """Asks without confirming anything until nobody has interfered for a while. Raises `SecondBot`.

        Another bot shows in two ways: it interrupts a request that waits, or updates that wait for us are gone.
        """
        loop = asyncio.get_running_loop()
        quiet_since = began = loop.time()
        gives_way = random.uniform(*GIVES_WAY_SECONDS)
        oldest: int | None = None
        while loop.time() - quiet_since < QUIET_SECONDS:
            try:
                numbers = _numbers(await self._fetch(SHORT_WAIT_SECONDS))
                if oldest is not None and oldest not in numbers:
                    raise Conflict("updates were taken by another bot")
                oldest = min(numbers, default=None)
                if numbers:
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
            except Conflict as conflict:
                if loop.time() - began > gives_way:
                    raise SecondBot() from conflict
                oldest = None
                await asyncio.sleep(CONFLICT_PAUSE_SECONDS * random.uniform(0.5, 1.5))
                quiet_since = loop.time()
            except TelegramError:
                quiet_since = loop.time()

    async def _fetch(self, wait_seconds: int) -> list[Any]:
        """The next updates as JSON. Raises `Conflict`, `BotTokenRefused`, or `TelegramError` after a pause."""
        await self._line.attempt()
        asked = {"timeout": wait_seconds, "allowed_updates": list(KINDS)}
        if self._offset is not None:
            asked["offset"] = self._offset
        try:
            updates = await self._bot.do_api_request(_RAW_UPDATES, asked, read_timeout=wait_seconds + ANSWER_SECONDS)
        except Conflict:
            self._reached("refused")
            raise
        except RetryAfter as flood:
            self._reached("flood")
            await asyncio.sleep(seconds_of(flood))
            raise
        except (InvalidToken, EndPointNotFound) as error:
            self._refused += 1
            if self._refused >= REFUSALS_BELIEVED:
                raise BotTokenRefused() from error
            await asyncio.sleep(REFUSAL_PAUSE_SECONDS)
            raise
        except TelegramError as error:
            self._line.failed(error)
            self._on_request("getUpdates", "network")
            await asyncio.sleep(random.uniform(0.3, 0.6))
            raise
        self._refused = 0
        self._reached("ok")
        self.last_answer = asyncio.get_running_loop().time()
        return updates if isinstance(updates, list) else []

    def _reached(self, outcome: str) -> None:
        self._line.reached()
        self._on_request("getUpdates", outcome)

    def _tell_of_conflict(self) -> None:
        now = asyncio.get_running_loop().time()
        if now > self._told_of_conflict + CONFLICT_TOLD_SECONDS:
            self._told_of_conflict = now
            _log.warning("Another bot with this token asks for updates; this one stays at work, stop the other")

    async def _store(self, updates: Sequence[object]) -> None:
        """Tries until they are stored; Telegram keeps them meanwhile."""
        while updates:
            try:
                await self._take(updates)
            except StoreError as error:
                _log.error("Updates cannot be stored and wait at Telegram: %s", error)
                await asyncio.sleep(STORE_PAUSE_SECONDS)
            else:
                return


def _numbers(updates: Sequence[object]) -> list[int]:
    return [u["update_id"] for u in updates if isinstance(u, dict) and isinstance(u.get("update_id"), int)]
