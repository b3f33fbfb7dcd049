"""What of a model's text may be shown: sentences that a passage bears out, with its mark, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from retrieval.grounding import MOST_SENTENCES, Grounding, plain
from retrieval.questions import analyse
from retrieval.types import Evidence, Hit, Passage, Source

BRIDGE = (
    "افتتح وزير النقل سامر الخطيب جسر الوادي في مدينة كفر زيت. وبلغت كلفة الجسر 42 مليون دولار دفعت نصفها الحكومة. "
    "ويمتد الجسر على طول 640 متراً فوق نهر السلسبيل. وقال الخطيب: «هذا الجسر حلم أهل الوادي»."
)
FIRE = (
    "اندلع حريق في مصنع الورق قرب جسر الوادي فجر الخميس. وأصيب 7 عمال بحروق طفيفة. "
    "ولم تعلن الشرطة سبب الحريق. وأغلقت البلدية الطريق المؤدي إلى المصنع ساعتين."
)
SPORT = "فاز نادي النسور ببطولة كرة السلة بعد تغلبه على نادي الأمواج. وسجل اللاعب هاني درويش 31 نقطة."
QUESTION = "ماذا يُعرف عن جسر الوادي وعن عمال المصنع؟"
TRUE = "افتتح وزير النقل سامر الخطيب جسر الوادي في مدينة كفر زيت"
COST = "وبلغت كلفة الجسر 42 مليون دولار"
LENGTH = "ويمتد الجسر على طول 640 متراً فوق نهر السلسبيل"
HURT = "وأصيب 7 عمال بحروق طفيفة"
FALSE = "وبلغت كلفة الجسر 97 مليون دولار"


def evidence(*texts: str) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(label, Hit(Passage(f"{label}#0", Source(str(label), f"خبر {label}"), 0, text, 0, len(text)), 1.0))
        for label, text in enumerate(texts, start=1)
    )


EVIDENCE = evidence(BRIDGE, FIRE, SPORT)


class Opinion:
    """A second opinion that always says the same and remembers what it was asked."""

    def __init__(self, sure: float | None) -> None:
        self.sure = sure
        self.asked: list[tuple[str, str]] = []

    def entails(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        self.asked += [(premise, claim) for claim in claims]
        return [self.sure] * len(claims)


def grounding_of(question: str = QUESTION, **how: Opinion) -> Grounding:
    return Grounding(EVIDENCE, asked=analyse(question), **how)


def _read(text: str, question: str = QUESTION) -> tuple[str, int]:
    """What is shown of a whole text, and how many sentences were withheld."""
    grounding = grounding_of(question)
    return grounding.read(text, whole=True), grounding.withheld


# ------------------------------------------------------------------------------------------------------------- marks


@pytest.mark.parametrize(
    "text",
    [
        f"{TRUE} [1]. {HURT} [2].",
        f"{TRUE}. [1] {HURT}. [2]",
        f"{TRUE}.[1] {HURT}.[2]",
        f"{TRUE} [١]. {HURT} [٢].",
        f"{TRUE} 【1】. {HURT} 【2】.",
    ],
)
def test_mark_before_or_behind_the_full_stop_is_that_of_its_sentence(text: str) -> None:
    assert _read(text) == (f"{TRUE} [1]. {HURT} [2].", 0)


def test_mark_at_the_head_of_the_next_line_is_not_taken_to_the_line_before() -> None:
    assert _read(f"{TRUE}.\n[2] {HURT}.") == (f"{TRUE} [1]. {HURT} [2].", 0)


def test_every_claim_of_a_sentence_keeps_its_own_mark() -> None:
    assert _read(f"{TRUE} [1]، {HURT} [2].") == (f"{TRUE} [1]، {HURT} [2].", 0)


def test_one_claim_may_have_two_marks_of_which_the_one_that_bears_it_out_stays() -> None:
    assert _read(f"{TRUE} [1][3].") == (f"{TRUE} [1].", 0)


def test_a_false_claim_takes_its_sentence_with_it() -> None:
    assert _read(f"{TRUE} [1]، {FALSE} [1]. {HURT} [2].") == (f"{HURT} [2].", 1)


@pytest.mark.parametrize("mark", ["[3]", "[2][3]", "[99]", "[0]", "[123456789]", ""])
def test_mark_that_is_wrong_unknown_or_missing_is_mended(mark: str) -> None:
    assert _read(f"{TRUE} {mark}.".replace(" .", ".")) == (f"{TRUE} [1].", 0)


def test_labels_shown_are_numbered_in_their_order_and_cite_the_sentence_that_carries_the_claim() -> None:
    grounding = grounding_of()
    grounding.read(f"{HURT} [2]. {LENGTH} [1]. {TRUE} [1].", whole=True)
    text, citations = grounding.resolved()
    assert text == f"{HURT} [1]. {LENGTH} [2]. {TRUE} [3]."
    assert [(c.label, c.passage.id, c.quote) for c in citations] == [
        (1, "2#0", f"{HURT}."),
        (2, "1#0", f"{LENGTH}."),
        (3, "1#0", f"{TRUE}."),
    ]
    assert all(c.passage.text[c.start : c.end] == c.quote for c in citations)


# ---------------------------------------------------------------------------------------------------------- withheld


@pytest.mark.parametrize(
    "false",
    [
        FALSE,
        "افتتح وزير النقل نبيل الخطيب جسر الوادي في مدينة كفر زيت",
        "لم يفتتح وزير النقل سامر الخطيب جسر الوادي في مدينة كفر زيت",
        "وأعلنت الشرطة سبب الحريق",
        "وقال الخطيب: «هذا الجسر عار على أهل الوادي»",
        "أُغلق ميناء الإسكندرية وأُحيل موظفوه إلى التقاعد",
        f"{TRUE} www.bridge.example/x",
    ],
)
def test_sentence_that_nothing_bears_out_is_withheld_and_counted(false: str) -> None:
    assert _read(f"{false} [1]. {LENGTH} [1].") == (f"{LENGTH} [1].", 1)
    assert _read(f"{false} [1]. {false} [2].") == ("", 2)


def test_sentence_in_another_language_than_an_arabic_question_is_withheld() -> None:
    english = "The bridge cost 42 million dollars"
    assert _read(f"{english} [1]. {COST} [1].") == (f"{COST} [1].", 1)


def test_english_question_may_be_answered_in_english() -> None:
    english = "The police did not announce the cause of the fire"
    assert _read(f"{english} [2].", "What was the cause of the fire?") == (f"{english} [2].", 0)


def test_sentence_that_has_nothing_of_what_is_asked_is_left_out_and_not_called_unsupported() -> None:
    assert _read("فاز نادي النسور ببطولة كرة السلة [3].", "كم بلغت كلفة جسر الوادي؟") == ("", 0)


def test_sentence_that_goes_on_about_a_passage_cited_before_is_kept() -> None:
    asked = "متى اندلع الحريق في مصنع الورق؟"
    first = "اندلع حريق في مصنع الورق قرب جسر الوادي فجر الخميس"
    assert _read(f"{first} [2]. {HURT} [2].", asked) == (f"{first} [2]. {HURT} [2].", 0)
    assert _read(f"{HURT} [2].", asked) == ("", 0)


# --------------------------------------------------------------------------------------------------------- left out


@pytest.mark.parametrize("text", ["1.", "1. 2. 3.", "[1]", "- ", "...", "كان [1].", "", "\n\n"])
def test_what_states_nothing_is_neither_shown_nor_counted(text: str) -> None:
    assert _read(text) == ("", 0)


def test_list_of_a_model_becomes_sentences_without_numbers_and_bullets() -> None:
    text, withheld = _read(f"1. {TRUE} [1].\n2. {COST} [1].\n\n- {LENGTH} [1].\n* {HURT} [2].")
    assert (text, withheld) == (f"{TRUE} [1]. {COST} [1]. {LENGTH} [1]. {HURT} [2].", 0)


def test_repeated_sentence_is_shown_once() -> None:
    assert _read(f"{TRUE} [1]. {COST} [1]. {TRUE} [1]. {TRUE}. [3]") == (f"{TRUE} [1]. {COST} [1].", 0)


def test_no_more_than_the_most_sentences_are_shown() -> None:
    true = [f"كلفة الجسر {'أيضا ' * times}42 مليون دولار [1]." for times in range(MOST_SENTENCES + 4)]
    text, withheld = _read(" ".join(true))
    assert text == " ".join(true[:MOST_SENTENCES])
    assert withheld == 0


@pytest.mark.parametrize(
    "text",
    [
        f"**{TRUE}** [1].",
        f"# {TRUE} [1].",
        f"> {TRUE} [1].",
        f"<b>{TRUE}</b> [1].",
        f"<script>{TRUE}</script> [1].",
        f"`{TRUE}` [1].",
        f"~~{TRUE}~~ [1].",
        f"![شعار](https://collect.example/?q=1) {TRUE} [1].",
        f"\x1b{TRUE}\u202e\u200b [1].",
    ],
)
def test_markdown_html_images_and_control_characters_are_gone(text: str) -> None:
    assert _read(text) == (f"{TRUE} [1].", 0)


@pytest.mark.parametrize(
    "link",
    [
        "[المصدر](https://collect.example/?d=1)",
        "https://collect.example",
        "www.collect.example",
        "mail@collect.example",
    ],
)
def test_sentence_with_a_link_that_no_article_has_is_withheld(link: str) -> None:
    assert _read(f"{TRUE} {link} [1]. {COST} [1].") == (f"{COST} [1].", 1)


def test_address_of_a_markdown_link_is_not_hidden_behind_its_words() -> None:
    assert plain("انظر [هنا](https://collect.example/a).") == "انظر هنا (https://collect.example/a)."


# -------------------------------------------------------------------------------------------------- a second opinion


FREE = "الجسر كلفته 42 مليون دولار"


@pytest.mark.parametrize(("sure", "shown"), [(0.0, ""), (0.49, ""), (0.5, f"{FREE} [1]."), (None, f"{FREE} [1].")])
def test_second_opinion_may_withhold_what_is_no_quote(sure: float | None, shown: str) -> None:
    opinion = Opinion(sure)
    grounding = grounding_of(second_opinion=opinion)
    assert grounding.read(f"{FREE} [1].", whole=True) == shown
    assert grounding.withheld == (not shown)
    assert opinion.asked[0][0] == "وبلغت كلفة الجسر 42 مليون دولار دفعت نصفها الحكومة."
    assert opinion.asked[0][1].rstrip(".") == FREE


@pytest.mark.parametrize("quote", [TRUE, HURT, LENGTH, COST])
def test_second_opinion_is_not_asked_for_words_that_stand_there(quote: str) -> None:
    opinion = Opinion(0.0)
    assert grounding_of(second_opinion=opinion).read(f"{quote} [1].", whole=True).startswith(quote)
    assert opinion.asked == []


def test_second_opinion_is_not_asked_for_what_the_fixed_checks_withhold() -> None:
    opinion = Opinion(1.0)
    assert grounding_of(second_opinion=opinion).read(f"{FALSE} [1].", whole=True) == ""
    assert opinion.asked == []
