"""`dalil eval`: measures over gold questions, as a table or as JSON."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot import evaluating_search, evaluating_support
from bot.console import AsJson, DataDir, filled_index, tell_failures
from bot.help_page import Command, Group

if TYPE_CHECKING:
    from bot.messages import Messages
    from bot.settings import Settings
    from retrieval.evals.answers import Outcome
    from retrieval.evals.answers_report import Section

app = typer.Typer(cls=Group)
app.command(cls=Command)(evaluating_search.retrieval)
app.command(cls=Command)(evaluating_support.support)


@app.callback(invoke_without_command=True)
def evaluate(context: typer.Context) -> None:
    """Measures; without a command, shows the help."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _model_named(value: str) -> str:
    if not value.strip():
        raise typer.BadParameter("NAME")
    return value.strip()


@app.command(cls=Command)
def answers(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl|DIR...")],
    split: Annotated[str | None, typer.Option("--split", metavar="NAME")] = None,
    misses: Annotated[bool, typer.Option("--misses")] = False,
    llm: Annotated[str | None, typer.Option("--llm", metavar="NAME", parser=_model_named)] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE.html")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Measures answers: a file of questions over the articles of the settings, or a data set with its own corpus."""
    from bot.settings import begin
    from retrieval.evals.answers_report import Section, page

    settings, messages = begin(data_dir)
    if llm:
        settings = settings.model_copy(update={"llm": llm})
    sections: list[Section] = []
    for path in paths:
        sections.append(Section(path.stem, _outcomes(path, split, settings, messages), has_kinds=path.is_file()))
        typer.echo(_shown(path, sections[-1], messages, misses=misses, as_json=as_json))
    if report:
        evaluating_search.write_report(report, page(sections), messages)
    return 0


def _shown(path: Path, section: Section, messages: Messages, *, misses: bool, as_json: bool) -> str:
    from bot.answer_tables import section_lines, section_object

    if as_json:
        return json.dumps(section_object(section), ensure_ascii=False)
    return "\n".join(section_lines(str(path), section, messages, misses=misses))


def _outcomes(path: Path, split: str | None, settings: Settings, messages: Messages) -> list[Outcome]:
    """The questions of a file, asked over the articles held; or those of a data set, over an index made of its corpus."""
    from bot import wiring
    from retrieval.evals.answers import evaluate as ask_all
    from retrieval.evals.questions import read_dataset, read_questions

    with ExitStack() as stack:
        if path.is_dir():
            questions = read_dataset(path, split)
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="dalil-eval-")))
            own = settings.model_copy(update={"data_dir": folder, "chroma_url": None})
            index = stack.enter_context(wiring.opened_index(own))
            tell_failures(index.ingest([path / "corpus.jsonl"]), messages)
        else:
            questions = read_questions(path)
            index = stack.enter_context(filled_index(settings, messages))
        return ask_all(wiring.open_assistant(index, settings), questions)
