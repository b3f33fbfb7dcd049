"""How well the check of claims tells true from false: claims derived from articles, with their truth known by derivation."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.arabic import is_stop_word, sentences, stem, words
from retrieval.frequency import weight
from retrieval.support import check
from retrieval.types import Passage

SHORTEST = 6
"""Words of a sentence from which claims are derived."""
_RARE = 0.95
"""Weight in general Arabic from which a word is taken for a name."""
_DIGIT_WORDS = {
    "ثلاثة": "3",
    "أربعة": "4",
    "خمسة": "5",
    "ستة": "6",
    "سبعة": "7",
    "ثمانية": "8",
    "تسعة": "9",
    "عشرة": "10",
}
_MONTHS = {
    "يناير": "كانون الثاني", "فبراير": "شباط", "مارس": "آذار", "أبريل": "نيسان", "مايو": "أيار", "يونيو": "حزيران",
    "يوليو": "تموز", "أغسطس": "آب", "سبتمبر": "أيلول", "أكتوبر": "تشرين الأول", "نوفمبر": "تشرين الثاني",
    "ديسمبر": "كانون الأول",
}  # fmt: skip
_WEEKDAYS = ("السبت", "الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة")
_SAYING = {"قال": "ذكر", "أكد": "أوضح", "أعلن": "أفاد", "ذكر": "قال", "أضاف": "أكد", "قالت": "ذكرت", "أكدت": "أوضحت"}
_OPPOSITES = {
    "ارتفع": "انخفض", "انخفض": "ارتفع", "ارتفاع": "انخفاض", "انخفاض": "ارتفاع", "فاز": "خسر", "خسر": "فاز", "زيادة": "تراجع",
    "وافق": "رفض", "رفض": "وافق", "أكثر": "أقل", "أقل": "أكثر", "شمال": "جنوب", "جنوب": "شمال", "قبل": "بعد", "نفى": "أكد",
    "تأجيل": "تقديم", "اعتقال": "إفراج", "نجح": "فشل", "فشل": "نجح",
}  # fmt: skip
_VERB = re.compile(
    r"(?<!\w)(?:قال|أعلن|أكد|كان|تم|يمكن|يجب|وقع|شهد|قام|عبر|أشار|حقق|كانت|تمت|يعد|قتل|أصيب|فاز|بلغ)(?!\w)"
)
_NEGATION = re.compile(r"(?<!\w)(?:لم|لن|لا|ليس|ليست) (?!(?:يزال|تزال|سيما|بد)\b)")
_QUOTATION = re.compile(r"[«\"]([^«»\"]{15,})[»\"]")
_NUMBER = re.compile(r"(?<![\d.,])\d+(?![\d.,]*\d)")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that a model might write with the mark of a passage, how it was derived, and whether it is true."""

    text: str
    passage: Passage
    kind: str
    true: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the claims of one kind; `judged` has those judged wrongly."""

    kind: str
    true: bool
    claims: int
    stopped: int
    judged: tuple[Claim, ...]

    @property
    def share(self) -> float:
        """Stopped, of all; wanted near 0 for true claims and near 1 for false ones."""
        return self.stopped / self.claims

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval of `share` (Wilson 1927)."""
        z, n, p = 1.96, self.claims, self.share
        middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
        return max(0.0, low), min(1.0, high)


def derive(passages: Sequence[Passage], *, seed: int = 0) -> list[Claim]:
    """Claims of every kind that the passages lend themselves to; the same for the same passages and seed."""
    chance = random.Random(seed)
    names = sorted({name for passage in passages for name in _names(passage.text)})
    claims: list[Claim] = []
    for place, passage in enumerate(passages):
        usable = [text for span in sentences(passage.text) if len(words(text := span.of(passage.text))) >= SHORTEST]
        if not usable:
            continue
        sentence = chance.choice(usable)
        claims += (Claim(text, passage, kind, True) for kind, text in _true(sentence, chance))
        claims += (Claim(text, passage, kind, False) for kind, text in _false(sentence, names, chance))
        other = passages[(place + 1) % len(passages)]
        if other.source.article_id != passage.source.article_id:
            claims.append(Claim(sentence, other, "swapped citation", False))
    return claims


