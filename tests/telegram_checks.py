"""What Telegram refuses in a message."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

Record = dict[str, Any]


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.body: Record = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters

    @classmethod
    def flood(cls, seconds: float) -> Refused:
        after = max(1, -int(-seconds // 1))
        return cls(429, f"Too Many Requests: retry after {after}", retry_after=after)


def is_group(chat_id: int) -> bool:
    return chat_id < 0


def is_supergroup(chat_id: int) -> bool:
    return chat_id <= -1_000_000_000_000


def check_text(params: Record) -> None:
    text = str(params.get("text", ""))
    if params.get("parse_mode") == "HTML":
        _Html(text)
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if _units(text) > 4096:
        raise Refused(400, "Bad Request: message is too long")


def check_entities(params: Record) -> None:
    """Entities lie within the text, cut no character in two and are not too many."""
    text, entities = str(params.get("text", "")), params.get("entities") or []
    if len(entities) > 100:
        raise Refused(400, "Bad Request: can't parse entities: too many")
    borders, at = {0}, 0
    for character in text:
        at += _units(character)
        borders.add(at)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["length"] <= 0 or not {start, end} <= borders:
            raise Refused(400, f"Bad Request: can't parse entities: {entity}")
        if entity["type"] == "text_link" and not str(entity.get("url", "")).startswith(("http://", "https://")):
            raise Refused(400, "Bad Request: can't parse entities: invalid URL")


def check_keyboard(params: Record) -> None:
    for row in (params.get("reply_markup") or {}).get("inline_keyboard", []):
        for button in row:
            if not button.get("text") or not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Html(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(text)
        if self._open:
            raise Refused(400, f"Bad Request: can't parse entities: can't find end tag of {self._open[-1]}")

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in {"b", "i", "u", "s", "a", "code", "pre", "blockquote", "strong", "em", "tg-spoiler", "span"}:
            raise Refused(400, f"Bad Request: can't parse entities: unsupported start tag {tag}")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            raise Refused(400, f"Bad Request: can't parse entities: unexpected end tag {tag}")
