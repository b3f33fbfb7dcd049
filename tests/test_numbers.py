"""Numbers and dates of a text as values, however they are written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.numbers import tokens, values


def _whats(text: str) -> list[str]:
    return [value.what for value in values(tokens(text))]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        # digits of both sets, thousands, decimals
        ("2023", "2023"),
        ("٢٠٢٣", "2023"),
        ("۱۹۹۹", "1999"),
        ("1,250", "1250"),
        ("٢٬٥٠٠٬٠٠٠", "2500000"),
        ("1.250.000", "1250000"),
        ("3.5", "3.5"),
        ("٣٫٥", "3.5"),
        # words
        ("واحدة", "1"),
        ("ثلاثة", "3"),
        ("ثلاث", "3"),
        ("بثلاثة", "3"),
        ("والخمسة", "5"),
        ("ثماني", "8"),
        ("عشرة", "10"),
        ("عشرين", "20"),
        ("العشرون", "20"),
        ("مئة", "100"),
        ("مائة", "100"),
        ("ستمائة", "600"),
        # compounds
        ("أحد عشر", "11"),
        ("إحدى عشرة", "11"),
        ("اثنا عشر", "12"),
        ("اثنتي عشرة", "12"),
        ("ثلاثة عشر", "13"),
        ("خمس عشرة", "15"),
        ("واحد وعشرون", "21"),
        ("خمسة وعشرين", "25"),
        ("مئة وعشرون", "120"),
        ("مائة وخمسة وعشرون", "125"),
        ("أربعمئة وسبعة", "407"),
        ("تسعمئة وأربعة وتسعين", "994"),
        # magnitudes
        ("ألف", "1000"),
        ("3 آلاف", "3000"),
        ("ثلاثة آلاف", "3000"),
        ("٣٫٥ ملايين", "3500000"),
        ("خمسة وعشرون ألفا", "25000"),
        ("أربعمئة ألف", "400000"),
        ("12 مليار", "12000000000"),
        ("بليون", "1000000000"),
        ("تريليون", "1000000000000"),
        ("ألف وخمسمئة", "1500"),
        ("ألف وتسعمئة وأربعة وتسعين", "1994"),
        ("ثلاثمئة وخمسون ألفا وأربعة", "350004"),
        ("3 ملايين و200 ألف", "3200000"),
        # duals
        ("مئتان", "200"),
        ("مئتي ألف", "200000"),
        ("ألفان", "2000"),
        ("ألفين وثلاثة وعشرين", "2023"),
        ("مليوني", "2000000"),
        ("ملياران", "2000000000"),
        # fractions
        ("نصف", "0.5"),
        ("ربع", "0.25"),
        ("نصف مليون", "500000"),
        ("مليون ونصف", "1500000"),
        ("ثلاثة ملايين ونصف المليون", "3500000"),
    ],
)
def test_number_is_read_however_it_is_written(written: str, number: str) -> None:
    assert _whats(f"وصل {written} منهم") == [f"number:{number}"]


@pytest.mark.parametrize(
    ("text", "whats"),
    [
        ("47%", ["percent:47"]),
        ("٤٧٪ من الناخبين", ["percent:47"]),
        ("47 في المئة", ["percent:47"]),
        ("47 في المائة", ["percent:47"]),
        ("أربعون بالمئة", ["percent:40"]),
        ("خمسة وأربعين بالمائة", ["percent:45"]),
        ("3.5% و40%", ["percent:3.5", "percent:40"]),
        ("عشرات الجنود", ["vague:عشرات"]),
        ("آلاف المتظاهرين", ["vague:الاف"]),
        ("ملايين الدولارات", ["vague:ملايين"]),
        ("عشرات الآلاف", ["vague:عشرات الاف"]),
        ("الدور الثاني", ["ordinal:2"]),
        ("للمرة الأولى", ["ordinal:1"]),
        ("الدورة الرابعة عشرة", ["ordinal:14"]),
        ("والعاشر", ["ordinal:10"]),
        ("الثاني من مارس", ["ordinal:2", "month:3"]),
        ("أمس", ["day:امس"]),
        ("غداً", ["day:غدا"]),
        ("أول أمس", ["day:اول امس"]),
        ("أمس الأول", ["day:اول امس"]),
        ("بين 10 و20 شخصا", ["number:10", "number:20"]),
        ("ثلاثة وأربعة", ["number:3", "number:4"]),
        ("خمسة جنود وستة ضباط", ["number:5", "number:6"]),
        ("9/11/2001", ["number:9", "number:11", "number:2001"]),
        ("٢٠٢٣ و۱۹۹۹", ["number:2023", "number:1999"]),
        ("15 أيلول 2020", ["number:15", "month:9", "number:2020"]),
        ("يوم الخميس 3 أبريل", ["weekday:6", "number:3", "month:4"]),
    ],
)
def test_values_of_other_kinds(text: str, whats: list[str]) -> None:
    assert _whats(text) == whats


@pytest.mark.parametrize(
    ("month", "names"),
    [
        (1, "يناير/جانفي/كانون الثاني"),
        (2, "فبراير/فيفري/شباط"),
        (3, "مارس/آذار"),
        (4, "أبريل/إبريل/أفريل/نيسان"),
        (5, "مايو/ماي/أيار"),
        (6, "يونيو/جوان/حزيران"),
        (7, "يوليو/جويلية/تموز"),
        (8, "أغسطس/أوت/آب"),
        (9, "سبتمبر/شتنبر/أيلول"),
        (10, "أكتوبر/تشرين الأول"),
        (11, "نوفمبر/نونبر/تشرين الثاني"),
        (12, "ديسمبر/دجنبر/كانون الأول"),
    ],
)
def test_month_has_many_names(month: int, names: str) -> None:
    assert [_whats(f"في {name} الماضي") for name in names.split("/")] == [[f"month:{month}"]] * (names.count("/") + 1)


def test_weekdays_with_and_without_and() -> None:
    week = "السبت الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة"
    assert _whats(week) == [f"weekday:{day}" for day in range(1, 8)]
    assert _whats("والسبت والأحد والاثنين") == ["weekday:1", "weekday:2", "weekday:3"]


@pytest.mark.parametrize("text", ["", "و", "مات الوزير", "جاء أحد الجنود", "لا أحد يعلم", "عاشت المدينة", "لجنة"])
def test_other_words_are_no_values(text: str) -> None:
    assert _whats(text) == []


def test_spans_are_the_tokens_of_the_value() -> None:
    read = tokens("دفع خمسة وعشرين ألفا في تشرين الأول، أي 40٪")
    assert [read[value.start : value.end] for value in values(read)] == [
        ["خمسه", "وعشرين", "الفا"],
        ["تشرين", "الاول"],
        ["40", "بالميه"],
    ]


PARTS = st.sampled_from(
    [
        *("و", "ثلاثة", "وعشرون", "عشر", "عشرة", "أحد", "مئة", "ومئة", "ألف", "آلاف", "وألفان", "مليون", "ونصف", "نصف"),
        *("عشرات", "أول", "أمس", "الثاني", "تشرين", "كانون", "في", "المئة", "%", "٪", "0", "12", "٣٫٥", "1.2.3", "و20"),
        *("1.250.000", ".", "،", "السبت", "ثلثي", "غدا", "كلمة", "ال", "لل", "ولل", "²"),
    ]
)


@given(st.one_of(st.lists(PARTS, max_size=12).map(" ".join), st.text(max_size=40)))
def test_any_text_is_read_and_the_spans_come_in_order(text: str) -> None:
    read = tokens(text)
    found = values(read)
    assert all(0 <= value.start < value.end <= len(read) for value in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    kinds = {"number", "percent", "vague", "ordinal", "month", "weekday", "day"}
    assert {value.what.partition(":")[0] for value in found} <= kinds
