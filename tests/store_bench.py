"""How the store stands kills and crowds: `python -m tests.store_bench [--articles N] [--kills N]`.

D1  ingest killed at random moments, then resumed: the passages of an uninterrupted run, none missing, doubled or orphaned
D2  re-ingest of changed articles killed at random moments: never old and new passages of one article together
D3  a reader beside an ingest: how long until it sees a new article, and how soon a second writer is refused
D5  re-ingest of what has not changed: embeddings computed, seconds per 1,000 articles
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from retrieval import preparing
from retrieval.errors import StoreBusy
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.verifying import verify
from tests.test_durability import ROOT, contents

INGEST = (
    "import sys; from pathlib import Path; from retrieval import ingest; from retrieval.hashing import BundledEmbedder\n"
    "from retrieval.index import Index\n"
    "ingest.BATCH_ARTICLES = 100  # many places to be interrupted at\n"
    "Index(Path(sys.argv[1]), BundledEmbedder()).ingest([Path(sys.argv[2])])\n"
)
WORDS = (
    "وزير",
    "جسر",
    "مطر",
    "كأس",
    "فريق",
    "مدينة",
    "حكومة",
    "اتفاق",
    "حدود",
    "سلام",
    "سوق",
    "نفط",
    "طقس",
    "بحر",
    "ميناء",
    "مدرسة",
)
QUESTION = "ماذا قال الوزير عن الجسر في المدينة"


def written(file: Path, articles: int, edition: int) -> Path:
    """Articles of two or three passages; each edition marks every one of its sentences."""
    with file.open("w", encoding="utf-8") as lines:
        for number in range(articles):
            chance = random.Random(number)
            paragraphs = [
                " ".join(chance.choices(WORDS, k=70)) + f" الطبعة{'أبتث'[edition]}."
                for _ in range(chance.randrange(2, 4))
            ]
            record = {"id": f"n{number}", "title": f"خبر رقم {number}", "text": "\n".join(paragraphs)}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    return file


def killed(data: Path, file: Path, after: float) -> bool:
    """An ingest in a process of its own, killed after so many seconds; whether it was still at work."""
    process = subprocess.Popen([sys.executable, "-c", INGEST, str(data), str(file)], cwd=ROOT)
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def kills_while_filling(folder: Path, articles: int, kills: int) -> Iterator[str]:
    file = written(folder / "a.jsonl", articles, 0)
    began = time.monotonic()
    killed(folder / "whole", file, 600.0)
    seconds = time.monotonic() - began
    with closing(Index(folder / "whole", BundledEmbedder())) as index:
        expected = contents(index)
    chance, wrong, at_work, answered = random.Random(1), 0, 0, 0
    for number in range(kills):
        data = folder / f"k{number}"
        at_work += killed(data, file, 0.3 + chance.random() * (seconds - 0.3))
        with closing(Index(data, BundledEmbedder())) as index:
            found = {hit.passage.id: hit.passage.text for hit in index.retrieve(QUESTION, 20)}
            answered += all(expected.get(passage_id) == text for passage_id, text in found.items())
            index.ingest([file])
            wrong += contents(index) != expected
        wrong += bool(list(verify(data)))
    yield f"D1: {kills} kills ({at_work} at work), {wrong} unlike an uninterrupted run, questions right in between {answered}"


def kills_while_changing(folder: Path, articles: int, kills: int) -> Iterator[str]:
    file = written(folder / "a.jsonl", articles, 0)
    data = folder / "data"
    killed(data, file, 600.0)
    began = time.monotonic()
    written(file, articles, 1)
    killed(data, file, 600.0)
    seconds = time.monotonic() - began
    chance, mixed, asked = random.Random(2), 0, 0
    for number in range(kills):
        written(file, articles, number % 2)
        killed(data, file, 0.5 + chance.random() * seconds)
        with closing(Index(data, BundledEmbedder())) as index:
            for _ in range(3):
                editions: dict[str, set[str]] = {}
                for hit in index.retrieve(" ".join(chance.choices(WORDS, k=4)), 200):
                    marks = {mark for mark in ("الطبعةأ", "الطبعةب") if mark in hit.passage.text}
                    editions.setdefault(hit.passage.source.article_id, set()).update(marks)
                asked += 1
                mixed += any(len(marks) > 1 for marks in editions.values())
    yield f"D2: {kills} kills, {mixed} of {asked} searches with old and new passages of one article"


def crowded(folder: Path, articles: int) -> Iterator[str]:
    file = written(folder / "a.jsonl", articles, 0)
    data = folder / "data"
    with closing(Index(data, BundledEmbedder())) as reader:
        reader.ingest([written(folder / "first.jsonl", 50, 0)])
        writer = subprocess.Popen([sys.executable, "-c", INGEST, str(data), str(file)], cwd=ROOT)
        slowest = refused = 0.0
        while writer.poll() is None:
            began = time.monotonic()
            reader.retrieve(QUESTION, 10)
            slowest = max(slowest, time.monotonic() - began)
            if not (data / "writer").exists():
                continue
            began = time.monotonic()
            try:
                reader.ingest([])
            except StoreBusy:
                refused = max(refused, time.monotonic() - began)
        extra = folder / "extra.jsonl"
        extra.write_text(json.dumps({"id": "new", "title": "زلزال", "text": "ضرب زلزال بحري جزيرة نائية."}), "utf-8")
        began = time.monotonic()
        killed(data, extra, 60.0)
        done = time.monotonic()
        while not any(hit.passage.id == "new#0" for hit in reader.retrieve("زلزال الجزيرة النائية", 3)):
            time.sleep(0.05)
        seen = time.monotonic() - done
    yield (
        f"D3: a question beside an ingest at most {slowest:.2f} s, a second writer refused within {refused:.2f} s, "
        f"a new article seen {seen:.2f} s after its ingest"
    )


def unchanged(folder: Path, articles: int) -> Iterator[str]:
    file = written(folder / "a.jsonl", articles, 0)
    with closing(Index(folder / "data", BundledEmbedder())) as index:
        index.ingest([file])
        calls = []
        prepare = preparing.prepare
        preparing.prepare = lambda *given, **named: calls.append(1) or prepare(*given, **named)  # type: ignore[func-returns-value]
        began = time.monotonic()
        report = index.ingest([file])
        seconds = time.monotonic() - began
        preparing.prepare = prepare
    yield f"D5: {report.unchanged} unchanged, {len(calls)} batches embedded, {1000 * seconds / articles:.3f} s per 1,000 articles"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for number, rows in enumerate(
            (
                lambda folder: kills_while_filling(folder, options.articles, options.kills),
                lambda folder: kills_while_changing(folder, options.articles, max(options.kills // 2, 1)),
                lambda folder: crowded(folder, options.articles),
                lambda folder: unchanged(folder, options.articles),
            )
        ):
            folder = Path(name) / str(number)
            folder.mkdir()
            for row in rows(folder):
                print(row, flush=True)


if __name__ == "__main__":
    main()
