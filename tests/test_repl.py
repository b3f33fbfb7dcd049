"""The chat: its transcript in a pipe, its behaviour on a terminal, and what it tells the assistant."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.messages import Messages
from bot.render import Page
from bot.repl import KEPT_TURNS, Chat, open_session
from retrieval.errors import ArticleUnknown, ModelError, QuestionTooLong
from retrieval.types import Answer, Article, Citation, Passage, Source, Token, Turn, Version

BODY = "قُتل أربعة جنود. وقال علييف إن الرد كان محدوداً."
SOURCE = Source("a1", "اشتباك حدودي", None, "الشرق الأوسط", date(2024, 2, 13), "a.txt")
PASSAGE = Passage("a1#0", SOURCE, 0, BODY, 0, len(BODY))


def answer(question: str, text: str = "قُتل أربعة جنود. [1]", quote: str = "قُتل أربعة جنود.", **more: Any) -> Answer:
    start = BODY.index(quote)
    cited = (Citation(1, PASSAGE, quote, start, start + len(quote)),)
    return Answer(question, question, text, "quotes", citations=cited, **more)


class ScriptedAssistant:
    """Says the next piece list of its script for each question, and remembers what it was asked."""

    def __init__(self, *script: Sequence[Token | Answer | BaseException | Callable[[], None]]) -> None:
        self.script = list(script)
        self.asked: list[tuple[str, list[str], str]] = []

    async def stream(
        self, question: str, history: Sequence[Turn] = (), *, language: str
    ) -> AsyncIterator[Token | Answer]:
        self.asked.append((question, [turn.question for turn in history], language))
        for piece in self.script.pop(0):
            await asyncio.sleep(0)
            if isinstance(piece, BaseException):
                raise piece
            if isinstance(piece, Token | Answer):
                yield piece
            else:
                piece()


class OneArticle:
    """An index that holds one article."""

    article_count = 1

    def versions(self, article_id: str) -> list[Version]:
        return []

    def article(self, article_id: str) -> Article:
        if article_id != "a1":
            raise ArticleUnknown(article_id=article_id)
        return Article(SOURCE, BODY)

    def articles(self) -> list[Source]:
        return [SOURCE]


def make_chat(
    assistant: ScriptedAssistant, *, language: str = "en", live: bool = False
) -> tuple[Chat, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    messages = Messages(cast(Any, language))
    page = Page(width=60 if live else None)
    chat = Chat(cast(Any, assistant), cast(Any, OneArticle()), messages, page=page, out=out, err=err, live=live)
    return chat, out, err


def test_transcript_of_a_pipe() -> None:
    assistant = ScriptedAssistant([Token("قُتل"), answer("كم قُتل؟")], [answer("ماذا قال؟", "قال. [1]", "وقال علييف")])
    chat, out, err = make_chat(assistant)
    lines = ["/sources", "كم قُتل؟", "", "  ", "/open 1", "/opne 1", "/open", "/open 7", "ماذا قال؟", "/sources", "/new"]
    chat.read(f"{line}\n" for line in lines)
    assert err.getvalue() == ""
    assert (
        out.getvalue()
        == """\
[1] اشتباك حدودي · الشرق الأوسط · 2024-02-13
قُتل أربعة جنود. [1]

[1] اشتباك حدودي · الشرق الأوسط · 2024-02-13

اشتباك حدودي
الشرق الأوسط · 2024-02-13

**قُتل أربعة جنود.** وقال علييف إن الرد كان محدوداً.

There is no command “/opne”; did you mean /open
Give the number of a citation, for example: /open 1
There is no number 7; for the list: /sources
قال. [1]

[1] «وقال علييف»
    اشتباك حدودي · الشرق الأوسط · 2024-02-13

[1] «قُتل أربعة جنود. وقال علييف إن الرد كان محدوداً.»
    اشتباك حدودي · الشرق الأوسط · 2024-02-13

