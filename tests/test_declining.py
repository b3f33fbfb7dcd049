"""What a sentence lacks to answer a question, and how sure it is that it answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.declining import confidence, lacking, support
from retrieval.questions import Question, analyse
from retrieval.quotes import Candidate, rank
from retrieval.types import Hit, Passage, Source


def _ranked(question: str, text: str, title: str = "خبر") -> tuple[Question, list[Candidate]]:
    asked = analyse(question)
    return asked, rank(asked, [Hit(Passage("a#0", Source("a", title), 0, text, 0, len(text)), 1.0)])


def _lack(question: str, text: str, title: str = "خبر") -> str | None:
    asked, ranked = _ranked(question, text, title)
    return lacking(asked, ranked[0])


@pytest.mark.parametrize(
    ("question", "sentence", "lack"),
    [
        # words that ask for one certain thing
        ("من استقال من الحكومة؟", "زار وزير الحكومة المدينة.", "relation"),
        ("من استقال من الحكومة؟", "تنحى وزير المالية عن منصبه في الحكومة.", None),
        ("متى تزوج مدرب المنتخب؟", "سافر مدرب المنتخب إلى باريس في 3 مارس 2020.", "relation"),
        ("متى تزوج مدرب المنتخب؟", "عقد مدرب المنتخب قرانه في 3 مارس 2020.", None),
        # the opposite of what is asked
        ("لماذا ارتفعت أسعار القمح؟", "انخفضت أسعار القمح بسبب وفرة المحصول.", "opposite"),
        ("لماذا انخفضت أسعار القمح؟", "انخفضت أسعار القمح بسبب وفرة المحصول.", None),
        ("من انضم إلى الحلف؟", "انسحبت من الحلف دولة صغيرة.", "relation"),
        ("كيف رحب الحزب بالقرار؟", "ندد الحزب بالقرار، وانضم إلى الترحيب به خصومه.", "opposite"),
        # money where money is asked
        ("كم بلغ سعر القمح؟", "بلغ سعر القمح 42 دولارا للطن.", None),
        ("كم بلغ سعر القمح؟", "ارتفع سعر القمح 42 في المئة.", "measure"),
        ("كم دفعت الحكومة للشركة؟", "دفعت الحكومة للشركة 42 مليون دولار.", None),
        ("كم دفعت الحكومة للشركة؟", "دفعت الحكومة للشركة تعويضا بعد 12 يوما.", "measure"),
        ("كم يتقاضى المدرب؟", "يتقاضى المدرب مليوني يورو في السنة.", None),
        ("كم يتقاضى المدرب؟", "يتقاضى المدرب أجره كل 15 يوما.", "measure"),
        # a date, a number, the topic, a place, an office
        ("متى افتتح الجسر؟", "افتتح الوزير الجسر بحضور الأهالي.", "date"),
        ("كم جنديا قتل؟", "قتل في الهجوم جنود من القرية.", "count"),
        ("كيف تطبخ المقلوبة؟", "افتتح الوزير الجسر بحضور الأهالي.", "topic"),
        ("متى افتتح الوزير الجسر في اليابان؟", "افتتح الوزير الجسر في 2020.", "anchor"),
        ("من هو وزير الصحة؟", "قال وزير النقل إن الجسر مفتوح.", "role"),
    ],
)
def test_what_a_sentence_lacks(question: str, sentence: str, lack: str | None) -> None:
    assert _lack(question, sentence) == lack


def test_title_may_have_what_the_sentence_lacks() -> None:
    sentence = "قدم الوزير كتابه إلى رئيس الحكومة أمس."
    assert _lack("لماذا استقال الوزير؟", sentence) == "relation"
    assert _lack("لماذا استقال الوزير؟", sentence, title="استقالة الوزير") is None


def test_support_is_the_share_of_the_question_that_is_there() -> None:
    text = "بلغت كلفة الجسر 42 مليون دولار."
    whole, nothing = _ranked("كم كلفة الجسر؟", text), _ranked("كيف تطبخ المقلوبة؟", text)
    part = _ranked("كم كلفة الجسر والمقلوبة؟", text)
    assert support(whole[0], whole[1][0]) == pytest.approx(1.0)
    assert support(nothing[0], nothing[1][0]) < support(part[0], part[1][0]) < 1.0


TEXT = (
    "انخفضت أسعار القمح بسبب وفرة المحصول. وبلغ سعر الطن 42 دولارا في مارس 2020. وقال الوزير إن الحكومة راضية."
    " واستقال مدير الشركة بعد خلاف مع الوزير."
)
QUESTIONS = [
    "لماذا انخفضت أسعار القمح؟",
    "لماذا ارتفعت أسعار القمح؟",
    "كم بلغ سعر الطن؟",
    "من استقال؟",
    "متى تزوج المدير؟",
    "كيف تطبخ المقلوبة؟",
    "؟",
    "من هو",
    "what did the minister say?",
]


@given(st.sampled_from(QUESTIONS), st.integers(0, 3))
def test_confidence_is_a_probability_and_lower_when_the_sentence_does_not_fit(question: str, place: int) -> None:
    asked, ranked = _ranked(question, TEXT)
    fits, not_ = (confidence(asked, ranked[place], ranked, fits=fit) for fit in (True, False))
    assert 0.0 <= not_ < fits <= 1.0


def test_confidence_is_higher_for_the_question_that_is_answered() -> None:
    def sure(question: str) -> float:
        asked, ranked = _ranked(question, TEXT)
        return confidence(asked, ranked[0], ranked, fits=lacking(asked, ranked[0]) is None)

    assert sure("لماذا انخفضت أسعار القمح؟") > 0.5 > sure("كيف تطبخ المقلوبة؟")
