"""A follow-up (ولماذا انهارت؟) carries over words of the questions before it, by rules: no model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.arabic import clean_line, content_words, words
from retrieval.types import Turn

_OPENS = re.compile(
    r"^(?:و(?:من|مين|ما|ماذا|متي|اين|وين|فين|كيف|كم|هل|لماذا|ليش|ليه|اي|بكم|لمن|عن)\b|طيب\b|ماذا عن\b|وماذا\b|and\b|what about\b)"
)
_PRONOUN = re.compile(r"^\w{2,}(?:ها|هم|هن|هما|ه)$")
_POINTS_BACK = frozenset(
    words(
        "هو هي هم ذلك تلك هذا هذه هناك فيه فيها منه منها عنه عنها له لها لهم بها به الثانية الثاني الأولى الأول نفسه نفسها"
    )
)
TURNS_TOLD = 2
_TURN_CHARACTERS = 400
_MARK = re.compile(r"\s*[\[【]\s*\d+[\d\s,،]*[\]】]")
_SHORT = 3
"""A question with so few telling words that points back is about what was asked before."""


def resolve(question: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """The telling words of earlier questions that a follow-up is about, none for a question that stands alone.

    The words of the question before it come first; a chain of follow-ups reaches back to its beginning.
    """
    if not history or not is_follow_up(question):
        return ()
    *earlier, last = history
    own = set(content_words(question))
    carried = [word for word in content_words(last.question) if word not in own]
    further = resolve(last.question, earlier)
    return tuple(dict.fromkeys([*carried, *(word for word in further if word not in own)]))


def told(history: Sequence[Turn]) -> str:
    """The last turns in brief, for a model: without their marks, which belonged to other passages."""
    lines = []
    for turn in history[-TURNS_TOLD:]:
        answer = "" if turn.answer.declined else clean_line(_MARK.sub("", turn.answer.text))
        lines.append(f"سؤال: {clean_line(turn.question)[:_TURN_CHARACTERS]}")
        lines += [f"جواب: {answer[:_TURN_CHARACTERS]}"] if answer else []
    return "\n".join(lines)


def is_follow_up(question: str) -> bool:
    """Whether a question leans on the one before it: it opens with و, is very short, or points back with a pronoun."""
    normal = " ".join(words(question))
    if _OPENS.search(normal):
        return True
    telling = content_words(question)
    if len(telling) > _SHORT:
        return False
    return len(telling) <= 1 or any(
        word in _POINTS_BACK or (word in telling and _PRONOUN.match(word)) for word in words(question)
    )
