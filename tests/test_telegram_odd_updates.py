"""Whatever Telegram may send, the bot goes on: every kind of update, with odd contents, among questions."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.telegram_double import TelegramDouble
from tests.telegram_program import Program, index_seeds

UPDATES = 1_000
FORUM = -1_001_000_000_777
TEXTS = (
    "", " ", "؟", "?" * 4096, "م" * 4096, "😀" * 2048, "\x00\x01\x1b[31m", "\u200b\u200c\u200d\u2060", "\u202eعكس\u202c",
    "\ud83d", "a\udc00b", "<b>عريض", "*نجمة _مائل [رابط](http://x.y)", "/", "//", "/ask", "/help@", "@", "@dalil_test_bot", "\n" * 50,
    "👨‍👩‍👧‍👦" * 300, "مُحَمَّدٌ" * 500, "{}[]%s%d{0}", "'; DROP TABLE inbox; --", "\U000e0041\U000e0042", "ﷺ" * 4096,
)  # fmt: skip
FILE = {"file_id": "f", "file_unique_id": "f"}
PHOTO = {**FILE, "width": 1, "height": 1}
WHERE = {"latitude": 1.0, "longitude": 2.0}


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "س", **more}


def message(draw: random.Random, **fields: Any) -> dict[str, Any]:
    chat_id = draw.randrange(10_000, 10_400)
    who = person(chat_id, language_code=draw.choice(["ar", "en", "xx", ""]))
    kept = {"message_id": draw.randrange(1, 2**31), "date": draw.choice([0, 1, 2**31 - 1]), "from": who}
    return {**kept, "chat": {"id": chat_id, "type": "private"}, **fields}


def contents(draw: random.Random) -> dict[str, Any]:
    text = draw.choice(TEXTS)
    return draw.choice([
        {"text": text}, {"text": text, "entities": [{"type": "bold", "offset": 0, "length": 9_999}]},
        {"text": text, "entities": [{"type": "bot_command", "offset": 3, "length": 2}, {"type": "of_tomorrow", "offset": 0, "length": 1}]},
        {"photo": [PHOTO], "caption": text}, {"voice": {**FILE, "duration": 0}}, {"video_note": {**FILE, "duration": 1, "length": 1}},
        {"sticker": {**PHOTO, "type": "regular", "is_animated": False, "is_video": False}}, {"dice": {"emoji": "🎲", "value": 1}},
        {"location": WHERE}, {"venue": {"location": WHERE, "title": "", "address": ""}},
        {"contact": {"phone_number": "", "first_name": ""}},
        {"document": FILE}, {"document": {**FILE, "file_name": text, "file_size": 10**12}}, {"animation": {**PHOTO, "duration": 1}},
        {"poll": poll()}, {"game": {"title": "", "description": "", "photo": []}}, {"new_chat_members": [person(1)]},
        {"left_chat_member": person(1)}, {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
        {"migrate_to_chat_id": -1_001_000_000_999}, {"group_chat_created": True}, {"users_shared": {"request_id": 1, "users": []}},
        {"forum_topic_created": {"name": "", "icon_color": 1}}, {"web_app_data": {"data": text, "button_text": ""}},
        {"text": text, "forward_origin": {"type": "hidden_user", "date": 0, "sender_user_name": text}},
        {"text": text, "reply_to_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": text}},
        {"text": text, "via_bot": {"id": 4242, "is_bot": True, "first_name": "د"}}, {"text": text, "of_the_future": {"x": [1]}}, {},
    ])  # fmt: skip


def poll() -> dict[str, Any]:
    return {
        "id": "1", "question": "؟", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
        "type": "regular", "allows_multiple_answers": False, "allows_revoting": True, "members_only": False,
    }  # fmt: skip


def press(draw: random.Random, **fields: Any) -> dict[str, Any]:
    return {"id": str(draw.random()), "from": person(5), "chat_instance": "1", **fields}


GROUP = {"id": FORUM, "type": "supergroup", "title": "م", "is_forum": True}
MEMBER = {"chat": GROUP, "from": person(5), "date": 0}
LEFT = {"status": "left", "user": person(4242)}
KINDS: tuple[Callable[[random.Random], dict[str, Any]], ...] = (
    lambda draw: {"message": message(draw, **contents(draw))},
    lambda draw: {"message": message(draw, chat=GROUP, **contents(draw))},
    lambda draw: {"message": message(draw, chat=GROUP, sender_chat=GROUP, text=draw.choice(TEXTS))},
    lambda draw: {"message": message(draw, chat={"id": -5, "type": "group", "title": "م"}, **contents(draw))},
    lambda draw: {"edited_message": message(draw, **contents(draw))},
    lambda draw: {"channel_post": message(draw, chat={"id": -1_001_000_000_555, "type": "channel"}, **contents(draw))},
    lambda draw: {"business_message": message(draw, business_connection_id="b", **contents(draw))},
    lambda draw: {"callback_query": press(draw, data=draw.choice(TEXTS), message=message(draw))},
    lambda draw: {"callback_query": press(draw, data="u:x", inline_message_id="i")},
    lambda draw: {"callback_query": press(draw, game_short_name="g", message={"message_id": 1, "date": 0, "chat": GROUP})},
    lambda draw: {"inline_query": {"id": "i", "from": person(6), "query": draw.choice(TEXTS)[:256], "offset": "zz"}},
    lambda draw: {"chosen_inline_result": {"result_id": "1", "from": person(6), "query": draw.choice(TEXTS)}},
    lambda draw: {"poll": poll()},
    lambda draw: {"poll_answer": {"poll_id": "1", "option_ids": [], "user": person(7)}},
    lambda draw: {"my_chat_member": {**MEMBER, "old_chat_member": LEFT, "new_chat_member": LEFT}},
    lambda draw: {"chat_join_request": {**MEMBER, "user_chat_id": 5}},
    lambda draw: {"message_reaction": {"chat": GROUP, "message_id": 1, "date": 0, "old_reaction": [], "new_reaction": []}},
    lambda draw: {"deleted_business_messages": {"business_connection_id": "b", "chat": GROUP, "message_ids": []}},
    lambda draw: {"of_the_next_year": {"anything": [draw.random()]}},
    lambda draw: {},
)  # fmt: skip


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_seeds(tmp_path_factory.mktemp("seeds") / "data")


def test_a_thousand_odd_updates_change_nothing_for_the_next_question(seeds: Path, tmp_path: Path) -> None:
    draw = random.Random(9)
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path) as program:
        for _ in range(UPDATES):
            double.push(draw.choice(KINDS)(draw))
        double.say(1, "من هو رئيس أذربيجان؟")
        asked = time.monotonic()
        assert "علييف" in double.settled(1, seconds=30)[0].text
        assert time.monotonic() - asked < 30
        double.wait_for(lambda: double.pending == 0, 10)
        assert program.process is not None and program.process.poll() is None
        assert "Traceback" not in program.log and "unexpected" not in program.log
        refused = [call for call in double.calls if call.status == 400 and "not found" not in str(call.params)]
        assert [call.params for call in refused] == []


def test_a_question_in_a_topic_is_answered_in_the_topic_also_to_one_who_speaks_for_the_group(
    seeds: Path, tmp_path: Path
) -> None:
    topic = {"message_thread_id": 77, "is_topic_message": True}
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path):
        double.say(FORUM, "@dalil_test_bot من هو رئيس أذربيجان؟", user_id=8, **topic)
        double.say(FORUM, "@dalil_test_bot من هو رئيس أذربيجان؟", user_id=1087968824, sender_chat=GROUP, **topic)
        messages = double.settled(FORUM, 2)
        assert all("علييف" in posted.text for posted in messages)
        assert [posted.versions[0][1]["message_thread_id"] for posted in messages] == [77, 77]
        double.press(messages[0], messages[0].buttons[0]["callback_data"], user_id=8)
        double.settled(FORUM, 3)
