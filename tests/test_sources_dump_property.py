"""Any dump in the shape of a news page gives back exactly the articles it was made of."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dump_reading import articles as read
from tests.dump_reading import captions, subtitle

PLACES = [
    "بيروت",
    "دمشق",
    "الخرطوم",
    "طرابلس",
    "عمّان",
    "صنعاء",
    "الرباط",
    "مراكش",
    "أسوان",
    "البصرة",
    "نواكشوط",
    "الدوحة",
]
ACTORS = [
    "الحكومة",
    "البرلمان",
    "المحافظ",
    "الوزيرة",
    "المستشفى",
    "الجامعة",
    "الميناء",
    "المصرف",
    "النقابة",
    "البلدية",
    "المنتخب",
    "الهيئة",
]
VERBS = ["يعلن", "يرفض", "يؤجل", "يفتتح", "يناقش", "يراجع", "يقرّ", "يستأنف", "يُطلق", "يوسّع"]
OBJECTS = ["خطة", "اتفاقاً", "مشروعاً", "قانوناً", "مهرجاناً", "معرضاً", "برنامجاً", "طريقاً", "محطة", "جسراً"]
TAILS = ["بعد أشهر من الانتظار", "وسط انتقادات", "للمرة الثالثة", "رغم ارتفاع التكلفة", "في 12 بلدة", "قبل نهاية العام"]
CREDITS = [
    "أ.ف.ب", "رويترز", "د.ب.أ", "إ.ب.أ", "أ.ب", "الأناضول", "واس", "غيتي", "الشرق الأوسط", "أرشيفية", "AFP", "EPA", "REUTERS",
    "أ ف ب", "موقع النادي", "متداولة", "حساب الوزارة على «إكس»", "رويترز - أرشيفية", "تصوير: سامي حداد",
]  # fmt: skip
FURNITURE = [
    "TT", "T T", "+", "مشاركة", "طباعة", "مشاركة / طباعة / حفظ / نسخ الرابط", "نسخ الرابط", "1 / 4", "قراءة في 3 دقائق",
    "آخر تحديث: 18:05-14 فبراير 2024 م ـ 04 شَعبان 1445 هـ", "القاهرة: «الشرق الأوسط»",
]  # fmt: skip
ENDINGS = [".", ".", " (62 عاماً).", " في سبتمبر (أيلول).", " (رويترز).", "؟", "!", ": «هذا قرار نهائي».", " (أيلول)"]
FATHA, TATWEEL = "\u064e", "\u0640"


@dataclass(frozen=True)
class Written:
    title: str
    subtitle: str
    captions: tuple[str, ...]
    paragraphs: tuple[str, ...]


def sentence(draw: st.DrawFn, number: int) -> str:
    parts = [draw(st.sampled_from(words)) for words in (ACTORS, VERBS, OBJECTS)]
    return f"{' '.join(parts)} رقم {number} في {draw(st.sampled_from(PLACES))} {draw(st.sampled_from(TAILS))}"


@st.composite
def paragraphs(draw: st.DrawFn, start: int) -> tuple[str, ...]:
    found: list[str] = []
    for number in range(start, start + draw(st.integers(1, 5))):
        if found and draw(st.integers(0, 4)) == 0:
            found.append(f"محور «{draw(st.sampled_from(OBJECTS))}» {number}")
        ending = draw(st.sampled_from(ENDINGS))
        filler = " وقال متحدث إن الأعمال تسير كما خُطط لها، وإن التمويل متاح حتى نهاية المرحلة" * draw(st.integers(1, 3))
        found.append(f"وذكر بيان أن {sentence(draw, number)}،{filler}{ending}")
    return tuple(found)


@st.composite
def articles(draw: st.DrawFn, place: int) -> Written:
    number = 1000 * (place + 1)
    captions = tuple(
        sentence(draw, number + 500 + index)
        + draw(st.sampled_from([*(f" ({name})" for name in CREDITS), *[""][index:]]))
        for index in range(draw(st.integers(1, 3)))
    )
    return Written(
        title=f"{sentence(draw, number)}{draw(st.sampled_from(['', '؟', '!', ' «رسمياً»']))}",
        subtitle=f"تفاصيل {sentence(draw, number + 700)}" if draw(st.booleans()) else "",
        captions=captions,
        paragraphs=draw(paragraphs(number + 1)),
    )


def another_copy(draw: st.DrawFn, title: str) -> str:
    title = title.replace("ة", f"{FATHA}ة") if draw(st.booleans()) else title
    return title.replace("في", f"ف{TATWEEL}{TATWEEL}ي") if draw(st.booleans()) else title


@st.composite
def heads(draw: st.DrawFn, article: Written, *, set_apart: bool) -> list[str]:
    """The lines from the first copy of the title to the last caption above the text; an empty string is an empty line.

    Set apart from the article before, the title may stand but once.
    """
    layout = draw(st.sampled_from(["twice", "directly", "above", "below"] if set_apart else ["twice", "directly"]))
    furniture = draw(
        st.lists(
            st.sampled_from(FURNITURE),
            min_size=layout == "below" or (layout == "directly" and not set_apart),
            max_size=3,
        )
    )
    copy = another_copy(draw, article.title)
    picture = [article.captions[0]] * draw(st.integers(1 + (not article.captions[0].endswith(")")), 2))
    again = picture if draw(st.booleans()) else []
    subtitle = [article.subtitle, ""] if article.subtitle else []
    if layout == "twice":
        return [article.title, "", *subtitle, *picture, *furniture, "", copy, "", *again, ""]
    if layout == "directly":
        return [article.title, *[""] * draw(st.integers(0, 1)), copy, "", *subtitle, *picture, *furniture, ""]
    if layout == "above":
        return [article.title, "", *subtitle, *picture, *furniture, ""]
    return [*picture, *furniture, "", article.title, "", *subtitle, *picture, ""]


@st.composite
def dumps(draw: st.DrawFn) -> tuple[list[Written], str]:
    written = [draw(articles(place)) for place in range(draw(st.integers(1, 4)))]
    between = draw(st.integers(0, 2))  # empty lines between paragraphs
    lines: list[str] = []
    for place, article in enumerate(written):
        gap = draw(st.integers(between, between + 3)) if place else draw(st.integers(0, 2))
        lines += [""] * gap
        lines += draw(heads(article, set_apart=not place or gap > max(between, 1)))
        later = list(article.captions[1:])
        for index, paragraph in enumerate(article.paragraphs):
            lines += [paragraph, *[""] * between]
            if later and (index + 1 == len(article.paragraphs) or draw(st.booleans())):
                captions = later if index + 1 == len(article.paragraphs) else later[:1]
                for caption in captions:
                    lines += [*[caption] * draw(st.integers(1, 2)), *[""] * between]
                later = later[len(captions) :]
        if draw(st.integers(0, 3)) == 0:
            lines += [draw(st.sampled_from(["مشاركة", "اقرأ أيضاً: عنوان خبر آخر في الموقع", "TT"]))]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(lines)
    if draw(st.booleans()):
        text = text.replace(" ", "\u00a0", 3)
    return written, text


@settings(max_examples=250, deadline=None)
@given(dumps())
def test_a_dump_gives_back_its_articles(dump: tuple[list[Written], str]) -> None:
    written, text = dump
    found = read(text)
    assert [article.source.title for article in found] == [article.title for article in written]
    for article, original in zip(found, written, strict=True):
        assert (subtitle(article) or "") == original.subtitle
        assert set(captions(article)) == set(original.captions)
        parts = article.body.split("\n\n")
        inner = parts[bool(original.subtitle) : len(parts) - len(original.captions)]
        assert inner == list(original.paragraphs)


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("ابتثجحخ دذ رزس\n\r .:()«»TT+#-\u00a0\u0640\u064e1٢ab\u200f\ud800"), max_size=300)
)
def test_any_text_can_be_read_and_its_spans_are_exact(text: str) -> None:
    for article in read(text):
        assert article.body
        assert article.source.title
        assert "\n\n\n" not in article.body
        for span in (*article.captions, *([article.subtitle] if article.subtitle else [])):
            assert 0 <= span.start < span.end <= len(article.body)
            assert "\n" not in span.of(article.body)
