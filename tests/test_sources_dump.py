"""Page dumps: the seed file as it came, and dumps of other shapes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.arabic import clean
from retrieval.sources import read
from retrieval.sources.article import line_key
from retrieval.types import Article
from tests.dump_reading import (
    CAPTION,
    FIRST,
    SECOND,
    SUBTITLE,
    THIRD,
    TITLE,
    articles,
    captions,
    only,
    paragraphs,
    subtitle,
    titles,
)

SEED = Path(__file__).parents[1] / "seeds" / "000_5fe410f31ff4716c.txt"

SECOND_TITLE = "منتخب الشابات يتأهل إلى نهائي البطولة للمرة الأولى"
LAST = "وقالت المدربة إن الفريق سيخوض النهائي الأحد المقبل على ملعب العاصمة، بعد راحة تستمر أربعة أيام."
SECOND_CAPTION = "لاعبات المنتخب يحتفلن بالهدف الثاني في ملعب المدينة (موقع النادي)"


@pytest.fixture(scope="module")
def seeds() -> tuple[Article, Article]:
    first, second = read([SEED])
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    return first, second


def test_the_seed_file_holds_two_articles(seeds: tuple[Article, Article]) -> None:
    assert [article.source.title for article in seeds] == [
        "اشتباك حدودي بين أرمينيا وأذربيجان يضرب مساعي السلام",
        "كيم: التواصل الدبلوماسي السابق يؤكد العداء الأميركي «الثابت» لكوريا الشمالية",
    ]
    assert [subtitle(article) for article in seeds] == [
        "موسكو تُجدد الشكوك حول مهام قوات السلام الأوروبية جنوب القوقاز",
        None,
    ]
    assert {article.source.origin for article in seeds} == {str(SEED)}


def test_the_captions_of_the_seed_articles(seeds: tuple[Article, Article]) -> None:
    first, second = seeds
    assert captions(first) == [
        "نازحون أرمن يغادرون كاراباخ باتجاه أرمينيا في 26 سبتمبر الماضي (إ.ب.أ)",
        "رئيس أذربيجان إلهام علييف بعد الإدلاء بصوته في باكو يوم 7 فبراير الحالي (أ.ب)",
        "رئيس الوزراء الأرميني نيكول باشينيان مخاطباً البرلمان في 13 سبتمبر 2023 (رويترز)",
        "ممثل الاتحاد الأوروبي للشؤون الخارجية والقضايا الأمنية جوزيب بوريل مستقبِلاً وزير خارجية أرمينيا"
        " أرارات ميرزويان في بروكسل الثلاثاء (د.ب.أ)",
        "عرض عسكري أذري في كاراباخ 8 نوفمبر 2023 (أ.ف.ب)",
    ]
    assert captions(second) == [
        "تظهر هذه الصورة الملتقطة في 21 نوفمبر 2024 الزعيم الكوري الشمالي كيم جونغ أون وهو يحضر حفل افتتاح معرض"
        " تطوير الدفاع الوطني 2024 في عاصمة كوريا الشمالية بيونغ يانغ (أ.ف.ب)",
        "خلال لقاء سابق بين الرئيس الأميركي دونالد ترمب وزعيم كوريا الشمالية كيم جونغ أون (أ.ف.ب)",
    ]


def test_every_line_of_the_seed_file_is_kept_once_but_titles_and_furniture(seeds: tuple[Article, Article]) -> None:
    lines = dict.fromkeys(line for line in clean(SEED.read_text("utf-8")).split("\n") if line and line != "TT")
    known = {article.source.title for article in seeds}
    kept = [part for article in seeds for part in article.body.split("\n\n")]
    assert sorted(kept) == sorted(set(lines) - known)


def test_the_order_of_the_seed_text_is_kept_and_its_subheading_stays(seeds: tuple[Article, Article]) -> None:
    lines = clean(SEED.read_text("utf-8")).split("\n")
    for article in seeds:
        places = [lines.index(paragraph) for paragraph in paragraphs(article)]
        assert places == sorted(places)
    assert "زعيمان «في الحب»" in paragraphs(seeds[1])
    assert paragraphs(seeds[0])[0].startswith("تبادلت باكو ويريفان،ى اليوم الثلاثاء")


def test_title_repeated_below_buttons_date_and_byline() -> None:
    article = only(f"""\
{TITLE}

{SUBTITLE}

{CAPTION}
لندن: «الشرق الأوسط»
نُشر: 14:30-13 فبراير 2024 م ـ 03 شعبان 1445 هـ
آخر تحديث: 16:05-15 فبراير 2024 م ـ 05 شعبان 1445 هـ
مشاركة / طباعة / حفظ
نسخ الرابط
T T
+

