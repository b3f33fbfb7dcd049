"""One update of a chat after the other, all chats in turn."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import pytest

from bot.telegram import lanes as lane_module
from bot.telegram.lanes import MOST_WAITING_IN_A_CHAT, Lanes
from bot.telegram.ledger import Arrival, Kind
from tests.jumping_clock import on_a_jumping_clock


def arrival(number: int, chat: int, kind: Kind = "message") -> Arrival:
    return Arrival(number, kind, chat, chat, "{}")


class Desk:
    """Carries out updates, each in a second."""

    def __init__(self) -> None:
        self.begun: list[tuple[float, Arrival]] = []
        self.done: list[Arrival] = []
        self.at_once: dict[int, int] = defaultdict(int)
        self.most_at_once = 0

    async def handle(self, update: Arrival) -> None:
        self.begun.append((asyncio.get_running_loop().time(), update))
        self.at_once[update.chat_id] += 1
        self.most_at_once = max(self.most_at_once, self.at_once[update.chat_id])
        await asyncio.sleep(1.0)
        self.at_once[update.chat_id] -= 1
        self.done.append(update)


def test_a_chat_keeps_its_order_and_chats_do_not_wait_for_one_another() -> None:
    async def work() -> tuple[Desk, float]:
        desk = Desk()
        lanes = Lanes(desk.handle)
        began = asyncio.get_running_loop().time()
        for number in range(90):
            lanes.add(arrival(number, number % 30))
        while lanes.waiting:
            await asyncio.sleep(0.1)
        return desk, asyncio.get_running_loop().time() - began

    desk, seconds = on_a_jumping_clock(work)
    assert desk.most_at_once == 1 and seconds < 4
    for chat in range(30):
        assert [u.update_id for u in desk.done if u.chat_id == chat] == [chat, chat + 30, chat + 60]


def test_where_turns_are_few_a_chat_with_many_updates_gets_no_more_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_module, "CHATS_AT_ONCE", 1)

    async def work() -> Desk:
        desk = Desk()
        lanes = Lanes(desk.handle)
        for number in range(50):
            lanes.add(arrival(number, 1))
        for chat in range(2, 6):
            lanes.add(arrival(100 + chat, chat))
        while lanes.waiting:
            await asyncio.sleep(0.5)
        return desk

    first = [update.chat_id for _, update in on_a_jumping_clock(work).begun[:6]]
    assert set(first) == {1, 2, 3, 4, 5}


def test_a_press_does_not_wait_behind_the_messages_of_its_chat() -> None:
    async def work() -> Desk:
        desk = Desk()
        lanes = Lanes(desk.handle)
        for number in range(5):
            lanes.add(arrival(number, 1))
        lanes.add(arrival(9, 1, "press"))
        while lanes.waiting:
            await asyncio.sleep(0.1)
        return desk

    assert [update.update_id for _, update in on_a_jumping_clock(work).begun[:2]] == [0, 9]


def test_a_full_lane_and_a_full_house_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_module, "MOST_WAITING", MOST_WAITING_IN_A_CHAT + 5)

    async def work() -> tuple[bool, bool, bool, bool]:
        lanes = Lanes(Desk().handle)
        for number in range(MOST_WAITING_IN_A_CHAT):
            lanes.add(arrival(number, 1))
        await asyncio.sleep(0)  # the first is under way, the others wait
        before = lanes.is_full(1)
        lanes.add(arrival(999, 1))
        for chat in range(2, 7):
            lanes.add(arrival(1_000 + chat, chat))
        full = lanes.is_full(1)
        drained = asyncio.ensure_future(lanes.drained())
        await asyncio.sleep(0)
        waits = not drained.done()
        await drained
        return before, full, waits, lanes.waiting < MOST_WAITING_IN_A_CHAT + 5

    assert on_a_jumping_clock(work) == (False, True, True, True)


def test_a_stop_lets_what_is_nearly_done_finish_and_leaves_the_rest() -> None:
    async def work() -> tuple[Desk, int]:
        desk = Desk()
        lanes = Lanes(desk.handle)
        for number in range(10):
            lanes.add(arrival(number, 1))
        await asyncio.sleep(0.5)
        await lanes.stop(grace_seconds=1.0)
        return desk, lanes.waiting

    desk, waiting = on_a_jumping_clock(work)
    assert [update.update_id for update in desk.done] == [0]
    assert waiting == 0


def test_the_next_of_a_chat_is_told_that_it_waits_and_the_others_when_they_are_next() -> None:
    events: list[tuple[str, int]] = []

    async def work() -> None:
        async def handle(update: Arrival) -> None:
            events.append(("begun", update.update_id))
            await asyncio.sleep(1.0 if update.update_id != 2 else 0.2)

        async def tell(update: Arrival) -> None:
            await asyncio.sleep(0.5)
            if lanes.is_waiting(update):
                events.append(("told", update.update_id))

        lanes = Lanes(handle, tell)
        for number in range(5):
            lanes.add(arrival(number, 1))
        lanes.add(arrival(99, 2))
        while lanes.waiting:
            await asyncio.sleep(0.1)
        lanes.add(arrival(5, 1))

    on_a_jumping_clock(work)
    of_chat = [event for event in events if event[1] != 99]
    assert of_chat[:3] == [("begun", 0), ("told", 1), ("begun", 1)]
    assert [number for what, number in of_chat if what == "told"] == [1, 2, 4]  # 3 waited for no time worth a word
    assert ("told", 99) not in events
