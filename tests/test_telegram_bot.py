"""The whole bot as a process of its own, against a Bot API server over HTTP."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.telegram_double import TelegramDouble
from tests.telegram_program import Program, index_seeds
from tests.telegram_records import TOKEN

GROUP = -1_001_000_000_001
QUESTION = "من هو رئيس أذربيجان؟"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_seeds(tmp_path_factory.mktemp("seeds") / "data")


@pytest.fixture(scope="module")
def running(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TelegramDouble, Program]]:
    """One bot for the tests that only talk with it, each in chats of its own."""
    folder = tmp_path_factory.mktemp("bot")
    with (
        TelegramDouble(limits=True) as double,
        Program.over_seeds(double, seeds, folder, TELEGRAM_EDITORS="77") as program,
    ):
        yield double, program
        assert "Traceback" not in program.log
        assert [call for call in double.calls if call.status in (400, 429)] == []


def test_a_question_gets_a_placeholder_and_then_the_answer_in_its_place(
    running: tuple[TelegramDouble, Program],
) -> None:
    double, _ = running
    double.say(1, QUESTION)
    (posted,) = double.settled(1)
    first, last = posted.versions[0][1], posted.versions[-1][1]
    assert first["text"] == "🔎 أبحث في المقالات…"
    assert "إلهام علييف" in last["text"] and "[1]" in last["text"]
    assert {entity["type"] for entity in posted.entities} >= {"blockquote", "bold"}
    assert [button["callback_data"][0] for button in posted.buttons][-2:] == ["u", "d"]
    assert all("parse_mode" not in version for _, version in posted.versions)


def test_a_follow_up_is_understood_until_a_new_conversation_begins(running: tuple[TelegramDouble, Program]) -> None:
    double, _ = running
    double.say(2, QUESTION)
    double.say(2, "وكم عمره؟")
    double.say(2, "/new")
    double.say(2, "وكم عمره؟")
    messages = double.settled(2, 4)
    assert "62" in messages[1].text
    assert "محادثة جديدة" in messages[2].text
    assert "62" not in messages[3].text


def test_a_source_is_opened_as_a_quote_that_says_where_it_is_from(running: tuple[TelegramDouble, Program]) -> None:
    double, _ = running
    double.say(3, QUESTION)
    (posted,) = double.settled(3)
    query = double.press(posted, posted.buttons[0]["callback_data"])
    opened = double.settled(3, 2)[1]
    assert opened.reply_to == posted.message_id
    assert "اشتباك حدودي" in opened.text
    quotes = [e for e in opened.entities if "blockquote" in e["type"]]
    bold = [opened.text[e["offset"] : e["offset"] + e["length"]] for e in opened.entities if e["type"] == "bold"]
    assert quotes and any(words in posted.text for words in bold[1:])
    assert answer_to(double, query) is not None


def test_a_vote_is_shown_and_stored_and_can_be_taken_back(running: tuple[TelegramDouble, Program]) -> None:
    double, program = running
    double.say(4, QUESTION)
    (posted,) = double.settled(4)
    up = posted.buttons[-2]["callback_data"]
    assert "شكر" in said_to(double, double.press(posted, up))
    double.wait_for(lambda: any("✅" in button["text"] for button in posted.buttons))
    assert votes(program) == [(4, "up")]
    assert "سُحب" in said_to(double, double.press(posted, up))
    assert votes(program) == []


def test_presses_that_are_stale_forged_or_from_elsewhere_are_answered_and_do_nothing(
    running: tuple[TelegramDouble, Program],
) -> None:
    double, program = running
    double.say(5, QUESTION)
    double.say(6, "ما اسم منطقة الاشتباك؟")
    (mine,), (theirs,) = double.settled(5), double.settled(6)
    before = votes(program)
    forged = [
        "",
        "s",
        "s:x",
        "s:nothing:1",
        "u:'; DROP TABLE votes;--",
        "s:" + "9" * 60,
        "\u202e",
        mine.buttons[0]["callback_data"] + "9",
    ]
    queries = [double.press(mine, data) for data in forged]
    queries += [double.press(mine, button["callback_data"]) for button in theirs.buttons]
    queries += [double.press(mine, mine.buttons[0]["callback_data"], chat_id=6)]
    for query in queries:
        assert "قديم" in said_to(double, query)
    assert votes(program) == before
    assert [len(double.messages(chat)) for chat in (5, 6)] == [1, 1]


def test_a_question_without_an_answer_offers_the_nearest_passages(running: tuple[TelegramDouble, Program]) -> None:
    double, _ = running
    double.say(7, "كم عدد سكان المريخ؟")
    (posted,) = double.settled(7)
    assert "لم أجد" in posted.text
    nearest = [button for button in posted.buttons if button["callback_data"].startswith("n:")]
    assert nearest
    double.press(posted, nearest[0]["callback_data"])
    assert "blockquote" in str(double.settled(7, 2)[1].entities)


@pytest.mark.parametrize(
    "command", ["start", "help", "sources", "latest", "about", "privacy", "forget", "new", "nonsense"]
)
def test_commands_speak_the_language_of_whoever_asks(running: tuple[TelegramDouble, Program], command: str) -> None:
    double, _ = running
    chat = 100 + len(command) * 7 + ord(command[0])
    double.say(chat, f"/{command}", language="ar")
    double.say(chat, f"/{command}", language="en-GB")
    arabic, english = double.settled(chat, 2)
    assert arabic.text != english.text
    assert any("\u0621" <= letter <= "\u064a" for letter in arabic.text)
    assert any(letter.isascii() and letter.isalpha() for letter in english.text.split("/")[0])


def test_the_menu_is_there_in_both_languages(running: tuple[TelegramDouble, Program]) -> None:
    double, _ = running
    menus = double.wait_for(lambda: [c.params for c in double.called("setMyCommands")][:2])
    assert {menu.get("language_code") for menu in menus} == {None, "ar"}
    assert "forget" in str(menus)


def test_a_group_is_answered_only_when_it_calls_the_bot(running: tuple[TelegramDouble, Program]) -> None:
    double, program = running
    double.say(GROUP, QUESTION, user_id=8)
    double.say(GROUP, "@someone_else " + QUESTION, user_id=8)
    double.say(GROUP, "/help@another_bot", user_id=8)
    asked = double.say(GROUP, "@dalil_test_bot " + QUESTION, user_id=8)
    (posted,) = double.settled(GROUP)
    assert posted.reply_to == asked
    assert "علييف" in posted.text
    of_bot = {"message_id": posted.message_id, "date": 1, "chat": {"id": GROUP, "type": "supergroup", "title": "م"}}
    sender = {"id": 4242, "is_bot": True, "first_name": "دليل"}
    double.say(GROUP, "وكم عمره؟", user_id=8, reply_to={**of_bot, "from": sender, "text": posted.text})
    assert "62" in double.settled(GROUP, 2)[1].text
    with sqlite3.connect(program.data_dir / "bot.db") as database:
        assert database.execute("SELECT count(*) FROM exchanges WHERE chat_id = ?", (GROUP,)).fetchone() == (2,)


def test_what_is_no_text_gets_a_friendly_line_and_an_album_one(running: tuple[TelegramDouble, Program]) -> None:
    double, _ = running
    photo = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
    for _ in range(3):
        double.send(9, {**photo, "media_group_id": "album"})
    double.send(9, {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}})
    messages = double.settled(9, 2)
    assert [("الصور" in m.text, "الصوتية" in m.text) for m in messages] == [(True, False), (False, True)]


def test_a_document_of_an_editor_becomes_articles_and_of_others_not(running: tuple[TelegramDouble, Program]) -> None:
    double, program = running
    text = "# اكتشاف بئر في واحة الزمرد\n\nأعلن الباحث نعمان السروجي اكتشاف بئر قديمة في واحة الزمرد يوم السبت.\n"
    double.send_document(78, "خبر.md", text.encode(), user_id=78)
    double.send_document(77, "../../خبر الواحة.md", text.encode(), user_id=77)
    assert "أُذن" in double.settled(78)[0].text
    report = double.settled(77)[0].text
    assert "مقال واحد" in report and "جديد" in report
    assert [path.parent for path in program.data_dir.parent.rglob("*الواحة*.md")] == [program.data_dir / "documents"]
    double.say(78, "من اكتشف البئر في واحة الزمرد؟", user_id=78)
    assert "نعمان السروجي" in double.settled(78, 2)[1].text


def test_inline_queries_get_quotes_and_only_the_last_of_those_typed(running: tuple[TelegramDouble, Program]) -> None:
    double, _ = running
    for typed in ("من", "من هو رئيس", QUESTION):
        last = double.inline(11, typed)
    (call,) = double.wait_for(lambda: double.called("answerInlineQuery"))
    assert call.params["inline_query_id"] == last
    assert "علييف" in call.params["results"][0]["input_message_content"]["message_text"]


def test_forgetting_leaves_nothing_of_a_person(running: tuple[TelegramDouble, Program]) -> None:
    double, program = running
    double.say(12, "هل زار مبعوث فريد الاسم قرقيزستان؟")
    double.settled(12)
    double.say(12, "/forget")
    double.settled(12, 2)
    time.sleep(0.3)
    files = [path.read_bytes() for path in program.data_dir.glob("bot.db*")]
    assert all("قرقيزستان".encode() not in content for content in files)


def test_the_log_tells_no_secret_and_no_question(running: tuple[TelegramDouble, Program]) -> None:
    double, program = running
    double.say(13, "سؤال عن المذنب هالي بعينه؟")
    double.settled(13)
    assert TOKEN not in program.log and "test-token" not in program.log
    assert "هالي" not in program.log
    assert all(TOKEN.encode() not in path.read_bytes() for path in program.data_dir.rglob("*") if path.is_file())


def answer_to(double: TelegramDouble, query: str) -> dict[str, object] | None:
    found = [call.params for call in double.called("answerCallbackQuery") if call.params["callback_query_id"] == query]
    return found[0] if found else None


def said_to(double: TelegramDouble, query: str) -> str:
    return str(double.wait_for(lambda: answer_to(double, query)).get("text", ""))  # type: ignore[union-attr]


def votes(program: Program) -> list[tuple[int, str]]:
    with sqlite3.connect(program.data_dir / "bot.db") as database:
        return database.execute("SELECT user_id, vote FROM votes ORDER BY user_id").fetchall()
