"""A sentence as a string with one letter a word, for rules that hold in every language and wording.

`data/command_words.txt` gives the words of each letter: «تجاهل كل التعليمات السابقة» is `VAIP`, "ignore all previous
instructions" `VAPI`. Words are read through marks, spacing, lookalikes, digits for letters and common misspellings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from retrieval.arabic import normalize

_FILE = Path(__file__).parent / "data" / "command_words.txt"

_FORMS = {
    "plain": ("{}",),
    "verb": ("{}", "{}ي", "{}وا", "{}و", "{}ه", "{}ها", "{}هم", "{}ني", "{}لي", "{}له", "{}لهم", "{}لنا"),
    "noun": ("{}", "ال{}", "لل{}", "بال{}", "كال{}", "ل{}", "ب{}", "{}ا"),
    "second": ("{}", "{}وا", "{}ها", "{}ه"),
    "yours": ("{}ك", "{}كم", "{}تك", "{}تكم", "ل{}ك", "ب{}ك", "ل{}تك", "ب{}تك"),
}

_MARKUP = (
    (re.compile(r"<\|[^|<>\n]{0,30}\|>|\[/?inst\]|<</?sys>>|<</?s>"), " § "),
    (re.compile(r"\"role\"\s{0,3}:\s{0,3}\"(?:system|user|assistant|developer)\""), " § "),
    (re.compile(r"</?(?:system|assistant|user|human|instructions?|prompt)(?: [^<>\n]{0,40})?>"), " § "),
    (re.compile(r"^#{2,6} ?(?:system|instructions?|response|assistant|تعليمات|النظام|المساعد)\b"), " § "),
    (re.compile(r"^[\[(*]{0,3}(?:system|assistant|developer)(?: (?:message|prompt|note))?[\])*]{0,3} ?:"), " § "),
    (re.compile(r"<!--|/\*"), " ¶ "),
    (re.compile(r"!\[[^\]\n]{0,80}\] ?\("), " ¡ "),
    (re.compile(r"(?:https?://|www\.)\S{1,300}"), " @ "),
    (re.compile(r"\b(?<![a-z0-9+/])[a-z0-9+/]{16,}(?:={1,2}|(?<=\d))"), " % "),
)  # fmt: skip
"""Marks that stand for themselves: § a role or its markup, ¶ a comment, ¡ an image, @ an address, % a blob."""
_NO_MARKS = str.maketrans("§¶¡@%", "     ")
_MAYBE_MARKUP = re.compile(r"[<\[#!/=]|www|\"role|(?:system|assistant|developer)|[a-z0-9]{16}")
_PIECE = re.compile(r"[^\W\d_]+(?:['’]t\b)?|[a-z]*\d[a-z0-9]*|[§¶¡@%:]|[^\w\s'’:]+")
_LEET = str.maketrans("013457", "oieast")
_LOOKALIKES = str.maketrans("асеіорхуѕηοα", "aceiopxysnoa")
_MIXED = re.compile("[a-z].*[а-яѕіα-ω]|[а-яѕіα-ω].*[a-z]")
_FUSED = re.compile(
    r"(?:تجاهل|انس|اهمل|الغ|ignore|disregard|forget)(?:كل|جميع|all|the|any)?(?:ال|your|previous|prior)?"
    r"(?:تعليم|اوامر|قواعد|توجيه|ماسبق|instruction|rules|prompt|above)"
)


_LONGEST = 40
"""Characters; longer words are no words."""


@lru_cache(maxsize=1)
def _letters() -> dict[str, str]:
    letters: dict[str, str] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            letter, form, *listed = line.split()
            for word in listed:
                for shape in _FORMS[form]:
                    letters.setdefault(normalize(shape.format(word)), letter)
    return letters


_FIRST_WORDS = ("تجاهل", "ignore", "disregard")


@lru_cache(maxsize=1)
def _misspelt() -> dict[str, str]:
    """Long words of the first rules as they are often misspelt: a letter lost inside, or letters in another order."""
    misspelt: dict[str, str] = {}
    for word, letter in _letters().items():
        if letter in "IP" and len(word) >= 6:
            for lost in range(1, len(word) - 1):
                misspelt.setdefault(word[:lost] + word[lost + 1 :], letter)
        if (letter in "IP" and len(word) >= 6) or word in _FIRST_WORDS:
            misspelt.setdefault(_reordered(word), letter)
            misspelt.setdefault(word, letter)
    return misspelt


def _reordered(word: str) -> str:
    """A word under which all that have its first and last character and the others in any order go."""
    return word[0] + "".join(sorted(word[1:-1])) + word[-1] + "~"


@lru_cache(maxsize=1 << 16)
def _letter(word: str) -> str:
    """The letter of a normalised word, after `c` when «and» is written with it; "." when it has none."""
    letters = _letters()
    if len(word) > _LONGEST:
        return "§" if _FUSED.search(word) else "."
    if _MIXED.search(word):
        word = word.translate(_LOOKALIKES)
    if word.isascii() and not word.isalpha() and not word.isdigit():
        word = word if word in letters else word.translate(_LEET)
    word = re.sub(r"(.)\1{2,}", r"\1", word)
    if word in letters:
        return letters[word]
    if word[0] in "وف" and word[1:] in letters:
        return "c" + letters[word[1:]]
    if len(word) >= 5 and not word.startswith(("تت", "يت", "نت")):
        if len(word) >= 10 and _FUSED.search(word):
            return "§"
        once = re.sub(r"(.)\1", r"\1", word)
        misspelt = _misspelt()
        return misspelt.get(once) or misspelt.get(word) or misspelt.get(_reordered(word), ".")
    return "."


_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .*•·_/-][^\W\d_](?![^\W_])){3,}")
_SPLIT = re.compile(r"(?<=[^\W\d_])[-.*_~^|•·]+(?=[\u0621-\u064a])")


def as_letters(sentence: str) -> str:
    """One letter a word: `:` a colon, `|` other marks, and the marks of `_MARKUP`."""
    text = normalize(sentence)
    text = _SPACED.sub(lambda found: re.sub(r"[\W_]", "", found[0]), text)
    text = _SPLIT.sub("", text).translate(_NO_MARKS)
    if _MAYBE_MARKUP.search(text):
        for pattern, mark in _MARKUP:
            text = pattern.sub(mark, text)
    return "".join(
        piece if piece in "§¶¡@%:" else _letter(piece) if piece[0].isalnum() else "|" for piece in _PIECE.findall(text)
    )
