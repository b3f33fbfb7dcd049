"""Which model of an Ollama server writes the answers, and how much it reads at once.

ollama is imported when it is first needed; importing this module costs nothing.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from retrieval.errors import ModelError, ModelMissing, ModelUnreachable
from retrieval.ollama_server import faults_named, ollama_connection, ollama_url
from retrieval.tokens import Window

if TYPE_CHECKING:
    from ollama import Client

PREFERRED_MODELS = (
    "gemma3:12b", "gemma3:4b", "gemma3:latest", "qwen3:8b", "qwen3:4b-instruct", "gemma2:9b", "qwen2.5:7b",
)  # fmt: skip
"""Best first, for Arabic among models that run on one machine: gemma3 leads arXiv 2606.21460 (June 2026).

Licences that forbid commercial use are left out. `qwen3:4b` is: that tag is now a build that always thinks aloud.
"""
PROBE_SECONDS = 0.5
"""Loopback answers in a millisecond; a person waits for `auto` at every start."""
LIST_SECONDS = 3.0
SHOW_SECONDS = 1.5
"""What a model is made for is looked up in a file; the first answer waits for it."""


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
            with faults_named(wanted, url):
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
        with faults_named(model, ""):
            capabilities = client.show(model).capabilities
    except ModelError:
        return True
    return not capabilities or "completion" in capabilities


def find_window(model: str, *, host: str | None) -> Window:
    """The window to ask for, for all calls of this model: the usual one, or all that a smaller model was made for.

    The usual one, too, when the server does not tell. Raises `BadSetting` for a host that is none.
    """
    import ollama

    url = ollama_url(host)
    with ollama.Client(host=url, **ollama_connection(read_seconds=SHOW_SECONDS)) as client:
        try:
            with faults_named(model, url):
                told = client.show(model).modelinfo or {}
        except ModelError:
            return Window()
    length = told.get(f"{told.get('general.architecture')}.context_length")
    return Window.of(length if isinstance(length, int) and length > 0 else None)
