"""Questions in Latin letters over Arabic articles, without a model: a news glossary for words, letters for names.

`data/glossary.tsv` was written for Dalil: an English word or phrase and one to three Arabic words for it, best first. What it lacks is
taken for a name. A question that is not English is taken for Arabizi. Arabic words among Latin ones stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from retrieval.arabic import words
from retrieval.transliteration import of_arabizi, of_name

_FILE = Path(__file__).parent / "data" / "glossary.tsv"
_LONGEST = 4
"""Words of the longest entries."""
_LATIN = re.compile(r"[A-Za-z]")
_PIECE = re.compile(r"\d[\d.]*\d|[A-Za-z0-9][A-Za-z0-9'.&-]*|[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_LETTERS = str.maketrans(
    {"ı": "i", "İ": "I", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "Æ": "Ae", "đ": "d", "’": "'"}
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CONTRACTED = re.compile(r"(?i)\b(what|who|where|when|why|how|that|there|it|he|she|we|they|you|i)'(?:s|re|d|ll|ve|m)\b")
_NEGATED = re.compile(r"(?i)\b(?:is|are|was|were|do|does|did|has|have|had|ca|wo|would|could|should)n't\b")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|s)")
_UNIT = re.compile(r"\d+(?:am|pm|km|kg|cm|mm|m|g|bn|mn|k|gb|mb|mph|kph|d|x)")

Term = tuple[str, ...]
"""Ways to say one thing in Arabic, the best first, and the word itself, which an article may have in Latin letters."""

_QUESTION_PHRASES = {
    "how many times": "كم مرة", "how deep": "كم عمق", "how wide": "كم عرض", "how fast": "كم سرعة", "how large": "كم مساحة",
    "how big": "كم مساحة", "how heavy": "كم وزن", "how many": "كم عدد", "how much": "كم", "how old": "كم عمر",
    "how long": "كم مدة", "how far": "كم مسافة", "how tall": "كم طول",
    "how high": "كم ارتفاع", "how often": "كم مرة", "what year": "في أي عام", "what time": "متى", "which year": "في أي عام",
    "what country": "في أي دولة", "which country": "في أي دولة", "what city": "في أي مدينة", "which city": "في أي مدينة",
    "who is": "من هو", "who was": "من هو", "when": "متى", "where": "أين", "who": "من", "whom": "من", "whose": "من", "why": "لماذا",
    "how": "كيف", "what is": "ما هو", "what are": "ما هي", "what did": "ماذا", "what does": "ماذا", "what": "ما", "which": "أي",
}  # fmt: skip
_STOP_WORDS = """
a an the of to in on at by for from with about into onto over under between among through during before after above below and or but
nor so than as if because while though although until since i me my we us our you your he him his she her it its they them their this
that these those there here is are was were be been being am do does did done have has had having can could will would shall should may
might must not no yes also too very just only own same such any some all each every both either neither other another what when where
who whom whose which why how many much more most less least please tell ago up out off down again further once per via vs versus
according amid upon within without against toward towards
"""
_STOP = frozenset(_STOP_WORDS.split())
_SAYING = frozenset(words("قال أعلن صرح أكد ذكر أضاف وصف كتب طالب سمى"))
_MONTH_NAMES = """
january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
"""
_MONTHS = frozenset(_MONTH_NAMES.split())
"""Beside one of these, 7th is a day, which an article gives as a number."""
_CAPITALS = {"US": ("الولايات المتحدة", "أميركا", "أميركي"), "WHO": ("منظمة الصحة العالمية",), "May": ("مايو", "أيار")}
"""Names that are stop words but for their capitals."""
_ARABIZI_TABLE = """
meen min mn men chkoun: من | shu sho shou esh eish matha mada eh wesh wach: ماذا | ma: ما
leh leish lesh limatha 3lach: لماذا | wein ween wayn fen feen ayna: أين | emta mata imta: متى
kif keef kayf kayfa ezay: كيف | kam kem adesh: كم | hal: هل | fi fee: في | 3an: عن | 3ala 3la: على | ila ela: إلى
bi: ب | wa w: و | huwa howa howwe houwa: هو | hiya heya: هي | illi elli: الذي | ba3d b3d: بعد | 2abl qabl: قبل
"""
_ARABIZI_NAMES_TABLE = """
masr misr: مصر | lebnan lubnan: لبنان | falastin: فلسطين | souria: سوريا | tounes: تونس | lmaghrib: المغرب | so3odeya: السعودية
"""


def _table(text: str) -> dict[str, str]:
    """Latin words and the Arabic one that all of them stand for, from `one two: واحد | three: ثلاثة` on some lines."""
    entries = (entry.split(":") for line in text.split("\n") for entry in line.split("|") if ":" in entry)
    return {latin: arabic.strip() for names, arabic in entries for latin in names.split()}


_ARABIZI_WORDS = _table(_ARABIZI_TABLE)
"""Function words, which are not looked for."""
_ARABIZI_NAMES = _table(_ARABIZI_NAMES_TABLE)


def needs_translation(text: str) -> bool:
    """Whether a text has words in Latin letters."""
    return bool(_LATIN.search(text))


def in_arabic(text: str) -> str:
    """The question in Arabic words, the best for each: enough to tell what is asked for. A text without Latin letters stays."""
    if not needs_translation(text):
        return text
    pieces = _pieces(text)
    if not is_english(pieces):
        return " ".join(_ARABIZI_WORDS.get(piece.lower()) or _best(term) for piece, term in _arabizi(pieces))
    asked, rest = _question_phrase(pieces)
    found = [_best(term) for term in _english(rest)]
    if asked == "ماذا":  # what did … say: the verb stands behind the question word
        found.sort(key=lambda word: word not in _SAYING)
    return " ".join([asked, *found]).strip()


def terms(text: str) -> list[Term]:
    """What a text looks for, thing by thing, as normalised words or phrases; stop words left out."""
    pieces = _pieces(text)
    if not is_english(pieces):
        return [term for piece, term in _arabizi(pieces) if piece.lower() not in _ARABIZI_WORDS]
    return list(_english(_question_phrase(pieces)[1]))


def names(text: str) -> list[Term]:
    """The names that a passage must have to answer: those in Latin letters amid Arabic words, and capitals not in the glossary.

    A question all in capitals, or in those of a title, does not tell its names.
    """
    pieces = [piece for piece in _pieces(text) if any(letter.isalpha() for letter in piece)]
    latin = [piece for piece in pieces if _LATIN.search(piece)]
    if len(latin) * 2 <= len(pieces):
        capitals = [piece for piece in latin if piece[0].isupper() or not _known(piece.lower())]
        return [(*term, *of_name(term[-1])[:1]) for term in _english(capitals) if term]
    capitals = [piece for piece in latin[1:] if piece[0].isupper()]
    if not is_english(pieces) or len(capitals) * 4 > len(latin) * 3:
        return []
    unknown = [
        piece for piece in capitals if not all(_known(part) for part in re.split(r"[-'.&]", piece.lower()) if part)
    ]
    return [term for piece in unknown if not _ORDINAL.fullmatch(piece) and (term := _word(piece, piece.lower()))]


def _known(word: str) -> bool:
    return word in _STOP or bool(_entry(word)) or word in _words_of_entries()


def is_english(pieces: list[str]) -> bool:
    """Whether the words in Latin letters are English or names rather than Arabizi.

    Arabizi has digits for letters or its own function words, and less than half of its words are English.
    """
    latin = [piece.lower() for piece in pieces if _LATIN.search(piece)]
    known = sum(piece in _STOP or bool(_entry(piece)) for piece in latin if piece not in _ARABIZI_WORDS)
    arabizi = sum(piece in _ARABIZI_WORDS and piece not in _STOP for piece in latin)
    digits = sum(_as_letter(piece) for piece in pieces)
    return not arabizi + digits or known * 2 >= len(latin)


def _as_letter(piece: str) -> bool:
    """Whether a digit stands among small letters as in 7arb, ra2ees (and not as in 1st, 7pm, covid-19, G20)."""
    if _ORDINAL.fullmatch(piece) or _UNIT.fullmatch(piece):
        return False
    return bool(re.search(r"[a-z][235679](?=[a-z])|^[235679](?=[a-z]{2})", piece))


# ------------------------------------------------------------------------------------------------------ words


def _pieces(text: str) -> list[str]:
    """The words of a text, without accents, marks, thousands separators and contractions; final points taken off."""
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text).translate(_LETTERS))
    text = _NEGATED.sub(" ", _CONTRACTED.sub(r"\1", _THOUSANDS.sub("", text)))
    return [found.rstrip(".'") for found in _PIECE.findall(text)]


@lru_cache(maxsize=1)
def _glossary() -> dict[str, tuple[str, ...]]:
    entries = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return {english.rstrip("."): tuple(arabic) for english, *arabic in entries}


@lru_cache(maxsize=1)
def _words_of_entries() -> frozenset[str]:
    return frozenset(word for entry in _glossary() for word in entry.split())


def _entry(word: str) -> tuple[str, ...]:
    """The Arabic of a word or phrase, looked up as it is, then in its base form; () for one not in the glossary."""
    glossary = _glossary()
    first, *rest = word.split(" ", 1)
    forms = [*_forms(word), *(f"{form} {rest[0]}" for form in _forms(first) if rest)]
    return next((glossary[form] for form in forms if form in glossary), ())


def _forms(word: str) -> Iterator[str]:
    """A word or phrase and what it may be an inflection of (Porter 1980, step 1, backwards)."""
    stem = re.sub(r"'s?$", "", word)
    yield from dict.fromkeys((word, stem, stem.replace(".", ""), stem.replace("-", " ")))
    if stem.endswith("ies") or stem.endswith("ied"):
        yield stem[:-3] + "y"
    if stem.endswith("s"):
        yield stem[:-1]
    if re.search(r"(?:[sxzo]|ch|sh)es$", stem):
        yield stem[:-2]
    if stem.endswith("ying"):
        yield stem[:-4] + "ie"
    for ending, least in (("ed", 3), ("ing", 2), ("ly", 3)):
        base = stem[: -len(ending)]
        if stem.endswith(ending) and len(base) >= least - 1:
            yield base + "e"
            if len(base) >= least:
                yield base
            if base[-1:] == base[-2:-1]:
                yield base[:-1]


def _question_phrase(pieces: list[str]) -> tuple[str, list[str]]:
    """The Arabic question words a question begins with, or that stand first in it, and the other pieces."""
    lower = [piece.lower() for piece in pieces]
    for at in range(len(lower)):
        for size in (3, 2, 1):
            phrase = " ".join(lower[at : at + size])
            if phrase in _QUESTION_PHRASES and not (pieces[at] == "WHO" and not _shouted(pieces)):
                asked = _QUESTION_PHRASES[phrase]
                return asked, [*pieces[:at], *pieces[at + size :]]
    return "", pieces


def _english(pieces: list[str]) -> Iterator[Term]:
    """The longest entries from left to right; what is in none is a name, in Arabic letters."""
    lower = [piece.lower() for piece in pieces]
    shouted = _shouted(pieces)
    at = 0
    while at < len(pieces):
        size, found = next(
            ((size, found) for size in range(min(_LONGEST, len(pieces) - at), 1, -1) if (found := _entry(" ".join(lower[at : at + size])))),
            (1, ()),
        )  # fmt: skip
        if size > 1:
            yield _normal(*found)
        elif (day := _ORDINAL.fullmatch(lower[at])) and _MONTHS & {
            *lower[max(at - 1, 0) : at],
            *lower[at + 1 : at + 3],
        }:
            yield (day[1],)
        elif not shouted and pieces[at] in _CAPITALS:
            yield _normal(*_CAPITALS[pieces[at]], pieces[at])
        elif lower[at] not in _STOP:
            yield _word(pieces[at], lower[at])
        at += size


def _shouted(pieces: list[str]) -> bool:
    """Whether no piece has a small letter, so that capitals say nothing."""
    return all(piece == piece.upper() for piece in pieces)


def _word(piece: str, lower: str) -> Term:
    if not _LATIN.search(piece):  # a number, or an Arabic word
        return _normal(piece)
    if (number := _ORDINAL.fullmatch(lower)) and not _entry(lower):
        return (number[1],)
    if found := _entry(lower):
        return _normal(*found, piece)
    parts = [part for part in re.split(r"[-.&']", lower) if part]
    if len(parts) > 1:
        return _normal(" ".join(_best(_word(part, part)) for part in parts if part not in _STOP), piece)
    return _normal(*of_name(lower), piece)


def _arabizi(pieces: list[str]) -> Iterator[tuple[str, Term]]:
    """Each piece with its ways; names of the glossary, such as Gaza, first. An article that stands alone is left out."""
    for piece in pieces:
        if not _LATIN.search(piece):
            yield piece, _normal(piece)
        elif piece.lower() not in ("al", "el", "il"):
            known = _ARABIZI_NAMES.get(piece.lower())
            yield piece, _normal(*([known] if known else _glossary().get(piece.lower(), ())), *of_arabizi(piece), piece)


def _normal(*phrases: str) -> Term:
    return tuple(dict.fromkeys(normal for phrase in phrases if (normal := " ".join(words(phrase)))))


def _best(term: Term) -> str:
    return term[0] if term else ""