def measure(claims: Iterable[Claim]) -> list[Result]:
    """Each kind of claim, true ones first: how many the check stops."""
    kinds: dict[tuple[bool, str], list[tuple[Claim, bool]]] = {}
    for claim in claims:
        stopped = check(claim.text, claim.passage).fault is not None
        kinds.setdefault((not claim.true, claim.kind), []).append((claim, stopped))
    results = []
    for (is_false, kind), judged in sorted(kinds.items(), key=lambda entry: entry[0]):
        wrong = tuple(claim for claim, stopped in judged if stopped is not is_false)
        results.append(Result(kind, not is_false, len(judged), sum(stopped for _, stopped in judged), wrong))
    return results


# ------------------------------------------------------------------------------------------------- true claims


def _true(sentence: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    yield "the sentence", sentence
    if '"' not in sentence and "«" not in sentence:  # a quotation is to be letter for letter
        yield "other spelling", sentence.translate(str.maketrans("أإآ", "ااا")).replace("ة ", "ه ")
    commas = [found.start() for found in re.finditer("،", sentence)]
    if commas and len(words(clause := sentence[: chance.choice(commas)])) >= SHORTEST:
        yield "first clause", clause
    if _NUMBER.search(sentence):
        yield "other digits", sentence.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    yield from _exchanged(sentence, _DIGIT_WORDS, "digits for words")
    yield from _exchanged(sentence, _MONTHS, "other name of a month")
    yield from _exchanged(sentence, _SAYING, "other verb of saying")


# ------------------------------------------------------------------------------------------------- false claims


def _false(sentence: str, names: Sequence[str], chance: random.Random) -> Iterator[tuple[str, str]]:
    if numbers := list(_NUMBER.finditer(sentence)):
        yield "changed number", _with(sentence, found := chance.choice(numbers), _another_number(found[0], chance))
    yield from _exchanged(sentence, dict.fromkeys(_DIGIT_WORDS, "مئتين"), "changed number word")
    yield from _exchanged(sentence, _next(tuple(_MONTHS)), "changed month")
    yield from _exchanged(sentence, _next(_WEEKDAYS), "changed weekday")
    if own := [found for found in re.finditer(r"[^\W\d]{4,}", sentence) if _is_name(found[0])]:
        found = chance.choice(own)
        if others := [name for name in names if stem(words(name)[0]) != stem(words(found[0])[0])]:
            yield "changed name", _with(sentence, found, chance.choice(others))
        yield "invented resignation", f"أعلن {found[0]} استقالته من منصبه بسبب خلافات داخلية"
        yield "invented deaths", f"قُتل عشرون شخصا في {found[0]} أمس"
    yield from _exchanged(sentence, _OPPOSITES, "opposite")
    if found_verb := _VERB.search(sentence):
        yield "added negation", _with(sentence, found_verb, f"لم {found_verb[0]}")
    if denied := _NEGATION.search(sentence):
        yield "removed negation", _with(sentence, denied, "")
    if (quotation := _QUOTATION.search(sentence)) and len(said := quotation[1].split()) > 3:
        said[2] = "جميلة"
        yield "changed quotation", sentence.replace(quotation[1], " ".join(said))


def _exchanged(sentence: str, table: dict[str, str], kind: str) -> Iterator[tuple[str, str]]:
    """The sentence with its first word of the table exchanged, if it has one; words beside a second form are left alone."""
    pattern = re.compile(rf"(?<!\w)([وفب]?)({'|'.join(table)})(?!\w)(?! [(/])")
    if pattern.search(sentence):
        yield kind, pattern.sub(lambda found: found[1] + table[found[2]], sentence, count=1)


def _next(ring: Sequence[str]) -> dict[str, str]:
    return dict(zip(ring, [*ring[3:], *ring[:3]], strict=True))


def _another_number(number: str, chance: random.Random) -> str:
    return str(int(number) + chance.choice((1, 2, 3, 10, 100)))


def _with(sentence: str, found: re.Match[str], text: str) -> str:
    return f"{sentence[: found.start()]}{text}{sentence[found.end() :]}"


def _names(text: str) -> Iterator[str]:
    return filter(_is_name, re.findall(r"[^\W\d]{4,}", text))


def _is_name(word: str) -> bool:
    (normal, *_) = words(word) or ("",)
    return bool(normal) and not is_stop_word(normal) and weight(stem(normal)) >= _RARE
