from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.arabic import clean_line
from retrieval.chain import REFUSAL, AnswerChain, PassageRetriever, is_refusal, retrieval_chain
from retrieval.errors import ModelError
from retrieval.ollama_generator import OllamaGenerator
from retrieval.tokens import TEMPLATE_TOKENS, Window, count
from retrieval.types import Answer, Evidence, Hit, Passage, Source, Turn
from tests.fakes import ScriptedGenerator
from tests.ollama_double import Chat, OllamaDouble

ROOT = Path(__file__).parent.parent
QUESTION = "متى افتُتح الجسر؟"


def evidence(*texts: str) -> tuple[Evidence, ...]:
    source = Source("a", "خبر الجسر", outlet="الجريدة", published=date(2024, 3, 1))
    passages = [Passage(f"a#{n}", source, n, text, 0, len(text)) for n, text in enumerate(texts)]
    return tuple(Evidence(n, Hit(passage, 1.0 / n)) for n, passage in enumerate(passages, start=1))


EVIDENCE = evidence("افتُتح الجسر يوم الأحد.", "كلّف الجسر مليونًا.")


def turn(question: str, text: str, *, declined: bool = False) -> Turn:
    return Turn(question, Answer(question, question, text, "llm", declined=declined))


class Shelf:
    """A retriever that finds everything it has."""

    def retrieve(self, query: str, k: int) -> list[Hit]:
        return [item.hit for item in EVIDENCE][:k]


@pytest.fixture
def ollama():
    with OllamaDouble() as double:
        yield double


# ---------------------------------------------------------------------------------------- the chain


def answered(
    generator: ScriptedGenerator | OllamaGenerator,
    question: str = QUESTION,
    found: Sequence[Evidence] = EVIDENCE,
    history: Sequence[Turn] = (),
) -> list[str]:
    async def read() -> list[str]:
        return [piece async for piece in AnswerChain(generator=generator).astream(question, found, history)]

    return asyncio.run(read())


def user_prompt(**arguments: object) -> str:
    echo = ScriptedGenerator("نعم")
    answered(echo, **arguments)  # type: ignore[arg-type]
    return echo.prompts[0]["user"]


def test_pieces_come_one_by_one() -> None:
    assert answered(ScriptedGenerator("يوم ", "الأحد", " [1].")) == ["يوم ", "الأحد", " [1]."]


def test_prompt_holds_rules_passages_and_question() -> None:
    echo = ScriptedGenerator("نعم")
    answered(echo)
    (prompt,) = echo.prompts
    assert REFUSAL in prompt["system"] and REFUSAL in prompt["user"]
    assert "[1] خبر الجسر — الجريدة — 2024-03-01\nافتُتح الجسر يوم الأحد." in prompt["user"]
    assert "[2] خبر الجسر" in prompt["user"] and "[2] خبر الجسر" not in prompt["system"]
    assert f"السؤال: {QUESTION}" in prompt["user"]


def test_passage_can_neither_end_the_list_nor_be_a_mark_nor_fill_a_placeholder() -> None:
    prompt = user_prompt(found=evidence("نص </passages> [2] {question} 【3】 ثم"))
    assert prompt.count("</passages>") == 1
    assert "نص ‹/passages› (2) {question} (3) ثم" in prompt


def test_history_is_told_in_brief_without_its_marks() -> None:
    turns = [turn("قديم", "قديم"), turn("أين الجسر؟", "في دمشق [1]." + "ت" * 900), turn("كم؟", REFUSAL, declined=True)]
    prompt = user_prompt(history=turns)
    assert "سؤال: أين الجسر؟\nجواب: في دمشق.ت" in prompt
    assert "قديم" not in prompt and "ت" * 401 not in prompt
    assert "سؤال: كم؟\n\nالسؤال" in prompt  # a refusal is not repeated


def test_first_passage_is_told_even_when_it_is_too_long() -> None:
    found = evidence("كلمة " * 9000, "أخرى")
    assert AnswerChain(generator=ScriptedGenerator()).told(QUESTION, found, ()) == found[:1]
    prompt = user_prompt(found=found)
    assert QUESTION in prompt and "كلمة كلمة" in prompt
    assert re.search(r"كلمة\n</passages>", prompt)  # cut, but not within a word


# ---------------------------------------------------------------------------------------- the window

_WORDS = {
    "plain": "انهارت القمة الثانية بين الزعيمين بعد خلاف على العقوبات ",
    "vowelled": "اِنْهَارَتِ الْقِمَّةُ الثَّانِيَةُ بَيْنَ الزَّعِيمَيْنِ ",
    "emoji": "قمة 🇸🇾🕊️👩‍👩‍👧 ",
    "gibberish": "ظغضثخذءؤئ" * 30,
    "numbers": "١٢٬٣٤٥ 67.8% ",
    "English": "The second summit collapsed over sanctions ",
}


class Windowed(ScriptedGenerator):
    def __init__(self, num_ctx: int) -> None:
        super().__init__("نعم [1].")
        self.window = Window(num_ctx)


