"""What ingesting costs beside the plain recipe and beside Chroma alone: `python -m tests.ingest_bench --articles 10000`.

Three ways in one run, over the same articles:

recipe   as LangChain's tutorials have it: RecursiveCharacterTextSplitter(1000, 200), a sentence-transformers model of the
         shape of all-MiniLM-L6-v2 (6 layers of 384, random weights, for speed does not depend on them) on the CPU, and
         Chroma.add_documents with texts and metadata. It is linear, so `--recipe` articles are measured and scaled up.
Dalil    `Index.ingest` into an empty folder with the bundled embedder: all that `dalil ingest` does but start.
Chroma   the bare insertion of the vectors that Dalil made, under the same HNSW configuration: with their texts and two fields
         of metadata, as programs store them, and with nothing but ids.

The memory is the peak of a process of its own that ingests them and of those it starts. With `--memory` nothing else is
measured. Articles are those of `--corpus` files (JSON Lines); where they are too few, more are made of their sentences.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.arabic import sentences, words
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.sources import read
from retrieval.store import BATCH, configuration
from retrieval.types import Article

ROOT = Path(__file__).parents[1]
MEMORY = """
import sys, time
from pathlib import Path
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
began = time.perf_counter()
index = Index(Path(sys.argv[2]), BundledEmbedder())
report = index.ingest([Path(sys.argv[1])])
print(report.added, report.passages, time.perf_counter() - began)
"""
VOCABULARY = 30_522
MOST_TOKENS = 256


# ------------------------------------------------------------------------------------------------------ the articles


def write_articles(file: Path, corpus: Sequence[Path], count: int) -> None:
    """The first `count` articles as JSON Lines; where there are fewer, more of their sentences, in other company."""
    articles = [found for found in itertools.islice(read(corpus), count) if isinstance(found, Article)]
    with file.open("w", encoding="utf-8") as lines:
        for number, (title, text) in enumerate(itertools.islice(_texts(articles), count)):
            lines.write(json.dumps({"id": f"n{number}", "title": title, "text": text}, ensure_ascii=False) + "\n")


def _texts(articles: Sequence[Article]) -> Iterator[tuple[str, str]]:
    yield from ((article.source.title, article.body) for article in articles)
    chance = random.Random(1)
    pool = [span.of(article.body) for article in articles for span in sentences(article.body)]
    sizes = [len(sentences(article.body)) for article in articles]
    while True:
        some = chance.choices(pool, k=chance.choice(sizes))
        yield some[0][:100], "\n".join(some)


# ------------------------------------------------------------------------------------------------------ the recipe


def split(text: str, separators: Sequence[str] = ("\n\n", "\n", " ", "")) -> list[str]:
    """RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200) of langchain-text-splitters, in short."""
    separator, *rest = itertools.dropwhile(lambda mark: mark not in text, separators)
    pieces: list[str] = []
    fitting: list[str] = []
    for piece in text.split(separator) if separator else list(text):
        if len(piece) < 1000:
            fitting.append(piece)
            continue
        pieces += _merged(fitting, separator)
        fitting = []
        pieces += split(piece, rest) if rest else [piece]
    return pieces + _merged(fitting, separator)


def _merged(pieces: Sequence[str], separator: str) -> list[str]:
    merged: list[str] = []
    held: list[str] = []
    for piece in pieces:
        if held and len(separator.join([*held, piece])) > 1000:
            merged.append(separator.join(held))
            while held and (len(separator.join(held)) > 200 or len(separator.join([*held, piece])) > 1000):
                held.pop(0)
        held.append(piece)
    return [text for text in [*merged, separator.join(held)] if text.strip()]


def mini_lm(texts: Sequence[str]) -> Any:
    """A sentence-transformers model of all-MiniLM-L6-v2's shape. A word is a token: fewer than its own tokenizer makes."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    common = Counter(word for text in texts for word in words(text)).most_common(VOCABULARY - 5)
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(word for word, _ in common)]
    tokenizer = Tokenizer(WordLevel({name: number for number, name in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = BertPreTokenizer()
    with tempfile.TemporaryDirectory() as folder:
        shape = BertConfig(
            vocab_size=VOCABULARY, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536
        )
        BertModel(shape).save_pretrained(folder)
        BertTokenizerFast(tokenizer_object=tokenizer, model_max_length=512).save_pretrained(folder)
        transformer = Transformer(folder, max_seq_length=MOST_TOKENS)
        return SentenceTransformer(modules=[transformer, Pooling(384)], device="cpu")


def recipe_seconds(articles: Sequence[Article], model: Any, folder: Path) -> tuple[float, int]:
    """How long the recipe takes, loading apart, and how many passages it makes."""
    import chromadb

    collection = chromadb.PersistentClient(str(folder)).create_collection("langchain", embedding_function=None)
    began = time.perf_counter()
    documents = [(piece, article.source.article_id) for article in articles for piece in split(article.body)]
    vectors = model.encode([text for text, _ in documents], batch_size=32, show_progress_bar=False).tolist()
    for at in range(0, len(documents), 5_000):
        some = documents[at : at + 5_000]
        collection.upsert(
            ids=[str(uuid.uuid4()) for _ in some],
            embeddings=vectors[at : at + 5_000],
            documents=[text for text, _ in some],
            metadatas=[{"source": article_id} for _, article_id in some],
        )
    return time.perf_counter() - began, len(documents)


# ------------------------------------------------------------------------------------------------------ Dalil and Chroma


def ingest_seconds(file: Path, folder: Path) -> tuple[float, dict[str, str], NDArray[np.float32]]:
    """How long Dalil takes; the ids and texts, and the vectors, that it stored."""
    index = Index(folder, BundledEmbedder())
    began = time.perf_counter()
    index.ingest([file])
    seconds = time.perf_counter() - began
    collection = index._store._collection
    assert collection is not None
    ids = index._catalogue.passage_ids()
    texts = {passage_id: passage.text for passage_id, passage in index._catalogue.passages_by_id(ids).items()}
    pages = [collection.get(ids=ids[at : at + BATCH], include=["embeddings"]) for at in range(0, len(ids), BATCH)]
    index.close()
    stored = [passage_id for page in pages for passage_id in page["ids"]]
    assert sorted(stored) == sorted(ids)
    texts = {passage_id: texts[passage_id] for passage_id in stored}
    return seconds, texts, np.concatenate([np.asarray(page["embeddings"], dtype=np.float32) for page in pages])


def bare_seconds(texts: dict[str, str], vectors: NDArray[np.float32], folder: Path, *, whole: bool = False) -> float:
    """How long Chroma takes for the same vectors: alone, or `whole`, with the texts and two fields each as programs store them."""
    import chromadb

    made = chromadb.PersistentClient(str(folder))
    collection = made.create_collection("bare", embedding_function=None, configuration=configuration("bundled"))
    ids = list(texts)
    began = time.perf_counter()
    for at in range(0, len(ids), BATCH):
        some = ids[at : at + BATCH]
        more: dict[str, Any] = {}
        if whole:
            more = {"documents": [texts[i] for i in some], "metadatas": [{"article": i, "at": at} for i in some]}
        collection.upsert(ids=some, embeddings=vectors[at : at + BATCH], **more)
    seconds = time.perf_counter() - began
    assert collection.count() == len(ids)
    return seconds


def memory(file: Path, folder: Path) -> str:
    """What an ingest by a process of its own takes: its memory and that of the processes it starts, looked at often."""
    command = [sys.executable, "-c", MEMORY, str(file), str(folder)]
    peak = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(0.02)
        assert process.stdout and not process.returncode
        added, passages, seconds = process.stdout.read().split()
    return f"{added} articles, {passages} passages in {float(seconds):.0f} s, {peak} MB of memory at most"


def resident(process: int) -> int:
    """Megabytes of a process and its children."""
    kilobytes, children = 0, ""
    with suppress(OSError):  # it has ended
        children = "".join(path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children"))
        status = Path(f"/proc/{process}/status").read_text()
        kilobytes = int(status.split("VmRSS:")[1].split()[0]) if "VmRSS:" in status else 0
    return kilobytes // 1024 + sum(resident(int(child)) for child in children.split())


def compared(file: Path, articles: int, recipe: int, folder: Path) -> Iterator[str]:
    """The lines of the table."""
    import chromadb  # noqa: F401  (a second of each command's start, no part of any of the three)

    seconds, ids, vectors = ingest_seconds(file, folder / "dalil")
    bare = min(bare_seconds(ids, vectors, folder / f"bare{run}") for run in range(2))
    usual = bare_seconds(ids, vectors, folder / "usual", whole=True)
    seconds = min(seconds, ingest_seconds(file, folder / "again")[0])
    some = [found for found in itertools.islice(read([file]), recipe) if isinstance(found, Article)]
    model = mini_lm([article.body for article in some])
    model.encode(["دليل"] * 32, show_progress_bar=False)
    measured, made = recipe_seconds(some, model, folder / "recipe")
    yield "| | seconds | passages | passages/s | Dalil takes |"
    yield "|---|---|---|---|---|"
    scaled = articles / len(some)
    whole, all_made = measured * scaled, round(made * scaled)
    label = f"recipe ({len(some)} articles measured: {measured:.1f} s)"
    yield f"| {label} | {whole:.0f} | {all_made} | {made / measured:.0f} | 1/{whole / seconds:.1f} |"
    yield f"| Dalil | {seconds:.2f} | {len(ids)} | {len(ids) / seconds:.0f} | |"
    yield f"| Chroma, with texts and metadata | {usual:.2f} | {len(ids)} | {len(ids) / usual:.0f} | {seconds / usual:.2f} times |"
    yield f"| Chroma, vectors alone | {bare:.2f} | {len(ids)} | {len(ids) / bare:.0f} | {seconds / bare:.2f} times |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=3_000)
    parser.add_argument("--recipe", type=int, default=300, help="articles that the recipe is measured with")
    parser.add_argument("--corpus", type=Path, nargs="+", default=[ROOT / "seeds"])
    parser.add_argument("--memory", action="store_true", help="measure the memory alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, file = Path(name), Path(name) / "articles.jsonl"
        write_articles(file, options.corpus, options.articles)
        print(f"{options.articles} articles, {file.stat().st_size / 1e6:.0f} MB", flush=True)
        if not options.memory:
            for line in compared(file, options.articles, options.recipe, folder):
                print(line, flush=True)
        print(memory(file, folder / "memory"))


if __name__ == "__main__":
    main()
