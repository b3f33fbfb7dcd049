"""The LangChain chain: question and evidence -> prompt -> model -> text with marks, piece by piece.

langchain-core takes a second to import: import this module only where a model is going to answer.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import fields
from datetime import date
from operator import itemgetter
from typing import Any, TypedDict

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda, RunnablePassthrough
from pydantic import SkipValidation

import prompts
from retrieval import followups
from retrieval.arabic import clean_line, words
from retrieval.citations import MARKS
from retrieval.errors import ModelError
from retrieval.ollama_generator import untraced
from retrieval.planted import without_planted
from retrieval.protocols import Generator, Retriever
from retrieval.tokens import Window, count, cut
from retrieval.types import Evidence, Hit, Passage, Source, Turn

REFUSAL = "لا تجيب المقالات عن هذا السؤال."
"""What the prompt asks a model to say, alone, when the passages do not hold the answer."""

PLACEHOLDERS = frozenset({"passages", "question", "history", "refusal"})
_PARTS = re.compile(r"\n---\n")

_LEAST_ROOM = 64
"""Tokens for passages: a sentence or two. With less there is nothing to answer from."""
_HISTORY_SHARE = 0.25
"""Of the room for passages; a longer history is told from a later turn, or not at all."""


class Request(TypedDict):
    """What the chain takes in. The question is the one searched, so that it stands without the history."""

    question: str
    evidence: Sequence[Evidence]
    history: Sequence[Turn]


class AnswerChain:
    """Evidence in, an answer with marks out; the marks are the labels of the evidence.

    `runnable` is the chain itself, for LangChain's own `ainvoke` and `|`. Raises `PromptBroken` when it is made.
    """

    def __init__(self, *, generator: Generator) -> None:
        self._generator = generator
        system, user = _PARTS.split(prompts.load("answer", PLACEHOLDERS), maxsplit=1)
        self._template = ChatPromptTemplate.from_messages([("system", system.strip()), ("human", user.strip())])
        self._fixed = count(self._template.format(**dict.fromkeys(PLACEHOLDERS, "") | {"refusal": REFUSAL}))
        self.runnable: Runnable[Request, str] = (
            RunnableLambda(self._values) | self._template | RunnableGenerator(self._written)
        )

    async def astream(
        self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn]
    ) -> AsyncGenerator[str, None]:
        """The answer, piece by piece. Raises `ModelError` when it did not come to its end."""
        request = Request(question=question, evidence=evidence, history=history)
        async with aclosing(untraced(self.runnable.astream(request))) as pieces:
            async for piece in pieces:
                yield piece

    def told(self, question: str, evidence: Sequence[Evidence], history: Sequence[Turn]) -> tuple[Evidence, ...]:
        """The evidence that the prompt has room for, best first and never none: what the model's marks may refer to.

        Raises `ModelError` when the question leaves no room for a passage: half a question is not asked.
        """
        room = self._room(question) - count(self._history(question, history))
        if room < _LEAST_ROOM:
            raise ModelError(model=self._generator.model, problem="the question is too long for its window")
        told: list[Evidence] = []
        for item in evidence:
            room -= count(_block(item) + "\n\n")
            if told and room < 0:
                break
            told.append(item)
        return tuple(told)

    def _room(self, question: str) -> int:
        """Tokens for passages and history; the rules and the question are always whole."""
        window: Window = getattr(self._generator, "window", Window())  # not every generator knows of one
        return window.prompt - self._fixed - count(clean_line(question))

    def _history(self, question: str, history: Sequence[Turn]) -> str:
        """As many of the last turns as leave room for the passages, which are what an answer is made of."""
        most = self._room(question) * _HISTORY_SHARE
        briefs = (_told(history[first:]) for first in range(-followups.TURNS_TOLD, 0))
        return next((brief for brief in briefs if count(brief) <= most), "")

    def _values(self, request: Request) -> dict[str, str]:
        question, history = request["question"], request.get("history", ())
        told = self.told(question, request["evidence"], history)
        brief = self._history(question, history)
        passages = "\n\n".join(_block(item) for item in told)
        return {
            "passages": cut(passages, self._room(question) - count(brief)),  # one passage may be longer than the room
            "question": clean_line(question),
            "history": brief,
            "refusal": REFUSAL,
        }

    async def _written(self, values: AsyncIterator[PromptValue]) -> AsyncIterator[str]:
        async for value in values:
            system, user = (str(message.content) for message in value.to_messages())
            async for piece in self._generator.astream({"system": system, "user": user}):
                yield piece


def is_refusal(text: str) -> bool:
    """Whether an answer is the refusal, however it was spelled, marked or continued."""
    refusal = words(REFUSAL)
    return words(MARKS.sub("", text))[: len(refusal)] == refusal


def _block(item: Evidence) -> str:
    """A passage under its label, without commands planted in it.

    Its own brackets and angles change form: it can neither be a mark nor end the list.
    """
    source = item.hit.passage.source
    published = source.published.isoformat() if source.published else None
    heading = " — ".join(clean_line(part) for part in (source.title, source.outlet, published) if part)
    return f"[{item.label}] " + f"{heading}\n{without_planted(item.hit.passage.text)}".translate(_HARMLESS)


def _told(history: Sequence[Turn]) -> str:
    conversation = followups.told(history)
    return f"\nما سبق من الحديث، للفهم وليس للاستشهاد:\n{conversation}\n" if conversation else ""


_HARMLESS = str.maketrans({"[": "(", "]": ")", "【": "(", "】": ")", "<": "‹", ">": "›"})


# ------------------------------------------------------------------------------------------ for those who use LangChain


class PassageRetriever(BaseRetriever):
    """A Dalil retriever as LangChain's: each Document is a passage, with its id, source, offsets and score."""

    retriever: SkipValidation[Retriever]
    k: int = 8

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(hit) for hit in self.retriever.retrieve(query, self.k)]


def retrieval_chain(retriever: PassageRetriever, generator: Generator) -> Runnable[Any, Any]:
    """`{"question"}` to `{"question", "evidence", "answer"}`; streamed, the evidence comes first, then the tokens."""
    find = itemgetter("question") | retriever | RunnableLambda(_evidence)
    answer: Runnable[Any, str] = AnswerChain(generator=generator).runnable
    return RunnablePassthrough.assign(evidence=find).assign(answer=answer)


def _document(hit: Hit) -> Document:
    passage, source = hit.passage, hit.passage.source
    metadata = {
        **{field.name: getattr(source, field.name) for field in fields(Source)},
        "published": source.published and source.published.isoformat(),
        "modified": source.modified and source.modified.isoformat(),
        "copies": [copy.article_id for copy in source.copies],
        "ordinal": passage.ordinal,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
    }
    return Document(id=passage.id, page_content=passage.text, metadata=metadata)


def _evidence(documents: Sequence[Document]) -> tuple[Evidence, ...]:
    return tuple(Evidence(label=label, hit=_hit(document)) for label, document in enumerate(documents, start=1))


def _hit(document: Document) -> Hit:
    values = document.metadata
    days = {name: values[name] and date.fromisoformat(values[name]) for name in ("published", "modified")}
    source = Source(**{field.name: values[field.name] for field in fields(Source) if field.name != "copies"} | days)
    text, start, end = document.page_content, values["start"], values["end"]
    passage = Passage(document.id or "", source, values["ordinal"], text, start, end)
    return Hit(passage=passage, score=values["score"])
