"""Rendering: the JSON objects of the contract, and text that is wrapped by cells and holds nothing harmful."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.messages import Messages
from bot.render import (
    Page,
    answer_object,
    answer_text,
    article_text,
    hit_object,
    hits_text,
    report_lines,
    report_object,
    source_name,
)
from retrieval.errors import RecordBroken
from retrieval.types import Answer, Article, Citation, Failure, Hit, IngestReport, Passage, Source, Span

BODY = "قُتِلَ أربعةُ جنود في سيونيك.\n\nوقال علييف إن «الرد» كان محدودًا."
SOURCE = Source("a1", "اشتباك حدودي", None, "الشرق الأوسط", date(2024, 2, 13), "seeds/a.txt")
PASSAGE = Passage("a1#0", SOURCE, 0, BODY, 0, len(BODY))


def citation(quote: str, label: int = 1, passage: Passage = PASSAGE) -> Citation:
    start = passage.text.index(quote)
    return Citation(label, passage, quote, start, start + len(quote))


ANSWER = Answer(
    question="كم قُتل؟",
    query="كم قُتل",
    text="في سيونيك قُتل أربعة. [1]",
    mode="llm",
    citations=(citation("قُتِلَ أربعةُ جنود في سيونيك."),),
    seconds={"retrieve": 0.01234567, "answer": 0.5},
)


def test_answer_object_is_that_of_the_contract() -> None:
    assert answer_object(ANSWER) == {
        "question": "كم قُتل؟",
        "query": "كم قُتل",
        "text": "في سيونيك قُتل أربعة. [1]",
        "mode": "llm",
        "declined": False,
        "reason": None,
        "citations": [
            {
                "label": 1,
                "article_id": "a1",
                "title": "اشتباك حدودي",
                "source": "الشرق الأوسط",
                "published": "2024-02-13",
                "quote": "قُتِلَ أربعةُ جنود في سيونيك.",
                "start": 0,
                "end": 29,
                "passage_id": "a1#0",
            }
        ],
        "nearest": [],
        "seconds": {"retrieve": 0.0123, "answer": 0.5},
    }


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (SOURCE, "الشرق الأوسط"),
        (Source("a", "t", "https://example.org/a", None, None, "x.html"), "https://example.org/a"),
        (Source("a", "t", None, None, None, "/some/folder/خبر.txt"), "خبر.txt"),
        (Source("a", "t", None, None, None, "https://example.org/b/c"), "https://example.org/b/c"),
        (Source("a", "t"), "a"),
    ],
)
def test_source_is_outlet_else_address_else_file_name(source: Source, name: str) -> None:
    assert source_name(source) == name


def test_hit_object_is_that_of_the_contract() -> None:
    assert hit_object(Hit(PASSAGE, 0.5)) == {
        "passage_id": "a1#0",
        "article_id": "a1",
        "title": "اشتباك حدودي",
        "score": 0.5,
        "text": BODY,
        "start": 0,
        "end": len(BODY),
    }


def test_report_object_counts_and_explains() -> None:
    failure = Failure("a.jsonl", 3, RecordBroken(path="a.jsonl", line=3, problem="no title"))
    report = IngestReport(1, 2, 3, 4, 50, 0.12345, (failure,))
    assert report_object(report, Messages("en")) == {
        "added": 1,
        "updated": 2,
        "unchanged": 3,
        "removed": 4,
        "failed": 1,
        "passages": 50,
        "seconds": 0.123,
        "passed_over": {},
        "undated": 0,
        "withdrawn": 0,
        "failures": [
            {
                "source": "a.jsonl",
                "line": 3,
                "reason": "Broken record in “a.jsonl”, line 3; correct it: no title",
                "code": "record_broken",
            }
        ],
    }
    assert report_lines(report, Messages("en")) == [
        "added 1, updated 2, unchanged 3, removed 4, failed 1",
        "In the index now: 50 passages (0.1 s)",
    ]


def test_an_answer_in_a_pipe_is_plain_and_unwrapped() -> None:
    assert answer_text(ANSWER, Messages("ar"), Page()) == (
        "في سيونيك قُتل أربعة. [1]\n\n[1] «قُتِلَ أربعةُ جنود في سيونيك.»\n    اشتباك حدودي · الشرق الأوسط · 2024-02-13"
    )


def test_an_answer_on_a_terminal_has_bold_marks_and_dim_sources() -> None:
    shown = answer_text(ANSWER, Messages("ar"), Page(width=80, colour=True))
    assert shown.count("\x1b[1m[1]\x1b[0m") == 2
    assert "\x1b[2m    اشتباك حدودي · الشرق الأوسط · 2024-02-13\x1b[0m" in shown


def test_a_quote_that_is_the_answer_is_not_repeated() -> None:
    two = (citation("أربعةُ جنود"), citation("وقال علييف", 2))
    answer = replace(ANSWER, text="أربعةُ جنود [1]\nوقال علييف [2]", citations=two)
    assert answer_text(answer, Messages("ar"), Page()) == (
        "أربعةُ جنود [1]\nوقال علييف [2]\n"
        "\n"
        "[1] اشتباك حدودي · الشرق الأوسط · 2024-02-13\n"
        "[2] اشتباك حدودي · الشرق الأوسط · 2024-02-13"
    )


def test_a_declined_answer_shows_the_closest_passages() -> None:
    nearest = (citation("وقال علييف إن «الرد» كان محدودًا."),)
    declined = Answer("س", "س", "لا تجيب المقالات.", "quotes", declined=True, reason="no_evidence", nearest=nearest)
    assert answer_text(declined, Messages("en"), Page()).split("\n")[:4] == [
        "لا تجيب المقالات.",
        "",
        "The closest passages:",
        "",
    ]


def test_hits_are_numbered_with_score_and_passage() -> None:
    assert hits_text([Hit(PASSAGE, 0.51234)], Page(), Messages("ar")).split("\n") == [
        "[1] 0.512 a1#0",
        "    قُتِلَ أربعةُ جنود في سيونيك.",
        "",
        "    وقال علييف إن «الرد» كان محدودًا.",
        "    اشتباك حدودي · الشرق الأوسط · 2024-02-13",
    ]


def test_quoted_words_stand_out_in_the_article() -> None:
    shown = article_text(Article(SOURCE, BODY), [citation("أربعةُ جنود"), citation("«الرد»", 2)], Page())
    assert shown.split("\n")[-3:] == ["قُتِلَ **أربعةُ جنود** في سيونيك.", "", "وقال علييف إن **«الرد»** كان محدودًا."]


def test_quoted_words_stand_out_on_every_line_they_reach() -> None:
    body = "واحد اثنان ثلاثة أربعة خمسة ستة"
    passage = Passage("a1#0", SOURCE, 0, body, 0, len(body))
    quote = citation("اثنان ثلاثة أربعة خمسة", passage=passage)
    shown = article_text(Article(SOURCE, body), [quote], Page(width=20, colour=True))
    assert shown.split("\n")[-2:] == ["واحد \x1b[1;4mاثنان ثلاثة\x1b[0m", "\x1b[1;4mأربعة خمسة\x1b[0m ستة"]


def test_overlapping_quotes_are_marked_once() -> None:
    shown = article_text(Article(SOURCE, BODY), [citation("أربعةُ جنود"), citation("جنود في", 2)], Page())
    assert "".join(shown.split("**")).count("جنود") == 1


HARMFUL = "\x1b[31m\x9b\x07\u202e\u2066\u200f\ufeff\x00"


def test_nothing_harmful_comes_out_of_an_article() -> None:
    source = Source(f"a{HARMFUL}", f"عنوان{HARMFUL}", None, f"صحيفة{HARMFUL}", None, "a.txt")
    text = f"نص{HARMFUL}."
    passage = Passage("a#0", source, 0, text, 0, len(text))
    answer = Answer("س", "س", f"نص{HARMFUL} [1]", "llm", citations=(Citation(1, passage, text, 0, len(text)),))
    shown = "".join(
        [
            answer_text(answer, Messages("ar"), Page()),
            hits_text([Hit(passage, 1.0)], Page(), Messages("ar")),
            article_text(Article(source, text), answer.citations, Page()),
        ]
    )
    assert not set(shown) & set(HARMFUL.replace("[31m", ""))


def test_json_holds_no_raw_control_character() -> None:
    assert "\x1b" not in json.dumps(answer_object(ANSWER), ensure_ascii=False)


def test_marks_take_no_cells() -> None:
    bare, marked = "كتب الولد الدرس " * 8, "كَتَبَ الوَلَدُ الدَّرسَ " * 8
    assert len(Page(width=40).lines(bare)) == len(Page(width=40).lines(marked))


@given(st.text("ابتث َُّ\n \tabc«»[1]😀漢", max_size=300), st.integers(20, 60))
def test_wrapping_loses_no_word_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = Page(width=width).lines(text)
    assert " ".join(lines).split() == text.split()
    assert all(cell_len(line) <= width or len(line.split()) == 1 for line in lines)


@given(st.text("ab c\n", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_marking_changes_no_letter(text: str, start: int, end: int) -> None:
    lines = Page(width=20).lines(text, marked=[Span(start, end)])
    assert [line.replace("**", "") for line in lines] == Page(width=20).lines(text)
