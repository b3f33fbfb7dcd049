"""A claim and a sentence taken apart for their comparison: tokens, stems, numbers, and which of their words are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.arabic import is_stop_word, stem, words
from retrieval.frequency import weight
from retrieval.numbers import Value, tokens, values
from retrieval.places import country
from retrieval.similarity import similarity

TELLING = 0.6
"""Weight from which a word may not be missing at all: names are among these."""
_FREE = frozenset(words(
    "قال قالت ذكر ذكرت أفاد أفادت أوضح أوضحت أضاف أضافت صرح صرحت أعلن أعلنت أشار أشارت أكد أكدت بين بينت بحسب حسب وفق وفقا طبقا نقلا"
    " المقال المقالة الخبر النص المقطع التقرير المصدر الصحيفة تم تمت يتم جرى قام قامت أي أيضا كذلك كما حيث وذلك عبارة تقريبا حوالي نحو"
    " يبلغ تبلغ بلغ بلغت يعد تعد يعتبر تعتبر يدعى تدعى اسمه اسمها عمره عمرها عمر إنه إنها خلال بسبب نتيجة إذ مما بأن"
))  # fmt: skip
"""Words that state nothing by themselves: they lead in a claim or join its parts."""


@dataclass(frozen=True, slots=True)
class Read:
    """A text taken apart: its tokens, the stem of each ("" for a stop word), and its numbers and dates."""

    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    values: tuple[Value, ...]

    @property
    def counted(self) -> frozenset[int]:
        """Places of tokens that are part of a number or date."""
        return frozenset(at for value in self.values for at in range(value.start, value.end))

    def content(self) -> list[int]:
        """Places of the words that carry the topic, numbers and dates left out."""
        counted = self.counted
        return [at for at, stem_ in enumerate(self.stems) if stem_ and at not in counted]


@lru_cache(maxsize=4096)
def read(text: str) -> Read:
    """A text taken apart; kept for those read last, for a claim is held against many sentences."""
    found = tokens(text)
    stems = tuple("" if is_stop_word(token) else stem(token) for token in found)
    return Read(tuple(found), stems, tuple(values(found)))


def alike(said: Read, at: int, sentence: Read, place: int) -> float:
    """How alike the words at two places are, 0..1; a country and its people are the same, two countries never."""
    first, second = said.stems[at], sentence.stems[place]
    if first == second:
        return 1.0
    here, there = country(said.tokens[at]), country(sentence.tokens[place])
    if here is not None or there is not None:
        return 1.0 if here == there else 0.0
    return similarity(first, second)


def is_free(token: str) -> bool:
    """Whether a token states nothing by itself."""
    return token in _FREE or (token[:1] in "وف" and token[1:] in _FREE)


def is_name(said: Read, at: int) -> bool:
    """Whether the word at a place is rare in general Arabic or names a country."""
    return weight(said.stems[at]) >= TELLING or country(said.tokens[at]) is not None


def run_of(part: Sequence[str], whole: Sequence[str]) -> int | None:
    """Where the tokens stand in a row among others, or None."""
    size = len(part)
    return next((at for at in range(len(whole) - size + 1) if tuple(whole[at : at + size]) == tuple(part)), None)
