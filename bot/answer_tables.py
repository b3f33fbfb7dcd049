"""What `dalil eval answers` prints: a table for people, an object for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.messages import Messages
from retrieval.evals.answers import Figures, figures, groups, intervals, modes, notices
from retrieval.evals.answers_report import Section
from retrieval.evals.declining_curve import DecliningCurve, declining_curve

_NAME = 14
_COLUMNS = {
    "questions": "questions",
    "evidence@1": "evidence@1",
    "answer@1": "answer@1",
    "answer@2": "answer@2",
    "token_f1": "token_f1",
    "citation_precision": "cited_right",
    "citation_recall": "cited_found",
    "declined_right": "declined_right",
    "declined_wrong": "declined_wrong",
    "ms_per_question_p50": "ms_p50",
    "ms_per_question_p95": "ms_p95",
}
"""Figures and the heads of their columns."""


def section_object(section: Section) -> dict[str, Any]:
    """The figures of all questions, their intervals and curve, and the figures of each group."""
    curve = declining_curve(section.outcomes)
    parts = groups(section.outcomes) if section.has_kinds else {}
    return {
        "dataset": section.name,
        **figures(section.outcomes),
        "aurc": curve.aurc,
        "risk_coverage": curve.risk_coverage,
        "thresholds": [asdict(each) for each in curve.thresholds],
        "recommended": asdict(curve.recommended) if curve.recommended else None,
        "modes": modes(section.outcomes),
        "notices": notices(section.outcomes),
        "intervals": intervals(section.outcomes),
        "groups": {name: figures(part) for name, part in parts.items()},
    }


def section_lines(title: str, section: Section, messages: Messages, *, misses: bool) -> list[str]:
    """A table with a row a group, then intervals, modes, the curve in a line or two, and the questions missed."""
    parts = {"all": section.outcomes, **(groups(section.outcomes) if section.has_kinds else {})}
    shown = parts.get("standalone", section.outcomes)
    ranges = ", ".join(f"{name} {low:.2f}-{high:.2f}" for name, (low, high) in intervals(shown).items())
    return [
        title,
        f"{'':{_NAME}}" + "".join(f"{head:>{_width(head)}}" for head in _COLUMNS.values()),
        *(_row(name, figures(part)) for name, part in parts.items()),
        messages("eval.intervals", ranges=ranges),
        _modes(section, messages),
        *_curve(declining_curve(section.outcomes), messages),
        *(_missed(section, messages) if misses else []),
    ]


def _width(head: str) -> int:
    return max(len(head), 6) + 2


def _row(name: str, found: Figures) -> str:
    return f"{name:{_NAME}}" + "".join(f"{_cell(found[key]):>{_width(head)}}" for key, head in _COLUMNS.items())


def _cell(value: float | int | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _modes(section: Section, messages: Messages) -> str:
    line = messages("eval.modes", **modes(section.outcomes))
    if told := notices(section.outcomes):
        line = messages("eval.notices", modes=line, notices=", ".join(f"{code} {n}" for code, n in told.items()))
    followups = figures(section.outcomes)["followup_success"]
    return line if followups is None else messages("eval.followups", modes=line, share=_cell(followups))


def _curve(curve: DecliningCurve, messages: Messages) -> list[str]:
    if curve.aurc is None:
        return []
    lines = [messages("eval.aurc", aurc=_cell(curve.aurc))]
    if best := curve.recommended:
        values = {"right": _cell(best.declined_right), "wrong": _cell(best.declined_wrong)}
        lines.append(messages("eval.threshold", threshold=f"{best.threshold:.2f}", **values))
    return lines


def _missed(section: Section, messages: Messages) -> list[str]:
    """One line for each question that was answered without its evidence, or declined or answered wrongly."""
    return [
        f"{each.gold.id} {each.gold.kind}: {messages(f'eval.{each.miss}')}: {each.gold.question}\n"
        f"    {each.answer.text.splitlines()[0]}"
        for each in section.outcomes
        if each.miss
    ]
