"""A second opinion on what a model claims: whether a passage entails it, by a cross-encoder trained for inference (NLI)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.errors import EntailmentError, EntailmentMissing
from retrieval.model_files import load_here_first

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


UNNAMED_LABELS = ("contradiction", "entailment", "neutral")
"""The order taken for a model whose three labels are LABEL_0 … LABEL_2: that of sentence-transformers' own NLI models
(sbert.net, Cross-Encoder > Training > Natural Language Inference). Others differ, so a model should name its labels."""


class CrossEncoderEntailment:
    """A `SecondOpinion` by a cross-encoder of folder or hub name, loaded at first use.

    Raises `EntailmentMissing` when there is no such model, `EntailmentError` when it fails or is not trained for this.
    """

    def __init__(self, model: str, *, budget_seconds: float = 2.0) -> None:
        """An opinion that has not come `budget_seconds` after it was asked for, loading aside, is not waited for."""
        self._name = model
        self._budget_seconds = budget_seconds
        self._loading = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="entailment")

    def entails(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        """For each claim the probability, 0..1, that the premise entails it; None where there was no time for one.

        The claims are judged in their order, so it is the last ones that get none. Of a premise longer than the model's
        window only the beginning counts.
        """
        if not claims:
            return []
        with self._loading:
            model, label = self._model
        opinions: list[float | None] = [None] * len(claims)
        deadline = time.monotonic() + self._budget_seconds

        def judge() -> None:
            for at, claim in enumerate(claims):  # one by one: a batch gains little on a CPU, and hides the clock
                if time.monotonic() >= deadline:
                    break
                opinions[at] = self._probability(model, label, premise, claim)

        judging = self._worker.submit(judge)  # one worker: fast tokenizers fail when two threads use one
        wait([judging], timeout=self._budget_seconds)
        if judging.done():
            judging.result()
        return list(opinions)  # what still comes is of no use to the caller

    def _probability(self, model: CrossEncoder, label: int, premise: str, claim: str) -> float:
        try:
            (row,) = model.predict([(premise, claim)], show_progress_bar=False)
            probability = float(row[label])
        except (RuntimeError, ValueError, IndexError) as error:
            raise EntailmentError(model=self._name, problem=error) from error
        if not 0.0 <= probability <= 1.0:  # of broken weights: NaN
            raise EntailmentError(model=self._name, problem="a probability that is not a number")
        return probability

    @cached_property
    def _model(self) -> tuple[CrossEncoder, int]:
        """The model, and which of its outputs is entailment."""
        from sentence_transformers import CrossEncoder
        from torch.nn import Softmax

        model: CrossEncoder = load_here_first(
            self._name,
            lambda here: CrossEncoder(self._name, local_files_only=here, activation_fn=Softmax(dim=-1)),
            missing=EntailmentMissing,
            failed=EntailmentError,
        )
        labels = model.model.config.id2label if model.model else None
        names = {int(number): str(name) for number, name in (labels or {}).items()}
        label = _entailment_label(names) if len(names) == model.num_labels else None
        if label is None:
            problem = f"no label is called entailment: {', '.join(names.values())}"
            raise EntailmentError(
                model=self._name, problem=problem if model.num_labels > 1 else "it gives one score, not labels"
            )
        return model, label


def _entailment_label(names: Mapping[int, str]) -> int | None:
    """The number of the label called entailment, in any case; by `UNNAMED_LABELS` when there are three without names."""
    called = {name.strip().casefold(): number for number, name in names.items()}
    if len(called) > 1 and "entailment" in called:
        return called["entailment"]
    if len(called) == len(UNNAMED_LABELS) and all(re.fullmatch(r"label_\d", name) for name in called):
        return UNNAMED_LABELS.index("entailment")
    return None
