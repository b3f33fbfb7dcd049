"""The cross-encoder reranker, with a tiny model that the test builds and saves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from retrieval.errors import RerankerError, RerankerMissing
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.rerank import CrossEncoderReranker
from retrieval.types import Hit, Passage, Source

ROOT = Path(__file__).parents[1]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "جسر", "وزير", "زلزال", "افتتح", "مدينة"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _saved(tmp_path_factory.mktemp("cross-encoder"), labels=1)


def _saved(target: Path, *, labels: int) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

        (target / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
        torch.manual_seed(1)
        config = BertConfig(
            vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=64, num_labels=labels, initializer_range=1.0,
        )  # fmt: skip
        BertForSequenceClassification(config).save_pretrained(target)
        BertTokenizerFast(str(target / "vocab.txt")).save_pretrained(target)
    return str(target)


def _hits(*texts: str) -> list[Hit]:
    source = Source("a", "")
    return [Hit(Passage(f"a#{n}", source, n, text, 0, len(text)), 1 - n / 10) for n, text in enumerate(texts)]


@pytest.mark.filterwarnings("ignore")
def test_hits_come_in_the_models_order(folder: str) -> None:
    reranker = CrossEncoderReranker(folder)
    hits = _hits("وزير افتتح جسر", "زلزال مدينة", "جسر", "مدينة مدينة وزير")
    ranked = reranker.rerank("جسر", hits)
    assert {hit.passage.id for hit in ranked} == {hit.passage.id for hit in hits}
    scores = [hit.score for hit in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert len(set(scores)) > 1
    again = reranker.rerank("جسر", hits[::-1])
    assert [hit.passage.id for hit in again] == [hit.passage.id for hit in ranked]


@pytest.mark.filterwarnings("ignore")
def test_equal_scores_are_ordered_by_passage_id(folder: str) -> None:
    ranked = CrossEncoderReranker(folder).rerank("جسر", _hits("وزير", "وزير", "وزير")[::-1])
    assert [hit.passage.id for hit in ranked] == ["a#0", "a#1", "a#2"]


class _Slow:
    """A model that takes its time over each batch, and remembers how many texts it saw."""

    def __init__(self, model: Any, seconds: float) -> None:
        self.model = model
        self.seconds = seconds
        self.seen: list[int] = []

    def predict(self, pairs: list[tuple[str, str]], **options: Any) -> Any:
        self.seen.append(len(pairs))
        time.sleep(self.seconds)
        return self.model.predict(pairs, **options)


def _slowed(folder: str, seconds: float, *, budget_seconds: float) -> tuple[CrossEncoderReranker, _Slow]:
    reranker = CrossEncoderReranker(folder, budget_seconds=budget_seconds)
    slow = _Slow(reranker._model, seconds)
    reranker.__dict__["_model"] = slow
    return reranker, slow


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("budget_seconds", "batches"), [(0.0, 1), (1.0, 2), (60.0, 3)])
def test_when_the_time_is_used_up_the_rest_stays_behind_as_it_was(
    folder: str, budget_seconds: float, batches: int
) -> None:
    hits = _hits(
        "مدينة", "وزير افتتح جسر", "زلزال", "جسر", "زلزال مدينة", "وزير", "افتتح", "جسر جسر", "مدينة وزير", "افتتح جسر"
    )
    hits[8] = Hit(hits[8].passage, 0.0)
    hits[9] = Hit(hits[9].passage, 0.0)  # ties keep the order of their ids
    reranker, slow = _slowed(folder, 0.6, budget_seconds=budget_seconds)
    ranked = reranker.rerank("جسر", hits[::-1])
    assert slow.seen == [4, 4, 2][:batches]
    scored = sum(slow.seen)
    whole = {hit.passage.id: hit.score for hit in CrossEncoderReranker(folder, budget_seconds=60).rerank("جسر", hits)}
    assert {hit.passage.id: hit.score for hit in ranked[:scored]} == pytest.approx(
        {hit.passage.id: whole[hit.passage.id] for hit in hits[:scored]}
    )
    assert [hit.passage.id for hit in ranked[scored:]] == [hit.passage.id for hit in hits[scored:]]
    assert ranked == sorted(ranked, key=lambda hit: (-hit.score, hit.passage.id))
    assert all(0.0 <= hit.score <= 1.0 for hit in ranked)
    assert len(ranked) == len(hits)


@pytest.mark.filterwarnings("ignore")
def test_hits_that_were_certain_still_stay_behind_the_scored_ones(folder: str) -> None:
    hits = [Hit(hit.passage, 1.0) for hit in _hits("مدينة", "وزير", "زلزال", "جسر", "افتتح", "جسر جسر")]
    reranker, _ = _slowed(folder, 0.0, budget_seconds=0.0)
    ranked = reranker.rerank("جسر", hits)
    assert [hit.passage.id for hit in ranked[4:]] == ["a#4", "a#5"]
    assert ranked[3].score > ranked[4].score == ranked[5].score > 0


def test_nothing_to_rerank_loads_nothing() -> None:
    assert CrossEncoderReranker("no-such-model").rerank("جسر", []) == []


@pytest.mark.filterwarnings("ignore")
def test_missing_and_broken_models_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for name in ("no-such/model", str(tmp_path / "nowhere")):
        with pytest.raises(RerankerMissing) as caught:
            CrossEncoderReranker(name).rerank("جسر", _hits("وزير"))
        assert caught.value.values == {"model": name}
    (tmp_path / "config.json").write_text("{broken", encoding="utf-8")
    with pytest.raises(RerankerError):
        CrossEncoderReranker(str(tmp_path)).rerank("جسر", _hits("وزير"))
    assert caplog.messages == []


@pytest.mark.filterwarnings("ignore")
def test_a_model_that_sorts_into_classes_is_a_broken_reranker(tmp_path: Path) -> None:
    with pytest.raises(RerankerError) as caught:
        CrossEncoderReranker(_saved(tmp_path, labels=3)).rerank("جسر", _hits("وزير", "جسر"))
    assert caught.value.values == {"model": str(tmp_path), "problem": "3 scores a pair, not one"}


_LOADING = """
import logging, sys
from retrieval.errors import DalilError
from retrieval.rerank import CrossEncoderReranker
from retrieval.types import Hit, Passage, Source
try:
    CrossEncoderReranker("/nope").rerank("جسر", [Hit(Passage("a#0", Source("a", ""), 0, "جسر", 0, 3), 1.0)])
