"""People and places of a statement, found by short rules: a known first name, or a title before two rare words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.arabic import is_stop_word, normalize, stem
from retrieval.evals.claims.numbers import MONTH_OF
from retrieval.evals.claims.scene import Word, is_verb, words_of
from retrieval.evals.claims.vocabulary import CITIES, COUNTRIES, MEN, PARTICLES, PEOPLES, TITLES, WEEKDAYS, WOMEN, keyed
from retrieval.frequency import weight

_RARE = 0.99
_NO_ENDING = ("ات", "ون", "ه", "ها", "هم", "يين")
"""Endings that words have and names seldom do."""
_NO_NAME = keyed(" ".join(WEEKDAYS)) | keyed(
    "اليوم أمس غدا الآن عضو رئيس مدير وزير نائب مدرب لاعب عميد كاتب أمين قائد خلال إثر رفقة ضمن مساء صباح الأول الثاني الثالث نجم نجل"
    " زوجة زوج"
    " حسب بعنوان مؤسس ممثل محافظ والي معتمد الماضي الجاري الحالي السابق السابقة الأسبق الجديد الدولي الوطني المساعد"
    " العام داخل خارج الناطق بتاريخ صاحب المكلف"
)
_ADJECTIVES = {normalize(f"ال{people}{ending}"): people for people in PEOPLES for ending in ("", "ة")}


@dataclass(frozen=True, slots=True)
class Person:
    """A name of two words or more as a text writes it."""

    start: int
    end: int
    words: tuple[Word, ...]
    text: str
    """The name alone, without the conjunction before it."""

    @property
    def woman(self) -> bool:
        return self.words[0].key in WOMEN


@lru_cache(maxsize=1 << 14)
def people_in(text: str) -> tuple[Person, ...]:
    """The people whom a text names by a known first name or after a title, in order."""
    words = words_of(text)
    found: list[Person] = []
    for at, word in enumerate(words):
        if found and word.start < found[-1].end:
            continue
        known = (word.key in MEN or word.key in WOMEN) and not _is_preposition(words, at)
        if known or _after_title(words, at):
            name = _name(text, words, at, known=known)
            if len(name) >= 2:
                start, end = name[0].start, name[-1].end
                found.append(Person(start, end, tuple(name), text[start:end]))
    return tuple(found)


def _is_preposition(words: Sequence[Word], at: int) -> bool:
    """Whether علي is على, and no name: written so, before the article, or after بن, where it ends a name."""
    following = words[at + 1].key if at + 1 < len(words) else ""
    if at and words[at - 1].key == "بن":
        return True
    return words[at].key == "علي" and (words[at].text.endswith("ى") or following.startswith("ال"))


def _after_title(words: Sequence[Word], at: int) -> bool:
    before = words[at - 1].key if at else ""
    titled = before in TITLES or (before in _ADJECTIVES and at > 1 and words[at - 2].key in TITLES)
    return titled and all(_is_rare(word.key) for word in words[at : at + 2])


def _is_rare(key: str) -> bool:
    return (
        len(key) >= 4
        and key.isalpha()
        and not key.startswith(("ال", "لل"))
        and not key.endswith(_NO_ENDING)
        and weight(stem(key)) >= _RARE
    )


def _name(text: str, words: Sequence[Word], at: int, *, known: bool) -> list[Word]:
    name = [words[at]]
    for word in words[at + 1 : at + 5]:
        if text[name[-1].end : word.start] != " " or not _may_go_on(word.key, words[at].key):
            break
        particle = name[-1].key in PARTICLES
        if len(name) >= 2 and not particle and not (word.key.startswith("ال") and not name[-1].key.startswith("ال")):
            break
        name.append(word)
        if word.key.startswith("ال") and word.key not in PARTICLES:
            break
    while name and name[-1].key in PARTICLES:
        name.pop()
    return name


def _may_go_on(key: str, first: str) -> bool:
    return (
        key.isalpha()
        and len(key) >= 2
        and not (is_stop_word(key) and key != "بن")
        and not is_verb(key)
        and key not in _NO_NAME
        and key not in MONTH_OF
        and key not in _ADJECTIVES
        and key not in _PEOPLE
        and not key.startswith(("لل", "بال", "وال"))
        and key != first
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text, without the proclitic before it; `peers` are the places of its kind."""

    start: int
    end: int
    text: str
    peers: tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def places_in(text: str) -> tuple[Place, ...]:
    """The countries and cities that a text names, each with the list it belongs to."""
    return tuple(_places(text))


def _places(text: str) -> Iterator[Place]:
    for word in words_of(text):
        for kind in (COUNTRIES, CITIES):
            for skip in (0, 1):
                bare = normalize(word.text[skip:])
                if skip and word.text[0] not in "بوكف":
                    continue
                if (name := _KEYS[kind].get(bare)) is not None:
                    yield Place(word.start + skip, word.end, name, kind)
                    break


_KEYS = {kind: {normalize(name): name for name in kind} for kind in (COUNTRIES, CITIES)}


def adjective(word: Word) -> tuple[str, str, str] | None:
    """The article, the people and the ending of an adjective of nationality (ال، تونسي، ة), or None."""
    article = "ال" if word.key.startswith("ال") else ""
    bare = word.key.removeprefix("ال")
    for ending, written in (("", ""), ("ه", "ة")):
        if bare.endswith(ending) and (people := _PEOPLE.get(bare.removesuffix(ending) if ending else bare)):
            return article, people, written
    return None


_PEOPLE = {normalize(people): people for people in PEOPLES} | {"اميركي": "أمريكي", "اسراييلي": "إسرائيلي"}
