from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalogue import Catalogue
from retrieval.features import ANALYZER
from retrieval.lexical import LexicalIndex
from retrieval.search import DEPTH, LOOKED_AT, HybridRetriever, fuse
from retrieval.store import PassageStore
from retrieval.types import Article, Passage, Source

legs = st.dictionaries(st.integers(0, 30), st.floats(0.001, 100.0), max_size=12)
weights = st.floats(0.0, 1.0)


def order(leg: dict[int, float]) -> list[int]:
    return sorted(leg, key=lambda key: (-leg[key], key))


@given(legs, legs, weights)
def test_fused_scores_lie_between_0_and_1_best_first_and_ties_by_key(
    lexical: dict[int, float], dense: dict[int, float], weight: float
) -> None:
    fused = fuse(lexical, dense, weight)
    assert {key for key, _ in fused} == lexical.keys() | dense.keys()
    assert all(0.0 <= score <= 1.0 for _, score in fused)
    assert fused == sorted(fused, key=lambda pair: (-pair[1], pair[0]))


@given(legs, legs)
def test_the_weights_0_and_1_give_the_order_of_one_leg(lexical: dict[int, float], dense: dict[int, float]) -> None:
    for weight, leg in ((0.0, lexical), (1.0, dense)):
        scores = dict(fuse(lexical, dense, weight))
        ranked = [key for key, score in fuse(lexical, dense, weight) if score > 0]
        assert all(scores[one] >= scores[other] for one, other in zip(order(leg), order(leg)[1:], strict=False))
        assert set(ranked) == leg.keys()
        assert not leg or scores[order(leg)[0]] == 1.0


@given(legs, legs, weights, st.floats(0.01, 100.0))
def test_the_unit_of_a_leg_does_not_matter(
    lexical: dict[int, float], dense: dict[int, float], weight: float, unit: float
) -> None:
    other = dict(fuse({key: score * unit for key, score in lexical.items()}, dense, weight))
    assert other == pytest.approx(dict(fuse(lexical, dense, weight)))


def test_fusion_by_hand() -> None:
    assert fuse({1: 4.0, 2: 2.0}, {2: 0.5, 3: 0.25}, 0.25) == [(1, 0.75), (2, 0.625), (3, 0.125)]
    assert fuse({5: 1.0, 4: 1.0}, {}, 0.0) == [(4, 1.0), (5, 1.0)]
    assert fuse({}, {}, 0.5) == []


def test_the_last_of_a_full_leg_counts_nothing() -> None:
    full = {key: 1.0 + key for key in range(DEPTH)}
    scores = dict(fuse(full, {}, 0.0))
    assert (scores[DEPTH - 1], scores[0]) == (1.0, 0.0)
    assert dict(fuse(dict.fromkeys(range(DEPTH), 1.0), {}, 0.0))[0] == 1.0


def test_a_cosine_below_0_counts_as_none() -> None:
    assert fuse({1: 2.0}, {1: -0.2, 2: -0.1}, 0.5) == [(1, 0.5), (2, 0.0)]
    assert fuse({}, {1: 0.5, 2: -0.5}, 1.0) == [(1, 1.0), (2, 0.0)]


# ---------------------------------------------------------------------------------------------- the retriever

TEXTS = {"rain": "أمطار غزيرة على الساحل", "bridge": "افتتاح جسر جديد", "bridges": "جسر", "cup": "كأس البطولة"}
VECTORS = {"rain": [1.0, 0.0], "bridge": [0.8, 0.6], "bridges": [0.0, 1.0], "cup": [-1.0, 0.0]}


