"""What the bot must not forget, in SQLite: updates not yet answered, questions with their messages, and votes.

An update is written here before Telegram is told that it arrived, and a message before it is sent: after a kill,
what is not done is done again, and what may have been sent is looked for before it is sent again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.telegram.kept_answers import from_json, to_json
from bot.telegram.ledger_schema import STEPS, connected
from retrieval.disk_faults import translated
from retrieval.schema import migrate
from retrieval.types import Answer, Turn

LEDGER_FILE = "bot.db"
KEPT_TURNS = 6
"""Earlier questions that a follow-up may refer to."""
KNOWN_MESSAGES = 5_000
KEPT_DAYS = 30
"""How long a question without a vote is kept."""
CONFIRMED_DAYS = 2
"""How long the number of an update is kept, so that one which comes twice is answered once; Telegram keeps it for one."""
_DAY = 86_400.0
_TAKEN = "coalesce((SELECT taken FROM inbox WHERE update_id = ?), ?)"
"""When an update arrived; with that of its own, several of one moment stay in order."""

Kind = Literal["message", "press", "inline"]
Vote = Literal["up", "down"]
State = Literal["asked", "answered", "halted", "delivered", "stopped"]
"""`halted`: who asked wants no answer any more, which the chat does not say yet; then it is `stopped`."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it arrived. An inline query belongs to no chat; its `chat_id` is the person's."""

    update_id: int
    kind: Kind
    chat_id: int
    user_id: int
    raw: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was asked in a chat, and what became of it."""

    id: str
    update_id: int | None
    """None for one that was answered days ago."""
    chat_id: int
    user_id: int
    question: str
    asked: float
    answer: Answer | None
    state: State


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was or may have been sent: its id, or None; `after` was the newest id before it was tried."""

    after: int
    message_id: int | None


