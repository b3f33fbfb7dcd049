"""Documents that editors send: fetched, kept, taken into the index, with a report."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from telegram.constants import ChatAction
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.telegram.pace import Urgency, seconds_of
from bot.telegram.pages import document_text
from bot.telegram.rich_text import RichText, plain
from retrieval.arabic import clean_line
from retrieval.disk_faults import translated
from retrieval.errors import DalilError

if TYPE_CHECKING:
    from telegram import Document, Message

    from bot.messages import Messages
    from retrieval.index import Index
    from retrieval.types import IngestReport

_log = logging.getLogger(__name__)

LARGEST_BYTES = 20_000_000
"""What a Bot API server hands out; https://core.telegram.org/bots/api#getfile"""
TRIES = 5
TYPING_SECONDS = 4.5
"""Apps show that someone is typing for five."""
_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 120


class Documents:
    """Takes documents in for the editors named in the settings."""

    def __init__(self, index: Index, folder: Path, editors: frozenset[int]) -> None:
        """`folder` keeps what was sent, so that the index can be made anew from it."""
        self._index = index
        self._folder = folder
        self._editors = editors

    async def take_in(self, message: Message, messages: Messages) -> RichText | None:
        """The report of an ingest, or why there is none; None where a group's file is nobody's question."""
        document, user = message.document, message.from_user
        if document is None or user is None or user.id not in self._editors:
            return plain(messages("telegram.document.not_allowed")) if message.chat.type == "private" else None
        if (document.file_size or 0) > LARGEST_BYTES:
            megabytes = LARGEST_BYTES // 1_000_000
            return plain(messages("telegram.document.too_big", name=document.file_name or "", megabytes=megabytes))
        path = self._folder / f"{document.file_unique_id[-8:]}-{_safe_name(document)}"
        try:
            with translated(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            async with _typing(message):
                await _fetch(document, path)
                report = await self._ingest(path)
        except TelegramError as error:
            _log.warning("A document could not be fetched: %s", error)
            return plain(messages("telegram.document.not_fetched"))
        except DalilError as error:
            _log.error("A document could not be taken in: %s", error.code)
            return plain(messages.error(error))  # an editor can mend it, unlike a reader
        _log.info(
            "A document was taken in: %d added, %d updated, %d failed", report.added, report.updated, report.failed
        )
        return document_text(document.file_name or path.name, report, messages)

    async def _ingest(self, path: Path) -> IngestReport:
        """When the bot stops it ends between two articles; the document is taken in after the next start."""
        is_stopping = threading.Event()

        def go_on(done: int, total: int) -> None:
            if is_stopping.is_set():
                raise InterruptedError

        try:
            return await asyncio.to_thread(self._index.ingest, [path], on_progress=go_on)
        finally:
            is_stopping.set()


@asynccontextmanager
async def _typing(message: Message) -> AsyncIterator[None]:
    """Shows that the bot is at it; not in a group, whose share of requests is for answers."""

    async def show() -> None:
        while message.chat.type == "private":
            with suppress(TelegramError):
                await message.get_bot().send_chat_action(
                    message.chat.id,
                    ChatAction.TYPING,
                    rate_limit_args=Urgency.STREAM,  # type: ignore[call-arg]
                )
            await asyncio.sleep(TYPING_SECONDS)

    showing = asyncio.create_task(show())
    try:
        yield
    finally:
        showing.cancel()


async def _fetch(document: Document, path: Path) -> None:
    """The document under its name, whole or not at all. Raises `TelegramError`, `StoreError` kinds."""
    whole = path.with_name(f"{path.name}.part")
    for tries_left in reversed(range(TRIES)):
        try:
            file = await document.get_file()
            content = await file.download_as_bytearray()
        except RetryAfter as flood:
            await asyncio.sleep(seconds_of(flood))
        except BadRequest:
            raise
        except NetworkError:
            if not tries_left:
                raise
            await asyncio.sleep(1.0)
        else:
            with translated(path):
                whole.write_bytes(content)
                whole.replace(path)
            return
    raise NetworkError("the document was not sent")


def _safe_name(document: Document) -> str:
    """The document's own name as a plain file name; without one, its id."""
    name = PurePosixPath(clean_line(document.file_name or "").replace("\\", "/")).name
    name = _UNSAFE.sub("_", name).lstrip(".")[-_LONGEST_NAME:]
    return name or f"{document.file_unique_id}.txt"
