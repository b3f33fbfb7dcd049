"""How many questions a person may ask a minute and a day, counted from what the ledger holds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from bot.telegram.ledger import Ledger

MINUTE_SECONDS, DAY_SECONDS = 60.0, 86_400.0
TOLD_AGAIN_SECONDS = 60.0
"""A person who asks more than is allowed is told so once in this time."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit, and how long until it allows a question again."""

    per: Literal["minute", "day"]
    limit: int
    wait_seconds: float


class Limits:
    """The limits of everyone; None: as many questions as there is time for."""

    def __init__(self, ledger: Ledger, *, a_minute: int | None = None, a_day: int | None = None) -> None:
        self._ledger = ledger
        self._a_minute = a_minute
        self._a_day = a_day
        self._told: dict[int, float] = {}
        self._forgotten: dict[int, list[float]] = {}
        """When people asked what was then deleted for them: it still counts, and is written nowhere."""

    def reached(self, update_id: int, user_id: int) -> Reached | None:
        """The limit that keeps a person's question, that of this update, from being answered now."""
        now = time.time()
        limits: tuple[tuple[Literal["minute", "day"], int | None, float], ...] = (
            ("minute", self._a_minute, MINUTE_SECONDS),
            ("day", self._a_day, DAY_SECONDS),
        )
        for per, limit, seconds in limits:
            if limit is None:
                continue
            since = now - seconds
            forgotten = [asked for asked in self._forgotten.get(user_id, ()) if asked >= since]
            earlier = sorted(forgotten + self._ledger.asked_since(user_id, since, but=update_id))
            if len(earlier) >= limit:
                return Reached(per, limit, earlier[-limit] + seconds - now)
        return None

    def is_to_be_told(self, user_id: int) -> bool:
        """Whether a person should hear of a limit, which is not said each time; True counts as said."""
        now = time.monotonic()
        self._told = {known: when for known, when in self._told.items() if now - when < TOLD_AGAIN_SECONDS}
        if user_id in self._told:
            return False
        self._told[user_id] = now
        return True

    def forget(self, user_id: int) -> None:
        """Has the ledger delete what is stored of a person; what was asked today still counts."""
        since = time.time() - DAY_SECONDS
        before = self._ledger.asked_since(user_id, since)
        self._ledger.forget(user_id)
        left = self._ledger.asked_since(user_id, since)
        if self._a_minute is not None or self._a_day is not None:
            earlier = [asked for asked in self._forgotten.get(user_id, ()) if asked >= since]
            self._forgotten[user_id] = [*earlier, *(asked for asked in before if asked not in left)]
