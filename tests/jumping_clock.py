"""An event loop whose clock jumps to the next moment when nothing runs: minutes of waiting pass at once."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        scheduled = self._scheduled  # type: ignore[attr-defined]
        while scheduled and scheduled[0]._cancelled:
            heapq.heappop(scheduled)._scheduled = False
        if not self._ready and scheduled:  # type: ignore[attr-defined]
            self.now = max(self.now, scheduled[0]._when)
        super()._run_once()  # type: ignore[misc]


def on_a_jumping_clock(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What `work` returns, without its waiting."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work())
