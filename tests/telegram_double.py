"""A Bot API server on loopback that remembers everything, checks what Telegram checks, and fails as told."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from tests.telegram_api import BotApi
from tests.telegram_records import ME, Call, Posted, Record, chat, person

T = TypeVar("T")


class TelegramDouble(BotApi):
    """The people who write to the bot, and what they see. Use as a context manager."""

    # --------------------------------------------------------------------------------------------- what people do

    def say(
        self,
        chat_id: int,
        text: str,
        *,
        user_id: int | None = None,
        language: str | None = "ar",
        reply_to: Record | None = None,
        **more: Any,
    ) -> int:
        """Someone writes; the id of the message. Commands and mentions get their entities."""
        message = {"text": text, "entities": _entities(text), **more}
        if reply_to:
            message["reply_to_message"] = reply_to
        return self.send(chat_id, message, user_id=user_id, language=language)

    def send(self, chat_id: int, message: Record, *, user_id: int | None = None, language: str | None = "ar") -> int:
        """Someone sends a message with these fields; its id."""

        def arrive() -> int:
            message_id = self._number(chat_id, "user")
            sender = person(user_id or abs(chat_id), language)
            whole = {
                "message_id": message_id,
                "date": int(time.time()),
                "chat": chat(chat_id),
                "from": sender,
                **message,
            }
            self._push({"message": whole})
            return message_id

        return self._do(arrive)

    def press(self, posted: Posted, data: str, *, user_id: int | None = None, chat_id: int | None = None) -> str:
        """Someone presses a button; the id of the callback query."""
        room = chat_id or posted.chat_id
        message = {
            "message_id": posted.message_id, "date": int(time.time()), "chat": chat(room), "from": ME, "text": posted.text,
        }  # fmt: skip
        sender = person(user_id or abs(room), "ar")

        def arrive() -> str:
            query_id = f"q{self._update_id + 1}"
            self._push(
                {
                    "callback_query": {
                        "id": query_id,
                        "from": sender,
                        "chat_instance": "1",
                        "data": data,
                        "message": message,
                    }
                }
            )
            return query_id

        return self._do(arrive)

    def inline(self, user_id: int, query: str) -> str:
        """Someone types behind the bot's name; the id of the query."""

        def arrive() -> str:
            query_id = f"i{self._update_id + 1}"
            sender = person(user_id, "ar")
            self._push({"inline_query": {"id": query_id, "from": sender, "query": query, "offset": ""}})
            return query_id

        return self._do(arrive)

    def send_document(self, chat_id: int, name: str, content: bytes, *, user_id: int | None = None) -> int:
        file_id = f"file{len(self.files)}"
        self.files[file_id] = content
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": len(content)}
        return self.send(chat_id, {"document": document}, user_id=user_id)

    def push(self, update: Record) -> int:
        """Any update, as it stands; its id, which is given to it unless it has one."""
        return self._do(lambda: self._push(update))

    def close_chat(self, chat_id: int, seconds: float) -> float:
        """Every request for a chat is answered with 429 for so long; the moment when that ends."""
        self.closed_until[chat_id] = time.monotonic() + seconds
        return self.closed_until[chat_id]

    # ------------------------------------------------------------------------------------------------ what is seen

    def messages(self, chat_id: int) -> list[Posted]:
        """What the bot's messages in a chat say now, without those it has deleted."""
        return [posted for posted in list(self.posted) if posted.chat_id == chat_id and not posted.deleted]

    def called(self, method: str, chat_id: int | None = None) -> list[Call]:
        return [
            call for call in list(self.calls) if call.method == method and (chat_id is None or call.chat_id == chat_id)
        ]

    @property
    def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        return len(self.updates)

    def wait_for(self, seen: Callable[[], T], seconds: float = 20.0) -> T:
        """What `seen` returns as soon as it is true. Raises AssertionError when that takes longer."""
        ends = time.monotonic() + seconds
        while not (found := seen()):
            if time.monotonic() > ends:
                raise AssertionError(f"not within {seconds} s: {[p.text for p in self.posted[-5:]]}")
            time.sleep(0.02)
        return found

    def settled(self, chat_id: int, count: int = 1, seconds: float = 20.0) -> list[Posted]:
        """The messages in a chat once there are so many and none of them is being worked on."""

        def done() -> list[Posted]:
            found = self.messages(chat_id)
            return found if len(found) >= count and not any(is_placeholder(posted) for posted in found) else []

        return self.wait_for(done, seconds)


def is_placeholder(posted: Posted) -> bool:
    """Whether it still offers to stop."""
    return any(button["callback_data"].startswith("x:") for button in posted.buttons)


def _entities(text: str) -> list[Record]:
    found, at = [], 0
    for word in text.split(" "):
        kind = "bot_command" if word.startswith("/") else "mention" if word.startswith("@") else None
        if kind:
            found.append({"type": kind, "offset": at, "length": len(word)})
        at += len(word.encode("utf-16-le")) // 2 + 1
    return found
