"""`dalil eval retrieval`: search measured over data sets in BEIR layout, compared, tuned, grown, held above a floor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from bot.console import AsJson, DataDir, progress, tell_failures

if TYPE_CHECKING:
    from bot.messages import Messages
    from bot.settings import Settings
    from retrieval.evals.bench import Bench, Result
    from retrieval.evals.configurations import Configuration
    from retrieval.evals.datasets import Dataset
    from retrieval.evals.floors import Floors
    from retrieval.evals.growth import Growth
    from retrieval.evals.report import Section

Side: TypeAlias = "Configuration | Path"
"""A way of searching, or a run from a file."""


def retrieval(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...")],
    split: Annotated[str | None, typer.Option("--split", metavar="NAME")] = None,
    configuration: Annotated[str | None, typer.Option("--configuration", metavar="NAME")] = None,
    compare: Annotated[list[str] | None, typer.Option("--compare", metavar="NAME|FILE")] = None,
    misspell: Annotated[bool, typer.Option("--misspell")] = False,
    ablation: Annotated[bool, typer.Option("--ablation")] = False,
    run: Annotated[Path | None, typer.Option("--run", metavar="FILE")] = None,
    score: Annotated[Path | None, typer.Option("--score", metavar="FILE")] = None,
    floor: Annotated[Path | None, typer.Option("--floor", metavar="FILE")] = None,
    tune: Annotated[bool, typer.Option("--tune")] = False,
    growth: Annotated[list[int] | None, typer.Option("--growth", min=100, metavar="N")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE.html")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> int:
    """Measures search over data sets."""
    from bot.settings import begin
    from retrieval.evals.floors import read_floors

    settings, messages = begin(data_dir)
    sides = _sides(configuration, score, compare or [], ablation=ablation)
    datasets = _datasets(folders, split, messages, misspell=misspell)
    if run or floor:
        _check_names(datasets)
    floors = read_floors(floor, [dataset.name for dataset in datasets]) if floor else {}
    runs = _runs(sides, datasets, has_floors=bool(floors))
    sections: list[Section] = []
    for dataset, from_files in zip(datasets, runs, strict=True):
        section = _measured(dataset, settings, messages, sides, from_files, tune=tune, growth=growth or [])
        if run:
            _write_run(run if len(datasets) == 1 else run.with_stem(f"{run.stem}.{dataset.name}"), section.result)
        typer.echo(_shown(section, messages, as_json=as_json))
        sections.append(section)
    if tune:
        _record_weight(sections, settings, messages)
    if report:
        write_report(report, _page(sections), messages)
    return _held(floors, sections, messages) if floor else 0


def _datasets(folders: Sequence[Path], split: str | None, messages: Messages, *, misspell: bool) -> list[Dataset]:
    """All data sets, read before any is measured; what is odd in them is told."""
    from retrieval.evals.datasets import read_retrieval
    from retrieval.evals.misspelling import misspelt

    datasets = [read_retrieval(folder, split) for folder in folders]
    for dataset in datasets:
        for note in dataset.notes:
            typer.echo(messages.error(note), err=True)
    return [misspelt(dataset) for dataset in datasets] if misspell else datasets


def _check_names(datasets: Sequence[Dataset]) -> None:
    """Floors and run files go by the name of a data set. Raises `DatasetBroken` for one that another has already."""
    from retrieval.errors import DatasetBroken

    seen: set[str] = set()
    for dataset in datasets:
        if dataset.name in seen:
            raise DatasetBroken(path=dataset.folder, problem=f"another data set is called {dataset.name}")
        seen.add(dataset.name)


def _shown(section: Section, messages: Messages, *, as_json: bool) -> str:
    from bot.evaluation_tables import result_lines, result_object

    if as_json:
        return json.dumps(result_object(section), ensure_ascii=False)
    return "\n".join(result_lines(section, messages))


def _page(sections: Sequence[Section]) -> str:
    from retrieval.evals.report import page

    return page(sections)


def write_report(path: Path, page: str, messages: Messages) -> None:
    """Writes the page and says where, on standard error."""
    path.write_text(page, encoding="utf-8")
    typer.echo(messages("eval.report", path=path), err=True)


def _held(floors: Floors, sections: Sequence[Section], messages: Messages) -> int:
    """The exit code: 1 when a measure is below its floor, which is named."""
    from retrieval.evals.floors import drops

    below = [drop for section in sections for drop in drops(section.result, floors)]
    for drop in below:
        values = {
            "dataset": drop.dataset,
            "measure": drop.measure,
            "value": f"{drop.value:.4f}",
            "floor": f"{drop.floor:.4f}",
        }
        typer.echo(messages("eval.below", **values), err=True)
    return 1 if below else 0


def _sides(name: str | None, score: Path | None, compare: Sequence[str], *, ablation: bool) -> list[Side]:
    """What is measured, and what it is compared with. Raises `BadSetting` for what is neither a configuration nor a file."""
    from retrieval.errors import OptionsClash
    from retrieval.evals.configurations import ablations, configuration

    if score and name:
        raise OptionsClash(first="--score", second="--configuration", problem="a run is measured in place of a search")
    first = score or configuration(name or "default")
    return [first, *map(_side, compare), *(ablations() if ablation else ())]


def _side(name: str) -> Side:
    from retrieval.errors import BadSetting
    from retrieval.evals.configurations import configuration

    try:
        return configuration(name)
    except BadSetting:
        if Path(name).is_file():
            return Path(name)
        raise


def _runs(sides: Sequence[Side], datasets: Sequence[Dataset], *, has_floors: bool) -> list[Mapping[Side, Result]]:
    """The scores of the runs among the sides over each data set, before anything is measured that takes time."""
    from retrieval.errors import OptionsClash
    from retrieval.evals.bench import scored
    from retrieval.evals.runs import read_run

    runs = {side: read_run(side) for side in sides if isinstance(side, Path)}
    if has_floors and runs and any(dataset.evidence for dataset in datasets):
        option = "--score" if isinstance(sides[0], Path) else "--compare"
        problem = "floors are of evidence, a run is judged by document"
        raise OptionsClash(first="--floor", second=option, problem=problem)
    return [{path: scored(dataset, path, run) for path, run in runs.items()} for dataset in datasets]


def _measured(
    dataset: Dataset,
    settings: Settings,
    messages: Messages,
    sides: Sequence[Side],
    from_files: Mapping[Side, Result],
    *,
    tune: bool,
    growth: Sequence[int],
) -> Section:
    """An index is made where something is searched for, and only there."""
    from retrieval.evals.bench import alike
    from retrieval.evals.configurations import Configuration
    from retrieval.evals.report import Section
    from retrieval.evals.tuning import dense_weights

    found = dict(from_files)
    weights: Mapping[float, float] = {}
    searches = [side for side in sides if isinstance(side, Configuration)]
    if searches or tune:
        with _bench(dataset, settings, messages) as bench:
            found |= {side: bench.measure(side) for side in searches}
            weights = dense_weights(bench) if tune else {}
    result, *others = alike([found[side] for side in sides])
    return Section(result, others, weights, [_grown(dataset, size) for size in growth])


@contextmanager
def _bench(dataset: Dataset, settings: Settings, messages: Messages) -> Iterator[Bench]:
    """The data set over an index in a folder of its own, with the models of the settings."""
    from bot import wiring
    from retrieval.evals.bench import Bench

    with TemporaryDirectory(prefix="dalil-eval-") as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "chroma_url": None})
        with wiring.opened_index(own) as index:
            bench = Bench(dataset, index)
            with progress(messages) as on_progress:
                report = bench.fill(on_progress=on_progress)
            noted = {note.values.get("line") for note in dataset.notes}
            unheard = tuple(failure for failure in report.failures if str(failure.line) not in noted)
            tell_failures(replace(report, failures=unheard), messages)
            yield bench


def _grown(dataset: Dataset, size: int) -> Growth:
    from retrieval.evals.growth import grow

    with TemporaryDirectory(prefix="dalil-growth-") as folder:
        return grow(dataset, size, Path(folder))


def _write_run(path: Path, result: Result) -> None:
    from retrieval.evals.runs import write_run

    write_run(path, result.run, f"dalil-{result.configuration}")


def _record_weight(sections: Sequence[Section], settings: Settings, messages: Messages) -> None:
    """Keeps the best weight of the dense leg with the index of the data folder."""
    from bot import wiring
    from retrieval.evals.tuning import best_weight

    weight = best_weight([section.weights for section in sections])
    with wiring.opened_index(settings) as index:
        index.record_dense_weight(weight)
    typer.echo(messages("eval.tuned", weight=f"{weight:.2f}", path=settings.data_dir), err=True)
