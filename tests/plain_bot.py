"""What a good program on python-telegram-bot alone looks like: the baseline that the bot is measured against.

The library's rate limiter, concurrent updates, one placeholder that is edited; the same `Assistant` answers.
"""

from __future__ import annotations

import asyncio
import logging
import os
import warnings

from telegram import Update
from telegram.ext import AIORateLimiter, ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot import wiring
from bot.settings import read_settings
from retrieval.assistant import Assistant


def main() -> None:
    """Runs until it is stopped."""
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.INFO)
    settings = read_settings()
    with wiring.opened_index(settings) as index:
        run(wiring.open_assistant(index, settings), os.environ["TELEGRAM_BASE_URL"], os.environ["TELEGRAM_BOT_TOKEN"])


def run(assistant: Assistant, base_url: str, token: str) -> None:
    """Polls with the library's own loop."""

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None and update.effective_message.text is not None
        placeholder = await update.effective_message.reply_text("⏳")
        found = await asyncio.to_thread(assistant.ask, update.effective_message.text)
        await placeholder.edit_text(found.text)

    async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer()

    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{base_url}/bot")
        .rate_limiter(AIORateLimiter(max_retries=3))
        .concurrent_updates(True)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.add_handler(CallbackQueryHandler(press))
    application.run_polling()


if __name__ == "__main__":
    main()
