"""The entailment model, with tiny models that the test builds and saves; one head's rows are moved to fit each order."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot import doctor, wiring
from bot.doctor import Check
from bot.messages import Messages
from bot.settings import Settings
from retrieval.entailment import CrossEncoderEntailment
from retrieval.errors import EntailmentError, EntailmentMissing

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[1]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "جسر", "وزير", "زلزال", "افتتح", "مدينة"]
PREMISE = "وزير افتتح جسر مدينة"
CLAIMS = ["وزير افتتح جسر", "زلزال مدينة", "جسر", "مدينة مدينة وزير"]
KINDS = ("contradiction", "entailment", "neutral")

Build = Callable[..., str]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Builds a folder: a model of the given labels, whose weights for a kind are the same in whatever order it comes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    def built(*names: str, kinds: tuple[str, ...] = KINDS, broken: bool = False) -> str:
        folder = tmp_path_factory.mktemp("nli")
        (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
        torch.manual_seed(1)
        config = BertConfig(
            vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=32, num_labels=len(kinds), initializer_range=1.0,
            id2label=dict(enumerate(names)), label2id={name: n for n, name in enumerate(names)},
        )  # fmt: skip
        model = BertForSequenceClassification(config)
        rows = torch.randn(len(KINDS), 16, generator=torch.Generator().manual_seed(2)) / 4
        with torch.no_grad():
            model.classifier.weight.copy_(rows[[KINDS.index(kind) for kind in kinds]] * (math.nan if broken else 1))
        model.save_pretrained(folder)
        BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
        return str(folder)

    return built


@pytest.fixture(scope="module")
def folder(build: Build) -> str:
    return build(*KINDS)


@pytest.fixture(scope="module")
def expected(folder: str) -> list[float]:
    """What the library itself says: the softmax of its raw scores, at the place of entailment."""
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    scores = CrossEncoder(folder).predict([(PREMISE, claim) for claim in CLAIMS], activation_fn=Identity())
    shares = [[math.exp(score) for score in row] for row in scores.tolist()]
    return [row[1] / sum(row) for row in shares]


def test_opinion_is_the_probability_of_entailment(folder: str, expected: list[float]) -> None:
    opinions = CrossEncoderEntailment(folder, budget_seconds=60).entails(PREMISE, CLAIMS)
    assert opinions == pytest.approx(expected, abs=1e-5)
    assert len(set(opinions)) == len(CLAIMS)
    assert all(type(opinion) is float and 0 < opinion < 1 for opinion in opinions)


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        (("ENTAILMENT", "NEUTRAL", "CONTRADICTION"), ("entailment", "neutral", "contradiction")),
        (("Contradiction", "Neutral", " Entailment"), ("contradiction", "neutral", "entailment")),
        (("LABEL_0", "LABEL_1", "LABEL_2"), KINDS),
    ],
)
def test_label_is_found_by_its_name_in_any_order(
    build: Build, expected: list[float], names: tuple[str, ...], kinds: tuple[str, ...]
) -> None:
    opinions = CrossEncoderEntailment(build(*names, kinds=kinds), budget_seconds=60).entails(PREMISE, CLAIMS)
    assert opinions == pytest.approx(expected, abs=1e-5)


def test_two_labels_are_told_apart(build: Build) -> None:
    """“not_entailment” has the word in it, and is its opposite."""
    folders = (
        build("entailment", "not_entailment", kinds=("entailment", "neutral")),
        build("not_entailment", "entailment", kinds=("neutral", "entailment")),
    )
    one, other = (CrossEncoderEntailment(folder, budget_seconds=60).entails(PREMISE, CLAIMS) for folder in folders)
    assert one == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize(
    ("names", "kinds", "problem"),
    [
        (("LABEL_0",), KINDS[:1], "it gives one score, not labels"),
        (("entailment",), KINDS[:1], "it gives one score, not labels"),
        (("LABEL_0", "LABEL_1"), KINDS[:2], "no label is called entailment: LABEL_0, LABEL_1"),
        (("bad", "good", "so so"), KINDS, "no label is called entailment: bad, good, so so"),
    ],
)
def test_model_that_was_not_trained_for_it_is_refused(
    build: Build, names: tuple[str, ...], kinds: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(EntailmentError) as caught:
        CrossEncoderEntailment(folder := build(*names, kinds=kinds)).entails(PREMISE, CLAIMS)
    assert caught.value.values == {"model": folder, "problem": problem}
    assert problem in Messages("en").error(caught.value)
    assert problem not in Messages("ar").error(caught.value)


def test_broken_weights_are_a_fault(build: Build) -> None:
    with pytest.raises(EntailmentError, match="not a number"):
        CrossEncoderEntailment(build(*KINDS, broken=True), budget_seconds=60).entails(PREMISE, CLAIMS)


def test_premise_longer_than_the_window_is_cut(folder: str) -> None:
    (opinion,) = CrossEncoderEntailment(folder, budget_seconds=60).entails(f"{PREMISE} " * 100, CLAIMS[:1])
    assert opinion is not None and 0 <= opinion <= 1


def test_no_claims_load_nothing() -> None:
    assert CrossEncoderEntailment("no-such-model").entails(PREMISE, []) == []


def test_missing_and_broken_models_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for name in ("no-such/model", str(tmp_path / "nowhere")):
        with pytest.raises(EntailmentMissing) as missing:
            CrossEncoderEntailment(name).entails(PREMISE, CLAIMS)
        assert missing.value.values == {"model": name}
    (tmp_path / "config.json").write_text("{broken", encoding="utf-8")
    with pytest.raises(EntailmentError) as caught:
        CrossEncoderEntailment(str(tmp_path)).entails(PREMISE, CLAIMS)
    assert type(caught.value) is EntailmentError
    assert caplog.messages == []


# ---------------------------------------------------------------------------------------- the clock


class _Watched:
    """The library's class, counting loads, pairs and threads at work; the pair of the number `stuck` waits for `go`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, stuck: int | None = None, seconds: float = 0.0) -> None:
        from sentence_transformers import CrossEncoder

        self.go = threading.Event()
        self.loads, self.pairs, self.at_work, self.most_at_work = 0, 0, 0, 0
        watched = self

        class Watched(CrossEncoder):
            def __init__(self, *given: Any, **options: Any) -> None:
                watched.loads += 1
                super().__init__(*given, **options)

            def predict(self, *given: Any, **options: Any) -> Any:
                watched.pairs += 1
                watched.at_work += 1
                watched.most_at_work = max(watched.most_at_work, watched.at_work)
                time.sleep(seconds)
                if watched.pairs == stuck:
                    assert watched.go.wait(30)
                watched.at_work -= 1
                return super().predict(*given, **options)

        monkeypatch.setattr("sentence_transformers.CrossEncoder", Watched)