New conversation.
"""
    )


def test_the_assistant_gets_the_last_turns_and_the_language() -> None:
    questions = [f"س{number}" for number in range(KEPT_TURNS + 3)]
    assistant = ScriptedAssistant(*([answer(question)] for question in [*questions, "جديد"]))
    chat, _, _ = make_chat(assistant, language="ar")
    chat.read([*questions, "/new", "جديد"])
    assert assistant.asked[0] == ("س0", [], "ar")
    assert assistant.asked[-2] == (questions[-1], questions[-1 - KEPT_TURNS : -1], "ar")
    assert assistant.asked[-1] == ("جديد", [], "ar")


def test_nothing_is_said_after_quit() -> None:
    assistant = ScriptedAssistant()
    chat, out, _ = make_chat(assistant)
    chat.read(["/quit", "سؤال"])
    assert (assistant.asked, out.getvalue()) == ([], "")


def test_a_fault_is_one_line_and_the_chat_goes_on() -> None:
    fault = QuestionTooLong(length=5000, limit=4096)
    assistant = ScriptedAssistant([fault], [answer("س", notice=ModelError(model="m", problem="p"))])
    chat, out, err = make_chat(assistant)
    chat.read(["طويل", "س"])
    assert err.getvalue().splitlines() == [
        Messages("en").error(error) for error in (fault, ModelError(model="m", problem="p"))
    ]
    assert out.getvalue().startswith("قُتل أربعة جنود. [1]\n")
    assert assistant.asked[1][1] == []


def test_a_question_is_cleaned() -> None:
    assistant = ScriptedAssistant([answer("س")])
    chat, _, _ = make_chat(assistant)
    chat.read(["\ufeff من\u202e \x1b هو؟ \r\n"])
    assert assistant.asked[0][0] == "من هو؟"


def test_live_tokens_stay_when_they_are_the_answer() -> None:
    pieces = [Token("قُتل أر"), Token("بعة جن"), Token("ود. [1]"), answer("س")]
    chat, out, _ = make_chat(ScriptedAssistant(pieces), live=True)
    chat.read(["س"])
    shown = out.getvalue().partition("\r\x1b[K")[2]
    assert shown.startswith("قُتل أربعة جنود. [1]\n\n[1] اشتباك")
    assert shown.count("[1]") == 2


def test_live_tokens_are_taken_back_when_the_answer_differs() -> None:
    pieces = [Token("كلام لا سند له وهو أطول من أن يسعه سطر واحد من سطور هذه الشاشة "), answer("س")]
    chat, out, _ = make_chat(ScriptedAssistant(pieces), live=True)
    chat.read(["س"])
    draft, _, final = out.getvalue().partition("\x1b[2F\x1b[J")
    assert "لا سند له" in draft
    assert final.startswith("قُتل أربعة جنود. [1]\n")


def test_live_text_holds_no_escape_of_the_model() -> None:
    pieces = [Token("قُتل\x1b[2J أربعة "), Token("جنود. \x1b]0;x\x07[1]"), answer("س")]
    chat, out, _ = make_chat(ScriptedAssistant(pieces), live=True)
    chat.read(["س"])
    assert "\x1b[2J" not in out.getvalue() and "\x1b]0" not in out.getvalue()


# ----------------------------------------------------------------------------------------------------- on a terminal


@pytest.fixture
def keyboard() -> Any:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def talk(keyboard: PipeInput, typed: str, *script: Any, history: Path, model: str | None = None) -> tuple[str, Any]:
    assistant = ScriptedAssistant(*script)
    chat, out, _ = make_chat(assistant)
    keyboard.send_text(typed)
    chat.talk(open_session(history), model=model)
    return out.getvalue(), assistant


def test_greeting_tells_what_is_held_and_who_answers(keyboard: PipeInput, tmp_path: Path) -> None:
    shown, _ = talk(keyboard, "\x04", history=tmp_path / "history")
    assert shown == "Dalil: 1 article. Answers: verbatim quotes from the articles. For help: /help\n"
    shown, _ = talk(keyboard, "/quit\r", history=tmp_path / "history", model="gemma3:4b")
    assert "gemma3:4b" in shown


def test_ctrl_c_at_the_prompt_clears_the_line(keyboard: PipeInput, tmp_path: Path) -> None:
    _, assistant = talk(keyboard, "نصف سؤال\x03سؤال\r\x04", [answer("سؤال")], history=tmp_path / "history")
    assert [question for question, _, _ in assistant.asked] == ["سؤال"]


def test_ctrl_c_stops_the_answer_and_not_the_chat(keyboard: PipeInput, tmp_path: Path) -> None:
    def press_ctrl_c() -> None:
        raise KeyboardInterrupt

    script = ([Token("بداية "), press_ctrl_c], [answer("ثان")])
    shown, assistant = talk(keyboard, "أول\rثان\r\x04", *script, history=tmp_path / "history")
    assert "Answer stopped." in shown
    assert assistant.asked[1] == ("ثان", [], "en")


def test_history_is_kept_for_its_owner_alone(keyboard: PipeInput, tmp_path: Path) -> None:
    history = tmp_path / "history"
    talk(keyboard, "سؤال\r\x04", [answer("سؤال")], history=history)
    assert "سؤال" in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o077 == 0


def test_a_history_that_cannot_be_written_is_no_fault(keyboard: PipeInput, tmp_path: Path) -> None:
    _, assistant = talk(keyboard, "سؤال\r\x04", [answer("سؤال")], history=tmp_path / "missing" / "history")
    assert len(assistant.asked) == 1


def test_commands_are_completed(keyboard: PipeInput, tmp_path: Path) -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    completer = open_session(tmp_path / "history").completer
    assert completer is not None

    def completions(typed: str) -> list[str]:
        return [completion.text for completion in completer.get_completions(Document(typed), CompleteEvent())]

    assert completions("/o") == ["/open"]
    assert completions("من") == []
