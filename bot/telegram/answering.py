"""One question from its placeholder to its answer; after a restart it goes on where it stood."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.telegram.buttons import answer_keyboard, stop_keyboard
from bot.telegram.delivery import Gone, Moved
from bot.telegram.pace import Urgency
from bot.telegram.replies import answer_text, error_text, with_bold_marks
from bot.telegram.rich_text import RichText, italic, paragraphs, plain, split
from bot.telegram.shown import Shown
from retrieval.errors import DalilError
from retrieval.types import Answer

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup

    from bot.messages import Messages
    from bot.telegram.delivery import Delivery
    from bot.telegram.ledger import Exchange, Ledger
    from bot.telegram.metrics import Metrics
    from retrieval.assistant import Assistant

_log = logging.getLogger(__name__)

ANSWERED_AT_ONCE = 64
"""Questions in the hands of the assistant; the language model takes them one after the other anyway."""
SHOWN_WHILE_WRITING = 3_500
"""Characters of an answer that is still being written; a message holds 4,096."""
WHOLE_AT_ONCE_SECONDS = 0.25
"""An answer that is whole so soon after its first word is shown whole: the edit of a part would hold it up for a second."""
STREAM_LOOK_SECONDS = 0.1
DRAFT_GAP_SECONDS = 0.5
ANEW = 100
"""The number of the first part of an answer that is a message of its own, as after drafts, and not the placeholder."""
_MARK = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Minds:
    """Who answers: `assistant` in chats, `quoting` where no model may keep one waiting.

    `find_model` names the model, None for quotes; it raises `ModelError` kinds.
    """

    assistant: Assistant
    quoting: Assistant
    find_model: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came: the message it stands in, and the language to speak with who asked."""

    update_id: int
    chat_id: int
    user_id: int
    message_id: int
    text: str
    messages: Messages
    in_group: bool
    topic: int | None = None
    """That of a forum."""


