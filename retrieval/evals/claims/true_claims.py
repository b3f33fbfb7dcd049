"""Claims that stay true: a sentence as it is, a clause of it, and light rewordings."""

from __future__ import annotations

import re

from retrieval.arabic import normalize
from retrieval.evals.claims.names import adjective, people_in
from retrieval.evals.claims.numbers import MONTH_OF, is_countable, numbers_in, spelled, word_number
from retrieval.evals.claims.scene import (
    PERFECT,
    Maker,
    Scene,
    after_and,
    clauses,
    parted,
    replaced,
    without_stop,
    words_of,
)
from retrieval.evals.claims.vocabulary import ADDED, MONTHS, SPEECH, TITLES, WEEKDAYS

_DAY = f"(?:{'|'.join(WEEKDAYS)})"
_TIME = re.compile(
    rf"،? (?:(?:مساء|صباح|ظهر|فجر|عشية) )?(?:اليوم|أمس) {_DAY}(?: \d{{1,2}} \w+ \d{{4}})?(?P<comma>،)?(?= |\.|$)"
    rf"|، {_DAY}(?P<other>،)(?= )"
)
_ASIDE = re.compile(r" \([^()«»]{2,40}\)(?=[ ،.])")
_ALSO = re.compile(r" (?:أيضا|أيضًا|أيضاً|كذلك)(?=[ ،.])")
_BOUND = frozenset({"منذ", "حتي", "الي", "من", "يوم", "قبل", "بعد", "ليله", "وحتي", "ان", "في"})
"""Words that the phrase after them completes."""
_SOURCE = re.compile(
    r"^(?P<head>[^،]{30,}?)،?\s(?P<source>(?:ب?حسب|وفقا?ً?) (?:ل?ما|ل?بلاغ|ل?بيان|تعبير|قول|تقدير|ل?مصدر|ل?مصادر|ل?لمصدر"
    r"|المصدر|المصادر|ذات|نفس|صحيفة|وكالة)[^،]{2,90})$"
)
_LEADS = frozenset(PERFECT) | {"كان", "كانت", "قد", "يقول", "تقول"}
_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_PLAIN = str.maketrans({**dict.fromkeys("أإآ", "ا"), "ى": "ي", "ة": "ه"})
_MARKS = re.compile("[\u064b-\u0652]")
_SPEECH = {normalize(word): (verb, at) for verb in SPEECH for at, word in enumerate(verb)}


def _sentence(scene: Scene) -> str:
    return scene.text


def _clause(scene: Scene) -> str | None:
    found = clauses(scene.text)
    return scene.random.choice(found) if found else None


def _spelling(scene: Scene) -> str | None:
    """Letters, marks or digits written another way."""
    ways = (
        lambda text: re.sub("[أإآىة]", lambda m: m.group().translate(_PLAIN), text),
        lambda text: text.translate(_INDIC),
        lambda text: _MARKS.sub("", text),
        lambda text: re.sub("(?<=\\b[بتسشمنفقيل])(?=[بتثجحخسشصضطظعغفقكلمنهي])", "ـ", text),
        lambda text: re.sub("(?<=\\bال[تثدذرزسشصضطظن])", "ّ", text),
    )
    changed = [new for way in ways if (new := way(scene.text)) != scene.text]
    return scene.random.choice(changed) if changed else None


def _number_form(scene: Scene) -> str | None:
    """A number in digits as a word, or a number word in digits."""
    words = scene.words
    options = []
    for number in numbers_in(scene.text):
        before = words[words.index(number.word) - 1].key if words.index(number.word) else ""
        if is_countable(number, before) and (name := spelled(int(number.value))):
            options.append(replaced(scene.text, number.word.start, number.word.end, name))
    for at, word in enumerate(words):
        if found := word_number(words, at):
            value, end = found
            options.append(replaced(scene.text, word.start, words[end - 1].end, str(value)))
    return scene.random.choice(options) if options else None


def _month_name(scene: Scene) -> str | None:
    """The Gregorian, Maghrebi or Levantine name of a month for another."""
    words = scene.words
    for at, word in enumerate(words):
        month = MONTH_OF.get(word.key)
        if month is None or not at or not words[at - 1].key.isdigit():
            continue
        others = [name for name in MONTHS[month] if normalize(name) != word.key]
        if not any(name in scene.text for name in others):
            return replaced(scene.text, word.start, word.end, scene.random.choice(others))
    return None


