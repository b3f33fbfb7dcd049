"""`dalil feedback`: what readers thought of the answers, as questions to measure with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import DataDir
from bot.help_page import Command, Group

if TYPE_CHECKING:
    from bot.telegram.ledger import Exchange, Ledger

app = typer.Typer(cls=Group)


@app.callback(invoke_without_command=True)
def feedback(context: typer.Context) -> None:
    """Without a command, shows the help."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(cls=Command)
def export(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.jsonl]", show_default=False)] = None,
    disliked: Annotated[bool, typer.Option("--disliked")] = False,
    data_dir: DataDir = None,
) -> int:
    """Writes the questions whose answers were liked, in the form that `dalil eval answers` reads."""
    from bot.settings import begin
    from bot.telegram.ledger import LEDGER_FILE, Ledger
    from retrieval.disk_faults import translated

    settings, messages = begin(data_dir)
    path = settings.data_dir / LEDGER_FILE
    records: list[str] = []
    if path.exists():
        ledger = Ledger(path)
        try:
            records = [json.dumps(record, ensure_ascii=False) for record in _records(ledger, disliked=disliked)]
        finally:
            ledger.close()
    if file is None:
        typer.echo("".join(f"{record}\n" for record in records), nl=False)
    else:
        with translated(file):
            file.write_text("".join(f"{record}\n" for record in records), encoding="utf-8")
    typer.echo(messages("feedback.exported", count=len(records)), err=True)
    return 0


def _records(ledger: Ledger, *, disliked: bool) -> Iterator[dict[str, object]]:
    """One question each: the liked ones with the quotes that answered as gold, or the disliked ones without gold.

    `answerable` is null where a person has to say it first; the measures refuse it until then.
    """
    for exchange, ups, downs in ledger.voted():
        if exchange.answer is not None and (downs > ups if disliked else ups > downs):
            yield _record(exchange, ledger.asked_before(exchange), ups, downs, disliked=disliked)


def _record(exchange: Exchange, history: list[str], ups: int, downs: int, *, disliked: bool) -> dict[str, object]:
    assert exchange.answer is not None
    answer = exchange.answer
    quotes = [] if disliked else [citation.quote for citation in answer.citations]
    leans = answer.query != answer.question  # a follow-up is nothing without what it follows
    return {
        "id": exchange.id,
        "kind": "disliked" if disliked else "liked",
        "question": exchange.question,
        "history": history if leans else [],
        "article": answer.citations[0].passage.source.article_id if answer.citations else None,
        "answers": quotes,
        "evidence": quotes,
        "answerable": None if disliked else not answer.declined,
        "votes": {"up": ups, "down": downs},
    }
