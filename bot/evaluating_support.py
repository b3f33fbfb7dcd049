"""`dalil eval support`: how many false claims the check stops and how many true ones it lets through."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import AsJson
from retrieval.errors import DatasetBroken

if TYPE_CHECKING:
    from retrieval.evals.support_bench import Result


def support(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=2)] = 500,
    misses: Annotated[bool, typer.Option("--misses")] = False,
    as_json: AsJson = False,
) -> int:
    """Measures the check of claims on claims derived from articles, true ones and false ones."""
    from bot import wiring
    from bot.settings import begin
    from retrieval.chunking import chunk
    from retrieval.evals.support_bench import derive, measure
    from retrieval.sources import read
    from retrieval.types import Article

    settings, messages = begin(None)
    given = [Path(path) / "corpus.jsonl" if (Path(path) / "corpus.jsonl").is_file() else path for path in paths or []]
    sources = wiring.article_paths([str(path) for path in given], settings)
    articles = islice((item for item in read(sources) if isinstance(item, Article)), limit)
    passages = [passage for article in articles for passage in chunk(article)]
    results = measure(derive(passages))
    if not results:
        raise DatasetBroken(path=sources[0], line=1, problem="no sentences")
    if as_json:
        typer.echo(json.dumps([_record(result) for result in results], ensure_ascii=False))
        return 0
    typer.echo(f"{'':24}{'claims':>8}{'stopped':>9}   95 %")
    for result in results:
        low, high = result.interval
        mark = messages("eval.true_claim" if result.true else "eval.false_claim")
        typer.echo(f"{result.kind:24}{result.claims:>8}{result.share:>9.3f}   {low:.2f}-{high:.2f}  {mark}")
        for claim in result.judged if misses else ():
            typer.echo(f"    {claim.passage.id}: {claim.text}")
    return 0


def _record(result: Result) -> dict[str, object]:
    return {
        "kind": result.kind,
        "true": result.true,
        "claims": result.claims,
        "stopped": round(result.share, 4),
        "interval": [round(bound, 4) for bound in result.interval],
    }
