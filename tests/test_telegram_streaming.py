"""Answers that a language model writes: shown as they grow, stopped when wished, clean whatever it says."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.model_behaviours import BEHAVIOURS, double_of
from tests.ollama_double import Chat, Message, OllamaDouble
from tests.telegram_double import TelegramDouble, is_placeholder
from tests.telegram_program import Program, index_seeds

GROUP = -1_001_000_000_002
QUESTION = "من هو رئيس أذربيجان؟"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_seeds(tmp_path_factory.mktemp("seeds") / "data")


def true_then_false(messages: list[Message]) -> Chat:
    """A sentence that is shown, and then slowly one that will not be."""
    return replace(BEHAVIOURS["mixedlie"](messages), pause_seconds=0.1)


def with_model(double: TelegramDouble, seeds: Path, folder: Path, url: str) -> Program:
    return Program.over_seeds(double, seeds, folder, OLLAMA_HOST=url, DALIL_LLM="auto")


def test_a_slow_answer_is_shown_as_it_grows_and_then_whole(seeds: Path, tmp_path: Path) -> None:
    with (
        OllamaDouble(behaviour=true_then_false) as ollama,
        TelegramDouble(limits=True) as double,
        with_model(double, seeds, tmp_path, ollama.url),
    ):
        for chat_id in range(1, 4):
            double.say(chat_id, QUESTION)
        for chat_id in range(1, 4):
            (posted,) = double.settled(chat_id)
            edits = [at for at, _ in posted.versions[1:]]
            assert all(later - earlier >= 1.0 for earlier, later in pairwise(edits))
            assert len(posted.versions) >= 3
            assert "[1]" in posted.versions[1][1]["text"] and posted.versions[1][1]["text"].endswith("…")
            assert "[1]" in posted.text and not posted.text.endswith("…")
        assert [call.params for call in double.calls if call.status in (400, 429)] == []


@pytest.mark.parametrize("known", [True, False])
def test_in_drafts_where_the_server_knows_them_and_then_as_one_message(
    seeds: Path, tmp_path: Path, known: bool
) -> None:
    with (
        OllamaDouble(behaviour=true_then_false) as ollama,
        TelegramDouble(drafts=known) as double,
        Program.over_seeds(
            double, seeds, tmp_path, OLLAMA_HOST=ollama.url, DALIL_LLM="auto", TELEGRAM_DRAFTS="true"
        ) as program,
    ):
        double.say(1, "لماذا انهارت القمة الثانية بين كيم وترمب؟")
        (posted,) = double.settled(1)
        assert "[1]" in posted.text and posted.buttons
        assert bool(double.shown_drafts) is known
        if known:
            assert "[1]" in double.shown_drafts[-1][1]["text"]
            assert [old.deleted for old in double.posted] == [True, False]
        double.say(GROUP, f"@dalil_test_bot {QUESTION}", user_id=8)
        double.settled(GROUP)
        assert {draft["chat_id"] for _, draft in double.shown_drafts} <= {1}
        assert "Traceback" not in program.log


def test_an_answer_is_stopped_by_whoever_asked_for_it(seeds: Path, tmp_path: Path) -> None:
    with (
        double_of("loop") as ollama,
        TelegramDouble() as double,
        with_model(double, seeds, tmp_path, ollama.url),
    ):
        double.say(GROUP, f"@dalil_test_bot {QUESTION}", user_id=8)
        posted = double.wait_for(lambda: double.messages(GROUP))[0]
        stop = posted.buttons[0]["callback_data"]
        double.wait_for(lambda: ollama.asked("/api/chat"))
        query = double.press(posted, stop, user_id=9)
        double.wait_for(
            lambda: any(c.params["callback_query_id"] == query for c in double.called("answerCallbackQuery"))
        )
        assert is_placeholder(posted)
        double.press(posted, stop, user_id=8)
        pressed = time.monotonic()
        assert ollama.client_left.wait(2.0)
        double.settled(GROUP, seconds=5)
        assert time.monotonic() - pressed < 5
        assert "توقفت" in posted.text and not posted.buttons
        double.say(GROUP, "@dalil_test_bot توقف؟", user_id=8)
        double.wait_for(lambda: len(double.messages(GROUP)) == 2)


def test_a_written_stop_does_not_wait_behind_the_answer(seeds: Path, tmp_path: Path) -> None:
    with (
        double_of("hang") as ollama,
        TelegramDouble() as double,
        with_model(double, seeds, tmp_path, ollama.url),
    ):
        double.say(1, QUESTION)
        double.wait_for(lambda: ollama.asked("/api/chat"))
        double.say(1, "أوقف")
        assert "توقفت" in double.settled(1, seconds=5)[0].text
        double.say(1, "/stop")
        assert "لا جواب" in double.settled(1, 2, seconds=5)[1].text


def test_presses_are_answered_within_a_second_while_the_model_hangs(seeds: Path, tmp_path: Path) -> None:
    with (
        double_of("hang") as ollama,
        TelegramDouble() as double,
        with_model(double, seeds, tmp_path, ollama.url),
    ):
        for chat_id in range(1, 31):
            double.say(chat_id, QUESTION)
        double.wait_for(lambda: all(double.messages(chat_id) for chat_id in range(1, 31)))
        pressed = {double.press(double.messages(chat_id)[0], "s:stale:1"): time.monotonic() for chat_id in range(1, 31)}
        double.wait_for(lambda: len(double.called("answerCallbackQuery")) == 30, 5)
        waits = [c.at - pressed[c.params["callback_query_id"]] for c in double.called("answerCallbackQuery")]
        assert sorted(waits)[28] < 1.0


def test_what_a_model_smuggles_does_not_reach_the_chat(seeds: Path, tmp_path: Path) -> None:
    with (
        double_of("quote") as ollama,
        TelegramDouble() as double,
        with_model(double, seeds, tmp_path, ollama.url),
    ):
        behaviours = ("markup", "bidi", "smuggle", "exfil", "long")
        for chat_id, name in enumerate(behaviours, start=1):
            ollama.behaviour = BEHAVIOURS[name]
            double.say(chat_id, QUESTION)
            double.settled(chat_id, seconds=40)
        assert len(ollama.asked("/api/chat")) >= len(behaviours)
        assert [call.params for call in double.calls if call.status == 400] == []
        versions = [version for posted in double.posted for _, version in posted.versions]
        shown = "".join(str(version["text"]) for version in versions)
        assert not any((ord(c) < 32 and c != "\n") or 0x202A <= ord(c) <= 0x202E or ord(c) >= 0xE0000 for c in shown)
        assert "http" not in shown and "evil" not in shown


def test_a_second_question_hears_at_once_that_it_waits_and_is_then_answered(seeds: Path, tmp_path: Path) -> None:
    with (
        double_of("hang") as ollama,
        TelegramDouble() as double,
        with_model(double, seeds, tmp_path, ollama.url),
    ):
        double.say(1, QUESTION)
        double.wait_for(lambda: ollama.asked("/api/chat"))
        double.say(1, "كم عمر رئيس أذربيجان؟")
        double.say(1, "/help")
        waiting = double.wait_for(lambda: double.messages(1)[1:], 4)
        assert ["وصل سؤالك" in posted.text for posted in waiting] == [True]
        ollama.behaviour = BEHAVIOURS["quote"]
        double.press(double.messages(1)[0], double.messages(1)[0].buttons[0]["callback_data"])
        first, second, _ = double.settled(1, 3, seconds=30)
        assert "توقفت" in first.text and "[1]" in second.text and second.buttons


def test_what_is_no_question_is_not_promised_an_answer(seeds: Path, tmp_path: Path) -> None:
    photo = {"file_id": "f", "file_unique_id": "f", "width": 1, "height": 1}
    document = {"file_id": "d", "file_unique_id": "d", "file_name": "a.txt", "file_size": 3}
    with (
        double_of("hang") as ollama,
        TelegramDouble() as double,
        with_model(double, seeds, tmp_path, ollama.url),
    ):
        for chat_id in range(1, 5):
            double.say(chat_id, QUESTION)
        double.wait_for(lambda: all(double.messages(chat_id) for chat_id in range(1, 5)))
        double.send(1, {"photo": [photo], "caption": QUESTION})
        double.send(2, {"document": document, "caption": QUESTION})
        double.say(3, f"/askme {QUESTION}")
        double.say(4, f"/ask {QUESTION}")
        waiting = double.wait_for(lambda: double.messages(4)[1:], 4)
        assert "وصل سؤالك" in waiting[0].text
        time.sleep(0.5)
        assert [len(double.messages(chat_id)) for chat_id in (1, 2, 3)] == [1, 1, 1]
        ollama.behaviour = BEHAVIOURS["quote"]
        for chat_id in range(1, 5):
            posted = double.messages(chat_id)[0]
            double.press(posted, posted.buttons[0]["callback_data"])
        replies = [double.settled(chat_id, 2, seconds=30)[1].text for chat_id in range(1, 5)]
        assert ["وصل سؤالك" in reply for reply in replies] == [False] * 4
        assert "[1]" in replies[3] and not any("[1]" in reply for reply in replies[:3])
