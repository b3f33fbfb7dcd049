from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.citations import best_sentence, resolve
from retrieval.types import Citation, Evidence, Hit, Passage, Source

BODY = """مقدمة لا تخص السؤال.
افتتح الوزير أحمد العلي الجسرَ الجديد في دمشق يوم الأحد. وبلغت كلفة المشروع ٣٫٥ ملايين دولار! هل يخفّ الازدحام؟
وقالت البلدية إنّ العمل استغرق عامين.

فاز فريق الكرامة على ضيفه 2-1. وسجّل الهدفين اللاعب سامر عوض."""
SPLIT = BODY.index("فاز")


def passage(ordinal: int, start: int, end: int) -> Passage:
    return Passage(f"a#{ordinal}", Source("a", "خبر"), ordinal, BODY[start:end], start, end)


BRIDGE = passage(0, BODY.index("افتتح"), SPLIT - 2)
MATCH = passage(1, SPLIT, len(BODY))
EVIDENCE = (Evidence(1, Hit(BRIDGE, 0.9)), Evidence(2, Hit(MATCH, 0.5)))


def quotes(text: str) -> list[str]:
    return [citation.quote for citation in resolve(text, EVIDENCE)[1]]


def test_quote_is_the_sentence_that_carries_the_claim() -> None:
    assert quotes("كلّف المشروع 3.5 ملايين دولار [1].") == ["وبلغت كلفة المشروع ٣٫٥ ملايين دولار!"]
    assert quotes("سجل سامر عوض هدفين [2].") == ["وسجّل الهدفين اللاعب سامر عوض."]


def test_quote_lies_at_its_offsets_in_the_body() -> None:
    _, (citation,) = resolve("استغرق العمل عامين [1]", EVIDENCE)
    assert BODY[citation.start : citation.end] == citation.quote == "وقالت البلدية إنّ العمل استغرق عامين."


def test_labels_are_numbered_in_order_of_first_appearance() -> None:
    text, citations = resolve("فاز الكرامة [2]. وافتتح الوزير الجسر [1]. والكرامة فاز [2].", EVIDENCE)
    assert text == "فاز الكرامة [1]. وافتتح الوزير الجسر [2]. والكرامة فاز [1]."
    assert [citation.passage.id for citation in citations] == ["a#1", "a#0"]


def test_one_passage_cited_for_two_sentences_gets_two_labels() -> None:
    text, citations = resolve("افتتح أحمد العلي الجسر [1]. وكلفته ٣٫٥ ملايين دولار [1].", EVIDENCE)
    assert text == "افتتح أحمد العلي الجسر [1]. وكلفته ٣٫٥ ملايين دولار [2]."
    assert {citation.passage.id for citation in citations} == {"a#0"}
    assert citations[0].quote != citations[1].quote


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("فاز الكرامة [٢].", "فاز الكرامة [1]."),
        ("فاز الكرامة 【2】.", "فاز الكرامة [1]."),
        ("فاز الكرامة ［ ۲ ］.", "فاز الكرامة [1]."),
        ("فاز الكرامة [2, 1].", "فاز الكرامة [1][2]."),
        ("فاز الكرامة [٢، ١].", "فاز الكرامة [1][2]."),
        ("فاز الكرامة [2][1].", "فاز الكرامة [1][2]."),
        ("فاز الكرامة [2] [2].", "فاز الكرامة [1]."),
        ("فاز الكرامة[2].", "فاز الكرامة[1]."),
    ],
)
def test_ways_to_write_a_mark(written: str, expected: str) -> None:
    assert resolve(written, EVIDENCE)[0] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("فاز الكرامة [9].", "فاز الكرامة."),
        ("فاز الكرامة  [2, 9].", "فاز الكرامة  [1]."),
        ("فاز الكرامة [2][٧].", "فاز الكرامة [1]."),
        ("فاز الكرامة [0] [2].", "فاز الكرامة [1]."),
        ("في عام [2024] فاز.", "في عام فاز."),
        ("فاز [2[9]]", "فاز [1]"),
        (f"فاز [{'9' * 5000}]", "فاز"),
        ("[9]", ""),
    ],
)
def test_unknown_labels_go_with_the_space_before_them(written: str, expected: str) -> None:
    assert resolve(written, EVIDENCE)[0] == expected