def _reordered(scene: Scene) -> str | None:
    """Who says so, from the end of the sentence to its head."""
    match = _SOURCE.match(without_stop(scene.text))
    if not match or any(quote in match["source"] for quote in '«»"'):
        return None
    head = match["head"]
    if head.endswith((" وذلك", " هذا", " وهذا")):
        return None
    return f"{match['source']}، {head.removeprefix('و') if parted(words_of(head)[0].key)[1] in _LEADS else head}."


def _shortened(scene: Scene) -> str | None:
    """Without a phrase of time between commas, an aside in brackets, or أيضا."""
    options = []
    for match in _TIME.finditer(scene.text):
        before = words_of(scene.text[: match.start()])
        if before and (before[-1].key in _BOUND or before[-1].key in TITLES):
            continue
        comma = "،" if (match["comma"] or match["other"]) and not match.group().startswith("،") else ""
        options.append(replaced(scene.text, match.start(), match.end(), comma))
    options += [replaced(scene.text, match.start(), match.end(), "") for match in _ASIDE.finditer(scene.text)]
    options += [replaced(scene.text, match.start(), match.end(), "") for match in _ALSO.finditer(scene.text)]
    return re.sub(r" +(?=[،.])", "", scene.random.choice(options)) if options else None


def _reported(scene: Scene) -> str | None:
    """Another verb of speech at the head of the sentence, with the particle that it takes."""
    first = scene.words[0]
    conjunction, bare = parted(first.key)
    if bare in ADDED and bare not in _SPEECH:
        old, form = None, int(bare.endswith("ت"))
    elif bare in _SPEECH:
        old, form = _SPEECH[bare]
    else:
        return None
    if not (particle := re.search(r"(?<=[ ،])ب?[أإا]ن(?=ّ?[هام]* )", scene.text)):
        return None
    new = scene.random.choice([verb for verb in SPEECH if verb != old and verb != SPEECH[-1]])
    text = replaced(scene.text, particle.start(), particle.end(), "إن" if new == SPEECH[0] else "أن")
    return conjunction + new[form] + text[first.end :]


def _untitled(scene: Scene) -> str | None:
    """A name without the title before it."""
    words = scene.words
    for person in people_in(scene.text):
        at = next(place for place, word in enumerate(words) if word.start == person.start)
        start = at - 1
        if start > 0 and adjective(words[start]):
            start -= 1
        if (
            start >= 0
            and words[start].key in TITLES
            and not re.search('[،"«“]', scene.text[words[start].start : person.start])
        ):
            return replaced(scene.text, words[start].start, person.start - 1, "").replace("  ", " ")
    return None


def _named(scene: Scene) -> str | None:
    """The one who spoke in the sentence before, named in this one: وأضاف أن becomes وأضاف فلان أن."""
    first, second = scene.words[0], scene.words[1]
    conjunction, bare = parted(first.key)
    before = words_of(scene.preceding)
    if bare not in ADDED or not conjunction or not second.key.startswith("ان") or not before:
        return None
    people, verb = people_in(scene.preceding), parted(before[0].key)[1]
    if len(people) != 1 or verb not in _SPEAKERS or verb.endswith("ت") != bare.endswith("ت"):
        return None
    lead = scene.preceding[: people[0].start]
    if len(words_of(lead)) > 6 or re.search('[إأا]ن |عن |مع |ضد |مراسل|[«"]', lead):
        return None
    return f"{scene.text[: first.end]} {people[0].text}{scene.text[first.end :]}"


_SPEAKERS = {
    normalize(word) for verb in (*SPEECH, ("أكد", "أكدت"), ("أعلن", "أعلنت"), ("كشف", "كشفت")) for word in verb
}


def _joined(scene: Scene) -> str | None:
    """Two neighbouring sentences as one."""
    if not scene.following:
        return None
    return f"{without_stop(scene.text)} {after_and(scene.following)}"


TRUE: dict[str, Maker] = {
    "true/sentence": _sentence,
    "true/clause": _clause,
    "true/spelling": _spelling,
    "true/number form": _number_form,
    "true/month name": _month_name,
    "true/reordered": _reordered,
    "true/shortened": _shortened,
    "true/reporting verb": _reported,
    "true/title dropped": _untitled,
    "true/pronoun named": _named,
    "true/joined": _joined,
}
