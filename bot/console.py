"""What the commands share: the index filled before its first use, progress on standard error, failures named there."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bot.messages import Messages

if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.index import Index
    from retrieval.types import IngestReport


def folder_named(value: str) -> Path:
    """An empty name is refused: as a path it would be the current folder."""
    if not value.strip():
        raise typer.BadParameter("DIR")
    return Path(value)


DataDir = Annotated[Path | None, typer.Option("--data-dir", metavar="DIR", parser=folder_named)]
TOLD = 20
"""Failures named one by one."""
AsJson = Annotated[bool, typer.Option("--json")]


class Engine(StrEnum):
    """Where vectors are made."""

    LOCAL = "local"
    RAY = "ray"


EngineOption = Annotated[Engine, typer.Option("--engine")]
RayAddress = Annotated[str | None, typer.Option("--ray-address", metavar="ADDRESS")]


@contextmanager
def filled_index(settings: Settings, messages: Messages) -> Iterator[Index]:
    """The index; an empty one takes in the articles folder first, and says so.

    What an interrupted ingest left half-way is finished before, where the folder can be written to.
    """
    from bot import wiring
    from retrieval.errors import DiskFull, StoreBusy, StoreReadOnly

    with wiring.opened_index(settings) as index:
        if index.is_unfinished:
            try:
                index.ingest([])
            except (StoreBusy, StoreReadOnly, DiskFull):
                if not index.article_count:
                    raise
        if not index.article_count:
            typer.echo(messages("ingest.first", path=settings.articles), err=True)
            with progress(messages) as on_progress:
                tell_failures(wiring.fill(index, settings, on_progress=on_progress), messages)
        yield index


def tell_failures(report: IngestReport, messages: Messages) -> None:
    """Names each source that failed on standard error, with file, line and reason; of very many the rest by reason."""
    for failure in report.failures[:TOLD]:
        typer.echo(messages.failure(failure), err=True)
    rest = report.failures[TOLD:]
    for code, count in Counter(failure.error.code for failure in rest).most_common():
        example = next(failure for failure in rest if failure.error.code == code)
        more = messages("failure.more", sources=messages.count("source", count), example=messages.failure(example))
        typer.echo(more, err=True)


def print_json(value: object) -> None:
    """One JSON value on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def is_lively(stream: TextIO) -> bool:
    """Whether colour and animation are wanted: on a terminal that can, and without NO_COLOR (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@contextmanager
def progress(messages: Messages, doing: str | None = None) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while articles are read, with count, rate and time left; nothing without a terminal."""
    if not is_lively(sys.stderr):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing or messages("ingest.reading"), total=None, rate="")

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)
            if speed := bar.tasks[task].speed:
                bar.update(task, rate=messages("ingest.rate", rate=f"{speed:.1f}"))

        yield tell
