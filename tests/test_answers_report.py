"""The report over answers: its structure, what it shows of a missed question, what it escapes; marks in a text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.evals.answers_report import Section, page
from retrieval.evals.datasets import holds
from retrieval.evals.markup import found_at, highlighted
from tests.outcomes import EVIDENCE, outcome

EMPTY = {"meta", "rect", "line", "circle", "polyline"}


class Outline(HTMLParser):
    """The headings, plots and cards of a page in order, and the text that is marked."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.parts: list[str] = []
        self.marked: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in EMPTY:
            self.open.append(tag)
        if tag == "article":
            self.parts.append("card")

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "mark" in self.open:
            self.marked.append(data)
        elif {"h1", "h2", "h3", "figcaption", "dt"} & set(self.open) and "small" not in self.open and data.strip():
            self.parts.append(data.strip())


OUTCOMES = [
    outcome(quotes=["أعلنت " + EVIDENCE], confidence=0.9),
    outcome(declined=True, text="لا أجد", nearest=["أعلنت مقتلَ أربعةٍ من جنودها أمس."], confidence=0.2),
    outcome(quotes=["<b>جملة</b> أخرى"], text="<i>نص</i> [1]", title="<u>عنوان</u>", confidence=0.6, mode="llm"),
    outcome(quotes=["جواب"], kind="unanswerable", answerable=False, question="<script>؟", confidence=0.4),
    outcome(kind="small_talk", answerable=False, declined=True),
]


def test_the_report_has_figures_plots_and_every_question_missed() -> None:
    text = page([Section("a<b", OUTCOMES), Section("دليل", OUTCOMES[:1], has_kinds=False)])
    outline = Outline()
    outline.feed(text)
    assert outline.open == []
    risk = "Risk over coverage: the share wrong among the questions answered, when the surest are answered first"
    thresholds = "Declining below a threshold of confidence"
    assert outline.parts == [
        "Dalil · answers",
        "a<b", "All measures", "What is right, by kind", risk, thresholds,
        "Declined, though the articles answer", "card", "answer", "nearest", "gold evidence", "gold answer",
        "Answered without the gold evidence first", "card", "answer", "citations", "gold evidence", "gold answer",
        "Answered what the articles do not answer", "card", "answer", "citations",
        "دليل", "All measures", risk, thresholds,
    ]  # fmt: skip
    assert outline.marked == ["مقتلَ أربعةٍ من جنودها", "مقتلَ أربعةٍ من جنودها", EVIDENCE]
    assert text.count("in none of the 1 passages found") == 1 and text.count("in passage 1 of those found") == 1
    assert "1 by llm, 2 by quotes" in text


def test_the_report_needs_no_network_and_escapes_what_it_shows() -> None:
    text = page([Section("a<b", OUTCOMES)])
    assert not re.search(r"(?:src|href)=|https?:|<script|@import|url\(|<b>|<i>|<u>", text)
    for escaped in ("a&lt;b", "&lt;script&gt;؟", "&lt;b&gt;جملة", "&lt;i&gt;نص", "&lt;u&gt;عنوان"):
        assert escaped in text
    assert "<p class=question dir=auto>" in text and "prefers-color-scheme: dark" in text


def test_sets_of_one_name_keep_their_columns() -> None:
    text = page([Section("same", OUTCOMES[:1], has_kinds=False), Section("same", OUTCOMES, has_kinds=False)])
    assert "<td>questions asked</td><td>1</td><td>5</td>" in text


def test_set_without_a_question_of_a_kind_has_a_report() -> None:
    assert "<svg" not in page([Section("talk", OUTCOMES[-1:], has_kinds=False)])
    assert "declined_right" in page([Section("none answerable", OUTCOMES[3:4])])


@pytest.mark.parametrize(
    ("text", "wanted", "shown"),
    [
        ("قال: «مقتلَ أربعةٍ» أمس.", ["مقتل اربعه"], "قال: «<mark>مقتلَ أربعةٍ</mark>» أمس."),
        ("الكتاب، والكتب", ["كتاب"], "<mark>الكتاب</mark>، والكتب"),
        ("a & b, c d", ["A B", "b c"], "<mark>a &amp; b, c</mark> d"),
        ("في ٢٠١٩ وفي 2019", ["2019"], "في <mark>٢٠١٩</mark> وفي <mark>2019</mark>"),
        ("بلغت 25 ℃ ظهرًا", ["℃"], "بلغت 25 <mark>℃</mark> ظهرًا"),
        ("جملة", ["أخرى", "", "،"], "جملة"),
        ("عام 2025، ٥ قتلى و15 جريحًا", ["5"], "عام 2025، <mark>٥</mark> قتلى و15 جريحًا"),
        ("250 دولارًا ثم 25 دولارًا", ["25 دولار"], "250 دولارًا ثم <mark>25 دولارًا</mark>"),
    ],
)
def test_spans_are_marked_in_whole_words_as_written(text: str, wanted: list[str], shown: str) -> None:
    assert highlighted(text, wanted) == shown


LETTERS = st.text("أاةهـىيَّء 1٢,.،«»ab\n", max_size=30)


@given(LETTERS, LETTERS)
def test_what_a_text_holds_is_found_in_it(text: str, wanted: str) -> None:
    found = found_at(text, [wanted])
    assert bool(found) == holds(text, [wanted])
    assert all(span.of(text).strip() == span.of(text) != "" for span in found)
