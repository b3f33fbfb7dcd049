"""What Telegram's failures and the bot's own ends do to questions: nothing."""

from __future__ import annotations

import json
import random
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.telegram_double import TelegramDouble, is_placeholder
from tests.telegram_faults import TAKES_EFFECT, Faults, Planned
from tests.telegram_program import Program, index_seeds
from tests.telegram_records import TOKEN, Posted

QUESTION = "من هو رئيس أذربيجان؟"
PLACEHOLDER = "أبحث في المقالات"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_seeds(tmp_path_factory.mktemp("seeds") / "data")


def ask(double: TelegramDouble, chats: range) -> None:
    for chat_id in chats:
        double.say(chat_id, QUESTION)


def answered_once(double: TelegramDouble, chats: range, seconds: float = 60.0) -> None:
    """Each chat has one message of the bot, and it is the answer."""

    def all_answered() -> bool:
        return all(len(final(double, chat_id)) == 1 for chat_id in chats)

    double.wait_for(all_answered, seconds)
    time.sleep(0.5)  # time for a second one
    found = {chat_id: [posted.text for posted in double.messages(chat_id)] for chat_id in chats}
    assert all(len(texts) == 1 and "علييف" in texts[0] for texts in found.values()), found


def final(double: TelegramDouble, chat_id: int) -> list[Posted]:
    return [posted for posted in double.messages(chat_id) if not is_placeholder(posted)]


@pytest.mark.parametrize("numbered_by_chat", [False, True])
def test_a_message_of_unknown_fate_is_found_or_sent_again(seeds: Path, tmp_path: Path, numbered_by_chat: bool) -> None:
    with (
        TelegramDouble(numbered_by_chat=numbered_by_chat) as double,
        Program.over_seeds(double, seeds, tmp_path),
    ):
        double.say(500, "/start")
        double.settled(500)
        for number, kind in enumerate(["dropped_after", "reset"] if numbered_by_chat else TAKES_EFFECT):
            chats = range(10 * number + 1, 10 * number + 5)
            double.faults = Planned(kind, kind, None, kind, None, None, kind)
            ask(double, chats)
            answered_once(double, chats)


def test_no_question_is_lost_or_answered_twice_when_one_call_in_five_fails(seeds: Path, tmp_path: Path) -> None:
    faults = Faults(list(TAKES_EFFECT), 0.2, seed=3)
    with TelegramDouble(faults=faults) as double, Program.over_seeds(double, seeds, tmp_path) as program:
        ask(double, range(1, 41))
        answered_once(double, range(1, 41))
        assert faults.drawn >= 15
        assert "Traceback" not in program.log and TOKEN not in program.log


def test_a_kill_at_any_moment_loses_no_question(seeds: Path, tmp_path: Path) -> None:
    moments, doubled = random.Random(7), 0
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path) as program:
        for trial in range(2):
            chats = range(100 * trial + 1, 100 * trial + 11)
            ask(double, chats)
            time.sleep(moments.uniform(0.0, 0.5))
            program.kill()
            program.start()
            double.wait_for(lambda chats=chats: all(final(double, c) for c in chats), 60)
            time.sleep(0.5)
            doubled += sum(len(double.messages(chat_id)) - 1 for chat_id in chats)
    assert doubled <= 2


def test_a_stop_is_quick_and_what_was_asked_is_answered_after_the_next_start(seeds: Path, tmp_path: Path) -> None:
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path) as program:
        ask(double, range(1, 81))
        time.sleep(0.3)
        code, seconds = program.terminate()
        assert (code, seconds < 10) == (0, True)
        assert not all(final(double, chat_id) for chat_id in range(1, 81))
        program.start()
        answered_once(double, range(1, 81))


@pytest.mark.parametrize("silent", [False, True])
def test_an_outage_is_waited_for_without_haste_and_nothing_is_lost(seeds: Path, tmp_path: Path, silent: bool) -> None:
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path):
        ask(double, range(1, 11))
        double.wait_for(lambda: double.posted)
        away, began = 5.0, time.monotonic()
        double.be_away(away, silent=silent)
        time.sleep(0.3)
        ask(double, range(11, 16))
        time.sleep(away)
        answered_once(double, range(1, 16), seconds=20)
        if silent:
            tried = [call.at for call in double.calls if call.fault == "silent" and call.at > began + 2]
            assert len(tried) <= 2 * away
        back = min(call.at for call in double.calls if call.at > began + away and call.status == 200)
        assert back - began - away < 10


def test_the_time_that_telegram_asks_for_is_kept_and_other_chats_do_not_wait(seeds: Path, tmp_path: Path) -> None:
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path):
        closed_until = double.close_chat(1, 6.0)
        ask(double, range(1, 12))
        double.wait_for(lambda: all(final(double, chat_id) for chat_id in range(2, 12)), 5)
        answered_once(double, range(1, 12))
        to_first = [call.at for call in double.calls if call.chat_id == 1]
        assert sum(at < closed_until for at in to_first) == 1
        assert len(to_first) >= 3


