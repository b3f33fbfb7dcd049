from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import lexical
from retrieval.errors import StoreError
from retrieval.features import Analysis, Features, feature_hash
from retrieval.forms import forms_of
from retrieval.lexical import LexicalIndex
from retrieval.segments import END, K1, TYPES, B

Corpus = dict[int, list[int]]
corpora = st.dictionaries(st.integers(1, 1000), st.lists(st.integers(1, 12), max_size=30), min_size=1, max_size=25)
queries = st.lists(st.integers(1, 14), max_size=6)


def tokens(numbers: list[int]) -> Features:
    return np.array(numbers, dtype=np.uint64)


def analysis(numbers: list[int]) -> Analysis:
    """A passage whose features are given numbers; its title has one stem and each feature is a sentence of one."""
    return Analysis(tokens(numbers), (("عنوان",), *((str(number),) for number in numbers)))


def added(corpus: Corpus) -> list[tuple[int, Analysis]]:
    return [(key, analysis(corpus[key])) for key in sorted(corpus)]


def index_of(folder: Path, corpus: Corpus) -> LexicalIndex:
    index = LexicalIndex(folder)
    index.clear()
    index.update(add=added(corpus), remove=(), generation=1)
    return index


def bm25(corpus: Corpus, query: list[int]) -> dict[int, float]:
    """Robertson and Zaragoza 2009 as Lucene has it, from the formula, with nothing but dictionaries."""
    mean = sum(map(len, corpus.values())) / len(corpus)
    frequency = Counter(term for terms in corpus.values() for term in set(terms))
    scores = {}
    for key, terms in corpus.items():
        count = Counter(terms)
        scores[key] = sum(
            math.log(1 + (len(corpus) - frequency[term] + 0.5) / (frequency[term] + 0.5))
            * count[term]
            / (count[term] + K1 * (1 - B + B * len(terms) / mean))
            for term in query
            if count[term]
        )
    return {key: score for key, score in scores.items() if score > 0}


def found(index: LexicalIndex, query: list[int], k: int = 100) -> list[tuple[int, float]]:
    keys, scores = index.search(tokens(query), k)
    return list(zip(keys.tolist(), scores.tolist(), strict=True))


def read(index: LexicalIndex, keys: list[int]) -> list[list[tuple[str, ...]]]:
    """The sentences of passages, by the names of their stems."""
    names = {feature_hash(f"={name}"): name for name in ("عنوان", *map(str, range(1000)))}
    found = index.sentences(np.array(keys, dtype=np.int64))
    ends = [*found.begins[1:].tolist(), len(found.places)]
    passages = []
    for begin, end in zip(found.begins.tolist(), ends, strict=True):
        sentences: list[list[str]] = [[]]
        for place in found.places[begin:end].tolist():
            if place == END:
                sentences.append([])
            else:
                sentences[-1].append(names[int(found.stems[place])])
                assert (found.forms[place] == forms_of([names[int(found.stems[place])]])[0]).all()
        passages.append([tuple(sentence) for sentence in sentences[:-1]])
    return passages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lexical")


@settings(deadline=None)
@given(corpora, queries, st.integers(1, 30))
def test_scores_are_those_of_the_formula(folder: Path, corpus: Corpus, query: list[int], k: int) -> None:
    expected = bm25(corpus, query)
    hits = found(index_of(folder / "formula", corpus), query, k)
    assert len(hits) == min(k, len(expected))
    assert [score for _, score in hits] == pytest.approx(sorted(expected.values(), reverse=True)[:k], rel=1e-5)
    assert dict(hits) == pytest.approx({key: expected[key] for key, _ in hits}, rel=1e-5)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))


@settings(deadline=None)
@given(st.lists(corpora, min_size=1, max_size=12), st.randoms(use_true_random=False), queries, st.integers(1, 10))
def test_the_way_an_index_came_about_changes_no_score(
    folder: Path, batches: list[Corpus], random: object, query: list[int], k: int
) -> None:
    grown, wanted, first = LexicalIndex(folder / "grown"), {}, 1
    grown.clear()
    for batch in batches:  # each goes in under new keys, some older passages go out: more than MERGE_ABOVE segments
        gone = [key for key in wanted if random.random() < 0.3]  # type: ignore[attr-defined]
        new = {first + at: terms for at, terms in enumerate(batch.values())}
        first += len(new)
        wanted = {key: terms for key, terms in wanted.items() if key not in gone} | new
        grown.update(add=added(new), remove=gone, generation=first)
    fresh = index_of(folder / "fresh", wanted)
    assert grown.keys.tolist() == fresh.keys.tolist() == sorted(wanted)
    assert len(grown.keys) == len(wanted)
    assert found(grown, query, k) == found(fresh, query, k)
    assert read(grown, sorted(wanted)) == read(fresh, sorted(wanted))
    assert read(fresh, sorted(wanted)) == [list(analysis(wanted[key]).sentences) for key in sorted(wanted)]
    reopened = LexicalIndex(folder / "grown")
    reopened.reload()
    assert found(reopened, query, k) == found(fresh, query, k)
    assert len(list((folder / "grown").glob("segment-*"))) <= 2 * lexical.MERGE_ABOVE  # batches are of two sizes


