"""An Ollama server on loopback that follows a script and remembers what it was asked.

Its answers have the shape of the server's own (https://github.com/ollama/ollama/blob/main/docs/api.md).
"""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any, Literal

Ending = Literal["done", "stall", "hang", "drop", "reset", "eof", "error", "garbage", "endless"]
THREADS = 16
CREATED = "2026-01-01T00:00:00.123456Z"


@dataclass(frozen=True, slots=True)
class Chat:
    """One reply of /api/chat: its pieces, the pause before each, and how it ends.

    `stall` keeps the connection open in silence, `hang` from the first byte on, `drop` closes it, `reset` breaks it,
    `eof` ends it without a last record, `error` sends a line with an error, `garbage` a line that is none, and `endless`
    begins again with the first piece until the reader leaves. A status other than 200 sends `problem` and no piece.
    `prompt_tokens` is how many the server says that it read.
    """

    pieces: tuple[str, ...] = ()
    thinking: tuple[str, ...] = ()
    pause_seconds: float = 0.0
    ending: Ending = "done"
    done_reason: str = "stop"
    status: int = 200
    problem: str = "the runner has died"
    prompt_tokens: int = 7


Message = dict[str, Any]
Behaviour = Callable[[list[Message]], Chat]
"""The messages of a request to the reply."""


def _two_pieces(messages: list[Message]) -> Chat:
    return Chat(("هذا ", "جواب [1]."))


@dataclass(frozen=True, slots=True)
class Embed:
    """One reply of /api/embed: the body as it is sent, NaN included; or a fault."""

    embeddings: Any = None
    status: int = 200
    problem: str = "the runner has died"
    hang: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    body: dict[str, Any]


@dataclass(eq=False)
class OllamaDouble:
    """`with OllamaDouble(models=[...]) as ollama:` serves at `ollama.url` until the block ends.

    Scripted replies are used up in order. Without one, a chat is answered as `behaviour` says, by two pieces unless
    another is given, and an embedding by three numbers that depend on the text. `contexts` are the tokens that models
    were made for; port 0 is any that is free.
    """

    models: list[str] = field(default_factory=lambda: ["m:latest"])
    capabilities: dict[str, list[str]] = field(default_factory=dict)
    contexts: dict[str, Any] = field(default_factory=dict)
    chats: deque[Chat] = field(default_factory=deque)
    behaviour: Behaviour = _two_pieces
    embeds: deque[Embed] = field(default_factory=deque)
    tags_status: int = 200
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    client_left: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> OllamaDouble:
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.double = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def asked(self, path: str) -> list[dict[str, Any]]:
        return [request.body for request in self.requests if request.path == path]

    def has(self, model: str) -> bool:
        return model in self.models or f"{model}:latest" in self.models

    def shown(self, model: str) -> dict[str, Any]:
        """What /api/show says of a model."""
        about: dict[str, Any] = {"general.architecture": "test"}
        if model in self.contexts:
            about["test.context_length"] = self.contexts[model]
        capabilities = {"capabilities": self.capabilities[model]} if model in self.capabilities else {}
        return {"details": {}, "model_info": about, **capabilities}


class _Server(ThreadingHTTPServer):
    double: OllamaDouble
    daemon_threads = False
    block_on_close = True  # server_close waits for every thread

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._free = threading.BoundedSemaphore(THREADS)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        self._open.add(request)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.discard(request)
            self._free.release()

    def hang_up(self) -> None:
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left is no fault of the double."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 10
    disable_nagle_algorithm = True  # headers and body go out apart, and would wait for each other

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._remember({})
        if self.path == "/api/tags":
            models = [_tag(name) for name in self.server.double.models]
            status = self.server.double.tags_status
            self._json(status, {"models": models} if status == 200 else {"error": "not now"})
        else:
            self._json(404, {"error": "404 page not found"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._remember(body)
        double = self.server.double
        if not double.has(body["model"]):
            self._json(404, {"error": f"model '{body['model']}' not found"})
        elif self.path == "/api/show":
            self._json(200, double.shown(body["model"]))
        elif self.path == "/api/embed":
            self._embed(body, double.embeds.popleft() if double.embeds else Embed())
        else:
            reply = double.chats.popleft() if double.chats else double.behaviour(body["messages"])
            self._chat(body["model"], reply)

    def _remember(self, body: dict[str, Any]) -> None:
        self.server.double.requests.append(Request(self.path, body))

    def _json(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()  # json writes NaN as NaN, and so does a server that goes wrong
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    # ---------------------------------------------------------------------------------------------------- embeddings

    def _embed(self, body: dict[str, Any], reply: Embed) -> None:
        if reply.hang:
            self._wait(10)
            self.close_connection = True
            return
        if reply.status != 200:
            self._json(reply.status, {"error": reply.problem})
            return
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        embeddings = reply.embeddings if reply.embeddings is not None else [_vector(text) for text in texts]
        self._json(200, {"model": body["model"], "embeddings": embeddings, "total_duration": 1, "load_duration": 1})

    # ---------------------------------------------------------------------------------------------------------- chat

    def _chat(self, model: str, reply: Chat) -> None:
        if reply.status != 200:
            self._json(reply.status, {"error": reply.problem})
            return
        if reply.ending == "hang":
            self._wait(10)
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = reply.ending in ("drop", "reset", "stall", "endless")
        messages = [{"content": "", "thinking": piece} for piece in reply.thinking]
        messages += [{"content": piece} for piece in reply.pieces]
        for message in cycle(messages) if reply.ending == "endless" else messages:
            if not self._wait(reply.pause_seconds):
                return
            self._line({"model": model, "created_at": CREATED, "message": message, "done": False})
        self._end(model, reply)

    def _end(self, model: str, reply: Chat) -> None:
        if reply.ending == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if reply.ending == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.server.close_request(self.connection)
            return
        if reply.ending == "stall":
            self._wait(10)
            return
        if reply.ending == "garbage":
            self._chunk(b"<html>502 Bad Gateway</html>\n")
        elif reply.ending == "error":
            self._line({"error": reply.problem})
        elif reply.ending == "done":
            counts = {"total_duration": 9, "load_duration": 1, "eval_count": 3}
            counts["prompt_eval_count"] = reply.prompt_tokens
            last = {"message": {"content": ""}, "done": True, "done_reason": reply.done_reason, **counts}
            self._line({"model": model, "created_at": CREATED, **last})
        self.wfile.write(b"0\r\n\r\n")

    def _line(self, record: dict[str, Any]) -> None:
        if "message" in record:
            record["message"] = {"role": "assistant", **record["message"]}
        self._chunk(json.dumps(record, ensure_ascii=False).encode() + b"\n")

    def _chunk(self, data: bytes) -> None:
        try:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        except OSError:
            self.server.double.client_left.set()
            raise

    def _has_left(self) -> bool:
        """Whether what came from the client is its end; a client that closes with pieces unread resets the connection."""
        try:
            return not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _wait(self, seconds: float) -> bool:
        """Wait; False as soon as the client has closed the connection or the double stops."""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            readable, _, _ = select.select([self.connection], [], [], max(0.0, min(left, 0.02)))
            if readable and self._has_left():
                self.server.double.client_left.set()
                return False
            if self.server.double.stopping.is_set():
                return False
            if left <= 0:
                return True


def _tag(name: str) -> dict[str, Any]:
    details = {"parent_model": "", "format": "gguf", "family": "test", "families": ["test"]}
    return {"name": name, "model": name, "modified_at": CREATED, "size": 1, "digest": "0", "details": details}


def _vector(text: str) -> list[float]:
    return [1.0 + len(text), float(len(set(text))), 2.0]
