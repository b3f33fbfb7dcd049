from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from retrieval.arabic import sentences
from retrieval.chunking import PASSAGE_CHARACTERS, chunk
from retrieval.sources import read
from retrieval.types import Article, Source, Span

SEED = Path(__file__).parent.parent / "seeds" / "000_5fe410f31ff4716c.txt"
SMALLEST = PASSAGE_CHARACTERS // 4

word = st.sampled_from(["قال", "الوزير", "إن", "«نعم", "لا»", "(رويترز)", "3.5", "ثم،", "أَرْمِينِيَا", "😀", "e\u0301"])
end = st.sampled_from([".", "؟", "!", "…", "؛", ""])
sentence = st.builds(lambda words, end: " ".join(words) + end, st.lists(word, min_size=1, max_size=60), end)
paragraph = st.one_of(
    st.builds(" ".join, st.lists(sentence, min_size=1, max_size=12)),
    st.integers(1, 2500).map(lambda length: "ط" * length),  # one word without an end
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    paragraphs = draw(st.lists(paragraph, max_size=8))
    captions = draw(st.lists(sentence, max_size=3))
    parts = [*paragraphs, *captions] or ["عنوان"]
    starts = [sum(len(part) + 2 for part in parts[:at]) for at in range(len(parts))]
    spans = [Span(start, start + len(part)) for start, part in zip(starts, parts, strict=True)]
    return Article(Source("a", "عنوان"), "\n\n".join(parts), None, tuple(spans[len(paragraphs) :] if captions else ()))


@given(articles())
def test_passages_are_exact_ordered_and_lose_nothing(article: Article) -> None:
    passages = chunk(article)
    assert all(article.body[passage.start : passage.end] == passage.text for passage in passages)
    assert [passage.id for passage in passages] == [f"a#{at}" for at in range(len(passages))]
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert all(left.end <= right.start for left, right in pairwise(passages))
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(article.body.split())
    assert all(passage.text == passage.text.strip() != "" for passage in passages)


@given(articles())
def test_a_passage_has_a_size_and_is_not_mixed_with_captions(article: Article) -> None:
    captions_start = article.captions[0].start if article.captions else len(article.body)
    for passage in chunk(article):
        assert len(passage.text) <= PASSAGE_CHARACTERS + 2 + SMALLEST  # the last takes a small rest with it
        assert passage.end <= captions_start or passage.start >= captions_start


@given(articles())
def test_only_a_sentence_longer_than_a_passage_is_cut(article: Article) -> None:
    passages = chunk(article)
    borders = {passage.start for passage in passages} | {passage.end for passage in passages}
    for span in sentences(article.body):
        if span.end - span.start <= PASSAGE_CHARACTERS:
            assert not any(span.start < border < span.end for border in borders), span.of(article.body)


def test_the_passages_of_the_seed_article() -> None:
    articles = [found for found in read([SEED]) if isinstance(found, Article)]
    assert [[(passage.start, passage.end) for passage in chunk(article)] for article in articles] == [
        [(0, 775), (777, 1600), (1602, 2317), (2319, 3101), (3103, 3932), (3934, 4403), (4405, 4826)],
        [(0, 749), (751, 1482), (1484, 2416), (2418, 2678)],
    ]
    for article in articles:
        *running, captions = chunk(article)
        assert captions.start == article.captions[0].start
        assert all(passage.source == article.source for passage in running)
    first = chunk(articles[0])[0].text
    assert first.startswith("موسكو تُجدد الشكوك حول مهام قوات السلام الأوروبية جنوب القوقاز\n\nتبادلت باكو ويريفان")
    assert first.endswith("أُطلقت على مواقع أرمينية».")
