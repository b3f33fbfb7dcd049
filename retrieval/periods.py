"""The time that a question is about: «في سبتمبر 2023», «منذ 2020», «أمس», «آخر أخبار …»."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from retrieval.arabic import is_stop_word, words
from retrieval.times import Mention, mentions

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
_SINCE, _BEFORE, _AFTER = frozenset(words("منذ")), frozenset(words("قبل")), frozenset(words("بعد"))
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


def today() -> date:
    """What questions count from."""
    return date.today()


def asked_time(question: str) -> AskedTime:
    """What a question says of time, counted from today."""
    spoken = words(question)
    newest = _asks_newest(spoken)
    found = [] if _ASKS_WHEN & set(spoken) else mentions(question, today())
    if not found:
        return AskedTime(newest=newest, alone=newest and _is_generic(spoken))
    first, last = _period(question, found)
    rest = [word for word in words(_without(question, found)) if word not in _SINCE | _BEFORE | _AFTER]
    return AskedTime(first, last, newest=newest, alone=_is_generic(rest))


def _asks_newest(spoken: list[str]) -> bool:
    follows = any(one in _NEWEST and other in _OF_NEWS for one, other in pairwise(spoken))
    return follows or bool(_NEW & set(spoken)) or spoken[:2] == ["ما", "الجديد"]


def _is_generic(spoken: list[str]) -> bool:
    return all(word in _GENERIC or is_stop_word(word) for word in spoken)


def _period(question: str, found: list[Mention]) -> tuple[date, date]:
    """From the first to the last day that is named; open to one side behind «منذ», «قبل» and «بعد»."""
    first, last = min(mention.first for mention in found), max(mention.last for mention in found)
    before = (words(question[: found[0].start]) or [""])[-1]
    if before in _SINCE:
        return first, max(today(), first)
    if before in _BEFORE:
        return date.min, first - timedelta(days=1)
    if before in _AFTER:
        return last + timedelta(days=1), max(today(), last + timedelta(days=1))
    return first, last


def _without(question: str, found: list[Mention]) -> str:
    for mention in reversed(found):
        question = f"{question[: mention.start]} {question[mention.end :]}"
    return question
