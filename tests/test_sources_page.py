"""What stands around the text of a page: captions by their shape, related titles, subjects, bylines, neighbours."""

from __future__ import annotations

import pytest

from tests.dump_reading import (
    CAPTION,
    FIRST,
    SECOND,
    THIRD,
    TITLE,
    articles,
    captions,
    only,
    paragraphs,
    subtitle,
)

HEAD = f"{TITLE}\n\n{CAPTION}\nTT\n\n{TITLE}\n\n"
DATE = "نُشر: 14:30-13 فبراير 2024 م ـ 03 شعبان 1445 هـ"
FOURTH = "وتراجعت الأسعار في ختام التعاملات، بعد بيانات أظهرت ارتفاع المخزونات، وسط مخاوف من تباطؤ الطلب."


CREDITS = [
    "الخارجية المصرية", "الدفاع الروسية", "الخارجية الأميركية", "مجلس الوزراء", "الدفاع المدني", "الأمم المتحدة",
    "اليونيسف", "برنامج الأغذية العالمي", "CNN", "الهلال الأحمر", "نتفليكس", "X", "الحساب الرسمي للنادي",
    "الداخلية السعودية", "المرصد السوري", "نيويورك تايمز", "لوموند", "مواقع التواصل", "وسائل التواصل الاجتماعي",
    "البيت الأبيض", "الكرملين",
]  # fmt: skip


@pytest.mark.parametrize("credit", CREDITS)
def test_a_caption_between_paragraphs_of_a_page_is_told_whatever_its_credit(credit: str) -> None:
    caption = f"عمال يرفعون الأنقاض من الطريق ({credit})"
    article = only(f"{HEAD}{FIRST}\n\n{caption}\n\n{SECOND}\n")
    assert captions(article) == [CAPTION, caption]
    assert paragraphs(article) == [FIRST, SECOND]


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\n\n"])
def test_such_captions_are_told_however_far_paragraphs_stand_apart(between: str) -> None:
    own = [f"عمال يرفعون الأنقاض من الطريق رقم {index} ({credit})" for index, credit in enumerate(CREDITS)]
    lines = [line for caption in own for line in (f"{FIRST} {caption[:-1]}.", caption)]
    article = only(HEAD + between.join([*lines, SECOND]) + "\n")
    assert captions(article) == [CAPTION, *own]


@pytest.mark.parametrize(
    "line",
    [
        "زعيمان «في الحب»",
        "وبلغ طول الجسر الجديد (مئة متر)",
        "وتنتهي الأعمال مطلع الصيف (حزيران)",
        "وينتهي العقد الموقع نهاية الخريف (تشرين الثاني)",
        "ويبلغ رئيس اللجنة الفنية من العمر (ستين عاماً)",
        "وأقيم الاحتفال في ساحة المدينة (رقم 4)",
        "وأقيم الاحتفال في ساحة المدينة (الهلال الأحمر).",
        "وقال متحدث باسم المنظمة الدولية (اليونيسف)",
        "انتهى العمل. وأقيم الاحتفال في ساحة المدينة (مجلس الوزراء)",
        "وأقيم الاحتفال في ساحة المدينة (وهي الساحة التي شهدت افتتاح الجسر القديم)",
        "- مهندس الجسر الأول (الدفاع المدني)",
        "المرحلة الأولى من الجسر (ب)",
        f"{'احتفال كبير جرى في ساحة المدينة ' * 9}(اليونيسف)",
        "ويبلغ رئيس اللجنة الفنية المشرفة على المشروع (62 عاماً)",
        "وتبدأ المرحلة الثانية من أعمال الطريق في سبتمبر (أيلول)",
        "وينتهي العقد الموقع مع الشركة في أغسطس (آب)",
        "وقال قائد في حركة المقاومة (حماس)",
        "وذكرت الوكالة أن الأعمال انتهت (رويترز).",
        "وقال الوزير إن العمل انتهى. وأضاف أن الافتتاح سيكون قريباً (رويترز)",
        "الجسر في أرقام",
        "صورة قاتمة",
        "محور (ب)",
    ],
)
def test_a_line_without_the_shape_of_a_caption_stays_in_the_text(line: str) -> None:
    article = only(f"{HEAD}{FIRST}\n\n{line}\n\n{SECOND}\n")
    assert paragraphs(article) == [FIRST, line, SECOND]


