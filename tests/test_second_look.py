from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from retrieval.arabic import stem
from retrieval.features import ANALYZER, feature_hash
from retrieval.forms import forms_of, likeness
from retrieval.frequency import without_proclitic
from retrieval.lexical import LexicalIndex
from retrieval.query import read_query
from retrieval.second_look import WEIGHTS, features, look
from retrieval.similarity import SAME_ROOT, similarity

WORDS = """
حرب حروب محارب قمة قمم القمة رئيس رؤساء رييس ثانية تانية وزير وزارة وزراء 2023 2024 سلام اسلام
كيم ترمب ترامب مفاوضات تفاوض انهيار انهارت باشينيان باشنيان أذربيجان أرمينيا اقتصاد اقتصادية محكمة محاكمة
"""


def test_likeness_in_arrays_is_that_of_two_stems() -> None:
    """But for the rule on first letters, and chance matches of hashed letters."""
    stems = [stem(word) for word in dict.fromkeys(WORDS.split())]
    matrix = likeness(forms_of(stems), forms_of(stems))
    assert (matrix == matrix.T).all()
    for (row, first), (column, second) in itertools.product(enumerate(stems), repeat=2):
        if first != second and (exact := similarity(first, second)):
            assert matrix[row, column] == pytest.approx(exact, abs=0.12), (first, second)
    numbers = [stems.index("2023"), stems.index("2024")]
    assert matrix[numbers[0], numbers[1]] == 0.0


@pytest.mark.parametrize(
    ("word", "rest"),
    [("وحرب", "حرب"), ("لوزير", "وزير"), ("بحرب", "حرب"), ("بريد", "بريد"), ("كبير", "كبير"), ("للحرب", "للحرب")],
)
def test_a_proclitic_comes_off_only_before_a_common_word(word: str, rest: str) -> None:
    assert without_proclitic(word) == rest


PASSAGES = [
    ("زيارة", "وصل الوزير إلى باريس. وتحدث عن الطقس في القاهرة. ثم غادر."),
    ("زيارة", "بحث الوزير أزمة المياه في القاهرة مع نظيره. ثم غادر إلى باريس."),
    ("أزمة المياه في القاهرة", "وصل الوزير. ثم غادر إلى باريس بعد ساعات من وصوله."),
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex(tmp_path)
    index.update(
        add=[(key, ANALYZER.analyse(*passage)) for key, passage in enumerate(PASSAGES, start=1)],
        remove=(),
        generation=1,
    )
    return index


def seen(index: LexicalIndex, query: str) -> dict[int, dict[str, float]]:
    keys, scores = index.search(ANALYZER.features(query), 10)
    found = features(read_query(query, ANALYZER).things, index, keys, scores)
    return {int(key): dict(zip(WEIGHTS, row, strict=True)) for key, row in zip(keys, found.tolist(), strict=True)}


def test_features_tell_where_the_words_of_the_question_stand(index: LexicalIndex) -> None:
    rows = seen(index, "أزمة المياه في القاهرة")
    assert max(row["bm25"] for row in rows.values()) == 1.0
    assert rows[3]["title"] == pytest.approx(1.0)
    assert rows[3]["sentence"] == 0.0
    assert rows[2]["sentence"] == rows[2]["passage"] == pytest.approx(1.0)
    assert rows[2]["title"] == 0.0
    assert 0.0 < rows[1]["passage"] < 1.0


def test_words_count_for_the_passage_wherever_they_stand_in_it(index: LexicalIndex) -> None:
    first, third = seen(index, "الوزير والطقس")[1], seen(index, "أزمة بعد ساعات")[3]
    assert first["passage"] == third["passage"] == pytest.approx(1.0)
    assert 0.0 < first["sentence"] < 1.0  # each word in a sentence of its own
    assert 0.0 < third["sentence"] < 1.0 and 0.0 < third["title"] < 1.0  # one in the title, the others below it


def test_a_broken_plural_is_found_by_its_consonants(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    passages = {1: "انتهى اجتماع الخبراء أمس.", 2: "انتهت المباراة أمس."}
    index.update(add=[(key, ANALYZER.analyse("", text)) for key, text in passages.items()], remove=(), generation=1)
    things = [[(stem("خبير"),)]]
    assert stem("خبير") != stem("الخبراء")
    found = features(things, index, np.array([1, 2]), np.ones(2, np.float32))
    assert dict(zip(WEIGHTS, found[0].tolist(), strict=True))["sentence"] == pytest.approx(SAME_ROOT)
    assert dict(zip(WEIGHTS, found[1].tolist(), strict=True))["sentence"] == 0.0


def test_a_thing_with_several_names_is_as_rare_as_its_commonest(index: LexicalIndex) -> None:
    common, rare, other = (stem(word) for word in ("الوزير", "الطقس", "نظيره"))
    rarity = index.rarity(np.array([feature_hash(f"={name}") for name in (common, rare, other)], dtype=np.uint64))
    assert rarity[0] < rarity[1]
    found = features([[(common,), (rare,)], [(other,)]], index, np.array([1]), np.ones(1, np.float32))
    passage = dict(zip(WEIGHTS, found[0].tolist(), strict=True))["passage"]
    assert passage == pytest.approx(rarity[0] / (rarity[0] + rarity[2]))


def test_a_misspelt_word_is_found_by_its_likeness(index: LexicalIndex) -> None:
    assert seen(index, "ازمه الميااه فى القاهره")[2]["sentence"] > 0.8


def test_scores_lie_between_nought_and_one_and_a_question_without_stems_keeps_its_order(index: LexicalIndex) -> None:
    keys, scores = index.search(ANALYZER.features("أزمة المياه في القاهرة ثم"), 10)
    again = look(read_query("أزمة المياه في القاهرة ثم", ANALYZER).things, index, keys, scores)
    assert ((again >= 0.0) & (again <= 1.0)).all()
    assert np.argsort(-look([], index, keys, scores), kind="stable").tolist() == [0, 1, 2][: len(keys)]
    assert look([[("قاهر",)]], index, keys[:0], scores[:0]).shape == (0,)


def test_an_index_emptied_since_the_first_look_is_no_fault(index: LexicalIndex) -> None:
    keys, scores = index.search(ANALYZER.features("أزمة المياه"), 10)
    index.clear()
    again = look(read_query("أزمة المياه", ANALYZER).things, index, keys, scores)
    assert again.shape == keys.shape and np.isfinite(again).all()
