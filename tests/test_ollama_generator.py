"""The stream of one answer of Ollama: whole or a fault, and in time."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrieval.chain import AnswerChain
from retrieval.errors import ModelError, ModelMissing, ModelUnreachable
from retrieval.ollama_generator import LONGEST_ANSWER, Deadlines, OllamaGenerator
from retrieval.ollama_models import find_model
from retrieval.tokens import NUM_CTX, NUM_PREDICT, TEMPLATE_TOKENS, count
from tests.ollama_double import Chat, OllamaDouble
from tests.ports import closed_port
from tests.test_chain import EVIDENCE, QUESTION

ROOT = Path(__file__).parent.parent
PROMPT = {"system": "أجب", "user": QUESTION}
SHORT = Deadlines(first_token=0.4, silence=0.3, total=1.0)


@pytest.fixture
def ollama():
    with OllamaDouble() as double:
        yield double


def written(generator: OllamaGenerator) -> list[str]:
    async def read() -> list[str]:
        return [piece async for piece in generator.astream(PROMPT)]

    return asyncio.run(read())


def fault(double: OllamaDouble, *chats: Chat, model: str = "m", deadlines: Deadlines = SHORT) -> ModelError:
    double.chats.extend(chats)
    with pytest.raises(ModelError) as caught:
        written(OllamaGenerator(model, host=double.url, deadlines=deadlines))
    return caught.value


def test_options_are_sent(ollama: OllamaDouble) -> None:
    assert "".join(written(OllamaGenerator("m", host=ollama.url))) == "هذا جواب [1]."
    (asked,) = ollama.asked("/api/chat")
    assert asked["options"] == {"num_ctx": NUM_CTX, "num_predict": NUM_PREDICT, "temperature": 0}
    assert asked["think"] is False and asked["model"] == "m"
    assert [message["content"] for message in asked["messages"]] == ["أجب", QUESTION]


def test_window_of_the_model_is_asked_for_once_and_sent(ollama: OllamaDouble) -> None:
    ollama.contexts["m"] = 2048
    generator = OllamaGenerator("m", host=ollama.url)
    for _ in range(3):
        written(generator)
    assert len(ollama.asked("/api/show")) == 1
    assert {(options["num_ctx"], options["num_predict"]) for options in _options(ollama)} == {(2048, 512)}


def _options(double: OllamaDouble) -> list[dict[str, int]]:
    return [asked["options"] for asked in double.asked("/api/chat")]


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        (7, None),  # of a prompt read before
        (count(PROMPT["user"]) + TEMPLATE_TOKENS, None),
        (900, "longer than counted"),
        (1026, "longer than counted"),
    ],
)
def test_number_of_tokens_read_is_checked(
    ollama: OllamaDouble, caplog: pytest.LogCaptureFixture, read: int, problem: str | None
) -> None:
    ollama.contexts["m"] = 2048
    ollama.chats.append(Chat(("جواب [1].",), prompt_tokens=read))
    assert written(OllamaGenerator("m", host=ollama.url)) == ["جواب [1]."]  # odd numbers are no fault of the answer
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [problem in warning for warning in warnings if problem] == [True] * bool(problem)
    assert len(warnings) == bool(problem) and QUESTION not in "".join(warnings)


def test_prompt_cut_by_the_server_is_noticed(ollama: OllamaDouble, caplog: pytest.LogCaptureFixture) -> None:
    ollama.chats.append(Chat(("جواب [1].",), prompt_tokens=8192 - (8192 - 4) // 2))
    generator = OllamaGenerator("m", host=ollama.url)

    async def read() -> list[str]:
        return [piece async for piece in generator.astream({"system": "أجب", "user": "كلمة " * 2300})]

    assert asyncio.run(read()) == ["جواب [1]."]
    assert "has cut the prompt" in caplog.text and "كلمة" not in caplog.text


def test_generator_serves_one_event_loop_after_another(ollama: OllamaDouble) -> None:
    generator = OllamaGenerator("m", host=ollama.url)
    assert [written(generator) for _ in range(3)] == [["هذا ", "جواب [1]."]] * 3


def test_proxies_of_the_environment_are_not_used(ollama: OllamaDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert written(OllamaGenerator("m", host=ollama.url))
    assert find_model("m", host=ollama.url) == "m"


@pytest.mark.parametrize(
    "pieces",
    [
        ("<think>فكرة</think>\n\nجواب [1]", "."),
        ("<th", "ink>فك", "رة</", "think", ">", "\n", "جواب", " [1]."),
        ("\n<think>", "</think>جواب ", "<think>ثانية</think>[1]."),
        ("<thinking>فكرة</thinking>جواب ", "<reaso", "ning>ثانية</reasoning>[1]."),
    ],
)
def test_thoughts_in_the_text_are_left_out(ollama: OllamaDouble, pieces: tuple[str, ...]) -> None:
    ollama.chats.append(Chat(pieces, thinking=("خفي",)))
    assert "".join(written(OllamaGenerator("m", host=ollama.url))) == "جواب [1]."


def test_angles_that_are_no_thoughts_stay(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat(("3 <", " 4 و<t", "> و<thin")))
    assert "".join(written(OllamaGenerator("m", host=ollama.url))) == "3 < 4 و<t> و<thin"


@pytest.mark.parametrize(
    ("chat", "problem"),
    [
        (Chat(("نصف",), done_reason="length"), "cut (length)"),
        (Chat(("نصف",), ending="eof"), "broke off"),
        (Chat(("نصف",), ending="drop"), "RemoteProtocolError"),
        (Chat(("نصف",), ending="error"), "the runner has died"),
        (Chat(status=500), "the runner has died"),
        (Chat(status=503, problem="server busy"), "server busy"),
        (Chat(()), "empty"),
        (Chat((" ", "\n")), "empty"),
        (Chat(("<think>بلا نهاية",)), "empty"),
        (Chat(("فكرة", "</think>", "جواب")), "thinks aloud"),
        (Chat((), done_reason="load"), "No generation"),
        (Chat((), ending="eof"), "No generation"),
    ],
)
def test_answer_that_is_not_whole_is_a_fault(ollama: OllamaDouble, chat: Chat, problem: str) -> None:
    error = fault(ollama, chat)
    assert type(error) is ModelError and error.values["model"] == "m"
    assert problem in error.values["problem"]


def test_unknown_model_is_missing(ollama: OllamaDouble) -> None:
    error = fault(ollama, model="other")
    assert type(error) is ModelMissing and error.values == {"model": "other"}


def test_refused_connection_is_unreachable() -> None:
    url = closed_port()
    started = time.monotonic()
    with pytest.raises(ModelUnreachable) as caught:
        written(OllamaGenerator("m", host=url))
    assert caught.value.values == {"host": url}
    assert time.monotonic() - started < 3


# ---------------------------------------------------------------------------------------- patience


@pytest.mark.parametrize(
    "chat",
    [
        Chat(ending="stall"),
        Chat(("نصف",), ending="stall"),
        Chat(thinking=("فكرة",) * 50, pause_seconds=0.1),
        Chat((" ", "\n") * 50, pause_seconds=0.1),
        Chat(("<think>", *["فكرة "] * 50), pause_seconds=0.1),
        Chat(("كلمة ",) * 50, pause_seconds=0.1),
    ],
    ids=["no first token", "silence", "endless thoughts", "endless blanks", "thoughts in the text", "endless answer"],
)
def test_reader_does_not_wait_for_ever(ollama: OllamaDouble, chat: Chat) -> None:
    generator = OllamaGenerator("m", host=ollama.url, deadlines=SHORT)
    ollama.chats.append(Chat(("سريع",)))
    written(generator)  # the import and the building of the client are not what is measured
    ollama.chats.append(chat)
    started = time.monotonic()
    with pytest.raises(ModelError, match="too long"):
        written(generator)
    assert time.monotonic() - started < 3  # each reply would take five seconds or more
    assert ollama.client_left.wait(2)


def test_slow_answer_is_read_to_its_end(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat(("كلمة ",) * 5, pause_seconds=0.1))
    assert len(written(OllamaGenerator("m", host=ollama.url, deadlines=SHORT))) == 5


def test_quotes_are_shown_within_45_seconds() -> None:
    limits = Deadlines()
    assert limits.silence < limits.first_token < limits.total < 45


def read_slowly(double: OllamaDouble, deadlines: Deadlines, pause_seconds: float) -> int:
    async def read() -> int:
        count = 0
        async for _ in OllamaGenerator("m", host=double.url, deadlines=deadlines).astream(PROMPT):
            await asyncio.sleep(pause_seconds)
            count += 1
        return count

    return asyncio.run(read())


def test_slow_reader_is_no_silence_of_the_model(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat(("كلمة ",) * 4, pause_seconds=0.02))
    assert read_slowly(ollama, Deadlines(first_token=4, silence=0.3, total=8), 0.35) == 4


def test_whole_answer_has_its_time_whoever_is_slow(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat(("كلمة ",) * 200))
    started = time.monotonic()
    with pytest.raises(ModelError, match="too long"):
        read_slowly(ollama, Deadlines(first_token=2, silence=0.3, total=2), 0.2)
    assert time.monotonic() - started < 8  # the pieces alone would take forty seconds


def test_endless_fast_answer_is_cut_off(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat(("كلمة كلمة ",), ending="endless"))
    seen = 0

    async def read() -> None:
        nonlocal seen
        async for piece in OllamaGenerator("m", host=ollama.url).astream(PROMPT):
            seen += len(piece)

    with pytest.raises(ModelError, match="answer is too long"):
        asyncio.run(asyncio.wait_for(read(), 20))
    assert seen <= LONGEST_ANSWER
    assert ollama.client_left.wait(2)


def test_endless_fast_thoughts_are_cut_off(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat((), thinking=("فكرة ",), ending="endless"))
    error = asyncio.run(
        asyncio.wait_for(asyncio.to_thread(fault, ollama, deadlines=Deadlines(first_token=1.5, total=2)), 20)
    )
    assert error.values["problem"] == "it took too long"


def test_cancelled_reader_closes_the_connection(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat(("كلمة ",), ending="stall"))
    arrived = asyncio.Event()

    async def read() -> None:
        async for _ in AnswerChain(generator=OllamaGenerator("m", host=ollama.url)).astream(QUESTION, EVIDENCE, ()):
            arrived.set()

    async def cancel() -> bool:
        task = asyncio.create_task(read())
        await asyncio.wait_for(arrived.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await asyncio.to_thread(ollama.client_left.wait, 2)

    assert asyncio.run(cancel())


def test_closed_answer_closes_the_connection(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat(("كلمة ",), ending="stall"))

    async def close() -> bool:
        pieces = AnswerChain(generator=OllamaGenerator("m", host=ollama.url)).astream(QUESTION, EVIDENCE, ())
        assert await anext(pieces) == "كلمة "
        await pieces.aclose()  # type: ignore[attr-defined]
        return await asyncio.to_thread(ollama.client_left.wait, 2)

    assert asyncio.run(close())


# ---------------------------------------------------------------------------------------- nothing at import


def test_generator_is_imported_without_langchain_and_ollama() -> None:
    code = "import sys, retrieval.ollama_generator; print([m for m in ('langchain_core', 'ollama', 'httpx', 'numpy', "
    code += "'torch') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT).stdout.strip() == "[]"
