"""Segments that are joined, and what a thread sees that reads while another one writes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from retrieval.features import ANALYZER, Analysis
from retrieval.lexical import LexicalIndex
from retrieval.segments import END, arrays_of, write_segment

WORDS = ("وزير", "جسر", "مطر", "كأس", "فريق", "مدينة", "حكومة")


def passage(key: int) -> Analysis:
    words = [WORDS[key * step % len(WORDS)] for step in range(1, 2 + key % 5)]
    return ANALYZER.analyse(f"خبر {key}", f"{' '.join(words)}. ثم عدد {key * 7}.")


def grown(folder: Path, sizes: list[int], removed: list[int]) -> LexicalIndex:
    """An index to which batches of these sizes were added one after another."""
    index = LexicalIndex(folder)
    ends = np.cumsum([0, *sizes]).tolist()
    for first, last in pairwise(ends):
        batch = [(key, passage(key)) for key in range(first + 1, last + 1)]
        gone = [key for key in removed if first < key + 3 <= last]
        index.update(add=batch, remove=[key for key in gone if key <= first], generation=last)
    index.update(add=(), remove=removed, generation=-2)
    return index


def sentences(index: LexicalIndex, keys: list[int]) -> list[list[int]]:
    """The stems of each passage as hashes, 0 where a sentence ends."""
    found = index.sentences(np.array(keys, dtype=np.int64))
    stems = [0 if place == END else int(found.stems[place]) for place in found.places.tolist()]
    return [stems[begin:end] for begin, end in pairwise([*found.begins.tolist(), len(stems)])]


@pytest.mark.parametrize(
    ("sizes", "removed"),
    [
        ([1] * 4 + [30] + [1] * 5 + [30] * 7, []),
        ([1] * 4 + [30] + [1] * 5 + [30] * 7, [2, 5, 20, 36, 37, 100]),
        ([1, 10] * 30, [3, 4, 12, 60]),
        ([12, 1, 1] * 14, [1, 13, 14]),
    ],
)
def test_segments_whose_keys_interleave_are_joined_without_losing_a_passage(
    tmp_path: Path, sizes: list[int], removed: list[int]
) -> None:
    index, fresh = grown(tmp_path / "grown", sizes, removed), grown(tmp_path / "fresh", [sum(sizes)], removed)
    assert len(list((tmp_path / "grown").glob("segment-*"))) < len(sizes)
    keys = fresh.keys.tolist()
    assert index.keys.tolist() == keys == [key for key in range(1, sum(sizes) + 1) if key not in removed]
    assert sentences(index, keys) == sentences(fresh, keys)
    assert all(sentences(index, [key])[0][-1] == 0 and len(sentences(index, [key])[0]) > 3 for key in keys)
    assert sentences(index, removed) == [[0]] * len(removed)
    for query in ("جسر في المدينة", "خبر 36 وزير", "عدد 35"):
        keys_found, scores = index.search(ANALYZER.features(query), 50)
        keys_wanted, scores_wanted = fresh.search(ANALYZER.features(query), 50)
        assert keys_found.tolist() == keys_wanted.tolist()
        assert scores.tolist() == scores_wanted.tolist()


def test_a_segment_out_of_order_is_refused(tmp_path: Path) -> None:
    for keys in ([2, 1], [1, 1]):
        with pytest.raises(ValueError, match="ascend"):
            write_segment(tmp_path / "segment", arrays_of([(key, passage(key)) for key in keys]))
    assert write_segment(tmp_path / "segment", arrays_of([(1, passage(1)), (2, passage(2))])).passages == 2


def test_a_search_during_an_update_sees_the_index_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = grown(tmp_path / "lexical", [1] * 8, [])
    save, seen = np.save, []

    def search_and_save(*arguments: object) -> None:
        seen.append((index.keys.tolist(), len(index.search(ANALYZER.features("خبر"), 20)[0]), index.generation))
        save(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(np, "save", search_and_save)
    before = list(range(1, 9))
    index.update(add=[(9, passage(9))], remove=before[1:], generation=9)
    assert seen and set(map(repr, seen)) == {repr((before, 8, -2))}
    assert (index.keys.tolist(), index.generation) == ([1, 9], 9)
