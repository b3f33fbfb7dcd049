"""Messages: questions to be answered, and the commands. Each handler ends when its reply stands in the chat."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from telegram import Message, MessageEntity, Update
from telegram.ext import BaseHandler, CommandHandler, MessageHandler, filters

from bot.messages import Messages
from bot.telegram import pages
from bot.telegram.answering import Asked
from bot.telegram.intake import is_stop, person_of, topic_of
from bot.telegram.replies import error_text
from bot.telegram.rich_text import RichText, plain, split
from retrieval.arabic import clean_line
from retrieval.assistant import checked_question
from retrieval.errors import DalilError, EmptyQuestion, ModelError, StoreError

if TYPE_CHECKING:
    from telegram.ext import Application, CallbackContext

    from bot.language import Language
    from bot.telegram.answering import Answering
    from bot.telegram.delivery import Delivery
    from bot.telegram.documents import Documents
    from bot.telegram.ledger import Ledger
    from bot.telegram.limits import Limits
    from bot.telegram.metrics import Metrics
    from retrieval.index import Index

_log = logging.getLogger(__name__)

LATEST = 10
ALBUMS_REMEMBERED = 1_000
_COMMAND = re.compile(r"^/\w+(?:@\w+)?\s*")
_NOT_TEXT = (
    filters.VOICE | filters.AUDIO | filters.VIDEO | filters.VIDEO_NOTE | filters.PHOTO | filters.Sticker.ALL
    | filters.ANIMATION | filters.LOCATION | filters.VENUE | filters.CONTACT | filters.POLL | filters.Dice.ALL
    | filters.STORY
)  # fmt: skip


class Conversation:
    """What a person says to the bot, and what it says back."""

    def __init__(
        self,
        index: Index,
        answering: Answering,
        ledger: Ledger,
        delivery: Delivery,
        documents: Documents,
        metrics: Metrics,
        *,
        language: Language,
        limits: Limits,
        find_model: Callable[[], str | None],
    ) -> None:
        """`language` is for people whose own Telegram does not tell; `find_model` names who writes the answers."""
        self._index = index
        self._answering = answering
        self._ledger = ledger
        self._delivery = delivery
        self._documents = documents
        self._metrics = metrics
        self._language: Language = language
        self._limits = limits
        self._find_model = find_model
        self._albums: dict[str, None] = {}
        new = filters.UpdateType.MESSAGE
        self._askers: tuple[BaseHandler[Update, Any, Any], ...] = (
            CommandHandler("ask", self.ask, filters=new),
            MessageHandler(new & filters.TEXT & ~filters.COMMAND, self.ask),
            MessageHandler(new & filters.CAPTION & filters.ChatType.GROUPS, self.ask),
        )
        """What is a question."""

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Adds the handlers of messages."""
        new = filters.UpdateType.MESSAGE
        for name in pages.COMMANDS:
            application.add_handler(CommandHandler(name, getattr(self, name), filters=new))
        application.add_handlers(self._askers)
        application.add_handler(MessageHandler(new & filters.COMMAND & filters.ChatType.PRIVATE, self.unknown))
        application.add_handler(MessageHandler(new & filters.Document.ALL, self.take_in))
        application.add_handler(MessageHandler(new & _NOT_TEXT & filters.ChatType.PRIVATE, self.no_text))

    def speaking_to(self, update: Update) -> Messages:
        """Dalil's words in the language of a person's Telegram."""
        code = (update.effective_user and update.effective_user.language_code) or ""
        if not code:
            return Messages(self._language)
        return Messages("ar" if code.lower().startswith("ar") else "en")

    # ---------------------------------------------------------------------------------------------------- questions

    async def ask(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Answers the question of a message."""
        message, messages = update.message, self.speaking_to(update)
        assert message is not None
        text = question_of(message, context.bot.username)
        if is_stop(message) and await self._stop(update):
            return
        if not text and message.chat.type != "private":
            await self._say(update, error_text(EmptyQuestion(), messages))
            return
        if reached := self._limits.reached(update.update_id, person_of(update)):
            if self._limits.is_to_be_told(person_of(update)):
                await self._say(update, pages.limit_text(reached.per, reached.limit, reached.wait_seconds, messages))
            return
        try:
            checked_question(text)
        except DalilError as error:
            await self._say(update, error_text(error, messages))
            return
        self._metrics.question("group" if message.chat.type != "private" else "private")
        await self._answering.answer(self._asked(update, text))

    async def announce(self, update: Update) -> None:
        """Says of a question that it has arrived; nothing of what will not be answered as one."""
        message = update.message
        is_asked = any(asker.check_update(update) not in (None, False) for asker in self._askers)
        if message is None or not is_asked or is_stop(message):
            return
        text = question_of(message, message.get_bot().username)
        if self._limits.reached(update.update_id, person_of(update)):
            return
        with suppress(DalilError):
            checked_question(text)
            await self._answering.announce(self._asked(update, text))

    def _asked(self, update: Update, text: str) -> Asked:
        message = update.message
        assert message is not None
        return Asked(
            update.update_id,
            message.chat.id,
            person_of(update),
            message.message_id,
            text,
            self.speaking_to(update),
            message.chat.type != "private",
            topic_of(message),
        )

    # ----------------------------------------------------------------------------------------------------- commands

    async def start(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Who Dalil is, with questions to try."""
        await self._say(update, pages.start_text(self.speaking_to(update)))

    async def help(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """How to ask."""
        await self._say(update, _help(context, self.speaking_to(update)))

    async def unknown(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """A command that is none."""
        await self._say(update, plain(self.speaking_to(update)("telegram.unknown_command")))

    async def new(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Begins a new conversation."""
        assert update.message is not None
        self._ledger.new_conversation(update.update_id, update.message.chat.id, person_of(update))
        await self._say(update, pages.new_text(self.speaking_to(update)))

    async def sources(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """What the answers are drawn from."""
        try:
            articles, passages = self._index.articles(), self._index.passage_count
        except StoreError as error:
            await self._say(update, error_text(error, self.speaking_to(update)))
            return
        outlets = Counter(source.outlet or "" for source in articles)
        dates = sorted(source.published for source in articles if source.published)
        oldest, newest = (dates[0], dates[-1]) if dates else (None, None)
        words = pages.sources_text(
            len(articles), passages, outlets, oldest=oldest, newest=newest,
            messages=self.speaking_to(update),
        )  # fmt: skip
        await self._say(update, words)

    async def latest(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """The newest articles."""
        messages = self.speaking_to(update)
        try:
            words = pages.latest_text(self._index.articles()[:LATEST], messages)
        except StoreError as error:
            words = error_text(error, messages)
        await self._say(update, words)

    async def about(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """What this is, and who writes the answers."""
        try:
            model = await asyncio.to_thread(self._find_model)
        except ModelError:
            model = None
        await self._say(update, pages.about_text(version("dalil"), model, self.speaking_to(update)))

    async def privacy(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """What is stored of people, where, and how to have it deleted."""
        await self._say(update, pages.privacy_text(self.speaking_to(update)))

    async def forget(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Deletes what is stored of a person."""
        self._limits.forget(person_of(update))
        await self._say(update, pages.forgotten_text(self.speaking_to(update)))

    async def stop(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Ends the answer that is being written."""
        if not await self._stop(update):
            await self._say(update, plain(self.speaking_to(update)("telegram.nothing_to_stop")))

    async def _stop(self, update: Update) -> bool:
        assert update.message is not None
        exchange_id = self._answering.writing_in(update.message.chat.id, person_of(update))
        return exchange_id is not None and self._answering.stop(exchange_id)

    # ------------------------------------------------------------------------------------------------------- others

    async def take_in(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """A document that an editor sends becomes articles."""
        assert update.message is not None
        words = await self._documents.take_in(update.message, self.speaking_to(update))
        if words is not None:
            await self._say(update, words)

    async def no_text(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Voice, pictures and the like: one friendly line, for an album too."""
        assert update.message is not None
        album = update.message.media_group_id
        if album and album in self._albums:
            return
        if album:
            self._albums[album] = None
            while len(self._albums) > ALBUMS_REMEMBERED:
                del self._albums[next(iter(self._albums))]
        key = "voice" if update.message.voice or update.message.audio else "photo" if update.message.photo else "other"
        await self._say(update, plain(self.speaking_to(update)(f"telegram.{key}")))

    async def _say(self, update: Update, words: RichText) -> None:
        message = update.message
        assert message is not None
        reply_to = message.message_id if message.chat.type != "private" else None
        for part in split(words):
            await self._delivery.say(message.chat.id, part, reply_to=reply_to, topic=topic_of(message))


def _help(context: CallbackContext, messages: Messages) -> RichText:  # type: ignore[type-arg]
    return pages.help_text(context.bot.username, messages, inline=context.bot.supports_inline_queries)


def question_of(message: Message, bot_name: str) -> str:
    """What a message asks: its text without the command and the mention that called the bot.

    A call that says nothing itself asks what the message it answers says.
    """
    text = message.text or message.caption or ""
    for entity, words in message.parse_entities([MessageEntity.MENTION]).items():
        if words.casefold() == f"@{bot_name}".casefold() and entity:
            text = text.replace(words, " ")
    text = clean_line(_COMMAND.sub("", text.strip()))
    answered = message.reply_to_message
    if not text and answered is not None and answered.from_user is not None and not answered.from_user.is_bot:
        text = clean_line(answered.text or answered.caption or "")
    return text
