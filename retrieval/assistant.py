"""The assistant every door talks to: a question in, an answer with its evidence out. It holds no user's state."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from retrieval import followups
from retrieval.arabic import clean_line, sentences, words
from retrieval.condensing import LONGEST as LONGEST_REWRITTEN
from retrieval.condensing import condense
from retrieval.declining import LEAST_CONFIDENCE, confidence, lacking, support
from retrieval.errors import EmptyQuestion, EntailmentError, ModelError, QuestionTooLong
from retrieval.periods import AskedTime, asked_time
from retrieval.phrases import Language, declined
from retrieval.protocols import Generator, SecondOpinion
from retrieval.questions import Question, analyse, not_a_question
from retrieval.quotes import Candidate, rank
from retrieval.types import Answer, Citation, Evidence, Hit, Reason, Span, Token, Turn

LONGEST_QUESTION = 4_096
"""Characters, a Telegram message."""
PASSAGES = 8
"""Passages whose sentences are considered, and the most that a model is shown."""
CONSIDERED = 0.7
"""A sentence may answer when its score is at least this share of the best one's."""
SECOND_QUOTE = 0.9
"""A second sentence is shown when its score is at least this share of the first one's."""
REPEATED = 0.6
"""Share of common words from which sentences of two articles of one report say the same."""
NEAREST = 3
HEADLINES = 5
"""Articles that an answer names to a question for what happened at some time."""
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
        """`find_generator` is asked for every question, so that a model may come and go; it may raise `ModelError`.

        `second_opinion` may withhold a generated claim that the fixed checks let through, never the other way round.
        """
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
        named model is required and not there. A model that fails in mid-answer is replaced by quotes,
        with a notice, and so is one whose second opinion fails.
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
        asked, query, fault = await _to_search(text, history, generator)
        quoted = await asyncio.to_thread(self._quoted, replace(blank, query=query), asked, history, language)
        if generator is None or fault or quoted.declined:
            yield Token(quoted.text)
            yield _timed(replace(quoted, notice=fault), began)
            return
        from retrieval.writing import written

        try:
            async with aclosing(written(generator, quoted, history, second_opinion=self._second_opinion)) as pieces:
                async for piece in pieces:
                    yield _timed(_spoken(piece, language), began) if isinstance(piece, Answer) else piece
        except (ModelError, EntailmentError) as error:
            yield _timed(replace(quoted, notice=error), began)

    def _quoted(self, blank: Answer, asked: Question, history: Sequence[Turn], language: Language) -> Answer:
        """The answer in quotes to the query of `blank`, or declined; what was found goes with it either way."""
        began = time.monotonic()
        time_asked = asked_time(blank.query)
        hits = self._index.retrieve(blank.query, PASSAGES)
        if not time_asked.alone:
            asked, hits = _of_that_time(asked, time_asked, hits)
        goes_on = history and blank.query != blank.question
        ranked = rank(asked, hits, history[-1].answer.citations if goes_on else ())
        evidence = tuple(Evidence(label, hit) for label, hit in enumerate(hits, start=1))
        seconds = {"retrieve": time.monotonic() - began, "answer": 0.0}
        if hits and time_asked.alone:
            return _in_headlines(replace(blank, evidence=evidence, seconds=seconds), time_asked, hits)
        return _in_quotes(replace(blank, evidence=evidence, seconds=seconds), asked, ranked, language)


async def _to_search(
    text: str, history: Sequence[Turn], generator: Generator | None
) -> tuple[Question, str, ModelError | None]:
    """What is asked and what to search for: a follow-up filled in from the conversation, by the model or else by rules.

    A model that fails here is not asked again for this question; its fault comes back.
    """
    carried = followups.resolve(text, history)
    fault = None
    if generator is not None and carried and len(text) <= LONGEST_REWRITTEN:
        try:
            if rewritten := await condense(generator, text, history):
                return analyse(rewritten), rewritten, None
        except ModelError as error:
            fault = error
    return analyse(text, carried), " ".join([text, *carried]), fault


def _spoken(written: Answer, language: Language) -> Answer:
    """An answer as the model left it; without text it was the refusal."""
    return written if written.text else _declined(written, "no_evidence", language)


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
    return replace(answer, seconds={**answer.seconds, "answer": max(0.0, spent - answer.seconds["retrieve"])})


