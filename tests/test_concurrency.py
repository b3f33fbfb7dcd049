"""Questions while the same process, or another one, writes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from retrieval import builds, ingest
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.ingest import Ingestor
from retrieval.lexical import LexicalIndex
from retrieval.types import Hit


def articles(file: Path, count: int) -> Path:
    """A JSON Lines file with articles of one passage each."""
    records = [{"id": f"n{n}", "title": "", "text": f"خبر رقم {n} من المدينة."} for n in range(count)]
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    return file


def found(index: Index) -> set[str]:
    return {hit.passage.source.article_id for hit in index.retrieve("خبر المدينة", 500)}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    for module in (ingest, builds):
        monkeypatch.setattr(module, "BATCH_ARTICLES", 20)
    monkeypatch.setattr(ingest, "LEXICAL_BATCH", 50)
    index = Index(tmp_path / "data", BundledEmbedder())
    yield index
    index.close()


@pytest.fixture
def other(tmp_path: Path, index: Index) -> Iterator[Index]:
    """The same folder, opened by what stands for another process."""
    other = Index(tmp_path / "data", BundledEmbedder())
    yield other
    other.close()


def test_questions_during_an_ingest_find_what_was_there_and_after_it_everything(
    index: Index, other: Index, tmp_path: Path
) -> None:
    index.ingest([articles(tmp_path / "a.jsonl", 30)])
    before, done = found(index), threading.Event()
    assert len(before) == 30

    def ask() -> list[set[str]]:
        """What each question missed."""
        missed = []
        while not done.is_set():
            missed.append(before - found(index))
        return missed

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        try:
            for count in (60, 100, 140, 180):
                index.ingest([articles(tmp_path / "a.jsonl", count)])
        finally:
            done.set()
    missed = [some for one in asking for some in one.result()]
    assert len(missed) > 4 and not any(missed)
    assert len(found(index)) == len(found(other)) == 180


def test_a_question_between_a_new_segment_and_its_manifest_costs_no_passage(
    index: Index, other: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.ingest([articles(tmp_path / "a.jsonl", 5)])
    before, seen = found(index), []
    commit = LexicalIndex._commit

    def ask_and_commit(*arguments: object) -> None:
        thread = threading.Thread(target=lambda: seen.append(found(index)))
        thread.start()
        thread.join()
        commit(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(LexicalIndex, "_commit", ask_and_commit)
    index.ingest([articles(tmp_path / "a.jsonl", 120)])
    assert len(seen) > 2 and all(some >= before for some in seen)
    assert len(found(index)) == len(found(other)) == 120


def test_an_ingest_waits_for_a_question_of_its_process_that_finishes_the_search_index(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = articles(tmp_path / "a.jsonl", 5)
    index.ingest([file])
    LexicalIndex(tmp_path / "data" / "lexical").clear()
    update, begun, go_on = Ingestor.update_lexical, threading.Event(), threading.Event()

    def slow(ingestor: Ingestor) -> None:
        begun.set()
        go_on.wait(5)
        update(ingestor)

    monkeypatch.setattr(Ingestor, "update_lexical", slow)
    question = threading.Thread(target=lambda: index.retrieve("خبر", 1))
    question.start()
    assert begun.wait(5)
    threading.Timer(0.2, go_on.set).start()
    assert index.ingest([file]).unchanged == 5
    question.join()
    assert len(found(index)) == 5


def test_questions_are_answered_while_the_index_is_made_anew(index: Index, other: Index, tmp_path: Path) -> None:
    index.ingest([articles(tmp_path / "a.jsonl", 5)])
    before = found(other)
    answered: list[list[Hit]] = []

    def ask(done: int, total: int) -> None:
        answered.extend(reader.retrieve("خبر", 1_000) for reader in (index, other))

    index.reindex(on_progress=ask)
    assert len(answered) >= 4
    assert all({hit.passage.source.article_id for hit in hits} == before for hits in answered)
    assert found(index) == found(other) == before


def test_another_index_in_the_place_of_what_is_being_searched_is_searched_instead(
    index: Index, other: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.ingest([articles(tmp_path / "a.jsonl", 5)])
    before, search, times = found(other), LexicalIndex.search, []

    def overtaken(lexical: LexicalIndex, *arguments: Any) -> Any:
        result = search(lexical, *arguments)
        times.append(1)
        if len(times) == 1:
            index.reindex()
        return result

    monkeypatch.setattr(LexicalIndex, "search", overtaken)
    assert found(other) == before
    assert len(times) == 2


def test_a_build_hands_passages_on_to_the_search_index_as_it_goes(index: Index, tmp_path: Path) -> None:
    index.ingest([articles(tmp_path / "a.jsonl", 180)])
    lexical, waiting = LexicalIndex(tmp_path / "data" / "lexical-1"), []

    def look(done: int, total: int) -> None:
        lexical.reload()
        waiting.append(done - lexical.passage_count)

    index.reindex(on_progress=look)
    assert (
        20 <= max(waiting) <= ingest.LEXICAL_BATCH + 3 * 20
    )  # their analyses are held in memory, and batches under way
    assert len(found(index)) == 180
