"""Ollama as the writer of answers: which model to take, and the stream of one answer.

langchain-ollama and ollama are imported when they are first needed; importing this module costs nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from retrieval.errors import ModelError, ModelMissing, ModelUnreachable
from retrieval.ollama_server import ollama_connection, ollama_url

if TYPE_CHECKING:
    import httpx
    from langchain_core.messages import AIMessageChunk
    from langchain_core.runnables import Runnable
    from ollama import Client


@contextmanager
def _faults_named(model: str, url: str) -> Iterator[None]:
    """Faults of ollama, httpx and pydantic as Dalil's own."""
    import httpx
    import ollama

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, ConnectionError) as error:
        raise ModelUnreachable(host=url) from error
    except ollama.ResponseError as error:
        if error.status_code == 404 and "model" in error.error:
            raise ModelMissing(model=model) from error
        raise ModelError(model=model, problem=error.error or f"HTTP {error.status_code}") from error
    except (httpx.HTTPError, ValueError) as error:  # ValueError: a line that is not JSON, a record of another shape
        raise ModelError(model=model, problem=f"{type(error).__name__}: {error}") from error


# -------------------------------------------------------------------------------------------------- which model to take

PREFERRED_MODELS = (
    "gemma3:12b", "gemma3:4b", "gemma3:latest", "qwen3:8b", "qwen3:4b-instruct", "gemma2:9b", "qwen2.5:7b",
)  # fmt: skip
"""Best first, for Arabic among models that run on one machine: gemma3 leads arXiv 2606.21460 (June 2026).

Licences that forbid commercial use are left out. `qwen3:4b` is: that tag is now a build that always thinks aloud.
"""
PROBE_SECONDS = 0.5
"""Loopback answers in a millisecond; a person waits for `auto` at every start."""
LIST_SECONDS = 3.0


def find_model(wanted: str, *, host: str | None) -> str | None:
    """The model that should answer: None for `none`; the best installed for `auto`, if any; else `wanted` itself.

    `auto` is None whenever Ollama is not there or fails. A name raises `ModelMissing` or `ModelUnreachable`; "m" stands
    for "m:latest". Raises `BadSetting` for a host that is none.
    """
    if wanted == "none":
        return None
    url = ollama_url(host)
    if not _listens(url):
        if wanted == "auto":
            return None
        raise ModelUnreachable(host=url)
    import ollama

    with ollama.Client(host=url, **ollama_connection(read_seconds=LIST_SECONDS)) as client:
        try:
            with _faults_named(wanted, url):
                installed = [entry.model for entry in client.list().models if entry.model]
        except ModelError as error:
            if wanted == "auto":
                return None
            raise ModelUnreachable(host=url) from error
        if wanted == "auto":
            return _best(installed, lambda model: _writes(client, model))
    if wanted in installed or f"{wanted}:latest" in installed:
        return wanted
    raise ModelMissing(model=wanted)


def _listens(url: str) -> bool:
    """Whether a connection opens in time; in a thread of its own, for looking up a name has no timeout."""
    parts = urlsplit(url)
    opened = threading.Event()

    def connect() -> None:
        try:
            socket.create_connection((parts.hostname, parts.port), timeout=PROBE_SECONDS).close()
        except (OSError, UnicodeError):
            return
        opened.set()

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS)
    return opened.is_set()


def _best(installed: Sequence[str], writes: Callable[[str], bool]) -> str | None:
    """The first preferred model that is installed, in any quantisation; else the first that writes text."""
    for preferred in PREFERRED_MODELS:
        for model in installed:
            if model == preferred or model.startswith(f"{preferred}-"):
                return model
    return next((model for model in installed if writes(model)), None)


def _writes(client: Client, model: str) -> bool:
    """Whether a model writes text; by its name alone where the server does not tell."""
    if "embed" in model.lower():
        return False
    try:
        with _faults_named(model, ""):
            capabilities = client.show(model).capabilities
    except ModelError:
        return True
    return not capabilities or "completion" in capabilities


# ---------------------------------------------------------------------------------------------- the stream of an answer

NUM_CTX = 8192
"""Tokens of prompt and answer. Ollama's default of 4,096 silently cuts our prompt to half a window (ollama #17427);
another value in any call of the same model makes it load again."""
NUM_PREDICT = 1024
"""Tokens. Four cited sentences take about 300; a model that does not stop is stopped."""
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

    def __init__(self, model: str, *, host: str | None = None, deadlines: Deadlines | None = None) -> None:
        self._model = model
        self._url = ollama_url(host)
        self._deadlines = deadlines or Deadlines()

    @property
    def model(self) -> str:
        return self._model

    async def astream(self, prompt: Mapping[str, str]) -> AsyncIterator[str]:
        """The answer, piece by piece. Closing the iterator closes the connection, and Ollama stops writing."""
        messages = [("system", prompt["system"]), ("human", prompt["user"])]
        written = False
        async with aclosing(self._in_time(self._chain.astream(messages))) as pieces:
            async for piece in pieces:
                if text := piece if written else piece.lstrip():
                    written = True
                    yield text
        if not written:
            raise ModelError(model=self._model, problem="an empty answer")

    @cached_property
    def _chain(self) -> Runnable[Any, str]:
        """Built once: two HTTP clients with their certificates take 0.1 s."""
        import httpx
        from langchain_core.output_parsers import StrOutputParser
        from langchain_core.runnables import RunnableGenerator
        from langchain_ollama import ChatOllama

        hooks = {"response": [_remember]}
        model = ChatOllama(
            model=self._model,
            base_url=self._url,
            num_ctx=NUM_CTX,
            num_predict=NUM_PREDICT,
            temperature=0,
            reasoning=False,  # unsent, the server lets a thinking model think, and the reader waits unseen
            client_kwargs=ollama_connection(read_seconds=READ_SECONDS),
            # A kept connection belongs to the event loop that opened it; the next question may run in another.
            async_client_kwargs={"limits": httpx.Limits(max_keepalive_connections=0), "event_hooks": hooks},
        )
        whole = RunnableGenerator[Any, Any](self._to_its_end)
        return model | whole | StrOutputParser() | RunnableGenerator[str, str](self._spoken)

    async def _to_its_end(self, chunks: AsyncIterator[AIMessageChunk]) -> AsyncIterator[AIMessageChunk]:
        """The chunks as they come; raises after the last unless the model stopped by itself."""
        reason = None
        async for chunk in chunks:
            reason = chunk.response_metadata.get("done_reason") or reason
            yield chunk
        if reason != "stop":
            problem = f"the answer was cut ({reason})" if reason else "the answer broke off"
            raise ModelError(model=self._model, problem=problem)

    async def _spoken(self, pieces: AsyncIterator[str]) -> AsyncIterator[str]:
        """The text outside <think>…</think>; one piece, perhaps empty, for each that comes."""
        held, thinking = "", False
        async for piece in pieces:
            *closed, held = _TAG.split(held + piece)
            spoken = ""
            for text, tag in zip(closed[::2], closed[1::2], strict=True):
                if thinking is (tag == "<think>"):
                    raise ModelError(model=self._model, problem="it thinks aloud; choose an instruct build")
                spoken += "" if thinking else text
                thinking = not thinking
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
        with _faults_named(self._model, self._url):
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


_TAG = re.compile("(</?think>)")


def _opening_of_tag(text: str) -> int:
    """How many last characters of the text may be the beginning of a tag."""
    opening = text[text.rfind("<") :] if "<" in text else ""
    return len(opening) if any(tag.startswith(opening) for tag in ("<think>", "</think>")) else 0


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
