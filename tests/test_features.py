from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.features import ANALYZER, feature_hash, features
from retrieval.hashing import DIMENSION, BundledEmbedder

ROOT = Path(__file__).parent.parent
TEXT = "أعلنت أرمينيا، الثلاثاء، مقتل أربعة من جنودها بنيران القوات الأذرية"


def test_a_word_is_its_grams_and_its_stem_and_a_stop_word_has_none() -> None:
    assert ANALYZER.tokens_of_word("الارمن") == ["_الا", "الار", "لارم", "ارمن", "رمن_", "=ارمن"]
    assert ANALYZER.tokens_of_word("من") == ["_من_"]


def test_features_are_those_of_the_words_in_order_with_repetitions() -> None:
    words = ["الارمن", "من", "الارمن"]
    expected = [feature_hash(token) for word in words for token in ANALYZER.tokens_of_word(word)]
    assert features("الأرمن مِن الأرمن!").tolist() == expected
    assert features("الأرمن").dtype == "uint64"


@pytest.mark.parametrize("text", ["", "  \n", "؟! …", "😀", "\ud800\u202e"])
def test_a_text_without_words_has_no_features_and_still_a_vector(text: str) -> None:
    assert features(text).shape == (0,)
    assert BundledEmbedder().embed_query(text) == [1.0] + [0.0] * (DIMENSION - 1)


@given(st.text(max_size=200))
def test_vectors_are_finite_and_of_unit_length(text: str) -> None:
    (vector,) = BundledEmbedder().embed_documents([text])
    assert len(vector) == DIMENSION
    assert math.isclose(math.fsum(value * value for value in vector), 1.0, rel_tol=1e-9)


def test_near_copies_are_nearer_than_other_texts() -> None:
    embedder = BundledEmbedder()
    copy, other = "اعلنت ارمينيا الثلاثاء مقتل ٤ من جنودها بنيران القوات الاذريه", "فاز فريق الهلال بكأس السوبر أمس"

    def cosine(text: str) -> float:
        return math.fsum(a * b for a, b in zip(embedder.embed_query(TEXT), embedder.embed_query(text), strict=True))

    assert cosine(copy) > 0.8 > 0.3 > cosine(other)
    assert math.isclose(cosine(TEXT), 1.0)


def test_another_process_finds_the_same_vector_without_torch() -> None:
    code = (
        "import sys; from retrieval.hashing import BundledEmbedder\n"
        f"print(BundledEmbedder().embed_query({TEXT!r}))\n"
        "assert not {'torch', 'sentence_transformers', 'chromadb'} & sys.modules.keys()"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == str(BundledEmbedder().embed_query(TEXT))
