"""A conversation with the Telegram bot as a picture: `python -m tests.telegram_picture OUT.html`.

One HTML page that looks like telephones, without a network or a script; and beside it a PNG where a Chromium is found.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Literal

from telegram import InlineKeyboardMarkup, MessageEntity

from bot.messages import Messages
from bot.telegram.buttons import Vote, answer_keyboard, stop_keyboard
from bot.telegram.pages import about_text, document_text, help_text, latest_text, privacy_text, sources_text, start_text
from bot.telegram.replies import answer_text, error_text, source_text
from bot.telegram.rich_text import RichText, plain, utf16_length
from retrieval.assistant import Assistant
from retrieval.errors import ClaimsWithheld, EmptyQuestion, SourceEmpty
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.types import Answer, Failure, IngestReport, Turn

ROOT = Path(__file__).parents[1]
WIDTH = 400
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message: of the reader or of the bot."""

    side: Literal["reader", "bot"]
    rich: RichText
    keyboard: InlineKeyboardMarkup | None = None
    time: str = "10:24"


# ---------------------------------------------------------------------------------------------- the page

_TAGS = {"bold": "b", "italic": "i", "text_link": "a"}
_BLOCKS = {"blockquote": "<blockquote>", "expandable_blockquote": '<blockquote class="folded" tabindex="0">'}
_STYLE = """
body { margin: 0; padding: 16px; background: #dfe4e8; display: flex; gap: 16px; align-items: flex-start;
  font: 15px/1.45 Roboto, 'Noto Sans Arabic', 'Noto Naskh Arabic', 'DejaVu Sans', 'Noto Color Emoji', sans-serif; }
.phone { width: 400px; background: #c7dbc1; border-radius: 18px; overflow: hidden; flex: none; }
.top { background: #517da2; color: #fff; padding: 10px 16px; font-weight: 600; }
.chat { padding: 10px 8px; }
.message { width: fit-content; max-width: 330px; margin: 6px 0; }
.bot { margin-right: auto; } .reader { margin-left: auto; }
.bubble { border-radius: 14px; padding: 7px 11px 4px; box-shadow: 0 1px 1px #0002; overflow-wrap: anywhere; }
.bot .bubble { background: #fff; } .reader .bubble { background: #effdde; }
.line { unicode-bidi: plaintext; text-align: start; min-height: 1.45em; }
blockquote { margin: 3px 0; padding: 4px 10px 4px 8px; background: #3390ec1a; border-radius: 5px; border-inline-start: 3px solid #3390ec; }
.folded { max-height: 4.35em; overflow: hidden; position: relative; }
.folded::after { content: '⌄'; position: absolute; bottom: 0; inset-inline-end: 8px; color: #3390ec; font-weight: bold; }
.folded:focus { max-height: none; }
a { color: #2678b6; text-decoration: none; }
.time { color: #8a9aa5; font-size: 11px; text-align: right; direction: ltr; }
.row { display: flex; gap: 4px; margin-top: 4px; }
.button { flex: 1; background: #5a8a6ccc; color: #fff; border-radius: 8px; padding: 7px 6px; text-align: center; font-size: 13.5px;
  unicode-bidi: plaintext; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
"""


def page(phones: Sequence[tuple[str, Sequence[Bubble]]]) -> str:
    """Conversations side by side, each under the name of its bot."""
    shown = "".join(
        f'<div class="phone"><div class="top" dir="rtl">{escape(name)}</div><div class="chat">'
        f"{''.join(map(_message, bubbles))}</div></div>"
        for name, bubbles in phones
    )
    return f'<!doctype html><html lang="ar"><meta charset="utf-8"><title>Dalil</title><style>{_STYLE}</style>{shown}</html>'


