"""Whether two articles are one report in the same words, or one the corrected version of the other, or neither.

Candidates share numbers of their `sketch`: the smallest hashes of their runs of letters (Broder 1997, "On the Resemblance
and Containment of Documents"), so that an article is compared with few others. `compare` then reads both texts: what they
share, and where sentences that are otherwise alike say another number, day or name, or deny.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from retrieval.arabic import is_stop_word, normalize, sentences, stem, words, words_of
from retrieval.numbers import tokens, values
from retrieval.polarity import negations
from retrieval.similarity import SAME_SOUND, similarity

SKETCH = 16
"""Hashes kept of an article. Half an article shares about 8 with the whole: 1 in 500 such pairs shares fewer than `SHARED`."""
SHARED = 3
"""Hashes that two articles share at least before their texts are compared."""
RUN = 24
"""Letters and digits that are hashed together, about five words."""

CONTAINED = 0.75
"""Share of the shorter text's runs of four words that the longer one has, from which they are one report. On development
pairs: .83 and more for copies with a new first paragraph, .67 and less for follow-ups that repeat the background."""
ALIKE = 0.5
"""Share of common words from which two sentences are taken to say the same, or one thing otherwise."""
_SHINGLE = 4
_LEAST = 12
"""Runs of four words below which texts are compared word for word only."""
_SHORTEST = 0.15
"""Of the longer text, how much the shorter one has at least: a line taken from a report is no copy of it."""
MOST_CHANGED = 8
"""Changes after which no more are looked for: beyond them a text is neither a copy nor a correction."""
_LONGEST_NAME = 6
"""Words in place of others that may be a name; more of them are the same told in other words."""
_SAYING = frozenset(stem(word) for word in words(
    "قال قالت أكد أكدت أوضح أوضحت أضاف أضافت ذكر ذكرت أشار أشارت صرح صرحت أعلن أعلنت بين بينت لفت لفتت شدد شددت أفاد أفادت"
    " اعتبر رأى كشف كشفت تابع تابعت اليوم أمس غدا الماضي الجاري الحالي المقبل القادم مساء صباح ظهر"
))  # fmt: skip
"""Words that outlets change when they take over a report: who says it is the same, and a day is told from another day."""
_END = "\ue000"
"""Between sentences; no letter of any script."""
_PLACE = r"[^\W\d_][^\W\d]*(?:[ ،,]+[^\W\d]+){0,3}"
_DATELINE = re.compile(
    rf"\s*(?:{_PLACE}\s*)?(?:\([^()\n\d]{{2,30}}\)\s*[-–—:/]*|(?:[-–—]+|[/:])\s*(?:{_PLACE}\s*(?:[-–—]+|[/:])(?=\s))?)(?=\s)"
)
"""Where a report is from and whose it is, before its first words: «القاهرة - رويترز:», «دمشق (سانا) -», «واس/ الرياض -»."""

Hashes = NDArray[np.uint64]
Words = tuple[str, ...]
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def sketch(text: str) -> list[int]:
    """At most `SKETCH` signed 64-bit numbers, ascending; marks, letter forms, digit sets and punctuation change nothing.

    Texts that share half their letters in long runs share about half the numbers; a text of fewer than `RUN` letters has none.
    """
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    letters = _letters()[np.minimum(codes, 0xFFFF)]
    letters = letters[letters > 0].astype(np.uint64)
    count = len(letters) - RUN + 1
    if count < 1:
        return []
    powers, inverses = _powers(1 << (len(letters) - 1).bit_length())
    sums = np.concatenate([[np.uint64(0)], np.cumsum(letters * powers[: len(letters)])])
    hashes = (sums[RUN:] - sums[:count]) * inverses[:count]
    hashes = (hashes ^ (hashes >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(29)
    least = np.sort(hashes)[: 4 * SKETCH]  # repeated runs, if any, are few
    return [int(number) for number in np.unique(least)[:SKETCH].view(np.int64)]


def least_shared(length: int, other: int, *, of: int = SKETCH) -> int:
    """How many numbers of `of` two texts of so many characters share at least, if they are near: half of what is to be expected.

    Of two texts alike in length that have `CONTAINED` of their runs in common, 1 in 2,000 pairs shares fewer.
    """
    shorter, longer = sorted((length, other))
    return min(of, max(SHARED, round(SKETCH * CONTAINED * shorter / max(longer, 1) / 2)))


@cache
def _letters() -> NDArray[np.uint16]:
    """The letter or digit that each character counts as, 0 for none. Shape (65536,)."""
    table = np.zeros(1 << 16, dtype=np.uint16)
    for code in [*range(0x0800), *range(0xFB50, 0xFF00)]:
        normal = normalize(chr(code))[:1]
        table[code] = ord(normal) if normal.isalnum() else 0
    for code in [*range(0x0800, 0xD800), *range(0xFF00, 0xFFFF)]:
        table[code] = code if chr(code).isalnum() else 0
    return table


@cache
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """The first powers of an odd number modulo 2**64, and of its inverse."""
    inverse = np.uint64(pow(int(_FACTOR), -1, 1 << 64))
    ones = np.ones(count, dtype=np.uint64)
    powers, inverses = ones.copy(), ones.copy()
    powers[1:], inverses[1:] = _FACTOR, inverse
    return np.cumprod(powers), np.cumprod(inverses)


# ---------------------------------------------------------------------------------------------- comparing two texts


class Reading:
    """A text read for comparison; what is derived from it is made once."""

    def __init__(self, text: str) -> None:
        self._text = text[dateline.end() :] if (dateline := _DATELINE.match(text)) else text

    @cached_property
    def sentences(self) -> list[Words]:
        """The normalised words of each sentence."""
        text = self._text.replace(_END, " ")
        whole = normalize(_END.join(span.of(text) for span in sentences(text)))  # once, not sentence by sentence
        return [tuple(found) for part in whole.split(_END) if (found := words_of(part))]

    @cached_property
    def words(self) -> Words:
        return tuple(word for sentence in self.sentences for word in sentence)

    @cached_property
    def runs(self) -> set[Words]:
        """Its runs of four words."""
        return set(zip(*(self.words[start:] for start in range(_SHINGLE)), strict=False))

    @cached_property
    def _flat(self) -> str:
        return f" {' '.join(self.words)} "

    def holds(self, sentence: Sequence[str]) -> bool:
        """Whether a sentence stands in it word for word."""
        return f" {' '.join(sentence)} " in self._flat

    def says(self, sentence: Sequence[str]) -> bool:
        """Whether it has a sentence word for word, or most of its runs and no other number in its place."""
        if self.holds(sentence):
            return True
        own = set(zip(*(sentence[start:] for start in range(_SHINGLE)), strict=False))
        return len(own) >= _SHINGLE and len(own & self.runs) >= 0.9 * len(own)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts have in common and where they differ."""

    contained: float
    """Share of the shorter one's runs of words that the longer one has, 0..1."""
    jaccard: float
    """Runs of words in common, of all that either has, 0..1."""
    changed: int
    """Numbers and names that stand in place of others, and denials, in sentences otherwise alike."""
    days: int
    """Days, months and dates among them."""
    numbers: int
    """Numbers among them."""

    @property
    def is_near(self) -> bool:
        """Whether they are in the same words for the most part."""
        return self.contained >= CONTAINED and self.jaccard >= _SHORTEST

    @property
    def is_copy(self) -> bool:
        """Whether they say the same in the same words."""
        return self.is_near and not self.changed


