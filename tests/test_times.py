"""Expressions of time: a gold set of 452 texts, and what must hold of any text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.times import as_number, mentions
from retrieval.times.calendars import hijri_days, moved, season_days, week_days
from tests.time_bench import GOLD, measured

WORDS = tuple(
    word
    for line in (
        "أمس اليوم غدا الثلاثاء الخميس الماضي المقبل الجاري 3 13 2023 ٢٠٢٤ سبتمبر أيلول كانون الثاني رمضان 1444 هـ عام سنة شهر أسبوع منذ",
        "قبل بعد من إلى بين و مطلع أواخر الربع الأول النصف صيف القرن تسعينيات / - ( ) ، . مساء يوم الأيام العشرة الماضية في كان المسؤول",
    )
    for word in line.split()
)


@pytest.mark.parametrize(("split", "precision", "recall"), [("dev", 0.99, 0.99), ("test", 0.96, 0.96)])
def test_the_gold_set_is_read_as_it_was(split: str, precision: float, recall: float) -> None:
    score = measured(GOLD, split)
    assert score.expressions >= 185
    assert score.precision >= precision and score.recall >= recall


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.dates(date(1950, 1, 1), date(2060, 1, 1)) | st.none())
def test_whatever_the_words_spans_and_days_are_in_order(found: list[str], anchor: date | None) -> None:
    text = " ".join(found)
    end = 0
    for mention in mentions(text, anchor):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.first <= mention.last
        assert text[mention.start : mention.end].strip() == text[mention.start : mention.end]
        end = mention.end


@given(st.text(max_size=120), st.dates(date(1950, 1, 1), date(2060, 1, 1)) | st.none())
def test_any_text_is_read(text: str, anchor: date | None) -> None:
    for mention in mentions(text, anchor):
        assert 19_00_00_00 // 100 < as_number(mention.first) <= as_number(mention.last)


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)))
def test_days_count_from_the_day_of_publication(anchor: date) -> None:
    def read(text: str) -> list[tuple[date, date]]:
        return [(mention.first, mention.last) for mention in mentions(text, anchor)]

    day = timedelta(days=1)
    assert read("وصل الوفد أمس") == [(anchor - day,) * 2]
    assert read("يصل الوفد بعد غد") == [(anchor + 2 * day,) * 2]
    assert read("قبل ثلاثة أيام") == [(anchor - 3 * day,) * 2]
    assert read("منذ أسبوعين") == [(anchor - 14 * day, anchor)]
    assert read("الأسبوع الماضي") == [week_days(anchor - 7 * day)]
    ((last, _),) = read("وصل يوم الأحد الماضي")
    assert last < anchor <= last + 7 * day and last.isoweekday() == 7
    ((coming, _),) = read("يصل الأحد المقبل")
    assert anchor < coming <= anchor + 7 * day and coming.isoweekday() == 7


def without_anchor() -> Iterator[str]:
    yield from (
        "أمس",
        "اليوم الثلاثاء",
        "الخميس الماضي",
        "قبل ثلاثة أيام",
        "سبتمبر الماضي",
        "العام المقبل",
        "الأسبوع الجاري",
    )


@pytest.mark.parametrize("text", list(without_anchor()))
def test_what_is_relative_says_nothing_without_a_day_of_publication(text: str) -> None:
    assert mentions(f"وقع ذلك {text} في المدينة", None) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("خلال شهر رمضان المبارك من عام 1443", date(2022, 4, 2), date(2022, 5, 1)),
        ("يومي 3 و4 مايو 2023", date(2023, 5, 3), date(2023, 5, 4)),
        ("أيام 13 و14 و15 أكتوبر 2022", date(2022, 10, 13), date(2022, 10, 15)),
        ("في الأعوام 2019 و2020 و2021", date(2019, 1, 1), date(2021, 12, 31)),
        ("مطلع كانون الأول ديسمبر 2020", date(2020, 12, 1), date(2020, 12, 10)),
        ("بطل موسم 2022/2023", date(2022, 7, 1), date(2023, 6, 30)),
        ("العام الدراسي 2023-2024", date(2023, 7, 1), date(2024, 6, 30)),
        ("قبل نحو شهر", date(2023, 4, 1), date(2023, 4, 30)),
        ("منذ قرابة عامين", date(2021, 5, 10), date(2023, 5, 10)),
        ("من 2019 إلى 2021 تراجع", date(2019, 1, 1), date(2021, 12, 31)),
    ],
)
def test_rows_of_days_and_years_are_read_whole(text: str, first: date, last: date) -> None:
    (mention,) = mentions(text, date(2023, 5, 10))
    assert (mention.first, mention.last) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "بين 1950 و2050 دولارا", "من 2000 إلى 2050 ليرة", "يوفر حتى 2025 وظيفة", "بلغ بعد 2019 شخصا", "الوزير عبد الأحد",
        "في مدينة السادس من أكتوبر", "سيارة نيسان 2023", "النسخة 2.1.2024 من البرنامج",
    ],
)  # fmt: skip
def test_numbers_and_names_are_no_times(text: str) -> None:
    assert mentions(text, date(2023, 5, 10)) == []


def test_letters_marks_and_digits_are_as_the_writer_likes() -> None:
    for text in ("٥ كانون الثاني ٢٠٢٤", "5 كانون الثّاني 2024", "5 يَنَايِر 2024", "05/01/2024", "الخامس من يناير 2024"):
        (mention,) = mentions(f"وقع في {text}", None)
        assert (mention.first, mention.kind) == (date(2024, 1, 5), "day"), text


def test_the_calendars() -> None:
    assert hijri_days(1444, 9, 1) == (date(2023, 3, 23), date(2023, 3, 23))
    assert hijri_days(1444, 13) is None and hijri_days(1200) is None
    assert moved(date(2024, 3, 31), months=-1) == date(2024, 2, 29)
    assert season_days(2022, 12) == (date(2022, 12, 1), date(2023, 2, 28))


def test_the_gold_set_is_of_both_halves_alike() -> None:
    lines = [json.loads(line) for line in Path(GOLD).read_text(encoding="utf-8").splitlines()]
    assert sum(len(line["expressions"]) for line in lines) >= 150
    assert {line["class"] for line in lines if line["split"] == "dev"} == {line["class"] for line in lines}