def test_joined_segments_whose_keys_lay_between_each_other_lose_no_passage(tmp_path: Path) -> None:
    grown, first = LexicalIndex(tmp_path / "grown"), 1
    for size in [*([1] * 4), 30, *([1] * 5), *([30] * 12), *([1] * 12)]:
        grown.update(add=[(first + at, analysis([first + at])) for at in range(size)], remove=(), generation=first)
        first += size
        keys = list(range(1, first))
        assert read(grown, keys) == [[("عنوان",), (str(key),)] for key in keys]


def test_sentences_come_in_the_order_asked_for_and_a_passage_gone_has_none(tmp_path: Path) -> None:
    index = index_of(tmp_path / "lexical", {1: [1], 2: [2, 3]})
    index.update(add=[(3, analysis([3]))], remove=[1], generation=2)
    assert read(index, [3, 1, 2]) == [[("عنوان",), ("3",)], [()], [("عنوان",), ("2",), ("3",)]]


def test_unknown_word_beside_a_common_one_hides_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path / "lexical", {key: [1] for key in range(1, lexical.COMMON_FROM + 10)})
    assert len(found(index, [1, 999])) == len(found(index, [1])) > 0


def test_a_weight_counts_like_repetition(tmp_path: Path) -> None:
    index = index_of(tmp_path / "lexical", {1: [1, 2], 2: [2], 3: [3]})
    weighed = index.search(tokens([1, 2]), 9, np.array([3.0, 1.0]))
    repeated = index.search(tokens([1, 1, 2, 1]), 9)
    assert [part.tolist() for part in weighed] == [part.tolist() for part in repeated]


def test_rarity_is_that_of_the_live_passages(tmp_path: Path) -> None:
    index = index_of(tmp_path / "lexical", {1: [1], 2: [1], 3: [2]})
    index.update(add=(), remove=[2], generation=2)
    assert index.rarity(tokens([1, 7])).tolist() == pytest.approx([math.log(2), math.log(6)])


def test_ties_are_broken_by_key_even_at_the_last_place(tmp_path: Path) -> None:
    index = index_of(tmp_path / "lexical", {key: [1, 2] for key in range(1, 40)} | {40: [1, 2, 2], 41: [3]})
    assert [key for key, _ in found(index, [2], 4)] == [40, 1, 2, 3]


def test_a_passage_changed_many_times_is_still_found(tmp_path: Path) -> None:
    index = index_of(tmp_path / "lexical", {1: [1], 2: [2], 3: [2, 3]})
    for key in range(4, 12):
        index.update(add=[(key, analysis([1, 9]))], remove=[key - 1 if key > 4 else 1], generation=key)
    assert [key for key, _ in found(index, [9])] == [11]
    assert found(index, [1])[0][1] == pytest.approx(bm25({2: [2], 3: [2, 3], 11: [1, 9]}, [1])[11])


@pytest.mark.parametrize(
    "corpus", [{}, {1: []}, {1: [], 2: [], 3: [5]}], ids=["nothing", "passages without words", "some without"]
)
def test_an_index_without_words_finds_nothing(tmp_path: Path, corpus: Corpus) -> None:
    index = index_of(tmp_path / "lexical", corpus)
    assert found(index, [1]) == found(index, []) == []
    assert len(index.keys) == len(corpus)
    assert found(index, [5], 0) == []


def test_common_terms_are_skipped_in_a_large_collection_unless_there_is_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "COMMON_FROM", 10)
    index = index_of(tmp_path / "lexical", {key: [1, 2] if key == 7 else [1] for key in range(1, 21)})
    assert [key for key, _ in found(index, [1, 2])] == [7]
    assert len(found(index, [1])) == len(found(index, [1, 99])) == 20  # a word that no passage has is none


def test_large_segments_are_left_alone_when_small_ones_are_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "SEGMENT_ROWS", 5)
    index = index_of(tmp_path / "lexical", {key: [key] for key in range(1, 7)})
    for key in range(7, 20):
        index.update(add=[(key, analysis([key]))], remove=[2] if key == 9 else [], generation=key)
    assert (tmp_path / "lexical" / "segment-000001").is_dir()
    assert index.keys.tolist() == [1, *range(3, 20)]
    assert [found(index, [key])[0][0] for key in (1, 3, 8, 19)] == [1, 3, 8, 19]


