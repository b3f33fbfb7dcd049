from __future__ import annotations

import logging
import unicodedata
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.errors import SourceError
from retrieval.sources import SourceFile, read_file
from retrieval.sources.article import Draft
from retrieval.sources.faults import PdfBroken, PdfEncrypted, PdfScanned, PdfUnreadableOrder
from retrieval.sources.pdf import read_pdf
from retrieval.types import Article, Failure
from tests.pdf_files import encrypted, pdf, visual

PATH = Path("/news/paper.pdf")
TITLE = "افتتاح الخط الثالث للمترو أمام الركاب"
LINES = [
    "أعلنت وزارة النقل (الأحد) افتتاح الخط الثالث للمترو أمام الركاب بعد",
    "خمسة أعوام من العمل، وقالت إن طوله 24.5 كيلومتراً في مدينة القاهرة.",
]
SECOND = [
    "وقال الوزير إن شركة New Metro شغّلت «القطارات» منذ 12/11/2025، وإن",
    "الكلفة بلغت ٣٥٠ مليون جنيه عام 2026.",
]
PARAGRAPHS = (" ".join(LINES), " ".join(SECOND))
GAPS = {1: 10, 3: 12}


def article(lines: list[str] | None = None) -> list[str]:
    return lines or [TITLE, *LINES, *SECOND]


def presentation_forms(text: str) -> str:
    """The letters in the forms of their places in words, as old programs stored them."""
    both, right = set("بتثجحخسشصضطظعغفقكلمنهيئ"), set("اأإآدذرزوؤةى")
    forms = []
    for index, letter in enumerate(text):
        joins_before = index > 0 and text[index - 1] in both and letter in both | right
        joins_after = letter in both and index + 1 < len(text) and text[index + 1] in both | right
        form = {(True, True): "MEDIAL", (True, False): "FINAL", (False, True): "INITIAL"}.get(
            (joins_before, joins_after), "ISOLATED"
        )
        try:
            forms.append(unicodedata.lookup(f"{unicodedata.name(letter)} {form} FORM"))
        except (KeyError, ValueError):
            forms.append(letter)
    return "".join(forms)


@pytest.mark.parametrize(
    "data",
    [
        pdf([[visual(line) for line in article()]], gaps=GAPS),
        pdf([[visual(presentation_forms(line)) for line in article()]], gaps=GAPS),
        pdf([[visual(line) for line in article()]], gaps=GAPS, right_to_left=True),
        pdf([article()], gaps=GAPS),
    ],
    ids=["from left to right", "presentation forms", "from right to left", "set backwards on paper"],
)
def test_a_text_is_the_same_however_its_glyphs_were_stored(data: bytes) -> None:
    draft = read_pdf(data, PATH)
    assert draft.title == TITLE
    assert draft.paragraphs == PARAGRAPHS


def test_a_latin_text_is_left_as_it_is() -> None:
    lines = ["The ministry of transport opened the line", "to the public, and said that 12% of fares fell."]
    assert read_pdf(pdf([lines]), PATH).paragraphs == (" ".join(lines),)


def test_columns_are_read_from_right_to_left() -> None:
    right = [f"السطر رقم {number} من العمود الأيمن في الصفحة" for number in range(10, 18)]
    left = [f"السطر رقم {number} من العمود الأيسر في الصفحة" for number in range(20, 28)]
    rows = [visual(one) + "  " + visual(other) for one, other in zip(left, right, strict=True)]
    text = " ".join(read_pdf(pdf([rows]), PATH).paragraphs)
    assert text == " ".join([*right, *left])


def test_heads_feet_and_numbers_of_pages_are_left_out() -> None:
    head, texts = "صحيفة صدى اليوم - العدد 5117", [*LINES, *SECOND]
    pages = [
        [visual(line) for line in (head, *(f"{text[:-1]} {'كما قالت' * number}." for text in texts), f"- {number} -")]
        for number in range(1, 5)
    ]
    text = " ".join(read_pdf(pdf(pages), PATH).paragraphs)
    assert "العدد" not in text
    assert "- 3 -" not in text
    assert text.count("أعلنت وزارة") == text.count("مليون جنيه") == 4


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    draft = read_pdf(pdf([[visual(LINES[0])], [visual(LINES[1])]]), PATH)
    assert draft.paragraphs == (PARAGRAPHS[0],)


@pytest.mark.parametrize(
    ("title", "expected"),
    [("تقرير المترو السنوي", "تقرير المترو السنوي"), ("Microsoft Word - a.docx", TITLE), ("untitled", TITLE)],
)
def test_the_title_of_the_record_is_taken_if_it_is_one(title: str, expected: str) -> None:
    draft = read_pdf(pdf([[visual(line) for line in article()]], gaps=GAPS, title=title), PATH)
    assert draft.title == expected


def test_a_date_under_the_title_is_the_day_of_publication() -> None:
    lines = [TITLE, "الأحد 1 مارس 2026", *LINES]
    draft = read_pdf(pdf([[visual(line) for line in lines]], gaps={1: 10, 2: 10}), PATH)
    assert (draft.published, draft.paragraphs) == (date(2026, 3, 1), (PARAGRAPHS[0],))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", PdfBroken),
        (b"not a pdf at all", PdfBroken),
        (pdf([article()])[:300], PdfBroken),
        (pdf([[]], picture=True), PdfScanned),
        (pdf([["3"]]), PdfScanned),
        (encrypted(), PdfEncrypted),
        (pdf([article()], shift=0xE000 - 0x0600), PdfUnreadableOrder),
    ],
    ids=["empty", "garbage", "cut off", "picture", "number alone", "password", "codes without letters"],
)  # fmt: skip
def test_what_cannot_be_read_is_told_apart(
    data: bytes, fault: type[SourceError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError) as raised:
        read_pdf(data, PATH)
    assert type(raised.value) is fault
    assert caplog.records == []


def test_lines_whose_direction_is_unsure_are_refused() -> None:
    mixed = [
        visual(line) if index % 2 else line
        for index, line in enumerate(["المدينة الكبرى لالا ةنيدملا", "ةنيدملا ىربكلا المدينة"] * 4)
    ]
    with pytest.raises(PdfUnreadableOrder):
        read_pdf(pdf([mixed]), PATH)


def test_a_file_among_others(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(pdf([[visual(line) for line in article()]], gaps=GAPS))
    (tmp_path / "torn.PDF").write_bytes(b"%PDF-1.7\n")
    [whole] = read_file(SourceFile(tmp_path / "paper.pdf"))
    [torn] = read_file(SourceFile(tmp_path / "torn.PDF"))
    assert isinstance(whole, Article)
    assert whole.body == "\n\n".join(PARAGRAPHS)
    assert isinstance(torn, Failure)
    assert torn.error.code == "pdf_broken"


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 3000))
def test_no_bytes_raise_anything_but_a_fault(data: bytes, place: int) -> None:
    good = pdf([[visual(line) for line in article()]])
    for whole in (data, b"%PDF-1.7\n" + data, good[:place] + data + good[place + len(data) :]):
        with suppress(SourceError):
            assert isinstance(read_pdf(whole, PATH), Draft)
