"""What the bot says of itself, of the articles it holds, of documents and of limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from telegram.constants import BotCommandLimit

from bot.messages import Messages
from bot.telegram import pages
from bot.telegram.rich_text import RichText
from retrieval.errors import (
    SourceEmpty,
)
from retrieval.types import Failure, IngestReport
from tests.telegram_samples import (
    ARABIC,
    BARE,
    ENGLISH,
    SOURCE,
    markup,
)


def test_sources_are_counted_by_outlet() -> None:
    outlets = {"": 1, "Reuters": 2, "الشرق الأوسط": 11}
    dates = {"oldest": date(2023, 9, 14), "newest": date(2024, 2, 13)}
    assert markup(pages.sources_text(14, 102, outlets, **dates, messages=ARABIC)) == (
        "<b>المقالات التي أجيب منها</b>\n\n"
        "عندي 14 مقالًا (102 مقطع).\nتواريخها من 14 سبتمبر 2023 إلى 13 فبراير 2024.\n\n"
        "• الشرق الأوسط: 11 مقالًا\n• مقالان: Reuters\n• بلا اسم ناشر: مقال واحد"
    )
    assert markup(pages.sources_text(14, 102, outlets, **dates, messages=ENGLISH)) == (
        "<b>The articles I answer from</b>\n\n"
        "I hold 14 articles (102 passages).\nDated from 14 September 2023 to 13 February 2024.\n\n"
        "• 11 articles: الشرق الأوسط\n• Reuters: 2 articles\n• no outlet named: 1 article"
    )


def test_without_articles_that_is_said() -> None:
    assert pages.sources_text(0, 0, {}, oldest=None, newest=None, messages=ARABIC) == RichText("لا مقالات عندي بعد.")
    assert pages.latest_text([], ENGLISH) == RichText("I hold no articles yet.")


def test_articles_without_dates_are_listed_without() -> None:
    rich = pages.sources_text(1, 1, {"": 1}, oldest=None, newest=None, messages=ENGLISH)
    assert rich.text.split("\n\n")[1:] == ["I hold 1 article (1 passage).", "• no outlet named: 1 article"]


def test_latest_articles_are_linked() -> None:
    assert markup(pages.latest_text([SOURCE, BARE], ARABIC)) == (
        "<b>أحدث المقالات</b>\n\n"
        "• <a https://example.org/1>اشتباك حدودي</a>\nالشرق الأوسط · 13 فبراير 2024\n\n"
        "• خبر آخر"
    )
    assert pages.latest_text([SOURCE] * 11, ARABIC).text.endswith("\n\n… وغيرها")


def test_a_document_report_counts_and_explains_without_telling_where_files_lie() -> None:
    failure = Failure("/srv/dalil/b.txt", None, SourceEmpty(path="/srv/dalil/b.txt"))
    report = IngestReport(added=2, unchanged=3, failures=(failure,))
    assert markup(pages.document_text("أخبار.zip", report, ARABIC)) == (
        "<b>قرأتُ «أخبار.zip»</b>\nجديد: مقالان\nكما كان: 3 مقالات\n\n"
        "تعذّر: 1\n• لا مقال في «b.txt»؛ احذفه أو ضع فيه مقالًا\n\n"
        "اسألني الآن عمّا فيه."
    )
    assert markup(pages.document_text("b.txt", replace(report, added=0, unchanged=0), ENGLISH)) == (
        "<b>I could not read “b.txt”</b>\n\nFailed: 1\n• “b.txt” holds no article; remove it or put one in"
    )
    assert pages.document_text("b.txt", IngestReport(), ENGLISH).text.endswith("\n\nIt holds no article.")


@pytest.mark.parametrize(
    ("per", "limit", "wait", "arabic", "english"),
    [
        ("minute", 5, 2, "5 أسئلة، وقد بلغته. اسألني من جديد بعد ثانيتين.", "5 questions. Ask again in 2 seconds."),
        (
            "minute",
            1,
            0.2,
            "سؤال واحد، وقد بلغته. اسألني من جديد بعد ثانية واحدة.",
            "1 question. Ask again in 1 second.",
        ),
        ("day", 100, 90, "100 سؤال، وقد بلغته. اسألني من جديد بعد دقيقتين.", "100 questions. Ask again in 2 minutes."),
        (
            "day",
            11,
            36_000,
            "11 سؤالًا، وقد بلغته. اسألني من جديد بعد 10 ساعات.",
            "11 questions. Ask again in 10 hours.",
        ),
    ],
)
def test_a_limit_says_when_to_ask_again(per: str, limit: int, wait: float, arabic: str, english: str) -> None:
    assert pages.limit_text(per, limit, wait, ARABIC).text.partition(": ")[2] == arabic  # type: ignore[arg-type]
    assert pages.limit_text(per, limit, wait, ENGLISH).text.partition(": ")[2] == english  # type: ignore[arg-type]


def test_the_start_is_short_and_says_what_to_do() -> None:
    assert markup(pages.start_text(ARABIC)) == (
        "<b>أهلًا بك! أنا «دليل» 👋</b>\n\n"
        "اسألني عن خبر، فأجيبك من المقالات التي عندي بكلامها، ومع كل جواب مصدره. وما لا أجده فيها لا أقوله.\n\n"
        "اكتب سؤالك الآن.\n\n"
        "/help كيف تسألني\n/sources المقالات التي أجيب منها"
    )


@pytest.mark.parametrize("messages", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_help_names_every_command_and_the_bot(messages: Messages) -> None:
    shown = pages.help_text("@dalil_bot", messages).text
    offered = {command.command for command in pages.menu_commands(messages)}
    assert offered == set(pages.COMMANDS)
    assert {line[1:].split()[0] for line in shown.split("\n") if line[:1] == "/"} == offered - {"start"}
    assert "\n@dalil_bot " in shown
    assert "dalil_bot" not in pages.help_text("dalil_bot", messages, inline=False).text


@pytest.mark.parametrize("messages", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_the_menu_is_what_telegram_takes(messages: Messages) -> None:
    for command in pages.menu_commands(messages):
        assert len(command.description) <= BotCommandLimit.MAX_DESCRIPTION
        assert "/" not in command.description


@pytest.mark.parametrize("messages", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_about_and_privacy(messages: Messages) -> None:
    assert "0.1.0" in pages.about_text("0.1.0", None, messages).text
    assert messages("chat.mode.quotes") in pages.about_text("0.1.0", None, messages).text
    assert "gemma3:4b" in pages.about_text("0.1.0", "gemma3:4b", messages).text
    assert {"/new", "/forget"} <= set(pages.privacy_text(messages).text.split())
    assert pages.new_text(messages) and pages.forgotten_text(messages)