class Compass:
    """Knows the direction of whole texts; counts its questions."""

    name, dimension = "compass", 2

    def __init__(self) -> None:
        self.queries: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [VECTORS[next(name for name, known in TEXTS.items() if known == text)] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        self.queries.append(text)
        return [1.0, 0.0]


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[tuple[Catalogue, LexicalIndex, PassageStore, Compass]]:
    catalogue, lexical, store = Catalogue(tmp_path / "a.db"), LexicalIndex(tmp_path / "l"), PassageStore(tmp_path / "c")
    articles = [Article(Source(name, "ع"), text) for name, text in TEXTS.items()]
    passages = [Passage(f"{a.source.article_id}#0", a.source, 0, a.body, 0, len(a.body)) for a in articles]
    catalogue.put([(article, [passage]) for article, passage in zip(articles, passages, strict=True)])
    catalogue.mark_ready(TEXTS)
    keys = catalogue.passage_keys()
    lexical.update(
        add=[(key, ANALYZER.analyse("", text)) for key, text in zip(keys, TEXTS.values(), strict=True)],
        remove=(),
        generation=1,
    )
    store.open({"embedder": "compass"})
    store.upsert(passages, list(VECTORS.values()))
    yield catalogue, lexical, store, Compass()
    store.close()
    catalogue.close()


Parts = tuple[Catalogue, LexicalIndex, PassageStore, Compass]


def found(parts: Parts, query: str, k: int, weight: float) -> list[tuple[str, float]]:
    hits = HybridRetriever(*parts, dense_weight=weight).retrieve(query, k)
    return [(hit.passage.source.article_id, round(hit.score, 3)) for hit in hits]


def test_each_leg_alone_and_both_together(parts: Parts) -> None:
    lexical, dense = found(parts, "جسر", 10, 0.0), found(parts, "جسر", 10, 1.0)
    assert [name for name, _ in lexical] == ["bridges", "bridge"]
    assert dense == [("rain", 1.0), ("bridge", 0.8)]  # the others point aside or away
    both = dict(found(parts, "جسر", 10, 0.5))
    assert both == pytest.approx(
        {"rain": 0.5, "bridges": 0.5, "bridge": 0.5 * dict(lexical)["bridge"] + 0.4}, abs=0.002
    )


def test_weight_0_asks_neither_embedder_nor_store(parts: Parts) -> None:
    parts[2].close()
    assert found(parts, "جسر", 1, 0.0) == [("bridges", 1.0)]
    assert parts[3].queries == []


@pytest.mark.parametrize("query", ["", " ", "؟!", "😀"])
def test_a_query_without_a_word_finds_nothing_near_either(parts: Parts, query: str) -> None:
    assert found(parts, query, 5, 0.5) == []
    assert parts[3].queries == []


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_passages_that_left_the_catalogue_take_no_place(parts: Parts, weight: float) -> None:
    parts[0].remove(["rain", "bridges"])  # the store and the lexical index do not know yet
    assert [name for name, _ in found(parts, "جسر", 1, weight)] == ["bridge"]


def test_what_the_second_look_does_not_see_stays_behind_what_it_saw(parts: Parts, tmp_path: Path) -> None:
    lexical = LexicalIndex(tmp_path / "many")
    texts = ["بحث الوزير الأزمة. ثم زار المدينة." + " ثم غادر." * (number // 6) for number in range(90)]
    analysed = [ANALYZER.analyse("", text) for text in texts]
    lexical.update(add=list(enumerate(analysed, start=1)), remove=(), generation=1)
    plain = HybridRetriever(parts[0], lexical, *parts[2:], dense_weight=0.0, second_look=False).sparse("أزمة المدينة")
    looked = HybridRetriever(parts[0], lexical, *parts[2:], dense_weight=0.0).sparse("أزمة المدينة")
    scores = [looked[key] for key in plain]
    assert len(scores) == 90 and min(scores[:LOOKED_AT]) < plain[list(plain)[LOOKED_AT]]
    assert max(scores[LOOKED_AT:]) <= min(scores[:LOOKED_AT])
    assert scores[LOOKED_AT:] == sorted(scores[LOOKED_AT:], reverse=True)
    assert scores[LOOKED_AT] > scores[-1] > 0
