"""Floors under the measures of search, the report of `dalil eval retrieval`, and growth."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from retrieval.errors import DatasetBroken
from retrieval.evals.bench import Bench, Result
from retrieval.evals.configurations import configuration
from retrieval.evals.datasets import read_retrieval
from retrieval.evals.floors import drops, read_floors
from retrieval.evals.growth import grow
from retrieval.evals.measures import MAIN, mean, per_query
from retrieval.evals.report import Section, page
from retrieval.evals.tuning import dense_weights
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from tests.beir import DOCUMENTS, filled, write_dataset


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    return filled(read_retrieval(write_dataset(folder / "news"), None), folder / "index")


def test_floors_name_every_measure_below(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "floors.json").write_text(
        '{"news": {"nDCG@10": 0.5, "R@1": 1.1}, "other": {"R@1": 0}}', encoding="utf-8"
    )
    floors = read_floors(tmp_path / "floors.json", ["news"])
    (drop,) = drops(bench.measure(configuration("default")), floors)
    assert (drop.dataset, drop.measure, drop.value, drop.floor) == ("news", "R@1", 1.0, 1.1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{", "not an object"), ("[]", "not an object"), ("{}", "no floors for news"), ('{"news": {"MAP": 1}}', "measures are"),
     ('{"news": {}}', "measures are"), ('{"news": 3}', "not an object"), ("[" * 100_000, "not an object"),
     ('{"news": {"R@1": NaN}}', "NaN is not a floor")],
)  # fmt: skip
def test_broken_floors_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "floors.json").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetBroken, match=problem):
        read_floors(tmp_path / "floors.json", ["news"])


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "rect", "line", "circle", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "line", "circle", "polyline"):
            assert self.open.pop() == tag


def test_the_report_is_one_page_that_needs_no_network_and_escapes_what_it_shows(tmp_path: Path) -> None:
    queries = {"q1": "لماذا انهارت <script>القمة</script>؟", "q2": "أين المعرض؟", "q3": "زلزال"}
    dataset = read_retrieval(write_dataset(tmp_path / "a<b", queries=queries), None)
    bench = filled(dataset, tmp_path / "index")
    result = bench.measure(configuration("default"))
    nothing = Result(dataset, "nothing", {}, per_query(dataset.qrels, {}))
    growth = [grow(dataset, size, _folder(tmp_path / str(size))) for size in (120, 240)]
    text = page([Section(result, [nothing], dense_weights(bench), growth), Section(nothing)])
    parser = _Tags()
    parser.feed(text)
    assert parser.open == []
    assert not re.search(r"(?:src|href)=|https?:|<script|@import|url\(", text)
    assert "a&lt;b" in text and "&lt;script&gt;" in text
    assert "dir=auto" in text and "prefers-color-scheme: dark" in text
    assert f"{mean(result.values[MAIN]):.3f}" in text
    assert all(f"{each.passages:,}" in text for each in growth)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_growth_makes_as_many_passages_as_wanted(tmp_path: Path) -> None:
    dataset = read_retrieval(write_dataset(tmp_path / "news"), None)
    found = grow(dataset, 300, _folder(tmp_path / "grown"))
    index = Index(tmp_path / "grown", BundledEmbedder())
    assert found.passages == 300 == index.passage_count
    assert index.retrieve("القمة الثانية", 3)
    assert found.all_in_per_second and found.all_in_per_second > 0
    assert found.seconds_to_add < 1.0
    assert found.memory_mb > 10
    index.close()


def test_growth_of_a_corpus_without_text_names_it(tmp_path: Path) -> None:
    blank = dict.fromkeys(DOCUMENTS, ("عنوان", "\u200b\n "))
    dataset = read_retrieval(write_dataset(tmp_path / "news", documents=blank), None)
    with pytest.raises(DatasetBroken, match="no text to make passages of") as caught:
        grow(dataset, 100, _folder(tmp_path / "grown"))
    assert caught.value.values["path"] == str(dataset.corpus)
