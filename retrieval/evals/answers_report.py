"""The report of `dalil eval answers`: the figures of each set, where declining would stand, and every question missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from retrieval.arabic import sentences
from retrieval.evals.answers import Outcome, figures, groups, intervals, modes, notices
from retrieval.evals.charts import Bar, Whisker, bars, curves, whiskers
from retrieval.evals.declining_curve import MOST_DECLINED_WRONG, DecliningCurve, declining_curve
from retrieval.evals.markup import document, figure, found_at, highlighted, isolated, table
from retrieval.types import Citation

MEANINGS = {
    "evidence@1": "the first quote holds the gold evidence",
    "answer@1": "the first quote holds a gold answer",
    "answer@2": "one of the first two quotes does",
    "token_f1": "words shared with the best gold answer (SQuAD)",
    "citation_precision": "citations shown that hold evidence or answer",
    "citation_recall": "any citation shown holds the evidence",
    "followup_success": "evidence@1 of questions with a history",
    "declined_right": "unanswerable questions declined",
    "declined_wrong": "answerable questions declined",
}
_MISSES = {
    "declined_wrong": "Declined, though the articles answer",
    "no_evidence": "Answered without the gold evidence first",
    "answered_wrong": "Answered what the articles do not answer",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One set of questions and what became of them; `has_kinds` where they are of different kinds."""

    name: str
    outcomes: Sequence[Outcome]
    has_kinds: bool = True


def page(sections: Sequence[Section]) -> str:
    """The whole page."""
    note = "Brackets and lines are bootstrap 95 % intervals over questions."
    return document("Dalil · answers", note, _head(sections) + "".join(_section(section) for section in sections))


def _head(sections: Sequence[Section]) -> str:
    """A column a set; where there are kinds, another for the standalone questions."""
    columns: list[tuple[str, Sequence[Outcome]]] = []
    for section in sections:
        columns.append((section.name, section.outcomes))
        if section.has_kinds:
            columns.append((f"{section.name}, standalone", groups(section.outcomes)["standalone"]))
    found = [(figures(part), intervals(part)) for _, part in columns]
    rows = [["questions asked", *(str(measured["questions"]) for measured, _ in found)]]
    for measure, meaning in MEANINGS.items():
        cells = [_share(measured[measure], ranges.get(measure)) for measured, ranges in found]
        rows.append([f"{measure}<small>{meaning}</small>", *cells])
    areas = [declining_curve(part).aurc for _, part in columns]
    rows.append(["AURC<small>area under risk over coverage; lower is better</small>", *map(_share, areas)])
    for rank in (50, 95):
        times = (measured[f"ms_per_question_p{rank}"] for measured, _ in found)
        rows.append([f"p{rank} ms", *("–" if time is None else f"{time:,.1f}" for time in times)])
    return f"<div class=measures>{table(['', *(name for name, _ in columns)], rows)}</div>"


def _share(value: float | None, interval: tuple[float, float] | None = None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" <small>[{interval[0]:.3f}, {interval[1]:.3f}]</small>" if interval else "")


def _section(section: Section) -> str:
    outcomes = section.outcomes
    measured, ranges = figures(outcomes), intervals(outcomes)
    rows = [Whisker(name, measured[name] or 0.0, *ranges[name]) for name in MEANINGS if name in ranges]
    parts = [
        f"<h2>{isolated(section.name)} <small>{len(outcomes):,} questions, {measured['answered']:,} answered</small></h2>"
    ]
    parts.append(f"<p class=note>{_modes(outcomes)}</p>")
    if rows:
        parts.append(figure("All measures", whiskers(rows)))
    if section.has_kinds:
        parts.append(_kinds(outcomes))
    parts.append(_curves(declining_curve(outcomes)))
    parts += [_missed(outcomes, miss, title) for miss, title in _MISSES.items()]
    return f"<section>{''.join(parts)}</section>"


def _modes(outcomes: Sequence[Outcome]) -> str:
    answered = ", ".join(f"{count:,} by {name}" for name, count in modes(outcomes).items())
    told = "".join(f"; notice {escape(code)}: {count:,}" for code, count in notices(outcomes).items())
    return f"Answered {answered}{told}."


# ------------------------------------------------------------------------------------------------------ plots


def _kinds(outcomes: Sequence[Outcome]) -> str:
    """What is right of each kind: evidence first where the articles answer, declined where they do not."""
    rows = []
    for kind, part in list(groups(outcomes).items())[1:]:
        for series, answerable in enumerate((True, False)):
            about = [outcome for outcome in part if outcome.gold.answerable == answerable]
            right = sum(outcome.miss is None for outcome in about)
            if about:
                rows.append(Bar(kind, right / len(about), f"{right} of {len(about)}", series))
    rows.sort(key=lambda row: (row.series, -row.share, row.label))
    title = "What is right, by kind"
    return figure(title, bars(rows, ["evidence first", "declined"], title=title))


