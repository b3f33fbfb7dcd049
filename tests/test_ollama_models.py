"""Which model answers, where Ollama listens, how much a model reads."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from retrieval.errors import BadSetting, ModelMissing, ModelUnreachable
from retrieval.ollama_generator import OllamaGenerator
from retrieval.ollama_models import find_model, find_window
from retrieval.ollama_server import ollama_url
from retrieval.tokens import Window
from tests.ollama_double import OllamaDouble
from tests.ports import closed_port


@pytest.fixture
def ollama():
    with OllamaDouble() as double:
        yield double


def found(wanted: str, models: list[str], **capabilities: list[str]) -> str | None:
    kinds = {f"{name}:latest": kind for name, kind in capabilities.items()}
    with OllamaDouble(models=models, capabilities=kinds) as double:
        return find_model(wanted, host=double.url)


def test_none_is_no_model_and_no_connection(ollama: OllamaDouble) -> None:
    assert find_model("none", host=ollama.url) is None
    assert ollama.requests == []


@pytest.mark.parametrize(
    ("models", "best"),
    [
        (["llama3:8b", "gemma3:4b", "gemma3:12b"], "gemma3:12b"),
        (["llama3:8b", "qwen3:4b-instruct-2507-q4_K_M"], "qwen3:4b-instruct-2507-q4_K_M"),
        (["nomic-embed-text:latest", "llama3:8b", "phi:latest"], "llama3:8b"),
        (["bge:latest", "llama3:8b"], "llama3:8b"),
        (["nomic-embed-text:latest", "bge:latest"], None),
        ([], None),
    ],
)
def test_auto_takes_the_best_installed(models: list[str], best: str | None) -> None:
    assert found("auto", models, bge=["embedding"], phi=["completion"]) == best


def test_auto_is_none_where_nothing_listens_or_nothing_works() -> None:
    started = time.monotonic()
    assert find_model("auto", host=closed_port()) is None
    assert time.monotonic() - started < 2
    with OllamaDouble(tags_status=500) as double:
        assert find_model("auto", host=double.url) is None


def test_auto_does_not_wait_for_a_server_that_does_not_accept() -> None:
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for waiting in (first, second):  # they fill the queue: the next connection is left hanging
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        started = time.monotonic()
        assert find_model("auto", host=f"127.0.0.1:{server.getsockname()[1]}") is None
        assert time.monotonic() - started < 3


def test_name_is_taken_with_or_without_its_tag() -> None:
    assert found("m", ["m:latest"]) == "m"
    assert found("m:4b", ["m:latest", "m:4b"]) == "m:4b"
    with pytest.raises(ModelMissing) as caught:
        found("m", ["m:4b", "mm:latest"])
    assert caught.value.values == {"model": "m"}


def test_name_needs_a_server() -> None:
    url = closed_port()
    with pytest.raises(ModelUnreachable) as caught:
        find_model("m", host=url)
    assert caught.value.values == {"host": url}
    with OllamaDouble(tags_status=500) as double, pytest.raises(ModelUnreachable):
        find_model("m", host=double.url)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        (" '0.0.0.0' ", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":11435", "http://127.0.0.1:11435"),
        ("server", "http://server:11434"),
        ("server:1/", "http://server:1"),
        ("http://server:1", "http://server:1"),
        ("http://server", "http://server:80"),
        ("HTTPS://server/ollama/", "https://server:443/ollama"),
        ("[::1]:5", "http://[::1]:5"),
        ("http://[::]", "http://[::1]:80"),
    ],
)
def test_forms_of_a_host(host: str | None, url: str) -> None:
    assert ollama_url(host) == url


@pytest.mark.parametrize(
    "host",
    [
        "not a url",
        "ftp://server",
        "http://",
        "server:port",
        "server:99999",
        "server:0",
        "http://[::1",
        "http://a?b",
        "::1",
    ],
)
def test_host_that_is_none_is_a_bad_setting(host: str) -> None:
    with pytest.raises(BadSetting) as caught:
        find_model("auto", host=host)
    assert caught.value.values["name"] == "OLLAMA_HOST" and caught.value.values["value"] == host
    with pytest.raises(BadSetting):
        OllamaGenerator("m", host=host)


def test_password_in_a_host_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as caught:
        ollama_url("http://me:secret@server")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("context_length", "num_ctx"),
    [(2048, 2048), (8192, 8192), (131072, 8192), (None, 8192), (0, 8192), (-1, 8192), ("4096", 8192)],
)
def test_window_is_no_larger_than_the_model(context_length: Any, num_ctx: int) -> None:
    with OllamaDouble(contexts={"m": context_length} if context_length is not None else {}) as double:
        assert find_window("m", host=double.url) == Window(num_ctx)
        assert find_window("unknown", host=double.url) == Window()


def test_window_without_a_server_is_the_usual_one() -> None:
    assert find_window("m", host=closed_port()) == Window()
