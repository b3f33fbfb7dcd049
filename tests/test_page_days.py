"""The day of publication of a page: what stands in the article is its day, what only stands near it is not, or is inferred."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.sources.article import ArticleBuilder, Draft, SourceFile
from tests.test_sources_html import PATH, TEXT, TITLE, read

HEADLINE = f"<h1>{TITLE}</h1>"
ARTICLE = f"<div class=main>{HEADLINE}{TEXT}</div>"
DAY = date(2021, 2, 23)


@pytest.mark.parametrize(
    "body",
    [
        f"<div class=main>{HEADLINE}<p class=date>23 فبراير 2021</p>{TEXT}</div>",
        f"<div class=main><div class=date>الثلاثاء 23 شباط 2021</div>{HEADLINE}{TEXT}</div>",
        f"<article><header><div class=meta><time datetime=2021-02-23>أمس</time></div>{HEADLINE}</header>{TEXT}</article>",
        f"<div class=main>{HEADLINE}{TEXT}<p>نشر في 23 فبراير 2021</p></div>",
        f"<div class=main>{HEADLINE}<p>11 رجب 1442 هـ</p>{TEXT}</div>",
    ],
    ids=["below the headline", "above it", "in a head", "under the text", "hijri"],
)
def test_the_day_in_the_article_is_its_day(body: str) -> None:
    draft = read(body)
    assert (draft.published, draft.dated_by) == (DAY, ())


@pytest.mark.parametrize(
    "body",
    [
        f"{ARTICLE}<div class=sidebar><a href=/x>خبر آخر عن البلد</a> <time datetime=2021-02-23>أمس</time></div>",
        f"{ARTICLE}<div><h3>التعليقات</h3><p>سالم</p><p>23 فبراير 2021</p><p>أحسنتم</p></div>",
        f"{ARTICLE}<div class=comments><p>23 فبراير 2021</p><p>أحسنتم</p></div>",
        f"<div class=topbar>الثلاثاء 23 فبراير 2021</div>{ARTICLE}",
        f"<div id=page><div><span>الثلاثاء 23 فبراير 2021</span></div><div>{ARTICLE}</div></div>",
        f"{ARTICLE}<div>© صدى اليوم 23 فبراير 2021</div>",
        f"{ARTICLE}<div>آخر تحديث للموقع: 23 فبراير 2021</div>",
    ],
    ids=["sidebar", "comment", "comments by name", "top bar", "top of the frame", "copyright", "the site's own change"],
)
def test_a_day_beside_the_article_is_not_its_day(body: str) -> None:
    draft = read(body)
    assert (draft.published, draft.modified) == (None, None)


def test_a_stamp_behind_the_text_is_no_more_than_likely() -> None:
    draft = read(f"{ARTICLE}<div>23 فبراير 2021</div>")
    assert (draft.published, draft.dated_by) == (DAY, ("23 فبراير 2021",))
    built = ArticleBuilder(SourceFile(PATH)).build(draft)
    assert built and built.source.dated_by == ("23 فبراير 2021",)
    known = draft.completed(Draft(published=date(2021, 2, 20)))
    assert (known.published, known.dated_by) == (date(2021, 2, 20), ())


def test_name_and_day_side_by_side_are_two() -> None:
    draft = read(f"{HEADLINE}<div><span class=date>23 فبراير 2021م</span><span class=by>منى خليل</span></div>{TEXT}")
    assert (draft.published, draft.author) == (DAY, "منى خليل")
    joined = read(
        f"{HEADLINE}<p>قال <b>ال</b>وزير إن <span>القطا</span><span>رات</span> وصلت إلى المحطة صباحا.</p>{TEXT}"
    )
    assert joined.paragraphs[0] == "قال الوزير إن القطارات وصلت إلى المحطة صباحا."


def test_the_line_under_the_headline_is_the_subtitle_by_its_name() -> None:
    line = "القطارات تختصر الطريق بين الضاحيتين بعد سنوات من الانتظار"
    body = f"<article><header>{HEADLINE}<p class='article__subhead'><em>{line}</em></p></header><div>{TEXT}</div></article>"
    assert read(body).subtitle == line
