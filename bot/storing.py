"""`dalil reindex`, `backup`, `restore` and `withdraw`: the index made anew, the data folder as one file, articles taken out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import AsJson, DataDir, Engine, EngineOption, RayAddress, print_json, progress, tell_failures
from bot.help_page import Command, Group

if TYPE_CHECKING:
    from bot.messages import Messages
    from retrieval.index import Index
    from retrieval.types import IngestReport

app = typer.Typer(cls=Group)


@app.command(cls=Command)
def reindex(
    engine: EngineOption = Engine.LOCAL,
    ray_address: RayAddress = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Makes the index anew from the stored articles."""
    from bot import wiring
    from bot.render import report_lines, report_object
    from bot.settings import begin

    settings, messages = begin(data_dir)
    with wiring.opened_index(settings) as index:
        if engine is Engine.RAY:
            wiring.embed_on_ray(index, settings, None, address=ray_address)
        report = _made_anew(index, messages)
    tell_failures(report, messages)
    if as_json:
        print_json(report_object(report, messages))
    else:
        typer.echo("\n".join(report_lines(report, messages)))
    return 1 if report.failed else 0


@app.command(cls=Command)
def backup(file: Annotated[Path, typer.Argument(metavar="FILE")], data_dir: DataDir = None) -> int:
    """Writes what cannot be made anew to one file."""
    from bot.settings import begin
    from retrieval.backup import back_up

    settings, messages = begin(data_dir)
    size = back_up(settings.data_dir, file)
    typer.echo(messages("backup.written", path=file, size=f"{size / 1e6:.2f}"))
    return 0


@app.command(cls=Command)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    force: Annotated[bool, typer.Option("--force")] = False,
    data_dir: DataDir = None,
) -> int:
    """Puts such a file back and makes the index from it."""
    from bot import wiring
    from bot.settings import begin
    from bot.telegram import running
    from retrieval.backup import restore as put_back
    from retrieval.write_lock import locked

    settings, messages = begin(data_dir)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with running.only_one(settings), locked(settings.data_dir, settings.data_dir / "articles.db"):
        put_back(file, settings.data_dir, replace=force)
    with wiring.opened_index(settings) as index:
        _made_anew(index, messages)
        articles = messages.count("article", index.article_count)
    typer.echo(messages("restore.done", path=file, articles=articles))
    return 0


@app.command(cls=Command)
def withdraw(
    names: Annotated[list[str], typer.Argument(metavar="ID|PATH|URL...")],
    undo: Annotated[bool, typer.Option("--undo")] = False,
    data_dir: DataDir = None,
) -> int:
    """Takes articles out for good."""
    from bot import wiring
    from bot.settings import begin

    settings, messages = begin(data_dir)
    with wiring.opened_index(settings) as index:
        if undo:
            index.reinstate(names)
            typer.echo(messages("withdraw.undone"))
        else:
            gone = wiring.withdraw(index, settings, names)
            typer.echo(messages("withdraw.done", articles=messages.count("article", len(gone))))
    return 0


def _made_anew(index: Index, messages: Messages) -> IngestReport:
    with progress(messages, messages("reindex.working")) as on_progress:
        return index.reindex(on_progress=on_progress)