def compare(first: Reading, second: Reading) -> Likeness:
    """Symmetric; changes are looked for only where texts are near.

    Texts too short for runs of words are copies when they are the same, word for word.
    """
    if first.words == second.words:
        return Likeness(1.0, 1.0, 0, 0, 0)
    common = len(first.runs & second.runs)
    least, most = sorted((len(first.runs), len(second.runs)))
    if least < _LEAST or not common:
        return Likeness(0.0, 0.0, 0, 0, 0)
    contained, jaccard = common / least, common / (least + most - common)
    if not Likeness(contained, jaccard, 0, 0, 0).is_near:
        return Likeness(contained, jaccard, 0, 0, 0)
    changes: list[str] = []
    for pair in _counterparts(first, second):
        changes += _changes(*pair)
        if len(changes) > MOST_CHANGED:
            break
    return Likeness(contained, jaccard, len(changes), changes.count("day"), changes.count("number"))


def _counterparts(first: Reading, second: Reading) -> Iterator[tuple[Words, Words]]:
    """Sentences that only one text has, each with the sentence most like it that only the other has."""
    left = [sentence for sentence in first.sentences if not second.holds(sentence)]
    right = [sentence for sentence in second.sentences if not first.holds(sentence)]
    bags = [(Counter(sentence), sentence) for sentence in right]
    for sentence in left:
        own = Counter(sentence)
        best = max(bags, key=lambda bag: _dice(own, bag[0]), default=None)
        if best and _dice(own, best[0]) >= ALIKE:
            yield sentence, best[1]


def _dice(first: Counter[str], second: Counter[str]) -> float:
    return 2 * (first & second).total() / (first.total() + second.total())


def _changes(first: Words, second: Words) -> list[str]:
    """What the second sentence says otherwise: "number", "day", "name" for each place, "denial" once."""
    (denials, said), (others, given) = _facts(first), _facts(second)
    found = ["denial"] if denials != others else []
    lost, new = said - given, given - said
    if lost and new:
        return found + ["day" if _is_day(old) else "number" for old, _ in zip(lost, new, strict=False)]
    return found + _names_changed(first, second, frozenset(said & given))


def _names_changed(first: Words, second: Words, shared: frozenset[str]) -> list[str]:
    """ "name" for each stretch of words that names another thing than what stands in its place; given their shared numbers."""
    here, there = _content(first), _content(second)
    return [
        "name"
        for kind, start, stop, begin, end in SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
        if kind == "replace"
        and _is_another(_content(first[start:stop], shared) - there, _content(second[begin:end], shared) - here)
    ]


def _content(side: Words, told: frozenset[str] = frozenset()) -> frozenset[str]:
    """The stems of the words that tell what is spoken of, without numbers that are told elsewhere."""
    some = [word for word in side if not is_stop_word(word) and (not told or told.isdisjoint(_numbers(word)))]
    return frozenset(word for one in some if (word := stem(one)) not in _SAYING)


@lru_cache(maxsize=1 << 14)
def _numbers(word: str) -> frozenset[str]:
    return frozenset(value.what for value in values(tokens(word)))


@lru_cache(maxsize=1 << 14)
def _facts(sentence: Words) -> tuple[int, Counter[str]]:
    """How often a sentence denies, and its numbers and days; what is yesterday in one paper was today in another.

    Kept, for reports written to a form share their sentences.
    """
    said = [value.what for value in values(tokens(" ".join(sentence)))]
    return negations(sentence), Counter(what for what in said if not what.startswith("day:"))


def _is_day(what: str) -> bool:
    return what.partition(":")[0] in ("weekday", "month")


def _is_another(left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether a few words in place of others name another thing: some on both sides, and none alike."""
    if not left or not right or max(len(left), len(right)) > _LONGEST_NAME:
        return False
    return not any(similarity(one, other) >= SAME_SOUND for one in left for other in right)
