"""The bench of `dalil eval retrieval`: configurations that differ, judged by one measure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from retrieval.errors import BadSetting, DatasetBroken
from retrieval.evals.bench import Bench, Result, alike, evidence_run, scored
from retrieval.evals.configurations import PARTS, PRESETS, ablations, configuration
from retrieval.evals.datasets import Dataset, read_retrieval
from retrieval.evals.measures import MAIN, mean
from retrieval.evals.runs import ranked, read_run, write_run
from retrieval.evals.tuning import WEIGHTS, best_weight, dense_weights
from retrieval.features import ANALYZER
from retrieval.index import RERANKED
from retrieval.types import Hit, Passage, Source
from tests.beir import BY_PART, DOCUMENTS, QRELS, QUERIES, filled, write_dataset, write_parts

# ------------------------------------------------------------------------------------------------------ configurations


def test_names_of_configurations() -> None:
    assert configuration("default").without == frozenset()
    assert configuration("without-grams,title").without == {"grams", "title"}
    assert {each.name for each in ablations()} == {f"without-{part}" for part in PARTS}
    for name in PRESETS:
        assert configuration(name).name == name
    assert not configuration("words").analyzer.grams and configuration("words").analyzer.normalization
    for wrong in ("grams", "without-", "without-nothing", ""):
        with pytest.raises(BadSetting, match="without-PART"):
            configuration(wrong)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    return filled(read_retrieval(write_dataset(folder / "news"), None), folder / "index")


@pytest.mark.parametrize("name", [*PRESETS, *(f"without-{part}" for part in PARTS)])
def test_every_configuration_finds_what_shares_its_words(bench: Bench, name: str) -> None:
    result = bench.measure(configuration(name))
    assert result.configuration == name
    assert set(result.run) == set(QUERIES)
    assert result.values[MAIN]["q1"] == 1.0
    assert len(result.milliseconds) == 3
    assert not list((bench.index.data_dir / "variants").glob("*"))


# ------------------------------------------------------------------------------------------------------ each part


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_retrieval(write_parts(tmp_path_factory.mktemp("sets") / "parts"), None)


@pytest.fixture(scope="module")
def runs(parts: Dataset, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Of each configuration, without a model."""
    bench = filled(parts, tmp_path_factory.mktemp("index"))
    return {name: bench.measure(configuration(name)) for name in [*PRESETS, *(each.name for each in ablations())]}


@pytest.mark.parametrize("part", BY_PART)
def test_leaving_a_part_out_takes_its_gain_away(runs: dict[str, Result], part: str) -> None:
    assert runs["default"].values[MAIN][part] == 1.0
    assert runs[f"without-{part}"].values[MAIN][part] < 1.0


def test_no_two_configurations_are_the_same_search(runs: dict[str, Result]) -> None:
    idle = {f"without-{part}" for part in PARTS if part not in BY_PART}
    found = {name: {query: tuple(docs) for query, docs in result.run.items()} for name, result in runs.items()}
    assert all(found.pop(name) == found["default"] for name in idle)  # there are no models here
    same = [(one, other) for one, other in combinations(found, 2) if found[one] == found[other]]
    assert same == []