def test_a_line_that_hangs_on_a_paragraph_is_no_caption() -> None:
    line = "عمال يرفعون الأنقاض من الطريق (الدفاع المدني)"
    article = only(f"{HEAD}{FIRST}\n\n{SECOND}\n{line}\n\n{THIRD}\n")
    assert paragraphs(article) == [FIRST, SECOND, line, THIRD]


def test_a_caption_above_and_below_the_title_is_not_the_title() -> None:
    caption = "عمال يرفعون الأنقاض من الطريق (الدفاع المدني)"
    article = only(f"{caption}\nTT\n\n{TITLE}\n\n{caption}\n\n{FIRST}\n\n{SECOND}\n")
    assert (article.source.title, captions(article), paragraphs(article)) == (TITLE, [caption], [FIRST, SECOND])


def test_a_title_with_a_gloss_stays_the_title() -> None:
    title = "قادة الغرب في قمة حلف شمال الأطلسي (الناتو)"
    article = only(f"{title}\n\n{CAPTION}\nTT\n\n{title}\n\n{FIRST}\n\n{SECOND}\n")
    assert (article.source.title, captions(article), paragraphs(article)) == (title, [CAPTION], [FIRST, SECOND])


def test_a_caption_directly_below_the_title_is_no_subtitle() -> None:
    caption = "عمال يرفعون الأنقاض من الطريق (الدفاع المدني)"
    article = only(f"{TITLE}\n{TITLE}\n\n{caption}\n\n{FIRST}\n\n{SECOND}\n")
    assert (subtitle(article), captions(article)) == (None, [caption])


@pytest.mark.parametrize("head", [f"{CAPTION}\n{DATE}\n\nTITLE\n\n", f"{CAPTION}\nTT\n\n", f"{DATE}\n\n"])
def test_two_neighbours_of_one_title_stay_two_articles(head: str) -> None:
    title = "أسعار النفط تتراجع"
    head = f"{title}\n\n{head.replace('TITLE', title)}"
    first, second = articles(f"{head}{FIRST}\n\n{SECOND}\n\n\n\n{head}{THIRD}\n\n{FOURTH}\n")
    assert (first.source.title, second.source.title) == (title, title)
    assert (paragraphs(first), paragraphs(second)) == ([FIRST, SECOND], [THIRD, FOURTH])
    assert second.source.article_id == f"{first.source.article_id}-2"


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_related_titles_go_whether_set_apart_or_not(between: str, count: int) -> None:
    related = ["ميناء الصيد يعود إلى العمل", "سوق السمك في حلة جديدة", "طريق ساحلي جديد", "قطار يصل إلى المرفأ"][:count]
    article = only(f"{HEAD}{FIRST}\n\nاقرأ أيضاً\n\n{between.join(related)}\n\n{SECOND}\n\nالجسر في أرقام\n\n{THIRD}\n")
    assert paragraphs(article) == [FIRST, SECOND, "الجسر في أرقام", THIRD]


@pytest.mark.parametrize("line", ["فهل يكفي ذلك؟", "الجسر في أرقام"])
def test_related_titles_end_with_what_is_no_title(line: str) -> None:
    related = "ميناء الصيد يعود إلى العمل\nسوق السمك في حلة جديدة"
    article = only(f"{HEAD}{FIRST}\n\nاقرأ أيضاً\n\n{related}\n\n{line}\n\n{SECOND}\n")
    assert paragraphs(article) == [FIRST, line, SECOND]


@pytest.mark.parametrize("label", ["مواضيع", "وسوم", "الكلمات المفتاحية", "وسوم:"])
@pytest.mark.parametrize(
    "tags", ["روسيا\nأسلحة نووية\nكيم جونغ أون", "روسيا\n\nأسلحة نووية", "روسيا، أسلحة نووية", "أسلحة نووية"]
)
def test_the_subjects_below_an_article_go(label: str, tags: str) -> None:
    head = HEAD.replace(TITLE, "منتخب الشابات يتأهل إلى النهائي")
    first, second = articles(f"{HEAD}{FIRST}\n\n{SECOND}\n\n{label}\n{tags}\n\n\n{head}{THIRD}\n\n{label}\n\n{tags}\n")
    assert (paragraphs(first), paragraphs(second)) == ([FIRST, SECOND], [THIRD])


