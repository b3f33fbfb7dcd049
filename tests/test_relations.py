"""Words that ask for one certain thing, and the words that can say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import relations
from retrieval.arabic import is_stop_word, stem, words
from retrieval.relations import forms_of, unsaid

_LINES = [
    line
    for line in (Path(relations.__file__).parent / "data" / "relations.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("line", _LINES, ids=lambda line: line.split()[0])
def test_line_has_words_that_ask_and_words_that_answer(line: str) -> None:
    asked, bar, said = line.partition("|")
    assert (bar, said.count("|")) == ("|", 0)
    assert words(asked)
    assert words(said)
    assert not [word for word in words(asked) if is_stop_word(word)]  # they are never asked about


@pytest.mark.parametrize("line", _LINES, ids=lambda line: line.split()[0])
def test_every_word_of_a_line_says_what_it_asks_for(line: str) -> None:
    asked, _, said = line.partition("|")
    for word in words(asked):
        assert [other for other in words(f"{asked} {said}") if unsaid([word], [other])] == []


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("من استقال من الحكومة؟", "تنحى الوزير عن منصبه"),
        ("من استقال من الحكومة؟", "أقيل الوزير أمس"),
        ("متى استقالت الحكومة؟", "قدم رئيسها استقالته"),
        ("كم راتب المدرب؟", "يتقاضى المدرب مليونا في السنة"),
        ("متى تزوج المطرب؟", "عقد المطرب قرانه في الصيف"),
        ("كم عدد سكان القرية؟", "يعيش فيها ألف نسمة"),
        ("من أخرج المسلسل؟", "فيلم من صنع شركة صغيرة"),
        ("من اغتال الرئيس؟", "قتل الرئيس في موكبه"),
    ],
)
def test_passage_with_a_word_of_the_family_may_answer(question: str, passage: str) -> None:
    assert unsaid(words(question), words(passage)) is None


@pytest.mark.parametrize(
    ("question", "passage", "lacking"),
    [
        ("من استقال من الحكومة؟", "زار الوزير المدينة والتقى أهلها", "استقال"),
        ("كم راتب المدرب؟", "وصل المدرب إلى الملعب", "راتب"),
        ("ما هو الراتب؟", "وصل المدرب إلى الملعب", "الراتب"),
        ("متى تزوج المطرب؟", "سافر المطرب في الصيف", "تزوج"),
        ("من افتتح الجسر؟", "زار الوزير الجسر", "افتتح"),
        ("ما علاج المرض؟", "انتشر المرض في القرى", "علاج"),
    ],
)
def test_passage_without_one_does_not(question: str, passage: str, lacking: str) -> None:
    assert unsaid(words(question), words(passage)) == words(lacking)[0]


def test_word_of_two_lines_is_answered_by_either() -> None:
    assert unsaid(words("أولاد"), words("سافر الوفد")) == words("أولاد")[0]
    assert unsaid(words("أولاد"), words("له نجل")) is None
    assert unsaid(words("أولاد"), words("بينهم قاصر")) is None


@given(st.lists(st.sampled_from(words("جسر وزير مدينة قال مباراة نهر كتاب لون سيارة")), max_size=6))
def test_words_without_a_family_are_asked_of_nothing(asked: list[str]) -> None:
    assert unsaid(asked, []) is None


@given(st.text(st.sampled_from("ابتسنيهولم"), min_size=1, max_size=10))
def test_forms_hold_the_stem_and_are_never_empty(text: str) -> None:
    for word in words(text):
        assert stem(word) in forms_of(word)
        assert all(forms_of(word))
