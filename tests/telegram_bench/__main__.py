"""Prints the table of Telegram's figures for each program: `python -m tests.telegram_bench --rows T1,S1 --share 0.1`."""

from __future__ import annotations

import argparse
import sys

from tests.telegram_bench import delivery, speed, talking
from tests.telegram_bench.bench import PROGRAMS, Bench, Figure

ROWS = {**delivery.ROWS, **talking.ROWS, **speed.ROWS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="", help="some of: " + ", ".join(ROWS))
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    parser.add_argument("--share", type=float, default=1.0, help="of the full sizes")
    options = parser.parse_args()
    wanted = {name.strip() for name in options.rows.split(",") if name.strip()}
    benches = [Bench.over_seeds(name, options.share) for name in options.programs.split(",")]
    print(f"| | property | target | {' | '.join(bench.program for bench in benches)} |", flush=True)
    print("|---|---|---|" + "---|" * len(benches), flush=True)
    for name, (title, target, row) in ROWS.items():
        if wanted and not wanted & {name, *name.split()}:
            continue
        figures = []
        for bench in benches:
            print(f"{name}: {title}, {bench.program} …", file=sys.stderr, flush=True)
            try:
                figures.append(row(bench))
            except Exception as error:  # noqa: BLE001  (a program that fails is a figure too)
                figures.append(Figure(f"failed: {type(error).__name__}", False))
        cells = " | ".join(f"{'✓' if figure.met else '✗'} {figure.text}" for figure in figures)
        print(f"| {name} | {title} | {target} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
