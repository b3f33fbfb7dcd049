"""How search grows: collections of many passages, made of the shuffled sentences of a data set, indexed and asked.

Some words of every passage are made up, for a larger collection has more names. Up to `ALL_IN` passages go the whole way,
vectors included; beyond, only what a question needs without a model is made: the catalogue and the lexical index.
Questions are asked by a process of its own (`python -m retrieval.evals.growth FOLDER QUERIES.json`), whose memory is measured.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from retrieval.arabic import clean, sentences
from retrieval.catalogue import Catalogue
from retrieval.chunking import chunk
from retrieval.errors import DatasetBroken
from retrieval.evals.datasets import Dataset, records
from retrieval.evals.misspelling import LETTERS
from retrieval.features import ANALYZER
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.lexical import LexicalIndex
from retrieval.types import Article, Source

ALL_IN = 100_000
QUESTIONS = 500
_BATCH = 4_096
_WORDS = 90
_MADE_UP = 3
"""Words of a passage, and those of them that are made up."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What a collection of one size costs. Megabytes are 10^6 bytes; times of a question in milliseconds."""

    passages: int
    seconds_index: float
    """Of the lexical index."""
    all_in_per_second: float | None
    """Passages ingested a second, vectors included; None where they were left out."""
    disk_mb: float
    """Of the catalogue and the lexical index."""
    memory_mb: float
    """Of a process that asks, memory-mapped files included."""
    seconds_to_add: float
    """One more article into the lexical index."""
    p50: float
    p95: float


def grow(dataset: Dataset, passages: int, folder: Path) -> Growth:
    """Makes a collection in an empty folder and measures it. Raises `DatasetBroken` for a corpus without text."""
    articles = _articles(dataset, passages)
    all_in = None
    if passages <= ALL_IN:
        all_in = passages / _ingest(folder, articles)
        LexicalIndex(folder / "lexical").clear()
    else:
        _store(folder, articles)
    seconds = _index(folder)
    began = time.perf_counter()
    lexical = LexicalIndex(folder / "lexical")
    lexical.reload()
    key = int(lexical.keys[-1]) + 1
    lexical.update(add=[(key, ANALYZER.analyse("عنوان", "خبر واحد جديد."))], remove=(), generation=lexical.generation)
    to_add = time.perf_counter() - began
    lexical.update(add=(), remove=[key], generation=lexical.generation)
    asked = _ask(folder, list(islice(dataset.queries.values(), QUESTIONS)))
    disk = sum(file.stat().st_size for part in ("articles.db", "lexical") for file in _files(folder / part)) / 1e6
    return Growth(passages, seconds, all_in, disk, asked["memory_mb"], to_add, asked["p50"], asked["p95"])


def _articles(dataset: Dataset, count: int) -> Iterator[Article]:
    """Articles of one passage each, the same at every run."""
    texts = [clean(str(record["text"])) for _, record in records(dataset.corpus)]
    pool = [span.of(text) for text in texts for span in sentences(text)]
    if not pool:
        raise DatasetBroken(path=dataset.corpus, line=1, problem="no text to make passages of")
    chance = random.Random(0)
    for number in range(count):
        words: list[str] = []
        while len(words) < _WORDS:
            words += [*chance.choice(pool).split(), "."]
        for at in chance.sample(range(_WORDS), _MADE_UP):
            words[at] = "".join(chance.choices(LETTERS, k=6))
        text = " ".join(words[:_WORDS])
        yield Article(Source(f"g{number}", " ".join(words[:6]), origin="growth"), text)


def _ingest(folder: Path, articles: Iterator[Article]) -> float:
    """Seconds, from a file to a searchable collection."""
    corpus = folder / "corpus.jsonl"
    with corpus.open("w", encoding="utf-8") as file:
        for article in articles:
            record = {"_id": article.source.article_id, "title": article.source.title, "text": article.body}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    index = Index(folder, BundledEmbedder())
    seconds = index.ingest([corpus]).seconds
    index.close()
    corpus.unlink()
    return seconds


def _store(folder: Path, articles: Iterator[Article]) -> None:
    catalogue = Catalogue(folder / "articles.db")
    while batch := list(islice(articles, _BATCH)):
        catalogue.put([(article, chunk(article)) for article in batch])
        catalogue.mark_ready([article.source.article_id for article in batch])
    catalogue.close()
    index = Index(folder, BundledEmbedder())
    index.record_fingerprint()
    index.close()


def _index(folder: Path) -> float:
    index = Index(folder, BundledEmbedder())
    began = time.perf_counter()
    index.retrieve("سؤال", 1)  # finds the lexical index missing and makes it
    seconds = time.perf_counter() - began
    index.close()
    return seconds


def _files(path: Path) -> Iterator[Path]:
    return (file for file in path.rglob("*") if file.is_file()) if path.is_dir() else iter([path])


def _ask(folder: Path, questions: Sequence[str]) -> dict[str, float]:
    file = folder / "questions.json"
    file.write_text(json.dumps(questions), encoding="utf-8")
    command = [sys.executable, "-m", "retrieval.evals.growth", str(folder), str(file)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _main(folder: Path, questions: Sequence[str]) -> None:
    """Asks each question once after a few to warm up, and prints times and memory."""
    index = Index(folder, BundledEmbedder())
    milliseconds = []
    warm_up = questions[:20]
    for question in [*warm_up, *questions]:
        began = time.perf_counter()
        index.retrieve(question, 20)
        milliseconds.append(1000 * (time.perf_counter() - began))
    index.close()
    p50, p95 = np.percentile(milliseconds[len(warm_up) :], [50, 95])
    print(json.dumps({"p50": float(p50), "p95": float(p95), "memory_mb": _memory_mb()}))  # noqa: T201 - read by _ask


def _memory_mb() -> float:
    """The memory of this process now (Linux), else the most it had."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1000
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    _main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
