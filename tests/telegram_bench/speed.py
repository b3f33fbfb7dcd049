"""S1–S6: how soon, how smooth, how large."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from tests.model_behaviours import BEHAVIOURS, double_of
from tests.ollama_double import Chat, Message, OllamaDouble
from tests.telegram_bench.bench import Bench, Figure, final_times, first_signs, p95
from tests.telegram_double import TelegramDouble
from tests.telegram_program import Program

_PAGE_MEGABYTES = 4096 / 1e6


def s1_s3_alone_and_together(bench: Bench) -> Figure:
    signs, ends = [], []
    with (
        double_of("quote") as ollama,
        TelegramDouble(limits=True) as double,
        bench.running(double, OLLAMA_HOST=ollama.url, DALIL_LLM="auto"),
    ):
        for at_once, rounds in ((1, 10), (50, 1), (200, 1)):
            asked: dict[int, float] = {}
            for _ in range(rounds):
                now = bench.ask(double, at_once)
                bench.answered(double, now, 90)
                asked |= now
            signs.append(p95(first_signs(double, asked)))
            ends.append(p95(final_times(double, asked)))
    met = signs[0] <= 1 and signs[1] <= 3 and signs[2] <= 8 and ends[0] <= 3 and ends[2] <= 20
    first, last = (" · ".join(f"{seconds:.1f}" for seconds in column) for column in (signs, ends))
    return Figure(f"first sign {first} s; answer {last} s", met)


def s2_first_words(bench: Bench) -> Figure:
    waits = []
    with (
        double_of("slow") as ollama,
        TelegramDouble() as double,
        bench.running(double, OLLAMA_HOST=ollama.url, DALIL_LLM="auto"),
    ):
        for _ in range(bench.size(20, 4)):
            asked_before = len(ollama.asked("/api/chat"))
            asked = bench.ask(double, 1)
            (chat_id,) = asked
            double.wait_for(lambda before=asked_before: len(ollama.asked("/api/chat")) > before, 30)  # type: ignore[misc]
            first_token = time.monotonic()
            bench.answered(double, asked, 60)
            posted = double.messages(chat_id)
            if posted and len(posted[0].versions) > 1:
                waits.append(posted[0].versions[1][0] - first_token)
            else:
                waits.append(float("inf"))
    return Figure(f"p95 {p95(waits):.2f} s after the model was asked", p95(waits) <= 1.5)


def _two_sentences(messages: list[Message]) -> Chat:
    """One that is shown, and then slowly one that will not be."""
    return replace(BEHAVIOURS["mixedlie"](messages), pause_seconds=0.1)


def s4_streaming(bench: Bench) -> Figure:
    with (
        OllamaDouble(behaviour=_two_sentences) as ollama,
        TelegramDouble(limits=True) as double,
        bench.running(double, OLLAMA_HOST=ollama.url, DALIL_LLM="auto"),
    ):
        asked: dict[int, float] = {}
        for _ in range(bench.size(10, 1)):
            now = bench.ask(double, 10)
            bench.answered(double, now)
            asked |= now
        floods = sum(call.status == 429 for call in double.calls)
        gaps = [
            later.at - earlier.at
            for chat_id in asked
            for earlier, later in pairwise(double.called("editMessageText", chat_id))
        ]
        edits = len(double.called("editMessageText"))
    least = min(gaps, default=float("inf"))
    return Figure(
        f"{floods} times 429 in {len(asked)} answers, {edits} edits, least gap {least:.2f} s", not floods and least >= 1
    )


def s5_memory(bench: Bench) -> Figure:
    with TelegramDouble() as double, bench.running(double) as program:
        asked = bench.ask(double, 10)
        bench.answered(double, asked, 30)
        start = _megabytes(program)
        asked = bench.ask(double, 200)
        bench.answered(double, asked, 60)
        crowd = _megabytes(program) - start
        after_first, questions = 0.0, bench.size(10_000, 600)
        for number in range(questions // 200):
            asked = bench.ask(double, 200)
            bench.answered(double, asked, 60)
            double.posted.clear()
            if number == max(0, questions // 2_000 - 1):
                after_first = _megabytes(program)
        growth = _megabytes(program) / after_first - 1
    return Figure(
        f"+{crowd:.0f} MB with 200 chats; {growth:+.1%} after {questions} questions", crowd <= 150 and growth <= 0.1
    )


def s6_idle(bench: Bench) -> Figure:
    with TelegramDouble() as double, bench.running(double) as program:
        time.sleep(5)
        before, calls = _cpu_seconds(program), len(double.calls)
        seconds = 60.0 * max(bench.share, 0.5)
        time.sleep(seconds)
        share = (_cpu_seconds(program) - before) / seconds
        others = sum(call.method != "getUpdates" for call in double.calls[calls:])
    return Figure(f"{share:.1%} of a core, {others} calls but long polls", share <= 0.01 and not others)


def _megabytes(program: Program) -> float:
    assert program.process is not None
    return int(Path(f"/proc/{program.process.pid}/statm").read_text().split()[1]) * _PAGE_MEGABYTES


def _cpu_seconds(program: Program) -> float:
    assert program.process is not None
    fields = Path(f"/proc/{program.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


ROWS = {
    "S1 S3": (
        "1 · 50 · 200 questions at once, p95",
        "first sign 1 · 3 · 8 s; answer 3 · – · 20 s",
        s1_s3_alone_and_together,
    ),
    "S2": ("first words of a slow model", "p95 1 s after its first token", s2_first_words),
    "S4": ("streamed answers", "0 times 429, an edit a second", s4_streaming),
    "S5": ("memory", "+150 MB, +10 %", s5_memory),
    "S6": ("idle", "1 % of a core", s6_idle),
}
