"""The report of `dalil eval retrieval`: one HTML page that opens anywhere, light and dark, without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from retrieval.evals.bench import Result
from retrieval.evals.charts import Whisker, histogram, lines, whiskers
from retrieval.evals.growth import Growth
from retrieval.evals.markup import document, figure, isolated, number, table
from retrieval.evals.measures import MAIN, Comparison, mean

SHOWN_CHANGES = 15
"""Questions listed on each side of a comparison."""


@dataclass(frozen=True, slots=True)
class Section:
    """One data set: a result, what it is compared with, the measure at each dense weight, the growth."""

    result: Result
    others: Sequence[Result] = ()
    weights: Mapping[float, float] = field(default_factory=dict)
    growth: Sequence[Growth] = ()


def page(sections: Sequence[Section]) -> str:
    """The whole page."""
    note = "Brackets and lines are bootstrap 95 % intervals over questions; p is that of a paired randomization test."
    return document("Dalil · retrieval", note, "".join(_section(section) for section in sections))


def _section(section: Section) -> str:
    result = section.result
    results = [result, *section.others]
    comparisons = [result.against(other) for other in section.others]
    parts = [
        f"<h2>{isolated(result.dataset.name)} <small>{escape(result.dataset.split)}: {_counts(results)}, "
        f"judged by {result.judged_by}</small></h2>",
        _measures(results),
        figure(f"{MAIN} by configuration", whiskers([_whisker(each) for each in results], against_first=True)),
        figure("All measures", whiskers([
            Whisker(name, mean(values), *result.intervals()[name]) for name, values in result.values.items()
        ])),
    ]  # fmt: skip
    if result.milliseconds:
        marks = {"p50": result.percentile(50) or 0.0, "p95": result.percentile(95) or 0.0}
        title = "Time of a question, ms"
        parts.append(figure(title, histogram({"questions": result.milliseconds}, title=title, marks=marks)))
    if scores := _second_scores(result):
        title = "Score of the second document, that of the first being 1"
        parts.append(figure(title, histogram(scores, title=title)))
    if comparisons:
        parts.append(_compared(comparisons))
    parts += [_changes(comparison, result.dataset.queries) for comparison in comparisons]
    if section.weights:
        parts.append(_weights(section.weights))
    if section.growth:
        parts.append(_growth(section.growth))
    return f"<section>{''.join(parts)}</section>"


def _counts(results: Sequence[Result]) -> str:
    passages = max(result.passages for result in results)
    return f"{len(results[0].dataset.queries):,} questions" + (f", {passages:,} passages" if passages else "")


def _whisker(result: Result) -> Whisker:
    return Whisker(result.configuration, mean(result.values[MAIN]), *result.intervals()[MAIN])


def _second_scores(result: Result) -> dict[str, list[float]]:
    """How near the second comes to the first, where the first is right and where it is not."""
    found: dict[str, list[float]] = {"first is relevant": [], "first is not": []}
    for query, documents in result.run.items():
        if len(documents) > 1 and documents[0].score > 0:
            right = result.values["R@1"].get(query, 0.0) > 0
            found["first is relevant" if right else "first is not"].append(documents[1].score / documents[0].score)
    return {name: scores for name, scores in found.items() if scores}


# ------------------------------------------------------------------------------------------------------ tables


def _measures(results: Sequence[Result]) -> str:
    names = list(results[0].values)
    head = ["configuration", *names, "index s", "p50 ms", "p95 ms"]
    rows = []
    for result in results:
        intervals = result.intervals()
        cells = [
            f"{mean(values):.3f} <small>[{intervals[name][0]:.3f}, {intervals[name][1]:.3f}]</small>"
            for name, values in result.values.items()
        ]
        cells += [number(result.seconds_index or None), number(result.percentile(50)), number(result.percentile(95))]
        rows.append([isolated(result.configuration), *cells])
    return table(head, rows)


def _compared(comparisons: Sequence[Comparison]) -> str:
    rows = [
        [
            isolated(each.other), f"{each.other_value:.4f}", f"{each.difference:+.4f}",
            f"[{each.interval[0]:+.4f}, {each.interval[1]:+.4f}]", f"{each.p:.4f}", str(len(each.won)), str(len(each.lost)),
        ]
        for each in comparisons
    ]  # fmt: skip
    head = ["against", MAIN, "difference", "95 % interval", "p", "questions won", "lost"]
    return f"<h3>{escape(comparisons[0].measure)} against others</h3>{table(head, rows)}"


def _changes(comparison: Comparison, queries: Mapping[str, str]) -> str:
    sides = []
    for name, changed in (("won", comparison.won), ("lost", comparison.lost)):
        rows = [
            [isolated(query), f"<span dir=auto>{escape(queries[query])}</span>", f"{change:+.3f}"]
            for query, change in list(changed.items())[:SHOWN_CHANGES]
        ]
        if rows:
            sides.append(f"<h4>{len(changed)} {name}</h4>{table(['id', 'question', 'difference'], rows)}")
    if not sides:
        return ""
    return f"<details><summary>Questions won and lost against {isolated(comparison.other)}</summary>{''.join(sides)}</details>"


def _weights(weights: Mapping[float, float]) -> str:
    rows = [[f"{weight:.2f}", f"{value:.4f}"] for weight, value in weights.items()]
    return f"<h3>Weight of the vectors in the fusion</h3>{table(['weight', MAIN], rows)}"


def _growth(growth: Sequence[Growth]) -> str:
    head = [
        "passages",
        "index s",
        "passages/s",
        "all in, passages/s",
        "disk MB",
        "memory MB",
        "add one article s",
        "p50 ms",
        "p95 ms",
    ]
    rows = [
        [
            f"{g.passages:,}", f"{g.seconds_index:.0f}", f"{g.passages / g.seconds_index:,.0f}", number(g.all_in_per_second),
            f"{g.disk_mb:,.0f}", f"{g.memory_mb:,.0f}", f"{g.seconds_to_add:.2f}", f"{g.p50:.1f}", f"{g.p95:.1f}",
        ]
        for g in growth
    ]  # fmt: skip
    times = {"p50": [(g.passages, g.p50) for g in growth], "p95": [(g.passages, g.p95) for g in growth]}
    title = "Time of a question, ms, over passages"
    plot = figure(title, lines(times, title=title)) if len(growth) > 1 else ""
    return f"<h3>Growth</h3>{table(head, rows)}{plot}"
