"""An answer read while it is written: nothing shown is taken back, and the end is the same as when read at once."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval.grounding import Grounding
from retrieval.questions import analyse
from tests.test_grounding import (
    BRIDGE,
    COST,
    FALSE,
    FIRE,
    HURT,
    LENGTH,
    QUESTION,
    SPORT,
    TRUE,
    evidence,
    grounding_of,
)

TWICE = evidence(BRIDGE, FIRE, SPORT, BRIDGE)
"""Two outlets with the same news, so that a sentence may have either mark, or both."""


def test_last_sentence_waits_for_its_end_and_its_mark() -> None:
    grounding = grounding_of()
    assert grounding.read(f"{TRUE}.") == ""
    assert grounding.read(f"{TRUE}. [") == ""
    assert grounding.read(f"{TRUE}. [1") == ""
    assert grounding.read(f"{TRUE}. [1] {COST}") == f"{TRUE} [1]."
    assert grounding.read(f"{TRUE}. [1] {COST}", whole=True) == f"{TRUE} [1]. {COST} [1]"


def test_a_quotation_left_open_waits_for_its_end() -> None:
    grounding = grounding_of()
    said = "وقال الخطيب: «هذا الجسر حلم أهل الوادي"
    assert grounding.read(f"{said}. وهذا") == ""
    assert grounding.read(f"{said}» [1]. {COST}").startswith(f"{said}» [1].")


_PARTS = st.sampled_from(
    [
        *(
            TRUE,
            COST,
            LENGTH,
            HURT,
            FALSE,
            "وقال الخطيب: «هذا الجسر حلم أهل الوادي»",
            "وقال: «هذا الجسر. حلم",
            "(الجسر",
        ),
        *(
            " [1]",
            "[2]",
            "[4]",
            " [١][٤]",
            " [99]",
            "[",
            "]",
            "[1",
            "1]",
            "【2】",
            ".",
            ". ",
            "؟ ",
            "…",
            "،",
            "\n",
            "\n\n",
            " ",
        ),
        *("1. ", "- ", "* ", "**", "# ", "`", "<b>", "</b>", "<", ">", "![x](y)", "[x](y)", "![", "](", ")", "»", '"'),
        *("\u202e", "\u200f", "\x1b", "The bridge.", "42", "d. خالد"),
    ]
)


def _check_growth(parts: Sequence[str], cuts: Sequence[int]) -> None:
    text = "".join(parts)
    once = Grounding(TWICE, asked=analyse(QUESTION))
    once.read(text, whole=True)
    final, citations = once.resolved()
    growing = Grounding(TWICE, asked=analyse(QUESTION))
    shown = ""
    for cut in sorted({min(cut, len(text)) for cut in cuts}):
        growing.read(text[:cut])
        longer, _ = growing.resolved()
        assert longer.startswith(shown)
        shown = longer
    growing.read(text, whole=True)
    assert growing.resolved() == (final, citations)
    assert final.startswith(shown)


@settings(max_examples=250, deadline=None)
@given(st.lists(_PARTS, max_size=12), st.lists(st.integers(0, 400), max_size=12))
@example([TRUE, " [1]", ". ", COST, " [1]", ". "], list(range(200)))
@example(["وقال الخطيب: «هذا الجسر. ", "حلم أهل الوادي» [1]. ", COST, " [1]. "], list(range(200)))
@example([TRUE, ". ", "[4]", " ", COST, ". ", "[1]", " ", HURT, "[2]"], list(range(300)))
def test_read_in_pieces_or_at_once_is_the_same_and_nothing_shown_is_taken_back(
    parts: list[str], cuts: list[int]
) -> None:
    _check_growth(parts, cuts)


@settings(max_examples=200, deadline=None)
@given(st.lists(_PARTS, max_size=12))
def test_whatever_is_written_only_sentences_borne_out_are_shown(parts: list[str]) -> None:
    grounding = grounding_of()
    grounding.read("".join(parts), whole=True)
    text, citations = grounding.resolved()
    assert "97" not in text
    assert bool(text) == bool(citations)
    assert all(f"[{citation.label}]" in text for citation in citations)
