"""T1–T8 and T10: nothing lost, nothing doubled, nobody kept waiting."""

from __future__ import annotations

import random
import subprocess
import time

from tests.telegram_bench.bench import Bench, Figure, doubled, final_times, finals, lost, p95
from tests.telegram_double import TelegramDouble
from tests.telegram_faults import TAKES_EFFECT, Faults


def t1_faults(bench: Bench) -> Figure:
    total = gone = twice = 0
    for kind in TAKES_EFFECT:
        faults = Faults([kind], 0.1, seed=len(kind))
        with TelegramDouble(faults=faults) as double, bench.running(double):
            asked = bench.ask(double, bench.size(100, 10))
            bench.answered(double, asked)
            time.sleep(2)
            total, gone, twice = total + len(asked), gone + lost(double, asked), twice + doubled(double, asked)
    return Figure(f"{gone} of {total} lost, {twice} doubled", gone == twice == 0)


def t3_kills(bench: Bench) -> Figure:
    moments, total, gone, most = random.Random(1), 0, 0, 0
    with TelegramDouble() as double, bench.running(double) as program:
        for _ in range(bench.size(20, 3)):
            asked = bench.ask(double, 10)
            time.sleep(moments.uniform(0.0, 0.8))
            program.kill()
            program.start()
            bench.answered(double, asked)
            time.sleep(0.5)
            total, gone = total + 10, gone + lost(double, asked)
            most = max(most, doubled(double, asked))
    return Figure(f"{gone} of {total} lost, at most {most} doubled a kill", gone == 0 and most <= 1)


def t4_stop(bench: Bench) -> Figure:
    with TelegramDouble() as double, bench.running(double) as program:
        asked = bench.ask(double, 100)
        time.sleep(0.4)
        try:
            _, seconds = program.terminate()
        except subprocess.TimeoutExpired:
            seconds = float("inf")
            program.kill()
        program.start()
        bench.answered(double, asked)
        gone = lost(double, asked)
    return Figure(f"out in {seconds:.1f} s, {gone} of 100 lost", seconds <= 10 and gone == 0)


def t5_outage(bench: Bench) -> Figure:
    away = 60.0 * max(bench.share, 0.2)
    worst_rate = worst_back = 0.0
    gone = total = 0
    for silent in (False, True):
        with TelegramDouble() as double, bench.running(double):
            asked = bench.ask(double, 20)
            time.sleep(0.3)
            began = time.monotonic()
            double.be_away(away, silent=silent)
            time.sleep(0.5)
            asked |= bench.ask(double, 10)
            time.sleep(away)
            bench.answered(double, asked, 40)
            back = [call.at for call in double.calls if call.at > began + away and call.status == 200]
            tried = [call.at for call in double.calls if call.fault == "silent" and call.at > began + 2]
            worst_rate = max(worst_rate, len(tried) / away)
            worst_back = max(worst_back, min(back, default=float("inf")) - began - away)
            total, gone = total + len(asked), gone + lost(double, asked)
    met = gone == 0 and worst_back <= 10 and worst_rate <= 2
    return Figure(f"back in {worst_back:.1f} s, {worst_rate:.1f} attempts a second, {gone} of {total} lost", met)


def t6_second(bench: Bench) -> Figure:
    with TelegramDouble() as double, bench.running(double):
        second = bench.made(double)
        second.start(ready_seconds=0)
        asked: dict[int, float] = {}
        for _ in range(20):
            asked |= bench.ask(double, 2)
            time.sleep(1.0)
        bench.answered(double, asked, 10)
        left = second.process is not None and second.process.poll() is not None
        said = "أوقفه" in second.log or "Conflict" in second.log
        gone, twice = lost(double, asked), doubled(double, asked)
        second.kill()
    end = "the second leaves" if left else "the second complains" if said else "the second says nothing"
    return Figure(f"{end}, {gone} lost, {twice} doubled of {len(asked)}", (left or said) and gone == twice == 0)


def t7_flood_control(bench: Bench) -> Figure:
    closed = 60.0 * max(bench.share, 0.2)
    with TelegramDouble() as double, bench.running(double):
        alone = _one_by_one(bench, double, 10)
        until = double.close_chat(1, closed)
        double.say(1, "من هو رئيس أذربيجان؟")
        beside = _one_by_one(bench, double, 10)
        time.sleep(max(0.0, until - time.monotonic()) + 5)
        early = sum(call.at < until for call in double.calls if call.chat_id == 1) - 1
        delivered = bool(finals(double, 1))
    met = early <= 0 and delivered and p95(beside) <= 2 * p95(alone) + 0.1
    text = f"{max(early, 0)} early, delivered: {'yes' if delivered else 'no'}; others {p95(alone):.2f} → {p95(beside):.2f} s"
    return Figure(text, met)


def t8_fairness(bench: Bench) -> Figure:
    with TelegramDouble(limits=True) as double, bench.running(double):
        alone = _one_by_one(bench, double, 10)
        flood = bench.size(1_000, 300)
        for number in range(flood):
            double.say(1, f"من هو رئيس أذربيجان؟ {number}")
            time.sleep(10 / flood / 2)
        beside = _one_by_one(bench, double, 10, wait=20 if bench.program == "dalil" else 90)
        notices = sum("لم أجب عنه بعد" in posted.text for posted in double.messages(1))
        pending = double.pending
    met = p95(beside) <= 2 * p95(alone) + 0.1 and notices == 1 and pending == 0
    return Figure(f"others {p95(alone):.2f} → {p95(beside):.2f} s, {notices} notices, {pending} unfetched", met)


def t10_unreadable(bench: Bench) -> Figure:
    with TelegramDouble() as double, bench.running(double) as program:
        double.push({"message": {"message_id": "x", "date": "yesterday", "chat": 5, "text": ["?"]}})
        asked = bench.ask(double, 1)
        bench.answered(double, asked)
        seconds = final_times(double, asked)[0]
        logged = "cannot be read" in program.log or "Exception" in program.log
    return Figure("stuck" if seconds == float("inf") else f"next answer in {seconds:.1f} s", seconds <= 60 and logged)


def _one_by_one(bench: Bench, double: TelegramDouble, count: int, wait: float = 20) -> list[float]:
    """Seconds until the answer, one question after another."""
    times = []
    for _ in range(count):
        asked = bench.ask(double, 1)
        bench.answered(double, asked, wait)
        times += final_times(double, asked)
        if times[-1] == float("inf"):
            break
    return [min(seconds, wait) for seconds in times]


ROWS = {
    "T1 T2": ("faults of the network", "0 lost, 0 doubled", t1_faults),
    "T3": ("kill -9", "0 lost, 1 doubled a kill", t3_kills),
    "T4": ("SIGTERM", "10 s, 0 lost", t4_stop),
    "T5": ("Telegram unreachable", "back in 10 s, 2 a second, 0 lost", t5_outage),
    "T6": ("a second instance", "one stays, 0 doubled", t6_second),
    "T7": ("flood control", "0 early, others at most doubled", t7_flood_control),
    "T8": ("1,000 messages of one chat", "others at most doubled, 1 notice", t8_fairness),
    "T10": ("an unreadable update", "60 s", t10_unreadable),
}
