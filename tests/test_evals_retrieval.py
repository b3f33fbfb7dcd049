"""Data sets, runs and measures of `dalil eval retrieval`."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import Qrel, ScoredDoc

from retrieval.errors import DatasetBroken
from retrieval.evals.configurations import configuration
from retrieval.evals.datasets import read_retrieval
from retrieval.evals.measures import MAIN, compare, interval, per_query, randomization_p
from retrieval.evals.misspelling import misspelt
from retrieval.evals.runs import ranked, read_run, write_run
from tests.beir import DOCUMENTS, QRELS, QUERIES, filled, write_dataset

# ------------------------------------------------------------------------------------------------------ data sets


def test_a_data_set_is_read_with_its_split(tmp_path: Path) -> None:
    dataset = read_retrieval(write_dataset(tmp_path / "news", answers={"q1": ["العقوبات"]}), None)
    assert (dataset.name, dataset.split, dataset.notes) == ("news", "test", ())
    assert dataset.documents == frozenset(DOCUMENTS)
    assert dict(dataset.queries) == QUERIES
    assert list(dataset.qrels) == [Qrel(*row) for row in QRELS]
    assert dataset.answers == {"q1": ("العقوبات",)}


def test_the_only_split_is_taken_and_a_missing_one_is_answered_with_those_there(tmp_path: Path) -> None:
    write_dataset(tmp_path, split="train")
    assert read_retrieval(tmp_path, None).split == "train"
    with pytest.raises(DatasetBroken, match="there are: train"):
        read_retrieval(tmp_path, "dev")
    write_dataset(tmp_path, split="dev")
    with pytest.raises(DatasetBroken, match="test"):
        read_retrieval(tmp_path, None)


@pytest.mark.parametrize("name", ["qrels.tsv", "qrels.test.tsv"])
def test_qrels_beside_the_other_files_will_do(tmp_path: Path, name: str) -> None:
    (write_dataset(tmp_path) / "qrels" / "test.tsv").rename(tmp_path / name)
    assert len(read_retrieval(tmp_path, "test").qrels) == 3
    with pytest.raises(DatasetBroken, match="no qrels for split dev; there are: test"):
        read_retrieval(tmp_path, "dev")


DEEP = '{"_id": "x", "text": ' + "[" * 100_000 + "]" * 100_000 + "}"


def _append(name: str, line: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    return change


def _remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


@pytest.mark.parametrize(
    ("damage", "file", "line", "problem"),
    [
        (_remove("corpus.jsonl"), "corpus.jsonl", None, "No such file"),
        (_remove("queries.jsonl"), "queries.jsonl", None, "No such file"),
        (_remove("qrels/test.tsv"), "", None, "no qrels for split test"),
        (_append("corpus.jsonl", '{"_id": "d1", "text": "نص"}'), "corpus.jsonl", 5, "duplicate id d1"),
        (_append("corpus.jsonl", '{"_id": "d9"}'), "corpus.jsonl", 5, "no text"),
        (_append("corpus.jsonl", '{"_id": "two words", "text": "نص"}'), "corpus.jsonl", 5, "one word"),
        (_append("corpus.jsonl", "{broken"), "corpus.jsonl", 5, "not valid JSON"),
        (_append("queries.jsonl", '{"_id": "q1", "text": "سؤال"}'), "queries.jsonl", 4, "duplicate id q1"),
        (_append("queries.jsonl", '{"_id": "q9", "text": 7}'), "queries.jsonl", 4, "not a string"),
        (_append("qrels/test.tsv", "q9\td1\t1"), "test.tsv", 5, "unknown query q9"),
        (_append("qrels/test.tsv", "q1\td9\t1"), "test.tsv", 5, "unknown document d9"),
        (_append("qrels/test.tsv", "q1\td1\t1"), "test.tsv", 5, "judged twice"),
        (_append("qrels/test.tsv", "q1\td2\tyes"), "test.tsv", 5, "not a grade"),
        (_append("qrels/test.tsv", "q1\td2\t--1"), "test.tsv", 5, "not a grade"),
        (_append("qrels/test.tsv", "q1\td2\t" + "9" * 20), "test.tsv", 5, "not a grade"),
        (_append("qrels/test.tsv", "q1\td2\t" + "9" * 5000), "test.tsv", 5, "not a grade"),
        (_append("qrels/test.tsv", "q1"), "test.tsv", 5, "not query, document and grade"),
        (_append("corpus.jsonl", DEEP), "corpus.jsonl", 5, "not valid JSON"),
        (_append("queries.jsonl", DEEP), "queries.jsonl", 4, "not valid JSON"),
        (_append("corpus.jsonl", '{"_id": null, "text": "نص"}'), "corpus.jsonl", 5, "one word"),
        (_append("corpus.jsonl", '{"_id": ["d9"], "text": "نص"}'), "corpus.jsonl", 5, "one word"),
        (_append("answers.jsonl", '{"_id": "q9", "answers": ["نص"]}'), "answers.jsonl", 1, "unknown query q9"),
        (
            _append("answers.jsonl", '{"_id": "q1", "answers": 5}'),
            "answers.jsonl",
            1,
            "answers is not a list of strings",
        ),
        (_append("answers.jsonl", '{"_id": "q1", "answers": {"a": 1}}'), "answers.jsonl", 1, "not a list of strings"),
        (_append("answers.jsonl", '{"_id": "q1", "answers": [null]}'), "answers.jsonl", 1, "not a list of strings"),
        (_append("answers.jsonl", '{"_id": "q1"}\n{"_id": "q1"}'), "answers.jsonl", 2, "duplicate id q1"),
        (lambda folder: (folder / "answers.jsonl").mkdir(), "answers.jsonl", None, "Is a directory"),
    ],
)
def test_a_broken_data_set_is_refused_with_its_file_and_line(
    tmp_path: Path, damage: Callable[[Path], None], file: str, line: int | None, problem: str
) -> None:
    damage(write_dataset(tmp_path))
    with pytest.raises(DatasetBroken) as caught:
        read_retrieval(tmp_path, "test")
    values = caught.value.values
    assert Path(str(values["path"])).name == (file or tmp_path.name)
    assert values.get("line") == (None if line is None else str(line))
    assert problem in str(values["problem"])


def test_what_is_odd_is_noted_and_scored(tmp_path: Path) -> None:
    write_dataset(
        tmp_path,
        documents={**DOCUMENTS, "d5": ("بلا نص", " ")},
        queries={**QUERIES, "q4": "من فاز؟", "q5": "؟؟"},
        qrels=[*QRELS, ("q4", "d4", 0), ("q5", "d4", 1)],
    )
    dataset = read_retrieval(tmp_path, None)
    problems = [str(note.values["problem"]) for note in dataset.notes]
    assert problems == [
        "no text: it cannot be found",
        "nothing is relevant to query q4; it scores 0",
        "no words in query q5",
    ]
    assert dataset.notes[0].values["line"] == "5"
    assert [Path(note.values["path"]).name for note in dataset.notes] == ["corpus.jsonl", "test.tsv", "queries.jsonl"]
    assert not any(isinstance(note, DatasetBroken) for note in dataset.notes)
    result = filled(dataset, tmp_path / "index").measure(configuration("default"))
    assert result.values[MAIN] == {"q1": 1.0, "q2": 1.0, "q3": 1.0, "q4": 0.0, "q5": 0.0}


# ------------------------------------------------------------------------------------------------------ runs, measures


def test_a_run_comes_back_from_its_file_in_the_same_order(tmp_path: Path) -> None:
    run = {
        "q1": ranked("q1", [("b", 0.5), ("a", 0.5), ("b", 0.4), ("c", 0.5)]),
        "q2": [],
        "q3": ranked("q3", [("a", 2.0)]),
    }
    assert [found.doc_id for found in run["q1"]] == ["b", "a", "c"]
    assert run["q1"][0].score > run["q1"][1].score > run["q1"][2].score
    write_run(tmp_path / "run.trec", run, "dalil")
    assert (tmp_path / "run.trec").read_text(encoding="utf-8").splitlines()[0] == "q1 Q0 b 1 0.500000 dalil"
    again = read_run(tmp_path / "run.trec")
    assert {query: [found.doc_id for found in docs] for query, docs in again.items()} == {
        "q1": ["b", "a", "c"],
        "q3": ["a"],
    }
    as_ir_measures = list(ir_measures.read_trec_run(str(tmp_path / "run.trec")))
    assert as_ir_measures[0] == ScoredDoc("q1", "b", 0.5)


def test_scores_fall_however_large_they_are(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("q1 Q0 b 1 1e17 n\nq1 Q0 a 2 1e17 n\nq1 Q0 c 3 -1e300 n\n", encoding="utf-8")
    run = read_run(tmp_path / "run")
    scores = [found.score for found in run["q1"]]
    assert scores[0] > scores[1] > scores[2]
    assert per_query([Qrel("q1", "a", 1)], run)["RR@10"] == {"q1": 0.5}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("q1 Q0 a 1 x name\n", "1", "columns"),
        ("q1 Q0 a 1 2.0 n\nq1 Q0\n", "2", "columns"),
        ("q1 Q0 a 1 2 n\nq1 Q0 a 2 1 n", "2", "twice"),
        ("q1 Q0 a 1 2 n\nq1 Q0 b 2 nan n", "2", "nan is not a score"),
        ("q1 Q0 a 1 inf n", "1", "inf is not a score"),
        ("q1 Q0 a 1 -1e999 n", "1", "-1e999 is not a score"),
        ("", "1", "no lines"),
    ],
)
def test_a_broken_run_is_refused_with_its_line(tmp_path: Path, text: str, line: str, problem: str) -> None:
    (tmp_path / "run").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetBroken, match=problem) as caught:
        read_run(tmp_path / "run")
    assert caught.value.values["line"] == line


def test_measures_are_those_of_the_formulas_and_a_query_without_hits_has_nought() -> None:
    qrels = [Qrel("q1", "a", 1), Qrel("q2", "b", 1), Qrel("q3", "c", 1)]
    run = {"q1": ranked("q1", [("x", 3.0), ("a", 2.0)]), "q2": ranked("q2", [("b", 1.0)]), "q3": []}
    values = per_query(qrels, run)
    assert values["nDCG@10"] == pytest.approx({"q1": 1 / math.log2(3), "q2": 1.0, "q3": 0.0})
    assert values["RR@10"] == {"q1": 0.5, "q2": 1.0, "q3": 0.0}
    assert values["R@1"] == {"q1": 0.0, "q2": 1.0, "q3": 0.0}
    assert values["R@5"] == {"q1": 1.0, "q2": 1.0, "q3": 0.0}


def test_a_comparison_names_what_was_won_and_lost() -> None:
    found = compare({"a": 1.0, "b": 0.5, "c": 0.2}, {"a": 0.0, "b": 0.5, "c": 0.9}, other="x")
    assert (dict(found.won), dict(found.lost)) == ({"a": 1.0}, {"c": pytest.approx(-0.7)})
    assert found.difference == pytest.approx(0.1)
    assert found.interval[0] < found.difference < found.interval[1]
    assert compare({"a": 1.0}, {"a": 1.0}, other="x").p == 1.0


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=9))
def test_p_is_that_of_all_signs(differences: list[float]) -> None:
    """Against every assignment of signs, counted one by one."""
    changed = [abs(value) for value in differences if value]
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(changed))).reshape(len(changed), -1) if changed else np.zeros((0, 1))
    sums = np.abs(signs.T @ np.array(changed)) if changed else np.array([0.0])
    exact = float((sums >= abs(sum(differences)) - 1e-9).mean())
    assert randomization_p(np.array(differences)) == pytest.approx(exact, abs=0.03)


def test_an_interval_holds_its_mean_and_narrows_with_more_values() -> None:
    low, high = interval([0.0, 1.0] * 10)
    assert low < 0.5 < high
    narrow_low, narrow_high = interval([0.0, 1.0] * 1000)
    assert low < narrow_low < 0.5 < narrow_high < high


def test_misspelt_questions_differ_by_an_edit_a_word_and_are_the_same_at_every_run(tmp_path: Path) -> None:
    text = "كلمة أخرى طويلة في سؤال من كلمات كثيرة " * 20
    dataset = read_retrieval(write_dataset(tmp_path, queries={**QUERIES, "q1": text}), None)
    bad = misspelt(dataset)
    assert bad.queries == misspelt(dataset).queries
    pairs = list(zip(text.split(), bad.queries["q1"].split(), strict=True))
    assert all(abs(len(good) - len(wrong)) <= 1 for good, wrong in pairs)
    assert all(good == wrong for good, wrong in pairs if len(good) < 3)
    assert 0.15 < sum(good != wrong for good, wrong in pairs) / len(pairs) < 0.35