def _declined(answer: Answer, reason: Reason, language: Language) -> Answer:
    text = declined(reason, answer.question, language=language)
    return replace(
        answer, text=text, declined=True, reason=reason, seconds=answer.seconds or {"retrieve": 0.0, "answer": 0.0}
    )


# ---------------------------------------------------------------------------------------------- mode quotes


def _in_quotes(found: Answer, asked: Question, ranked: Sequence[Candidate], language: Language) -> Answer:
    """The best sentences, each with its mark; declined when no good one holds what the question asks for."""
    if not ranked:
        return _declined(replace(found, confidence=0.0), "no_evidence", language)
    considered = [candidate for candidate in ranked if candidate.score >= CONSIDERED * ranked[0].score]
    fitting = [candidate for candidate in considered if lacking(asked, candidate) is None]
    sure = confidence(asked, (fitting or ranked)[0], ranked, fits=bool(fitting))
    found = replace(found, confidence=sure)
    if not fitting or sure < LEAST_CONFIDENCE:
        near = [candidate for candidate in ranked if support(asked, candidate) >= NEAR_SUPPORT]
        return replace(_declined(found, "no_evidence", language), nearest=_citations(_one_a_passage(near)[:NEAREST]))
    shown = [c for c in _distinct(fitting)[:2] if c.score >= SECOND_QUOTE * fitting[0].score]
    citations = _citations(shown)
    return replace(found, text="\n".join(f"{c.quote} [{c.label}]" for c in citations), citations=citations)


def _of_that_time(asked: Question, named: AskedTime, hits: list[Hit]) -> tuple[Question, list[Hit]]:
    """The hits of the period that a question names, and the question without its words, which they need not repeat.

    Where one of them has the period's very numbers, or there is none, all is as it was.
    """
    inside = [hit for hit in hits if named.is_publication_of(hit.passage.source) or named.told_in(hit.passage)]
    numbers = {word for word in named.words if word.isdigit()}
    if not inside or (numbers and any(numbers <= set(words(hit.passage.text)) for hit in inside)):
        return asked, hits
    return asked.without(named.words), inside


def _in_headlines(found: Answer, named: AskedTime, hits: Sequence[Hit]) -> Answer:
    """What happened at the time that was asked for: where each passage speaks of it, or else how its article begins."""
    citations = []
    for label, hit in enumerate(hits[:HEADLINES], start=1):
        passage = hit.passage
        told = None if named.is_publication_of(passage.source) and passage.ordinal == 0 else named.told_in(passage)
        spans = sentences(passage.text) or [Span(0, len(passage.text))]
        span = next((some for some in spans if told and told.start < some.end), spans[0])
        start, end = passage.start + span.start, passage.start + span.end
        citations.append(Citation(label, passage, span.of(passage.text), start, end))
    text = "\n".join(f"{citation.quote} [{citation.label}]" for citation in citations)
    return replace(found, text=text, citations=tuple(citations), confidence=1.0)


def _citations(candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
    return tuple(_citation(label, candidate) for label, candidate in enumerate(candidates, start=1))


def _citation(label: int, candidate: Candidate) -> Citation:
    passage, span = candidate.hit.passage, candidate.quote
    return Citation(
        label, passage, passage.text[span.start - passage.start : span.end - passage.start], span.start, span.end
    )


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without sentences that repeat an earlier one, in this or in another article.

    In two articles of one report, sentences that are nearly alike are one too.
    """
    said: dict[tuple[str, ...], Candidate] = {}
    for candidate in candidates:
        own = tuple(words(candidate.text))
        if own not in said and not any(_repeats(candidate, own, c, other) for other, c in said.items()):
            said[own] = candidate
    return list(said.values())


def _repeats(candidate: Candidate, own: Sequence[str], other: Candidate, others: Sequence[str]) -> bool:
    source, of_other = candidate.hit.passage.source, other.hit.passage.source
    if source.article_id == of_other.article_id or source.report != of_other.report:
        return False
    left, right = set(own), set(others)
    return 2 * len(left & right) >= REPEATED * (len(left) + len(right))


def _one_a_passage(candidates: Sequence[Candidate]) -> list[Candidate]:
    return list({candidate.hit.passage.id: candidate for candidate in reversed(candidates)}.values())[::-1]
