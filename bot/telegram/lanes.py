"""Who is served when: one update of a chat after the other, all chats in turn, and never more waiting than is bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.telegram.ledger import Arrival

MOST_WAITING_IN_A_CHAT = 100
MOST_WAITING = 5_000
"""Over all chats; beyond, no more is fetched, and Telegram keeps it."""
CHATS_AT_ONCE = 2_000
"""Chats served at the same time; what they do is mostly waiting for their turn to send."""
PRESSES_AT_ONCE = 2_000

Handle = Callable[["Arrival"], Awaitable[None]]


class Lanes:
    """A queue for each chat, and a fast lane for presses and inline queries, which wait for nobody."""

    def __init__(self, handle: Handle, on_wait: Handle | None = None) -> None:
        """`handle` carries out one update; `on_wait` is told of one that is the next of its chat and has to wait.

        Both raise nothing but cancelling.
        """
        self._handle = handle
        self._on_wait = on_wait
        self._lanes: dict[int, deque[Arrival]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(CHATS_AT_ONCE)
        self._fast = asyncio.Semaphore(PRESSES_AT_ONCE)
        self._drained = asyncio.Event()
        self._drained.set()
        self._waiting = 0
        self.running = 0

    @property
    def waiting(self) -> int:
        """Updates not yet done, those under way included."""
        return self._waiting

    def is_full(self, chat_id: int, *, more: int = 0) -> bool:
        """Whether a chat has as many messages waiting as it may, with `more` that are about to be added."""
        return len(self._lanes.get(chat_id, ())) + more >= MOST_WAITING_IN_A_CHAT

    def is_waiting(self, arrival: Arrival) -> bool:
        """Whether its turn has not come."""
        return arrival in self._lanes.get(arrival.chat_id, ())

    def add(self, arrival: Arrival) -> None:
        """Takes an update; a message is carried out after those of its chat that came before."""
        self._waiting += 1
        if self._waiting >= MOST_WAITING:
            self._drained.clear()
        if arrival.kind != "message":
            self._start(self._press(arrival))
            return
        lane = self._lanes.get(arrival.chat_id)
        if lane is not None:
            lane.append(arrival)
            if len(lane) == 1:
                self._tell_the_next(lane)
        else:
            self._lanes[arrival.chat_id] = deque([arrival])
            self._start(self._serve(arrival.chat_id))

    async def drained(self) -> None:
        """Returns when there is room for more."""
        await self._drained.wait()

    async def stop(self, grace_seconds: float) -> None:
        """Lets what is under way finish for so long, then cancels it; it stays in the inbox."""
        tasks = list(self._tasks)
        if tasks and grace_seconds:
            await asyncio.wait(tasks, timeout=grace_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, chat_id: int) -> None:
        lane = self._lanes[chat_id]
        try:
            while lane:
                async with self._turns:
                    arrival = lane.popleft()
                    self._tell_the_next(lane)
                    await self._carry_out(arrival)
        finally:
            self._waiting -= len(lane)
            del self._lanes[chat_id]

    def _tell_the_next(self, lane: deque[Arrival]) -> None:
        if self._on_wait and lane:
            self._start(self._on_wait(lane[0]))

    async def _press(self, arrival: Arrival) -> None:
        async with self._fast:
            await self._carry_out(arrival)

    async def _carry_out(self, arrival: Arrival) -> None:
        self.running += 1
        try:
            await self._handle(arrival)
        finally:
            self.running -= 1
            self._waiting -= 1
            if self._waiting < MOST_WAITING:
                self._drained.set()

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
