"""The assistant every door talks to: a question in, an answer with its evidence out. It holds no user's state."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from retrieval import followups
from retrieval.arabic import clean_line, sentences, words
from retrieval.citations import resolve
from retrieval.declining import lacking, support
from retrieval.errors import EmptyQuestion, ModelError, ModelUncited, QuestionTooLong
from retrieval.phrases import Language, declined
from retrieval.protocols import Generator, SecondOpinion
from retrieval.questions import Question, analyse, not_a_question
from retrieval.quotes import Candidate, rank
from retrieval.types import Answer, Citation, Evidence, Hit, Reason, Token, Turn

LONGEST_QUESTION = 4_096
"""Characters, a Telegram message."""
PASSAGES = 8
"""Passages whose sentences are considered, and the most that a model is shown."""
CONSIDERED = 0.7
"""A sentence may answer when its score is at least this share of the best one's."""
SECOND_QUOTE = 0.9
"""A second sentence is shown when its score is at least this share of the first one's."""
NEAREST = 3
NEAR_SUPPORT = 0.15
"""Share of the question's telling words from which a passage counts as near."""


class Searchable(Protocol):
    """What the assistant needs of an index."""

    @property
    def article_count(self) -> int: ...

    def retrieve(self, query: str, k: int) -> list[Hit]: ...


class Assistant:
    """Answers questions over one index, in the words of a language model when there is one, else in quotes."""

    def __init__(
        self,
        index: Searchable,
        *,
        find_generator: Callable[[], Generator | None] = lambda: None,
        second_opinion: SecondOpinion | None = None,
    ) -> None:
        """`find_generator` is asked for every question, so that a model may come and go; it may raise `ModelError`."""
        self._index = index
        self._find_generator = find_generator
        self._second_opinion = second_opinion

    def ask(self, question: str, history: Sequence[Turn] = (), *, language: Language = "ar") -> Answer:
        """`stream`, read to its end."""

        async def last() -> Answer:
            async for piece in self.stream(question, history, language=language):
                if isinstance(piece, Answer):
                    return piece
            raise AssertionError("a stream ends with its answer")

        return asyncio.run(last())

    async def stream(
        self, question: str, history: Sequence[Turn] = (), *, language: Language = "ar"
    ) -> AsyncGenerator[Token | Answer, None]:
        """Pieces of text as they are written, then the whole answer, which alone counts.

        `history` is the conversation, oldest first; `language` is for questions whose letters do not tell theirs.
        Raises `EmptyQuestion`, `QuestionTooLong`, `StoreError` and `EmbedderError` kinds, and `ModelError` kinds when a
        named model is required and not there. A model that fails in mid-answer is replaced by quotes, with a notice.
        """
        text = checked_question(question)
        blank = Answer(question=text, query=text, text="", mode="quotes")
        reason = not_a_question(text)
        if reason is None and not await asyncio.to_thread(lambda: self._index.article_count):
            reason = "empty_index"
        if reason:
            yield _declined(blank, reason, language)
            return
        generator = await asyncio.to_thread(self._find_generator)
        began = time.monotonic()
        carried = followups.resolve(text, history)
        asked = analyse(text, carried)
        query = " ".join([text, *carried])
        hits = await asyncio.to_thread(self._index.retrieve, query, PASSAGES)
        ranked = rank(asked, hits)
        evidence = tuple(Evidence(label, hit) for label, hit in enumerate(hits, start=1))
        seconds = {"retrieve": time.monotonic() - began, "answer": 0.0}
        found = replace(blank, query=query, evidence=evidence, seconds=seconds)
        quoted = _quoted(found, asked, ranked, language)
        if generator is None or quoted.declined:
            yield Token(quoted.text)
            yield _timed(quoted, began)
            return
        try:
            async with aclosing(_written(generator, found, history, language)) as pieces:
                async for piece in pieces:
                    yield _timed(piece, began) if isinstance(piece, Answer) else piece
        except ModelError as error:
            yield _timed(replace(quoted, notice=error), began)


