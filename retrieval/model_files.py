"""Loading a sentence-transformers model: from this machine if it is there, else from the hub if that answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from retrieval.errors import DalilError, EmbedderError, EmbedderMissing

Model = TypeVar("Model")

HUB_SECONDS = 5.0
"""How long the hub may take to say that it has the model."""


def load_here_first(
    name: str,
    load: Callable[[bool], Model],
    *,
    missing: type[DalilError] = EmbedderMissing,
    failed: type[DalilError] = EmbedderError,
) -> Model:
    """The model by folder or hub name; `load` is told whether it may only look on this machine.

    The hub is asked once, with a timeout, and the model is downloaded only after an answer; HF_HUB_OFFLINE is respected.
    Raises `missing` when there is no such model, `failed` when its files cannot be used.
    """
    from huggingface_hub import model_info
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # the hub's own, not the httpx of ollama
    from safetensors import SafetensorError
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    faults = (OSError, ValueError, RuntimeError, KeyError, SafetensorError, httpx.HTTPError)
    with _quiet_libraries():
        try:
            return load(True)
        except faults as error:
            if Path(name).is_dir():
                raise failed(model=name, problem=error) from error
        try:
            model_info(name, timeout=HUB_SECONDS)
        except faults as error:  # offline, no network, no such model, or the path of a folder that is not there
            raise missing(model=name) from error
        try:
            return load(False)
        except faults as error:
            raise failed(model=name, problem=error) from error


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """What the libraries would log of a fault comes as an error of Dalil's own."""
    loggers = [logging.getLogger(name) for name in ("huggingface_hub", "sentence_transformers", "transformers")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