@pytest.mark.parametrize("text", ["قال [كذا] ومضى", "[2024 words]", "a[i]", "(1)", "[1-2]", "[]", "[1.5]", "دون علامة"])
def test_other_brackets_are_left_alone(text: str) -> None:
    assert resolve(text, EVIDENCE) == (text, ())


@pytest.mark.parametrize(
    "text",
    [
        "افتتح الوزير الجسر. كلّف المشروع ملايين الدولارات. [1]",
        "افتتح الوزير الجسر.[9] كلّف المشروع ملايين الدولارات.[1] فاز الكرامة.",
        "افتتح الوزير الجسر.\n[1] كلّف المشروع ملايين الدولارات.",
        "افتتح الوزير الجسر.\n- [1] كلّف المشروع ملايين الدولارات.",
        "افتتح الوزير الجسر.\n- كلّف المشروع ملايين الدولارات [1]\n- استغرق العمل عامين",
        "[1] كلّف المشروع ملايين الدولارات.",
    ],
)
def test_claim_is_found_wherever_the_mark_stands(text: str) -> None:
    assert quotes(text) == ["وبلغت كلفة المشروع ٣٫٥ ملايين دولار!"]


def test_mark_without_a_claim_quotes_the_first_sentence() -> None:
    assert quotes("[2]") == ["فاز فريق الكرامة على ضيفه 2-1."]


def test_blank_passage_is_no_evidence() -> None:
    blank = Passage("b#0", Source("b", ""), 0, " \n ", 0, 3)
    assert resolve("كذا [1].", (Evidence(1, Hit(blank, 1.0)),)) == ("كذا.", ())


def test_long_runs_of_blanks_and_brackets_take_no_time() -> None:
    started = time.monotonic()
    resolve(" " * 50_000 + "[" * 50_000 + "1" * 50_000 + " ," * 50_000, EVIDENCE)
    assert time.monotonic() - started < 2


def test_first_of_equal_sentences_is_quoted() -> None:
    assert best_sentence("لا صلة له", MATCH).start == 0


MARKS = ("[1]", "[٢]", "[1, 2]", "[2،9]", "【1】", "[9]", "[0]", "[كذا]")
SIGNS = ("[", "]", "1", "2", "٢", "【", "］", ",", " ", "\n", ". ", "- ", "«", "»")
CLAIMS = ("فاز الكرامة", "كلفة المشروع دولار", "استغرق عامين؟ ")
pieces = st.sampled_from(MARKS + SIGNS + CLAIMS)
texts = st.lists(pieces, max_size=30).map("".join) | st.text(max_size=60)


@given(texts)
@example("[2[1]]")
@example("[1[9]]")
@example("[9 [9[1]]]")
@example("[1] 【[9]2】")
def test_marks_and_citations_answer_to_each_other(text: str) -> None:
    resolved, citations = resolve(text, EVIDENCE)
    labels = [citation.label for citation in citations]
    assert labels == list(range(1, len(citations) + 1))
    shown = re.findall(r"\[(\d+)\]", resolved)
    assert list(dict.fromkeys(shown)) == [str(label) for label in labels]
    assert not re.search(r"[【［]\s*\d+\s*[\]】］]", resolved)


@given(texts)
def test_quotes_are_exact_and_no_two_are_the_same(text: str) -> None:
    citations = resolve(text, EVIDENCE)[1]
    for citation in citations:
        assert citation.quote == BODY[citation.start : citation.end] != ""
        assert citation.passage.start <= citation.start < citation.end <= citation.passage.end
    assert len({(citation.start, citation.end) for citation in citations}) == len(citations)


@given(texts)
def test_nothing_but_marks_and_blanks_is_lost(text: str) -> None:
    def rest(written: str) -> str:
        return re.sub(r"[\s\[\]【】［］,،\d]", "", written)

    assert rest(resolve(text, EVIDENCE)[0]) == rest(text)


@given(texts)
def test_resolved_text_stays_as_it_is(text: str) -> None:
    resolved, citations = resolve(text, EVIDENCE)
    evidence = tuple(Evidence(citation.label, Hit(quoted(citation), 1.0)) for citation in citations)
    assert resolve(resolved, evidence)[0] == resolved


def quoted(citation: Citation) -> Passage:
    label = citation.label
    return Passage(f"q#{label}", Source("q", ""), label, citation.quote, citation.start, citation.end)
