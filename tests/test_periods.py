"""Questions with a period: what was published or happened then comes first, and alone it is asked for what happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from retrieval import periods
from retrieval.assistant import Assistant
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.periods import asked_time

TODAY = date(2024, 6, 19)
NEWS = [
    ("port-23", "2023-09-12", "افتتاح توسعة الميناء", "افتتح وزير النقل توسعة الميناء التجاري أمام السفن."),
    ("port-24", "2024-05-02", "أرباح الميناء", "أعلنت إدارة الميناء التجاري ارتفاع أرباحها هذا العام."),
    ("rain-23", "2023-09-20", "أمطار غزيرة", "هطلت أمطار غزيرة على المدينة القديمة وأغلقت طرقها."),
    ("cup-24", "2024-06-18", "فوز الفريق", "فاز الفريق الوطني بالكأس بعد مباراة طويلة."),
    ("talks-23", "2023-11-05", "محادثات الحدود", "قال الوزير إن اشتباكات 3 أكتوبر 2023 على الحدود انتهت باتفاق."),
    ("museum-22", "2022-01-10", "متحف جديد", "افتتحت المدينة القديمة متحفا للآثار في قصرها."),
]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "today", lambda: TODAY)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    records = [{"id": i, "published": day, "title": title, "text": text} for i, day, title, text in NEWS]
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([file])
    yield index
    index.close()


def found(index: Index, question: str, k: int = 3) -> list[str]:
    return [hit.passage.source.article_id for hit in index.retrieve(question, k)]


@pytest.mark.parametrize(
    ("question", "first", "last", "newest", "alone"),
    [
        ("ماذا حدث في سبتمبر 2023؟", date(2023, 9, 1), date(2023, 9, 30), False, True),
        ("ما أهم أحداث أيلول ٢٠٢٣؟", date(2023, 9, 1), date(2023, 9, 30), False, True),
        ("ما أخبار أمس؟", date(2024, 6, 18), date(2024, 6, 18), False, True),
        ("ماذا جرى في الميناء في سبتمبر 2023؟", date(2023, 9, 1), date(2023, 9, 30), False, False),
        ("ماذا قال الوزير منذ مايو 2024؟", date(2024, 5, 1), TODAY, False, False),
        ("ماذا افتُتح قبل 2023؟", date.min, date(2022, 12, 31), False, False),
        ("ماذا افتُتح حتى مايو 2022؟", date.min, date(2022, 5, 31), False, False),
        ("ماذا حدث منذ مارس حتى يونيو 2023؟", date(2023, 3, 1), date(2023, 6, 30), False, True),
        ("ماذا حدث منذ 2020 حتى 2022؟", date(2020, 1, 1), date(2022, 12, 31), False, True),
        ("آخر أخبار الميناء", None, None, True, False),
        ("ما آخر الأخبار؟", None, None, True, True),
        ("متى وقعت اشتباكات 2023؟", None, None, False, False),
        ("من هو آخر ملوك المدينة؟", None, None, False, False),
        ("من افتتح الميناء؟", None, None, False, False),
        ("ماذا حدث في 26 سبتمبر؟", None, None, False, False),
        ("من قُتل مساء الاثنين؟", None, None, False, False),
        ("ماذا حدث في سبتمبر الماضي؟", date(2023, 9, 1), date(2023, 9, 30), False, True),
        ("ما الجديد الذي سرّع الفرز؟", None, None, False, False),
        ("ما الجديد في الميناء؟", None, None, True, False),
        ("what happened in September 2023?", date(2023, 9, 1), date(2023, 9, 30), False, True),
        ("what happened last week?", date(2024, 6, 10), date(2024, 6, 16), False, True),
        ("floods since 2022", date(2022, 1, 1), TODAY, False, False),
        ("what opened before March 2022?", date.min, date(2022, 2, 28), False, False),
        ("protests between 2019 and 2021", date(2019, 1, 1), date(2021, 12, 31), False, False),
        ("latest news", None, None, True, True),
    ],
)
def test_what_a_question_says_of_time(
    question: str, first: date | None, last: date | None, newest: bool, alone: bool
) -> None:
    asked = asked_time(question)
    assert (asked.first, asked.last, asked.newest, asked.alone) == (first, last, newest, alone)


def test_a_period_alone_is_asked_for_what_happened_then(index: Index) -> None:
    assert found(index, "ماذا حدث في سبتمبر 2023؟") == ["rain-23", "port-23"]
    assert found(index, "ماذا حدث في أيلول 2023؟") == ["rain-23", "port-23"]
    assert found(index, "ما أخبار أمس؟") == ["cup-24"]
    assert found(index, "ما آخر الأخبار؟", 2) == ["cup-24", "port-24"]


def test_where_nothing_was_published_then_what_speaks_of_then_is_found(index: Index) -> None:
    assert found(index, "ماذا حدث في أكتوبر 2023؟") == ["talks-23"]
    index.reindex()
    assert found(index, "ماذا حدث في أكتوبر 2023؟") == ["talks-23"]


def test_with_other_words_the_period_comes_first(index: Index) -> None:
    assert found(index, "ماذا حدث في الميناء التجاري في سبتمبر 2023؟")[0] == "port-23"
    assert found(index, "ماذا حدث في الميناء التجاري في مايو 2024؟")[0] == "port-24"
    assert found(index, "ماذا افتتح في المدينة القديمة قبل 2023؟")[0] == "museum-22"


def test_the_latest_is_first_where_it_is_asked_for(index: Index) -> None:
    assert found(index, "آخر أخبار الميناء التجاري")[0] == "port-24"


def test_the_answer_names_what_happened_with_its_evidence(index: Index) -> None:
    answer = Assistant(index).ask("ماذا حدث في سبتمبر 2023؟")
    assert not answer.declined
    assert [citation.passage.source.article_id for citation in answer.citations] == ["rain-23", "port-23"]
    for citation in answer.citations:
        body = index.article(citation.passage.source.article_id).body
        assert citation.quote == body[citation.start : citation.end]
        assert f"{citation.quote} [{citation.label}]" in answer.text


def test_articles_published_then_need_not_repeat_the_date(index: Index) -> None:
    assistant = Assistant(index)
    answer = assistant.ask("من افتتح توسعة الميناء التجاري في سبتمبر 2023؟")
    assert [citation.passage.source.article_id for citation in answer.citations] == ["port-23"]
    assert assistant.ask("من افتتح توسعة الميناء التجاري في سبتمبر 2021؟").declined
    answer = assistant.ask("كيف انتهت اشتباكات الحدود في أكتوبر 2023؟")
    assert [citation.passage.source.article_id for citation in answer.citations] == ["talks-23"]


def test_where_nothing_is_of_the_time_it_declines(index: Index) -> None:
    for question in ("ماذا حدث في عام 1999؟", "what happened in 1999?", "ما أخبار غد؟"):
        answer = Assistant(index).ask(question)
        assert answer.declined and answer.reason == "no_evidence", question


def test_other_questions_are_searched_as_before(index: Index) -> None:
    for question in ("من افتتح توسعة الميناء؟", "أين هطلت الأمطار؟"):
        assert index.retrieve(question, 4) == index.retrieve(question, 4, folded=False)
