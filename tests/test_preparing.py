from __future__ import annotations

import json
import os
import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from retrieval import preparing
from retrieval.behind import Behind
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.preparing import Preparation, Prepared, prepare

TEXTS = [
    [
        ("عنوان", f"خبر أمس رقم {number}. وجملة ثانية عن 3 مايو 2021!", date(2024, 5, 1 + number % 30))
        for number in range(40)
    ],
    [("", "نص بلا عنوان", None), ("مقال", "…", None), ("Mixed", "Dalil دليل ١٢٣، و1,000 كلمة", None)],
    [("خبر", "كلمة " * 300, None)],
]


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(preparing, "WORTH", 1)


def assert_same(found: Prepared, wanted: Prepared) -> None:
    assert found.arrays.keys() == wanted.arrays.keys()
    for part, array in wanted.arrays.items():
        assert found.arrays[part].dtype == array.dtype
        np.testing.assert_array_equal(found.arrays[part], array)
    if wanted.vectors is None:
        assert found.vectors is None
    else:
        np.testing.assert_array_equal(found.vectors, wanted.vectors)
    assert found.spoken == wanted.spoken


@pytest.mark.parametrize("with_vectors", [True, False])
def test_another_process_prepares_the_same_as_this_one(two_cores: None, with_vectors: bool) -> None:
    with Preparation(with_vectors=with_vectors) as preparation:
        begun = [preparation.begin(texts) for texts in TEXTS]
        folder = preparation._others[0]._folder
        assert folder.is_dir()
        for finish, texts in zip(begun, TEXTS, strict=True):
            assert_same(finish(), prepare(texts, with_vectors=with_vectors))
    assert not folder.exists()
    running = preparation._others[0]._running
    assert running and running.returncode == 0


def test_what_a_process_that_was_ended_left_is_prepared_here(two_cores: None) -> None:
    with Preparation(with_vectors=True) as preparation:
        first = preparation.begin(TEXTS[0])
        first()
        second = preparation.begin(TEXTS[1])
        running = preparation._others[0]._running
        assert running
        running.kill()
        running.wait(10)
        third = preparation.begin(TEXTS[2])
        for finish, texts in ((second, TEXTS[1]), (third, TEXTS[2])):
            assert_same(finish(), prepare(texts, with_vectors=True))


def test_little_is_prepared_without_another_process() -> None:
    with Preparation(with_vectors=True) as preparation:
        assert_same(preparation.begin(TEXTS[0])(), prepare(TEXTS[0], with_vectors=True))
        assert all(process._running is None for process in preparation._others)


def test_an_ingest_with_other_processes_finds_the_same(
    tmp_path: Path, two_cores: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.ingest.BATCH_ARTICLES", 25)
    monkeypatch.setattr("retrieval.ingest.LEXICAL_BATCH", 60)
    chance = random.Random(3)
    words = ["وزير", "جسر", "مطر", "كأس", "فريق", "مدينة", "حكومة", "اتفاق", "حدود", "سلام"]
    records = [{"id": f"n{n}", "title": f"خبر {n}", "text": " ".join(chance.choices(words, k=200))} for n in range(120)]
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    found = []
    for cores in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        index = Index(tmp_path / str(cores), BundledEmbedder())
        assert index.ingest([file]).added == 120
        hits = index.retrieve("اتفاق السلام على الحدود", 10)
        like = index.more_like("n7", 5)
        found.append([(hit.passage.id, pytest.approx(hit.score, rel=1e-5)) for hit in (*hits, *like)])
        assert index._lexical.keys.tolist() == index._catalogue.passage_keys()
        index.close()
    assert found[0] == [(passage_id, score.expected) for passage_id, score in found[1]]


def test_steps_are_carried_out_in_order_and_the_first_fault_ends_them() -> None:
    done: list[int] = []

    def step(number: int) -> None:
        if number == 3:
            raise KeyError(number)
        done.append(number)

    with pytest.raises(KeyError), Behind(2) as behind:
        for number in range(50):
            behind.do(lambda number=number: step(number))
    assert done[:3] == [0, 1, 2]
    assert len(done) < 10


def test_a_fault_of_the_caller_leaves_out_what_waits() -> None:
    done: list[int] = []
    with pytest.raises(RuntimeError), Behind(8) as behind:
        behind.do(lambda: __import__("time").sleep(0.2))
        for number in range(5):
            behind.do(lambda number=number: done.append(number))
        raise RuntimeError
    assert done == []
