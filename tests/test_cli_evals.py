"""`dalil eval retrieval` from the command line: the contract's JSON, files in and out, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from retrieval.evals.configurations import PARTS
from retrieval.index import Index
from tests.beir import BY_PART, DOCUMENTS, QRELS, QUERIES, write_dataset, write_parts
from tests.test_cli import dalil, folder  # noqa: F401 - fixtures

CONTRACT = {
    "dataset", "queries", "passages", "nDCG@10", "R@1", "R@5", "R@20", "RR@10", "seconds_index", "ms_per_query_p50",
    "ms_per_query_p95",
}  # fmt: skip


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "sets" / "news")


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    return write_parts(tmp_path / "sets" / "parts")


def test_json_is_one_object_a_data_set_with_the_keys_of_the_contract(dalil: Any, news: Path) -> None:  # noqa: F811
    other = write_dataset(news.parent / "other", queries={"q1": "القمة"}, qrels=[("q1", "d1", 1)])
    outcome = dalil("eval", "retrieval", str(news), str(other), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    first, second = [json.loads(line) for line in outcome.out.splitlines()]
    assert first.keys() >= CONTRACT and second.keys() >= CONTRACT
    assert (first["dataset"], first["queries"], first["passages"], first["nDCG@10"]) == ("news", 3, 4, 1.0)
    assert (second["dataset"], second["queries"]) == ("other", 1)
    assert 0 < first["ms_per_query_p50"] <= first["ms_per_query_p95"]
    assert first["intervals"]["nDCG@10"] == [1.0, 1.0]
    assert not Path(".dalil").exists()


def test_table_names_the_questions_won_and_lost(dalil: Any, news: Path) -> None:  # noqa: F811
    write_dataset(news, queries={**QUERIES, "q1": "لِماذا انهَارت القِمَّةُ؟"}, qrels=[("q1", "d1", 1), ("q2", "d2", 1)])
    out = dalil("eval", "retrieval", str(news), "--compare", "white-space").out
    assert "2 questions, 4 passages" in out
    assert [line.split()[0] for line in out.splitlines()[2:4]] == ["default", "white-space"]
    assert "  +1.000  q1  لِماذا انهَارت القِمَّةُ؟" in out


def test_ablation_leaves_out_each_part(dalil: Any, parts: Path) -> None:  # noqa: F811
    found = json.loads(dalil("eval", "retrieval", str(parts), "--ablation", "--json").out)
    assert [each["other"] for each in found["compared"]] == [f"without-{part}" for part in PARTS]
    for part, each in zip(PARTS, found["compared"], strict=True):
        assert {"difference", "interval", "p", "won", "lost", "nDCG@10"} <= each.keys()
        assert (part in each["won"]) == (part in BY_PART), part
        assert each["difference"] == pytest.approx(found["nDCG@10"] - each["nDCG@10"], abs=1e-4)


def test_a_configuration_is_what_is_measured_and_compared(dalil: Any, parts: Path) -> None:  # noqa: F811
    def call(*arguments: str) -> Any:
        return json.loads(dalil("eval", "retrieval", str(parts), *arguments, "--json").out)

    default = call("--compare", "words", "--compare", "white-space", "--compare", "without-title")
    compared = {"default": default, **{each["other"]: each for each in default["compared"]}}
    assert len({each["nDCG@10"] for each in compared.values()}) == len(compared)
    for name in compared:
        found = call("--configuration", name)
        assert (found["configuration"], found["nDCG@10"]) == (name, compared[name]["nDCG@10"])
    backwards = call("--configuration", "words", "--compare", "default")["compared"][0]
    assert backwards["difference"] == -compared["words"]["difference"] < 0
    assert call("--misspell")["nDCG@10"] < default["nDCG@10"]


def test_a_run_goes_out_and_comes_in(dalil: Any, news: Path) -> None:  # noqa: F811
    assert dalil("eval", "retrieval", str(news), "--run", "run.trec").code == 0
    rows = [line.split() for line in Path("run.trec").read_text(encoding="utf-8").splitlines()]
    assert {row[0] for row in rows} == set(QUERIES) and {row[1] for row in rows} == {"Q0"}
    outcome = dalil("eval", "retrieval", str(news), "--score", "run.trec", "--compare", "default", "--json")
    found = json.loads(outcome.out)
    assert (found["configuration"], found["nDCG@10"], found["compared"][0]["difference"]) == ("run.trec", 1.0, 0.0)
    two = write_dataset(news.parent / "two")
    dalil("eval", "retrieval", str(news), str(two), "--run", "run.trec")
    assert Path("run.news.trec").is_file() and Path("run.two.trec").is_file()


@pytest.fixture
def spanned(tmp_path: Path) -> Path:
    """The document of q1 is found by its first passage, and holds the answer in another that is found after d2."""
    long = "انهارت القمة الثانية. " * 35 + "\n\n" + "السبب هو الخلاف على العقوبات. " * 25
    documents = {**DOCUMENTS, "d1": ("قمة", long), "d2": ("", "انهارت القمة أمس.")}
    return write_dataset(
        tmp_path / "sets" / "spanned", documents=documents, answers={"q1": ["العقوبات"]}, qrels=[("q1", "d1", 1)]
    )


def test_a_search_is_compared_with_a_run_by_one_measure_and_says_which(dalil: Any, spanned: Path) -> None:  # noqa: F811
    alone = dalil("eval", "retrieval", str(spanned), "--run", "run.trec")
    assert "judged by evidence" in alone.out and "0.6309" in alone.out
    for order in (["--score", "run.trec", "--compare", "default"], ["--compare", "run.trec"]):
        found = json.loads(dalil("eval", "retrieval", str(spanned), *order, "--json").out)
        (other,) = found["compared"]
        assert (found["judged_by"], other["judged_by"]) == ("document", "document")
        assert (found["nDCG@10"], other["nDCG@10"], other["difference"]) == (1.0, 1.0, 0.0)
    compared = dalil("eval", "retrieval", str(spanned), "--compare", "run.trec", "--report", "r.html")
    assert "judged by document" in compared.out and "judged by evidence" not in compared.out
    assert "judged by document" in Path("r.html").read_text(encoding="utf-8")
    found = json.loads(dalil("eval", "retrieval", str(spanned), "--compare", "words", "--json").out)
    assert (found["judged_by"], found["compared"][0]["judged_by"]) == ("evidence", "evidence")


def test_floors_of_evidence_are_not_held_against_a_run(dalil: Any, spanned: Path, news: Path) -> None:  # noqa: F811
    Path("floors.json").write_text('{"spanned": {"nDCG@10": 0.5}, "news": {"nDCG@10": 0.5}}', encoding="utf-8")
    Path("run").write_text("q1 Q0 d1 1 1 n\n", encoding="utf-8")
    for first in ("--score", "--compare"):
        outcome = dalil("eval", "retrieval", str(spanned), first, "run", "--floor", "floors.json")
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
        assert "--floor" in outcome.err and first in outcome.err
    assert dalil("eval", "retrieval", str(spanned), "--compare", "words", "--floor", "floors.json").code == 0
    assert dalil("eval", "retrieval", str(news), "--score", "run", "--floor", "floors.json").code == 1


def test_a_run_is_scored_without_an_index(dalil: Any, news: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    Path("run").write_text("q1 Q0 d1 1 1 n\n", encoding="utf-8")
    monkeypatch.setattr(Index, "__init__", None)
    outcome = dalil("eval", "retrieval", str(news), "--score", "run")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0] == "news · test · 3 questions"
    found = json.loads(dalil("eval", "retrieval", str(news), "--score", "run", "--json").out)
    assert found.keys() >= CONTRACT
    assert (found["configuration"], round(found["R@1"], 2), found["passages"]) == ("run", 0.33, 0)


def test_data_sets_of_one_name_are_not_mixed_up(dalil: Any, news: Path) -> None:  # noqa: F811
    other = write_dataset(news.parent / "others" / "news", qrels=[("q1", "d1", 1)])
    Path("floors.json").write_text('{"news": {"nDCG@10": 0.9}}', encoding="utf-8")
    for option in (["--run", "run.trec"], ["--floor", "floors.json"]):
        outcome = dalil("eval", "retrieval", str(news), str(other), *option)
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
        assert str(other) in outcome.err and "another data set is called news" in outcome.err
    assert not list(Path().glob("*.trec"))
    assert dalil("eval", "retrieval", str(news), str(other)).code == 0


def test_a_measure_below_its_floor_is_named_and_fails(dalil: Any, news: Path) -> None:  # noqa: F811
    Path("floors.json").write_text('{"news": {"nDCG@10": 0.9}}', encoding="utf-8")
    assert dalil("eval", "retrieval", str(news), "--floor", "floors.json").code == 0
    write_dataset(news, qrels=[("q1", "d1", 1), ("q2", "d4", 1)])
    outcome = dalil("eval", "retrieval", str(news), "--floor", "floors.json")
    assert outcome.code == 1
    assert outcome.err == "news: nDCG@10 is 0.5000, below its floor 0.9000\n"
    assert "default" in outcome.out


def test_floors_hold_the_configuration_that_is_measured(dalil: Any, parts: Path) -> None:  # noqa: F811
    Path("floors.json").write_text('{"parts": {"R@1": 0.99}}', encoding="utf-8")
    for arguments, code in (
        ([], 0),
        (["--compare", "without-title"], 0),
        (["--configuration", "without-title"], 1),
        (["--configuration", "without-title", "--compare", "default"], 1),
    ):
        assert dalil("eval", "retrieval", str(parts), "--floor", "floors.json", *arguments).code == code, arguments


def test_report_growth_and_weights_are_written(dalil: Any, news: Path) -> None:  # noqa: F811
    outcome = dalil(
        "eval", "retrieval", str(news), "--report", "r.html", "--growth", "100", "--growth", "200", "--tune"
    )
    assert outcome.code == 0
    assert "The report is in r.html" in outcome.err and "The vectors' weight 0.00 is kept" in outcome.err
    assert Path("r.html").read_text(encoding="utf-8").count("<svg") >= 4
    assert "      0.00  1.0000" in outcome.out and "all in/s" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "“nowhere”: no qrels for split test"),
        (["news", "--split", "dev"], "no qrels for split dev; there are: test"),
        (["news", "--configuration", "magic"], "magic"),
        (["news", "--compare", "missing.trec"], "missing.trec"),
        (["news", "--configuration", "foreign.trec"], "not a usable value for configuration"),
        (["news", "--score", "foreign.trec"], "“foreign.trec”: no query of news, split test"),
        (["news", "--compare", "foreign.trec"], "“foreign.trec”: no query of news, split test"),
        (["news", "--score", "foreign.trec", "--configuration", "words"], "“--score” and “--configuration”"),
        (["news", "--floor", "missing.json"], "missing.json"),
        (["news", "--growth", "7"], "--growth"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_2(dalil: Any, news: Path, arguments: list[str], message: str) -> None:  # noqa: F811
    Path("foreign.trec").write_text("z1 Q0 d1 1 1 n\n", encoding="utf-8")
    place = [str(news) if argument == "news" else argument for argument in arguments]
    outcome = dalil("eval", "retrieval", *place)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err and outcome.err.count("\n") == 1


@pytest.mark.parametrize(("language", "refusal"), [("en", "cannot be used"), ("ar", "لا تصلح")])
def test_what_is_odd_is_told_once_and_refuses_nothing(
    dalil: Any,  # noqa: F811
    news: Path,
    language: str,
    refusal: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DALIL_LANGUAGE", language)
    queries = {**QUERIES, "q4": "؟"}
    write_dataset(news, documents={**DOCUMENTS, "d5": ("", "\u200b")}, queries=queries, qrels=[*QRELS, ("q4", "d4", 0)])
    outcome = dalil("eval", "retrieval", str(news))
    assert outcome.code == 0 and refusal not in outcome.err
    told = outcome.err.splitlines()
    assert [name for line in told for name in ("corpus", "queries", "test") if name + "." in line] == [
        "corpus", "test", "queries",
    ]  # fmt: skip
    assert "5" in told[0] and "q4" in told[1] and "q4" in told[2]
    if language == "ar":
        assert not re.search(r"[A-Za-z]{2,}", re.sub(r"«[^»]*»", "", outcome.err))


def test_a_broken_line_is_named_and_odd_ones_are_told(dalil: Any, news: Path) -> None:  # noqa: F811
    with (news / "qrels" / "test.tsv").open("a", encoding="utf-8") as file:
        file.write("q3\td4\t0\nq2\td9\t1\n")
    outcome = dalil("eval", "retrieval", str(news))
    assert outcome.code == 2
    assert "test.tsv" in outcome.err and "line 6" in outcome.err and "unknown document d9" in outcome.err
    write_dataset(news, qrels=[("q1", "d1", 1), ("q2", "d2", 0)])
    outcome = dalil("eval", "retrieval", str(news), "--json")
    assert (outcome.code, json.loads(outcome.out)["nDCG@10"]) == (0, 0.5)
    assert "nothing is relevant to query q2; it scores 0" in outcome.err