def test_slow_model_abstains_and_delays_nothing(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = _Watched(monkeypatch, stuck=2)
    entailment = CrossEncoderEntailment(folder, budget_seconds=1.0)
    assert None not in entailment.entails(PREMISE, CLAIMS[:1])  # loaded
    for _ in range(2):  # the second finds the model still at work on the first
        began = time.monotonic()
        assert entailment.entails(PREMISE, CLAIMS) == [None] * len(CLAIMS)
        assert time.monotonic() - began < 2.0
    watched.go.set()
    assert None not in entailment.entails(PREMISE, CLAIMS[:1])
    assert watched.pairs == 3  # of the calls that had no time, one pair was begun in all


def test_claims_judged_in_time_keep_their_opinion(
    folder: str, expected: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = _Watched(monkeypatch, stuck=3)
    opinions = CrossEncoderEntailment(folder, budget_seconds=1.0).entails(PREMISE, CLAIMS)
    watched.go.set()
    assert opinions[:2] == pytest.approx(expected[:2], abs=1e-5)
    assert opinions[2:] == [None, None]


def test_threads_share_one_model_and_take_turns(
    folder: str, expected: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = _Watched(monkeypatch, seconds=0.01)
    entailment = CrossEncoderEntailment(folder, budget_seconds=60)
    with ThreadPoolExecutor(8) as pool:
        opinions = list(pool.map(lambda _: entailment.entails(PREMISE, CLAIMS), range(8)))
    assert opinions == [pytest.approx(expected, abs=1e-5)] * 8
    assert (watched.loads, watched.most_at_work) == (1, 1)


_LEAVING = """
import time
from retrieval.entailment import CrossEncoderEntailment
class Slow:
    def predict(self, pairs, **options):
        time.sleep(0.5)
        print("a pair", flush=True)
        return [[0.2, 0.8]]
entailment = CrossEncoderEntailment("a/b", budget_seconds=0.1)
entailment.__dict__["_model"] = (Slow(), 1)
print(entailment.entails("جسر", ["جسر"] * 50) == [None] * 50, flush=True)
"""


def test_program_that_ends_meanwhile_finishes_the_pair_in_hand_alone() -> None:
    """A thread that is cut off inside torch may abort the whole process."""
    ran = subprocess.run([sys.executable, "-c", _LEAVING], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "True\na pair\n", "")


# ---------------------------------------------------------------------------------------- the doors


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = "import sys; from retrieval.entailment import CrossEncoderEntailment; CrossEncoderEntailment('a/b'); "
    code += "print([m for m in ('torch', 'sentence_transformers', 'numpy', 'httpx') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")


@pytest.mark.parametrize(("model", "kind"), [("a/b", CrossEncoderEntailment), (None, type(None))])
def test_assistant_is_given_the_model_of_the_setting(
    model: str | None, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, object] = {}
    monkeypatch.setattr("retrieval.assistant.Assistant", lambda index, **options: given.update(options))
    wiring.open_assistant(None, Settings(DALIL_ENTAILMENT_MODEL=model))
    assert type(given["second_opinion"]) is kind


def _entailment_check(model: str | None, tmp_path: Path) -> list[Check]:
    settings = Settings(
        DALIL_DATA_DIR=tmp_path / "data", DALIL_ARTICLES=tmp_path, DALIL_LLM="none", DALIL_ENTAILMENT_MODEL=model
    )
    return [check for check in doctor.examine(settings, Messages("en")) if check.name == "entailment"]


def test_doctor_tries_the_model(folder: str, build: Build, tmp_path: Path) -> None:
    assert _entailment_check(folder, tmp_path) == [Check("entailment", True, folder)]
    (refused,) = _entailment_check(build("LABEL_0", kinds=KINDS[:1]), tmp_path)
    assert (refused.ok, refused.fix) == (False, "export DALIL_ENTAILMENT_MODEL=")
    assert "one score" in refused.detail
    assert _entailment_check(None, tmp_path) == []


def test_doctor_says_that_a_model_is_too_slow(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = _Watched(monkeypatch, stuck=1)
    monkeypatch.setattr(doctor, "CrossEncoderEntailment", partial(CrossEncoderEntailment, budget_seconds=0.1))
    (slow,) = _entailment_check(folder, tmp_path)
    watched.go.set()
    assert (slow.ok, slow.fix) == (True, "export DALIL_ENTAILMENT_MODEL=")
    assert "too slow" in slow.detail
