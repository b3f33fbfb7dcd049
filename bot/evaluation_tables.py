"""What `dalil eval retrieval` prints: a table for people, an object for scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.messages import Messages
from retrieval.evals.bench import Result
from retrieval.evals.measures import Comparison
from retrieval.evals.report import Section

SHOWN_CHANGES = 5
"""Questions named on each side of a comparison; the report and --json have more."""
_NAME = 24


def result_object(section: Section) -> dict[str, Any]:
    """The figures of the data set, and what was asked for beside them."""
    found: dict[str, Any] = {**section.result.figures(), "intervals": section.result.intervals()}
    if section.others:
        comparisons = [section.result.against(other) for other in section.others]
        found["compared"] = [
            {**other.figures(), **asdict(comparison)}
            for other, comparison in zip(section.others, comparisons, strict=True)
        ]
    if section.weights:
        found["weights"] = {f"{weight:.2f}": round(value, 4) for weight, value in section.weights.items()}
    if section.growth:
        found["growth"] = [asdict(growth) for growth in section.growth]
    return found


def result_lines(section: Section, messages: Messages) -> list[str]:
    """A table with a row a configuration, then what was asked for beside it."""
    result = section.result
    figures = result.figures()
    title = f"{figures['dataset']} · {figures['split']}"
    lines = [f"{title} · {_counts(section, messages)}", _row("", [*result.values, "p50 ms", "p95 ms"])]
    for each in (result, *section.others):
        times = [each.percentile(50), each.percentile(95)]
        values = [f"{each.figures()[name]:.4f}" for name in result.values]
        lines.append(
            _row(each.configuration, [*values, *(f"{time:.1f}" if time is not None else "–" for time in times)])
        )
    low_high = (f"{name} {low:.3f}–{high:.3f}" for name, (low, high) in result.intervals().items())
    lines.append(messages("eval.ranges", ranges=", ".join(low_high)))
    lines.append(messages(f"eval.judged.{result.judged_by}"))
    if section.others:
        lines += ["", *_compared(section, messages)]
    if section.weights:
        lines += [
            "",
            messages("eval.weights"),
            *(f"{weight:10.2f}  {value:.4f}" for weight, value in section.weights.items()),
        ]
    if section.growth:
        lines += ["", *_growth(section)]
    return lines


def _counts(section: Section, messages: Messages) -> str:
    """Of questions, and of passages where they were searched."""
    searched = next((each for each in (section.result, *section.others) if each.milliseconds), None)
    if searched is None:
        return messages("eval.questions", queries=len(section.result.dataset.queries))
    figures = searched.figures()
    return messages(
        "eval.counts", queries=figures["queries"], passages=figures["passages"], seconds=figures["seconds_index"]
    )


def _row(name: str, cells: list[str]) -> str:
    return f"{name:{_NAME}}" + "".join(f"{cell:>9}" for cell in cells)


def _compared(section: Section, messages: Messages) -> list[str]:
    comparisons = [section.result.against(other) for other in section.others]
    lines = [_row(comparisons[0].measure, ["Δ", "from", "to", "p", messages("eval.won"), messages("eval.lost")])]
    for each in comparisons:
        low, high = each.interval
        cells = [
            f"{each.difference:+.4f}",
            f"{low:+.4f}",
            f"{high:+.4f}",
            f"{each.p:.4f}",
            str(len(each.won)),
            str(len(each.lost)),
        ]
        lines.append(_row(each.other, cells))
    if len(comparisons) == 1:
        lines += _changes(comparisons[0], section.result, messages)
    return lines


def _changes(comparison: Comparison, result: Result, messages: Messages) -> list[str]:
    def side(key: str, changed: Mapping[str, float]) -> list[str]:
        shown = list(changed.items())[:SHOWN_CHANGES]
        return [
            f"{messages(key)}:",
            *(f"  {change:+.3f}  {query}  {result.dataset.queries[query]}" for query, change in shown),
        ]

    won = side("eval.won", comparison.won) if comparison.won else []
    return [*won, *(side("eval.lost", comparison.lost) if comparison.lost else [])]


def _growth(section: Section) -> list[str]:
    rows = [_row("passages", ["index s", "/s", "all in/s", "disk MB", "mem MB", "add s", "p50 ms", "p95 ms"])]
    for each in section.growth:
        all_in = f"{each.all_in_per_second:,.0f}" if each.all_in_per_second else "–"
        rows.append(_row(f"{each.passages:,}", [
            f"{each.seconds_index:.1f}", f"{each.passages / each.seconds_index:,.0f}", all_in, f"{each.disk_mb:,.0f}",
            f"{each.memory_mb:,.0f}", f"{each.seconds_to_add:.2f}", f"{each.p50:.1f}", f"{each.p95:.1f}",
        ]))  # fmt: skip
    return rows
