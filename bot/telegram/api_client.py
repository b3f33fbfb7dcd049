"""The client of the Bot API: where it goes, how long it waits, and through nobody else's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.telegram.faults import BotTokenMissing

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.telegram.pace import Pace, Urgency

TELEGRAM = "https://api.telegram.org"
CONNECTIONS = 512


def open_bot(settings: Settings, pace: Pace) -> ExtBot[Urgency]:
    """A client that sends at this pace, to the address of the settings only: a proxy of the environment is not asked.

    Raises `BotTokenMissing`.
    """
    if settings.telegram_bot_token is None:
        raise BotTokenMissing()
    base = settings.telegram_base_url or TELEGRAM
    return ExtBot(
        settings.telegram_bot_token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=_request(CONNECTIONS),
        get_updates_request=_request(2),
        rate_limiter=pace,
    )


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=5.0,
        read_timeout=6.0,
        pool_timeout=10.0,
        httpx_kwargs={"trust_env": False},
    )
