"""How many questions a person may ask."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.telegram import ledger as ledgers
from bot.telegram.ledger import Ledger
from bot.telegram.limits import Limits


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "bot.db")
    yield ledger
    ledger.close()


def ask(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, update_id: int, seconds_ago: float, user_id: int = 7) -> None:
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(ledgers.time, "time", lambda: now - seconds_ago)
        ledger.finished(ledger.begin(update_id, user_id, user_id, "ما الخبر؟").id, "delivered")


def test_the_limit_says_when_it_ends_and_is_of_one_person(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(ledger, a_minute=2, a_day=3)
    for update_id, seconds_ago in enumerate((7_200, 50, 20)):
        assert limits.reached(update_id, 7) is None
        ask(ledger, monkeypatch, update_id, seconds_ago)
    reached = limits.reached(10, 7)
    assert reached and (reached.per, reached.limit, round(reached.wait_seconds)) == ("minute", 2, 10)
    assert limits.reached(2, 7) is None  # its own question, carried out again after a kill
    assert limits.reached(10, 8) is None
    reached = Limits(ledger, a_day=3).reached(10, 7)
    assert reached and (reached.per, round(reached.wait_seconds / 3600)) == ("day", 22)


def test_forgetting_deletes_the_questions_and_gives_no_new_ones(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(ledger, a_day=2)
    ask(ledger, monkeypatch, 1, 90_000)
    ask(ledger, monkeypatch, 2, 40)
    limits.forget(7)
    assert ledger.asked_since(7, 0) == []
    assert limits.reached(9, 7) is None
    ask(ledger, monkeypatch, 3, 10)
    assert limits.reached(9, 7)
    limits.forget(7)
    assert limits.reached(9, 7) and not limits.reached(9, 8)


def test_a_limit_is_told_once_in_a_while(ledger: Ledger) -> None:
    limits = Limits(ledger, a_minute=1)
    assert [limits.is_to_be_told(user) for user in (7, 7, 8, 7)] == [True, False, True, False]
