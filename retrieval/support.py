"""Does the cited passage carry a claim? Fixed checks on numbers, dates, names, quotations, negation and words. No model.

They are strict on purpose: a claim worded too freely is withheld, for a quote can take its place, and a false one cannot
be taken back. `dalil eval support` measures both sides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from typing import Literal

from retrieval import polarity
from retrieval.arabic import clean_line, sentences
from retrieval.claim_reading import TELLING, Read, alike, is_free, is_name, read, run_of
from retrieval.frequency import weight
from retrieval.planted import planted
from retrieval.questions import is_arabic
from retrieval.support_english import english_fault
from retrieval.types import Passage, Span

Fault = Literal["number", "name", "words", "order", "negation", "quotation", "link"]
"""What of a claim the passage does not bear out. `number` is also a date, `name` any rare word."""

LEAST_COVERED = 0.75
"""Share of a claim's telling words, by weight, that the sentence must have."""
_SAME_RARE = 0.72
"""Likeness from which a rare word counts as the same: حسن and حسين, أحمد and محمد are not."""
_SAME_COMMON = 0.55
_NEAR = 6
"""Words between which two words of a sentence belong together."""
_BESIDE = 3
"""Words between which two words of a claim belong together."""
_FOLLOWS = 0.8
"""Share of a claim's words, in the order of the sentence, from which the claim follows it word by word."""
_MOST_PAIRED = 12
_SHORTEST_JOINED = 3
_STEADY = 3
"""Common words that must have kept their order before names in another order count as exchanged."""
_JOINT = re.compile(r"[،,؛;:]\s+(?:و(?=\w))?|\s+(?:و(?=\w)|ثم\s+|كما\s+|فيما\s+|بينما\s+)")
"""Where a clause may end and another begin."""
_SMALLEST_HALF = 3
_QUOTED = re.compile(r"«([^»]+)»|\"([^\"]+)\"|“([^”]+)”")
_LINK = re.compile(
    r"(?i)\b(?:https?|ftp|tg|mailto|javascript)\s*:|\bwww\.|(?<!\w)@\w{2,}|\S@\S+\.\w|\b[a-z0-9-]+\.(?:com|net|org|info|io|ly|me|ru|co)\b"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """The sentence of a passage that carries a claim, in characters of `passage.text`, and what it lacks, if anything."""

    span: Span
    fault: Fault | None
    cover: float
    """The share of the claim's words, by weight, that the sentence has."""


def check(claim: str, passage: Passage) -> Checked:
    """Whether a sentence of the passage bears a claim out, or two that stand side by side bear its two halves out.

    When nothing does, the sentence that comes nearest. A sentence of the passage taken over whole is always borne out;
    commands planted for a machine bear nothing out. The passage has at least one letter.
    """
    spans = sentences(passage.text)
    spans = [span for span in spans if span not in planted(passage.text)] or spans
    best = _by_one(claim, spans, passage)
    return best if best.fault is None else _by_two(claim, spans, passage) or best


def _by_one(claim: str, spans: Sequence[Span], passage: Passage) -> Checked:
    found = (_against(claim, span, passage) for span in spans)
    return max(found, key=lambda checked: (checked.fault is None, checked.cover))


def _by_two(claim: str, spans: Sequence[Span], passage: Passage) -> Checked | None:
    """The claim divided where a clause ends, each half borne out by one of two neighbouring sentences; None without."""
    for joint in _JOINT.finditer(claim):
        halves = claim[: joint.start()], claim[joint.end() :]
        if min(len(read(half).content()) for half in halves) < _SMALLEST_HALF:
            continue
        first, second = (_by_one(half, spans, passage) for half in halves)
        places = sorted((spans.index(first.span), spans.index(second.span)))
        if first.fault is None and second.fault is None and places[1] - places[0] == 1:
            whole = Span(spans[places[0]].start, spans[places[1]].end)
            return Checked(whole, _literal_fault(claim, passage), min(first.cover, second.cover))
    return None


def _against(claim: str, span: Span, passage: Passage) -> Checked:
    text = span.of(passage.text)
    if span in planted(passage.text):
        return Checked(span, "words", 0.0)
    if literal := _literal_fault(claim, passage):
        return Checked(span, literal, 0.0)
    if not is_arabic(claim):
        return Checked(span, *english_fault(claim, text))
    said, sentence = read(claim), read(text)
    if any(said.stems) and (start := run_of(said.tokens, sentence.tokens)) is not None:
        same = polarity.agree(said.tokens, sentence.tokens, range(start, start + len(said.tokens)))
        return Checked(span, None if same else "negation", 1.0)
    matched = _matched(said, sentence)
    cover = _cover(said, matched)
    return Checked(span, _fault(said, sentence, matched, cover, passage), cover)


def _fault(said: Read, sentence: Read, matched: dict[int, int], cover: float, passage: Passage) -> Fault | None:
    unheard = Counter(value.what for value in said.values) - Counter(value.what for value in sentence.values)
    if unheard or not _values_in_place(said, sentence, matched):
        return "number"
    if not matched:
        return "words"
    missing = [at for at in said.content() if at not in matched and not is_free(said.tokens[at])]
    missing = [at for at in missing if not _completes_name(at, said, matched, passage)]
    if any(is_name(said, at) for at in missing):
        return "name"
    if missing and cover < LEAST_COVERED:
        return "words"
    if polarity.opposed([said.tokens[at] for at in missing], sentence.tokens):
        return "negation"
    places = matched.values()
    if not polarity.agree(said.tokens, sentence.tokens, range(min(places), max(places) + 1)):
        return "negation"
    if _out_of_order(said, matched) or _changed_places(said, sentence):
        return "order"
    return _exchanged(said, sentence)


def _literal_fault(claim: str, passage: Passage) -> Fault | None:
    """Quotations that are not letter for letter in the article, links and addresses that are not in its record."""
    text = clean_line(passage.text)
    quotes = ("".join(groups) for groups in _QUOTED.findall(claim))
    if any(quote.strip(" .،…") not in text for quote in quotes):
        return "quotation"
    allowed = f"{text} {passage.source.url or ''}"
    links = (word for word in claim.split() if _LINK.search(word))
    return "link" if any(link.strip("()[]<>.،,؛") not in allowed for link in links) else None


# ------------------------------------------------------------------------------------------------------------ words


def _matched(said: Read, sentence: Read) -> dict[int, int]:
    """For each telling word of the claim, the place of the word of the sentence that is the same; the nearest in order."""
    found: dict[int, int] = {}
    places = sentence.content()
    expected = 0
    for at in said.content():
        likeness = [(alike(said, at, sentence, place), -abs(place - expected), place) for place in places]
        best = max(likeness, default=(0.0, 0, 0))
        least = _SAME_RARE if weight(said.stems[at]) >= TELLING else _SAME_COMMON
        if best[0] >= least:
            found[at] = best[2]
            expected = best[2] + 1
    return found


def _cover(said: Read, matched: dict[int, int]) -> float:
    places = [at for at in said.content() if at in matched or not is_free(said.tokens[at])]
    total = sum(weight(said.stems[at]) for at in places)
    return sum(weight(said.stems[at]) for at in places if at in matched) / total if total else 1.0


def _completes_name(at: int, said: Read, matched: dict[int, int], passage: Passage) -> bool:
    """Whether a word the sentence lacks stands in the article beside a word that the sentence has (إلهام علييف)."""
    told = (span.of(passage.text) for span in sentences(passage.text) if span not in planted(passage.text))
    around = read("\n".join([passage.source.title, *told])).stems
    pairs = set(pairwise(around))
    before = at - 1 in matched and (said.stems[at - 1], said.stems[at]) in pairs
    return before or (at + 1 in matched and (said.stems[at], said.stems[at + 1]) in pairs)


# ------------------------------------------------------------------------------------------------------------ places


def _values_in_place(said: Read, sentence: Read, matched: dict[int, int]) -> bool:
    """Whether each number stands near a word that it stands near in the claim, where the claim has such a word."""
    for value in said.values:
        beside = [matched[at] for at in range(value.start - 2, value.end + 2) if at in matched]
        places = [own.start for own in sentence.values if own.what == value.what]
        if beside and not any(abs(place - word) <= _NEAR for place in places for word in beside):
            return False
    return True


def _out_of_order(said: Read, matched: dict[int, int]) -> bool:
    """Whether a name stands far from the words beside it in the claim, or two names changed places amid words that did not."""
    in_order = sorted(matched)
    for before, at, after in zip([None, *in_order], in_order, [*in_order[1:], None], strict=False):
        beside = [other for other in (before, after) if other is not None and abs(other - at) <= _BESIDE]
        if is_name(said, at) and beside and all(abs(matched[at] - matched[other]) > _NEAR for other in beside):
            return True
    if _exchanged_roles(said, matched, in_order):
        return True
    names = [at for at in in_order if is_name(said, at)]
    others = [matched[at] for at in in_order if at not in names]
    swapped = any(matched[first] > matched[second] for first, second in pairwise(names))
    return swapped and len(others) >= _STEADY and others == sorted(others)


def _exchanged_roles(said: Read, matched: dict[int, int], in_order: Sequence[int]) -> bool:
    """Whether all words stand as in the sentence once two names behind the first are exchanged: «اتهم ب أ» for «اتهم أ ب»."""
    order = [matched[at] for at in in_order]
    if order == sorted(order):
        return False
    names = [place for place, at in enumerate(in_order) if place and is_name(said, at)]
    for first, second in combinations(names[:_MOST_PAIRED], 2):
        exchanged = list(order)
        exchanged[first], exchanged[second] = exchanged[second], exchanged[first]
        if exchanged == sorted(order):
            return True
    return False


def _changed_places(said: Read, sentence: Read) -> bool:
    """Whether the claim is a run of the sentence but for two telling words or numbers that changed places."""
    telling = [at for at in range(len(said.tokens)) if said.stems[at] or at in said.counted]
    for first, second in combinations(telling[:_MOST_PAIRED], 2):
        if [first, second] == telling[:2]:
            continue  # a subject before its verb
        tokens_ = list(said.tokens)
        tokens_[first], tokens_[second] = tokens_[second], tokens_[first]
        if tokens_ != list(said.tokens) and run_of(_unjoined(tokens_), _unjoined(sentence.tokens)) is not None:
            return True
    return False


def _unjoined(tokens_: Sequence[str]) -> list[str]:
    """The tokens without the و that joins a word on."""
    return [token[1:] if token.startswith("و") and len(token) > _SHORTEST_JOINED else token for token in tokens_]


def _exchanged(said: Read, sentence: Read) -> Fault | None:
    """What was exchanged in a claim that otherwise follows the sentence word by word: a name for another, a negation."""
    steps = SequenceMatcher(None, said.tokens, sentence.tokens, autojunk=False).get_opcodes()
    same = [place for place, step in enumerate(steps) if step[0] == "equal"]
    if sum(steps[place][2] - steps[place][1] for place in same) < _FOLLOWS * len(said.tokens):
        return None
    for _, start, end, other_start, other_end in steps[same[0] : same[-1] + 1]:
        own, other = said.tokens[start:end], sentence.tokens[other_start:other_end]
        if own == other:
            continue
        if polarity.negations(said.tokens[start - 1 : end]) != polarity.negations(
            sentence.tokens[other_start - 1 : other_end]
        ) or polarity.opposed(own, other):
            return "negation"
        numbers = _values_in(said, start, end), _values_in(sentence, other_start, other_end)
        if all(numbers) and numbers[0] != numbers[1]:
            return "number"
        telling = [at for at in said.content() if start <= at < end and not is_free(said.tokens[at])]
        if any(
            max((alike(said, at, sentence, place) for place in range(other_start, other_end)), default=1.0)
            < _SAME_COMMON
            for at in telling
        ):
            return "name"
    return None


def _values_in(read: Read, start: int, end: int) -> set[str]:
    return {value.what for value in read.values if start <= value.start < end}