class Answering:
    """Answers questions in Telegram. A question may be stopped by its id."""

    def __init__(
        self, assistant: Assistant, ledger: Ledger, delivery: Delivery, metrics: Metrics, *, drafts: bool = False
    ) -> None:
        """`drafts`: in private chats an answer is shown in drafts while it is written, where the server knows them."""
        self._drafts = drafts
        self._assistant = assistant
        self._ledger = ledger
        self._delivery = delivery
        self._metrics = metrics
        self._slots = asyncio.Semaphore(ANSWERED_AT_ONCE)
        self._thinking: dict[str, asyncio.Task[Answer]] = {}
        self._began = time.time()

    def stop(self, exchange_id: str) -> bool:
        """Ends the making of an answer, or keeps it from beginning; False when there is nothing left to stop."""
        exchange = self._ledger.exchange(exchange_id)
        if exchange is None or exchange.state != "asked":
            return False
        self._ledger.finished(exchange_id, "halted")
        if thinking := self._thinking.get(exchange_id):
            thinking.cancel()
        return True

    def writing_in(self, chat_id: int, user_id: int) -> str | None:
        """The id of the exchange that is being written for a person in a chat."""
        for exchange_id in self._thinking:
            exchange = self._ledger.exchange(exchange_id)
            if exchange and (exchange.chat_id, exchange.user_id) == (chat_id, user_id):
                return exchange_id
        return None

    async def announce(self, asked: Asked) -> None:
        """Shows that a question has arrived which cannot be answered yet. Raises `Gone`, `Moved`, `StoreError`."""
        exchange = self._ledger.begin(asked.update_id, asked.chat_id, asked.user_id, asked.text)
        if exchange.state == "asked":
            await self._sign_of_life(asked, exchange, "telegram.waiting", Urgency.SIGN_OF_LIFE)

    async def leave(self, update_id: int) -> None:
        """An update is done with: a question of it that was announced and then not answered is no longer promised."""
        exchange = self._ledger.exchange_of(update_id)
        if exchange and exchange.state in ("asked", "halted"):
            await self._delivery.withdraw(exchange, 0)
            self._ledger.finished(exchange.id, "stopped")

    async def answer(self, asked: Asked) -> None:
        """Returns when the answer, or why there is none, stands in the chat. Raises `StoreError` of the ledger."""
        exchange = self._ledger.begin(asked.update_id, asked.chat_id, asked.user_id, asked.text)
        if exchange.state in ("delivered", "stopped"):
            return
        try:
            await self._carry_through(asked, exchange)
        except Gone as gone:
            _log.info("A chat cannot be written to any more: %s", gone)
            self._ledger.finished(exchange.id, "stopped")
        except Moved as moved:
            _log.info("A group has become a supergroup")
            self._ledger.move_chat(exchange.chat_id, moved.new_chat_id)
            await self.answer(asked)

    async def _carry_through(self, asked: Asked, exchange: Exchange) -> None:
        placeholder = await self._sign_of_life(asked, exchange, "telegram.placeholder", Urgency.SIGN_OF_LIFE)
        shown = Shown()
        try:
            answer = exchange.answer or await self._think(asked, exchange, placeholder, shown)
        except _Stopped:
            await self._deliver(asked, exchange, _until_stopped(shown.text, asked.messages), None)
            self._ledger.finished(exchange.id, "stopped")
            self._metrics.answered("quotes", "stopped", time.time() - exchange.asked)
        except DalilError as error:
            await self._tell_fault(asked, exchange, error)
        except Exception as error:  # noqa: BLE001  (whatever happens, who asked is told, and the next question is answered)
            _log.error("A question met an unexpected fault: %s", type(error).__name__)
            _log.debug("unexpected fault", exc_info=True)
            await self._tell_fault(asked, exchange, DalilError())
        else:
            await self._tell(asked, exchange, answer)

    async def _sign_of_life(self, asked: Asked, exchange: Exchange, key: str, urgency: Urgency) -> int:
        """The id of the placeholder, which is sent unless it is there already."""
        earlier = self._ledger.message(exchange.id, 0)
        placeholder = await self._delivery.place(
            exchange,
            0,
            plain(asked.messages(key)),
            stop_keyboard(exchange.id, asked.messages),
            reply_to=asked.message_id if asked.in_group else None,
            topic=asked.topic,
            urgency=urgency,
        )
        if earlier is None and exchange.asked >= self._began:  # how long the bot was off is another matter
            self._metrics.first_sign(time.time() - exchange.asked)
        return placeholder

    async def _tell(self, asked: Asked, exchange: Exchange, answer: Answer) -> None:
        words = answer_text(answer, asked.messages)
        if answer.reason == "empty_index":  # its own text tells whoever runs the bot what to do
            words = plain(asked.messages("telegram.no_articles"))
        await self._deliver(asked, exchange, words, answer_keyboard(exchange.id, answer, asked.messages))
        self._ledger.finished(exchange.id, "delivered")
        outcome = "declined" if answer.declined else "answered"
        self._metrics.answered(answer.mode, outcome, time.time() - exchange.asked)

    async def _tell_fault(self, asked: Asked, exchange: Exchange, error: DalilError) -> None:
        """An honest word instead of an answer; the question is no part of the conversation."""
        _log.error("A question could not be answered: %s", error.code)
        self._metrics.fault(error.code)
        await self._deliver(asked, exchange, error_text(error, asked.messages), None)
        self._ledger.finished(exchange.id, "delivered")
        self._metrics.answered("quotes", "error", time.time() - exchange.asked)

    async def _deliver(
        self, asked: Asked, exchange: Exchange, words: RichText, keyboard: InlineKeyboardMarkup | None
    ) -> None:
        """The placeholder becomes the first part; the buttons stand under the last one.

        After drafts the answer is a message of its own, into which the draft turns, and the placeholder goes.
        """
        parts = split(words)
        if self._ledger.message(exchange.id, ANEW):
            for number, part in enumerate(parts):
                below = keyboard if number == len(parts) - 1 else None
                await self._delivery.place(exchange, ANEW + number, part, below, topic=asked.topic)
            await self._delivery.withdraw(exchange, 0)
            return
        for number, part in enumerate(parts):
            below = keyboard if number == len(parts) - 1 else None
            message_id = await self._delivery.place(exchange, number, part, below, topic=asked.topic)
            is_gone = number == 0 and not await self._delivery.edit(exchange.chat_id, message_id, part, below)
            if is_gone:  # who asked has deleted it
                await self._delivery.say(exchange.chat_id, part, below, topic=asked.topic)

    # ---------------------------------------------------------------------------------------------------- thinking

    async def _think(self, asked: Asked, exchange: Exchange, placeholder: int, shown: Shown) -> Answer:
        """The answer, shown as it is written and stored when it is whole. Raises `_Stopped` and `DalilError` kinds."""
        if self._is_halted(exchange):
            raise _Stopped
        thinking = asyncio.create_task(self._write(asked, exchange, shown))
        painting = asyncio.create_task(self._paint(asked, exchange, placeholder, shown))
        self._thinking[exchange.id] = thinking
        try:
            return await thinking
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._is_halted(exchange) and not (task and task.cancelling()):
                raise _Stopped from None
            thinking.cancel()
            raise
        finally:
            del self._thinking[exchange.id]
            shown.end()
            with suppress(asyncio.CancelledError):
                await painting  # an edit under way must not arrive after the answer
            if (task := asyncio.current_task()) and task.cancelling():
                raise asyncio.CancelledError

    def _is_halted(self, exchange: Exchange) -> bool:
        now = self._ledger.exchange(exchange.id)
        return now is not None and now.state == "halted"

    async def _write(self, asked: Asked, exchange: Exchange, shown: Shown) -> Answer:
        async with self._slots:
            history = self._ledger.history(exchange.chat_id, exchange.user_id)
            pieces = self._assistant.stream(asked.text, history, language=asked.messages.language)
            async with aclosing(pieces):
                async for piece in pieces:
                    if isinstance(piece, Answer):
                        self._ledger.answered(exchange.id, piece)
                        return piece
                    shown.add(piece.text)
        raise AssertionError("a stream ends with its answer")

    async def _paint(self, asked: Asked, exchange: Exchange, placeholder: int, shown: Shown) -> None:
        """Shows what has been written so far, at most once a second, until it is all there."""
        keyboard = stop_keyboard(exchange.id, asked.messages)
        drafts, seen = self._drafts and not asked.in_group, ""
        if not await shown.more() or await shown.ends_within(WHOLE_AT_ONCE_SECONDS):
            return
        shown.look_again()
        while await shown.more():
            if not self._delivery.may_stream(exchange.chat_id):
                await asyncio.sleep(STREAM_LOOK_SECONDS)
                shown.look_again()
                continue
            words = with_bold_marks(f"{shown.text[:SHOWN_WHILE_WRITING]} …")
            if words.text == seen:
                continue
            seen = words.text
            if drafts and (drafts := await self._delivery.draft(exchange.chat_id, asked.message_id, words)):
                self._ledger.intend(exchange.id, ANEW, placeholder)
                await asyncio.sleep(DRAFT_GAP_SECONDS)
            else:
                await self._delivery.stream(exchange.chat_id, placeholder, words, keyboard)


def _until_stopped(text: str, messages: Messages) -> RichText:
    """What had been written; its marks go, for the list of what they refer to was never finished."""
    return paragraphs([plain(_MARK.sub("", text)), italic(messages("telegram.stopped"))])


class _Stopped(Exception):
    """Who asked does not want the answer any more."""
