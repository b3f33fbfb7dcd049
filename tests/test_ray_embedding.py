"""Embedding on Ray, started on this machine by a process of its own, which it leaves as it found it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bot.__main__ import run
from bot.messages import Messages
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.embedding_cache import CachedEmbedder
from retrieval.errors import EngineFailed
from retrieval.index import Index
from retrieval.ray_embedding import RayEngine
from tests.ports import free_port
from tests.test_embedding import model_folder

ROOT = Path(__file__).parents[1]
EMBEDDING = """
import sys
from pathlib import Path
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.index import Index
from retrieval.ray_embedding import RayEngine
if __name__ == "__main__":
    data, file, model = sys.argv[1:]
    index = Index(Path(data), SentenceTransformerEmbedder(model))
    engine = RayEngine(model, ollama_host=None, cpus=2)
    print("made", index.embed_ahead(engine.embed, [Path(file)]))
    def embed_documents(self, texts):
        raise AssertionError("a text is embedded again")
    SentenceTransformerEmbedder.embed_documents = embed_documents
    print("made", index.embed_ahead(engine.embed, [Path(file)]))
    print("added", index.ingest([Path(file)]).added)
    index.close()
"""


def processes_of_ray() -> set[str]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"raylet" in words or b"gcs_server" in words or words.startswith(b"ray::"):
            found.add(folder.name)
    return found


def test_vectors_made_on_ray_are_those_made_here_and_are_not_made_again(tmp_path: Path) -> None:
    model = model_folder(tmp_path, "tiny", {"query": "query : ", "document": "passage : "})
    file = tmp_path / "a.jsonl"
    words = ["افتتح", "الوزير", "الجسر", "فاز", "الفريق"]
    records = [{"id": f"n{n}", "title": words[n % 5], "text": " ".join(words[: 1 + n % 4])} for n in range(40)]
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    here = Index(tmp_path / "here", SentenceTransformerEmbedder(model))
    here.ingest([file])

    before = processes_of_ray()
    code = tmp_path / "embedding.py"
    code.write_text(EMBEDDING, encoding="utf-8")
    command = [sys.executable, str(code), str(tmp_path / "there"), str(file), model]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    made = len({(record["title"], record["text"]) for record in records})
    assert done.stdout.split() == ["made", str(made), "made", "0", "added", "40"], done.stdout + done.stderr
    assert "Traceback" not in done.stderr and "Dataset" not in done.stderr

    there = Index(tmp_path / "there", SentenceTransformerEmbedder(model))
    vectors = []
    for index in (here, there):
        index.open_vectors()
        assert index._store._collection is not None and isinstance(index._embedder, CachedEmbedder)
        stored = index._store._collection.get(include=["embeddings"])
        vectors.append(dict(zip(stored["ids"], np.asarray(stored["embeddings"]), strict=True)))
        index.close()
    assert vectors[0].keys() == vectors[1].keys()
    for passage_id, vector in vectors[0].items():
        np.testing.assert_allclose(vectors[1][passage_id], vector, atol=1e-6)

    deadline = time.monotonic() + 5
    while (left := processes_of_ray() - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DALIL_LANGUAGE", "en")
    (tmp_path / "a.txt").write_text("افتتح الوزير الجسر الجديد في المدينة أمس.", encoding="utf-8")


@pytest.mark.usefixtures("own_folder")
def test_without_ray_one_line_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setitem(sys.modules, "ray.data", None)
    code = run(["ingest", "a.txt", "--engine", "ray"])
    captured = capsys.readouterr()
    assert code != 0 and captured.out == ""
    assert captured.err.count("\n") == 1 and "pip install 'dalil[ray]'" in captured.err
    assert run(["ingest", "a.txt", "--engine", "local"]) == 0


def test_a_cluster_that_does_not_answer_is_told_at_once() -> None:
    engine = RayEngine("bundled", ollama_host=None, address=f"127.0.0.1:{free_port()}")
    assert list(engine.embed([])) == []
    with pytest.raises(EngineFailed) as caught:
        list(engine.embed(["نص"]))
    assert "\n" not in Messages("en").error(caught.value)
