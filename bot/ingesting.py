"""`dalil ingest`: articles from files, pages and feeds, once or again and again."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.console import AsJson, DataDir, Engine, EngineOption, RayAddress, print_json, progress, tell_failures
from bot.help_page import Command, Group

if TYPE_CHECKING:
    from bot.messages import Messages
    from bot.settings import Settings
    from retrieval.index import Index
    from retrieval.types import IngestReport

app = typer.Typer(cls=Group)


@app.command(cls=Command)
def ingest(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH|URL]...", show_default=False)] = None,
    watch: Annotated[float | None, typer.Option("--watch", metavar="MINUTES", min=0.01)] = None,
    engine: EngineOption = Engine.LOCAL,
    ray_address: RayAddress = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Takes in articles."""
    from bot import wiring
    from bot.settings import begin

    settings, messages = begin(data_dir)
    names = paths or [str(settings.articles)]
    with wiring.opened_index(settings) as index:
        if engine is Engine.RAY:
            wiring.embed_on_ray(index, settings, wiring.article_paths(names, settings), address=ray_address)
        if watch is not None:
            _watch(index, settings, names, messages, minutes=watch, as_json=as_json)
            return 0
        report = _take_in(index, settings, names, messages)
    _tell(report, messages, as_json=as_json)
    return 1 if report.failed else 0


def _take_in(index: Index, settings: Settings, names: Sequence[str], messages: Messages) -> IngestReport:
    from bot import wiring

    with progress(messages, messages("ingest.fetching")) as on_fetching, progress(messages) as on_progress:
        return wiring.take_in(index, settings, names, on_fetching=on_fetching, on_progress=on_progress)


def _tell(report: IngestReport, messages: Messages, *, as_json: bool) -> None:
    from bot.render import report_lines, report_object

    tell_failures(report, messages)
    if as_json:
        print_json(report_object(report, messages))
    else:
        typer.echo("\n".join(report_lines(report, messages)))


# ------------------------------------------------------------------------------------------------------ again and again


def _watch(
    index: Index, settings: Settings, names: Sequence[str], messages: Messages, *, minutes: float, as_json: bool
) -> None:
    """Takes in what is new every so many minutes, one line a round, until it is told to stop. No fault ends it."""
    from bot.render import report_line, report_object
    from retrieval.errors import DalilError

    with _told_to_stop() as stop:
        typer.echo(messages("ingest.watching", minutes=f"{minutes:g}"), err=True)
        while not stop.is_set():
            try:
                report = _take_in(index, settings, names, messages)
            except DalilError as error:  # another process writes, a disk is full: the next round may do
                typer.echo(messages.error(error), err=True)
            else:
                tell_failures(report, messages)
                line = json.dumps(report_object(report, messages), ensure_ascii=False) if as_json else ""
                typer.echo(line or report_line(report, messages))
            stop.wait(minutes * 60)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Set by Ctrl-C and SIGTERM, so that a round is finished; a second one ends the program at once."""
    stop = threading.Event()
    kept: dict[int, Any] = {}

    def told(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, kept[number])

    for number in (signal.SIGINT, signal.SIGTERM):
        kept[number] = signal.signal(number, told)
    try:
        yield stop
    finally:
        for told_by, handler in kept.items():
            signal.signal(told_by, handler)