def test_a_term_is_counted_up_to_255_times(tmp_path: Path) -> None:
    index = index_of(tmp_path / "lexical", {1: [1] * 255 + [2] * 145, 2: [1] * 300 + [2] * 100, 3: [3]})
    assert found(index, [1])[0][1] == found(index, [1])[1][1]


# ---------------------------------------------------------------------------------------------- the disk


def test_a_second_reader_sees_new_passages_after_reload_and_not_before(tmp_path: Path) -> None:
    writer = index_of(tmp_path / "lexical", {1: [1]})
    reader = LexicalIndex(tmp_path / "lexical")
    reader.reload()
    writer.update(add=[(2, analysis([2]))], remove=[1], generation=2)
    assert found(reader, [2]) == []
    assert [key for key, _ in found(reader, [1])] == [1]  # what was open stays whole though its files are gone
    reader.reload()
    assert reader.generation == 2
    assert [key for key, _ in found(reader, [2])] == [2]
    assert found(reader, [1]) == []
    writer.clear()
    reader.reload()
    assert (reader.generation, len(reader.keys)) == (-1, 0)


def test_the_arrays_stay_on_the_disk(tmp_path: Path) -> None:
    index_of(tmp_path / "lexical", {1: [1, 2], 2: [3]})
    reader = LexicalIndex(tmp_path / "lexical")
    reader.reload()
    (segment,) = reader._segments
    assert all(isinstance(getattr(segment, part), np.memmap) for part in ("terms", "starts", "rows", "counts", "keys"))


def test_a_reader_that_meets_a_writer_replacing_segments_looks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = index_of(tmp_path / "lexical", {1: [1]})
    reader = LexicalIndex(tmp_path / "lexical")
    load = np.load

    def load_after_commit(*arguments: object, **options: object) -> object:
        monkeypatch.setattr(np, "load", load)
        writer.update(add=[(2, analysis([2]))], remove=[1], generation=2)  # its only segment goes
        return load(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(np, "load", load_after_commit)
    reader.reload()
    assert reader.keys.tolist() == [2]


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        (part, damage)
        for part in (*TYPES, "manifest")
        for damage in ("missing", "empty", "cut", "foreign")
        if (part, damage) != ("manifest", "missing")  # an index without a manifest is an empty one
    ],
)
def test_a_damaged_file_is_a_store_error_and_clear_mends_it(tmp_path: Path, part: str, damage: str) -> None:
    index_of(tmp_path / "lexical", {1: [1, 2, 3], 2: [3]})
    name = "manifest.json" if part == "manifest" else f"segment-000001/{part}.npy"
    file = tmp_path / "lexical" / name
    content = file.read_bytes()
    file.unlink()
    if damage != "missing":
        file.write_bytes({"empty": b"", "cut": content[:-1], "foreign": b"[1, 2]" * 100}[damage])
    index = LexicalIndex(tmp_path / "lexical")
    with pytest.raises(StoreError) as caught:
        index.reload()
    assert caught.value.values["path"] == str(tmp_path / "lexical")
    index.clear()
    index.update(add=[(1, analysis([7]))], remove=(), generation=1)
    assert [key for key, _ in found(index, [7])] == [1]


def test_arrays_that_do_not_belong_together_are_a_store_error(tmp_path: Path) -> None:
    index_of(tmp_path / "lexical", {1: [1, 2, 3], 2: [3]})
    for part, wrong in (("lengths", np.zeros(1, np.int32)), ("keys", np.zeros(2, np.float64))):
        np.save(tmp_path / "lexical" / "segment-000001" / f"{part}.npy", wrong)
        with pytest.raises(StoreError):
            LexicalIndex(tmp_path / "lexical").reload()


def test_a_failed_update_leaves_the_committed_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_of(tmp_path / "lexical", {1: [1], 2: [2]})

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(np, "save", full)
        index.update(add=[(3, analysis([3]))], remove=[1], generation=2)
    reader = LexicalIndex(tmp_path / "lexical")
    reader.reload()
    assert (reader.generation, reader.keys.tolist()) == (1, [1, 2])
    index.update(add=[(3, analysis([3]))], remove=[1], generation=2)
    reader.reload()
    assert (reader.generation, reader.keys.tolist()) == (2, [2, 3])
    assert len(list((tmp_path / "lexical").glob("segment-*"))) == 2


def test_a_manifest_without_checksums_is_read_and_gets_them(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "lexical")
    index.update(add=added({1: [1, 2], 2: [2, 3]}), remove=(), generation=1)
    manifest = tmp_path / "lexical" / "manifest.json"
    state = json.loads(manifest.read_text(encoding="utf-8"))
    del state["sums"]
    manifest.write_text(json.dumps(state), encoding="utf-8")
    index.reload()
    assert index.keys.tolist() == [1, 2] and index.damaged() == []
    index.update(add=(), remove=[1], generation=2)
    assert len(json.loads(manifest.read_text(encoding="utf-8"))["sums"]) == 1
