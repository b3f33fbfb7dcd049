from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.arabic import clean_line
from retrieval.errors import SourceBinary, SourceError
from retrieval.sources import SourceFile, read_file, source_files
from retrieval.sources.article import Draft
from retrieval.sources.faults import (
    PageAsksConsent,
    PageIsListing,
    PageMissing,
    PageNeedsScripts,
    PageWantsLogin,
    PageWithoutArticle,
)
from retrieval.sources.html import read_html
from retrieval.types import Article, Failure

PAGES = Path(__file__).parent / "data" / "pages"
GOLD: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(PAGES.glob("*.json"))
}
ARTICLES = [name for name, gold in GOLD.items() if gold["article"]]
PATH = Path("/news/page.html")

LEAD = "أعلنت وزارة النقل، الأحد، افتتاح الخط الثالث للمترو أمام الركاب بعد خمسة أعوام من العمل المتواصل."
SECOND = "وقال الوزير إن الخط يمتد 24 كيلومتراً ويخدم نحو 300 ألف راكب في اليوم الواحد، وفق تقديرات الوزارة."
THIRD = "وأضاف أن ثمن التذكرة لن يتغير قبل نهاية العام، وأن القطارات ستعمل من الخامسة صباحاً حتى منتصف الليل."
TITLE = "افتتاح الخط الثالث للمترو أمام الركاب"
TEXT = f"<p>{LEAD}</p><p>{SECOND}</p><p>{THIRD}</p>"


def page(body: str, head: str = "", title: str = f"{TITLE} | صدى اليوم") -> bytes:
    return (
        f'<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    ).encode()


def read(body: str, head: str = "", **options: Any) -> Draft:
    return read_html(page(body, head), PATH, **options)


@pytest.mark.parametrize("name", ARTICLES)
def test_pages_of_ten_templates_are_read_whole_and_without_furniture(name: str) -> None:
    gold = GOLD[name]
    [article] = read_file(SourceFile(PAGES / f"{name}.html"))
    assert isinstance(article, Article)
    source = article.source
    assert source.title == clean_line(gold["title"])
    assert (source.outlet, source.author, source.url) == (gold["outlet"], gold["author"], gold["url"])
    assert str(source.published) == gold["published"]
    assert (str(source.modified) if source.modified else None) == gold["modified"]
    body = clean_line(article.body)
    assert [text for text in gold["paragraphs"] if clean_line(text) not in body] == []
    assert [text for text in gold["must_not"] if text in body] == []


@pytest.mark.parametrize(("name", "code"), [("31", "page_is_listing"), ("32", "page_missing")])
def test_a_page_without_an_article_says_what_it_is(name: str, code: str) -> None:
    [failure] = read_file(SourceFile(PAGES / f"{name}.html"))
    assert isinstance(failure, Failure)
    assert failure.error.code == code


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (page('<form><h1>تسجيل الدخول</h1><input type="PassWord"></form>', title="الحساب"), PageWantsLogin),
        (page('<div id="app"></div><script src="/main.js"></script>', title="صدى"), PageNeedsScripts),
        (
            page("<h1>Just a moment...</h1><p>Checking your browser before accessing.</p>", title="Just a moment..."),
            PageAsksConsent,
        ),
        (
            page(
                "<h1>عذراً، الصفحة غير موجودة</h1><p>يمكنك العودة إلى الصفحة الرئيسية أو البحث في الموقع.</p>",
                title="خطأ 404",
            ),
            PageMissing,
        ),
        (
            page("".join(f'<h2><a href="/{n}">خبر قصير من أخبار اليوم رقم {n}</a></h2>' for n in range(12))),
            PageIsListing,
        ),
        (page(""), PageWithoutArticle),
        (b"", PageWithoutArticle),
        (b"<!-- only a comment -->", PageWithoutArticle),
        (page(f"<p>{LEAD}</p>", title="صدى"), PageWithoutArticle),
    ],
    ids=["login", "scripts", "check", "404", "links", "blank", "no bytes", "comment", "one sentence of nothing"],
)
def test_what_is_no_article_is_refused_by_its_kind(data: bytes, fault: type[SourceError]) -> None:
    with pytest.raises(SourceError) as raised:
        read_html(data, PATH)
    assert type(raised.value) is fault


