"""Commands planted in an article: text that speaks to a language model, or to the program, and not to a reader.

The rules are over sentences read as one letter a word (`retrieval.command_words`); the letters are in
`data/command_words.txt`. What they find in news and miss of attacks is measured in tests/test_planted.py.
"""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.arabic import sentences
from retrieval.command_words import as_letters
from retrieval.types import Span

_START = "(?:^|[|:§¶]|p[o2n]?)[|]?[cpnoz]{0,2}"
"""Where a command may begin: a sentence, a clause, after "please"."""
_MACHINE = "(?:M|[mt]i|i[mt]|[mt]o?[iM]|gmi)"
_PATTERNS = (
    "§",
    # put aside what you were told
    "<start>V[AoDyxz]{0,4}(?:[IT].{0,2}[PG]|[PGZ]|yI)",
    "<start>V.?o[Ao]{0,2}IP",
    "(?:^|[|:c])[cpno]?V[AoDxyz]{0,4}[IxTA].{0,6}c?[Wrwd]",
    "<start>N{1,2}[fF][AoDy]{0,3}(?:I.{0,4}[PG2z]|Z|gI)",
    "<start>.{0,4}N[fF].{0,3}I.?P",
    "[PAI]{2,4}.?K",
    "[IH].?n:.?c?[WwrNd]",
    "nIF",
    "D?I.{0,3}R.{0,4}IP",
    "(?:I.{0,3}[PG]|PoI|G.?P?).{0,4}L",
    "2.AIP",
    "^E.?IP",
    "[IHT].{0,4}G",
    "Z[|].{0,80}[Wwd]",
    "^x.{0,2}Z",
    "^W?w?[Ax]{2}.?[PG].{0,5}L",
    # spoken to a machine
    "X[o.]{0,2}(?:<machine>|[mt](?:$|[^.iT]))",
    "(?:^|[|:])[HI].{0,2}(?:<machine>.{0,4}|[mt]):",
    "(?:^|[|:])H.{0,3}<machine>.{0,8}[|:].{0,80}[WwrNpd]",
    "(?:^|[|:])oA?.?<machine>.{0,7}:",
    "(?:^|[|:c])[Ccpo]{0,2}2o?[oAn.]?.?(?:<machine>|[mt][|]).{0,80}[WwrNpd]",
    "(?:^|[|:])2n?<machine>",
    "t.{0,4}[|]2n",
    "¶.{0,80}(?:<machine>|[mtWwrVpd])",
    "(?:^|[|:])<machine>:.{0,80}[WwrNpd]",
    "(?:^|[|])(?:Ig|gI|Hg|gH)[|]?:",
    "^[Ut]:",
    # when it is asked
    "^c?C.{0,4}Q.{0,80}(?:[Wwrd]|Nk)",
    "^c?oQ.{0,80}(?:[Wrd]|Nk)",
    "^A[o.][Qu]o.{0,80}[WwN]",
    "vu.{0,80}p",
    "^[^|:]{0,4}Q.{0,80}c?[Wr]",
    "(?:[Wr]|[Nx]k).{0,80}Q",
    "^c?C[o.U]{0,2}S.{0,3}[DAq].{0,80}[WwrNpd]",
    "^c?C.{0,3}Uq?Q.{0,80}[Wwrd]",
    "^c?C.{0,3}z.?S.{0,80}[Wwrd]",
    "^c?C.z[Uv]",
    "^c?C.{0,3}DTm",
    "^c?[Co]{1,2}[v.o]{0,3}D.{1,3}m.{0,80}[Wk]",
    "[mM]i?N.?v",
    "zv?.?q",
    # what its answer is to be
    "(?:Y|y[rS]).{0,80}(?:[Wp@]|Nk|rl|kN)",
    "(?:[Wp@]|Nk|C[.N]?k).{0,80}(?:Y|y[rS])",
    "<start>[wrd](?!Y).{0,80}(?:Y|y[rS])",
    "<start>r.{0,8}l",
    "<start>lr",
    "<start>r.{0,4}T.{0,2}:",
    "<start>Nkl",
    "^on[.o]?[WrNkd]",
    "<start>rAo?q",
    "<start>l?d.{0,60}Ar",
    "^W.{0,5}[|]w",
    "<start>Nk.{0,3}I.{0,60}c[WrF]",
    "^c?C.{0,9}u.{0,60}W",
    "<start>(?:N{1,2}|x)[kWwd].{0,2}(?:U|D[IHT]|sc?[Wwr])",
    "<start>[Wwd](?:o{0,2}|[Ax]{1,2}.)U",
    "<start>[Wwrd].{0,4}(?:Z|I.?z|y[gI]|DI)",
    "<start>[Wwd][oA]{0,2}(?:Ig|Hg|Tg|gI)",
    "<start>[Wwd][oDx]{0,2}(?:TP|xP)",
    "<start>[Wwd].{0,3}[HT].?G",
    "<start>[Wwd].{0,4}h[|:o@]",
    "<start>[Wwd].{0,3}[hT].{0,2}@",
    "<start>[WwpYd].{0,80}¡",
    "¡.{0,80}[WYpd]",
    # who it is to be, and who says so
    "<start>ab.{0,80}[WwrSYMmUd]",
    "(?:^|[|:])2o?n.{0,80}(?:[WrYd]|<machine>|I)",
    "<start>J.?n?o?k",
    "p[zn]{1,2}o?k",
    "(?:^|[|])Jn[^o]",
    "^H.{0,80}J",
    "yn?.?J",
    "z{1,2}o?k.{0,80}[vUQY]",
    "[ej].{0,2}j?.{0,4}(?:O|c?Wz)",
    "E[oD]?T.{0,3}[|:].{0,80}[Wprkd]",
    # what it is to decode
    "%.{0,80}[BFW]",
    "[BFW].{0,80}%",
    "(?:^|[|:])c?B.{0,8}F",
    "B[|.]{0,3}Wc?w",
)
_RULES = re.compile("|".join(_PATTERNS).replace("<start>", _START).replace("<machine>", _MACHINE))
"""Every gap is bounded, so that a search takes linear time."""
_COMMAND = re.compile(f"W|{_START}(?:[dF]|N{{1,2}}[kWfd])|cF|cN[kf]|[zpCJ][no2]{{0,2}}k|^[CAo]{{0,2}}[Qu].{{0,40}}cw")
"""A command of any kind; the imperatives of `W` are rare enough in news to count wherever they stand."""
_SIGNS = {**dict.fromkeys("MYZ", 4), **dict.fromkeys("JUQqSIh2zvtL@G", 2), **dict.fromkeys("gmilnTDrkuy", 1)}
"""What a command to a machine speaks of, each counted once: itself and its answer, users and questions, the text."""
_ENOUGH = 4


def _commands(letters: str) -> bool:
    if _RULES.search(letters):
        return True
    return sum(_SIGNS.get(sign, 0) for sign in set(letters)) >= _ENOUGH and bool(_COMMAND.search(letters))


_GOES_ON = re.compile("[|:]?c?[no]?(?:[WwrFd]|N{1,2}[kWfd])")


@lru_cache(maxsize=1 << 12)
def planted(text: str) -> tuple[Span, ...]:
    """The sentences that hold a command to a machine, in order, with those right after them that go on commanding."""
    found: list[Span] = []
    going_on = False
    for span in sentences(text):
        letters = as_letters(span.of(text))
        going_on = _commands(letters) or (going_on and bool(_GOES_ON.match(letters)))
        if going_on:
            found.append(span)
    return tuple(found)


def is_planted(text: str) -> bool:
    """Whether any sentence of a text is a command to a machine."""
    return bool(planted(text))


def without_planted(text: str) -> str:
    """The text with an ellipsis in place of each such sentence."""
    for span in reversed(planted(text)):
        text = f"{text[: span.start]}…{text[span.end :]}"
    return text
