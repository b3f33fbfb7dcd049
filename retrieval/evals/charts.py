"""Plots as SVG text, drawn by hand so that a report needs neither network nor library. Colours come from the page's style."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

WIDTH = 720
_LEFT = 190
_ROW = 26
_PLOT = 200
_BOTTOM = 34
_KEYS = 24
"""Above a plot, for the names of its series."""
_TALL = 270


@dataclass(frozen=True, slots=True)
class Bar:
    """A share, 0..1, with what it is of; bars of one series have one colour."""

    label: str
    share: float
    note: str
    series: int = 0


@dataclass(frozen=True, slots=True)
class Whisker:
    """A value with its interval."""

    label: str
    value: float
    low: float
    high: float


def whiskers(rows: Sequence[Whisker], *, against_first: bool = False) -> str:
    """Values as dots on a common scale, their intervals as lines; a guide through the first where others are seen against it."""
    low = max(0.0, math.floor(10 * min(row.low for row in rows)) / 10)
    high = min(1.0, math.ceil(10 * max(row.high for row in rows)) / 10)
    high = high if high > low else low + 0.1
    height = _ROW * len(rows) + _BOTTOM

    def x(value: float) -> float:
        return float(_LEFT + (value - low) / (high - low) * (WIDTH - _LEFT - 60))

    ticks = np.linspace(low, high, 6 if round(10 * (high - low)) % 5 == 0 else round(10 * (high - low)) + 1)
    parts = [_tick(x(tick), height - _BOTTOM + 6, f"{tick:.2f}", top=0) for tick in ticks]
    if against_first:
        parts.append(_line("guide", x(rows[0].value), 0, x(rows[0].value), height - _BOTTOM + 6))
    for place, row in enumerate(rows):
        y = _ROW * place + _ROW / 2
        parts += [
            _text(_LEFT - 12, y + 4, row.label, anchor="end"),
            _line("whisker", x(row.low), y, x(row.high), y),
            f'<circle class="dot" cx="{x(row.value):.1f}" cy="{y:.1f}" r="4.5"/>',
            _text(x(row.high) + 8, y + 4, f"{row.value:.3f}"),
        ]
    return _svg(height, parts, "Values with 95 % intervals")


def bars(rows: Sequence[Bar], names: Sequence[str], *, title: str) -> str:
    """Shares as bars from 0 to 1, one below the other; `names` are those of the series."""
    across = WIDTH - _LEFT - 130
    height = _ROW * len(rows) + _BOTTOM + _KEYS
    parts = [_tick(_LEFT + across * step / 5, height - _BOTTOM + 6, f"{step / 5:.1f}", top=_KEYS) for step in range(6)]
    parts += [_legend(number, name) for number, name in enumerate(names)]
    for place, row in enumerate(rows):
        top = _KEYS + _ROW * place
        parts += [
            _text(_LEFT - 12, top + 17, row.label, anchor="end"),
            f'<rect class="series{row.series}" x="{_LEFT}" y="{top + 4}" width="{max(1.0, row.share * across):.1f}" height="18"/>',
            _text(_LEFT + row.share * across + 8, top + 17, f"{row.share:.2f} · {row.note}"),
        ]
    return _svg(height, parts, title)


def histogram(series: Mapping[str, Sequence[float]], *, title: str, marks: Mapping[str, float] | None = None) -> str:
    """Distributions over common bins, one behind the other, as shares of each; `marks` are named values on the axis."""
    kept = {name: np.array(values, dtype=float) for name, values in series.items() if len(values)}
    everything = np.concatenate(list(kept.values()))
    tick, top = _scale(float(np.percentile(everything, 99)))
    edges = np.linspace(0.0, top, 41)
    shares = {name: np.histogram(np.clip(values, 0.0, top), edges)[0] / len(values) for name, values in kept.items()}
    highest = max(float(share.max()) for share in shares.values()) or 1.0
    step = (WIDTH - 80) / (len(edges) - 1)

    def x(value: float) -> float:
        return 40.0 + float(min(value, top) - edges[0]) / float(edges[-1] - edges[0]) * (WIDTH - 80)

    ticks = np.arange(0.0, top + tick / 2, tick)
    parts = [_tick(x(value), _PLOT, f"{value:g}", top=_PLOT - 4) for value in ticks.round(6)]
    for number, (name, share) in enumerate(shares.items()):
        bars = [
            f'<rect x="{40 + at * step:.1f}" y="{_PLOT - tall:.1f}" width="{step - 1:.1f}" height="{tall:.1f}"/>'
            for at, value in enumerate(share)
            if (tall := value / highest * (_PLOT - 30)) > 0
        ]
        parts += [f'<g class="series{number}">{"".join(bars)}</g>', _legend(number, name)]
    for name, value in (marks or {}).items():
        parts += [_line("guide", x(value), 24, x(value), _PLOT), _text(x(value) + 4, 34, f"{name} {value:.3g}")]
    return _svg(_PLOT + 24, parts, title)


def _scale(largest: float) -> tuple[float, float]:
    """A round step and the end of an axis from 0 with four to eight steps."""
    largest = max(largest, 1e-9)
    power = 10 ** math.floor(math.log10(largest))
    step = next(power * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2) if largest <= 8 * power * part)
    return step, step * math.ceil(largest / step - 1e-9)


def lines(series: Mapping[str, Sequence[tuple[float, float]]], *, title: str) -> str:
    """Values over sizes, both on logarithmic scales; each series is a line with its points labelled."""
    points = [point for of_series in series.values() for point in of_series if min(point) > 0]
    spans = [(math.log10(min(values)), math.log10(max(values))) for values in zip(*points, strict=True)]
    (left, right), (bottom, top) = [(low, high if high > low else low + 1) for low, high in spans]

    def at(point: tuple[float, float]) -> tuple[float, float]:
        across_share = (math.log10(point[0]) - left) / (right - left)
        up_share = (math.log10(point[1]) - bottom) / (top - bottom)
        return 60 + across_share * (WIDTH - 160), _PLOT - 10 - up_share * (_PLOT - 60)

    sizes = sorted({size for size, _ in points})
    parts = [_tick(at((size, 10**bottom))[0], _PLOT, f"{size:,.0f}", top=_PLOT - 4) for size in sizes]
    for number, (name, of_series) in enumerate(series.items()):
        drawn = [at(point) for point in of_series]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        parts.append(f'<polyline class="line{number}" points="{path}"/>')
        for (x, y), (_, value) in zip(drawn, of_series, strict=True):
            parts += [
                f'<circle class="point{number}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>',
                _text(x + 8, y - 6, f"{value:.3g}"),
            ]
        parts.append(_legend(number, name))
    return _svg(_PLOT + 24, parts, title)


def curves(
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    title: str,
    marks: Mapping[str, tuple[float, float]] | None = None,
    levels: Mapping[str, float] | None = None,
) -> str:
    """Shares over shares: across 0 to 1, up from 0 to the largest; `marks` are named points, `levels` named heights."""
    heights = [y for points in series.values() for _, y in points]
    tick, top = _scale(max([*heights, *(y for _, y in (marks or {}).values()), *(levels or {}).values()], default=1.0))

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return 50 + point[0] * (WIDTH - 80), _KEYS + (1 - point[1] / top) * (_TALL - _KEYS)

    parts = [_tick(at((step / 5, 0))[0], _TALL, f"{step / 5:.1f}", top=_KEYS) for step in range(6)]
    for value in np.arange(0.0, top + tick / 2, tick).round(6):
        y = at((0, value))[1]
        parts += [_line("grid", 50, y, WIDTH - 30, y), _text(42, y + 4, f"{value:g}", anchor="end")]
    for name, value in (levels or {}).items():
        y = at((0, value))[1]
        parts += [_line("guide", 50, y, WIDTH - 30, y), _text(WIDTH - 34, y - 5, f"{name} {value:.3g}", anchor="end")]
    for number, (name, points) in enumerate(series.items()):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, points))
        parts += [f'<polyline class="line{number}" points="{path}"/>', _legend(number, name)]
    for name, point in (marks or {}).items():
        x, y = at(point)
        above = y + 24 > _TALL  # below a rising curve, and above it on its left, there is room
        left = above or x > WIDTH / 2
        label = _text(x - 9 if left else x + 9, y - 9 if above else y + 19, name, anchor="end" if left else "start")
        parts += [f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="5"/>', label]
    return _svg(_TALL + 24, parts, title)


def _svg(height: float, parts: Sequence[str], title: str) -> str:
    body = "".join(parts)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" direction="ltr"><title>{escape(title)}</title>{body}</svg>'
    )


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _tick(x: float, y: float, text: str, *, top: float) -> str:
    return _line("grid", x, top, x, y) + _text(x, y + 16, text, anchor="middle")


def _legend(number: int, name: str) -> str:
    x = 40 + 190 * number
    return f'<rect class="key{number}" x="{x}" y="2" width="11" height="11" rx="2"/>' + _text(x + 17, 12, name)
