"""Answers to show on Telegram, and what is shown of them written for reading in a test."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.messages import Messages
from bot.telegram.rich_text import RichText, utf16_length
from retrieval.types import Answer, Citation, Passage, Source

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup

ARABIC, ENGLISH = Messages("ar"), Messages("en")
BODY = "قُتِلَ أربعةُ جنود في سيونيك.\n\nوقال علييف إن «الرد» كان محدودًا."
SOURCE = Source("a1", "اشتباك حدودي", "https://example.org/1", "الشرق الأوسط", date(2024, 2, 13), "seeds/a.txt")
BARE = Source("a2", "خبر آخر", origin="/srv/dalil/news.md")
LONG_ID = "a-Z_9" * 4 + "wxyz"


def citation(quote: str, label: int = 1, source: Source = SOURCE, body: str = BODY) -> Citation:
    passage = Passage(f"{source.article_id}#0", source, 0, body, 7, 7 + len(body))
    start = 7 + body.index(quote)
    return Citation(label, passage, quote, start, start + len(quote))


KILLED, SAID = citation("قُتِلَ أربعةُ جنود في سيونيك."), citation("وقال علييف إن «الرد» كان محدودًا.", 2)
ELSEWHERE = citation("كان محدودًا.", 3, BARE)
QUOTED = Answer("س", "س", f"{KILLED.quote} [1]\n{SAID.quote} [2]", "quotes", citations=(KILLED, SAID))
WRITTEN = Answer("س", "س", "قُتل أربعة [1] [3]، والرد محدود [2].", "llm", citations=(KILLED, SAID, ELSEWHERE))
DECLINED = Answer("س", "س", "لم أجد جوابًا.", "quotes", declined=True, reason="no_evidence", nearest=(KILLED, ELSEWHERE))

_TAGS = {"bold": "b", "italic": "i", "text_link": "a", "blockquote": "q", "expandable_blockquote": "fold"}


def markup(rich: RichText) -> str:
    """The text with its entities as tags, for reading in a test."""
    shown, at = "", 0
    for char in [*rich.text, ""]:
        ending = [e for e in rich.entities if e.offset + e.length == at]
        shown += "".join(f"</{_TAGS[e.type]}>" for e in reversed(ending))
        begun = [e for e in rich.entities if e.offset == at]
        shown += "".join(f"<{_TAGS[e.type]}{f' {e.url}' if e.url else ''}>" for e in begun) + char
        at += utf16_length(char)
    return shown


def buttons(keyboard: InlineKeyboardMarkup | None) -> list[list[tuple[str, str]]]:
    """The rows of a keyboard: what each button says and carries."""
    rows = keyboard.inline_keyboard if keyboard else ()
    return [[(button.text, str(button.callback_data)) for button in row] for row in rows]
