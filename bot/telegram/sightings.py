"""Which message ids are known to be taken, and so which a message of unknown fate could have got.

Telegram numbers the messages of an account's private chats and basic groups in one sequence, and those of each
supergroup in another (https://core.telegram.org/api/updates). Another Bot API server may number each chat by itself;
both are reckoned with.
"""

from __future__ import annotations

from collections.abc import Iterable

REMEMBERED = 20_000
NEAR = 3
"""Ids tried above each newest one: requests of other chats that were under way at the same moment."""
BEYOND = 12
MOST_CANDIDATES = 24


class Sightings:
    """The ids seen in updates and answers, the last `REMEMBERED` of them."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], None] = {}
        self._newest: dict[int, int] = {}
        self._newest_own: dict[int, int] = {}

    def saw(self, chat_id: int, message_id: int, *, own: bool = False) -> None:
        """A message of this chat exists; `own`: the bot sent it."""
        self._seen.pop((chat_id, message_id), None)
        self._seen[chat_id, message_id] = None
        sequence = _sequence(chat_id)
        self._seen[sequence, message_id] = None
        for newest in (self._newest, self._newest_own) if own else (self._newest,):
            for key in {chat_id, sequence}:
                newest[key] = max(message_id, newest.get(key, 0))
        while len(self._seen) > REMEMBERED:
            forgotten = next(iter(self._seen))
            del self._seen[forgotten]
            if self._newest.get(forgotten[0]) == forgotten[1]:
                del self._newest[forgotten[0]]
                self._newest_own.pop(forgotten[0], None)

    def newest(self, chat_id: int) -> int:
        """The highest id known in the sequence of this chat; a message sent now gets a higher one."""
        return self._newest.get(_sequence(chat_id), 0)

    def candidates(self, chat_id: int, after: int, *, below: int | None = None) -> list[int]:
        """The ids that a message sent when `after` was the newest may have, likeliest first.

        `below` is the id of a message that was sent later; without it, the newest known id is the guide.
        """
        sequence = _sequence(chat_id)
        bases = [
            after,
            *(
                newest[key]
                for newest in (self._newest, self._newest_own)
                for key in (chat_id, sequence)
                if key in newest
            ),
        ]
        if below is None:
            near: Iterable[int] = (base + step for step in range(1, NEAR + 1) for base in bases)
            gap: Iterable[int] = range(after + 1, max(bases) + BEYOND + 1)
        else:
            near = range(below - 1, max(below - 1 - NEAR, 0), -1)
            gap = range(below - 1, after, -1)
        ordered = dict.fromkeys([*near, *(number for number in gap if (sequence, number) not in self._seen)])
        possible = [n for n in ordered if n > 0 and (chat_id, n) not in self._seen and (below is None or n < below)]
        return possible[:MOST_CANDIDATES]


def _sequence(chat_id: int) -> int:
    """A key for the sequence that numbers the messages of a chat: 0 for the account's own."""
    return chat_id if chat_id <= -1_000_000_000_000 else 0
