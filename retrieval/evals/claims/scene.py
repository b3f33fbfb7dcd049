"""What a claim is derived from: a statement of a passage, its words, and the articles around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from retrieval.arabic import content_words, normalize, sentences, stem
from retrieval.evals.claims.vocabulary import ADDED, VERBS, keyed
from retrieval.types import Passage

_WORD = re.compile("\\d+(?:[.,٫٬]\\d+)*|(?:[^\\W\\d_]|[\u064b-\u065f\u0670])+")
_ENDS = " .؛;،,!"
_OPENINGS = keyed("إذا لو عندما حين حينما بعدما بينما فيما رغم منذ لولا كلما حيث إذ لأن كي حتى أما وإذا")
"""Words that begin a subordinate clause: what stands before the comma is no statement."""
_AFTERTHOUGHTS = keyed(
    "مما فيما حيث وفق ووفق حسب بحسب وفقا وذلك وهو وهي بعد قبل إثر عقب كما بسبب علما خلال اليوم أمس الذي التي الذين منذ جراء مؤكدا مؤكدة"
    " مشيرا مشيرة مضيفا مضيفة معتبرا معتبرة موضحا موضحة داعيا داعية مبينا احتجاجا وكان وكانت وقد وأضاف وأكد وتم وأن إضافة بعدما بينما في"
    " ضمن بمشاركة بحضور"
)
"""Words after a comma before which a sentence may end."""
INTRODUCED = keyed("إن أن إنه إنها أنه أنها بأن بأنه بأنها إنهم أنهم أنّ")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a number of a text, with its normalised form."""

    start: int
    end: int
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement put beside a passage, and whether the passage carries it."""

    text: str
    passage: Passage
    true: bool
    kind: str
    """`group/kind`, such as `number/year`."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A true statement of a passage. `siblings` are the passages of its article, itself included."""

    text: str
    passage: Passage
    siblings: Sequence[Passage]
    pool: Pool
    random: Random
    following: str = ""
    """The sentence after it, for a whole sentence."""
    preceding: str = ""

    @property
    def words(self) -> tuple[Word, ...]:
        return words_of(self.text)


@dataclass(frozen=True, slots=True)
class Pool:
    """What all articles offer: people, and the sentences that name somebody or some place."""

    passages: Sequence[Passage]
    people: Sequence[str]
    naming: Mapping[str, Sequence[tuple[str, str]]]
    """By name: the article's id and the sentence."""


Maker = Callable[[Scene], str | None]
"""A claim made of a scene, or None where nothing in it can be changed."""


@lru_cache(maxsize=1 << 14)
def words_of(text: str) -> tuple[Word, ...]:
    """The words and numbers of a text, as written."""
    return tuple(Word(m.start(), m.end(), m.group(), normalize(m.group())) for m in _WORD.finditer(text))


def replaced(text: str, start: int, end: int, new: str) -> str:
    """The text with the characters `start` to `end` exchanged; nothing new takes a blank along."""
    return text[:start] + new + text[end:] if new else (text[:start].rstrip() + " " + text[end:].lstrip()).strip()


_SHORT = frozenset({"تم", "قد", "لم", "لا", "لن", "هو", "هي"})


def parted(key: str) -> tuple[str, str]:
    """The conjunction before a word, and the word."""
    return (key[0], key[1:]) if key[:1] in ("و", "ف") and (len(key) > 3 or key[1:] in _SHORT) else ("", key)


def after_and(text: str) -> str:
    """A statement with و before it, once."""
    first = words_of(text)[0].key
    joined = first[0] == "و" and first not in PERFECT and not first.startswith(_RADICAL)
    return text if joined else f"و{text}"


_RADICAL = (
    "وزار",
    "وزير",
    "وزرا",
    "وكال",
    "وصف",
    "ولد",
    "ولاي",
    "وجد",
    "وفا",
    "وفق",
    "وحد",
    "وضع",
    "وسط",
    "واشنطن",
    "ورد",
    "وقوف",
    "وفد",
)


def without_stop(text: str) -> str:
    """A statement without its full stop."""
    return text.rstrip(_ENDS)


def overlap(text: str, passage: Passage) -> float:
    """The share of the content stems of a text that a passage holds."""
    wanted = {stem(word) for word in content_words(text)}
    held = {stem(word) for word in content_words(passage.text)}
    return len(wanted & held) / (len(wanted) or 1)


