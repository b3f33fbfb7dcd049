"""Text without the head of a page: one article, its lines joined where they were wrapped."""

from __future__ import annotations

import pytest

from tests.dump_reading import FIRST, SECOND, TITLE, articles, only, paragraphs


def test_plain_text_is_one_article_with_its_first_line_as_title() -> None:
    caption = "الجسر ليلة الافتتاح (رويترز)"
    article = only(f"{TITLE}\n\n{FIRST}\n\n{caption}\n\n{SECOND}\n")
    assert article.source.title == TITLE
    assert article.body == f"{FIRST}\n\n{SECOND}\n\n{caption}"


def test_plain_text_without_a_title_is_named_by_its_first_sentence() -> None:
    article = only(f"{FIRST}\n\n{SECOND}\n")
    assert article.body == f"{FIRST}\n\n{SECOND}"
    assert FIRST.startswith(article.source.title + " ")
    assert 60 < len(article.source.title) <= 110


def test_a_single_line_is_title_and_text() -> None:
    article = only(TITLE)
    assert (article.source.title, article.body) == (TITLE, TITLE)


def test_a_refrain_does_not_divide_a_plain_text() -> None:
    verses = ["يا دار يا دار", "عودي كما كنت", "يا دار يا دار", "من بعد ما هنت", "يا دار يا دار"]
    assert len(articles("قصيدة الدار القديمة\n\n" + "\n".join(verses))) == 1


@pytest.mark.parametrize("text", ["", "\n \n\u00a0\n", "TT\n\n***\n", "\u200f\ufeff\n"])
def test_a_text_without_words_holds_no_article(text: str) -> None:
    assert articles(text) == []


def test_wrapped_text_is_joined_inside_its_paragraphs() -> None:
    wrapped = (
        "أعلنت محافظة الضفاف الاثنين افتتاح جسر بطول 840 متراً يربط الحي\n"
        "القديم بالمرفأ. وتوقفت الأعمال مرتين لنقص التمويل، قبل أن تستأنف\n"
        "في الربيع الماضي بقرض من المصرف المركزي.\n\n"
        "وقال المهندس عادل بركات إن حركة السير ستخف بمقدار الثلث. وأضاف أن\n"
        "الطريق الرابط سينجز قبل الصيف، إذا سمحت الأحوال الجوية بذلك، وأن\n"
        "الكلفة بلغت أربعين مليوناً.\n"
    )
    article = only(f"{TITLE}\n\n{wrapped}")
    assert article.source.title == TITLE
    assert paragraphs(article) == [part.replace("\n", " ").strip() for part in wrapped.split("\n\n")]


def test_short_paragraphs_on_lines_of_their_own_are_not_joined() -> None:
    lines = [
        "وصل الوفد صباحاً إلى المدينة.",
        "والتقى رئيس البلدية في مكتبه.",
        "وزار الجسر الجديد بعد الظهر.",
        "وغادر مساءً.",
    ]
    assert paragraphs(only("\n".join([TITLE, *lines]))) == lines


def test_a_credit_nobody_has_listed_is_no_credit_in_plain_text() -> None:
    line = "الجسر الجديد ليلة الافتتاح (دارة البحيرة)"
    assert paragraphs(only(f"{TITLE}\n\n{FIRST}\n\n{line}\n\n{SECOND}\n")) == [FIRST, line, SECOND]


def test_a_person_between_title_and_text_is_a_byline() -> None:
    article = only(f"{TITLE}\n\nموسكو: رائد جبر\n\n{FIRST}\n\n{SECOND}\n")
    assert (article.source.title, article.body) == (TITLE, f"{FIRST}\n\n{SECOND}")
