"""How common a stem is in Arabic at large, so that a small collection can tell a telling word from a filler.

`data/stem_frequency.txt` holds shares of documents, in half-octave bands, for stems that are common in several kinds of
text. It was counted on the train halves of a news, an encyclopaedia and a how-and-why collection; the share is the
geometric mean over the three, so that a word of one domain only (تونس in Tunisian news) does not count as common.
Made by: python -m retrieval.frequency CORPUS.jsonl… > retrieval/data/stem_frequency.txt
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from retrieval.arabic import content_words, stem

_FILE = Path(__file__).parent / "data" / "stem_frequency.txt"
_RAREST = 2**-9
"""Share of documents of a stem that is not in the file: below 1 in 512."""


@lru_cache(maxsize=1)
def _shares() -> dict[str, float]:
    shares = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            band, *stems = line.split()
            shares.update(dict.fromkeys(stems, 2.0 ** (-int(band) / 2)))
    return shares


def weight(stem_: str) -> float:
    """How telling a stem is, 0..1: its inverse document frequency in general Arabic over that of a rare one."""
    return math.log2(_shares().get(stem_, _RAREST)) / math.log2(_RAREST)


_PROCLITICS = ("وب", "ول", "فب", "و", "ف", "ب", "ل", "ك")
_FIRST = tuple({proclitic[0] for proclitic in _PROCLITICS})
_WITH_ARTICLE = ("ال", "وال", "بال", "فال", "كال", "لل", "ولل", "وبال")
"""Beginnings that `stem` knows."""


@lru_cache(maxsize=1 << 18)
def without_proclitic(word: str) -> str:
    """A normalised word without the conjunction or preposition before it (بحرب، كوزير), or the word itself.

    It comes off only when the rest has a common stem, at least as common as the whole: «بريد» and «لقاء» stay whole.
    """
    if not word.startswith(_FIRST) or word.startswith(_WITH_ARTICLE):
        return word
    common = _shares()
    share = common.get(stem(word), 0.0)
    for proclitic in _PROCLITICS:
        rest = word[len(proclitic) :]
        if len(rest) >= 2 and word.startswith(proclitic) and common.get(stem(rest), 0.0) >= max(share, _RAREST):
            return rest
    return word


def shares(corpora: Sequence[Iterable[str]]) -> dict[str, float]:
    """The geometric mean over corpora of the share of texts that hold a stem; unseen counts as half a text."""
    logs: defaultdict[str, float] = defaultdict(float)
    unseen = 0.0
    for corpus in corpora:
        counts: Counter[str] = Counter()
        total = 0
        for text in corpus:
            total += 1
            counts.update({stem(word) for word in content_words(text)})
        floor = math.log2(0.5 / (total + 1))
        unseen += floor
        for stem_, count in counts.items():
            logs[stem_] += math.log2((count + 0.5) / (total + 1)) - floor
    return {stem_: 2.0 ** ((log + unseen) / len(corpora)) for stem_, log in logs.items()}


def _main(paths: Sequence[str]) -> None:
    corpora = [[json.loads(line)["text"] for line in Path(path).read_text("utf-8").splitlines()] for path in paths]
    bands: defaultdict[int, list[str]] = defaultdict(list)
    for stem_, share in shares(corpora).items():
        if share > _RAREST:
            bands[max(0, round(-2 * math.log2(share)))].append(stem_)
    sys.stdout.write("# share of documents = 2 ** (-band / 2); see retrieval/frequency.py\n")
    for band, stems in sorted(bands.items()):
        sys.stdout.write(f"{band} {' '.join(sorted(stems))}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
