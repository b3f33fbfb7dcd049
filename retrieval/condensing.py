"""A follow-up rewritten by a model as a question that stands alone; taken over only when it adds nothing of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

import prompts
from retrieval.arabic import clean_line, content_words, stem
from retrieval.errors import ModelError
from retrieval.followups import told
from retrieval.questions import is_arabic
from retrieval.similarity import similarity

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from retrieval.protocols import Generator
    from retrieval.types import Turn

LONGEST = 300
"""Characters of a rewritten question; a model that writes more is answering."""
SECONDS = 12.0
"""A reader waits for it before the search begins; loading the model is part of it."""
_SAME = 0.6
PLACEHOLDERS = frozenset({"history", "question"})


async def condense(generator: Generator, question: str, history: Sequence[Turn]) -> str | None:
    """The question with what it refers to filled in from the conversation, or None when the model did not do just that.

    Raises `ModelError` when the model fails or takes longer than `SECONDS`, so that it is not asked again for this question.
    """
    system, user = prompts.load("condense", PLACEHOLDERS).split("\n---\n", maxsplit=1)
    prompt = {
        "system": system.strip(),
        "user": user.strip().format(history=told(history), question=clean_line(question)),
    }
    written = ""
    try:
        async with asyncio.timeout(SECONDS):
            async with aclosing(cast("AsyncGenerator[str, None]", generator.astream(prompt))) as pieces:
                async for piece in pieces:
                    written += piece
                    if len(written) > LONGEST:
                        return None
    except TimeoutError as error:
        raise ModelError(model=generator.model, problem="it took too long") from error
    lines = [line for line in clean_line(written).splitlines() if line]
    return lines[0] if len(lines) == 1 and _only_refers(lines[0], question, history) else None


def _only_refers(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether it keeps the words of the question and takes every other from the conversation."""
    if is_arabic(rewritten) != is_arabic(question):
        return False
    own = [stem(word) for word in content_words(question)]
    new = [stem(word) for word in content_words(rewritten)]
    said = [stem(word) for turn in history for word in content_words(f"{turn.question} {turn.answer.text}")]
    kept = sum(_among(word, new) for word in own)
    return bool(new) and all(_among(word, [*own, *said]) for word in new) and kept * 2 >= len(own)


def _among(wanted: str, stems: Sequence[str]) -> bool:
    return any(wanted == stem_ or similarity(wanted, stem_) >= _SAME for stem_ in stems)
