"""The time that a question is about: «في سبتمبر 2023», «منذ 2020», «أمس», «آخر أخبار …»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from retrieval.arabic import is_stop_word, words
from retrieval.questions import is_arabic
from retrieval.times import Mention, mentions
from retrieval.times.words import tokens
from retrieval.translation import in_arabic
from retrieval.types import Passage, Source

_GENERIC = frozenset(words(
    "حدث حدثت وقع وقعت جرى جرت صار حصل حصلت يحدث يجري أخبار الأخبار خبر الخبر أنباء الأنباء أهم أبرز أحداث الأحداث آخر أحدث جديد الجديد"
    " مستجدات المستجدات تطورات التطورات نشر نشرت نشرتم ملخص لخص لخصي موجز عناوين العناوين اعرض هات أعطني أعطيني اذكر شهد شهدت عام سنة شهر"
    " يوم أسبوع هذا هذه خلال فترة الفترة news happened happen latest headlines events new"
))  # fmt: skip
"""Words of a question that asks for what happened at all."""
_NEWEST = frozenset(words("آخر أحدث latest newest"))
_OF_NEWS = frozenset(words(
    "أخبار الأخبار أنباء الأنباء مستجدات المستجدات تطورات التطورات خبر ما التصريحات تصريحات المعلومات news updates"
))  # fmt: skip
_NEW = frozenset(words("مستجدات المستجدات"))
_SINCE, _BEFORE = frozenset(words("منذ")), frozenset(words("قبل"))
_AFTER, _UNTIL = frozenset(words("بعد")), frozenset(words("حتى لغاية"))
_SIDES = _SINCE | _BEFORE | _AFTER | _UNTIL
_ENGLISH = {
    "since": "منذ",
    "before": "قبل",
    "after": "بعد",
    "until": "حتى",
    "till": "حتى",
    "in": "في",
    "from": "من",
    "to": "إلى",
}
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_BESIDE = re.compile(
    rf"\b({'|'.join(_ENGLISH)})\s+(?=(?:\d{{1,2}}\s+)?{_MONTH}(?:\s+\d|\s+to\b|\s+until\b)|\d{{4}}\b)", re.IGNORECASE
)
"""A word before a year or month that says on which side of it: what search leaves out as a stop word."""
_BETWEEN = re.compile(r"\bbetween\s+(\d{4})\s+and\s+(\d{4})\b", re.IGNORECASE)
_ABOUT = frozenset(words("في عن بشأن حول"))
_OF_ANY_YEAR = frozenset(("name", "name_of_two", "hijri", "hijri_of_two", "weekday"))
_FROM_TODAY = frozenset(("past", "now", "next", "today", "yesterday", "tomorrow"))
_ASKS_WHEN = frozenset(words("متى when"))


@dataclass(frozen=True, slots=True)
class AskedTime:
    """What a question says of time."""

    first: date | None = None
    last: date | None = None
    """The period, both days included; None for none."""
    newest: bool = False
    """Whether it asks for the latest of what there is."""
    alone: bool = False
    """Whether it asks for nothing else: what happened then, the news."""
    words: frozenset[str] = frozenset()
    """The normalised words that name the period."""

    def told_in(self, passage: Passage) -> Mention | None:
        """Where a passage speaks of days that all lie in the period, for the first time."""
        if self.first is None or self.last is None:
            return None
        told = mentions(passage.text, passage.source.published)
        return next((some for some in told if self.first <= some.first and some.last <= self.last), None)

    def is_publication_of(self, source: Source) -> bool:
        """Whether an article was published in the period."""
        if self.first is None or self.last is None or source.published is None:
            return False
        return self.first <= source.published <= self.last


def today() -> date:
    """What questions count from."""
    return date.today()


def asked_time(question: str) -> AskedTime:
    """What a question says of time, counted from today; of one in another language, its Arabic words."""
    if not is_arabic(question):
        question = in_arabic(_BETWEEN.sub(r"بين عامي \1 و\2", _BESIDE.sub(_in_arabic_beside, question)))
    spoken = words(question)
    newest = _asks_newest(spoken)
    found = [] if _ASKS_WHEN & set(spoken) else _named_times(question)
    if not found:
        return AskedTime(newest=newest, alone=newest and _is_generic(spoken))
    first, last = _period(question, found)
    rest = [word for word in words(_without(question, found)) if word not in _SIDES]
    named = frozenset(word for mention in found for word in words(question[mention.start : mention.end]))
    return AskedTime(first, last, newest=newest, alone=_is_generic(rest), words=named)


def _in_arabic_beside(found: re.Match[str]) -> str:
    return f"{_ENGLISH[found[1].lower()]} "


def _named_times(question: str) -> list[Mention]:
    """The expressions that mean one time to whoever asks: those with a year, and those that count from today.

    A month or weekday by itself may be of any year of an archive: its words are searched for.
    """
    whole = {(mention.start, mention.end) for mention in mentions(question, None)}
    found = []
    for mention in mentions(question, today()):
        tags = {tag for token in tokens(question[mention.start : mention.end]) for tag in token.tags}
        if (mention.start, mention.end) in whole or tags.isdisjoint(_OF_ANY_YEAR) or tags & _FROM_TODAY:
            found.append(mention)
    return found


def _asks_newest(spoken: list[str]) -> bool:
    follows = any(one in _NEWEST and other in _OF_NEWS for one, other in pairwise(spoken))
    bare = spoken[:2] == ["ما", "الجديد"] and (len(spoken) == 2 or spoken[2] in _ABOUT)
    return follows or bool(_NEW & set(spoken)) or bare


def _is_generic(spoken: list[str]) -> bool:
    return all(word in _GENERIC or is_stop_word(word) for word in spoken)


def _period(question: str, found: list[Mention]) -> tuple[date, date]:
    """From the first to the last day that is named; open to one side behind «منذ», «قبل», «بعد» and «حتى»."""
    first, last = min(mention.first for mention in found), max(mention.last for mention in found)
    sides = {_side(question, mention) for mention in found}
    if sides & _SINCE and sides & _UNTIL:
        return first, last
    if sides & _SINCE:
        return first, max(today(), first)
    if sides & _BEFORE:
        return date.min, first - timedelta(days=1)
    if sides & _AFTER:
        return last + timedelta(days=1), max(today(), last + timedelta(days=1))
    return (date.min, last) if sides & _UNTIL else (first, last)


def _side(question: str, mention: Mention) -> str:
    """The word before an expression of time."""
    return (words(question[: mention.start]) or [""])[-1]


def _without(question: str, found: list[Mention]) -> str:
    for mention in reversed(found):
        question = f"{question[: mention.start]} {question[mention.end :]}"
    return question
