"""Messages out, each once: an edit is repeated until it is done, a message of unknown fate is looked for first.

Telegram has no way to send a message at most once: when the connection breaks after a sendMessage, the message may or
may not be there. But only the bot's own messages can be edited, so an edit of the ids that it could have got finds it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.telegram.letters import NO_PREVIEW, Letter
from bot.telegram.pace import Urgency
from bot.telegram.rich_text import RichText

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup
    from telegram.ext import ExtBot

    from bot.telegram.ledger import Exchange, Ledger
    from bot.telegram.pace import Pace
    from bot.telegram.sightings import Sightings

_log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 4.0
LOOKING_GAP_SECONDS = 0.15
"""Between the edits that look for a message."""
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_UNCHANGED = "not modified"
_NOT_THERE = ("message to edit not found", "message can't be edited", "message_id_invalid")


class Gone(Exception):
    """The chat cannot be written to any more: the bot was blocked or removed, or the chat does not exist."""


class Delivery:
    """Sends and edits for one bot, waiting as long as it takes; only `Gone` and cancelling end it.

    The messages of the ledger are known to `sightings` from the start: a lost one is not looked for among them.
    """

    def __init__(self, bot: ExtBot[Urgency], pace: Pace, ledger: Ledger, sightings: Sightings) -> None:
        self._bot = bot
        self._pace = pace
        self._ledger = ledger
        self._sightings = sightings
        self._placing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        for chat_id, message_id in ledger.known_messages():
            sightings.saw(chat_id, message_id, own=True)

    # -------------------------------------------------------------------------------------------- an exchange's parts

    async def place(
        self,
        exchange: Exchange,
        part: int,
        words: RichText,
        keyboard: InlineKeyboardMarkup | None,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        urgency: Urgency = Urgency.ANSWER,
    ) -> int:
        """The id of the message that is this part of the exchange; it is sent unless it is there already."""
        async with self._placing.setdefault(exchange.id, asyncio.Lock()):
            earlier = self._ledger.message(exchange.id, part)
            if earlier and earlier.message_id is not None:
                return earlier.message_id
            after = earlier.after if earlier else self._sightings.newest(exchange.chat_id)
            self._ledger.intend(exchange.id, part, after)
            letter = Letter(exchange.chat_id, words, keyboard, reply_to, topic, urgency)
            message_id = await self._send(letter, after, may_be_there=earlier is not None)
            self._ledger.sent(exchange.id, part, message_id)
            return message_id

    # --------------------------------------------------------------------------------------------------- any message

    async def say(
        self,
        chat_id: int,
        words: RichText,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> int:
        """Sends a message of its own; its id. `topic` is that of a forum."""
        letter = Letter(chat_id, words, keyboard, reply_to, topic, Urgency.ASIDE)
        message_id = await self._send(letter, self._sightings.newest(chat_id), may_be_there=False)
        self._ledger.said(chat_id, message_id)
        return message_id

    async def edit(
        self,
        chat_id: int,
        message_id: int,
        words: RichText,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        urgency: Urgency = Urgency.ANSWER,
    ) -> bool:
        """Makes a message say this, however often it has to be tried; False when it is no longer there."""
        pause = _Pause()
        while True:
            try:
                await self._edit(chat_id, message_id, words, keyboard, urgency)
            except RetryAfter:
                continue
            except BadRequest as refusal:
                if _UNCHANGED in str(refusal).lower():
                    return True
                _log.warning("An edit was refused: %s", refusal)
                if any(said in str(refusal).lower() for said in _NOT_THERE) or not (words.entities or keyboard):
                    return False
                words, keyboard = _plainer(words, keyboard)
            except (Forbidden, ChatMigrated) as end:
                raise _ending(end) from end
            except TelegramError:
                await pause.wait()
            else:
                return True

    async def stream(
        self, chat_id: int, message_id: int, words: RichText, keyboard: InlineKeyboardMarkup | None
    ) -> None:
        """Shows an answer that is still being written, if that takes nobody's turn; a fault is passed over."""
        if not self._pace.may_stream(chat_id):
            return
        try:
            await self._edit(chat_id, message_id, words, keyboard, Urgency.STREAM)
        except TelegramError as error:
            _log.debug("An answer was not streamed: %s", error)

    async def draft(self, chat_id: int, draft_id: int, words: RichText) -> bool:
        """Shows an answer that is still being written as a draft, which Telegram animates; False when it cannot.

        A draft has no buttons and is gone after 30 seconds, or with the bot's next message in the chat.
        """
        try:
            await self._bot.send_message_draft(
                chat_id, draft_id, words.text, entities=words.entities, rate_limit_args=Urgency.STREAM
            )
        except (BadRequest, InvalidToken) as refusal:  # a server that does not know drafts answers as to a wrong token
            _log.debug("No drafts here: %s", refusal)
            return False
        except TelegramError as error:
            _log.debug("A draft was not shown: %s", error)
        return True

    async def withdraw(self, exchange: Exchange, part: int) -> None:
        """Deletes a message of an exchange."""
        sent = self._ledger.message(exchange.id, part)
        if sent and sent.message_id is not None:
            await self._remove(exchange.chat_id, sent.message_id)

    def may_stream(self, chat_id: int) -> bool:
        return self._pace.may_stream(chat_id)

    async def keyboard(self, chat_id: int, message_id: int, keyboard: InlineKeyboardMarkup | None) -> None:
        """Changes the buttons under a message; a fault is passed over, for the next press shows them again."""
        try:
            await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=keyboard)
        except TelegramError as error:
            _log.debug("Buttons were not changed: %s", error)

    # ---------------------------------------------------------------------------------------------- once and not twice

    async def _send(self, letter: Letter, after: int, *, may_be_there: bool) -> int:
        pause = _Pause()
        while True:
            if may_be_there and (found := await self._look_for(letter, after)):
                return found
            try:
                message = await letter.send(self._bot)
            except RetryAfter:
                continue
            except BadRequest as refusal:
                _log.warning("A message was refused: %s", refusal)
                if not (letter.words.entities or letter.keyboard):
                    raise Gone(str(refusal)) from refusal
                letter.words, letter.keyboard = _plainer(letter.words, letter.keyboard)
            except (Forbidden, ChatMigrated) as end:
                raise _ending(end) from end
            except TelegramError as error:
                may_be_there = may_be_there or not isinstance(error.__cause__, _NEVER_LEFT)
                await pause.wait()
                continue
            if may_be_there and (found := await self._look_for(letter, after, below=message.message_id)):
                await self._remove(letter.chat_id, message.message_id)
                return found
            self._sightings.saw(letter.chat_id, message.message_id, own=True)
            return message.message_id

    async def _look_for(self, letter: Letter, after: int, *, below: int | None = None) -> int | None:
        """The id of the message if it was sent after all, or None."""
        for candidate in self._sightings.candidates(letter.chat_id, after, below=below):
            if await self._is_own(letter, candidate):
                self._sightings.saw(letter.chat_id, candidate, own=True)
                return candidate
            await asyncio.sleep(LOOKING_GAP_SECONDS)
        return None

    async def _is_own(self, letter: Letter, message_id: int) -> bool:
        pause = _Pause()
        while True:
            try:
                await self._edit(letter.chat_id, message_id, letter.words, letter.keyboard, Urgency.NOW)
            except RetryAfter:
                continue
            except BadRequest as refusal:
                return _UNCHANGED in str(refusal).lower()
            except (Forbidden, ChatMigrated) as end:
                raise _ending(end) from end
            except TelegramError:
                await pause.wait()
                await self._pace.line.attempt()
            else:
                return True

    async def _remove(self, chat_id: int, message_id: int) -> None:
        pause = _Pause()
        self._sightings.saw(chat_id, message_id, own=True)
        while True:
            try:
                await self._bot.delete_message(chat_id, message_id)
            except RetryAfter:
                continue
            except (BadRequest, Forbidden, InvalidToken, ChatMigrated):
                return
            except TelegramError:
                await pause.wait()
            else:
                return

    async def _edit(
        self, chat_id: int, message_id: int, words: RichText, keyboard: InlineKeyboardMarkup | None, urgency: Urgency
    ) -> None:
        await self._bot.edit_message_text(
            words.text,
            chat_id,
            message_id,
            entities=words.entities,
            reply_markup=keyboard,
            link_preview_options=NO_PREVIEW,
            rate_limit_args=urgency,
        )


def _plainer(words: RichText, keyboard: InlineKeyboardMarkup | None) -> tuple[RichText, InlineKeyboardMarkup | None]:
    """What is tried when a message was refused: the words matter more than how they look, and more than the buttons."""
    return (RichText(words.text), keyboard) if words.entities else (words, None)


class _Pause:
    """Longer and longer, and never the same for two."""

    def __init__(self) -> None:
        self._seconds = 0.25

    async def wait(self) -> None:
        await asyncio.sleep(self._seconds * random.uniform(0.7, 1.3))
        self._seconds = min(2 * self._seconds, LONGEST_PAUSE_SECONDS)


class Moved(Exception):
    """The group has become a supergroup with another id."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(new_chat_id)
        self.new_chat_id = new_chat_id


def _ending(error: TelegramError) -> Exception:
    return Moved(error.new_chat_id) if isinstance(error, ChatMigrated) else Gone(str(error))
