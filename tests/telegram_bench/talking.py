"""T11–T16: buttons, formatting, who is served, secrets, groups."""

from __future__ import annotations

import time

from tests.model_behaviours import double_of
from tests.telegram_bench.bench import QUESTIONS, Bench, Figure, p95
from tests.telegram_double import TelegramDouble
from tests.telegram_records import TOKEN

GROUP = -1_001_000_000_001


def t11_buttons(bench: Bench) -> Figure:
    with (
        double_of("hang") as ollama,
        TelegramDouble() as double,
        bench.running(double, OLLAMA_HOST=ollama.url, DALIL_LLM="auto"),
    ):
        asked = bench.ask(double, 20)
        double.wait_for(lambda: all(double.messages(chat_id) for chat_id in asked))
        data = ["x", "s:nothing:1", "u:forged", "d:" + "9" * 60, ""]
        pressed = {}
        for number in range(bench.size(100, 20)):
            posted = double.messages(list(asked)[number % 20])[0]
            pressed[double.press(posted, data[number % len(data)])] = time.monotonic()
            time.sleep(0.02)
        time.sleep(3)
        answers = {c.params["callback_query_id"]: c.at for c in double.called("answerCallbackQuery")}
    waits = [answers[query] - at if query in answers else float("inf") for query, at in pressed.items()]
    return Figure(
        f"{len(answers)} of {len(pressed)} answered, p95 {p95(waits):.2f} s",
        p95(waits) <= 1 and len(answers) == len(pressed),
    )


def t12_formatting(bench: Bench) -> Figure:
    refused, sent = [], 0
    for behaviour in ("markup", "long", "bidi", "smuggle", "quote"):
        with (
            double_of(behaviour) as ollama,
            TelegramDouble() as double,
            bench.running(double, OLLAMA_HOST=ollama.url, DALIL_LLM="auto"),
        ):
            asked = bench.ask(double, bench.size(20, 4))
            bench.answered(double, asked)
            sent += len(asked)
            refused += [call for call in double.calls if call.status == 400]
    return Figure(f"{len(refused)} refused in {sent} answers", not refused)


def t13_not_allowed(bench: Bench) -> Figure:
    with double_of("quote") as ollama, TelegramDouble() as double:
        settings = {"OLLAMA_HOST": ollama.url, "DALIL_LLM": "auto", "TELEGRAM_ALLOWED_CHATS": "1"}
        with bench.running(double, **settings) as program:
            for _ in range(5):
                double.say(2, "سؤال من غريب فريد")
            time.sleep(5)
            models = len(ollama.asked("/api/chat"))
            lines = len(double.messages(2))
            stored = any("غريب".encode() in path.read_bytes() for path in program.data_dir.glob("bot.db*"))
    return Figure(
        f"{models} model calls, {lines} lines, stored: {'yes' if stored else 'no'}",
        not models and lines <= 1 and not stored,
    )


def t14_foreign(bench: Bench) -> Figure:
    with TelegramDouble() as double, bench.running(double):
        double.say(1, QUESTIONS[0])
        double.say(2, QUESTIONS[3])
        bench.answered(double, [1, 2])
        mine, theirs = double.messages(1)[0], double.messages(2)[0]
        for button in theirs.buttons:
            double.press(mine, button["callback_data"])
        time.sleep(3)
        shown = len(double.messages(1)) - 1
    return Figure(f"{shown} foreign texts shown" if theirs.buttons else "no buttons", shown == 0)


def t15_secrets(bench: Bench) -> Figure:
    with TelegramDouble() as double, bench.running(double) as program:
        asked = bench.ask(double, 10)
        bench.answered(double, asked, 20)
        double.be_away(3)
        time.sleep(6)
        found = program.log.count(TOKEN)
        found += sum(TOKEN.encode() in path.read_bytes() for path in program.data_dir.rglob("*") if path.is_file())
    return Figure(f"{found} times the token", found == 0)


def t16_groups(bench: Bench) -> Figure:
    with TelegramDouble(limits=True) as double, bench.running(double):
        for _ in range(10):
            double.say(GROUP, QUESTIONS[0], user_id=8)
        time.sleep(3)
        unasked = len(double.messages(GROUP))
        for number in range(15):
            double.say(GROUP - 1, f"@dalil_test_bot {QUESTIONS[number % 4]}", user_id=8)
        time.sleep(62)
        floods = sum(call.status == 429 for call in double.calls)
        replies = all(posted.reply_to for posted in double.messages(GROUP - 1))
    return Figure(
        f"{unasked} unasked, {floods} times 429, replies: {'yes' if replies else 'no'}",
        not unasked and not floods and replies,
    )


ROWS = {
    "T11": ("buttons, a hanging model", "all answered, p95 1 s", t11_buttons),
    "T12": ("formatting, five behaviours of a model", "0 refused", t12_formatting),
    "T13": ("chats that are not allowed", "0 model calls, nothing stored", t13_not_allowed),
    "T14": ("ids of another chat", "0 foreign texts", t14_foreign),
    "T15": ("secrets", "0", t15_secrets),
    "T16": ("groups", "only when called, no 429", t16_groups),
}