except DalilError as error:
    print(error.code)
import sentence_transformers
print(logging.getLogger("sentence_transformers").getEffectiveLevel() < logging.CRITICAL)
"""


def test_libraries_print_nothing_of_a_missing_model() -> None:
    command = [sys.executable, "-W", "ignore", "-c", _LOADING]
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=120, cwd=ROOT, env=os.environ | {"HF_HUB_OFFLINE": "1"}
    )
    assert (ran.stdout.split(), ran.stderr) == (["reranker_missing", "True"], "")


class _Backwards:
    """A reranker that turns the order round, and remembers how many hits it saw."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def rerank(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        self.seen.append(len(hits))
        return list(reversed(hits))


def test_index_asks_the_reranker_about_more_hits_than_it_returns(tmp_path: Path) -> None:
    lines = [{"id": str(n), "title": "", "text": "جسر " * (n + 1) + "وزير"} for n in range(30)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    reranker = _Backwards()
    index = Index(tmp_path / "data", BundledEmbedder(), reranker=reranker)
    plain = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([tmp_path / "a.jsonl"])
    best = [hit.passage.id for hit in plain.retrieve("جسر", 20)]
    assert [hit.passage.id for hit in index.retrieve("جسر", 3)] == best[::-1][:3]
    assert reranker.seen == [20]
    more = plain.retrieve("جسر", 25)
    found = index.retrieve("جسر", 25)
    assert [hit.passage.id for hit in found] == [*best[::-1], *(hit.passage.id for hit in more[20:])]
    assert reranker.seen == [20, 20]  # however many are wanted, so that the first of them stay the same
    assert 0 < found[24].score <= found[20].score < min(hit.score for hit in found[:20])
    index.close()
    plain.close()
