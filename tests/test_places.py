"""Places named in a text, by name or by people, and words that only look like them."""

from __future__ import annotations

import pytest

from retrieval.arabic import words
from retrieval.places import place_named, place_present


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("الصين", "الصيني"), ("فرنسا", "الفرنسية"), ("بفرنسا", "فرنسي"), ("إيطاليا", "الإيطاليين"), ("السعودية", "سعودي"),
        ("تونس", "التونسيون"), ("للهند", "الهندي"), ("النمسا", "نمساوي"), ("أرمينيا", "الأرمينية"), ("واشنطن", "وواشنطن"),
    ],
)  # fmt: skip
def test_name_and_people_name_one_place(word: str, place: str) -> None:
    first, second = place_named(*words(word)), place_named(*words(place))
    assert first is not None
    assert first == second


@pytest.mark.parametrize(
    "word",
    [
        "الرياضة",
        "الرياضية",
        "رؤساء",
        "كأس",
        "السيول",
        "المالية",
        "المدنية",
        "بأن",
        "الهندسة",
        "الملعب",
        "صيد",
        "مجريات",
        "وجوب",
    ],
)
def test_other_words_name_none(word: str) -> None:
    assert place_named(*words(word)) is None


def test_place_is_present_in_another_spelling() -> None:
    america = place_named("امريكا")
    assert america is not None
    assert place_present(america, words("قال الرئيس الأميركي أمس"))
    assert not place_present(america, words("قال الرئيس الفرنسي أمس"))
