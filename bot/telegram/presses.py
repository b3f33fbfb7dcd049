"""Buttons: each press is answered at once, then carried out. Ids that are stale, forged or of another chat do nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update
from telegram.error import TelegramError

from bot.telegram.buttons import answer_keyboard, parse_callback
from bot.telegram.delivery import Gone, Moved
from bot.telegram.intake import topic_of
from bot.telegram.pace import Urgency
from bot.telegram.replies import source_text
from bot.telegram.rich_text import split

if TYPE_CHECKING:
    from telegram.ext import CallbackContext

    from bot.messages import Messages
    from bot.telegram.answering import Answering
    from bot.telegram.delivery import Delivery
    from bot.telegram.ledger import Exchange, Ledger, Vote
    from retrieval.types import Version

_log = logging.getLogger(__name__)

SHOWN_AGAIN_SECONDS = 20.0
"""A source that was pressed twice is shown once in this time."""


class Presses:
    """Carries out what the buttons under answers say."""

    def __init__(
        self,
        answering: Answering,
        ledger: Ledger,
        delivery: Delivery,
        speaking_to: Callable[[Update], Messages],
        versions: Callable[[str], Sequence[Version]],
    ) -> None:
        """`versions` are the earlier texts of an article, by its id."""
        self._answering = answering
        self._ledger = ledger
        self._delivery = delivery
        self._speaking_to = speaking_to
        self._versions = versions
        self._shown: dict[tuple[str, int], float] = {}

    async def press(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Answers a press, then does what it asks."""
        query, messages = update.callback_query, self._speaking_to(update)
        assert query is not None
        press = parse_callback(query.data)
        exchange = self._ledger.exchange(press.question_id) if press and query.message else None
        if press is None or exchange is None or query.message is None or query.message.chat.id != exchange.chat_id:
            await _answer(query, messages("telegram.stale"))
            return
        try:
            match press.kind:
                case "stop":
                    await self._stop(query, exchange, messages)
                case "up" | "down":
                    await self._vote(update.update_id, query, exchange, press.kind, messages)
                case "source" | "nearest":
                    await self._show(query, exchange, press.kind, press.label, messages)
        except (Gone, Moved) as end:
            _log.info("A press could not be carried out: %s", end)

    async def _stop(self, query: CallbackQuery, exchange: Exchange, messages: Messages) -> None:
        in_own_name = exchange.user_id > 0  # an admin may have asked in the name of the group
        if in_own_name and query.from_user.id != exchange.user_id:
            await _answer(query, messages("telegram.stop_not_yours"))
            return
        stopped = self._answering.stop(exchange.id)
        await _answer(query, messages("telegram.stopping" if stopped else "telegram.nothing_to_stop"))

    async def _vote(
        self, update_id: int, query: CallbackQuery, exchange: Exchange, vote: Vote, messages: Messages
    ) -> None:
        now = self._ledger.vote(update_id, exchange.id, query.from_user.id, vote)
        await _answer(query, messages(f"telegram.voted.{now or 'withdrawn'}"))
        if exchange.answer is None or query.message is None or exchange.chat_id < 0:
            return  # in a group the votes of others are nobody's business
        keyboard = answer_keyboard(exchange.id, exchange.answer, messages, vote=now)
        await self._delivery.keyboard(exchange.chat_id, query.message.message_id, keyboard)

    async def _show(
        self, query: CallbackQuery, exchange: Exchange, kind: str, label: int | None, messages: Messages
    ) -> None:
        answer = exchange.answer
        shown = () if answer is None else answer.citations if kind == "source" else answer.nearest
        citation = next((citation for citation in shown if citation.label == label), None)
        if citation is None or query.message is None:
            await _answer(query, messages("telegram.stale"))
            return
        if self._was_just_shown((exchange.id, citation.label)):
            await _answer(query, messages("telegram.shown_above"))
            return
        await _answer(query)
        versions = await asyncio.to_thread(self._versions, citation.passage.source.article_id)
        for part in split(source_text(citation, messages, versions)):
            await self._delivery.say(
                exchange.chat_id, part, reply_to=query.message.message_id, topic=_topic(query.message)
            )

    def _was_just_shown(self, key: tuple[str, int]) -> bool:
        now = asyncio.get_running_loop().time()
        self._shown = {known: when for known, when in self._shown.items() if now - when < SHOWN_AGAIN_SECONDS}
        if key in self._shown:
            return True
        self._shown[key] = now
        return False


def _topic(message: MaybeInaccessibleMessage) -> int | None:
    return topic_of(message) if isinstance(message, Message) else None


async def _answer(query: CallbackQuery, text: str | None = None) -> None:
    """Ends the button's waiting; tried twice, for the press may be too old by now."""
    for _ in range(2):
        try:
            await query.get_bot().answer_callback_query(query.id, text, rate_limit_args=Urgency.NOW)  # type: ignore[call-arg]
        except TelegramError as error:
            _log.debug("A press was not answered: %s", error)
        else:
            return
