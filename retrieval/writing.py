"""Mode llm: an answer in a model's words, of which only what the evidence bears out is ever shown.

It imports langchain-core, which takes a second: import this module only where a model is going to answer.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from retrieval.chain import AnswerChain, is_refusal
from retrieval.errors import ClaimsWithheld, ModelUnsupported
from retrieval.grounding import Grounding
from retrieval.protocols import Generator, SecondOpinion
from retrieval.questions import analyse
from retrieval.types import Answer, Token, Turn

_BEGUN = re.compile(r"[.!؟?…\n\]】]\W*\w")
"""A sentence is checked when another has begun, for its mark may follow its full stop."""
_MARK = 8
"""Characters between the end of a sentence and the first letter of the next."""


async def written(
    generator: Generator, found: Answer, history: Sequence[Turn], *, second_opinion: SecondOpinion | None
) -> AsyncGenerator[Token | Answer, None]:
    """A model's answer to the question and over the evidence of `found`: each sentence once it is checked, then the whole.

    An answer that is the refusal comes back without text. Raises `ModelError` kinds, among them `ModelUnsupported` when
    nothing of what the model wrote is borne out.
    """
    chain = AnswerChain(generator=generator)
    evidence = chain.told(found.query, found.evidence, history)
    grounding = Grounding(evidence, asked=analyse(found.query), second_opinion=second_opinion)
    text, read, shown = "", "", ""
    async with aclosing(chain.astream(found.query, evidence, history)) as pieces:
        async for piece in pieces:
            text += piece
            if not _BEGUN.search(text[-len(piece) - _MARK :]) or is_refusal(text):
                continue
            if read != (read := await asyncio.to_thread(grounding.read, text)):
                released, _ = grounding.resolved()
                yield Token(released[len(shown) :])
                shown = released
    if is_refusal(text):
        yield replace(found, text="", mode="llm", citations=(), evidence=evidence)
        return
    await asyncio.to_thread(grounding.read, text, whole=True)
    released, citations = grounding.resolved()
    if not citations:
        raise ModelUnsupported(model=generator.model)
    notice = ClaimsWithheld(model=generator.model, count=grounding.withheld) if grounding.withheld else None
    yield replace(found, text=released, mode="llm", citations=citations, evidence=evidence, notice=notice)
