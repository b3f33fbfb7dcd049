"""Where Ollama listens, how its clients are to connect, and what their faults mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from retrieval.errors import BadSetting, ModelError, ModelMissing, ModelUnreachable

_CONNECT_SECONDS = 3.0
_PORT = 11434
"""Ollama's own default; `http://host` without a port means 80 and `https://host` 443, as in `ollama` itself."""
_HOST_NAME = re.compile(r"[\w.-]+|[0-9a-f:.]+", re.IGNORECASE)
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""What a server may listen on but a client should not call, and what to call instead."""


def ollama_url(host: str | None) -> str:
    """The address of Ollama as `http://host:port`, from any form of OLLAMA_HOST; None or blank is its default.

    Raises `BadSetting`: given nonsense, `ollama` and `langchain_ollama` would quietly call another address.
    """
    wanted = (host or "").strip().strip("\"'")
    scheme, divider, rest = wanted.rpartition("://")
    scheme = scheme.lower() if divider else "http"
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        name, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError as error:  # a port that is no number, a bracket that is not closed
        raise _bad_host(wanted) from error
    if scheme not in ("http", "https") or not _HOST_NAME.fullmatch(name) or port == 0 or re.search(r"[\s@?#]", wanted):
        raise _bad_host(wanted)
    if divider and not parts.hostname:
        raise _bad_host(wanted)
    if port is None:
        port = {"http": 80, "https": 443}[scheme] if divider else _PORT
    name = _ANY_ADDRESS.get(name, name)
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}{parts.path.rstrip('/')}"


def _bad_host(wanted: str) -> BadSetting:
    shown = re.sub(r"[^/]*@", "…@", wanted)  # a password is not repeated
    return BadSetting(name="OLLAMA_HOST", value=shown, expected="host:port, http://host:port")


def ollama_connection(*, read_seconds: float) -> dict[str, Any]:
    """What Ollama's clients pass to httpx: no proxy, which breaks loopback, and no waiting for ever."""
    import httpx

    timeout = httpx.Timeout(connect=_CONNECT_SECONDS, read=read_seconds, write=10, pool=5)
    return {"timeout": timeout, "trust_env": False}


@contextmanager
def faults_named(model: str, url: str) -> Iterator[None]:
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
