"""False claims: another person, place, people or organisation, or two of them in each other's place."""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.arabic import normalize
from retrieval.evals.claims.names import Person, Place, adjective, people_in, places_in
from retrieval.evals.claims.scene import INTRODUCED, Maker, Scene, is_verb, replaced, words_of
from retrieval.evals.claims.vocabulary import MINISTRY, ORGANISATIONS, PEOPLES, PORTFOLIOS, SYMMETRIC, WOMEN

_BEFORE_OBJECT = frozenset({"الي", "علي", "ضد", "نحو"})


def _person(*, near: bool) -> Maker:
    """Another person: of the same article, or of any."""

    def make(scene: Scene) -> str | None:
        people = people_in(scene.text)
        if not people:
            return None
        person = scene.random.choice(people)
        others = _others(scene, person, near=near)
        return replaced(scene.text, person.start, person.end, scene.random.choice(others)) if others else None

    return make


def _others(scene: Scene, person: Person, *, near: bool) -> list[str]:
    names = (
        [other.text for passage in scene.siblings for other in people_in(passage.text)] if near else scene.pool.people
    )
    held = {word.key for word in scene.words} | {key[1:] for word in scene.words if (key := word.key)[:1] == "و"}
    held |= set() if near else {word.key for word in words_of(scene.passage.text)}
    others = []
    for name in dict.fromkeys(names):
        words = words_of(name)
        if (words[0].key in WOMEN) == person.woman and not held & {word.key for word in words}:
            others.append(name)
    return others


def _name_part(scene: Scene) -> str | None:
    """One part of a name exchanged: the first name or the last."""
    people = people_in(scene.text)
    if not people:
        return None
    person = scene.random.choice(people)
    part = scene.random.choice((0, -1))
    held = {word.key for word in words_of(scene.passage.text)}
    options = []
    for name in scene.pool.people:
        words = words_of(name)
        if (words[0].key in WOMEN) == person.woman and len(words) == len(person.words) and words[part].key not in held:
            options.append(words[part].text)
    if not options:
        return None
    old = person.words[part]
    return replaced(scene.text, old.start, old.end, scene.random.choice(options))


def _place(scene: Scene) -> str | None:
    """Another place of the same kind, half of the times one of the same article."""
    places = places_in(scene.text)
    if not places:
        return None
    place = scene.random.choice(places)
    own = {other.text for other in places} | {found[1] for word in scene.words if (found := adjective(word))}
    near = [other.text for passage in scene.siblings for other in places_in(passage.text) if other.peers is place.peers]
    near = [name for name in near if name not in own]
    if near and scene.random.random() < 0.5:
        return _put(scene.text, place, scene.random.choice(near))
    far = [name for name in place.peers if name not in own and normalize(name) not in normalize(scene.passage.text)]
    return _put(scene.text, place, scene.random.choice(far))


def _put(text: str, place: Place, name: str) -> str:
    return replaced(text, place.start, place.end, name)


def _nationality(scene: Scene) -> str | None:
    """Another people's adjective."""
    found = [(word, parts) for word in scene.words if (parts := adjective(word)) is not None]
    if not found:
        return None
    word, (article, _, ending) = scene.random.choice(found)
    held = normalize(scene.passage.text)
    others = [people for people in PEOPLES if normalize(people)[:4] not in held]
    return (
        replaced(scene.text, word.start, word.end, article + scene.random.choice(others) + ending) if others else None
    )


def _organisation(scene: Scene) -> str | None:
    """Another ministry, council, agency, party or club."""
    words = scene.words
    options: list[str] = []
    held = normalize(scene.text)
    for before, word in pairwise(words):
        if before.key in MINISTRY and word.key in map(normalize, PORTFOLIOS):
            others = [name for name in PORTFOLIOS if normalize(name) not in held]
            options.append(replaced(scene.text, word.start, word.end, scene.random.choice(others)))
    for row in ORGANISATIONS:
        for name in row:
            if match := re.search(rf"(?<!\w){name}(?!\w)", scene.text):
                others = [other for other in row if normalize(other) not in held]
                if others:
                    options.append(replaced(scene.text, match.start(), match.end(), scene.random.choice(others)))
    return scene.random.choice(options) if options else None


def _roles(scene: Scene) -> str | None:
    """Two people, or two places, in each other's place, where that changes what is said."""
    if any(word.key in SYMMETRIC for word in scene.words):
        return None
    people = people_in(scene.text)
    for first, second in pairwise(people if len(people) <= 3 else ()):
        between = [word.key for word in words_of(scene.text[first.end : second.start])]
        if any(is_verb(key) or key in INTRODUCED for key in between) and first.text != second.text:
            return _exchanged(scene.text, first, second)
    places = places_in(scene.text)
    for here, there in pairwise(places):
        between = [word.key for word in words_of(scene.text[here.end : there.start])]
        if (
            between
            and between[-1] in _BEFORE_OBJECT
            and len(between) <= 4
            and here.peers is there.peers
            and here.text != there.text
        ):
            return _exchanged(scene.text, here, there)
    return None


def _exchanged(text: str, first: Person | Place, second: Person | Place) -> str:
    here, there = text[first.start : first.end], text[second.start : second.end]
    return replaced(replaced(text, second.start, second.end, here), first.start, first.end, there)


FALSE_NAMES: dict[str, Maker] = {
    "name/person of article": _person(near=True),
    "name/person of other": _person(near=False),
    "name/part": _name_part,
    "name/place": _place,
    "name/nationality": _nationality,
    "name/organisation": _organisation,
    "role/swapped": _roles,
}
