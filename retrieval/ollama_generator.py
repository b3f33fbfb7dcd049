"""Ollama as the writer of answers: the stream of one answer, whole or a fault, and in time.

langchain-ollama is imported when it is first needed; importing this module costs nothing.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

from retrieval.errors import ModelError
from retrieval.ollama_models import find_window
from retrieval.ollama_server import faults_named, ollama_connection, ollama_url
from retrieval.tokens import Window, count

if TYPE_CHECKING:
    import httpx
    from langchain_core.messages import AIMessageChunk
    from langchain_core.runnables import Runnable
    from langchain_ollama import ChatOllama

logger = logging.getLogger(__name__)

LONGEST_ANSWER = 8_000
"""Characters: more than `NUM_PREDICT` tokens hold, for a server that does not keep to it."""
READ_SECONDS = 60.0
"""Between two pieces at the socket: the last resort, behind `Deadlines`."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a model may take, in seconds of the clock on the wall; quotes are shown within 45 s in any case."""

    first_token: float = 40.0
    """From the question to the first word, thoughts and blanks not counted: loading the model and reading the prompt."""
    silence: float = 15.0
    """Between two pieces; the time that the reader takes for one does not count here."""
    total: float = 44.0
    """From the question to the end, the reader's time included."""


class OllamaGenerator:
    """A `Generator` over ChatOllama: a prompt of `system` and `user` text to the pieces of one whole answer.

    Thoughts are left out. An answer that is cut, unfinished, empty, too slow or too long ends in `ModelError`.
    """

    def __init__(
        self,
        model: str,
        *,
        host: str | None = None,
        window: Window | None = None,
        deadlines: Deadlines | None = None,
    ) -> None:
        """Without a `window` the server is asked for it, once, before the first answer."""
        self._model = model
        self._url = ollama_url(host)
        self._deadlines = deadlines or Deadlines()
        self._window = window

    @property
    def model(self) -> str:
        return self._model

    @cached_property
    def window(self) -> Window:
        """The same for all answers: with another one the server would load the model again."""
        return self._window or find_window(self._model, host=self._url)

    async def astream(self, prompt: Mapping[str, str]) -> AsyncIterator[str]:
        """The answer, piece by piece. Closing the iterator closes the connection, and Ollama stops writing."""
        messages = [("system", prompt["system"]), ("human", prompt["user"])]
        answer = self._answer(counted=count(prompt["system"]) + count(prompt["user"]))
        written = False
        async with aclosing(self._in_time(answer.astream(messages))) as pieces:
            async for piece in pieces:
                if text := piece if written else piece.lstrip():
                    written = True
                    yield text
        if not written:
            raise ModelError(model=self._model, problem="an empty answer")

    def _answer(self, *, counted: int) -> Runnable[Any, str]:
        """The chain of one answer: what the model says, to its end, without its thoughts."""
        from langchain_core.output_parsers import StrOutputParser
        from langchain_core.runnables import RunnableGenerator

        whole = RunnableGenerator[Any, Any](partial(self._to_its_end, counted=counted))
        return self._chat | whole | StrOutputParser() | RunnableGenerator[str, str](self._spoken)

    @cached_property
    def _chat(self) -> ChatOllama:
        """Built once: two HTTP clients with their certificates take 0.1 s."""
        import httpx
        from langchain_ollama import ChatOllama

        hooks = {"response": [_remember]}
        return ChatOllama(
            model=self._model,
            base_url=self._url,
            num_ctx=self.window.num_ctx,
            num_predict=self.window.num_predict,
            temperature=0,
            reasoning=False,  # unsent, the server lets a thinking model think, and the reader waits unseen
            # keep_alive is left to the server, whose owner may have set OLLAMA_KEEP_ALIVE.
            client_kwargs=ollama_connection(read_seconds=READ_SECONDS),
            # A kept connection belongs to the event loop that opened it; the next question may run in another.
            async_client_kwargs={"limits": httpx.Limits(max_keepalive_connections=0), "event_hooks": hooks},
        )

    async def _to_its_end(
        self, chunks: AsyncIterator[AIMessageChunk], *, counted: int
    ) -> AsyncIterator[AIMessageChunk]:
        """The chunks as they come; raises after the last unless the model stopped by itself."""
        reason = None
        async for chunk in chunks:
            reason = chunk.response_metadata.get("done_reason") or reason
            if read := chunk.response_metadata.get("prompt_eval_count"):
                self._check_the_count(counted, read)
            yield chunk
        if reason != "stop":
            problem = f"the answer was cut ({reason})" if reason else "the answer broke off"
            raise ModelError(model=self._model, problem=problem)

    def _check_the_count(self, counted: int, read: int) -> None:
        """A warning in the log, and no more: what is cited is looked up in the articles, not in the prompt."""
        if oddity := self.window.oddity(counted=counted, read=read):
            logger.warning(
                "%s: %s (%d tokens counted, %d read, window %d)",
                self._model, oddity, counted, read, self.window.num_ctx,
            )  # fmt: skip

    async def _spoken(self, pieces: AsyncIterator[str]) -> AsyncIterator[str]:
        """The text outside <think>…</think> and the like; one piece, perhaps empty, for each that comes."""
        held, thinking = "", False
        async for piece in pieces:
            *closed, held = _TAG.split(held + piece)
            spoken = ""
            for text, tag in zip(closed[::2], closed[1::2], strict=True):
                opening = not tag.startswith("</")
                if thinking is opening:
                    raise ModelError(model=self._model, problem="it thinks aloud; choose an instruct build")
                spoken += "" if thinking else text
                thinking = opening
            kept = _opening_of_tag(held)
            spoken += "" if thinking else held[: len(held) - kept]
            held = held[len(held) - kept :]
            yield spoken
        yield "" if thinking else held

    async def _in_time(self, pieces: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        """The same pieces; `ModelError` when one has not come by its time, or when there are too many."""
        clock, limits = asyncio.get_running_loop().time, self._deadlines
        begun, written, spoke = clock(), 0, False
        end = begun + min(limits.first_token, limits.total)
        with faults_named(self._model, self._url):
            async with aclosing(untraced(pieces)) as source, _connection_closed():
                while True:
                    try:
                        async with asyncio.timeout_at(min(end, clock() + limits.silence) if spoke else end):
                            piece = await anext(source)
                        if clock() > end:  # a piece that is always ready leaves the timeout no turn
                            raise TimeoutError
                    except StopAsyncIteration:
                        return
                    except TimeoutError as error:
                        raise ModelError(model=self._model, problem="it took too long") from error
                    written += len(piece)
                    if written > LONGEST_ANSWER:
                        raise ModelError(model=self._model, problem="the answer is too long")
                    if not spoke and piece.strip():
                        end, spoke = begun + limits.total, True
                    yield piece


_responses: ContextVar[list[httpx.Response]] = ContextVar("_responses")


async def _remember(response: httpx.Response) -> None:
    _responses.get([]).append(response)


@asynccontextmanager
async def _connection_closed() -> AsyncIterator[None]:
    """Closes what was opened inside. The ollama library leaves it to the garbage collector, and Ollama writes on."""
    opened: list[httpx.Response] = []
    _responses.set(opened)
    try:
        yield
    finally:
        for response in opened:
            await response.aclose()


_THOUGHTS = ("think", "thinking", "thought", "reasoning")
_TAGS = tuple(f"{opening}{name}>" for name in _THOUGHTS for opening in ("<", "</"))
_TAG = re.compile(f"({'|'.join(_TAGS)})")


def _opening_of_tag(text: str) -> int:
    """How many last characters of the text may be the beginning of a tag."""
    opening = text[text.rfind("<") :] if "<" in text else ""
    return len(opening) if any(tag.startswith(opening) for tag in _TAGS) else 0


async def untraced(pieces: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    """The same pieces, made with LangSmith off: LANGSMITH_TRACING would send questions and articles to a third party.

    It is off only while a piece is made, so that the caller's own tracing stays as it is. Closing closes the source.
    """
    from langsmith.run_helpers import tracing_context

    async with aclosing(cast("AsyncGenerator[str, None]", pieces)) as source:
        while True:
            with tracing_context(enabled=False):
                try:
                    piece = await anext(source)
                except StopAsyncIteration:
                    return
            yield piece