def test_subjects_above_related_titles_go() -> None:
    article = only(f"{HEAD}{FIRST}\n\nمواضيع\nروسيا\n\nاقرأ أيضاً\n\nسوق السمك في حلة جديدة\n\n{SECOND}\n")
    assert paragraphs(article) == [FIRST, SECOND]


def test_a_subheading_named_like_the_subjects_stays_with_its_list() -> None:
    article = only(f"{HEAD}{FIRST}\n\nموضوعات\n\nأسلحة نووية\n\n{SECOND}\n")
    assert paragraphs(article) == [FIRST, "موضوعات", "أسلحة نووية", SECOND]


PEOPLE = [
    "موسكو: رائد جبر",
    "رام الله: كفاح زبون",
    "طرابلس: خالد محمود",
    "أنقرة: سعيد عبد الرازق",
    "باريس: ميشال أبو نجم",
]


@pytest.mark.parametrize("byline", [*PEOPLE, "طولكرم: جمال ريان", "لندن: وردشان المعلم"])
def test_a_person_above_a_date_is_a_byline(byline: str) -> None:
    article = only(f"{TITLE}\n\n{CAPTION}\n{byline}\n{DATE}\nTT\n\n{TITLE}\n\n{FIRST}\n\n{SECOND}\n")
    assert (article.source.outlet, article.source.published is not None) == (None, True)
    assert article.body == f"{FIRST}\n\n{SECOND}\n\n{CAPTION}"


@pytest.mark.parametrize("byline", PEOPLE)
def test_a_person_above_the_text_is_a_byline(byline: str) -> None:
    assert only(f"{HEAD}{byline}\n\n{FIRST}\n\n{SECOND}\n").body == f"{FIRST}\n\n{SECOND}\n\n{CAPTION}"


def test_a_byline_of_two_articles_is_one_in_both() -> None:
    head = f"{TITLE}\n\n{CAPTION}\n{PEOPLE[0]}\n{DATE}\nTT\n\n{TITLE}\n\n"
    other = head.replace(TITLE, "أسعار النفط تتراجع")
    first, second = articles(f"{head}{FIRST}\n\n\n{other}{SECOND}\n")
    assert (paragraphs(first), paragraphs(second)) == ([FIRST], [SECOND])


@pytest.mark.parametrize(
    "line",
    [
        "موسكو: «لن نتراجع»", "موسكو: لن نتراجع أبداً", "غزة: هدنة مؤقتة", "واشنطن: قال الرئيس", "دمشق: الجيش يتقدم",
        "طهران: مفاوضات جديدة", "تونس: سعيد رئيساً", "بيروت: اتفاق على هدنة", "الجسر: أرقام ومواعيد العمل",
    ],
)  # fmt: skip
def test_a_subtitle_with_a_colon_is_no_byline(line: str) -> None:
    article = only(f"{TITLE}\n\n{line}\n\n{CAPTION}\nTT\n\n{TITLE}\n\n{FIRST}\n")
    assert subtitle(article) == line
    assert article.source.outlet is None
    assert line in only(f"{HEAD}{line}\n\n{FIRST}\n").body


@pytest.mark.parametrize("line", ["موسكو: «لن نتراجع»", "غزة: هدنة مؤقتة", "دمشق: الجيش يتقدم", "تونس: سعيد رئيساً"])
def test_a_subtitle_above_a_date_is_no_byline(line: str) -> None:
    assert subtitle(only(f"{TITLE}\n\n{line}\n{DATE}\nTT\n\n{TITLE}\n\n{FIRST}\n")) == line


def test_a_title_in_the_form_of_a_byline_stays_the_title() -> None:
    title = "تونس: قيس سعيد يفوز"
    article = only(f"{title}\n{DATE}\nTT\n\n{title}\n\n{FIRST}\n\n{SECOND}\n")
    assert (article.source.title, paragraphs(article)) == (title, [FIRST, SECOND])


def test_a_person_between_paragraphs_stays_in_the_text() -> None:
    article = only(f"{HEAD}{FIRST}\n\n{PEOPLE[0]}\n\n{SECOND}\n")
    assert paragraphs(article) == [FIRST, PEOPLE[0], SECOND]
