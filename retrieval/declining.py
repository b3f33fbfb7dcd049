"""Does a sentence answer the question at all? Fixed checks; a sentence that fails one is not offered as an answer.

Each check names what the question asks for and the sentence lacks. They were chosen on development questions, among them
near-topic ones (the age, the number or the minister that no article gives); `dalil eval answers` measures both sides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from retrieval.arabic import is_stop_word, stem, words
from retrieval.expectations import measured, names_measure, read_words
from retrieval.places import place_named, place_present
from retrieval.polarity import opposed
from retrieval.questions import Question
from retrieval.quotes import Candidate
from retrieval.relations import unsaid
from retrieval.similarity import FLOOR, similarity
from retrieval.types import Passage

Lack = Literal["topic", "anchor", "relation", "opposite", "role", "count", "measure", "date"]

LEAST_SUPPORT = 0.3
"""Share of the question's telling words, by weight, that a sentence and its surroundings must have."""
LEAST_SUPPORT_WITH_NAME = 0.25
"""The same where the sentence has a rare word of the question, such as a name."""
LEAST_CONFIDENCE = 0.2
"""Below this an answer is declined; `dalil eval answers` draws the curve and names the best threshold."""
_CONFIDENCE, _AT_NOUGHT = (2.33, 2.62, 1.73, 1.15, 0.52), -6.53
"""Fitted on questions with an answer in the articles, near-topic ones without and questions of another collection (2,350)."""
_RARE = 0.8
_TELLING = 0.5
"""Weights from which a word of the question counts as rare, and as one that says what it is about."""
_SAME = 0.6
"""Likeness from which a word of the question counts as present."""
_IDENTITY_WORDS = 5
""""Who is …" with at most so many telling words names a role, and all of it must be there."""
_ORDINALS = frozenset(words(
    "ثاني ثانية ثالث ثالثة رابع رابعة خامس خامسة سادس سادسة سابع سابعة ثامن ثامنة تاسع تاسعة عاشر عاشرة"
))  # fmt: skip
_OFFICES = frozenset(words(
    "رئيس رئيسة وزير وزيرة وزرا سفير سفيرة ملك ملكة أمير أميرة حاكم محافظ مدير مديرة قائد زعيم زعيمة مدرب نائب أمين أمينة عمدة متحدث"
    " متحدثة ناطق ناطقة مستشار مستشارة مبعوث ممثل ممثلة قاضي قاضية مفوض مفوضة بابا شيخ مرشد ولي كابتن president minister ambassador"
    " king leader head director chief commander coach spokesman spokesperson governor mayor"
))  # fmt: skip


def lacking(question: Question, candidate: Candidate) -> Lack | None:
    """What the question asks for that a sentence lacks; None when the sentence may answer."""
    least = LEAST_SUPPORT_WITH_NAME if _shares_rare_word(question, candidate) else LEAST_SUPPORT
    if support(question, candidate) < least:
        return "topic"
    if _lacks_anchor(question, candidate):
        return "anchor"
    if unsaid(question.content, _words_and_stems(candidate.hit.passage)[0]):
        return "relation"
    if _says_opposite(question, candidate):
        return "opposite"
    if _names_role(question) and min(candidate.matches[: question.own]) < _SAME:
        return "role"
    expected = candidate.features["expected"]
    if question.kind == "when" and expected == 0.0:
        return "date"
    if names_measure(question):
        fits = measured(question, read_words(candidate.text)) and _measures_it(question, candidate)
        return None if fits else "measure"
    if question.kind == "how_many" and question.counted and expected < 1.0:
        return "count"
    return None


def confidence(question: Question, chosen: Candidate, ranked: Sequence[Candidate], *, fits: bool) -> float:
    """How sure it is that the chosen sentence answers, 0..1: a logistic regression on five features.

    They are whether the sentence lacks nothing (`fits`), the support, the words in the sentence itself, how much of the
    question its passage has at all, and how far the next sentence is behind in score.
    """
    behind = next((other.score for other in ranked if other.text != chosen.text), 0.0)
    best = ranked[0].score or 1.0
    present = _present_weight(question, chosen.hit.passage)
    features = (float(fits), support(question, chosen), chosen.features["coverage"], present, (best - behind) / best)
    return 1 / (1 + math.exp(-sum(w * value for w, value in zip(_CONFIDENCE, features, strict=True)) - _AT_NOUGHT))


