"""`dalil ingest`: articles from files, pages and feeds, once or again and again."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.console import AsJson, DataDir, Engine, EngineOption, RayAddress, print_json, progress, tell_failures
from bot.help_page import Command, Group

if TYPE_CHECKING:
    from bot.messages import Messages
    from bot.settings import Settings
    from retrieval.fetching import Gatherer
    from retrieval.index import Index
    from retrieval.types import IngestReport

app = typer.Typer(cls=Group)

LEAST_MINUTES, MOST_MINUTES = 0.01, 10_080.0
"""Between two rounds: what a test can wait for, and a week."""
MOMENT_SECONDS = 0.2


def minutes_named(written: str) -> float:
    """Raises `BadParameter` for what is no number of minutes within bounds."""
    try:
        minutes = float(written)
    except ValueError:
        minutes = 0.0
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:  # what is not a number is not between them
        raise typer.BadParameter(f"{LEAST_MINUTES:g}-{MOST_MINUTES:g}")
    return minutes


@app.command(cls=Command)
def ingest(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH|URL]...", show_default=False)] = None,
    watch: Annotated[float | None, typer.Option("--watch", metavar="MINUTES", parser=minutes_named)] = None,
    engine: EngineOption = Engine.LOCAL,
    ray_address: RayAddress = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Takes in articles."""
    from bot import wiring
    from bot.settings import begin
    from retrieval.errors import SourceUnnamed
    from retrieval.web_addresses import divided

    settings, messages = begin(data_dir)
    names = paths or [str(settings.articles)]
    if not any(name.strip() for name in names):
        raise SourceUnnamed
    with wiring.opened_index(settings) as index:
        if engine is Engine.RAY:
            files, _ = divided([name for name in names if name.strip()])
            wiring.embed_on_ray(index, settings, [Path(file) for file in files], address=ray_address)
        if watch is not None:
            _watch(index, settings, names, messages, minutes=watch, as_json=as_json)
            return 0
        with wiring.opened_gatherer(index, settings, names) as gatherer:
            report = _take_in(index, gatherer, names, messages)
    _tell(report, messages, as_json=as_json)
    return 1 if report.failed else 0


def _take_in(index: Index, gatherer: Gatherer | None, names: Sequence[str], messages: Messages) -> IngestReport:
    from bot import wiring
    from retrieval.fetching import Gathered
    from retrieval.web_addresses import divided

    began = time.monotonic()
    gathered = Gathered()
    if gatherer:
        with progress(messages, messages("ingest.fetching")) as on_progress:
            gathered = gatherer.gather(divided(names)[1], on_progress)
    with progress(messages) as on_progress:
        report = wiring.take_in(index, names, gathered, on_progress=on_progress)
    return replace(report, seconds=time.monotonic() - began)


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
    """Takes in what is new every so many minutes, one line a round, until it is told to stop.

    What fails in one round may do in the next. Raises `DalilError` kinds in the first round, but for `StoreBusy`.
    """
    from bot import wiring
    from retrieval.errors import DalilError, StoreBusy

    told: frozenset[str] = frozenset()
    is_first = True
    with _told_to_stop() as stop, wiring.opened_gatherer(index, settings, names, stop.sleep, stop.is_told) as gatherer:
        typer.echo(messages("ingest.watching", period=_period(minutes, messages)), err=True)
        while not stop.told:
            try:
                report = _take_in(index, gatherer, names, messages)
            except DalilError as error:  # another process writes, the disk is full
                if is_first and not isinstance(error, StoreBusy):
                    raise
                typer.echo(messages.error(error), err=True)
            else:
                told = _tell_round(report, messages, told, as_json=as_json)
            is_first = False
            stop.sleep(minutes * 60)


def _tell_round(report: IngestReport, messages: Messages, told: frozenset[str], *, as_json: bool) -> frozenset[str]:
    """One line, and the failures that the round before did not have. Returns the lines of all."""
    from bot.render import report_line, report_object

    lines = {messages.failure(failure): failure for failure in report.failures}
    new = tuple(failure for line, failure in lines.items() if line not in told)
    tell_failures(replace(report, failures=new), messages)
    if as_json:
        typer.echo(json.dumps(report_object(report, messages), ensure_ascii=False))
    else:
        typer.echo(f"{datetime.now():%H:%M}  {report_line(report, messages)}")
    return frozenset(lines)


def _period(minutes: float, messages: Messages) -> str:
    if minutes == int(minutes):
        return messages.count("minute", int(minutes))
    return messages.count("second", round(minutes * 60))


class _Stop:
    """Whether the reader has had enough. A plain flag: a lock could be held where the signal comes in."""

    def __init__(self) -> None:
        self.told = False

    def is_told(self) -> bool:
        return self.told

    def sleep(self, seconds: float) -> None:
        """Sleeps no longer than a moment past being told."""
        until = time.monotonic() + seconds
        while not self.told and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, MOMENT_SECONDS))


@contextmanager
def _told_to_stop() -> Iterator[_Stop]:
    """Told by Ctrl-C and SIGTERM, so that what has come is taken in; a second one ends the program at once."""
    stop = _Stop()
    kept: dict[int, Any] = {}

    def told(number: int, _: object) -> None:
        stop.told = True
        signal.signal(number, kept[number])

    for number in (signal.SIGINT, signal.SIGTERM):
        kept[number] = signal.signal(number, told)
    try:
        yield stop
    finally:
        for told_by, handler in kept.items():
            signal.signal(told_by, handler)
