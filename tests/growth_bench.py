"""What grows, and how, with the number of passages: `python -m tests.growth_bench --sizes 10000 100000 --parts 1000000`.

For each of `--sizes` that many articles are ingested with the bundled embedder, in a process of its own, and questions asked:
seconds, disk and memory of the whole. Chroma's own search is timed beside them, for a trained model asks it.
For each of `--parts` the catalogue and the lexical index are filled alone, to that many passages. Those are 65,536 passages
over and over under new keys: postings, rows and files grow as they would, the vocabulary does not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from retrieval.catalogue import Catalogue
from retrieval.chunking import chunk
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.lexical import LexicalIndex
from retrieval.preparing import prepare
from retrieval.search import HybridRetriever
from retrieval.sources import read
from retrieval.store import PassageStore
from retrieval.types import Article
from tests.ingest_bench import resident, write_articles

ROOT = Path(__file__).parents[1]
POOL = 65_536
QUESTIONS = 60


def megabytes(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.name}*")
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def milliseconds(ask: Callable[[str], object], questions: Sequence[str]) -> str:
    """The median and the 95th percentile of a question, after a first one."""
    ask(questions[0])
    times = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        times.append(1000 * (time.perf_counter() - began))
    return f"{np.percentile(times, 50):.1f} / {np.percentile(times, 95):.1f}"


def questions_of(file: Path) -> list[str]:
    """Eight words from the midst of some articles."""
    found = [article for article in islice(read([file]), 40 * QUESTIONS) if isinstance(article, Article)][::40]
    return [" ".join(article.body.split()[5:13]) for article in found if len(article.body.split()) > 13]


def whole(file: Path, folder: Path) -> str:
    """A row of the first table."""
    index = Index(folder, BundledEmbedder())
    began = time.perf_counter()
    index.ingest([file])
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    index.ingest([file])
    again = time.perf_counter() - began
    passages = index.passage_count
    index.close()

    index, questions, before = Index(folder, BundledEmbedder()), questions_of(file), resident_here()
    asked = milliseconds(lambda question: index.retrieve(question, 10), questions)
    searching = resident_here() - before
    index.open_vectors()
    embed = BundledEmbedder().embed_query
    dense = milliseconds(lambda question: index._store.search(embed(question), 100), questions)
    with_vectors = resident_here() - before
    index.close()
    sizes = [megabytes(folder / name) for name in ("articles.db", "chroma", "lexical")]
    disk = " | ".join(f"{size:.0f}" for size in sizes)
    return f"{passages} | {seconds:.1f} | {again:.2f} | {disk} | {asked} | {dense} | {searching} | {with_vectors} |"


def resident_here() -> int:
    """Megabytes of this process, files that it maps included once they were read."""
    return resident(os.getpid())


def parts(file: Path, folder: Path, wanted: int) -> str:
    """A row of the second table."""
    catalogue, lexical = Catalogue(folder / "articles.db"), LexicalIndex(folder / "lexical")
    chunked = [(found, chunk(found)) for found in read([file]) if isinstance(found, Article)]
    pool = [passage for _, some in chunked for passage in some][:POOL]
    arrays = prepare([(passage.source.title, passage.text) for passage in pool], with_vectors=False).arrays
    put = added = 0.0
    for turn in range(-(-wanted // len(pool))):
        began = time.perf_counter()
        for at in range(0, len(chunked), 1_024):
            articles = [_renamed(article, turn) for article, _ in chunked[at : at + 1_024]]
            catalogue.put([(article, chunk(article)) for article in articles])
            catalogue.mark_ready(article.source.article_id for article in articles)
        put += time.perf_counter() - began
        began = time.perf_counter()
        keys = np.arange(turn * len(pool) + 1, (turn + 1) * len(pool) + 1)
        lexical.add([{**arrays, "keys": keys}], generation=catalogue.generation)
        added += time.perf_counter() - began
    unused = PassageStore(folder / "chroma")
    retriever = HybridRetriever(catalogue, lexical, unused, BundledEmbedder(), dense_weight=0.0)
    before, questions = resident_here(), questions_of(file)
    asked = milliseconds(lambda question: retriever.retrieve(question, 10), questions)
    began = time.perf_counter()
    catalogue.known()
    known = time.perf_counter() - began
    sizes = f"{megabytes(folder / 'articles.db'):.0f} | {megabytes(folder / 'lexical'):.0f}"
    held = resident_here() - before
    return f"{lexical.passage_count} | {put:.0f} | {added:.0f} | {sizes} | {asked} | {held} | {known:.1f} |"


def _renamed(article: Article, turn: int) -> Article:
    return replace(article, source=replace(article.source, article_id=f"{article.source.article_id}-{turn}"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000], help="articles ingested as a whole")
    parser.add_argument("--parts", type=int, nargs="*", default=[], help="passages of the catalogue and lexical index")
    parser.add_argument("--corpus", type=Path, nargs="+", default=[ROOT / "seeds"])
    parser.add_argument("--one", nargs=3, metavar=("KIND", "FILE", "NUMBER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.one:
            kind, file, number = options.one
            print(whole(Path(file), folder / "d") if kind == "whole" else parts(Path(file), folder / "d", int(number)))
            return
        print("| passages | ingest s | again s | articles.db MB | chroma MB | lexical MB | question ms p50 / p95 |"
              " vectors ms p50 / p95 | memory MB | with vectors MB |")  # fmt: skip
        print("|" + "---|" * 10, flush=True)
        for size in options.sizes:
            write_articles(folder / "articles.jsonl", options.corpus, size)
            print(f"| {_alone('whole', folder / 'articles.jsonl', size)}", flush=True)
        if options.parts:
            print("\n| passages | catalogue s | lexical s | articles.db MB | lexical MB | question ms p50 / p95 |"
                  " memory MB | known() s |")  # fmt: skip
            print("|" + "---|" * 8, flush=True)
        for size in options.parts:
            write_articles(folder / "articles.jsonl", options.corpus, min(size, POOL))
            print(f"| {_alone('parts', folder / 'articles.jsonl', size)}", flush=True)


def _alone(kind: str, file: Path, number: int) -> str:
    """The row, made by a process of its own, so that memory is its own too."""
    command = [sys.executable, "-m", "tests.growth_bench", "--one", kind, str(file), str(number)]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
