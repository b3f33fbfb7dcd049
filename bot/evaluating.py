"""`dalil eval`: measures over gold questions, as a table or as JSON."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot import evaluating_search
from bot.console import AsJson, DataDir, filled_index, tell_failures
from bot.help_page import Command, Group

if TYPE_CHECKING:
    from bot.messages import Messages
    from bot.settings import Settings
    from retrieval.evals.answers import Figures, Outcome

app = typer.Typer(cls=Group)
app.command(cls=Command)(evaluating_search.retrieval)


@app.callback(invoke_without_command=True)
def evaluate(context: typer.Context) -> None:
    """Measures; without a command, shows the help."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(cls=Command)
def answers(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl|DIR...")],
    split: Annotated[str | None, typer.Option("--split", metavar="NAME")] = None,
    misses: Annotated[bool, typer.Option("--misses")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Measures answers: a file of questions over the articles of the settings, or a data set with its own corpus."""
    from bot.settings import begin
    from retrieval.evals.answers import figures, groups, intervals

    settings, messages = begin(data_dir)
    for path in paths:
        outcomes = _outcomes(path, split, settings, messages)
        parts = {"all": outcomes, **(groups(outcomes) if path.is_file() else {})}
        table = {name: figures(part) for name, part in parts.items()}
        if as_json:
            found = {"dataset": path.stem, **table.pop("all"), "intervals": intervals(outcomes), "groups": table}
            typer.echo(json.dumps(found, ensure_ascii=False))
        else:
            shown = parts.get("standalone", outcomes)
            lines = [str(path), *_table(table), _interval_line(intervals(shown), messages)]
            typer.echo("\n".join([*lines, *(_missed(outcomes, messages) if misses else [])]))
    return 0


def _outcomes(path: Path, split: str | None, settings: Settings, messages: Messages) -> list[Outcome]:
    """The questions of a file, asked over the articles held; or those of a data set, over an index made of its corpus."""
    from bot import wiring
    from retrieval.evals.answers import evaluate as ask_all
    from retrieval.evals.questions import read_dataset, read_questions

    with ExitStack() as stack:
        if path.is_dir():
            questions = read_dataset(path, split)
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="dalil-eval-")))
            index = stack.enter_context(wiring.opened_index(settings.model_copy(update={"data_dir": folder})))
            tell_failures(index.ingest([path / "corpus.jsonl"]), messages)
        else:
            questions = read_questions(path)
            index = stack.enter_context(filled_index(settings, messages))
        return ask_all(wiring.open_assistant(index, settings), questions)


_COLUMNS = (
    "questions",
    "evidence@1",
    "answer@1",
    "answer@2",
    "declined_right",
    "declined_wrong",
    "ms_per_question_p50",
)


def _table(parts: dict[str, Figures]) -> list[str]:
    header = f"{'':14}" + "".join(f"{name:>16}" for name in _COLUMNS).replace("ms_per_question_p50", "      ms_p50")
    rows = [f"{name:14}" + "".join(_cell(part[column]) for column in _COLUMNS) for name, part in parts.items()]
    return [header, *rows]


def _interval_line(found: dict[str, tuple[float, float]], messages: Messages) -> str:
    ranges = ", ".join(f"{name} {low:.2f}-{high:.2f}" for name, (low, high) in found.items())
    return messages("eval.intervals", ranges=ranges)


def _cell(value: float | int | None) -> str:
    if value is None:
        return f"{'–':>16}"
    return f"{value:>16}" if isinstance(value, int) else f"{value:>16.3f}"


def _missed(outcomes: list[Outcome], messages: Messages) -> list[str]:
    """One line for each question that was answered without its evidence, or declined or answered wrongly."""
    lines = []
    for outcome in outcomes:
        gold, answer = outcome.gold, outcome.answer
        if gold.answerable and answer.declined:
            verdict = messages("eval.declined_wrong")
        elif gold.answerable and not outcome.evidence_first:
            verdict = messages("eval.no_evidence")
        elif not gold.answerable and not answer.declined:
            verdict = messages("eval.answered_wrong")
        else:
            continue
        lines.append(f"{gold.id} {gold.kind}: {verdict}: {gold.question}\n    {answer.text.splitlines()[0]}")
    return lines