def test_an_article_about_logins_cookies_and_missing_pages_is_one() -> None:
    text = "".join(f"<p>{LEAD.replace('المترو', word)}</p>" for word in ("كلمة المرور", "الكوكيز", "الصفحة 404"))
    head = '<meta property="og:type" content="article">'
    title = "تسجيل الدخول بالبصمة: هل تنتهي كلمات المرور وصفحات 404؟"
    draft = read_html(page(f"<h1>{title}</h1>{text}<input type=password>", head, title), PATH)
    assert (draft.title, len(draft.paragraphs)) == (title, 3)


def test_the_record_of_a_page_goes_before_what_is_shown() -> None:
    graph = {
        "@graph": [
            {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-03-01T23:30:00+03:00",
             "dateModified": "2026-03-02", "author": [{"@id": "#1"}, {"name": "هدى منصور"}], "publisher": {"@id": "#org"}},
            {"@id": "#1", "@type": "Person", "name": "سالم العلي"},
            {"@id": "#org", "@type": "Organization", "name": "صدى اليوم &amp; الغد"},
        ]
    }  # fmt: skip
    head = f'<script type="application/ld+json"><!-- {json.dumps(graph)} --></script>'
    head += '<meta property="article:published_time" content="2020-01-01"><link rel="canonical" href="/metro?utm_source=x&id=7">'
    draft = read(
        f"<h1>{TITLE}</h1><div>نشر في 5 مارس 2026</div>{TEXT}", head, address="https://sada.example/a/b?utm_medium=y"
    )
    assert draft.published == date(2026, 3, 1)
    assert draft.modified == date(2026, 3, 2)
    assert draft.author == "سالم العلي، هدى منصور"
    assert draft.outlet == "صدى اليوم & الغد"
    assert draft.url == "https://sada.example/metro?id=7"


@pytest.mark.parametrize(
    "script", ["{", "[1, null]", '{"@type": ["NewsArticle", 3], "author": 5, "headline": []}', "[" * 5000]
)
def test_a_broken_record_is_passed_over(script: str) -> None:
    draft = read(
        f"<h1>{TITLE}</h1><p>بقلم: منى خليل | 5 آذار 2026</p>{TEXT}",
        f'<script type="application/ld+json">{script}</script>',
    )
    assert (draft.title, draft.author, draft.published) == (TITLE, "منى خليل", date(2026, 3, 5))


@pytest.mark.parametrize(
    ("line", "author", "day"),
    [
        ("<div>كتبت: سلمى الحاج - بيروت</div><time datetime='2026-04-03T10:00Z'>قبل ساعة</time>", "سلمى الحاج", date(2026, 4, 3)),
        ("<span>وضاح الصبيحي</span> • <span>١٨ أكتوبر ٢٠٢٥</span>", "وضاح الصبيحي", date(2025, 10, 18)),
        ("<span>أخبار العالم</span> | <span>18 نونبر 2025</span>", None, date(2025, 11, 18)),
        ("<div>رويترز - 30-06-2026</div>", None, date(2026, 6, 30)),
        ("<div>آخر تحديث: 2 مايو 2026</div><div>نُشر: 1 مايو 2026</div>", None, date(2026, 5, 1)),
    ],
)  # fmt: skip
def test_author_and_day_are_read_where_a_reader_sees_them(line: str, author: str | None, day: date) -> None:
    draft = read(f"<h1>{TITLE}</h1>{line}{TEXT}")
    assert (draft.author, draft.published) == (author, day)
    assert draft.paragraphs == (LEAD, SECOND, THIRD)


def test_a_page_whose_frame_has_names_of_furniture_is_kept() -> None:
    wrapped = (
        f'<form id="aspnetForm"><div class="content-social has-sidebar ads-on"><h1>{TITLE}</h1>{TEXT}</div></form>'
    )
    assert read(wrapped).paragraphs == (LEAD, SECOND, THIRD)


def test_a_login_box_beside_a_short_article_does_not_hide_it() -> None:
    box = "<div class=popup><h2>تسجيل الدخول</h2><input type=password></div>"
    assert read(f"{box}<h1>{TITLE}</h1>{TEXT}").paragraphs == (LEAD, SECOND, THIRD)


