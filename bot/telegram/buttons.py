"""The buttons under a message, and what a press of one says: `s:<question>:<label>`, at most 64 bytes as Telegram asks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages import Messages
from bot.telegram.ledger import Vote
from retrieval.arabic import clean_line
from retrieval.types import Answer, Citation, Reason

Kind = Literal["source", "nearest", "up", "down", "stop"]

_LETTERS: dict[Kind, str] = {"source": "s", "nearest": "n", "up": "u", "down": "d", "stop": "x"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_DATA = re.compile(
    r"(?P<letter>[sn]):(?P<question>[A-Za-z0-9_-]{1,24}):(?P<label>[1-9][0-9]{0,5})"
    r"|(?P<bare>[udx]):(?P<about>[A-Za-z0-9_-]{1,24})"
)
_UNRATED: frozenset[Reason | None] = frozenset({"small_talk", "empty_index"})
BUTTON_LENGTH = 40
"""Characters that a phone shows of a button as wide as the message."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed: what it asks for, under the answer to which question, and of which citation."""

    kind: Kind
    question_id: str
    label: int | None = None

    @property
    def data(self) -> str:
        """What the button carries. Raises `ValueError` for what `parse_callback` would not read."""
        about = f"{_LETTERS[self.kind]}:{self.question_id}"
        data = about if self.label is None else f"{about}:{self.label}"
        if not _DATA.fullmatch(data):
            raise ValueError(f"no data of a button: {data!r}")
        return data


def parse_callback(data: object) -> Press | None:
    """The press that the data of a button means; None for data that no button of this bot carries."""
    match = _DATA.fullmatch(data) if isinstance(data, str) else None
    if not match:
        return None
    if match["bare"]:
        return Press(_KINDS[match["bare"]], match["about"])
    return Press(_KINDS[match["letter"]], match["question"], int(match["label"]))


def answer_keyboard(
    question_id: str, answer: Answer, messages: Messages, *, vote: Vote | None = None
) -> InlineKeyboardMarkup | None:
    """One button for each passage that is cited or comes closest, then the two votes, the one given marked.

    None under what is no answer: small talk, and the word that nothing is indexed.
    """
    if answer.reason in _UNRATED:
        return None
    kind: Kind = "source" if answer.citations else "nearest"
    offered = answer.citations or answer.nearest
    rows = [
        [InlineKeyboardButton(name, callback_data=Press(kind, question_id, citation.label).data)]
        for citation, name in zip(offered, _names(offered), strict=True)
    ]
    return InlineKeyboardMarkup([*rows, [_vote_button(each, question_id, vote, messages) for each in ("up", "down")]])


def stop_keyboard(question_id: str, messages: Messages) -> InlineKeyboardMarkup:
    """The button under an answer in the making."""
    return InlineKeyboardMarkup.from_button(
        InlineKeyboardButton(messages("telegram.stop"), callback_data=Press("stop", question_id).data)
    )


def shortened(text: str, length: int) -> str:
    """The text on one line, cut at a word with an ellipsis when it is longer than `length` characters."""
    line = clean_line(text)
    if len(line) <= length:
        return line
    whole_words = line[:length].rpartition(" ")[0]
    return (whole_words or line[: length - 1]).rstrip(" ،,:؛;-–—·") + "…"


def _vote_button(each: Vote, question_id: str, vote: Vote | None, messages: Messages) -> InlineKeyboardButton:
    thumb = messages(f"telegram.{each}")
    shown = messages("telegram.chosen", vote=thumb) if each == vote else thumb
    return InlineKeyboardButton(shown, callback_data=Press(each, question_id).data)


def _names(offered: Sequence[Citation]) -> list[str]:
    """The titles, numbered; the first words of the quote where one title stands for several passages, or is empty."""
    titles = [clean_line(citation.passage.source.title) for citation in offered]
    times = Counter(titles)
    names = []
    for citation, title in zip(offered, titles, strict=True):
        label = f"[{citation.label}] "
        if title and times[title] == 1:
            names.append(label + shortened(title, BUTTON_LENGTH - len(label)))
        else:
            names.append(f"{label}«{shortened(citation.quote, BUTTON_LENGTH - len(label) - 2)}»")
    return names