class Ledger:
    """One SQLite file, used from the event loop; only `take` waits for the disk. Raises `StoreError` kinds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with translated(self.path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._db = connected(path, synchronous="NORMAL")
            self._taking = threading.Lock()
            self._inbox = connected(path, synchronous="FULL")
            """Written from another thread; what it has committed outlives a power failure too."""
            migrate(self._db, STEPS, path)

    def close(self) -> None:
        self._inbox.close()
        self._db.close()

    # ------------------------------------------------------------------------------------------------------ inbox

    def take(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Stores what arrived, on the disk when this returns; gives those that had not arrived before."""
        fresh = []
        with translated(self.path), self._taking, self._inbox:
            self._inbox.execute("BEGIN IMMEDIATE")
            for arrival in arrivals:
                row = (arrival.update_id, arrival.kind, arrival.chat_id, arrival.user_id, arrival.raw, time.time())
                added = self._inbox.execute(
                    "INSERT OR IGNORE INTO inbox (update_id, kind, chat_id, user_id, raw, taken) VALUES (?, ?, ?, ?, ?, ?)",
                    row,
                )
                if added.rowcount:
                    fresh.append(arrival)
        return fresh

    def waiting(self) -> list[Arrival]:
        """What arrived and is not done, in the order of arrival."""
        rows = self._all("SELECT update_id, kind, chat_id, user_id, raw FROM inbox WHERE done = 0 ORDER BY update_id")
        return [Arrival(*row) for row in rows]

    def done(self, update_id: int) -> None:
        """Nothing more is to be done for an update; what it said is deleted, its number stays for a while."""
        self._do("UPDATE inbox SET done = 1, raw = '', chat_id = NULL, user_id = NULL WHERE update_id = ?", update_id)

    # -------------------------------------------------------------------------------------------------- exchanges

    def begin(self, update_id: int, chat_id: int, user_id: int, question: str) -> Exchange:
        """The exchange of an update, perhaps begun before a restart."""
        self._do(
            "INSERT OR IGNORE INTO exchanges (id, update_id, chat_id, user_id, question, asked)"
            f" VALUES (?, ?, ?, ?, ?, {_TAKEN})",
            secrets.token_urlsafe(9), update_id, chat_id, user_id, question, update_id, time.time(),
        )  # fmt: skip
        return next(self._exchanges("update_id = ?", update_id))

    def exchange(self, exchange_id: str) -> Exchange | None:
        return next(self._exchanges("id = ?", exchange_id), None)

    def exchange_of(self, update_id: int) -> Exchange | None:
        return next(self._exchanges("update_id = ?", update_id), None)

    def answered(self, exchange_id: str, answer: Answer) -> None:
        whole = "UPDATE exchanges SET answer = ?, state = 'answered' WHERE id = ? AND state = 'asked'"
        self._do(whole, to_json(answer), exchange_id)

    def finished(self, exchange_id: str, state: State) -> None:
        self._do("UPDATE exchanges SET state = ? WHERE id = ?", state, exchange_id)

    def history(self, chat_id: int, user_id: int) -> list[Turn]:
        """The last turns of a person's conversation in a chat, oldest first."""
        rows = self._all(
            "SELECT question, answer FROM exchanges WHERE chat_id = ? AND user_id = ? AND state = 'delivered' AND asked > "
            "coalesce((SELECT since FROM conversations c WHERE c.chat_id = exchanges.chat_id AND c.user_id = exchanges.user_id), 0)"
            " AND answer IS NOT NULL ORDER BY asked DESC LIMIT ?",
            chat_id, user_id, KEPT_TURNS,
        )  # fmt: skip
        kept = [(question, _read(answer)) for question, answer in reversed(rows)]
        return [Turn(question, answer) for question, answer in kept if answer]

    def new_conversation(self, update_id: int, chat_id: int, user_id: int) -> None:
        """What was asked before this update is no longer part of the conversation."""
        self._do(
            f"INSERT OR REPLACE INTO conversations VALUES (?, ?, {_TAKEN})", chat_id, user_id, update_id, time.time()
        )

    def asked_since(self, user_id: int, moment: float, *, but: int = -1) -> list[float]:
        """When a person asked questions since a moment, oldest first, the one of the update `but` left out."""
        wanted = "user_id = ? AND asked >= ? AND update_id IS NOT ?"
        rows = self._all(f"SELECT asked FROM exchanges WHERE {wanted} ORDER BY asked", user_id, moment, but)
        return [asked for (asked,) in rows]

    # ------------------------------------------------------------------------------------------------------- sent

    def intend(self, exchange_id: str, part: int, after: int) -> None:
        """A message is about to be sent, and will get an id above `after`."""
        self._do("INSERT OR IGNORE INTO sent (exchange_id, part, after) VALUES (?, ?, ?)", exchange_id, part, after)

    def sent(self, exchange_id: str, part: int, message_id: int) -> None:
        self._do(
            "INSERT INTO sent VALUES (?, ?, 0, ?) ON CONFLICT DO UPDATE SET message_id = excluded.message_id",
            exchange_id, part, message_id,
        )  # fmt: skip

    def message(self, exchange_id: str, part: int) -> Sent | None:
        rows = self._all("SELECT after, message_id FROM sent WHERE exchange_id = ? AND part = ?", exchange_id, part)
        return Sent(*rows[0]) if rows else None

    def said(self, chat_id: int, message_id: int) -> None:
        """A message was sent that is no part of an answer; the last ones are known."""
        self._do("INSERT INTO said (chat_id, message_id) VALUES (?, ?)", chat_id, message_id)
        self._do("DELETE FROM said WHERE number <= (SELECT max(number) FROM said) - ?", KNOWN_MESSAGES)

    def known_messages(self) -> Iterator[tuple[int, int]]:
        """The messages sent last, as chat and message ids."""
        yield from self._all("SELECT chat_id, message_id FROM said")
        yield from self._all(
            "SELECT chat_id, message_id FROM sent JOIN exchanges ON exchange_id = id WHERE message_id IS NOT NULL"
            " ORDER BY asked DESC LIMIT ?",
            KNOWN_MESSAGES,
        )

    # ------------------------------------------------------------------------------------------ votes and forgetting

    def vote(self, update_id: int, exchange_id: str, user_id: int, vote: Vote) -> Vote | None:
        """A person's press on a thumb gives a vote, or takes the same one back; the vote that stands now.

        The update is done with it: carried out twice, it would undo itself.
        """
        with translated(self.path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            now = None if self.vote_of(exchange_id, user_id) == vote else vote
            self._do("DELETE FROM votes WHERE exchange_id = ? AND user_id = ?", exchange_id, user_id)
            if now:
                self._do("INSERT INTO votes VALUES (?, ?, ?, ?)", exchange_id, user_id, now, time.time())
            self.done(update_id)
        return now

    def vote_of(self, exchange_id: str, user_id: int) -> Vote | None:
        votes = self._all("SELECT vote FROM votes WHERE exchange_id = ? AND user_id = ?", exchange_id, user_id)
        return votes[0][0] if votes else None

    def voted(self) -> Iterator[tuple[Exchange, int, int]]:
        """The exchanges with votes, oldest first, each with how many were for and against."""
        rows = self._all(
            "SELECT exchange_id, sum(vote = 'up'), sum(vote = 'down') FROM votes JOIN exchanges ON exchange_id = id"
            " GROUP BY exchange_id ORDER BY asked"
        )
        for exchange_id, ups, downs in rows:
            yield next(self._exchanges("id = ?", exchange_id)), ups, downs

    def asked_before(self, exchange: Exchange) -> list[str]:
        """The questions that a person asked in the chat before this one, oldest first, at most `KEPT_TURNS`."""
        rows = self._all(
            "SELECT question FROM exchanges WHERE chat_id = ? AND user_id = ? AND asked < ? AND state = 'delivered'"
            " ORDER BY asked DESC LIMIT ?",
            exchange.chat_id, exchange.user_id, exchange.asked, KEPT_TURNS,
        )  # fmt: skip
        return [question for (question,) in reversed(rows)]

    def forget(self, user_id: int) -> int:
        """Deletes all that is stored of a person but a question that is being answered; how many questions those were."""
        finished = "user_id = ? AND state IN ('delivered', 'stopped')"
        known = self._all(f"SELECT count(*) FROM exchanges WHERE {finished}", user_id)
        self._do(f"DELETE FROM exchanges WHERE {finished}", user_id)
        for table in ("votes", "conversations"):
            self._do(f"DELETE FROM {table} WHERE user_id = ?", user_id)
        self._all("PRAGMA wal_checkpoint(TRUNCATE)")  # what was overwritten still stands in the write-ahead log
        return int(known[0][0])

    def prune(self) -> None:
        """Lets go of what is old: numbers of updates, for Telegram may begin anew with them, questions nobody voted on."""
        now = time.time()
        self._do("DELETE FROM inbox WHERE done = 1 AND taken < ?", now - CONFIRMED_DAYS * _DAY)
        self._do(
            "UPDATE exchanges SET update_id = NULL WHERE asked < ? AND state IN ('delivered', 'stopped')",
            now - CONFIRMED_DAYS * _DAY,
        )
        self._do(
            "DELETE FROM exchanges WHERE asked < ? AND state IN ('delivered', 'stopped')"
            " AND id NOT IN (SELECT exchange_id FROM votes)",
            now - KEPT_DAYS * _DAY,
        )

    def move_chat(self, old: int, new: int) -> None:
        """A group became a supergroup, with another id; its messages get new ids, so what is unfinished is sent anew."""
        self._do(
            "DELETE FROM sent WHERE exchange_id IN (SELECT id FROM exchanges WHERE chat_id = ? AND state NOT IN ('delivered', 'stopped'))",
            old,
        )
        for table in ("inbox", "exchanges"):
            self._do(f"UPDATE {table} SET chat_id = ? WHERE chat_id = ?", new, old)

    # ------------------------------------------------------------------------------------------------------ SQLite

    def _exchanges(self, condition: str, value: object) -> Iterator[Exchange]:
        columns = "id, update_id, chat_id, user_id, question, asked, answer, state"
        for row in self._all(f"SELECT {columns} FROM exchanges WHERE {condition}", value):
            exchange_id, update_id, chat_id, user_id, question, asked, answer, state = row
            yield Exchange(exchange_id, update_id, chat_id, user_id, question, asked, _read(answer), state)

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with translated(self.path):
            return self._db.execute(sql, values).fetchall()

    def _do(self, sql: str, *values: object) -> None:
        with translated(self.path):
            self._db.execute(sql, values)


def _read(answer: str | None) -> Answer | None:
    """An answer stored by another version of Dalil may be no answer any more."""
    try:
        return from_json(answer) if answer else None
    except (ValueError, KeyError, TypeError):
        return None
