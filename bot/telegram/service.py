"""The bot as a running program: its parts put together, started, kept going and stopped."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from telegram import Update
from telegram.error import EndPointNotFound, InvalidToken, TelegramError
from telegram.ext import Application, CallbackContext, CallbackQueryHandler, InlineQueryHandler

from bot.messages import Messages
from bot.telegram import pages
from bot.telegram.answering import Answering, Minds
from bot.telegram.api_client import open_bot
from bot.telegram.conversation import Conversation
from bot.telegram.delivery import Delivery, Gone, Moved
from bot.telegram.documents import Documents
from bot.telegram.faults import BotTokenRefused
from bot.telegram.http_server import HealthReport, TelegramState, serve_health
from bot.telegram.inline import Inline
from bot.telegram.intake import Intake, Refusals
from bot.telegram.lanes import Lanes
from bot.telegram.limits import Limits
from bot.telegram.metrics import Metrics
from bot.telegram.pace import Pace
from bot.telegram.polling import STORE_PAUSE_SECONDS, Polling
from bot.telegram.presses import Presses
from bot.telegram.rich_text import plain
from bot.telegram.sightings import Sightings
from bot.telegram.webhook import Webhook
from retrieval.errors import ModelError, StoreError

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.telegram.ledger import Arrival, Ledger
    from retrieval.index import Index

_log = logging.getLogger(__name__)

GRACE_SECONDS = 3.0
"""At a stop, for what is about to be delivered."""
TIDY_SECONDS = 3_600.0
WAITS_UNTOLD_SECONDS = 1.0
"""A question that waits for another of its chat for longer is told that it has arrived."""


class Service:
    """One bot over one data folder."""

    def __init__(self, settings: Settings, index: Index, minds: Minds, ledger: Ledger) -> None:
        """Raises `BotTokenMissing`. Nothing is sent before `run`."""
        self._settings = settings
        self._index = index
        self._minds = minds
        self._ledger = ledger
        self._metrics = Metrics()
        self._pace = Pace(self._metrics.request)
        self._bot = open_bot(settings, self._pace)
        self._lanes = Lanes(self._carry_out, self._tell_that_it_waits)
        self._sightings = Sightings()
        self._delivery = Delivery(self._bot, self._pace, ledger, self._sightings)
        self._answering = Answering(
            minds.assistant, ledger, self._delivery, self._metrics, drafts=settings.telegram_drafts
        )
        self._faults: dict[int, Exception] = {}
        self._is_known = False
        documents = Documents(index, settings.data_dir / "documents", settings.telegram_editors)
        limits = Limits(
            ledger, a_minute=settings.telegram_questions_per_minute, a_day=settings.telegram_questions_per_day
        )
        self._conversation = Conversation(
            index, self._answering, ledger, self._delivery, documents, self._metrics, language=settings.language,
            limits=limits,
            find_model=minds.find_model,
        )  # fmt: skip
        self._application = self._with_handlers()
        self._intake = Intake(
            self._bot, ledger, self._lanes, self._sightings, self._metrics,
            allowed_chats=settings.telegram_allowed_chats,
            refusals=Refusals(
                not_allowed=partial(self._say_aside, "telegram.not_allowed"),
                too_many=partial(self._say_aside, "telegram.busy"),
            ),
            is_writing=lambda chat_id, person: self._answering.writing_in(chat_id, person) is not None,
        )  # fmt: skip
        self._polling = Polling(self._bot, self._pace.line, self._lanes, self._intake.take, self._metrics.request)
        self._webhook = Webhook(self._bot, self._lanes, self._intake.take, self._metrics, settings)

    # ------------------------------------------------------------------------------------------------ running

    async def run(self) -> None:
        """Works until SIGTERM or SIGINT. Raises `SecondBot`, `BotTokenRefused`, `PortTaken`."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        work, stopped = asyncio.create_task(self._work()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                _log.info("Stopping; what is not done is done after the next start")
        finally:
            stopped.cancel()
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work

    async def _work(self) -> None:
        warm_up = asyncio.create_task(asyncio.to_thread(self._warm_up))
        tidy = asyncio.create_task(self._tidy())
        try:
            async with serve_health(self._settings.telegram_health_port, self._metrics, self._health):
                await self._reach()
                await warm_up
                await asyncio.to_thread(self._tell_who_answers)
                if self._settings.telegram_webhook_url:
                    await self._webhook.run(on_ready=self._begin)
                else:
                    await self._ask()
        finally:
            tidy.cancel()
            await self._lanes.stop(GRACE_SECONDS)
            with suppress(TelegramError):
                await self._application.shutdown()

    async def _reach(self) -> None:
        """Tries until Telegram has told who the bot is. Raises `BotTokenRefused`."""
        while True:
            await self._pace.line.attempt()
            try:
                await self._application.initialize()
            except InvalidToken as error:
                raise BotTokenRefused() from error
            except TelegramError:
                await asyncio.sleep(0.5)
            else:
                self._is_known = True
                _log.info("At work as @%s", self._bot.username)
                return

    async def _ask(self) -> None:
        """Long polling."""
        await self._tried(lambda: self._bot.delete_webhook())
        await self._polling.run(on_alone=self._begin)

    def _begin(self) -> None:
        """Carries on where the last run stopped."""
        if waiting := self._intake.resume():
            _log.info("Carrying on with %d updates from before the stop", waiting)
        self._announcing = asyncio.create_task(self._announce())

    async def _announce(self) -> None:
        """The menu of commands in both languages."""
        for language, code in (("en", None), ("ar", "ar")):
            messages = Messages(language)  # type: ignore[arg-type]
            menu = pages.menu_commands(messages)
            await self._tried(lambda menu=menu, code=code: self._bot.set_my_commands(menu, language_code=code))  # type: ignore[misc]

    async def _tried(self, call: Callable[[], object]) -> None:
        """Some times, for what the bot can do without."""
        for _ in range(5):
            try:
                await call()  # type: ignore[misc]
            except (InvalidToken, EndPointNotFound):
                return
            except TelegramError:
                await asyncio.sleep(1.0)
            else:
                return

    def _warm_up(self) -> None:
        """What the first question would wait for."""
        import retrieval.writing  # noqa: F401

        self._minds.quoting.ask("ما آخر الأخبار؟")

    def _tell_who_answers(self) -> None:
        try:
            model = self._minds.find_model()
        except ModelError as error:
            _log.error("%s", Messages(self._settings.language).error(error))
        else:
            _log.info("Answers are %s", f"written by {model}" if model else "quotes of the articles")

    def _health(self) -> HealthReport:
        """How the bot is."""
        asked = asyncio.get_running_loop().time() - self._polling.last_answer
        polled = None if math.isinf(asked) else asked
        try:
            articles = self._index.article_count
        except StoreError:
            articles = None
        running = self._lanes.running
        telegram: TelegramState = (
            "unreachable" if self._pace.line.is_down else "reachable" if self._is_known else "starting"
        )
        return HealthReport(telegram, polled, self._lanes.waiting - running, running, articles)

    async def _tidy(self) -> None:
        while True:
            try:
                self._ledger.prune()
            except StoreError as error:
                _log.error("Old questions cannot be deleted: %s", error)
            await asyncio.sleep(TIDY_SECONDS)

    # ------------------------------------------------------------------------------------------------ updates

    async def _carry_out(self, arrival: Arrival) -> None:
        """Does what an update asks and says so in the ledger; what cannot be stored is tried again."""
        for step in (self._process, self._finish):
            while True:
                try:
                    await step(arrival)
                except StoreError as error:
                    _log.error("The data folder cannot be written to; trying again: %s", error)
                    self._metrics.fault(error.code)
                    await asyncio.sleep(STORE_PAUSE_SECONDS)
                except Exception as error:  # noqa: BLE001  (one update must not end the lane of its chat)
                    self._tell_of_fault(error)
                    break
                else:
                    break

    async def _process(self, arrival: Arrival) -> None:
        await self._application.process_update(Update.de_json(json.loads(arrival.raw), self._bot))
        fault = self._faults.pop(arrival.update_id, None)
        if isinstance(fault, StoreError):
            raise fault

    async def _tell_that_it_waits(self, arrival: Arrival) -> None:
        """A sign of life for a question that waits for another one of its chat."""
        await asyncio.sleep(WAITS_UNTOLD_SECONDS)
        if self._lanes.is_waiting(arrival):
            with suppress(Gone, Moved, StoreError, ValueError):  # met again, and dealt with, when its turn comes
                await self._conversation.announce(Update.de_json(json.loads(arrival.raw), self._bot))

    async def _finish(self, arrival: Arrival) -> None:
        if arrival.kind == "message":
            await self._answering.leave(arrival.update_id)
        if arrival.kind != "inline":
            self._ledger.done(arrival.update_id)

    def _with_handlers(self) -> Application:  # type: ignore[type-arg]
        application = Application.builder().bot(self._bot).updater(None).job_queue(None).build()
        speaking_to = self._conversation.speaking_to
        presses = Presses(self._answering, self._ledger, self._delivery, speaking_to, self._index.versions)
        inline = Inline(self._minds.quoting, self._metrics, speaking_to)
        self._conversation.register(application)
        application.add_handler(CallbackQueryHandler(presses.press))
        application.add_handler(InlineQueryHandler(inline.query))
        application.add_error_handler(self._on_error)
        return application

    async def _on_error(self, update: object, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """The last resort: a fault that no handler knew is named in the log, and the next update is served."""
        error = context.error
        if isinstance(update, Update) and error is not None:
            self._faults[update.update_id] = error
        if error is not None and not isinstance(error, Gone | Moved | StoreError):
            self._tell_of_fault(error)

    def _tell_of_fault(self, error: Exception) -> None:
        self._metrics.fault("unexpected")
        _log.error("An update met an unexpected fault: %s", type(error).__name__)
        _log.debug("unexpected fault", exc_info=error)

    async def _say_aside(self, key: str, update: Update) -> None:
        """Says something outside of the chat's lane; in a group to nobody, for nobody there asked for it."""
        words = plain(self._conversation.speaking_to(update)(key))
        message, press = update.message, update.callback_query
        with suppress(Gone, Moved, TelegramError):
            if press is not None:
                await press.answer(words.text[:200])
            elif message is not None and message.chat.type == "private":
                await self._delivery.say(message.chat.id, words)
