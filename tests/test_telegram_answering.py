"""From a question to its answer, by the real client over HTTP, with an assistant that says what is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages import Messages
from bot.settings import Settings
from bot.telegram.answering import Answering, Asked
from bot.telegram.api_client import open_bot
from bot.telegram.delivery import Delivery
from bot.telegram.ledger import Arrival, Ledger
from bot.telegram.metrics import Metrics
from bot.telegram.pace import Pace
from bot.telegram.sightings import Sightings
from retrieval.errors import StoreReadOnly
from retrieval.types import Answer, Token
from tests.telegram_double import TelegramDouble
from tests.telegram_faults import Planned
from tests.telegram_records import TOKEN

LONG = "\n\n".join(f"الفقرة {number}: " + "كلمة أخرى في هذه الفقرة. " * 40 for number in range(20)).strip()
GROUP, SUPERGROUP = -77, -1_001_000_000_077


class Scripted:
    """An assistant that says a text, or raises."""

    def __init__(self, text: str = "", fault: Exception | None = None, *, pause_seconds: float = 0.0) -> None:
        """`pause_seconds` lie between the text and the word that it is whole."""
        self._text, self._fault, self._pause_seconds = text, fault, pause_seconds
        self.asked = 0

    async def stream(self, question: str, history: Any, *, language: str) -> AsyncGenerator[Token | Answer, None]:
        self.asked += 1
        if self._fault:
            raise self._fault
        yield Token(self._text)
        await asyncio.sleep(self._pause_seconds)
        yield Answer(question, question, self._text, "quotes", seconds={"retrieve": 0.0, "answer": 0.0})


def asked(chat_id: int = 5, update_id: int = 1) -> Asked:
    return Asked(update_id, chat_id, 5, 1, "ما هذا؟", Messages("ar"), chat_id < 0)


def with_bot(
    double: TelegramDouble, folder: Path, assistant: Scripted, work: Callable[[Answering], Coroutine[Any, Any, None]]
) -> Ledger:
    """Runs `work` with a bot over the ledger of a folder, as one run of the program would."""

    async def run() -> Ledger:
        ledger, pace = Ledger(folder / "bot.db"), Pace()
        ledger.take([Arrival(1, "message", 5, 5, "{}")])
        bot = open_bot(Settings(TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_BASE_URL=double.url), pace)
        async with bot:
            delivery = Delivery(bot, pace, ledger, Sightings())
            await work(Answering(assistant, ledger, delivery, Metrics()))  # type: ignore[arg-type]
        return ledger

    return asyncio.run(run())


def test_a_long_answer_arrives_whole_in_parts_also_when_a_part_s_fate_is_unknown(tmp_path: Path) -> None:
    double_faults = Planned(None, None, "dropped_after", None, None, "half")
    with TelegramDouble(faults=double_faults) as double:
        with_bot(double, tmp_path, Scripted(LONG), lambda answering: answering.answer(asked()))
        parts = [posted.text for posted in double.messages(5)]
    assert len(parts) == len(LONG) // 4096 + 1 or len(parts) == len(LONG) // 4096 + 2
    assert "\n\n".join(parts).split() == LONG.split()


def test_a_run_that_ends_between_two_parts_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    with TelegramDouble() as double:

        async def interrupted(answering: Answering) -> None:
            task = asyncio.ensure_future(answering.answer(asked()))
            while len(double.messages(5)) < 3:
                await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        first, second = Scripted(LONG), Scripted(LONG)
        with_bot(double, tmp_path, first, interrupted).close()
        with_bot(double, tmp_path, second, lambda answering: answering.answer(asked())).close()
        parts = [posted.text for posted in double.messages(5)]
    assert "\n\n".join(parts).split() == LONG.split()
    assert (first.asked, second.asked) == (1, 0)


def test_a_group_that_moves_gets_its_answer_where_it_is_now(tmp_path: Path) -> None:
    with TelegramDouble() as double:
        double.moved[GROUP] = SUPERGROUP
        ledger = with_bot(double, tmp_path, Scripted("جواب"), lambda answering: answering.answer(asked(GROUP)))
        assert [posted.text for posted in double.messages(SUPERGROUP)] == ["جواب"]
        assert [turn.question for turn in ledger.history(SUPERGROUP, 5)] == ["ما هذا؟"]


def test_who_has_blocked_the_bot_is_left_alone(tmp_path: Path) -> None:
    with TelegramDouble() as double:
        double.blocked_by.add(5)
        assistant = Scripted("جواب")
        with_bot(double, tmp_path, assistant, lambda answering: answering.answer(asked()))
        assert (len(double.called("sendMessage")), assistant.asked) == (1, 0)


def test_a_placeholder_that_was_deleted_is_replaced_by_the_answer(tmp_path: Path) -> None:
    with TelegramDouble() as double:

        async def delete_and_go_on(answering: Answering) -> None:
            task = asyncio.ensure_future(answering.answer(asked()))
            while not double.posted:
                await asyncio.sleep(0)
            double.posted[0].deleted = True
            await task

        with_bot(double, tmp_path, Scripted("جواب"), delete_and_go_on)
        assert "جواب" in [posted.text for posted in double.posted]


@pytest.mark.parametrize("fault", [StoreReadOnly(path="/secret/folder"), ZeroDivisionError("secret")])
def test_a_fault_is_an_honest_word_without_its_details(tmp_path: Path, fault: Exception) -> None:
    with TelegramDouble() as double:
        with_bot(double, tmp_path, Scripted(fault=fault), lambda answering: answering.answer(asked()))
        (posted,) = double.messages(5)
        assert "تعذّر الجواب" in posted.text and "secret" not in posted.text and not posted.buttons


def test_a_question_that_waits_shows_it_in_the_message_that_becomes_the_answer(tmp_path: Path) -> None:
    with TelegramDouble(faults=Planned("dropped_after")) as double:

        async def wait_and_answer(answering: Answering) -> None:
            await asyncio.gather(answering.announce(asked()), answering.answer(asked()))

        with_bot(double, tmp_path, Scripted("جواب"), wait_and_answer)
        (posted,) = double.messages(5)
    assert "وصل سؤالك" in posted.versions[0][1]["text"] and posted.text == "جواب"


def test_a_question_can_be_stopped_before_its_turn_and_stays_so_after_a_kill(tmp_path: Path) -> None:
    with TelegramDouble() as double:

        async def wait_and_stop(answering: Answering) -> None:
            await answering.announce(asked())
            exchange_id = double.messages(5)[0].buttons[0]["callback_data"].removeprefix("x:")
            assert answering.stop(exchange_id) and not answering.stop(exchange_id)

        assistant = Scripted("جواب")
        with_bot(double, tmp_path, assistant, wait_and_stop).close()
        ledger = with_bot(double, tmp_path, assistant, lambda answering: answering.answer(asked()))
        (posted,) = double.messages(5)
        assert "توقفت" in posted.text and not posted.buttons and assistant.asked == 0
        assert ledger.history(5, 5) == []


def test_what_was_announced_and_is_no_question_after_all_is_withdrawn_and_can_be_forgotten(tmp_path: Path) -> None:
    with TelegramDouble() as double:

        async def announce_and_leave(answering: Answering) -> None:
            await answering.announce(asked())
            await answering.leave(1)
            await answering.leave(2)

        ledger = with_bot(double, tmp_path, Scripted("جواب"), announce_and_leave)
        assert [posted.deleted for posted in double.posted] == [True]
        assert ledger.forget(5) == 1 and ledger.exchange_of(1) is None


def test_an_answer_stays_when_its_update_is_done(tmp_path: Path) -> None:
    with TelegramDouble() as double:

        async def answer_and_leave(answering: Answering) -> None:
            await answering.answer(asked())
            await answering.leave(1)

        with_bot(double, tmp_path, Scripted("جواب"), answer_and_leave)
        assert [posted.text for posted in double.messages(5)] == ["جواب"]


def test_a_stop_of_the_bot_while_a_part_is_being_shown_is_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = asyncio.Event()

    async def slow(*_: object) -> None:
        shown.set()
        await asyncio.sleep(0.5)

    monkeypatch.setattr(Delivery, "stream", slow)
    with TelegramDouble() as double:

        async def stop_the_bot(answering: Answering) -> None:
            task = asyncio.ensure_future(answering.answer(asked()))
            await shown.wait()
            await asyncio.sleep(0.25)  # the answer is whole, and what shows its parts is waited for
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            assert task.cancelled()

        ledger = with_bot(double, tmp_path, Scripted("جواب", pause_seconds=0.4), stop_the_bot)
        assert "جواب" not in [posted.text for posted in double.messages(5)]
        exchange = ledger.exchange_of(1)
        assert exchange is not None and exchange.state == "answered"


def test_buttons_that_telegram_refuses_do_not_keep_the_answer_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.answering.answer_keyboard", lambda *_: bad_keyboard())
    with TelegramDouble() as double:
        with_bot(double, tmp_path, Scripted("جواب [1]"), lambda answering: answering.answer(asked()))
        (posted,) = double.messages(5)
        assert posted.text == "جواب [1]" and not posted.buttons


def bad_keyboard() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup.from_button(InlineKeyboardButton("زر", callback_data="x" * 65))


@pytest.mark.parametrize(("pause_seconds", "versions"), [(0.17, 2), (0.6, 3)])
def test_an_answer_that_is_whole_at_once_is_one_edit(tmp_path: Path, pause_seconds: float, versions: int) -> None:
    with TelegramDouble() as double:
        assistant = Scripted("جواب", pause_seconds=pause_seconds)
        with_bot(double, tmp_path, assistant, lambda answering: answering.answer(asked()))
        assert len(double.posted[0].versions) == versions
