"""How a Bot API server can fail, and how often it does."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tornado.web import RequestHandler

TAKES_EFFECT = {
    "dropped": False,
    "reset": False,
    "dropped_after": True,
    "half": True,
    "500": False,
    "502": False,
    "garbage": True,
}
"""The kinds of fault: whether what was asked for is done all the same."""
MESSAGES = ("sendMessage", "editMessageText")


@dataclass(frozen=True)
class Fault:
    kind: str

    @property
    def takes_effect(self) -> bool:
        return TAKES_EFFECT[self.kind]


class Faults:
    """Each call of `methods` fails with this chance, with one of the kinds; the same calls fail in every run."""

    def __init__(
        self, kinds: Sequence[str], chance: float, *, methods: Collection[str] = MESSAGES, seed: int = 0
    ) -> None:
        self._kinds = kinds
        self._chance = chance
        self._methods = methods
        self._random = random.Random(seed)
        self.drawn = 0

    def draw(self, method: str) -> Fault | None:
        if method not in self._methods or self._random.random() >= self._chance:
            return None
        self.drawn += 1
        return Fault(self._random.choice(self._kinds))


class NoFaults(Faults):
    def __init__(self) -> None:
        super().__init__((), 0.0)


class Planned(Faults):
    """These faults in this order, None for none, one for each call of `methods`; then none."""

    def __init__(self, *plan: str | None, methods: Collection[str] = MESSAGES) -> None:
        super().__init__((), 0.0, methods=methods)
        self._plan = list(plan)

    def draw(self, method: str) -> Fault | None:
        kind = self._plan.pop(0) if self._plan and method in self._methods else None
        return Fault(kind) if kind else None


def close(handler: RequestHandler, *, reset: bool = False) -> None:
    """Ends the connection without an answer; `reset`: not even in peace."""
    connection: Any = handler.request.connection
    stream = connection.detach()
    if reset:
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()
    handler._finished = True


async def half(handler: RequestHandler, body: str) -> None:
    """Sends half of an answer and ends the connection."""
    connection: Any = handler.request.connection
    stream, content = connection.detach(), body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    await stream.write(head.encode() + content[: len(content) // 2])
    stream.close()
    handler._finished = True
