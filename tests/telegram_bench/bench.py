"""What the rows share: a program under test, questions, and what became of them."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.telegram_double import TelegramDouble, is_placeholder
from tests.telegram_program import DALIL, Program, index_seeds
from tests.telegram_records import Posted

PROGRAMS = {"dalil": DALIL, "plain": ("-m", "tests.plain_bot")}
FIRST_WORDS = ("🔎", "⏳")
QUESTIONS = (
    "من هو رئيس أذربيجان؟",
    "كم جندياً أرمينياً قُتل يوم الثلاثاء؟",
    "في أي منطقة قُتل الجنود الأرمن؟",
    "من هو زعيم كوريا الشمالية؟",
)


@dataclass(frozen=True)
class Figure:
    """What was measured, in words, and whether it is what was asked for."""

    text: str
    met: bool


@dataclass
class Bench:
    """One program, measured at a share of the full sizes."""

    program: str
    share: float
    seeds: Path

    def __post_init__(self) -> None:
        self._chats = itertools.count(1_000)

    @classmethod
    def over_seeds(cls, program: str, share: float) -> Bench:
        return cls(program, share, index_seeds(Path(tempfile.mkdtemp()) / "seeds"))

    @property
    def patience(self) -> float:
        """Seconds after which a question counts as lost; what the plain program has not done by then it never does."""
        return 60.0 if self.program == "dalil" else 15.0 if self.share >= 1 else 5.0

    def size(self, full: int, least: int = 1) -> int:
        return max(least, round(full * self.share))

    @contextmanager
    def running(self, double: TelegramDouble, **settings: str) -> Iterator[Program]:
        """The program at work, and killed at the end."""
        program = self.made(double, **settings)
        with program:
            time.sleep(0.5 if self.program == "dalil" else 3.0)  # the plain program says nothing when it is ready
            yield program

    def made(self, double: TelegramDouble, **settings: str) -> Program:
        program = Program.over_seeds(double, self.seeds, Path(tempfile.mkdtemp()), **settings)
        program.command = PROGRAMS[self.program]
        return program

    def ask(self, double: TelegramDouble, count: int) -> dict[int, float]:
        """So many questions at once, each in a chat of its own; the chats and when they asked."""
        asked = {}
        for number in range(count):
            chat_id = next(self._chats)
            double.say(chat_id, QUESTIONS[number % len(QUESTIONS)])
            asked[chat_id] = time.monotonic()
        return asked

    def answered(self, double: TelegramDouble, chats: Sequence[int] | dict[int, float], seconds: float = 0) -> None:
        """Waits until all have their answer, at most so long or as long as the patience lasts."""
        with suppress(AssertionError):
            double.wait_for(lambda: all(finals(double, chat_id) for chat_id in chats), seconds or self.patience)


def finals(double: TelegramDouble, chat_id: int) -> list[Posted]:
    """The messages of a chat that are no placeholder any more."""
    return [posted for posted in double.messages(chat_id) if not is_unfinished(posted)]


def is_unfinished(posted: Posted) -> bool:
    return is_placeholder(posted) or posted.text.startswith(FIRST_WORDS)


def lost(double: TelegramDouble, chats: dict[int, float]) -> int:
    return sum(not finals(double, chat_id) for chat_id in chats)


def doubled(double: TelegramDouble, chats: dict[int, float]) -> int:
    return sum(len(double.messages(chat_id)) > 1 for chat_id in chats)


def p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else float("inf")


def first_signs(double: TelegramDouble, asked: dict[int, float]) -> list[float]:
    """Seconds until something showed in each chat."""
    calls: dict[int, float] = {}
    for call in list(double.calls):
        if call.chat_id in asked and call.method in ("sendMessage", "sendChatAction", "sendMessageDraft"):
            calls.setdefault(call.chat_id, call.at)
    return [calls[chat_id] - at if chat_id in calls else float("inf") for chat_id, at in asked.items()]


def final_times(double: TelegramDouble, asked: dict[int, float]) -> list[float]:
    """Seconds until each chat had its answer."""
    times = []
    for chat_id, at in asked.items():
        found = finals(double, chat_id)
        times.append(found[0].versions[-1][0] - at if found else float("inf"))
    return times


Row = Callable[[Bench], Figure]
