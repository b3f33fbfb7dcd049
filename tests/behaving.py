"""The models of `tests.model_behaviours` without a server between, and what is true of their answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

from retrieval.arabic import words
from retrieval.types import Answer
from tests.model_behaviours import BEHAVIOURS, Shown
from tests.ollama_double import Behaviour
from tests.test_assistant import check_promises


class Behaving:
    """A model that behaves in one way; `said` is the last thing that it wrote, `shown` what it was shown for that."""

    model = "behaving"

    def __init__(self, behaviour: str | Behaviour) -> None:
        self._behaviour = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour
        self.said = ""
        self.shown = Shown({}, "", [])

    async def astream(self, prompt: dict[str, str]) -> AsyncIterator[str]:
        messages = [{"role": "system", "content": prompt["system"]}, {"role": "user", "content": prompt["user"]}]
        self.shown = Shown.of(messages)
        self.said = "".join(self._behaviour(messages).pieces)
        yield self.said


def check_citations(answer: Answer, body_of: Callable[[str], str]) -> None:
    """Every mark is of a passage that was retrieved, and every quotation letter for letter in an article cited."""
    check_promises(answer, body_of)
    retrieved = {item.hit.passage for item in answer.evidence}
    assert all(citation.passage in retrieved for citation in answer.citations)
    quoted = re.findall(r"«([^»]+)»", answer.text) if answer.citations else []
    assert all(any(quote in body_of(c.passage.source.article_id) for c in answer.citations) for quote in quoted)


def words_of(text: str) -> str:
    """Its words alone, normalised, for comparing what was said with what stands there."""
    return " ".join(words(text))


def runs(text: str, size: int) -> set[tuple[str, ...]]:
    """Every `size` words of a text that stand in a row."""
    found = words(text)
    return {tuple(found[start : start + size]) for start in range(len(found) - size + 1)}
