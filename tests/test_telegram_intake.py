"""Which messages are for the bot, what a message asks, and who says it."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Message, Update, User

from bot.telegram.conversation import question_of
from bot.telegram.intake import is_addressed, is_stop, person_of
from tests.telegram_double import _entities
from tests.telegram_records import ME, chat, person

GROUP = -1_001_000_000_001
BOT = User.de_json(ME, None)


def message(text: str, chat_id: int = GROUP, **fields: Any) -> Message:
    found = {"message_id": 5, "date": 0, "chat": chat(chat_id), "from": person(7, "ar"), "text": text}
    return Message.de_json({**found, "entities": _entities(text), **fields}, None)


def answered(text: str, sender: dict[str, Any]) -> dict[str, Any]:
    return {"message_id": 4, "date": 0, "chat": chat(GROUP), "from": sender, "text": text}


@pytest.mark.parametrize(
    ("text", "fields", "addressed"),
    [
        ("من هو؟", {}, False),
        ("@dalil_test_bot من هو؟", {}, True),
        ("من هو؟ @DALIL_Test_Bot", {}, True),
        ("😀😀 @dalil_test_bot", {"entities": [{"type": "mention", "offset": 5, "length": 15}]}, True),
        ("@dalil_test_bot_2 من هو؟", {}, False),
        ("/help", {}, True),
        ("/help@dalil_test_bot", {}, True),
        ("/help@other_bot", {}, False),
        ("قل /help", {}, False),
        ("وأين؟", {"reply_to_message": answered("جواب", ME)}, True),
        ("وأين؟", {"reply_to_message": answered("كلام", person(8, None))}, False),
        ("دليل", {"entities": [{"type": "text_mention", "offset": 0, "length": 4, "user": ME}]}, True),
        ("زيد", {"entities": [{"type": "text_mention", "offset": 0, "length": 3, "user": person(8, None)}]}, False),
    ],
)
def test_in_a_group_the_bot_is_called_by_command_mention_or_reply(
    text: str, fields: dict[str, Any], addressed: bool
) -> None:
    assert is_addressed(message(text, **fields), BOT) is addressed
    assert is_addressed(message(text, chat_id=7, **fields), BOT)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("من هو؟", "من هو؟"),
        ("@dalil_test_bot من هو؟", "من هو؟"),
        ("من @dalil_test_bot هو؟", "من هو؟"),
        ("/ask من هو؟", "من هو؟"),
        ("/ask@dalil_test_bot  من هو؟", "من هو؟"),
        ("@other_bot من هو؟", "@other_bot من هو؟"),
        ("@dalil_test_bot", ""),
    ],
)
def test_a_question_is_what_is_left_without_the_call(text: str, question: str) -> None:
    assert question_of(message(text), "dalil_test_bot") == question


def test_a_bare_call_below_a_question_asks_that_question() -> None:
    asked = message("@dalil_test_bot", reply_to_message=answered("من هو؟", person(8, None)))
    assert question_of(asked, "dalil_test_bot") == "من هو؟"
    of_bot = message("@dalil_test_bot", reply_to_message=answered("جواب", ME))
    assert question_of(of_bot, "dalil_test_bot") == ""


@pytest.mark.parametrize(
    ("text", "stops"),
    [("/stop", True), ("/stop@dalil_test_bot", True), ("أوقف", True), ("STOP", True), ("أوقفوا الحرب", False)],
)
def test_a_wish_to_stop_is_known(text: str, stops: bool) -> None:
    assert is_stop(message(text, chat_id=7)) is stops


def test_who_speaks_for_a_group_is_the_group() -> None:
    plain = Update(1, message("من؟"))
    for_group = Update(1, message("من؟", sender_chat=chat(GROUP)))
    assert (person_of(plain), person_of(for_group)) == (7, GROUP)