def checked_question(question: str) -> str:
    """The question cleaned, on one line. Raises `EmptyQuestion` and `QuestionTooLong`."""
    text = clean_line(question)
    if len(text) > LONGEST_QUESTION:
        raise QuestionTooLong(length=len(text), limit=LONGEST_QUESTION)
    if not words(text):
        raise EmptyQuestion()
    return text


def _timed(answer: Answer, began: float) -> Answer:
    spent = time.monotonic() - began
    return replace(answer, seconds={**answer.seconds, "answer": spent - answer.seconds["retrieve"]})


def _declined(answer: Answer, reason: Reason, language: Language) -> Answer:
    text = declined(reason, answer.question, language=language)
    return replace(
        answer, text=text, declined=True, reason=reason, seconds=answer.seconds or {"retrieve": 0.0, "answer": 0.0}
    )


# ---------------------------------------------------------------------------------------------- mode quotes


def _quoted(found: Answer, asked: Question, ranked: Sequence[Candidate], language: Language) -> Answer:
    """The best sentences, each with its mark; declined when no good one holds what the question asks for."""
    considered = [candidate for candidate in ranked if candidate.score >= CONSIDERED * ranked[0].score]
    fitting = [candidate for candidate in considered if lacking(asked, candidate) is None]
    if not fitting:
        near = [candidate for candidate in ranked if support(asked, candidate) >= NEAR_SUPPORT]
        return replace(_declined(found, "no_evidence", language), nearest=_citations(_one_a_passage(near)[:NEAREST]))
    shown = [c for c in _distinct(fitting)[:2] if c.score >= SECOND_QUOTE * fitting[0].score]
    citations = _citations(shown)
    return replace(found, text="\n".join(f"{c.quote} [{c.label}]" for c in citations), citations=citations)


def _citations(candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
    return tuple(
        Citation(label, c.hit.passage, c.text, c.span.start, c.span.end) for label, c in enumerate(candidates, start=1)
    )


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without sentences that repeat an earlier one, in this or in another article."""
    seen: set[tuple[str, ...]] = set()
    return [c for c in candidates if not ((key := tuple(words(c.text))) in seen or seen.add(key))]  # type: ignore[func-returns-value]


def _one_a_passage(candidates: Sequence[Candidate]) -> list[Candidate]:
    return list({candidate.hit.passage.id: candidate for candidate in reversed(candidates)}.values())[::-1]


# ---------------------------------------------------------------------------------------------- mode llm


async def _written(
    generator: Generator, found: Answer, history: Sequence[Turn], language: Language
) -> AsyncGenerator[Token | Answer, None]:
    """A model's answer, sentence by sentence with its marks resolved. Raises `ModelError` kinds."""
    from retrieval.chain import AnswerChain, is_refusal

    chain = AnswerChain(generator=generator)
    evidence = chain.told(found.query, found.evidence, history)
    written, shown, whole = "", "", ""
    async with aclosing(chain.astream(found.query, evidence, history)) as pieces:
        async for piece in pieces:
            written += piece
            if whole == (whole := _whole_sentences(written)):
                continue
            text, _ = resolve(whole, evidence)
            if text.startswith(shown) and text != shown:
                yield Token(text[len(shown) :])
                shown = text
    text, citations = resolve(written.strip(), evidence)
    if is_refusal(text):
        yield _declined(replace(found, evidence=evidence), "no_evidence", language)
        return
    if not citations:
        raise ModelUncited(model=generator.model)
    yield replace(found, text=text, mode="llm", citations=citations, evidence=evidence)


_UNFINISHED = re.compile(r"\s*[\[【][^\]】]*$")


def _whole_sentences(text: str) -> str:
    """What is written up to the end of its last sentence but one: the last may still get its mark."""
    spans = sentences(_UNFINISHED.sub("", text))
    return text[: spans[-2].end] if len(spans) > 1 else ""