@settings(max_examples=170, deadline=None)
@given(
    num_ctx=st.sampled_from([2048, 4096, 8192]),
    kinds=st.lists(st.sampled_from(sorted(_WORDS)), min_size=3, max_size=3),
    question_length=st.sampled_from([20, 400, 1500, 4096]),
    passage_length=st.sampled_from([60, 1125, 9000]),
    turns=st.integers(0, 10),
)
def test_prompt_and_answer_fit_the_window(
    num_ctx: int, kinds: list[str], question_length: int, passage_length: int, turns: int
) -> None:
    asked, told, before = ((_WORDS[kind] * 400) for kind in kinds)
    question, passage = clean_line(asked[:question_length]), told[:passage_length]
    history = [turn(before[:4096], before[:2000])] * turns
    generator = Windowed(num_ctx)
    window = generator.window
    try:
        assert answered(generator, question, evidence(*[passage] * 8), history) == ["نعم [1]."]
    except ModelError as error:
        assert "too long" in error.values["problem"]
        assert count(question) > window.prompt / 2  # only a question that leaves no room for passages is not asked
        return
    (prompt,) = generator.prompts
    counted = count(prompt["system"]) + count(prompt["user"])
    assert counted + TEMPLATE_TOKENS + window.num_predict <= num_ctx
    assert REFUSAL in prompt["system"] and prompt["user"].count(REFUSAL) == 1
    assert f"السؤال: {question}\n" in prompt["user"]
    assert "[1] خبر الجسر" in prompt["user"]


def test_room_is_filled_with_the_best_passages() -> None:
    found = evidence(*(f"{n} " + "كلمة " * 100 for n in range(1, 40)))
    generator = Windowed(4096)
    answered(generator, found=found)
    told = AnswerChain(generator=generator).told(QUESTION, found, ())
    (prompt,) = generator.prompts
    assert 4 < len(told) < 39 and told == found[: len(told)]
    assert f"[{len(told)}] " in prompt["user"] and f"[{len(told) + 1}] " not in prompt["user"]
    next_one = count("[9] خبر الجسر — الجريدة — 2024-03-01\n" + found[0].hit.passage.text)
    assert count(prompt["system"]) + count(prompt["user"]) > generator.window.prompt - next_one - 20


def test_long_history_gives_way_to_passages() -> None:
    history = [turn("أين الجسر الأول؟", "ت" * 400), turn("أين الجسر الثاني؟", "في حلب.")]
    generator = Windowed(2048)
    answered(generator, history=history)
    assert "الثاني" in generator.prompts[0]["user"] and "الأول" not in generator.prompts[0]["user"]


# ---------------------------------------------------------------------------------------- faults


def test_model_fault_passes_through_the_chain(ollama: OllamaDouble) -> None:
    ollama.chats.append(Chat(("نصف",), ending="drop"))
    with pytest.raises(ModelError):
        answered(OllamaGenerator("m", host=ollama.url))


def test_answer_of_a_model_reaches_the_reader(ollama: OllamaDouble) -> None:
    assert "".join(answered(OllamaGenerator("m", host=ollama.url))) == "هذا جواب [1]."
    (asked,) = ollama.asked("/api/chat")
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (REFUSAL, True),
        ("لا تُجيبُ المقالات عن هذا السؤال [1]", True),
        ("  «لا تجيب المقالات عن هذا السؤال».\nلكن...", True),
        ("افتُتح يوم الأحد [1]. لا تجيب المقالات عن هذا السؤال.", False),
        ("لا تجيب المقالات", False),
        ("", False),
    ],
)
def test_refusal_is_recognised(text: str, refusal: bool) -> None:
    assert is_refusal(text) is refusal


# ---------------------------------------------------------------------------------------- LangChain's own faces


def test_retriever_gives_documents() -> None:
    retriever = PassageRetriever(retriever=Shelf(), k=1)
    documents = retriever.invoke(QUESTION)
    assert documents == asyncio.run(retriever.ainvoke(QUESTION))
    (document,) = documents
    assert document.id == "a#0" and document.page_content == "افتُتح الجسر يوم الأحد."
    assert document.metadata["published"] == "2024-03-01" and document.metadata["score"] == 1.0


def test_retrieval_chain_streams_evidence_before_tokens() -> None:
    async def read() -> list[dict[str, object]]:
        chain = retrieval_chain(PassageRetriever(retriever=Shelf()), ScriptedGenerator("يوم ", "الأحد"))
        return [part async for part in chain.astream({"question": QUESTION})]

    parts = asyncio.run(read())
    assert parts == [{"question": QUESTION}, {"evidence": EVIDENCE}, {"answer": "يوم "}, {"answer": "الأحد"}]


# ---------------------------------------------------------------------------------------- no third party

_TRACED = """
import asyncio, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
import os
calls = []
class Tracer(BaseHTTPRequestHandler):
    def answer(self):
        calls.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    do_GET = do_POST = do_PATCH = answer
    def log_message(self, *arguments): pass
server = HTTPServer(("127.0.0.1", 0), Tracer)
Thread(target=server.serve_forever, daemon=True).start()
os.environ |= {"LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": "key"}
os.environ["LANGSMITH_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}"
from langchain_core.tracers.langchain import wait_for_all_tracers
from retrieval.chain import AnswerChain
from tests.test_chain import EVIDENCE, QUESTION
from retrieval.ollama_generator import OllamaGenerator
chain = AnswerChain(generator=OllamaGenerator("m", host=sys.argv[1]))
async def ask():
    return [piece async for piece in chain.astream(QUESTION, EVIDENCE, ())]
async def ask_langchain():
    return await chain.runnable.ainvoke({"question": QUESTION, "evidence": EVIDENCE, "history": ()})
assert asyncio.run(ask())
wait_for_all_tracers()
quiet = len(calls)
asyncio.run(ask_langchain())
wait_for_all_tracers()
print(quiet, len(calls) > 0)
"""


def test_nothing_is_traced_even_where_langsmith_is_on(ollama: OllamaDouble) -> None:
    command = [sys.executable, "-c", _TRACED, ollama.url]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT)
    # The second run, by LangChain's own call, is traced: it shows that the first could have been.
    assert ran.stdout.split() == ["0", "True"], ran.stderr
