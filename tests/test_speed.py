"""The times a newcomer feels, measured on whole processes: `pytest tests/test_speed.py -s` prints them.

Each is the best of a few runs, since a busy machine only ever adds; budgets are a few times the figures of the README's table.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.assistant import Assistant
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index

ROOT = Path(__file__).parents[1]
QUESTION = "من هو رئيس أذربيجان؟"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("data")
    index = Index(folder, BundledEmbedder())
    index.ingest([ROOT / "seeds"])
    index.close()
    yield folder


def _run(code: str, *arguments: str, data_dir: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DALIL_", "OLLAMA_"))}
    environment |= {"DALIL_LLM": "none", "PYTHONIOENCODING": "utf-8"}
    if data_dir:
        environment["DALIL_DATA_DIR"] = str(data_dir)
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )


def _seconds(*arguments: str, data_dir: Path | None = None, runs: int = 3) -> float:
    code = "import sys; from bot.__main__ import main; sys.argv[0] = 'dalil'; sys.exit(main())"
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        _run(code, *arguments, data_dir=data_dir)
        times.append(time.perf_counter() - began)
    return min(times)


def test_help_appears_at_once() -> None:
    seconds = _seconds("--help", runs=5)
    print(f"\ndalil --help: {seconds:.2f} s")
    assert seconds <= 0.4


def test_one_question_as_a_whole_process(data_dir: Path) -> None:
    seconds = _seconds("ask", QUESTION, data_dir=data_dir)
    print(f"\ndalil ask: {seconds:.2f} s")
    assert seconds <= 2.5


def test_question_needs_neither_torch_nor_langchain_nor_chroma(data_dir: Path) -> None:
    code = (
        "import sys; from bot.__main__ import run\n"
        "code = run(sys.argv[1:])\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'langchain_core', 'chromadb', 'ollama', 'telegram'}\n"
        "sys.exit(code or ' '.join(heavy & sys.modules.keys()) or 0)"
    )
    assert QUESTION.split()[-1].rstrip("؟") in _run(code, "ask", QUESTION, data_dir=data_dir).stdout


def test_ingest_of_the_seeds(tmp_path: Path) -> None:
    seconds = min(_seconds("ingest", "seeds", data_dir=tmp_path / str(run), runs=1) for run in range(2))
    print(f"\ndalil ingest seeds, whole process, empty folder: {seconds:.2f} s")
    assert seconds <= 3.0


def test_question_in_a_running_process(data_dir: Path) -> None:
    index = Index(data_dir, BundledEmbedder())
    assistant = Assistant(index)
    milliseconds = []
    for question in [QUESTION, "كم مرة التقى ترمب وكيم؟", "لماذا انهارت القمة الثانية؟", "كم عدد سكان أرمينيا؟"] * 5:
        began = time.perf_counter()
        assistant.ask(question)
        milliseconds.append(1000 * (time.perf_counter() - began))
    index.close()
    median = statistics.median(milliseconds)
    print(f"\none question, warm: median {median:.1f} ms, slowest {max(milliseconds):.1f} ms")
    assert median <= 50.0
