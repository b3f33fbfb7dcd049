"""Yes and no in a claim and in its sentence: negations counted, suppositions kept, opposites known."""

from __future__ import annotations

import pytest

from retrieval.arabic import words
from retrieval.numbers import tokens
from retrieval.polarity import agree, negations, opposed


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("حضر الوزير الحفل", 0),
        ("لم يحضر الوزير", 1),
        ("ولم يحضر أحد", 1),
        ("ليس الوزير حاضرا", 1),
        ("من دون أن يحضر", 1),
        ("عدم الموافقة على القرار", 1),
        ("نفى الوزير الخبر", 1),
        ("رفضت الحكومة المقترح", 1),
        ("فشل الحزب في الانتخابات", 1),
        ("لم ينف الوزير الخبر", 2),
        ("لم يحضر الوزير ولا نائبه", 2),
        ("لا يزال الوزير حاضرا", 0),
        ("لا سيما في العاصمة", 0),
        ("لا بد من الحضور", 0),
        ("بلا شك", 0),
        ("The minister did not attend", 1),
        ("The minister never denied it without proof", 2),
    ],
)
def test_negations_are_counted(text: str, times: int) -> None:
    assert negations(tokens(text)) == times


def _agree(claim: str, sentence: str, part: str) -> bool:
    """Whether they agree when the claim is about that part of the sentence."""
    read, own = tokens(sentence), tokens(part)
    start = next(at for at in range(len(read)) if read[at : at + len(own)] == own)
    return agree(tokens(claim), read, range(start, start + len(own)))


@pytest.mark.parametrize(
    ("claim", "sentence", "part"),
    [
        ("حضر الوزير الحفل", "أمس حضر الوزير الحفل", "حضر الوزير الحفل"),
        ("لم يحضر الوزير الحفل", "ولم يحضر الوزير الحفل", "يحضر الوزير الحفل"),
        ("نفى الوزير الخبر", "نفى الوزير الخبر", "نفى الوزير الخبر"),
        ("زعم الحزب أن المدينة سقطت", "زعم الحزب أن المدينة سقطت", "زعم الحزب أن المدينة سقطت"),
        ("قد يستقيل الوزير", "قال المصدر إنه ربما قد يستقيل الوزير", "يستقيل الوزير"),
        ("حضر الوزير الحفل", "حضر الوزير الحفل الذي لم يحضره غيره", "حضر الوزير الحفل"),
        ("حضر الوزير الحفل", "لم تكن القاعة ممتلئة لكن الجميع صفقوا حين حضر الوزير الحفل", "حضر الوزير الحفل"),
    ],
)
def test_claim_that_says_what_the_sentence_says_agrees(claim: str, sentence: str, part: str) -> None:
    assert _agree(claim, sentence, part)


@pytest.mark.parametrize(
    ("claim", "sentence", "part"),
    [
        ("يحضر الوزير الحفل", "لم يحضر الوزير الحفل", "يحضر الوزير الحفل"),
        ("لم يحضر الوزير الحفل", "حضر الوزير الحفل", "حضر الوزير الحفل"),
        ("سقطت المدينة", "زعم الحزب أن المدينة سقطت", "المدينة سقطت"),
        ("دفعت الشركة رشوة", "نفى المتحدث بشدة في المؤتمر أن الشركة دفعت رشوة", "الشركة دفعت رشوة"),
        ("يستقيل الوزير", "هدد مرارا أمام البرلمان بأن يستقيل الوزير", "يستقيل الوزير"),
        ("وقعت الحرب", "إذا فشلت المحادثات وقعت الحرب", "وقعت الحرب"),
    ],
)
def test_dropped_or_added_denial_or_supposition_does_not(claim: str, sentence: str, part: str) -> None:
    assert not _agree(claim, sentence, part)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ارتفعت", "انخفضت"),
        ("ارتفاع", "تراجع"),
        ("فاز", "خسر"),
        ("فوزه", "خسارته"),
        ("وافقت", "رفضت"),
        ("اعتقل", "أفرج"),
        ("فتح", "أغلق"),
        ("زاد", "هبط"),
        ("انضمام", "انسحاب"),
    ],
)
def test_opposite_events_either_way(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        assert opposed(words(first), words(second))
        assert opposed(words(first), words(second), events_only=True)


@pytest.mark.parametrize(("one", "other"), [("قبل", "بعد"), ("شرقي", "غربي"), ("أكبر", "أقل"), ("دخل", "خرج")])
def test_other_opposites_contradict_only_a_claim(one: str, other: str) -> None:
    assert opposed(words(one), words(other))
    assert opposed(words(other), words(one))
    assert not opposed(words(one), words(other), events_only=True)


@pytest.mark.parametrize(
    ("one", "other"), [("ارتفع", "صعد"), ("فاز", "فاز"), ("مدينة", "قرية"), ("", "خسر"), ("فاز", "")]
)
def test_other_words_are_not_opposed(one: str, other: str) -> None:
    assert not opposed(words(one), words(other))


def test_one_opposite_among_many_words_is_enough() -> None:
    assert opposed(words("المنتخب الوطني فاز"), words("أمام جمهوره خسر الفريق"))
