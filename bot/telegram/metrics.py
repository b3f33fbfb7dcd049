"""What the bot counts and times, as Prometheus reads it. Labels have values of fixed small sets: no id, no name, no text."""

from __future__ import annotations

from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.texts.errors import ERRORS
from bot.texts.source_errors import SOURCE_ERRORS
from bot.texts.web_errors import WEB_ERRORS

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

QUESTION_KINDS = ("private", "group", "inline")
ANSWER_MODES = ("quotes", "llm")
ANSWER_OUTCOMES = ("answered", "declined", "error", "stopped")
UPDATE_KINDS = ("message", "press", "inline")
SKIP_REASONS = ("other_kind", "not_allowed", "too_many", "unreadable", "forbidden", "broken")
"""`forbidden` and `broken` are posts to the webhook: without its secret, and without an update in them."""
REQUEST_OUTCOMES = ("ok", "flood", "network", "refused")
METHODS = frozenset(
    {
        "answerCallbackQuery",
        "answerInlineQuery",
        "deleteMessage",
        "deleteWebhook",
        "editMessageReplyMarkup",
        "editMessageText",
        "getFile",
        "getMe",
        "getUpdates",
        "getWebhookInfo",
        "sendChatAction",
        "sendMessage",
        "sendMessageDraft",
        "setMyCommands",
        "setWebhook",
    }
)
FAULTS = frozenset(code for table in (ERRORS, SOURCE_ERRORS, WEB_ERRORS) for code in table if "." not in code) | {
    "unexpected"
}
OTHER = "other"
"""Stands for whatever is in none of these sets."""

FIRST_SIGN_SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 15, 30, 60)
"""Bounds of the histogram: the first sign of life is due within a second alone, three with 50 chats, eight with 200."""
ANSWER_SECONDS = (0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300)
"""Quotes take milliseconds and a local model up to minutes; 3 and 20 seconds are due with 1 and 200 chats."""


class Metrics:
    """The counts of one bot, in a registry of their own. Methods may be called from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count()
        self._time()
        self._gauge()
        ProcessCollector(registry=self.registry)
        for kind in QUESTION_KINDS:  # from 0 on, so that the first one is an increase
            self._questions.labels(kind)
        for mode in ANSWER_MODES:
            for outcome in ANSWER_OUTCOMES:
                self._answers.labels(mode, outcome)

    def question(self, kind: str) -> None:
        """A question that is going to be answered; `kind` is one of `QUESTION_KINDS`."""
        self._questions.labels(_known(kind, QUESTION_KINDS)).inc()

    def first_sign(self, seconds: float) -> None:
        """From a question until its chat first shows that the bot is at it."""
        self._first_sign_seconds.observe(seconds)

    def answered(self, mode: str, outcome: str, seconds: float) -> None:
        """A question came to its end, whichever, so long after it was asked."""
        self._answers.labels(_known(mode, ANSWER_MODES), _known(outcome, ANSWER_OUTCOMES)).inc()
        self._answer_seconds.observe(seconds)

    def update(self, kind: str) -> None:
        """An update was taken."""
        self._updates.labels(_known(kind, UPDATE_KINDS)).inc()

    def skipped(self, reason: str) -> None:
        """An update was not taken."""
        self._skipped.labels(_known(reason, SKIP_REASONS)).inc()

    def request(self, method: str, outcome: str) -> None:
        """Telegram was asked for something: done, closed for a while, not reached, or refused."""
        self._requests.labels(_known(method, METHODS), _known(outcome, REQUEST_OUTCOMES)).inc()

    def fault(self, code: str) -> None:
        """`code` is that of a `DalilError`, or `unexpected`."""
        self._faults.labels(_known(code, FAULTS)).inc()

    def queue(self, *, waiting: int, running: int) -> None:
        """Updates not yet begun, and those under way."""
        self._waiting.set(waiting)
        self._running.set(running)

    def polled(self, timestamp: float) -> None:
        """Telegram last answered a request for updates at that time, in seconds since 1970."""
        self._last_poll.set(timestamp)

    def articles(self, count: int) -> None:
        """So many articles are indexed."""
        self._articles.set(count)

    def exposition(self) -> bytes:
        """All of it in the text format of Prometheus, `CONTENT_TYPE`."""
        return generate_latest(self.registry)

    def _count(self) -> None:
        registry = self.registry
        self._questions = Counter("dalil_questions", "Questions taken", ("kind",), registry=registry)
        self._answers = Counter("dalil_answers", "Questions ended", ("mode", "outcome"), registry=registry)
        self._updates = Counter("dalil_updates", "Updates taken", ("kind",), registry=registry)
        self._skipped = Counter("dalil_updates_skipped", "Updates not taken", ("reason",), registry=registry)
        self._requests = Counter("dalil_requests", "Requests to Telegram", ("method", "outcome"), registry=registry)
        self._faults = Counter("dalil_faults", "Faults", ("code",), registry=registry)

    def _time(self) -> None:
        self._first_sign_seconds = Histogram(
            "dalil_first_sign_seconds",
            "From a question to the first sign of life",
            buckets=FIRST_SIGN_SECONDS,
            registry=self.registry,
        )
        self._answer_seconds = Histogram(
            "dalil_answer_seconds", "From a question to its end", buckets=ANSWER_SECONDS, registry=self.registry
        )

    def _gauge(self) -> None:
        registry = self.registry
        self._waiting = Gauge("dalil_queue_waiting", "Updates not yet begun", registry=registry)
        self._running = Gauge("dalil_queue_running", "Updates under way", registry=registry)
        self._last_poll = Gauge(
            "dalil_last_poll_timestamp_seconds", "When Telegram last answered getUpdates; 0: never", registry=registry
        )
        self._articles = Gauge("dalil_articles", "Articles in the index", registry=registry)


def _known(value: str, values: Collection[str]) -> str:
    return value if value in values else OTHER
