"""The ledger forgets nothing that is not done, and keeps nothing that it should forget."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram import kept_answers
from bot.telegram import ledger as ledgers
from bot.telegram.ledger import Arrival, Ledger, State
from retrieval.errors import ClaimsWithheld, DiskFull, StoreError, StoreReadOnly
from retrieval.types import Answer, Citation, Passage, Source

SOURCE = Source("a1", "عنوان", url="https://example.org/1", outlet="صحيفة", published=date(2023, 9, 14), origin="a.txt")
PASSAGE = Passage("a1#0", SOURCE, 0, "قال الوزير إن العمل بدأ.", 10, 34)
CITATION = Citation(1, PASSAGE, "العمل بدأ", 24, 33)
ANSWER = Answer(
    "متى؟", "متى بدأ العمل", "العمل بدأ [1].", "llm", citations=(CITATION,), seconds={"retrieve": 0.1, "answer": 0.2},
    confidence=0.75, notice=ClaimsWithheld(model="m", count=2),
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "bot.db")
    yield ledger
    ledger.close()


def arrival(number: int, *, chat: int = 7, user: int = 7, raw: str = "{}") -> Arrival:
    return Arrival(number, "message", chat, user, raw)


def answered(ledger: Ledger, number: int, question: str, *, chat: int = 7, user: int = 7) -> str:
    ledger.take([arrival(number, chat=chat, user=user)])
    exchange = ledger.begin(number, chat, user, question)
    ledger.answered(exchange.id, replace(ANSWER, question=question))
    ledger.finished(exchange.id, "delivered")
    ledger.done(number)
    return exchange.id


def test_an_update_that_comes_twice_is_taken_once_also_after_it_is_done(ledger: Ledger) -> None:
    assert ledger.take([arrival(1), arrival(2)]) == [arrival(1), arrival(2)]
    ledger.done(1)
    assert ledger.take([arrival(1), arrival(2), arrival(3)]) == [arrival(3)]


def test_what_is_not_done_is_there_after_a_restart_in_order(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "bot.db")
    first.take([arrival(3, raw='{"ا": 1}'), arrival(1), arrival(2)])
    first.done(1)
    second = Ledger(tmp_path / "bot.db")  # the first was never closed, as after a kill
    assert [a.update_id for a in second.waiting()] == [2, 3]
    assert second.waiting()[1].raw == '{"ا": 1}'
    second.close()
    first.close()


def test_an_exchange_goes_on_with_the_message_it_had(ledger: Ledger) -> None:
    ledger.take([arrival(5)])
    exchange = ledger.begin(5, 7, 7, "من؟")
    assert ledger.message(exchange.id, 0) is None
    ledger.intend(exchange.id, 0, after=40)
    assert ledger.message(exchange.id, 0) == ledgers.Sent(40, None)
    ledger.sent(exchange.id, 0, 42)
    again = ledger.begin(5, 7, 7, "من؟")
    assert again == exchange
    sent = ledger.message(again.id, 0)
    assert sent is not None and sent.message_id == 42
    assert list(ledger.known_messages()) == [(7, 42)]


def test_the_answer_comes_back_as_it_was(ledger: Ledger) -> None:
    exchange_id = answered(ledger, 1, "متى؟")
    kept = ledger.exchange(exchange_id)
    assert kept is not None and kept.answer is not None
    assert kept.answer.citations == ANSWER.citations
    assert kept.answer.notice is not None and kept.answer.notice.values == {"model": "m", "count": "2"}
    assert type(kept.answer.notice) is ClaimsWithheld
    assert replace(kept.answer, notice=None) == replace(ANSWER, notice=None)


@given(st.text(), st.text(), st.floats(0, 1), st.sampled_from(["no_evidence", "small_talk", None]))
def test_any_answer_survives_json(question: str, text: str, confidence: float, reason: str | None) -> None:
    answer = Answer(question, question, text, "quotes", confidence=confidence, reason=reason, nearest=(CITATION,))  # type: ignore[arg-type]
    assert kept_answers.from_json(kept_answers.to_json(answer)) == answer


def test_the_history_is_of_one_person_in_one_chat_since_the_conversation_began(ledger: Ledger) -> None:
    answered(ledger, 1, "قديم")
    ledger.take([arrival(2)])
    answered(ledger, 3, "أول")
    ledger.new_conversation(2, 7, 7)  # carried out late: what was asked after it stays
    answered(ledger, 4, "غيري", user=8)
    answered(ledger, 5, "هناك", chat=9)
    answered(ledger, 6, "ثان")
    ledger.take([arrival(8)])
    ledger.begin(8, 7, 7, "لم يُجب بعد")
    assert [turn.question for turn in ledger.history(7, 7)] == ["أول", "ثان"]


def test_the_history_is_bounded(ledger: Ledger) -> None:
    for number in range(10):
        answered(ledger, number, f"سؤال {number}")
    assert [turn.question for turn in ledger.history(7, 7)] == [f"سؤال {n}" for n in range(4, 10)]


def test_a_vote_counts_once_a_person_and_can_be_taken_back(ledger: Ledger) -> None:
    exchange_id = answered(ledger, 1, "متى؟")
    ledger.vote(2, exchange_id, 7, "up")
    ledger.vote(3, exchange_id, 7, "down")
    ledger.vote(4, exchange_id, 8, "up")
    assert [(e.id, ups, downs) for e, ups, downs in ledger.voted()] == [(exchange_id, 1, 1)]
    assert ledger.vote(5, exchange_id, 7, "down") is None
    assert ledger.vote_of(exchange_id, 7) is None
    assert [(ups, downs) for _, ups, downs in ledger.voted()] == [(1, 0)]


def test_a_press_that_voted_is_not_carried_out_again_after_a_kill(ledger: Ledger) -> None:
    exchange_id = answered(ledger, 1, "متى؟")
    ledger.take([arrival(2), arrival(3)])
    ledger.vote(2, exchange_id, 7, "up")
    assert [a.update_id for a in ledger.waiting()] == [3]


def test_a_question_is_answered_whose_update_has_the_number_of_one_of_days_ago(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(ledgers.time, "time", lambda: now - 8 * 86_400)
    old = answered(ledger, 1, "قديم")
    monkeypatch.undo()
    ledger.prune()
    assert ledger.begin(1, 9, 9, "جديد").state == "asked"
    assert ledger.exchange(old)


def test_an_answer_that_is_whole_too_late_does_not_undo_a_stop(ledger: Ledger) -> None:
    ledger.take([arrival(1)])
    exchange = ledger.begin(1, 7, 7, "متى؟")
    ledger.finished(exchange.id, "halted")
    ledger.answered(exchange.id, ANSWER)
    assert ledger.begin(1, 7, 7, "متى؟").state == "halted"


def test_forgetting_a_person_leaves_no_word_in_the_file(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "bot.db")
    ledger.take([arrival(1, raw='{"text": "سرّي للغاية"}')])
    exchange = ledger.begin(1, 7, 7, "سرّي للغاية")
    ledger.answered(exchange.id, replace(ANSWER, question="سرّي للغاية"))
    ledger.finished(exchange.id, "delivered")
    ledger.vote(2, exchange.id, 7, "up")
    ledger.done(1)
    answered(ledger, 2, "لغيره", user=8)
    assert ledger.forget(7) == 1
    assert ledger.exchange(exchange.id) is None
    ledger.close()  # writes the log back into the file
    assert all("سرّي للغاية".encode() not in path.read_bytes() for path in tmp_path.iterdir())
    again = Ledger(tmp_path / "bot.db")
    assert [turn.question for turn in again.history(7, 8)] == ["لغيره"]
    assert again.take([arrival(1)]) == []
    again.close()


def test_old_questions_go_and_voted_ones_stay(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(ledgers.time, "time", lambda: now - 40 * 86_400)
    old, liked = answered(ledger, 1, "قديم"), answered(ledger, 2, "قديم محبوب")
    ledger.vote(5, liked, 7, "up")
    ledger.take([arrival(3)])
    monkeypatch.undo()
    new = answered(ledger, 4, "جديد")
    ledger.prune()
    assert ledger.exchange(old) is None
    assert ledger.exchange(liked) and ledger.exchange(new)
    assert [a.update_id for a in ledger.waiting()] == [3]


def test_the_file_is_for_its_owner_alone(ledger: Ledger) -> None:
    assert ledger.path.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_ledger_or_a_newer_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"not a database, and long enough to be looked at" * 100)
    with pytest.raises(StoreError):
        Ledger(tmp_path / "bad.db")
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreError, match="newer"):
        Ledger(tmp_path / "newer.db")


def test_a_full_disk_keeps_what_is_there(ledger: Ledger) -> None:
    ledger.take([arrival(1)])
    pages = ledger._inbox.execute("PRAGMA page_count").fetchone()[0]
    ledger._inbox.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises((DiskFull, StoreReadOnly)):
        ledger.take([arrival(number, raw="x" * 10_000) for number in range(2, 50)])
    assert [a.update_id for a in ledger.waiting()] == [1]


def test_what_is_unfinished_is_sent_anew_in_a_group_that_became_another(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "bot.db")
    states: tuple[State, ...] = ("asked", "answered", "halted", "delivered", "stopped")
    ids = []
    for number, state in enumerate(states):
        exchange = ledger.begin(number, -7, 5, "سؤال")
        ledger.sent(exchange.id, 0, 10 + number)
        ledger.finished(exchange.id, state)
        ids.append(exchange.id)
    ledger.move_chat(-7, -1_001)
    assert [bool(ledger.message(exchange_id, 0)) for exchange_id in ids] == [False, False, False, True, True]
    exchanges = [ledger.exchange(exchange_id) for exchange_id in ids]
    assert {exchange.chat_id for exchange in exchanges if exchange} == {-1_001}