def test_the_name_of_the_paper_set_large_is_no_title() -> None:
    data = page(f"<h1>صحيفة صدى اليوم</h1><h2>{TITLE}</h2>{TEXT}", title=f"{TITLE} - صحيفة صدى اليوم")
    draft = read_html(data, PATH)
    assert (draft.title, draft.outlet) == (TITLE, "صحيفة صدى اليوم")


def test_of_several_articles_in_the_record_that_of_the_page_is_taken() -> None:
    def listed(headline: str, day: int) -> dict[str, object]:
        return {"@type": "NewsArticle", "headline": headline, "datePublished": f"2026-03-0{day}"}

    others = [
        listed("خبر آخر من الأخبار", 1),
        {"@type": "VideoObject", "uploadDate": "2026-03-02"},
        listed("خبر ثالث", 3),
    ]
    for things, day in (([*others, listed(TITLE, 4)], date(2026, 3, 4)), (others, None)):
        draft = read(f"<h1>{TITLE}</h1>{TEXT}", f'<script type="application/ld+json">{json.dumps(things)}</script>')
        assert (draft.title, draft.published) == (TITLE, day)


def test_comments_are_left_out_even_if_they_are_longer() -> None:
    comment = (
        "<div><b>زائر</b><p>خبر جميل ونتمنى أن يصل المترو إلى حينا قبل نهاية العام القادم إن شاء الله تعالى.</p></div>"
    )
    named = read(f'<h1>{TITLE}</h1><div>{TEXT}</div><div id="comments">{comment * 20}</div>')
    unnamed = read(f"<div><h1>{TITLE}</h1>{TEXT}<h4>التعليقات (20)</h4>{comment * 2}</div>")
    assert named.paragraphs == unnamed.paragraphs == (LEAD, SECOND, THIRD)


def test_lines_of_the_page_between_paragraphs_go_and_lookalikes_stay() -> None:
    stays = [
        "شارك آلاف المشجعين في احتفال أقيم أمام المحطة الرئيسية مساء السبت.",
        "وجاء إعلان الافتتاح بعد أيام من انتهاء الاختبارات الفنية للقطارات الجديدة.",
        "اشترك في المشروع مهندسون من ست دول عربية وأوروبية على مدى الأعوام الماضية.",
    ]
    furniture = "".join(
        f"<div>{line}</div>"
        for line in (
            "إعلان", "اقرأ أيضاً: <a href='/x'>خط رابع إلى المطار</a>", "شارك الخبر", "تابعنا على واتساب", "1843 مشاهدة",
            "الآراء الواردة في المقال لا تعبّر عن رأي الموقع", "© صدى اليوم 2026", "اشترك في نشرتنا البريدية", "12:30",
            "تخطى قصص مقترحة وواصل القراءة", "قصص مقترحة نهاية", "تابعوا أبرز الأخبار على قناتنا في تلغرام",
        )
    )  # fmt: skip
    draft = read(
        f"<h1>{TITLE}</h1><div><p>{LEAD}</p>{furniture}<p>{stays[0]}</p><p>{stays[1]}</p><p>{stays[2]}</p>{furniture}</div>"
    )
    assert draft.paragraphs == (LEAD, *stays)


def test_what_a_reader_does_not_see_is_not_read() -> None:
    hidden = (
        f'<p style="display: none">{SECOND}</p><p hidden>{SECOND}</p>'
        f'<div aria-hidden="true"><p>{SECOND}</p></div><noscript>{SECOND}</noscript>'
    )
    day = '<meta name="date" content="2026-02-03">'
    assert read(f"<h1>{TITLE}</h1><p>{LEAD}</p>{hidden}<p>{THIRD}</p>", day).paragraphs == (LEAD, THIRD)


