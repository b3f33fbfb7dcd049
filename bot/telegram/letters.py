"""A message to be sent: its words, its buttons, where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import LinkPreviewOptions, Message, ReplyParameters

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup
    from telegram.ext import ExtBot

    from bot.telegram.pace import Urgency
    from bot.telegram.rich_text import RichText

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Letter:
    """A message to be sent. `topic` is that of a forum."""

    def __init__(
        self,
        chat_id: int,
        words: RichText,
        keyboard: InlineKeyboardMarkup | None,
        reply_to: int | None,
        topic: int | None,
        urgency: Urgency,
    ) -> None:
        self.chat_id = chat_id
        self.words = words
        self.keyboard = keyboard
        self._reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        self._topic = topic
        self._urgency = urgency

    async def send(self, bot: ExtBot[Urgency]) -> Message:
        return await bot.send_message(
            self.chat_id,
            self.words.text,
            entities=self.words.entities,
            reply_markup=self.keyboard,
            reply_parameters=self._reply,
            message_thread_id=self._topic,
            link_preview_options=NO_PREVIEW,
            rate_limit_args=self._urgency,
        )
