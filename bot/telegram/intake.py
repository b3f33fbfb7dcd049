"""What comes in from Telegram: read, sorted, stored. Nothing is stored of chats that are not allowed or did not call."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram import Message, MessageEntity, Update, User

from bot.telegram.ledger import Arrival, Kind

if TYPE_CHECKING:
    from telegram import Bot

    from bot.telegram.lanes import Lanes
    from bot.telegram.ledger import Ledger
    from bot.telegram.metrics import Metrics
    from bot.telegram.sightings import Sightings

_log = logging.getLogger(__name__)

KINDS = ("message", "callback_query", "inline_query")
"""The updates that are asked for; others are passed over."""
TOLD = 10_000
"""Chats remembered as told that they are not allowed, or that they ask too much."""
TOLD_AGAIN_SECONDS = 600.0
_LARGEST_ID = 2**62

Tell = Callable[[Update], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Refusals:
    """How those are told whose update is not taken, each once."""

    not_allowed: Tell
    too_many: Tell


class Intake:
    """Takes raw updates from polling or from a webhook."""

    def __init__(
        self,
        bot: Bot,
        ledger: Ledger,
        lanes: Lanes,
        sightings: Sightings,
        metrics: Metrics,
        *,
        allowed_chats: frozenset[int],
        refusals: Refusals,
        is_writing: Callable[[int, int], bool],
    ) -> None:
        """`allowed_chats` empty: everyone. `is_writing` tells whether an answer to a person in a chat is being written."""
        self._is_writing = is_writing
        self._bot = bot
        self._ledger = ledger
        self._lanes = lanes
        self._sightings = sightings
        self._metrics = metrics
        self._allowed = allowed_chats
        self._refusals = refusals
        self._told: dict[tuple[str, int], float] = {}
        self._telling: set[asyncio.Task[None]] = set()

    async def take(self, raws: Sequence[object]) -> None:
        """Stores what is for the bot, then lets it be carried out; returns when Telegram may forget it.

        An update that cannot be read is passed over with a line in the log. Raises `StoreError` kinds when it cannot
        be stored; nothing of it is carried out then.
        """
        arrivals: list[Arrival] = []
        together: Counter[int] = Counter()
        for raw in raws:
            if arrival := self._sorted(raw, together):
                arrivals.append(arrival)
                together[arrival.chat_id] += 1
        to_store = [arrival for arrival in arrivals if arrival.kind != "inline"]
        fresh = await asyncio.to_thread(self._ledger.take, to_store) if to_store else []
        for arrival in [*fresh, *(arrival for arrival in arrivals if arrival.kind == "inline")]:
            self._lanes.add(arrival)

    def resume(self) -> int:
        """Carries on with what was stored and not done before the last stop; how many updates those are."""
        waiting = self._ledger.waiting()
        for arrival in waiting:
            with suppress(Exception):  # what cannot be read is found out when its turn comes
                self._see(self._read(json.loads(arrival.raw)))
        for arrival in waiting:
            self._lanes.add(arrival)
        return len(waiting)

    # ----------------------------------------------------------------------------------------------------- sorting

    def _sorted(self, raw: object, together: Counter[int]) -> Arrival | None:
        """The update as it is stored, or None for one that is not for the bot or that cannot be read.

        `together` counts what came with it from each chat.
        """
        try:
            readable = _without_surrogates(raw)
            return self._arrival(self._read(readable), readable, together)
        except Exception as error:  # noqa: BLE001  (whatever cannot be read is passed over, or it would come for ever)
            number = raw.get("update_id") if isinstance(raw, dict) else None
            _log.warning("An update cannot be read and is passed over (%s: %s)", number, type(error).__name__)
            self._metrics.skipped("unreadable")
            return None

    def _arrival(self, update: Update, raw: object, together: Counter[int]) -> Arrival | None:
        chat_id, kind = _chat_id(update), _kind(update)
        if update.message and is_stop(update.message) and self._is_writing(update.message.chat.id, person_of(update)):
            kind = "press"  # it does not wait behind what it is to stop
        if chat_id is None or kind is None or not _is_by_a_person(update) or _is_own(update, self._bot.id):
            self._metrics.skipped("other_kind")
            return None
        self._see(update)
        if update.message and not is_addressed(update.message, self._bot.bot):
            return None
        if self._allowed and chat_id not in self._allowed:
            self._metrics.skipped("not_allowed")
            self._tell(self._refusals.not_allowed, update, ("not_allowed", chat_id), again_seconds=math.inf)
            return None
        if kind == "message" and self._lanes.is_full(chat_id, more=together[chat_id]):
            self._metrics.skipped("too_many")
            self._tell(self._refusals.too_many, update, ("too_many", chat_id), again_seconds=TOLD_AGAIN_SECONDS)
            return None
        self._metrics.update(kind)
        return Arrival(update.update_id, kind, chat_id, person_of(update), json.dumps(raw))

    def _read(self, raw: Any) -> Update:
        """Raises anything for what is no update."""
        update = Update.de_json(raw, self._bot)
        ids = (update.update_id, _chat_id(update) or 0, update.effective_user.id if update.effective_user else 0)
        if not all(isinstance(value, int) and abs(value) < _LARGEST_ID for value in ids):
            raise ValueError("an id that is none")
        return update

    def _see(self, update: Update) -> None:
        if update.message is not None:
            self._sightings.saw(update.message.chat.id, update.message.message_id)

    def _tell(self, tell: Tell, update: Update, key: tuple[str, int], *, again_seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._told.get(key, -math.inf) < again_seconds:
            return
        self._told.pop(key, None)
        self._told[key] = now
        while len(self._told) > TOLD:
            del self._told[next(iter(self._told))]
        task = asyncio.ensure_future(tell(update))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


def _without_surrogates(raw: object) -> Any:
    """Halves of characters, which JSON can hold and nothing else can, as question marks."""
    return json.loads(json.dumps(raw, ensure_ascii=False).encode("utf-8", "replace"))


def is_addressed(message: Message, me: User) -> bool:
    """Whether a message is for the bot: any in a private chat; in a group a command, a mention or a reply to the bot."""
    if message.chat.type == "private":
        return True
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == me.id:
        return True
    entities = {**message.parse_entities(_CALLS), **message.parse_caption_entities(_CALLS)}
    return any(_calls(entity, words, me) for entity, words in entities.items())


_CALLS: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.BOT_COMMAND]


def _calls(entity: MessageEntity, words: str, me: User) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    if entity.type == MessageEntity.MENTION:
        return words.casefold() == f"@{me.username}".casefold()
    _, at, name = words.partition("@")
    return entity.offset == 0 and (not at or name.casefold() == (me.username or "").casefold())


def person_of(update: Update) -> int:
    """Who says it: a person's id; that of the group or channel where someone speaks in its name."""
    speaker = update.message.sender_chat if update.message else None
    assert speaker is not None or update.effective_user is not None
    return speaker.id if speaker else update.effective_user.id  # type: ignore[union-attr]


def topic_of(message: Message) -> int | None:
    """The topic of a forum that a message stands in."""
    return message.message_thread_id if message.is_topic_message else None


def _is_by_a_person(update: Update) -> bool:
    """Bots are not answered; who speaks in the name of a group comes as a bot."""
    if update.message and update.message.sender_chat:
        return True
    return update.effective_user is not None and not update.effective_user.is_bot


def _is_own(update: Update, bot_id: int) -> bool:
    """A quote that someone shared by inline mode is no question."""
    via = update.message.via_bot if update.message else None
    return via is not None and via.id == bot_id


def is_stop(message: Message) -> bool:
    """Whether a message asks to stop the answer that is being written."""
    return (message.text or "").strip().partition("@")[0].casefold() in _STOP


_STOP = frozenset({"/stop", "stop", "أوقف", "اوقف", "توقف", "قف"})


def _kind(update: Update) -> Kind | None:
    if update.message is not None:
        return "message"
    if update.callback_query is not None:
        return "press"
    return "inline" if update.inline_query is not None else None


def _chat_id(update: Update) -> int | None:
    """The chat of an update; for what happens in no chat of the bot's, the person."""
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else None
