"""False claims: a negation put in or taken out, a denial for an assertion, a word for its opposite, words of a quotation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from retrieval.arabic import is_stop_word, normalize
from retrieval.evals.claims.scene import (
    IMPERFECT,
    JUSSIVE,
    PERFECT,
    QUOTED,
    Maker,
    Scene,
    Word,
    parted,
    replaced,
    words_of,
)
from retrieval.evals.claims.vocabulary import BEFORE_AFTER, DENIALS, OPPOSITES, keyed

_NO_NEGATION = keyed("لا لم لن ليس ليست ما غير أن قد لقد كي لكي حتى كان كانت كانوا إن دون وقد بأن")
_BEFORE_VERB = keyed("قد وقد كما الذي حيث لكنه ولكنه أنه وأنه")
"""Words after which رفض is the verb, not the noun."""
_NOT_NEGATED = keyed("يزال تزال يزالون بد سيما شك يسعنا سوى بأس أحد أي إلا")


def _pairs(table: str, *, both: bool) -> dict[str, str]:
    pairs = [entry.split("/") for entry in table.split()]
    forward = {normalize(first): second for first, second in pairs}
    return ({normalize(second): first for first, second in pairs} if both else {}) | forward


_OPPOSITES = _pairs(OPPOSITES, both=True) | {"اول": "آخر"}
_DENIALS = _pairs(DENIALS, both=False)
_DENIALS |= {"نفي": "أكد", "نفت": "أكدت", "ينفي": "يؤكد", "تنفي": "تؤكد"}


def _negated(scene: Scene) -> str | None:
    """A negation put before the verb that leads the sentence, a future, a present, or هناك."""
    words = scene.words
    options = []
    for at, word in enumerate(words):
        before = words[at - 1].key if at else ""
        conjunction, bare = parted(word.key)
        new = None
        if at == 0 or (at == 1 and before == "كما"):
            if bare in PERFECT:
                new = f"{conjunction}لم {PERFECT[bare][1]}"
            elif bare in ("كان", "كانت"):
                new = f"{conjunction}لم {'تكن' if bare == 'كانت' else 'يكن'}"
        formula = word.key == "يذكر" and _next(words, at) == "ان"
        if not formula and before.removeprefix("و") not in _NO_NEGATION and word.key in IMPERFECT:
            new = f"لا {word.text}"
        if word.key[:1] == "س" and word.key[1:] in IMPERFECT:
            new = f"لن {word.text[1:]}"
        if word.key == "هناك" and (at == 0 or before in ("ان", "بان")):
            new = "ليس هناك"
        if new:
            options.append(replaced(scene.text, word.start, word.end, new))
    return scene.random.choice(options) if options else None


def _affirmed(scene: Scene) -> str | None:
    """A negation taken out."""
    words = scene.words
    if any(word.key in ("الا", "سوي", "حتي", "بعد", "ما", "اذا", "لو") for word in words):
        return None
    for word, following in pairwise(words):
        conjunction, bare = parted(word.key) if len(word.key) > 2 else ("", word.key)
        verb = following.key
        if verb in _NOT_NEGATED or scene.text[word.end : following.start] != " ":
            continue
        if word.key[:1] == "و" and word.key[1:] in ("لا", "لم", "لن"):
            conjunction, bare = "و", word.key[1:]
        if bare == "لا" and verb in IMPERFECT:
            new = following.text
        elif bare == "لم" and verb in JUSSIVE:
            new = JUSSIVE[verb]
        elif bare == "لم" and verb in ("يكن", "تكن"):
            new = "كان" if verb == "يكن" else "كانت"
        elif bare == "لن" and verb[:1] in "يت":
            new = f"س{following.text}"
        elif bare == "غير" and not conjunction and _is_plain_adjective(following):
            new = following.text
        else:
            continue
        return replaced(scene.text, word.start, following.end, conjunction + new)
    return None


def _is_plain_adjective(word: Word) -> bool:
    return len(word.key) >= 4 and word.key[0] in "من" and not is_stop_word(word.key)


def _denied(scene: Scene) -> str | None:
    """أكد for نفى, رفض for قبل."""
    return _exchanged(scene, _DENIALS)


def _opposite(scene: Scene) -> str | None:
    """A word for its opposite, which the sentence does not hold."""
    return _exchanged(scene, _OPPOSITES)


def _exchanged(scene: Scene, table: dict[str, str]) -> str | None:
    held = {word.key for word in scene.words}
    options = []
    words = scene.words
    for at, word in enumerate(words):
        for conjunction, key in {("", word.key), parted(word.key)}:
            new = table.get(key)
            if not new or normalize(new) in held or (key == "اول" and _next(words, at) == "امس"):
                continue
            if normalize(new) in ("نفي", "نفت") and _next(words, at) == "علي":
                continue
            if key == "رفض" and at and words[at - 1].key not in _BEFORE_VERB:
                continue
            options.append(replaced(scene.text, word.start, word.end, conjunction + new))
    return scene.random.choice(options) if options else None


def _next(words: Sequence[Word], at: int) -> str:
    return words[at + 1].key if at + 1 < len(words) else ""


def _before(scene: Scene) -> str | None:
    """قبل for بعد."""
    words = scene.words
    held = {word.key for word in words}
    if {"لم", "ولم"} & held or set(BEFORE_AFTER) <= held:
        return None
    for at, word in enumerate(words):
        before, following = words[at - 1].key if at else "", _next(words, at)
        if (
            word.key in BEFORE_AFTER
            and before not in ("من", "فيما", "علي", "الي", "عن")
            and len(following) > 1
            and following != "غد"
        ):
            new = BEFORE_AFTER[1 - BEFORE_AFTER.index(word.key)]
            return replaced(scene.text, word.start, word.end, new)
    return None


def _misquoted(scene: Scene) -> str | None:
    """A word of a quotation exchanged for one of another sentence."""
    held = {word.key for word in scene.words}
    words = words_of(scene.passage.text)
    others = [word.text for word in words if word.key not in held and _is_content(word)]
    inside = [
        word
        for match in QUOTED.finditer(scene.text)
        if len(words_of(match.group())) >= 4
        for word in scene.words
        if match.start() < word.start and word.end < match.end() and _is_content(word)
    ]
    if not inside or not others:
        return None
    word = scene.random.choice(inside)
    alike = [other for other in others if other.startswith("ال") == word.text.startswith("ال")] or others
    return replaced(scene.text, word.start, word.end, scene.random.choice(alike))


def _is_content(word: Word) -> bool:
    return len(word.key) >= 4 and word.key.isalpha() and not is_stop_word(word.key)


FALSE_POLARITY: dict[str, Maker] = {
    "negation/put in": _negated,
    "negation/taken out": _affirmed,
    "negation/denied": _denied,
    "negation/opposite": _opposite,
    "negation/before": _before,
    "quotation/word": _misquoted,
}