QUOTED = re.compile('«[^«»]+»|"[^"]+"|“[^“”]+”')


def keeps_quotations(text: str, passage: Passage) -> bool:
    """Whether every quotation in a claim stands in the passage as it is."""
    return all(match.group() in passage.text for match in QUOTED.finditer(text))


def _forms() -> list[tuple[str, str, str]]:
    """The perfect, the imperfect and the jussive of each verb, masculine and feminine, as written."""
    found = []
    for entry in VERBS.split():
        perfect, *others = entry.split("/")
        feminine = others.pop(0) if not others[0].startswith("ي") else f"{perfect}ت"
        imperfect, jussive = others[0], others[-1]
        found += [(perfect, imperfect, jussive), (feminine, f"ت{imperfect[1:]}", f"ت{jussive[1:]}")]
    return found


_AMBIGUOUS = keyed("تلقى تقدم تدخل تخرج تقرر تعين تعهد")
"""Imperfects that are the perfect of another verb as well (تدخّل)."""
PERFECT = {normalize(perfect): (imperfect, jussive) for perfect, imperfect, jussive in _forms()}
IMPERFECT = {
    key: perfect
    for perfect, imperfect, _ in reversed(_forms())
    if (key := normalize(imperfect)) not in PERFECT and key not in _AMBIGUOUS
}
JUSSIVE = {normalize(jussive): perfect for perfect, _, jussive in reversed(_forms())}
"""Forms of the verbs, normalised: the imperfect and the jussive of a perfect, the perfect of each of these."""


def is_verb(key: str) -> bool:
    """Whether a normalised word is one of the verbs known here."""
    return any(word in forms for word in (key, key.lstrip("وف")) for forms in (PERFECT, IMPERFECT, JUSSIVE))


def statements(passage: Passage) -> list[str]:
    """The sentences of a passage that say something: no heading, no question, no list, quotation marks closed."""
    found = (span.of(passage.text) for span in sentences(passage.text))
    return [text for text in found if _is_statement(text)]


def _is_statement(text: str) -> bool:
    words = words_of(text)
    return (
        40 <= len(text) <= 420
        and len(words) >= 6
        and "\n" not in text
        and "؟" not in text
        and "?" not in text
        and not text.rstrip().endswith((":", "…", "..", "،"))
        and _is_closed(text)
        and sum(word.text.isascii() for word in words) <= len(words) / 4
        and any(is_verb(word.key) for word in words)
    )


def _is_closed(text: str) -> bool:
    quotes = text.count('"') + text.count("“") + text.count("”")
    pairs = (("«", "»"), ("(", ")"), ("[", "]"))
    return quotes % 2 == 0 and all(text.count(first) == text.count(last) for first, last in pairs)


def clauses(text: str) -> list[str]:
    """Beginnings of a sentence up to a comma that are statements by themselves."""
    words = words_of(text)
    if parted(words[0].key)[1] not in PERFECT or parted(words[0].key)[1] in _OPENINGS:
        return []
    found = []
    for comma in re.finditer("،", text):
        head, tail = text[: comma.start()].rstrip(), words_of(text[comma.end() :])
        inside = words_of(head)
        if len(inside) < 8 or not _is_closed(head) or not tail or tail[0].key not in _AFTERTHOUGHTS:
            continue
        if _is_complete(inside, text[comma.end() :]):
            found.append(f"{head}.")
    return found


def _is_complete(words: Sequence[Word], tail: str) -> bool:
    """Whether a clause has what its verb calls for: what is said, after a verb of speech, and no aside left open."""
    first = parted(words[0].key)[1]
    introduced = [at for at, word in enumerate(words) if word.key in INTRODUCED]
    if introduced:
        return len(words) - introduced[-1] >= 6 and any(is_verb(word.key) for word in words[introduced[-1] + 1 :])
    reports = first in _REPORTING or first in ADDED
    return not reports and not any(word.key in INTRODUCED for word in words_of(tail)[:8])


_REPORTING = keyed(
    "قال قالت أعلن أعلنت أكد أكدت ذكر ذكرت أوضح أوضحت أفاد أفادت صرح صرحت كشف كشفت أشار أشارت اعتبر اعتبرت شدد شددت لفت حذر حذرت توقع"
    " دعا دعت"
    " طالب طالبت نفى نفت اتهم عبر رفض قرر قررت بلغ تم تمت اعترف"
)
