"""False claims: a number or a date that the passage does not give."""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.arabic import normalize
from retrieval.evals.claims.numbers import (
    FAMILIES,
    MONTH_OF,
    VALUES,
    Counts,
    Number,
    numbers_in,
    other_value,
    values_in,
    written_like,
)
from retrieval.evals.claims.scene import Maker, Scene, replaced, words_of
from retrieval.evals.claims.vocabulary import MONTHS, WEEKDAYS, keyed

_VAGUE = re.compile(
    r"(?<![\w\u064b-\u0652])(?P<lead>[وب]?)(?P<vague>عددا من|عدد من|عدة|مجموعة من|عشرات|مئات|آلاف)"
    r"(?= [^\W\d_]{4,})"
)
_WITHOUT_ARTICLE = ("عده",)
_WEEKDAYS = {normalize(day): day for day in WEEKDAYS}
_BOUNDS = keyed(
    "أكثر أكتر أقل يفوق تفوق فاق فاقت تجاوز تجاوزت يتجاوز تتجاوز دون تحت فوق يقل تقل يزيد تزيد الأقل الأكثر أزيد يناهز حتى أقصى أدنى قرابة"
)
_LARGER = {
    "الف": "مليون", "الفا": "مليونا", "الاف": "ملايين", "مليون": "مليار", "مليونا": "مليارا", "ملايين": "مليارات", "مليار": "مليون",
    "مليارا": "مليونا", "مليارات": "ملايين",
}  # fmt: skip


def _is_bound(scene: Scene, start: int) -> bool:
    """Whether a number is a bound (أكثر من، لم يتجاوز), which a larger or a smaller one may keep true."""
    return any(word.key in _BOUNDS or word.key[1:] in _BOUNDS for word in words_of(scene.text[:start])[-3:])


def _changed(scene: Scene, number: Number) -> str | None:
    taken = values_in(scene.passage.text)
    value = other_value(number.value, taken, scene.random, year=number.counts == "year")
    if value is None or (number.counts == "day" and value > 28):
        return None
    return replaced(scene.text, number.word.start, number.word.end, written_like(number.word, value))


def _of_kind(*counts: Counts) -> Maker:
    """Another number in the place of one that counts a certain thing."""

    def make(scene: Scene) -> str | None:
        numbers = [
            number
            for number in numbers_in(scene.text)
            if number.counts in counts and not _is_bound(scene, number.word.start)
        ]
        return _changed(scene, scene.random.choice(numbers)) if numbers else None

    return make


def _from_passage(scene: Scene) -> str | None:
    """An amount of another sentence of the passage."""
    own = values_in(scene.text)
    numbers = [
        number
        for number in numbers_in(scene.text)
        if number.counts == "amount" and not _is_bound(scene, number.word.start)
    ]
    others = [
        other.word.text
        for other in numbers_in(scene.passage.text)
        if other.counts in ("amount", "percent", "age") and other.value not in own
    ]
    if not numbers or not others:
        return None
    number = scene.random.choice(numbers)
    return replaced(scene.text, number.word.start, number.word.end, scene.random.choice(others))


def _word(scene: Scene) -> str | None:
    """A number word for another of the same form."""
    taken = values_in(scene.passage.text)
    options = []
    for word in scene.words:
        lead, bare = next(
            (
                (lead, word.key[len(lead) :])
                for lead in ("", "و", "ب", "ل", "ال")
                if word.key[len(lead) :] in VALUES and word.key.startswith(lead)
            ),
            ("", ""),
        )
        for family in FAMILIES:
            if bare in map(normalize, family):
                others = [other for other in family if float(VALUES[normalize(other)]) not in taken]
                if others and not _is_bound(scene, word.start):
                    options.append(replaced(scene.text, word.start, word.end, lead + scene.random.choice(others)))
    return scene.random.choice(options) if options else None


def _magnitude(scene: Scene) -> str | None:
    """Thousands for millions, millions for milliards."""
    words = scene.words
    for before, word in pairwise(words):
        counted = before.key in VALUES or before.key.replace(".", "").isdigit()
        if counted and word.key in _LARGER and not _is_bound(scene, before.start):
            return replaced(scene.text, word.start, word.end, _LARGER[word.key])
    return None


def _added(scene: Scene) -> str | None:
    """An exact number for a vague one."""
    match = _VAGUE.search(scene.text)
    if not match or scene.text[: match.start()].endswith((" رغم", " على", " أي", " اي")):
        return None
    few = normalize(match["vague"]) in _WITHOUT_ARTICLE and not scene.text[match.end() :].startswith(" ال")
    taken = values_in(scene.passage.text)
    value = scene.random.choice([value for value in range(3, 11 if few else 90) if value not in taken] or [0])
    if not value:
        return None
    new = str(value) if few else f"{value} من"
    lead = f"{match['lead']} " if match["lead"] == "و" else f"{match['lead']}ـ" if match["lead"] else ""
    return replaced(scene.text, match.start(), match.end(), lead + new)


def _month(scene: Scene) -> str | None:
    """Another month of the year."""
    words = scene.words
    for at, word in enumerate(words):
        month = MONTH_OF.get(word.key)
        if month is None or not at or not (words[at - 1].key.isdigit() or words[at - 1].key == "شهر"):
            continue
        own = {number for other in words if (number := MONTH_OF.get(other.key)) is not None}
        if any(name in scene.text for name in MONTHS[month] if normalize(name) != word.key):
            return None
        column = [normalize(name) for name in MONTHS[month]].index(word.key)
        others = [names[min(column, len(names) - 1)] for number, names in enumerate(MONTHS) if number not in own]
        return replaced(scene.text, word.start, word.end, scene.random.choice(others))
    return None


def _weekday(scene: Scene) -> str | None:
    """Another day of the week."""
    days = [word for word in scene.words if word.key in _WEEKDAYS]
    if len(days) != 1:
        return None
    new = scene.random.choice([day for key, day in _WEEKDAYS.items() if key != days[0].key])
    return replaced(scene.text, days[0].start, days[0].end, new)


def _today(scene: Scene) -> str | None:
    """Yesterday for today, before a day of the week or a comma."""
    words = scene.words
    for at, word in enumerate(words):
        following = words[at + 1].key if at + 1 < len(words) else ""
        closed = following in _WEEKDAYS or scene.text[word.end : word.end + 1] in ("،", ".")
        if not closed or (at and words[at - 1].key in ("اول", "هذا", "يوم", "حتي", "الي")):
            continue
        if word.key in ("اليوم", "امس"):
            return replaced(scene.text, word.start, word.end, "أمس" if word.key == "اليوم" else "اليوم")
    return None


FALSE_NUMBERS: dict[str, Maker] = {
    "number/digits": _of_kind("amount", "label"),
    "number/from passage": _from_passage,
    "number/word": _word,
    "number/percent": _of_kind("percent"),
    "number/age": _of_kind("age"),
    "number/magnitude": _magnitude,
    "number/added": _added,
    "date/year": _of_kind("year"),
    "date/day": _of_kind("day"),
    "date/month": _month,
    "date/weekday": _weekday,
    "date/today": _today,
}
