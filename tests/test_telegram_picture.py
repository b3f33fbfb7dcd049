"""The picture of a conversation shows what was sent, and as it was marked."""

from __future__ import annotations

from pathlib import Path

from bot.telegram.rich_text import bold, link, plain, quote
from tests.telegram_picture import Bubble, page, sample


def test_marks_become_tags_and_text_is_escaped() -> None:
    rich = (
        plain("😀 <a> ")
        + bold(link("ب", "https://example.org/?a=1&b=2"))
        + plain("\n")
        + quote("سطر\nآخر", expandable=False)
    )
    assert (
        "<div class=\"line\">😀 &lt;a&gt; <b><a href='https://example.org/?a=1&amp;b=2'>ب</a></b></div>"
        '<blockquote><div class="line">سطر</div><div class="line">آخر</div></blockquote>'
    ) in page([("دليل", [Bubble("bot", rich)])])


def test_the_sample_asks_and_is_answered(tmp_path: Path) -> None:
    phones = sample(tmp_path)
    assert all({bubble.side for bubble in bubbles} == {"reader", "bot"} for _, bubbles in phones)
    assert "إلهام علييف" in page(phones)