def _present_weight(question: Question, passage: Passage) -> float:
    """The weights of the question's words that the passage or its title has, summed: longer questions have more to match."""
    _, present = _words_and_stems(passage)
    weighed = zip(question.weights, question.stems, strict=True)
    return sum(weight_ * max(similarity(wanted, stem_) for stem_ in present) for weight_, wanted in weighed if present)


def support(question: Question, candidate: Candidate) -> float:
    """The share of the question's telling words, by weight, that a sentence and its surroundings have, 0..1."""
    return question.weighed(candidate.matches)


def _measures_it(question: Question, candidate: Candidate) -> bool:
    """Whether the sentence, or what is around it, has what is measured: another telling word of the question."""
    measures = names_measure(question).keys()
    telling = [weight >= _TELLING or at >= question.own for at, weight in enumerate(question.weights)]
    found = zip(question.stems, telling, candidate.matches, strict=True)
    others = [match for stem_, tells, match in found if tells and stem_ not in measures]
    return not others or max(others) >= FLOOR


def _says_opposite(question: Question, candidate: Candidate) -> bool:
    """Whether the sentence has the opposite of a word of the question that it lacks (لماذا ارتفعت: انخفض …)."""
    by_stem = dict(zip(question.stems, candidate.matches, strict=True))
    lacks = [word for word in question.content if by_stem.get(stem(word), 1.0) < _SAME]
    return bool(lacks) and opposed(lacks, words(candidate.text), events_only=True)


def _shares_rare_word(question: Question, candidate: Candidate) -> bool:
    """Whether the sentence itself has a rare word of the question in the same form."""
    pairs = zip(question.weights[: question.own], candidate.matches, strict=False)
    return any(weight >= _RARE and match == 1.0 for weight, match in pairs)


def _lacks_anchor(question: Question, candidate: Candidate) -> bool:
    """Whether a word that names what is asked about is nowhere in the passage and its title.

    Such are a place, a number, an ordinal, a word of a quoted phrase and a word in Latin letters.
    """
    passage_words, present = _words_and_stems(candidate.hit.passage)
    phrases = [[stem(word) for word in phrase.split() if not is_stop_word(word)] for phrase in question.quoted]
    if any(phrase and not any(_present(stem_, present) for stem_ in phrase) for phrase in phrases):
        return True
    ordinals = {stem(word) for word in question.content if word.removeprefix("ال") in _ORDINALS}
    if not all(_present(stem_, present) for stem_ in ordinals):
        return True
    if not all(any(_all_present(name, present) for name in ways) for ways in question.names):
        return True
    numbers = [match for stem_, match in zip(question.stems, candidate.matches, strict=True) if stem_.isdigit()]
    places = {place for word in question.content if (place := place_named(word))}
    return min(numbers, default=1.0) < _SAME or not all(place_present(place, passage_words) for place in places)


@lru_cache(maxsize=64)
def _words_and_stems(passage: Passage) -> tuple[list[str], set[str]]:
    """Those of a passage and its title; a question asks for them once a sentence."""
    passage_words = words(f"{passage.source.title} {passage.text}")
    return passage_words, {stem(word) for word in passage_words}


def _all_present(name: str, stems: set[str]) -> bool:
    return all(_present(stem(word), stems) for word in name.split())


def _present(wanted: str, stems: set[str]) -> bool:
    return wanted in stems or any(similarity(wanted, stem_) >= _SAME for stem_ in stems)


def _names_role(question: Question) -> bool:
    """Whether it asks who holds an office (من هو وزير الدفاع الأذري): every word of the office counts."""
    office = any(word.removeprefix("ال") in _OFFICES for word in question.content)
    return question.identity and office and question.own <= _IDENTITY_WORDS