{TITLE}

{CAPTION}

{FIRST}

{SECOND}
""")
    assert article.source.title == TITLE
    assert article.source.published == date(2024, 2, 13)
    assert article.source.outlet == "الشرق الأوسط"
    assert subtitle(article) == SUBTITLE
    assert captions(article) == [CAPTION]
    assert paragraphs(article) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("نشر: الثلاثاء 13 شباط 2024", date(2024, 2, 13)),
        ("تاريخ النشر: 1 كانون الثاني 2025 - 10:15", date(2025, 1, 1)),
        ("نُشر في: ٧ تشرين الأول (أكتوبر) ٢٠٢٣", date(2023, 10, 7)),
        ("نشر 2024/03/09", date(2024, 3, 9)),
        ("نشر: 13/02/2024", date(2024, 2, 13)),
        ("نشر: 03/04/2024", None),
        ("آخر تحديث: 14 فبراير 2024", None),
    ],
)
def test_the_day_of_publication_is_read_only_where_it_is_certain(line: str, day: date | None) -> None:
    article = only(f"{TITLE}\n\n{CAPTION}\n{line}\n\n{TITLE}\n\n{FIRST}\n")
    assert article.source.published == day
    assert article.body == f"{FIRST}\n\n{CAPTION}"


@pytest.mark.parametrize("gap", [1, 2, 3, 5])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_articles_are_told_apart_with_any_number_of_empty_lines(gap: int, end: str) -> None:
    lines = [TITLE, "", CAPTION, CAPTION, "TT", "", TITLE, "", CAPTION, CAPTION, "", FIRST, "", SECOND, *[""] * gap]
    lines += [SECOND_TITLE, "", SECOND_CAPTION, "TT", "", SECOND_TITLE, "", THIRD, ""]
    first, second = articles("\ufeff" + end.join(lines))
    assert (first.source.title, second.source.title) == (TITLE, SECOND_TITLE)
    assert paragraphs(first) == [FIRST, SECOND]
    assert paragraphs(second) == [THIRD]
    assert captions(second) == [SECOND_CAPTION]


def test_copies_of_a_title_may_differ_in_marks_and_blanks() -> None:
    other = "اِفتتاح جســر جديد فوق\u00a0النيل الازرق بعد تأخير عامَين"
    assert titles(f"{TITLE}\n\n{CAPTION}\nTT\n\n{other}\n\n{FIRST}\n") == [TITLE]
    article = only(f"{TITLE}\n\n{CAPTION}\nTT\n\n{other}\n\n{FIRST}\n")
    assert line_key(other) not in {line_key(part) for part in article.body.split("\n\n")}


def test_a_title_directly_above_its_own_copy() -> None:
    article = only(f"{TITLE}\n{TITLE}\n\n{SUBTITLE}\n\n{CAPTION}\n\n{FIRST}\n")
    assert (article.source.title, subtitle(article), captions(article)) == (TITLE, SUBTITLE, [CAPTION])


@pytest.mark.parametrize("copies", [2, 3])
@pytest.mark.parametrize("below", [[], [CAPTION], [CAPTION, CAPTION]], ids=len)
@pytest.mark.parametrize("between", [[], ["TT"]], ids=["", "TT"])
def test_titles_set_in_a_row_are_told_by_the_first_of_them(copies: int, below: list[str], between: list[str]) -> None:
    first, second = [[title] * copies for title in (TITLE, SECOND_TITLE)]
    parts = [*first, *below, FIRST, SECOND, *between, *second, SECOND_CAPTION, SECOND_CAPTION, THIRD, LAST]
    one, two = articles("\n\n".join(parts))
    assert (one.source.title, paragraphs(one)) == (TITLE, [FIRST, SECOND])
    assert (two.source.title, paragraphs(two)) == (SECOND_TITLE, [THIRD, LAST])
    assert captions(two) == [SECOND_CAPTION]


@pytest.mark.parametrize("copies", [2, 3])
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_a_caption_set_as_often_as_the_title_is_no_title(copies: int, gap: str) -> None:
    caption = "سكان الحي القديم يعبرون الجسر في يومه الأول"
    article = only(gap.join([*[TITLE] * copies, CAPTION, FIRST, *[caption] * copies, SECOND]))
    assert (article.source.title, captions(article)) == (TITLE, [CAPTION, caption])
    assert paragraphs(article) == [FIRST, SECOND]


def test_a_later_title_may_stand_once_if_set_apart_above_its_picture() -> None:
    first, second = articles(
        f"{TITLE}\n\n{CAPTION}\nTT\n\n{TITLE}\n\n{FIRST}\n\n{SECOND}\n\n\n"
        f"{SECOND_TITLE}\n\n{SECOND_CAPTION}\n{SECOND_CAPTION}\n\n{THIRD}\n"
    )
    assert paragraphs(first) == [FIRST, SECOND]
    assert (second.source.title, paragraphs(second)) == (SECOND_TITLE, [THIRD])


def test_a_title_only_below_its_picture() -> None:
    article = only(f"{CAPTION}\n{CAPTION}\nTT\n\n{TITLE}\n\n{CAPTION}\n{CAPTION}\n\n{FIRST}\n")
    assert (article.source.title, captions(article), paragraphs(article)) == (TITLE, [CAPTION], [FIRST])


def test_an_article_of_title_and_captions_alone() -> None:
    first, second = articles(
        f"{TITLE}\n\n{CAPTION}\n{CAPTION}\nTT\n\n{TITLE}\n\n\n"
        f"{SECOND_TITLE}\n\n{SECOND_CAPTION}\nTT\n\n{SECOND_TITLE}\n\n{THIRD}\n"
    )
    assert (first.source.title, first.body) == (TITLE, CAPTION)
    assert (second.source.title, paragraphs(second)) == (SECOND_TITLE, [THIRD])


@pytest.mark.parametrize(
    "credit",
    [
        "أ.ف.ب", "رويترز", "د.ب.أ", "إ.ب.أ", "أ.ب", "الأناضول", "واس", "غيتي", "الشرق الأوسط", "أرشيفية", "AFP", "EPA",
        "REUTERS", "أ ف ب", "أ. ف. ب.", "موقع النادي", "متداولة", "حساب الوزارة على «إكس»", "رويترز - أرشيفية",
        "وزارة الدفاع الروسية", "تصوير: سامي حداد", "غيتي/أ.ف.ب",
    ],
)  # fmt: skip
def test_captions_between_paragraphs_by_their_credit(credit: str) -> None:
    caption = f"سكان الحي القديم يعبرون الجسر في يومه الأول ({credit})"
    article = only(f"{TITLE}\n\n{CAPTION}\nTT\n\n{TITLE}\n\n{FIRST}\n\n{caption}\n\n{SECOND}\n")
    assert captions(article) == [CAPTION, caption]
    assert paragraphs(article) == [FIRST, SECOND]


def test_a_caption_without_credit_is_known_by_standing_twice() -> None:
    caption = "سكان الحي القديم يعبرون الجسر في يومه الأول"
    article = only(f"{TITLE}\n\n{CAPTION}\nTT\n\n{TITLE}\n\n{FIRST}\n\n{caption}\n{caption}\n\n{SECOND}\n")
    assert captions(article) == [CAPTION, caption]
    assert paragraphs(article) == [FIRST, SECOND]


def test_a_credit_learned_from_a_doubled_caption_counts_in_the_whole_file() -> None:
    doubled, single = "الجسر ليلة الافتتاح (دارة البحيرة)", "المرفأ القديم كما بدا من الجو (دارة البحيرة)"
    article = only(f"{TITLE}\n\n{doubled}\n{doubled}\nTT\n\n{TITLE}\n\n{FIRST}\n\n{single}\n\n{SECOND}\n")
    assert captions(article) == [doubled, single]


def test_links_to_other_articles_go_and_the_text_below_them_stays() -> None:
    article = only(
        f"{TITLE}\n\n{CAPTION}\nTT\n\n{TITLE}\n\n{FIRST}\n\nاقرأ أيضاً: طريق ساحلي جديد\n\n{SECOND}\n\n"
        f"اقرأ أيضاً\n\nميناء الصيد يعود إلى العمل\nسوق السمك في حلة جديدة\n\n{THIRD}\n\nالجسر في أرقام\n\nبلغت الكلفة 40 مليوناً.\n"
    )
    assert paragraphs(article) == [FIRST, SECOND, THIRD, "الجسر في أرقام", "بلغت الكلفة 40 مليوناً."]


def test_a_link_to_the_next_article_does_not_swallow_its_head() -> None:
    text = (
        f"{TITLE}\n\n{CAPTION}\nTT\n\n{TITLE}\n\n{FIRST}\n\nاقرأ أيضاً\n\n"
        f"{SECOND_TITLE}\n\n{SECOND_CAPTION}\nTT\n\n{SECOND_TITLE}\n\n{THIRD}\n"
    )
    assert titles(text) == [TITLE, SECOND_TITLE]


def test_text_before_the_first_head_is_an_article_of_its_own() -> None:
    text = f"{SECOND_TITLE}\n\n{THIRD}\n\n\n{TITLE}\n\n{CAPTION}\nTT\n\n{TITLE}\n\n{FIRST}\n"
    assert titles(text) == [SECOND_TITLE, TITLE]
