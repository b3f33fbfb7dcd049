"""How well expressions of time are read: `python -m tests.time_bench`, on the half that no rule was made from.

An expression is right when its span, its days and its kind are those of the gold set; the interval is a bootstrap over texts.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from retrieval.times import mentions

GOLD = Path(__file__).parent / "data" / "time_expressions.jsonl"
SAMPLES = 2_000


@dataclass(frozen=True)
class Score:
    """Counts of one sample of texts."""

    texts: int
    right: int
    read: int
    expressions: int

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.expressions if self.expressions else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.read + self.expressions) if self.read + self.expressions else 1.0


def counts(gold: Path, split: str) -> list[tuple[int, int, int]]:
    """Of each text: expressions read rightly, read, and there."""
    found = []
    for line in gold.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["split"] != split:
            continue
        anchor = date.fromisoformat(record["anchor"]) if record["anchor"] else None
        read = {(m.start, m.end, str(m.first), str(m.last), m.kind) for m in mentions(record["text"], anchor)}
        there = {(e["start"], e["end"], e["from"], e["to"], e["kind"]) for e in record["expressions"]}
        found.append((len(read & there), len(read), len(there)))
    return found


def summed(found: list[tuple[int, int, int]]) -> Score:
    right, read, there = (sum(column) for column in zip(*found, strict=True))
    return Score(len(found), right, read, there)


def measured(gold: Path, split: str) -> Score:
    return summed(counts(gold, split))


def main() -> None:
    for split in ("dev", "test"):
        found = counts(GOLD, split)
        chance = random.Random(0)
        samples = sorted(summed(chance.choices(found, k=len(found))).f1 for _ in range(SAMPLES))
        score = summed(found)
        print(
            f"{split}: {score.texts} texts, {score.expressions} expressions, precision {score.precision:.3f}, "
            f"recall {score.recall:.3f}, F1 {score.f1:.3f} [{samples[SAMPLES // 40]:.3f}, {samples[-SAMPLES // 40]:.3f}]"
        )


if __name__ == "__main__":
    main()
