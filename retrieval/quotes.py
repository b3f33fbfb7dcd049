"""An answer made of verbatim sentences: no model. Every sentence of the passages found is scored against the question.

The score is a weighted sum of a few features, each 0..1. The weights were found by random search on the train halves of
ARCD and Kaif wa Lematha and on development questions over news (README, "Scores").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from retrieval.arabic import grams, is_stop_word, sentences, stem, words
from retrieval.expectations import expectation_met, measured, read_words
from retrieval.planted import planted
from retrieval.questions import Question
from retrieval.similarity import similarity
from retrieval.types import Citation, Hit, Span

CONTEXT = 0.6
"""What a question word is worth when only the sentence before or the title has it, of what it is worth in place."""

LEAD = 0.3
"""Share of the question, by weight, from which the sentence before is quoted too, for it alone says what is spoken of."""
LONGEST_QUOTE = 400
"""Characters of two sentences quoted together."""

WEIGHTS = {
    "coverage": 1.5,
    "context": 2.0,
    "grams": 0.25,
    "passage": 0.8,
    "expected": 0.6,
    "counted": 0.8,
    "title": 1.4,
    "quoted": 3.0,
    "length": 0.1,
    "continued": 0.4,
}
"""coverage: the question's words in the sentence, by weight; context: those found only around it; grams: variants of form;
passage: the score of the search; expected: a number, date or cause where one is asked; counted: the same once more for a
number; title: the question's words in the title; quoted: phrases the question quotes; length: up to 40 words; continued:
for a follow-up, 1 in the passage that the answer before it cites, half in its article."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer. `span` counts in the article's body; `features` are those of `WEIGHTS`."""

    hit: Hit
    span: Span
    text: str
    score: float
    features: dict[str, float]
    matches: tuple[float, ...]
    """For each stem of the question, how well the sentence, the one before it or the title has it, 0..1."""
    quote: Span
    """What is quoted: the sentence, and the one before it when that says what the sentence is about."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    text: str
    words: tuple[str, ...]
    grams: Counter[str]
    matches: tuple[float, ...]
    """For each stem of the question, its likeness to the most alike word of the sentence."""


def rank(question: Question, hits: Sequence[Hit], before: Sequence[Citation] = ()) -> list[Candidate]:
    """All sentences of the hits that may answer, the best first; equal scores keep the order of the hits and of the text.

    `before` are the citations of the answer that a follow-up goes on from.
    """
    read = [[_read(question, hit, span) for span in quotable(hit.passage.text)] for hit in hits]
    gram_weights = _GramWeights(question, [sentence.grams for of_hit in read for sentence in of_hit])
    candidates = [
        candidate
        for hit, of_hit in zip(hits, read, strict=True)
        for candidate in _candidates(question, hit, of_hit, gram_weights, hits[0].score, _continued(hit, before))
    ]
    top_grams = max((candidate.features["grams"] for candidate in candidates), default=0.0) or 1.0
    scored = []
    for candidate in candidates:
        features = {**candidate.features, "grams": candidate.features["grams"] / top_grams}
        score = sum(WEIGHTS[name] * value for name, value in features.items())
        scored.append(replace(candidate, score=score, features=features))
    return sorted(scored, key=lambda candidate: -candidate.score)


def quotable(text: str) -> list[Span]:
    """The sentences of a passage that may answer: commands planted for a machine are none."""
    return [span for span in sentences(text) if span not in planted(text)]


def _candidates(
    question: Question, hit: Hit, read: Sequence[_Sentence], gram_weights: _GramWeights, best: float, continued: float
) -> list[Candidate]:
    title = _matches(question, [stem(word) for word in words(hit.passage.source.title) if not is_stop_word(word)])
    in_title = question.weighed(title)
    found = []
    for place, sentence in enumerate(read):
        before = read[place - 1].matches if place else tuple(0.0 for _ in question.stems)
        after = read[place + 1].matches if place + 1 < len(read) else tuple(0.0 for _ in question.stems)
        around = [max(b, a / 2, t) for b, a, t in zip(before, after, title, strict=True)]
        matches = tuple(max(own, CONTEXT * near) for own, near in zip(sentence.matches, around, strict=True))
        own = question.weighed(sentence.matches)
        expected = expectation_met(question, sentence.text, sentence.words)
        features = {
            "coverage": own,
            "context": question.weighed(matches) - own,
            "grams": gram_weights.score(sentence.grams),
            "passage": hit.score / best if best else 0.0,
            "expected": expected,
            "counted": expected if question.kind == "how_many" else 0.0,
            "title": in_title,
            "quoted": _quoted(question, sentence.words),
            "length": min(len(sentence.words), 40) / 40,
            "continued": continued,
        }
        quote = _with_lead(question, hit, read[place - 1] if place else None, sentence)
        found.append(Candidate(hit, sentence.span, sentence.text, 0.0, features, matches, quote))
    return found


def _with_lead(question: Question, hit: Hit, before: _Sentence | None, sentence: _Sentence) -> Span:
    """The sentence, with the one before it in its paragraph when much of what is asked about stands only there."""
    if before is None or sentence.span.end - before.span.start > LONGEST_QUOTE:
        return sentence.span
    between = hit.passage.text[before.span.end - hit.passage.start : sentence.span.start - hit.passage.start]
    lacking = [max(0.0, b - own) for b, own in zip(before.matches, sentence.matches, strict=True)]
    if between.strip() or "\n" in between or question.weighed(lacking) < LEAD:  # a planted command may stand between
        return sentence.span
    return Span(before.span.start, sentence.span.end)


def _continued(hit: Hit, before: Sequence[Citation]) -> float:
    same = (citation.passage.id == hit.passage.id for citation in before)
    near = (citation.passage.source.article_id == hit.passage.source.article_id for citation in before)
    return 1.0 if any(same) else 0.5 if any(near) else 0.0


def _read(question: Question, hit: Hit, span: Span) -> _Sentence:
    text = span.of(hit.passage.text)
    sentence_words = tuple(read_words(text))
    by_unit = measured(question, sentence_words)
    matches = tuple(
        1.0 if stem_ in by_unit else match
        for stem_, match in zip(
            question.stems, _matches(question, [stem(w) for w in sentence_words if not is_stop_word(w)]), strict=True
        )
    )
    start = hit.passage.start
    in_body = Span(start + span.start, start + span.end)
    return _Sentence(in_body, text, sentence_words, _grams(sentence_words), matches)


def _matches(question: Question, stems: Sequence[str]) -> tuple[float, ...]:
    return tuple(max((similarity(wanted, stem_) for stem_ in stems), default=0.0) for wanted in question.stems)


def _quoted(question: Question, sentence_words: Sequence[str]) -> float:
    """The share of the phrases that the question quotes which the sentence has word for word."""
    if not question.quoted:
        return 0.0
    text = f" {' '.join(sentence_words)} "
    return sum(f" {phrase} " in text for phrase in question.quoted) / len(question.quoted)


class _GramWeights:
    """BM25 of 3- and 4-grams over the sentences of the hits: variants of form that stems miss."""

    def __init__(self, question: Question, counted: Sequence[Counter[str]]) -> None:
        """`counted` are the grams of every sentence."""
        wanted = _grams(question.content).keys()
        frequencies = Counter(gram for counts in counted for gram in wanted & counts.keys())
        total = len(counted)
        self._weights = {gram: math.log1p((total - n + 0.5) / (n + 0.5)) for gram, n in frequencies.items()}
        self._mean = sum(counts.total() for counts in counted) / total if total else 1.0

    def score(self, counts: Counter[str]) -> float:
        norm = 0.9 * (0.25 + 0.75 * counts.total() / self._mean)
        return sum(
            weight * counts[gram] / (counts[gram] + norm) for gram, weight in self._weights.items() if gram in counts
        )


def _grams(sentence_words: Sequence[str]) -> Counter[str]:
    return Counter(gram for word in sentence_words for gram in _word_grams(word))


@lru_cache(maxsize=1 << 16)
def _word_grams(word: str) -> tuple[str, ...]:
    return (*grams(word, 3), *grams(word, 4))
