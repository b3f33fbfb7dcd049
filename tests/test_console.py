from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable

import pytest

from bot.console import progress
from bot.language import Language
from bot.messages import Messages


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Makes standard error a terminal; called by the test itself, for pytest puts its own in place before each."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def replace() -> Terminal:
        monkeypatch.setattr(sys, "stderr", terminal := Terminal())
        return terminal

    return replace


@pytest.mark.parametrize(("language", "rate"), [("en", "per second"), ("ar", "في الثانية")])
def test_the_bar_shows_count_rate_and_time_left(
    on_terminal: Callable[[], Terminal], language: Language, rate: str
) -> None:
    terminal = on_terminal()
    with progress(Messages(language)) as tell:
        assert tell is not None
        for done in range(0, 50, 10):
            tell(done, 3000)
            time.sleep(0.05)
        time.sleep(0.3)  # it is drawn ten times a second
    shown = terminal.getvalue()
    assert "40/3000" in shown
    assert rate in shown
    assert "0:00:" in shown and "-:--:--" in shown  # the time left, and before there was one


def test_without_a_total_the_bar_shows_no_rate(on_terminal: Callable[[], Terminal]) -> None:
    terminal = on_terminal()
    with progress(Messages("en")) as tell:
        assert tell is not None
        tell(0, 0)
        time.sleep(0.2)
    assert "0/?" in terminal.getvalue()
    assert "per second" not in terminal.getvalue()


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_where_no_animation_is_wanted_nothing_is_shown(
    on_terminal: Callable[[], Terminal], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    terminal = on_terminal()
    monkeypatch.setenv(name, value)
    with progress(Messages("en")) as tell:
        assert tell is None
    assert terminal.getvalue() == ""


def test_piped_it_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(Messages("en")) as tell:
        assert tell is None
    assert capsys.readouterr() == ("", "")