def test_lists_tables_captions_and_broken_lines() -> None:
    body = (
        f"<h1>{TITLE}</h1><div><figure><img src=a><figcaption>قطار في المحطة <span class='photo-credit'>رويترز</span></figcaption></figure>"
        f"{LEAD}<br><br>{SECOND}<h2>مواعيد القطارات</h2><ul><li>الجمعة من السابعة</li></ul>"
        f"<table><tr><th>المحطة</th><th>الوقت</th></tr><tr><td>الجامعة</td><td>5:30</td></tr></table><p>{THIRD}</p></div>"
    )
    draft = read(body)
    assert draft.captions == ("قطار في المحطة",)
    assert draft.paragraphs == (
        LEAD,
        SECOND,
        "مواعيد القطارات",
        "الجمعة من السابعة",
        "المحطة | الوقت",
        "الجامعة | 5:30",
        THIRD,
    )


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("cp1256", "windows-1256", None),
        ("cp1256", "iso-8859-1", None),
        ("cp1256", "utf-8", "windows-1256"),
        ("cp1256", "no-such-encoding", None),
        ("utf-8", "windows-1256", "windows-1256"),
        ("utf-8-sig", "windows-1256", None),
        ("utf-16", "utf-16", None),
        ("iso8859-6", "iso-8859-6", None),
    ],
)
def test_the_encoding_is_what_it_is_not_what_is_said(encoding: str, declared: str, charset: str | None) -> None:
    text = page(f"<h1>{TITLE}</h1>{TEXT}").decode().replace('charset="utf-8"', f'charset="{declared}"')
    assert read_html(text.encode(encoding), PATH, charset=charset).paragraphs == (LEAD, SECOND, THIRD)


def test_one_broken_byte_does_not_cost_the_page() -> None:
    data = page(f"<h1>{TITLE}</h1>{TEXT}<footer>خاتمة</footer>").replace("خاتمة".encode(), b"\xd9")
    assert read_html(data, PATH).paragraphs == (LEAD, SECOND, THIRD)


def test_a_picture_named_page_is_refused() -> None:
    with pytest.raises(SourceBinary):
        read_html(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, PATH)


def test_the_address_serves_where_the_page_names_none() -> None:
    front = '<link rel="canonical" href="https://sada.example/">'
    assert read(f"<h1>{TITLE}</h1>{TEXT}", front, address="https://sada.example/n/7").url == "https://sada.example/n/7"
    assert read(f"<h1>{TITLE}</h1>{TEXT}").url is None


def test_frames_saved_beside_a_page_are_no_pages(tmp_path: Path) -> None:
    for name in ("news.html", "news_files/frame.html", "other_files/page.HTM"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(page(f"<h1>{TITLE}</h1>{TEXT}"))
    files = source_files([tmp_path]).files
    assert [file.path.relative_to(tmp_path).as_posix() for file in files] == ["news.html", "other_files/page.HTM"]
    assert source_files([tmp_path]).failures == []


def test_a_page_in_english() -> None:
    text = "".join(
        f"<p>The ministry of transport opened the third metro line to the public on Sunday, the {n} time this year.</p>"
        for n in "abcd"
    )
    head = '<meta name="author" content="Jane Doe"><meta name="date" content="2026-02-03">'
    data = page(
        f"<h1>Third metro line opens to the public</h1>{text}<div>Read more: <a>Other lines</a></div>",
        head,
        "Third metro line opens to the public - The Echo",
    )
    draft = read_html(data, PATH)
    assert (draft.outlet, draft.author, draft.published, len(draft.paragraphs)) == (
        "The Echo",
        "Jane Doe",
        date(2026, 2, 3),
        4,
    )


def test_deep_and_large_pages_are_read() -> None:
    deep = "<div>" * 1000 + TEXT + "</div>" * 1000
    assert LEAD in "".join(read(f"<h1>{TITLE}</h1>{deep}", '<meta name="date" content="2026-02-03">').paragraphs)
    assert len(read(f"<h1>{TITLE}</h1><div>{TEXT * 300}</div>").paragraphs) == 900
    with pytest.raises(PageWithoutArticle):
        read("<table><tr><td>خبر<td>ثان</tr>" * 2000)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(alphabet="<>/=\"' abdhipvr!-[]ابة&#;0\x00\u200f\ud83d", max_size=300).map(
            lambda text: text.encode("utf-8", "replace")
        ),
    )
)
def test_no_bytes_raise_anything_but_a_fault(data: bytes) -> None:
    for whole in (data, page(f"<h1>{TITLE}</h1>{TEXT}") + data, data + page(TEXT)):
        with suppress(SourceError):
            assert isinstance(read_html(whole, PATH), Draft)