def _curves(curve: DecliningCurve) -> str:
    if not curve.risk_coverage:
        return ""
    title = "Risk over coverage: the share wrong among the questions answered, when the surest are answered first"
    marks = {"as answered": curve.now} if curve.now else {}
    levels = {"in no order:": curve.risk_coverage[-1][1]}
    risk = curves({"risk": curve.risk_coverage}, title=title, marks=marks, levels=levels)
    return figure(title, risk) + _thresholds(curve)


def _thresholds(curve: DecliningCurve) -> str:
    title = "Declining below a threshold of confidence"
    series: dict[str, list[tuple[float, float]]] = {"declined_right": [], "declined_wrong": []}
    marks: dict[str, tuple[float, float]] = {}
    for each in curve.thresholds:
        for name, share in (("declined_right", each.declined_right), ("declined_wrong", each.declined_wrong)):
            if share is not None:
                series[name].append((each.threshold, share))
                if each == curve.recommended:
                    marks[f"{share:.2f} {name}"] = (each.threshold, share)
    kept = {name: points for name, points in series.items() if points}
    plot = figure(title, curves(kept, title=title, marks=marks, levels={"at most": MOST_DECLINED_WRONG}))
    rows = [
        [f"{each.threshold:.2f}", _share(each.declined_right), _share(each.declined_wrong)]
        for at, each in enumerate(curve.thresholds)
        if at % 10 == 0 or each == curve.recommended
    ]
    listed = table(["threshold", "declined_right", "declined_wrong"], rows)
    return f"{plot}{_recommended(curve)}<details><summary>Thresholds</summary>{listed}</details>"


def _recommended(curve: DecliningCurve) -> str:
    best = curve.recommended
    if best is None:
        return ""
    rightly = "" if best.declined_right is None else f", and {best.declined_right:.3f} of the unanswerable"
    return (
        f"<p>Recommended: {best.threshold:.2f}, the largest threshold that declines at most {100 * MOST_DECLINED_WRONG:.0f} % of "
        f"the answerable questions: {_share(best.declined_wrong)} of these{rightly}.</p>"
    )


# ------------------------------------------------------------------------------------------------------ what was missed


def _missed(outcomes: Sequence[Outcome], miss: str, title: str) -> str:
    missed = [outcome for outcome in outcomes if outcome.miss == miss]
    if not missed:
        return ""
    return f"<h3>{title} <small>{len(missed):,}</small></h3>" + "".join(_question(outcome) for outcome in missed)


def _question(outcome: Outcome) -> str:
    gold, answer = outcome.gold, outcome.answer
    sure = "" if answer.confidence is None else f" · confidence {answer.confidence:.2f}"
    reason = f" · {answer.reason}" if answer.reason else ""
    notice = f" · notice {escape(answer.notice.code)}" if answer.notice else ""
    earlier = "".join(f"<p dir=auto><small>{escape(question)}</small></p>" for question in gold.history)
    rows = [("answer", f"<p dir=auto>{escape(answer.text)}</p>")]
    wanted = (*gold.evidence, *gold.answers)
    cited = [*answer.citations, *(answer.nearest if answer.declined else ())]
    if cited:
        rows.append(("nearest" if answer.declined else "citations", "".join(_citation(each, wanted) for each in cited)))
    if gold.evidence:
        rows.append(("gold evidence", "".join(_evidence(outcome, span) for span in gold.evidence)))
    if gold.answers and gold.answers != gold.evidence:
        rows.append(("gold answer", f"<p dir=auto>{escape(' · '.join(gold.answers))}</p>"))
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    head = f"<small>{isolated(gold.id)} · {isolated(gold.kind)} · {answer.mode}{reason}{sure}{notice}</small>"
    return f"<article class=miss>{head}{earlier}<p class=question dir=auto>{escape(gold.question)}</p><dl>{listed}</dl></article>"


def _citation(citation: Citation, wanted: Sequence[str]) -> str:
    title = f"<small dir=auto>{escape(citation.passage.source.title)}</small>"
    return f"<p dir=auto>[{citation.label}] {highlighted(citation.quote, wanted)}</p>{title}"


def _evidence(outcome: Outcome, span: str) -> str:
    """The gold span in its sentence of the first passage found that has it, and the passage's rank."""
    for item in outcome.answer.evidence:
        text = item.hit.passage.text
        if places := found_at(text, [span]):
            around = [s for s in sentences(text) if s.start < places[0].end and s.end > places[0].start]
            shown = text[around[0].start : around[-1].end] if around else text
            rank = f"<small>in passage {item.label} of those found, {isolated(item.hit.passage.source.title)}</small>"
            return f"<p dir=auto>{highlighted(shown, [span])}</p>{rank}"
    searched = len(outcome.answer.evidence)
    rank = f"in none of the {searched} passages found" if searched else "nothing was searched"
    return f"<p dir=auto><mark>{escape(span)}</mark></p><small>{rank}</small>"
