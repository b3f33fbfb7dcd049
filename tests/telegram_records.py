"""What the Bot API double keeps: messages with their versions, and requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.telegram_checks import is_group, is_supergroup

Record = dict[str, Any]

ME: Record = {
    "id": 4242, "is_bot": True, "first_name": "دليل", "username": "dalil_test_bot", "can_join_groups": True,
    "can_read_all_group_messages": False, "supports_inline_queries": True,
}  # fmt: skip
TOKEN = "4242:test-token-that-nobody-may-see"


@dataclass
class Posted:
    """A message of the bot: what it said at which time (`time.monotonic()`), the last being what it says now."""

    chat_id: int
    message_id: int
    versions: list[tuple[float, Record]] = field(default_factory=list)
    deleted: bool = False

    @property
    def text(self) -> str:
        return str(self.versions[-1][1]["text"])

    @property
    def entities(self) -> list[Record]:
        return list(self.versions[-1][1].get("entities") or [])

    @property
    def buttons(self) -> list[Record]:
        markup = self.versions[-1][1].get("reply_markup") or {}
        return [button for row in markup.get("inline_keyboard", []) for button in row]

    @property
    def reply_to(self) -> int | None:
        return (self.versions[0][1].get("reply_parameters") or {}).get("message_id")


@dataclass(frozen=True)
class Call:
    """A request: when, what, with which parameters, the status it got, and the fault it met."""

    at: float
    method: str
    params: Record
    status: int
    fault: str | None = None

    @property
    def chat_id(self) -> int | None:
        return self.params.get("chat_id")


def person(user_id: int, language: str | None) -> Record:
    user = {"id": user_id, "is_bot": False, "first_name": f"قارئ {user_id}"}
    return {**user, "language_code": language} if language else user


def chat(chat_id: int) -> Record:
    if not is_group(chat_id):
        return {"id": chat_id, "type": "private", "first_name": f"قارئ {chat_id}"}
    return {"id": chat_id, "type": "supergroup" if is_supergroup(chat_id) else "group", "title": "مجموعة"}