def _message(bubble: Bubble) -> str:
    rows = bubble.keyboard.inline_keyboard if bubble.keyboard else ()
    keyboard = "".join(
        f'<div class="row">{"".join(f"<div class=button>{escape(button.text)}</div>" for button in row)}</div>'
        for row in rows
    )
    return (
        f'<div class="message {bubble.side}"><div class="bubble">{_body(bubble.rich)}'
        f'<div class="time">{bubble.time}</div></div>{keyboard}</div>'
    )


def _body(rich: RichText) -> str:
    """Lines, those of one quotation together in a block."""
    blocks = []
    for block, of_block in groupby(_lines(rich), key=lambda line: line[0]):
        shown = "".join(f'<div class="line">{html}</div>' for _, html in of_block)
        blocks.append(f"{_BLOCKS[block.type]}{shown}</blockquote>" if block else shown)
    return "".join(blocks)


def _lines(rich: RichText) -> Iterator[tuple[MessageEntity | None, str]]:
    at = 0
    for line in rich.text.split("\n"):
        end = at + utf16_length(line)
        covering = [e for e in rich.entities if e.offset < max(end, at + 1) and e.offset + e.length > at]
        block = next((entity for entity in covering if entity.type in _BLOCKS), None)
        yield block, _inline(line, at, [entity for entity in covering if entity.type in _TAGS])
        at = end + 1


def _inline(line: str, start: int, entities: Sequence[MessageEntity]) -> str:
    html, at = [], start
    for marks, chars in groupby(_marked(line, at, entities), key=lambda pair: pair[0]):
        inner = escape("".join(char for _, char in chars))
        for entity in reversed(marks):
            tag = _TAGS[entity.type]
            inner = f"<{tag}{f' href={escape(entity.url)!r}' if entity.url else ''}>{inner}</{tag}>"
        html.append(inner)
    return "".join(html)


def _marked(line: str, at: int, entities: Sequence[MessageEntity]) -> Iterator[tuple[tuple[MessageEntity, ...], str]]:
    for char in line:
        yield tuple(e for e in entities if e.offset <= at < e.offset + e.length), char
        at += utf16_length(char)


