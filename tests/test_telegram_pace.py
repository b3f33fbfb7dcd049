"""Requests keep Telegram's limits, whatever wants to leave; measured on a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.telegram.pace import Pace, Urgency
from tests.jumping_clock import on_a_jumping_clock

GROUP = -1_001_234_567_890


class Wire:
    """Takes requests and notes when each arrived; `faults` gives the error of the next one, if any."""

    def __init__(self, faults: Callable[[str, Any, float], Exception | None] = lambda method, chat, now: None) -> None:
        self.outcomes: list[tuple[str, str]] = []
        self.pace = Pace(lambda method, outcome: self.outcomes.append((method, outcome)))
        self.arrived: list[tuple[float, str, Any]] = []
        self.takes_seconds = 0.0
        self._faults = faults

    async def send(self, method: str, chat: Any, urgency: Urgency = Urgency.ANSWER) -> None:
        async def callback() -> None:
            now = asyncio.get_running_loop().time()
            self.arrived.append((now, method, chat))
            await asyncio.sleep(self.takes_seconds)
            if fault := self._faults(method, chat, now):
                raise fault

        data = {} if chat is None else {"chat_id": chat}
        await self.pace.process_request(callback, (), {}, method, data, urgency)

    def moments(self, chat: Any = None, method: str | None = None) -> list[float]:
        return [at for at, name, room in self.arrived if chat in (None, room) and method in (None, name)]


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(1 for other in moments if at <= other < at + seconds) for at in moments)


def test_no_more_than_telegram_takes_in_a_second_over_all_chats() -> None:
    async def flood() -> Wire:
        wire = Wire()
        await asyncio.gather(*(wire.send("sendMessage", chat) for chat in range(200)))
        return wire

    moments = on_a_jumping_clock(flood).moments()
    assert most_within(moments, 1.0) <= 30
    assert max(moments) - min(moments) < 8.0


def test_a_first_sign_goes_before_answers_and_answers_before_what_is_streamed() -> None:
    async def mixed() -> Wire:
        wire = Wire()
        kinds = [(Urgency.STREAM, "s"), (Urgency.ASIDE, "e"), (Urgency.ANSWER, "a"), (Urgency.SIGN_OF_LIFE, "l")]
        for _ in range(4):  # what may leave at once has left
            await wire.send("sendMessage", 0)
        sends = [wire.send(name, f"{name}{number}", urgency) for number in range(30) for urgency, name in kinds]
        await asyncio.gather(*sends)
        return wire

    order = [name for _, name, _ in on_a_jumping_clock(mixed).arrived[4:]]
    assert order == ["l"] * 30 + ["a"] * 30 + ["e"] * 30 + ["s"] * 30


@pytest.mark.parametrize("takes_seconds", [0.0, 0.4])
def test_edits_of_one_chat_are_a_second_apart_from_when_the_last_one_was_done(takes_seconds: float) -> None:
    async def edits() -> Wire:
        wire = Wire()
        wire.takes_seconds = takes_seconds
        await asyncio.gather(*(wire.send("editMessageText", 5) for _ in range(5)), wire.send("editMessageText", 6))
        return wire

    wire = on_a_jumping_clock(edits)
    assert all(later - earlier >= 1.0 + takes_seconds for earlier, later in pairwise(wire.moments(5)))
    assert wire.moments(6)[0] - wire.moments(5)[0] < 0.1


def test_a_group_gets_twenty_requests_a_minute_and_a_private_chat_more() -> None:
    async def chatter() -> Wire:
        wire = Wire()
        sends = [wire.send("sendMessage", chat) for _ in range(45) for chat in (GROUP, 5)]
        await asyncio.gather(*sends)
        return wire

    wire = on_a_jumping_clock(chatter)
    assert most_within(wire.moments(GROUP), 60.0) == 20
    assert wire.moments(5)[-1] - wire.moments(5)[0] < 10


def test_nothing_reaches_a_closed_chat_before_its_time_and_other_chats_do_not_wait() -> None:
    closed: list[float] = []

    def close_chat_5(method: str, chat: Any, now: float) -> Exception | None:
        if chat == 5 and not closed:
            closed.append(now)
            return RetryAfter(60)
        return None

    async def talk() -> Wire:
        wire = Wire(close_chat_5)
        with pytest.raises(RetryAfter):
            await wire.send("sendMessage", 5)
        urgencies = [Urgency.NOW, Urgency.SIGN_OF_LIFE, Urgency.ANSWER]
        sends = [wire.send("editMessageText", 5, urgency) for urgency in urgencies]
        await asyncio.gather(*sends, *(wire.send("sendMessage", chat) for chat in range(6, 20)))
        return wire

    wire = on_a_jumping_clock(talk)
    assert len(wire.moments(5)) == 4
    assert min(wire.moments(5)[1:]) > closed[0] + 60
    assert max(at for at, _, chat in wire.arrived if chat != 5) < closed[0] + 2


def test_an_answer_is_streamed_only_where_it_takes_nobodys_turn() -> None:
    async def look() -> list[bool]:
        wire = Wire()
        seen = [wire.pace.may_stream(5)]
        await wire.send("editMessageText", 5)
        seen.append(wire.pace.may_stream(5))  # too soon after the last edit
        await asyncio.sleep(1.2)
        seen.append(wire.pace.may_stream(5))
        for _ in range(10):
            await wire.send("sendMessage", GROUP)
        await asyncio.sleep(2)
        seen.append(wire.pace.may_stream(GROUP))  # half of a group's minute is kept for answers
        crowd = [asyncio.ensure_future(wire.send("sendMessage", chat)) for chat in range(100, 160)]
        await asyncio.sleep(0.5)
        seen.append(wire.pace.may_stream(5))  # others wait
        await asyncio.gather(*crowd)
        return seen

    assert on_a_jumping_clock(look) == [True, False, True, False, False]


def test_while_telegram_does_not_answer_one_attempt_a_second_is_made_by_whomever() -> None:
    back_at = 1_060.0

    def unreachable(method: str, chat: Any, now: float) -> Exception | None:
        return NetworkError("gone") if now < back_at else None

    async def outage() -> Wire:
        wire = Wire(unreachable)

        async def insist(chat: int) -> None:
            while True:
                try:
                    await wire.send("editMessageText", chat)
                except NetworkError:
                    await asyncio.sleep(0.3)
                else:
                    return

        await asyncio.gather(*(insist(chat) for chat in range(50)))
        return wire

    wire = on_a_jumping_clock(outage)
    down = [at for at in wire.moments() if at < back_at]
    assert len(down) <= 60 + 2
    assert most_within(down[4:], 1.0) <= 2
    assert len(wire.moments()) - len(down) == 50
    assert max(wire.moments()) < back_at + 4
    assert wire.outcomes.count(("editMessageText", "ok")) == 50


def test_a_refusal_is_an_answer_and_not_an_outage() -> None:
    async def refused() -> Wire:
        wire = Wire(lambda method, chat, now: BadRequest("Message is not modified"))
        for _ in range(4):
            with pytest.raises(BadRequest):
                await wire.send("sendMessage", 5)
        return wire

    wire = on_a_jumping_clock(refused)
    assert not wire.pace.line.is_down
    assert wire.outcomes == [("sendMessage", "refused")] * 4


def test_rooms_of_chats_long_silent_are_let_go_but_not_closed_ones() -> None:
    def close_chat_5(method: str, chat: Any, now: float) -> Exception | None:
        return RetryAfter(3_600) if chat == 5 and now < 1_001 else None

    async def crowd() -> tuple[int, float]:
        wire = Wire(close_chat_5)
        with pytest.raises(RetryAfter):
            await wire.send("sendMessage", 5)
        for chat in range(10, 4_010):
            await wire.send("sendMessage", chat)
            await asyncio.sleep(1.0)
        kept = len(wire.pace._rooms)
        await wire.send("sendMessage", 5)
        return kept, asyncio.get_running_loop().time()

    kept, now = on_a_jumping_clock(crowd)
    assert kept <= 1_001
    assert now >= 1_000 + 3_600


def test_a_request_that_is_given_up_leaves_its_turn_to_others() -> None:
    async def give_up() -> Wire:
        wire = Wire()
        tasks = [asyncio.ensure_future(wire.send("sendMessage", chat)) for chat in range(60)]
        await asyncio.sleep(0)
        for task in tasks[10:50]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await wire.send("sendMessage", 99)
        return wire

    wire = on_a_jumping_clock(give_up)
    assert len(wire.arrived) == 21