def test_a_flood_of_one_chat_is_bounded_told_once_and_keeps_nobody_waiting(seeds: Path, tmp_path: Path) -> None:
    with TelegramDouble(limits=True) as double, Program.over_seeds(double, seeds, tmp_path):
        for number in range(300):
            double.say(666, f"{QUESTION} {number}")
        asked = time.monotonic()
        ask(double, range(1, 6))
        double.wait_for(lambda: all(final(double, chat_id) for chat_id in range(1, 6)), 10)
        assert time.monotonic() - asked < 6
        double.wait_for(lambda: double.pending == 0, 10)
        double.wait_for(lambda: any("لم أجب عنه بعد" in posted.text for posted in double.messages(666)), 10)
        busy = [posted for posted in double.messages(666) if "لم أجب عنه بعد" in posted.text]
        assert len(busy) == 1
        assert [call for call in double.calls if call.status == 429] == []


def test_an_update_that_cannot_be_read_is_passed_over_at_once(seeds: Path, tmp_path: Path) -> None:
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path) as program:
        double.push({"message": {"message_id": "x", "date": "yesterday", "chat": 5, "text": ["?"]}})
        double.push({"message": "no object"})
        double.push({"callback_query": {"id": 1}})
        double.say(1, QUESTION)
        answered_once(double, range(1, 2), seconds=5)
        double.wait_for(lambda: double.pending == 0, 10)
        lines = [json.loads(line) for line in program.log.splitlines()]
        assert sum("cannot be read" in line["message"] for line in lines) == 3


def test_chats_that_are_not_allowed_get_one_line_and_leave_no_trace(seeds: Path, tmp_path: Path) -> None:
    with (
        TelegramDouble() as double,
        Program.over_seeds(double, seeds, tmp_path, TELEGRAM_ALLOWED_CHATS="1") as program,
    ):
        for _ in range(5):
            double.say(2, "سؤال من غريب فريد")
        double.inline(2, "سؤال من غريب فريد")
        double.say(1, QUESTION)
        answered_once(double, range(1, 2))
        assert [posted.text for posted in double.messages(2)] == ["عذرًا، هذا البوت خاص، ولا يجيب في هذه المحادثة."]
        assert double.called("answerInlineQuery") == []
        assert all("غريب".encode() not in path.read_bytes() for path in program.data_dir.glob("bot.db*"))


def test_of_two_bots_the_one_at_work_stays_and_the_other_says_why_it_leaves(seeds: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path / "a") as first:
        here = Program(double, first.data_dir)
        here.start(ready_seconds=0)
        assert here.process and here.process.wait(15) == 1
        assert "يعمل بوت آخر على المجلد" in here.log
        there = Program.over_seeds(double, seeds, tmp_path / "b")
        there.start(ready_seconds=0)
        for chat_id in range(1, 21):
            double.say(chat_id, QUESTION)
            time.sleep(0.5)
        assert there.process and there.process.wait(30) == 1
        assert "برنامج آخر يعمل بهذا الرمز" in there.log
        answered_once(double, range(1, 21))


def test_edits_of_a_chat_are_a_second_apart(seeds: Path, tmp_path: Path) -> None:
    with TelegramDouble() as double, Program.over_seeds(double, seeds, tmp_path):
        for _ in range(4):
            double.say(1, QUESTION)
        double.settled(1, 4)
        edits = [call.at for call in double.called("editMessageText", 1)]
        assert len(edits) >= 4
        assert all(later - earlier >= 1.0 for earlier, later in pairwise(edits))


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ({"TELEGRAM_BOT_TOKEN": ""}, 2, "لا رمز للبوت"),
        ({"TELEGRAM_BOT_TOKEN": "no token at all"}, 2, "رمز"),
        ({"TELEGRAM_ALLOWED_CHATS": "everyone"}, 2, "TELEGRAM_ALLOWED_CHATS"),
    ],
)
def test_a_bot_that_cannot_start_says_why_in_one_line(
    seeds: Path, tmp_path: Path, settings: dict[str, str], code: int, said: str
) -> None:
    with TelegramDouble() as double:
        program = Program.over_seeds(double, seeds, tmp_path, **settings)
        program.start(ready_seconds=0)
        assert program.process and program.process.wait(20) == code
        assert said in program.log and len(program.log.strip().splitlines()) == 1


def test_a_stop_does_not_wait_for_a_long_document_which_is_taken_in_after_it(seeds: Path, tmp_path: Path) -> None:
    body = "قال مصدر في المدينة إن العمل في المشروع الجديد يسير كما خُطط له منذ البداية. " * 12
    records = [{"id": f"n{n}", "title": f"خبر {n}", "body": f"الخبر {n}. {body}"} for n in range(9_000)]
    document = "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()
    with (
        TelegramDouble() as double,
        Program.over_seeds(double, seeds, tmp_path, TELEGRAM_EDITORS="77") as program,
    ):
        double.send_document(77, "أخبار.jsonl", document, user_id=77)
        double.wait_for(lambda: double.called("sendChatAction"))
        code, seconds = program.terminate()
        assert code == 0 and seconds < 10 and double.messages(77) == []
        program.start()
        assert "أخبار" in double.settled(77, seconds=60)[0].text
