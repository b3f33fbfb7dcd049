"""The buttons: what they say, what they carry, and what is made of data that no button carries."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit

from bot.telegram.buttons import Press, answer_keyboard, parse_callback, shortened, stop_keyboard
from tests.telegram_samples import (
    ARABIC,
    BODY,
    DECLINED,
    ELSEWHERE,
    ENGLISH,
    KILLED,
    LONG_ID,
    QUOTED,
    SOURCE,
    WRITTEN,
    buttons,
    citation,
)


def test_buttons_open_what_is_cited_and_take_votes() -> None:
    other = (KILLED, ELSEWHERE)
    assert buttons(answer_keyboard("q7", replace(WRITTEN, citations=other), ARABIC)) == [
        [("[1] اشتباك حدودي", "s:q7:1")],
        [("[3] خبر آخر", "s:q7:3")],
        [("👍", "u:q7"), ("👎", "d:q7")],
    ]


def test_passages_of_one_article_are_told_apart_by_their_words() -> None:
    longer = citation("وقال علييف إن «الرد» كان محدودًا جدًا جدًا.", 2, body=f"{BODY[:-1]} جدًا جدًا.")
    answer = replace(QUOTED, citations=(KILLED, longer))
    assert buttons(answer_keyboard("q7", answer, ARABIC, vote="down")) == [
        [("[1] «قُتِلَ أربعةُ جنود في سيونيك.»", "s:q7:1")],
        [("[2] «وقال علييف إن «الرد» كان محدودًا…»", "s:q7:2")],
        [("👍", "u:q7"), ("✅ 👎", "d:q7")],
    ]


def test_a_declined_answer_has_buttons_for_the_closest_passages() -> None:
    assert [row[0][1] for row in buttons(answer_keyboard("q7", DECLINED, ENGLISH))] == [
        "n:q7:1",
        "n:q7:3",
        "u:q7",
    ]


@pytest.mark.parametrize("reason", ["small_talk", "empty_index"])
def test_what_is_no_answer_has_no_buttons(reason: str) -> None:
    assert answer_keyboard("q7", replace(DECLINED, nearest=(), reason=reason), ARABIC) is None


def test_stop_is_a_button() -> None:
    assert buttons(stop_keyboard("q7", ARABIC)) == [[("أوقف", "x:q7")]]


@given(st.text(), st.text("a\u0300😀漢\x1b ب", max_size=99), st.integers(1, 999_999))
def test_buttons_are_within_limits_whatever_the_article(title: str, words: str, label: int) -> None:
    source = replace(SOURCE, title=title)
    answer = replace(WRITTEN, citations=(replace(citation("ا", source=source, body=f"ا{words}"), label=label),))
    keyboard = answer_keyboard(LONG_ID, answer, ENGLISH)
    assert keyboard
    for text, data in chain(*buttons(keyboard)):
        assert (
            InlineKeyboardButtonLimit.MIN_CALLBACK_DATA
            <= len(data.encode())
            <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
        )
        assert 0 < len(text) <= 42 and "\x1b" not in text
    assert len(keyboard.inline_keyboard) <= InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER


tokens = st.from_regex(r"[A-Za-z0-9_-]{1,24}", fullmatch=True)
presses = st.builds(Press, st.sampled_from(["source", "nearest"]), tokens, st.integers(1, 999_999)) | st.builds(
    Press, st.sampled_from(["up", "down", "stop"]), tokens
)


@given(presses)
def test_a_press_comes_back_as_it_was_sent(press: Press) -> None:
    assert parse_callback(press.data) == press


@given(st.text() | st.none() | st.integers() | st.binary() | st.from_regex(r"[snudx]?:?[\w-]*:?\w*\n?", fullmatch=True))
def test_forged_data_is_no_press_or_one_that_means_just_that(data: object) -> None:
    press = parse_callback(data)
    assert press is None or press.data == data


@pytest.mark.parametrize(
    "data",
    [
        *("", "s", "s:q", "s:q:", "s:q:0", "s:q:01", "s:q:-1", "s:q:١", "s:q:1:2", "s:q:1\n", "s:q:1000000", "s::1"),
        *("u:q:1", "u:", "u:é", f"u:{'q' * 25}", " u:q", "S:q:1", "y:q"),
    ],
)
def test_damaged_data_is_no_press(data: str) -> None:
    assert parse_callback(data) is None


@pytest.mark.parametrize("token", ["", "q" * 25, "q:1", "é"])
def test_a_question_id_that_would_not_come_back_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="no data of a button"):
        stop_keyboard(token, ARABIC)


@given(st.text(), st.integers(4, 60))
def test_a_shortened_line_is_no_longer_than_asked(text: str, length: int) -> None:
    line = shortened(text, length)
    assert len(line) <= length
    assert "\n" not in line
    assert line.removesuffix("…").strip() in " ".join(text.split()) or len(text) > length or not text.isprintable()
