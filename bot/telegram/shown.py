"""What of an answer has been written and may be shown."""

from __future__ import annotations

import asyncio


class Shown:
    """The text written so far, and whether there is some that was not shown."""

    def __init__(self) -> None:
        self.text = ""
        self._ended = asyncio.Event()
        self._news = asyncio.Event()

    def add(self, text: str) -> None:
        self.text += text
        self._news.set()

    def look_again(self) -> None:
        self._news.set()

    def end(self) -> None:
        self._ended.set()
        self._news.set()

    async def more(self) -> bool:
        """Waits for text that was not shown; False when none will come."""
        await self._news.wait()
        self._news.clear()
        return not self._ended.is_set()

    async def ends_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return False
        return True
