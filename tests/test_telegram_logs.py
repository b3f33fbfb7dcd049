"""The bot's log: lines that machines and people can read, without a secret and without a traceback."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from bot.telegram.logs import configure

TOKEN = "7345012345:AAF_ab-Cdefghijklmnopqrstuvwxyz01234"
HALF = TOKEN.partition(":")[2]
HOOK = "hook/s3cret&x"
log = logging.getLogger("bot.telegram.test")


@contextmanager
def configured(*, secrets: Iterable[str] = (), lively: bool = False, debug: bool = False) -> Iterator[None]:
    """Pytest listens too, and raises where a line cannot be formatted: its handlers are away meanwhile."""
    root = logging.getLogger()
    away, root.handlers = root.handlers, []
    try:
        with configure(secrets=secrets, lively=lively, debug=debug):
            yield
    finally:
        root.handlers = away


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


class Foreign:
    """An object whose text nobody has seen before it is formatted."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/sendMessage",
        quote(TOKEN, safe=""),
        quote(TOKEN, safe="").replace("%3A", "%3a"),
        HALF,
        f"{TOKEN[:20]}\u200b{TOKEN[20:]}",
        HOOK,
        quote(HOOK),
        quote(HOOK, safe=""),
    ],
)
@pytest.mark.parametrize("lively", [False, True])
@pytest.mark.parametrize("debug", [False, True])
def test_a_secret_never_gets_out(secret: str, lively: bool, debug: bool, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError(secret) from OSError(secret)

    with configured(secrets=[TOKEN, HOOK], lively=lively, debug=debug):
        log.warning(f"message {secret}")
        log.warning("argument %s %r", secret, Foreign(secret))
        log.warning("named %(secret)s", {"secret": Foreign(secret)})
        log.warning("extra", extra={"chat": secret, "foreign": Foreign(secret), "many": [{"x": secret}], secret: 1})
        logging.getLogger(f"bot.{secret}").warning("logger")
        try:
            fail()
        except ValueError:
            log.exception("exception")
        log.warning("too many %s", secret, secret)
    text = capsys.readouterr().err
    assert len(text.splitlines()) >= 7
    assert "***" in text
    for form in (secret, TOKEN, HALF, HOOK, quote(HOOK), quote(HOOK, safe="")):
        assert form not in text


@pytest.mark.parametrize("lively", [False, True])
def test_an_exception_is_one_line_and_its_traceback_only_for_debugging(
    lively: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    for debug in (False, True):
        with configured(lively=lively, debug=debug):
            try:
                raise KeyError("the key\nand more")
            except KeyError:
                log.exception("It failed")
            text = capsys.readouterr().err
            assert "It failed" in text
            assert "KeyError" in text
            assert ("Traceback" in text) == debug
            if not (debug and lively):
                assert len(text.splitlines()) == 1


def test_a_line_is_an_object_with_the_fields_given(capsys: pytest.CaptureFixture[str]) -> None:
    with configured():
        log.info("جواب في %d ثانية\n\x1b[31mأحمر\u202e", 3, extra={"part": 2, "method": "sendMessage", "level": "x"})
    (line,) = lines(capsys)
    assert str(line.pop("time")).endswith("Z")
    assert line == {
        "level": "INFO",
        "logger": "bot.telegram.test",
        "message": "جواب في 3 ثانية أحمر",
        "part": 2,
        "method": "sendMessage",
    }


def test_a_person_gets_short_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with configured(lively=True):
        log.info("Telegram answers again")
        log.warning("An edit was refused", extra={"part": 2})
    first, second = capsys.readouterr().err.splitlines()
    assert first[8:] == " Telegram answers again"
    assert second[8:] == " warning An edit was refused part=2"


def test_libraries_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with configured(debug=True):
        for name in ("httpx", "httpcore.connection", "telegram.ext.Updater"):
            logging.getLogger(name).info("chatter")
            logging.getLogger(name).warning("said by %s", name)
        logging.getLogger("tornado.access").error("POST /hidden")
        logging.getLogger("apscheduler.scheduler").critical("jobs")
    assert [line["logger"] for line in lines(capsys)] == ["httpx", "httpcore.connection", "telegram.ext.Updater"]


def test_others_are_heard_from_warnings_on_and_we_from_information_on(capsys: pytest.CaptureFixture[str]) -> None:
    with configured():
        logging.getLogger("chromadb").info("chatter")
        logging.getLogger("chromadb").warning("heard")
        logging.getLogger("retrieval.index").info("heard")
        log.debug("not heard")
    assert [(line["logger"], line["message"]) for line in lines(capsys)] == [
        ("chromadb", "heard"),
        ("retrieval.index", "heard"),
    ]


def test_a_line_that_cannot_be_formatted_is_named_without_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("private")

    with configured():
        log.warning("%d people", "سؤال خاص")
        log.warning("%s", Broken())
        log.warning("the next one")
    text = capsys.readouterr().err
    assert "Traceback" not in text
    assert "خاص" not in text
    assert "private" not in text
    assert [json.loads(line)["message"].partition(":")[0] for line in text.splitlines()] == [
        "a line of test_telegram_logs",
        "a line of test_telegram_logs",
        "the next one",
    ]


def test_a_closed_screen_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> None:
            raise BrokenPipeError

        def flush(self) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    with configured():
        log.warning("to nobody")


def test_a_thread_that_fails_says_so_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError(TOKEN)

    with configured(secrets=[TOKEN]):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    (line,) = lines(capsys)
    assert line["error"] == "ValueError: ***"


def test_an_object_that_fails_when_given_up_says_so_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    class Failing:
        def __del__(self) -> None:
            raise ValueError(TOKEN)

    with configured(secrets=[TOKEN]):
        Failing()
    (line,) = lines(capsys)
    assert (line["level"], line["error"]) == ("WARNING", "ValueError: ***")


def test_all_is_as_before_when_it_is_closed() -> None:
    names = ("", "bot", "retrieval", "httpx", "httpcore", "telegram", "apscheduler", "tornado.access")

    def state() -> object:
        levels = [logging.getLogger(name).level for name in names]
        return levels, list(logging.getLogger().handlers), threading.excepthook, sys.unraisablehook

    before = state()
    with configure(secrets=[TOKEN], lively=False, debug=True):
        assert state() != before
    assert state() == before


def test_without_secrets_nothing_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    with configured(secrets=["", ""]):
        log.warning("plain")
    assert lines(capsys)[0]["message"] == "plain"
