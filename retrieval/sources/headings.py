"""The shape of a line: may it be a title, does it end a sentence."""

from __future__ import annotations

import re

from retrieval.arabic import sentences, words

HEADING_LENGTH = 160
"""Characters; twice the longest title of the seed articles, for subtitles run longer."""
SPEECH = frozenset(
    form
    for verb in words("""
قال قالت ذكر ذكرت أعلن أعلنت أكد أكدت أضاف أضافت أوضح أوضحت أفاد أفادت صرح صرحت نقل نقلت رأى رأت اعتبر اعتبرت كتب كتبت
تابع تابعت شدد شددت أشار أشارت لفت لفتت يقول تقول
""")
    for form in (verb, f"و{verb}", f"ف{verb}")
)
"""Words that open a report of speech, normalised: no caption begins with one and no byline holds one."""
_ENDING = re.compile(r"[.!؟?…]+[»”\"')\]]*$")
_CLOSING = "»”\"') "


def is_heading(text: str) -> bool:
    """Whether a line may be a title or subtitle: short, one sentence, no full stop, comma or colon at its end."""
    if not 2 <= len(text) <= HEADING_LENGTH or not words(text):
        return False
    if text.endswith(("،", ",", ":", "؛", ";")) or (text.endswith(".") and not text.endswith("..")):
        return False
    return is_one_sentence(text)


def is_one_sentence(text: str) -> bool:
    """Whether no single full stop divides a line: «سؤال؟ جواب» and «خبر... وتتمة» are one sentence here."""
    parts = [span.of(text).rstrip(_CLOSING) for span in sentences(text)]
    return not any(part.endswith(".") and not part.endswith("..") for part in parts[:-1])


def ends_sentence(text: str) -> bool:
    """Whether a line ends in . ! ؟ ? or …, closing quotation marks and brackets aside."""
    return bool(_ENDING.search(text))
