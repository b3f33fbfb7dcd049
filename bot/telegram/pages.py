"""What the bot says of itself and of what it holds: its commands, the articles, documents added, limits reached."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Literal

from telegram import BotCommand

from bot.messages import Messages, Noun
from bot.telegram.buttons import shortened
from bot.telegram.bylines import byline, date_text, reads_as
from bot.telegram.rich_text import RichText, bold, lines, link, paragraphs, plain
from retrieval.types import Failure, IngestReport, Source

COMMANDS = ("start", "help", "new", "sources", "latest", "about", "privacy", "forget", "stop")
LISTED = 10
"""Articles, outlets or failures in one list; a phone shows hardly more at once."""
LONGEST_TITLE = 120


def menu_commands(messages: Messages) -> list[BotCommand]:
    """The commands as Telegram's menu offers them."""
    return [BotCommand(name, messages(f"telegram.command.{name}")) for name in COMMANDS]


def start_text(messages: Messages) -> RichText:
    """The greeting."""
    return _headed(messages("telegram.start"))


def help_text(bot_name: str, messages: Messages, *, inline: bool = True) -> RichText:
    """How to ask, and the commands. `bot_name` is the bot's name on Telegram; `inline`: it is searched from any chat."""
    how = [_headed(messages("telegram.help"))]
    if inline:
        how.append(plain(messages("telegram.help.inline", bot_name=f"@{bot_name.removeprefix('@')}")))
    commands = [plain(f"/{name} {messages(f'telegram.command.{name}')}") for name in COMMANDS if name != "start"]
    return paragraphs([lines(how), lines(commands)])


def about_text(version: str, model: str | None, messages: Messages) -> RichText:
    """What Dalil is, its version, and who writes the answers: a model by its name, or the articles themselves."""
    mode = messages("chat.mode.llm", model=model) if model else messages("chat.mode.quotes")
    return _headed(messages("telegram.about", version=version, mode=mode))


def privacy_text(messages: Messages) -> RichText:
    """What is stored, where, who sees it, and how it is deleted."""
    return _headed(messages("telegram.privacy"))


def new_text(messages: Messages) -> RichText:
    """The word that a conversation is begun anew."""
    return plain(messages("telegram.new"))


def forgotten_text(messages: Messages) -> RichText:
    """The word that all that was stored is deleted."""
    return plain(messages("telegram.forgotten"))


# ---------------------------------------------------------------------------------------------- articles


def latest_text(sources: Sequence[Source], messages: Messages) -> RichText:
    """The articles given, in their order, each with its publisher and date."""
    if not sources:
        return plain(messages("telegram.no_articles"))
    listed = [
        lines([plain("• ") + link(shortened(source.title, LONGEST_TITLE), source.url), byline(source, messages)])
        for source in sources[:LISTED]
    ]
    more = [plain(messages("telegram.more"))] if len(sources) > LISTED else []
    return paragraphs([bold(messages("telegram.latest")), *listed, *more])


def sources_text(
    article_count: int,
    passage_count: int,
    outlets: Mapping[str, int],
    *,
    oldest: date | None,
    newest: date | None,
    messages: Messages,
) -> RichText:
    """How much is held, of which time and by whom; `outlets` counts articles, those without an outlet under ""."""
    if not article_count:
        return plain(messages("telegram.no_articles"))
    articles, passages = messages.count("article", article_count), messages.count("passage", passage_count)
    held = [plain(messages("telegram.held", articles=articles, passages=passages))]
    if oldest and newest:
        key = "telegram.period" if oldest != newest else "telegram.one_date"
        held.append(plain(messages(key, oldest=date_text(oldest, messages), newest=date_text(newest, messages))))
    ranked = sorted(outlets.items(), key=lambda outlet: (not outlet[0], -outlet[1], outlet[0]))
    by = [plain(f"• {_outlet_line(name, count, messages)}") for name, count in ranked[:LISTED]]
    more = [plain(messages("telegram.more"))] if len(ranked) > LISTED else []
    return paragraphs([bold(messages("telegram.sources")), lines(held), lines([*by, *more])])


def _outlet_line(name: str, count: int, messages: Messages) -> str:
    """Name and number; a name in the other direction of writing comes behind, so that it does not turn the line."""
    name, articles = name or messages("telegram.no_outlet"), messages.count("article", count)
    return f"{name}: {articles}" if reads_as(name, messages) else f"{articles}: {name}"


def document_text(name: str, report: IngestReport, messages: Messages) -> RichText:
    """What became of a document sent to be read: the articles added, changed and as before, and what failed and why."""
    read = report.added + report.updated + report.unchanged
    heading = bold(messages("telegram.document.read" if read else "telegram.document.unread", name=name))
    counts = [
        plain(messages(f"telegram.document.{change}", articles=messages.count("article", number)))
        for change in ("added", "updated", "unchanged")
        if (number := getattr(report, change))
    ]
    failures = [plain(f"• {messages.failure(_by_name(failure))}") for failure in report.failures[:LISTED]]
    if report.failures:
        failures.insert(0, plain(messages("telegram.document.failed", number=report.failed)))
    if report.failed > LISTED:
        failures.append(plain(messages("telegram.more")))
    if not read and not failures:
        failures.append(plain(messages("telegram.document.nothing")))
    ask = plain(messages("telegram.document.ask")) if report.added or report.updated else RichText("")
    return paragraphs([lines([heading, *counts]), lines(failures), ask])


def _by_name(failure: Failure) -> Failure:
    """The failure with the names of files for their paths: where the bot keeps a document is no reader's concern."""
    values = {key: PurePath(value).name if key == "path" else value for key, value in failure.error.values.items()}
    return replace(failure, origin=PurePath(failure.origin).name, error=type(failure.error)(**values))


# ---------------------------------------------------------------------------------------------- limits


def limit_text(per: Literal["minute", "day"], limit: int, wait_seconds: float, messages: Messages) -> RichText:
    """The limit that a chat has reached, and when it may ask again."""
    questions, wait = messages.count("question", limit), _duration(wait_seconds, messages)
    return plain(messages(f"telegram.limit.{per}", questions=questions, wait=wait))


def _duration(seconds: float, messages: Messages) -> str:
    """A time to wait, rounded up: 45 seconds, 2 minutes, 3 hours."""
    units: tuple[tuple[Noun, int, float], ...] = (("second", 1, 90), ("minute", 60, 90 * 60), ("hour", 3600, math.inf))
    noun, length = next((noun, length) for noun, length, least in units if seconds < least)
    return messages.count(noun, max(1, math.ceil(seconds / length)))


def _headed(text: str) -> RichText:
    """Text whose first line is its heading."""
    heading, rest = text.split("\n", maxsplit=1)
    return bold(heading) + plain(f"\n{rest}")
