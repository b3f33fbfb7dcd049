"""`dalil eval support`: the check of claims against what they cite, measured on claims of known truth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import AsJson, DataDir

if TYPE_CHECKING:
    from bot.messages import Messages
    from retrieval.evals.support_bench import Score
    from retrieval.types import Article


def support(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N")] = 500,
    seed: Annotated[int, typer.Option("--seed", metavar="N")] = 0,
    misses: Annotated[bool, typer.Option("--misses")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Measures the check of support on claims derived from articles."""
    from bot.settings import begin
    from bot.wiring import article_paths
    from retrieval.evals.support_bench import derive, run
    from retrieval.support import check

    settings, messages = begin(data_dir)
    articles = _articles([_corpus(path) for path in article_paths(paths or [], settings)], limit, seed, messages)
    if not articles:
        return 1
    scores = run(derive(articles, seed=seed), check)
    if as_json:
        rows = [_figures(score) for score in scores]
        typer.echo(json.dumps({"articles": len(articles), "seed": seed, "kinds": rows}, ensure_ascii=False))
    else:
        typer.echo("\n".join([*_table(scores, messages), *(_missed(scores, messages) if misses else [])]))
    return 0


def _corpus(path: Path) -> Path:
    """The corpus of a data set in BEIR layout; any other path as it is."""
    return path / "corpus.jsonl" if (path / "corpus.jsonl").is_file() else path


def _articles(paths: Sequence[Path], limit: int, seed: int, messages: Messages) -> list[Article]:
    """The articles of some paths, or that many of them, drawn by chance; what cannot be read is told."""
    from random import Random

    from retrieval.sources import read
    from retrieval.types import Failure

    articles = []
    for found in read(paths):
        if isinstance(found, Failure):
            typer.echo(messages.failure(found), err=True)
        else:
            articles.append(found)
    return articles if len(articles) <= limit else Random(seed).sample(articles, limit)


def _figures(score: Score) -> dict[str, object]:
    return {
        "kind": score.kind,
        "true": score.true,
        "claims": score.count,
        "right": score.right,
        "share": round(score.share, 4),
        "interval": score.interval,
    }


def _table(scores: Sequence[Score], messages: Messages) -> list[str]:
    """A row for each kind: true claims let through above, false claims stopped below."""
    lines = []
    for true, title in ((True, "eval.let_through"), (False, "eval.stopped")):
        lines.append(messages(title))
        for score in scores:
            if score.true == true:
                low, high = score.interval
                lines.append(f"{score.kind:26}{score.count:>8}{score.share:>9.3f}   {low:.3f}-{high:.3f}")
    return lines


def _missed(scores: Sequence[Score], messages: Messages) -> list[str]:
    """Each true claim stopped, with the fault found, and each false one let through."""
    lines = []
    for score in scores:
        for claim, checked in score.misses:
            verdict = (
                messages("eval.wrongly_stopped", fault=checked.fault) if claim.true else messages("eval.wrongly_let")
            )
            lines.append(f"{claim.kind} {claim.passage.id}: {verdict}\n    {claim.text}")
    return lines
