"""The commands of `dalil`. Each returns its exit code; standard output takes the result, standard error all else.

What a command needs is imported inside it, so that a help page appears at once.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from typer.main import get_command

from bot import evaluating, feedback, ingesting, storing
from bot.console import (
    AsJson,
    DataDir,
    filled_index,
    is_lively,
    print_json,
    progress,
)
from bot.help_page import Command, Group, localize
from bot.messages import Messages

if TYPE_CHECKING:
    from bot.render import Page
    from bot.settings import Settings
    from retrieval.assistant import Assistant
    from retrieval.index import Index
    from retrieval.types import Answer, Turn


app = typer.Typer(cls=Group, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
app.add_typer(ingesting.app)
app.add_typer(storing.app)
app.add_typer(evaluating.app, name="eval")
app.add_typer(feedback.app, name="feedback")


def run(arguments: Sequence[str], messages: Messages) -> int:
    """Carries out a command line and returns its exit code. Raises `DalilError` and `typer.TyperException`."""
    command = get_command(app)
    assert isinstance(command, Group)
    localize(command, messages)
    return int(command.main(arguments, prog_name="dalil", standalone_mode=False) or 0)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"dalil {version('dalil')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def dalil(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,
) -> None:
    """Answers questions from articles; without a command, shows the help."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


# ------------------------------------------------------------------------------------------------------ the commands


@app.command(cls=Command)
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    history: Annotated[list[str] | None, typer.Option("--history", metavar="TEXT")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Answers one question."""
    from bot.render import answer_object, answer_text
    from bot.settings import begin
    from retrieval.assistant import checked_question

    settings, messages = begin(data_dir)
    questions = [checked_question(_typed(text)) for text in [*(history or []), question]]
    with filled_index(settings, messages) as index, _status(messages):
        answer = _answer(_assistant(index, settings), questions, settings)
    if answer.notice:
        typer.echo(messages.error(answer.notice), err=True)
    if as_json:
        print_json(answer_object(answer))
    else:
        typer.echo(answer_text(answer, messages, _page()))
    return 0


@app.command(cls=Command)
def chat(data_dir: DataDir = None) -> int:
    """Talks, in a terminal or line by line from a pipe."""
    from bot import wiring
    from bot.repl import Chat, open_session
    from bot.settings import begin

    settings, messages = begin(data_dir)
    with filled_index(settings, messages) as index:
        conversation = Chat(
            _assistant(index, settings),
            index,
            messages,
            page=_page(),
            out=sys.stdout,
            err=sys.stderr,
            live=is_lively(sys.stdout),
        )
        if sys.stdin.isatty() and sys.stdout.isatty():
            generator = wiring.find_generator(settings)
            session = open_session(settings.data_dir / "chat_history")
            conversation.talk(session, model=generator.model if generator else None)
        else:
            conversation.read(sys.stdin)
    return 0


@app.command(cls=Command)
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, metavar="N")] = 5,
    like: Annotated[bool, typer.Option("--like")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Lists the passages found, or those of articles like a given one."""
    from bot.render import hit_object, hits_text
    from bot.settings import begin
    from retrieval.assistant import checked_question

    settings, messages = begin(data_dir)
    wanted = checked_question(_typed(query))
    with filled_index(settings, messages) as index:
        hits = index.more_like(wanted, k) if like else index.retrieve(wanted, k)
    if as_json:
        print_json([hit_object(hit) for hit in hits])
    elif hits:
        typer.echo(hits_text(hits, _page(), messages))
    else:
        typer.echo(messages("search.nothing"), err=True)
    return 0


@app.command(cls=Command)
def bot(data_dir: DataDir = None) -> int:
    """Answers in Telegram until it is stopped."""
    from bot.settings import begin
    from bot.telegram import running

    settings, messages = begin(data_dir)
    running.prepare(settings)
    with running.only_one(settings), filled_index(settings, messages) as index:
        running.run(settings, index)
    return 0


@app.command(cls=Command)
def doctor(
    deep: Annotated[bool, typer.Option("--verify")] = False, as_json: AsJson = False, data_dir: DataDir = None
) -> int:
    """Says what works and what mends the rest."""
    from bot.doctor import examine, verified
    from bot.settings import begin

    settings, messages = begin(data_dir)
    checks = examine(settings, messages)
    if deep:
        with progress(messages, messages("verify.working")) as on_progress:
            checks += verified(settings, messages, on_progress)
    fit = all(check.ok for check in checks)
    if as_json:
        print_json({"ok": fit, "checks": [check.as_object() for check in checks]})
    else:
        for check in checks:
            typer.echo("\n".join(check.lines(messages)))
        typer.echo(messages("doctor.ready" if fit else "doctor.not_ready"))
    return 0 if fit else 1


# ------------------------------------------------------------------------------------------------------ their parts


def _typed(text: str) -> str:
    """An argument as it was typed, in UTF-8, even where Python took the locale for ASCII."""
    return os.fsencode(text).decode("utf-8", errors="replace")


def _assistant(index: Index, settings: Settings) -> Assistant:
    from bot import wiring

    return wiring.open_assistant(index, settings)


def _answer(assistant: Assistant, questions: Sequence[str], settings: Settings) -> Answer:
    """The answer to the last question; each question before it is answered first and becomes a turn."""
    from retrieval.types import Turn

    turns: list[Turn] = []
    for question in questions:
        answer = assistant.ask(question, turns, language=settings.language)
        turns.append(Turn(question, answer))
    return turns[-1].answer


def _page() -> Page:
    from bot.render import MAX_WIDTH, Page

    if not sys.stdout.isatty():
        return Page()
    return Page(width=min(shutil.get_terminal_size().columns, MAX_WIDTH), colour=is_lively(sys.stdout))


@contextmanager
def _status(messages: Messages) -> Iterator[None]:
    """A line on standard error while an answer is being found; nothing where there is no terminal."""
    if not is_lively(sys.stderr):
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(messages("answer.working")):
        yield
