"""The webhook: Telegram is told where to call, and looked after, for another program may tell it otherwise."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.telegram.faults import BotTokenRefused, WebhookRefused
from bot.telegram.http_server import Take, serve_webhook
from bot.telegram.intake import KINDS

if TYPE_CHECKING:
    from telegram.ext import ExtBot

    from bot.settings import Settings
    from bot.telegram.lanes import Lanes
    from bot.telegram.metrics import Metrics
    from bot.telegram.pace import Urgency

_log = logging.getLogger(__name__)

PORT = 8080
LOOK_SECONDS = 60.0
TRY_AGAIN_SECONDS = 1.0
REFUSALS_BELIEVED = 5
REFUSAL_PAUSE_SECONDS = 2.0
"""Longer with each refusal: the fifth is believed after 20 seconds."""


class Webhook:
    """Is called until it is cancelled. Raises `PortTaken`, `WebhookRefused` and `BotTokenRefused`."""

    def __init__(self, bot: ExtBot[Urgency], lanes: Lanes, take: Take, metrics: Metrics, settings: Settings) -> None:
        """Without a secret in the settings each run makes its own."""
        given = settings.telegram_webhook_secret
        self._secret = given.get_secret_value() if given else secrets.token_urlsafe(32)
        self._address = settings.telegram_webhook_url or ""
        self._port = settings.telegram_webhook_port or PORT
        self._refused = 0
        self._bot = bot
        self._lanes = lanes
        self._take = take
        self._metrics = metrics

    async def run(self, on_ready: Callable[[], None]) -> None:
        """`on_ready` is called once, when updates can be taken."""
        async with serve_webhook(self._address, self._port, self._secret, self._take_posted, self._metrics):
            on_ready()
            await self._begin()
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                with suppress(TelegramError):
                    await self._look_after()

    async def _take_posted(self, updates: Sequence[object]) -> None:
        await self._lanes.drained()
        await self._take(updates)

    async def _begin(self) -> None:
        """Until Telegram knows where to call. Raises `WebhookRefused` and `BotTokenRefused` when it is told so time and again."""
        refused = 0
        while True:
            try:
                await self._set()
            except (BadRequest, InvalidToken) as refusal:  # a look-up of the address may fail for a moment, too
                refused += 1
                if refused >= REFUSALS_BELIEVED:
                    known = isinstance(refusal, BadRequest)
                    raise (WebhookRefused(problem=refusal) if known else BotTokenRefused()) from refusal
                _log.warning("Telegram does not take the webhook: %s", refusal)
                await asyncio.sleep(refused * REFUSAL_PAUSE_SECONDS)
            except TelegramError:
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            else:
                return

    async def _look_after(self) -> None:
        """Moves the webhook back where it has been moved away. Raises `BotTokenRefused`, and `TelegramError` for another time."""
        try:
            if (await self._bot.get_webhook_info()).url != self._address:
                _log.warning("Another program with this token moved the webhook; it is moved back, stop the other")
                await self._set()
        except InvalidToken as refusal:
            self._refused += 1
            if self._refused >= REFUSALS_BELIEVED:
                raise BotTokenRefused() from refusal
        except BadRequest as refusal:
            _log.warning("Telegram does not take the webhook: %s", refusal)
        else:
            self._refused = 0

    async def _set(self) -> None:
        await self._bot.set_webhook(self._address, secret_token=self._secret, allowed_updates=list(KINDS))
