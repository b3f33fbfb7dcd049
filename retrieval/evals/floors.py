"""Floors under the measures: a change that makes search worse than recorded is noticed before it lands.

A file of floors is JSON: `{"name of the data set": {"nDCG@10": 0.85, …}, …}`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import DatasetBroken
from retrieval.evals.bench import Result
from retrieval.evals.measures import MEASURES, mean

Floors = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Drop:
    """A measure below its floor."""

    dataset: str
    measure: str
    value: float
    floor: float


def read_floors(path: Path, datasets: list[str]) -> Floors:
    """The floors of some data sets. Raises `DatasetBroken` where a data set has none: it would pass unseen."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        floors = {str(name): {str(key): float(value) for key, value in found[name].items()} for name in datasets}
    except OSError as error:
        raise DatasetBroken(path=path, problem=error.strerror or "cannot be read") from error
    except KeyError as error:
        raise DatasetBroken(path=path, problem=f"no floors for {error.args[0]}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        problem = 'not an object such as {"name of the data set": {"nDCG@10": 0.85}}'
        raise DatasetBroken(path=path, problem=problem) from error
    for name, measures in floors.items():
        if not measures or not measures.keys() <= MEASURES.keys():
            raise DatasetBroken(path=path, problem=f"{name}: measures are {', '.join(MEASURES)}")
        if any(map(math.isnan, measures.values())):
            raise DatasetBroken(path=path, problem=f"{name}: NaN is not a floor")
    return floors


def drops(result: Result, floors: Floors) -> list[Drop]:
    """The measures of a result that are below their floor."""
    name = result.dataset.name
    values = {measure: mean(result.values[measure]) for measure in floors[name]}
    return [
        Drop(name, measure, values[measure], floor)
        for measure, floor in floors[name].items()
        if values[measure] < floor
    ]
