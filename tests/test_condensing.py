"""A follow-up rewritten by a model: taken over when it only fills in what the conversation says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from retrieval import condensing
from retrieval.condensing import LONGEST, condense
from retrieval.errors import ModelError
from retrieval.types import Answer, Turn
from tests.fakes import ScriptedGenerator

FIRST = "أين عُقدت القمة الأولى بين كيم وترمب؟"
HISTORY = (Turn(FIRST, Answer(FIRST, FIRST, "عُقدت القمة الأولى في سنغافورة عام 2018 [1].", "llm")),)
ASKED = "ولماذا انهارت الثانية؟"
REWRITTEN = "لماذا انهارت القمة الثانية بين كيم وترمب؟"


def _condensed(*pieces: str, question: str = ASKED) -> str | None:
    return asyncio.run(condense(ScriptedGenerator(*pieces), question, HISTORY))


@pytest.mark.parametrize(
    "rewritten",
    [
        REWRITTEN,
        "لماذا انهارت القمة الثانية بعد قمة سنغافورة؟",
        "لماذا انهارت القمّة الثانيه بين ترامب و كيم",
        ASKED,
    ],
)
def test_rewrite_in_the_words_of_the_conversation_is_taken_over(rewritten: str) -> None:
    assert _condensed(rewritten) == rewritten


def test_rewrite_may_come_in_pieces_and_with_blanks_and_lines_around_it() -> None:
    assert _condensed("\n ", REWRITTEN[:9], REWRITTEN[9:30], REWRITTEN[30:], " \n\n") == REWRITTEN


@pytest.mark.parametrize(
    "rewritten",
    [
        "لماذا انهارت القمة الثانية بين كيم وترمب في هانوي؟",
        "لماذا انهارت القمة الثانية عام 2019؟",
        "لماذا انهارت القمة الثانية بين بوتين وترمب؟",
        "انهارت القمة الثانية بسبب الخلاف على العقوبات",
    ],
)
def test_rewrite_that_adds_a_word_is_refused(rewritten: str) -> None:
    assert _condensed(rewritten) is None


@pytest.mark.parametrize(
    "rewritten",
    [
        f"{REWRITTEN}\nالجواب في سنغافورة",
        f"السؤال:\n{REWRITTEN}",
        "Why did the second summit between Kim and Trump collapse?",
        "Why?",
        "أين عُقدت القمة الأولى بين كيم وترمب؟",
        f"{REWRITTEN} " * 20,
        "",
        "؟!",
        "\x1b\u202e",
    ],
)
def test_what_is_no_rewrite_in_one_line_of_the_same_language_is_refused(rewritten: str) -> None:
    assert _condensed(rewritten) is None


def test_arabic_rewrite_of_an_english_question_is_refused() -> None:
    assert _condensed(REWRITTEN, question="Why did the second one collapse?") is None


def test_control_and_direction_characters_do_not_get_into_the_query() -> None:
    assert _condensed(f"\u202e{REWRITTEN}\x1b\u200b") == REWRITTEN


def test_model_is_told_the_conversation_without_marks_and_the_question() -> None:
    generator = ScriptedGenerator(REWRITTEN)
    asyncio.run(condense(generator, ASKED, HISTORY))
    (prompt,) = generator.prompts
    assert f"سؤال: {FIRST}" in prompt["user"] and ASKED in prompt["user"]
    assert "في سنغافورة عام 2018" in prompt["user"] and "[1]" not in prompt["user"]
    assert ASKED not in prompt["system"] and "---" not in prompt["system"] + prompt["user"]


def test_braces_of_a_reader_are_no_placeholders() -> None:
    generator = ScriptedGenerator(REWRITTEN)
    asyncio.run(condense(generator, "{history} {refusal} {0}؟", HISTORY))
    assert "{history} {refusal} {0}؟" in generator.prompts[0]["user"]


# ------------------------------------------------------------------------------------------------- a model that fails


class Endless:
    """A model that writes one piece after another, with a pause before each, and knows when it was left."""

    model = "endless"

    def __init__(self, piece: str, seconds: float) -> None:
        self.piece = piece
        self.seconds = seconds
        self.written = 0
        self.left = False

    async def astream(self, prompt: dict[str, str]) -> AsyncIterator[str]:
        try:
            while True:
                await asyncio.sleep(self.seconds)
                self.written += len(self.piece)
                yield self.piece
        finally:
            self.left = True


def test_endless_rewrite_is_left_when_it_is_too_long() -> None:
    model = Endless("القمة ", 0.0)
    assert asyncio.run(condense(model, ASKED, HISTORY)) is None
    assert model.left
    assert model.written <= LONGEST + len(model.piece)


@pytest.mark.parametrize("seconds", [0.02, 60.0])
def test_slow_model_is_left_in_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(condensing, "SECONDS", 0.2)
    model = Endless("ا", seconds)
    started = time.monotonic()
    with pytest.raises(ModelError) as caught:
        asyncio.run(condense(model, ASKED, HISTORY))
    assert time.monotonic() - started < 2.0
    assert caught.value.values["model"] == "endless"
    assert model.left


def test_fault_of_the_model_is_not_taken_for_a_refused_rewrite() -> None:
    fault = ModelError(model="scripted", problem="cut")
    with pytest.raises(ModelError) as caught:
        asyncio.run(condense(ScriptedGenerator(REWRITTEN, fault=fault), ASKED, HISTORY))
    assert caught.value is fault