class _Shortest:
    """A reranker that finds the shortest text best, and remembers how many hits it saw."""

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def rerank(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        self.seen.add(len(hits))
        return sorted(
            (Hit(hit.passage, 1 / len(hit.passage.text)) for hit in hits), key=lambda hit: (-hit.score, hit.passage.id)
        )


def test_every_configuration_but_those_without_it_has_the_reranker(
    parts: Dataset, runs: dict[str, Result], tmp_path: Path
) -> None:
    bench = filled(parts, tmp_path, reranker=_Shortest())
    for name, plain in runs.items():
        found = bench.measure(configuration(name))
        if "reranker" in configuration(name).without:
            assert found.run == plain.run, name
        else:
            texts = {passage.source.article_id: len(passage.text) for _, passage in bench.index.passages()}
            for query, documents in found.run.items():
                order = [document.doc_id for document in documents]
                assert order == sorted(order, key=lambda name: (texts[name], name)), (name, query)
                assert set(order) == {document.doc_id for document in plain.run[query]}, (name, query)
    assert {name for name in runs if "reranker" in configuration(name).without} == {
        "without-reranker", *(set(PRESETS) - {"default"}),
    }  # fmt: skip
    leg = bench.index.variant(analyzer=ANALYZER, second_look=True, dense=True)
    for query in parts.queries.values():
        assert bench.index.reranked(leg).retrieve(query, 100) == bench.index.retrieve(query, 100)


def test_the_reranker_sees_as_many_hits_as_for_a_reader(tmp_path: Path) -> None:
    documents = {f"d{n}": ("", "زلزال " * (n + 1) + "كبير") for n in range(30)}
    folder = write_dataset(tmp_path / "many", documents=documents, queries={"q": "زلزال"}, qrels=[("q", "d1", 1)])
    reranker = _Shortest()
    bench = filled(read_retrieval(folder, None), tmp_path / "index", reranker=reranker)
    for name in ("default", "without-second-look", "without-stems"):
        assert len(bench.measure(configuration(name)).run["q"]) == 30
    assert reranker.seen == {RERANKED}


def test_without_the_vectors_they_have_no_weight(parts: Dataset, runs: dict[str, Result], tmp_path: Path) -> None:
    bench = filled(parts, tmp_path)
    table = dense_weights(bench)
    assert set(table) == set(WEIGHTS) and len(set(table.values())) > 1
    for weight in (0.0, 0.5, 1.0):
        bench.index.record_dense_weight(weight)
        found = bench.measure(configuration("default"))
        assert mean(found.values[MAIN]) == pytest.approx(table[weight])
        assert (found.run == runs["default"].run) == (weight == 0.0)
        assert bench.measure(configuration("without-dense")).run == runs["default"].run
        assert bench.measure(configuration("words")).run == runs["words"].run


def test_the_best_weight_is_taken_and_of_equals_the_smallest() -> None:
    flat = dict.fromkeys(WEIGHTS, 0.5)
    assert best_weight([flat]) == 0.0
    assert best_weight([{**flat, 0.4: 0.9}, {**flat, 0.3: 0.6}]) == 0.4


# ------------------------------------------------------------------------------------------------------ runs from files


def test_a_run_from_a_file_is_scored_like_the_search_it_came_from(bench: Bench, tmp_path: Path) -> None:
    result = bench.measure(configuration("default"))
    write_run(tmp_path / "run", result.run, "dalil")
    from_file = scored(bench.dataset, tmp_path / "run", read_run(tmp_path / "run"))
    assert from_file.values == result.values
    assert from_file.judged_by == result.judged_by == "document"
    assert from_file.figures()["ms_per_query_p50"] is None


def test_a_run_that_has_nothing_to_do_with_the_set_is_refused(bench: Bench) -> None:
    found = [("d1", 1.0)]
    assert (
        mean(scored(bench.dataset, Path("r"), {"q1": ranked("q1", found), "q9": ranked("q9", found)}).values[MAIN]) > 0
    )
    for run, problem in (
        ({"q9": ranked("q9", found)}, "no query of news, split test"),
        ({"q1": ranked("q1", [("d9", 1.0)])}, "no document of news"),
    ):
        with pytest.raises(DatasetBroken, match=problem) as caught:
            scored(bench.dataset, Path("r"), run)
        assert caught.value.values["path"] == "r"


# ------------------------------------------------------------------------------------------------------ one measure


def test_a_document_stands_where_its_passage_with_the_gold_span_stands(tmp_path: Path) -> None:
    dataset = read_retrieval(write_dataset(tmp_path, answers={"q1": ["الخلاف على العقوبات"]}), None)

    def hit(document: str, text: str, score: float) -> Hit:
        return Hit(Passage(f"{document}#0", Source(document, ""), 0, text, 0, len(text)), score)

    hits = [hit("d1", "لا شيء", 0.9), hit("d2", "غيره", 0.8), hit("d1", "الخلافُ على العقوبات", 0.7), hit("d3", "", 0.6)]
    run = evidence_run(dataset, {"q1": hits, "q2": hits})
    assert [found.doc_id for found in run["q1"]] == ["d2", "d1", "d3"]
    assert [found.doc_id for found in run["q2"]] == ["d1", "d2", "d3"]  # a question without spans is judged by document


def test_a_relevant_document_without_a_span_stands_where_it_is_found(tmp_path: Path) -> None:
    qrels = [*QRELS, ("q1", "d2", 1)]
    answers = {"q1": ["الخلاف على العقوبات"], "q2": ["؟"], "q3": ["ست درجات"]}
    dataset = read_retrieval(write_dataset(tmp_path, answers=answers, qrels=qrels), None)

    def hit(document: str, text: str) -> Hit:
        return Hit(Passage(f"{document}#0", Source(document, ""), 0, text, 0, len(text)), 1.0)

    hits = [hit("d1", "لا شيء"), hit("d2", "غيره"), hit("d3", "زلزال"), hit("d1", "الخلاف على العقوبات")]
    run = evidence_run(dataset, dict.fromkeys(QUERIES, hits))
    assert [found.doc_id for found in run["q1"]] == ["d2", "d3", "d1"]
    assert [found.doc_id for found in run["q2"]] == ["d1", "d2", "d3"]
    assert [found.doc_id for found in run["q3"]] == ["d1", "d2", "d3"]


@pytest.fixture
def spanned(tmp_path: Path) -> Dataset:
    """The document of q1 is found by its first passage, and holds the answer in another that shares no word with it."""
    long = "انهارت القمة الثانية. " * 35 + "\n\n" + "السبب هو الخلاف على العقوبات. " * 25
    documents = {**DOCUMENTS, "d1": ("قمة", long), "d2": ("", "انهارت القمة أمس.")}
    answers = {"q1": ["الخلاف على العقوبات"]}
    return read_retrieval(write_dataset(tmp_path / "spanned", documents=documents, answers=answers), None)


def test_a_search_and_a_run_from_a_file_are_judged_alike(spanned: Dataset, tmp_path: Path) -> None:
    result = filled(spanned, tmp_path / "index").measure(configuration("default"))
    write_run(tmp_path / "run", result.run, "dalil")
    from_file = scored(spanned, tmp_path / "run", read_run(tmp_path / "run"))
    assert (result.judged_by, from_file.judged_by) == ("evidence", "document")
    assert result.values[MAIN]["q1"] < from_file.values[MAIN]["q1"] == 1.0
    with pytest.raises(ValueError, match=r"evidence.*document"):
        result.against(from_file)
    search, again = alike([result, from_file])
    assert (search.judged_by, search.values) == ("document", from_file.values)
    assert again == from_file and search.run == result.run
    assert search.against(again).difference == 0.0
    assert alike([result, result]) == [result, result]
