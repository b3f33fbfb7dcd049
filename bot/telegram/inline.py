"""Inline mode: `@bot question` in any chat offers the best quotes to share."""

from __future__ import annotations

import asyncio
import logging
from hashlib import sha256
from typing import TYPE_CHECKING

from telegram import InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.error import TelegramError

from bot.telegram.bylines import titled_byline
from bot.telegram.letters import NO_PREVIEW
from bot.telegram.pace import Urgency
from bot.telegram.rich_text import italic, lines, plain, quote
from retrieval.arabic import clean_line
from retrieval.errors import DalilError
from retrieval.types import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.ext import CallbackContext

    from bot.messages import Messages
    from bot.telegram.metrics import Metrics
    from retrieval.assistant import Assistant

_log = logging.getLogger(__name__)

LEAST_CHARACTERS = 3
TYPING_SECONDS = 0.25
"""A query comes with every letter; one that is followed by another so soon is not searched."""
KEPT_SECONDS = 60
"""How long Telegram may answer the same query by itself."""
_DESCRIPTION = 200


class Inline:
    """Answers inline queries with quotes; no language model, for the answer is awaited while someone types."""

    def __init__(self, assistant: Assistant, metrics: Metrics, speaking_to: Callable[[Update], Messages]) -> None:
        """`assistant` is one that quotes."""
        self._assistant = assistant
        self._metrics = metrics
        self._speaking_to = speaking_to
        self._latest: dict[int, str] = {}

    async def query(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Offers the quotes for what has been typed so far."""
        query = update.inline_query
        assert query is not None
        self._latest[query.from_user.id] = query.id
        await asyncio.sleep(TYPING_SECONDS)
        if self._latest.get(query.from_user.id) != query.id:
            return
        del self._latest[query.from_user.id]
        text = clean_line(query.query)
        results = await self._results(text, self._speaking_to(update)) if len(text) >= LEAST_CHARACTERS else []
        try:
            await context.bot.answer_inline_query(
                query.id,
                results,
                cache_time=KEPT_SECONDS if results else 0,
                is_personal=True,
                rate_limit_args=Urgency.NOW,
            )
        except TelegramError as error:
            _log.debug("An inline query was not answered: %s", error)

    async def _results(self, text: str, messages: Messages) -> list[InlineQueryResultArticle]:
        self._metrics.question("inline")
        try:
            answer = [piece async for piece in self._assistant.stream(text, language=messages.language)][-1]
        except DalilError as error:
            _log.debug("An inline query found nothing: %s", error.code)
            return []
        assert isinstance(answer, Answer)
        results = []
        for citation in answer.citations or answer.nearest:
            source = citation.passage.source
            words = lines([quote(plain(citation.quote), expandable=False), italic(titled_byline(source, messages))])
            results.append(
                InlineQueryResultArticle(
                    id=sha256(f"{citation.passage.id}:{citation.start}".encode()).hexdigest()[:32],
                    title=clean_line(source.title),
                    description=clean_line(citation.quote)[:_DESCRIPTION],
                    input_message_content=InputTextMessageContent(
                        words.text, entities=words.entities, link_preview_options=NO_PREVIEW
                    ),
                )
            )
        return results