def picture_of(html_file: Path, *, phones: int, height: int = 2000) -> Path | None:
    """The page as a PNG beside it; None where no browser is found."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return None
    png = html_file.with_suffix(".png")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *(f"--user-data-dir={profile}", f"--screenshot={png}"),
                *(f"--window-size={phones * (WIDTH + 16) + 16},{height}", html_file.resolve().as_uri()),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return png


# ---------------------------------------------------------------------------------------------- a sample


@dataclass
class Conversation:
    """A chat with the assistant, written down as bubbles."""

    assistant: Assistant
    messages: Messages
    bubbles: list[Bubble] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def ask(self, question: str, *, opened: int | None = None, vote: Vote | None = None, anew: bool = False) -> Answer:
        """Asks, in a new conversation if `anew`, and presses the button of passage `opened`."""
        self.turns = [] if anew else self.turns
        answer = self.assistant.ask(question, self.turns, language=self.messages.language)
        self.turns.append(Turn(question, answer))
        keyboard = answer_keyboard("q1", answer, self.messages, vote=vote)
        self.says(question, answer_text(answer, self.messages), keyboard)
        for citation in answer.citations or answer.nearest:
            if citation.label == opened:
                self.bubbles.append(Bubble("bot", source_text(citation, self.messages)))
        return answer

    def says(self, words: str, *replies: RichText | InlineKeyboardMarkup | None) -> None:
        """The reader's words and the bot's reply, with its buttons."""
        self.bubbles.append(Bubble("reader", plain(words)))
        rich = [reply for reply in replies if isinstance(reply, RichText)]
        keyboard = next((reply for reply in replies if isinstance(reply, InlineKeyboardMarkup)), None)
        self.bubbles += [Bubble("bot", reply, keyboard) for reply in rich]


def sample(data_dir: Path) -> list[tuple[str, list[Bubble]]]:
    """Real answers over the seeds and one article more, which has an address, an outlet and a date."""
    title, _, text = (ROOT / "tests/data/news/economy.txt").read_text(encoding="utf-8").partition("\n")
    record = {
        "title": title,
        "text": "\n\n".join(line for line in text.split("\n") if len(line) > 150),
        "url": "https://example.org/a/1",
        "outlet": "صحيفة المثال",
        "date": "2025-03-09",
    }
    news = data_dir / "news.jsonl"
    news.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    index = Index(data_dir / "index", BundledEmbedder())
    index.ingest([ROOT / "seeds", news])
    try:
        assistant = Assistant(index, find_generator=lambda: None)
        arabic, english = Messages("ar"), Messages("en")
        return [
            ("دليل", _asking(Conversation(assistant, arabic))),
            ("دليل", _answers(Conversation(assistant, arabic))),
            ("دليل", _asking_in_english(Conversation(assistant, english))),
            ("دليل", _pages(Conversation(assistant, arabic), index)),
            ("Dalil", _pages(Conversation(assistant, english), index)),
        ]
    finally:
        index.close()


def _asking(chat: Conversation) -> list[Bubble]:
    chat.says("/start", start_text(chat.messages))
    chat.ask("متى تبدأ المرحلة الثانية من مجمّع وادي النور؟", opened=1)
    chat.ask("وكم ستضيف من الميغاواط؟", vote="up")
    chat.says("ومن ينفّذها؟", plain(chat.messages("telegram.placeholder")), stop_keyboard("q1", chat.messages))
    return chat.bubbles


def _answers(chat: Conversation) -> list[Bubble]:
    quoted = chat.ask("من هو رئيس أذربيجان؟", opened=2)
    chat.ask("من فاز بالانتخابات في الأردن؟", anew=True, opened=1)
    chat.says("؟؟", error_text(EmptyQuestion(), chat.messages))
    notice = ClaimsWithheld(model="gemma3:4b", count=1)
    text = "رئيس أذربيجان هو إلهام علييف [1]، وقد فاز قبل أيام بولاية خامسة [2]."
    written = replace(quoted, mode="llm", text=text, notice=notice)
    keyboard = answer_keyboard("q1", written, chat.messages)
    chat.says("(والسؤال نفسه لنموذج لغوي)", answer_text(written, chat.messages), keyboard)
    return chat.bubbles


def _asking_in_english(chat: Conversation) -> list[Bubble]:
    chat.says("/start", start_text(chat.messages))
    chat.ask("Who is the president of Azerbaijan?", opened=1)
    chat.ask("What did the energy ministry say about electricity prices in Jordan?", anew=True, opened=1)
    chat.ask("What is the price of gold?", anew=True)
    return chat.bubbles


def _pages(chat: Conversation, index: Index) -> list[Bubble]:
    messages, sources = chat.messages, index.articles()
    dates = sorted(source.published for source in sources if source.published)
    outlets = Counter(source.outlet or "" for source in sources)
    held, passages = index.article_count, index.passage_count
    chat.says("/help", help_text("dalil_bot", messages))
    chat.says("/privacy", privacy_text(messages))
    chat.says("/sources", sources_text(held, passages, outlets, oldest=dates[0], newest=dates[-1], messages=messages))
    chat.says("/latest", latest_text(sources, messages))
    chat.says("/about", about_text("0.1.0", "gemma3:4b", messages))
    failure = Failure("b.txt", None, SourceEmpty(path="b.txt"))
    report = IngestReport(added=2, updated=1, failures=(failure,))
    chat.says("📎 أخبار.jsonl", document_text("أخبار.jsonl", report, messages))
    return chat.bubbles


def main(out: Path) -> None:
    """Writes the page, and the picture where there is a browser."""
    with tempfile.TemporaryDirectory() as folder:
        phones = sample(Path(folder))
    out.write_text(page(phones), encoding="utf-8")
    print(out)
    if png := picture_of(out, phones=len(phones)):
        print(png)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
