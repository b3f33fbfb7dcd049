"""Starts the bot: the settings it needs, one bot a data folder, and its end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from bot.telegram.faults import BotFailed, BotRunning, BotTokenMissing
from retrieval.disk_faults import translated
from retrieval.errors import DalilError

if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.index import Index

SWITCH_SECONDS = 0.001
"""How long a search may keep the interpreter to itself while messages wait; Python's own is five times that."""


def prepare(settings: Settings) -> None:
    """The log as the bot keeps it. Raises `BotTokenMissing`."""
    from bot.telegram import logs

    if settings.telegram_bot_token is None:
        raise BotTokenMissing()
    secrets = [
        value.get_secret_value() for value in (settings.telegram_bot_token, settings.telegram_webhook_secret) if value
    ]
    logs.configure(secrets=secrets, lively=sys.stderr.isatty())
    sys.setswitchinterval(SWITCH_SECONDS)


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Holds the data folder for one bot; the system lets go of it when the process dies. Raises `BotRunning`."""
    path = settings.data_dir / "bot.lock"
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise BotRunning(path=settings.data_dir) from error
    try:
        yield
    finally:
        lock.release()


def run(settings: Settings, index: Index) -> None:
    """Works until it is told to stop. Raises `SecondBot`, `BotTokenRefused`, `PortTaken` and `StoreError` kinds."""
    from bot import wiring
    from bot.telegram.answering import Minds
    from bot.telegram.ledger import LEDGER_FILE, Ledger
    from bot.telegram.service import Service
    from retrieval.assistant import Assistant

    def model() -> str | None:
        generator = wiring.find_generator(settings)
        return generator.model if generator else None

    minds = Minds(wiring.open_assistant(index, settings), Assistant(index), model)
    with closing(Ledger(settings.data_dir / LEDGER_FILE)) as ledger:
        try:
            asyncio.run(Service(settings, index, minds, ledger).run())
        except DalilError:
            raise
        except Exception as error:  # noqa: BLE001  (its text may hold the token)
            raise BotFailed(kind=type(error).__name__) from None
