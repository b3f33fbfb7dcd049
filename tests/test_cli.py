"""The command line: results on standard output, one clear line for each fault, and the exit codes of the contract."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from filelock import FileLock
from typer.main import get_command

from bot import cli
from bot.__main__ import run
from bot.help_page import localize
from bot.language import LANGUAGES
from bot.messages import Messages
from retrieval.errors import DalilError

ROOT = Path(__file__).parents[1]
ARTICLE = """عنوان الخبر عن بناء الجسر

قال وزير الأشغال سامي حداد إن الجسر الجديد سيفتح في مدينة طرابلس يوم الخميس المقبل.

وأضاف الوزير أن كلفة الجسر بلغت ثلاثين مليون دولار.
"""
QUESTION = "من هو وزير الأشغال؟"
COMMANDS = ("ingest", "ask", "chat", "search", "doctor")


@dataclass
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with one article in `news/`, without settings of the machine, and without a language model."""
    for name in list(os.environ):
        if name.startswith(("DALIL_", "TELEGRAM_", "OLLAMA_")):
            monkeypatch.delenv(name)
    for name, value in {"DALIL_LANGUAGE": "en", "DALIL_LLM": "none", "DALIL_ARTICLES": "news"}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "bridge.txt").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def dalil(capfd: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> Outcome:
        code = run(arguments)
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


def process(*arguments: str, stdin: str = "", **environment: str) -> Outcome:
    """`dalil` as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        input=stdin.encode(),
        capture_output=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


# ------------------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_in_both_languages(command: str, dalil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    english = dalil(command, "--help")
    assert (english.code, english.err) == (0, "")
    assert f"Example:\n    dalil {command}" in english.out
    monkeypatch.setenv("DALIL_LANGUAGE", "ar")
    arabic = dalil(command, "--help").out
    assert f"مثال:\n    dalil {command}" in arabic
    for word in ("Usage", "Options", "Arguments", "required", "default", "Show"):
        assert word not in arabic


def every_command(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from every_command(inner, f"{path}.{name}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_parameter_is_explained(language: Any) -> None:
    command: Any = get_command(cli.app)
    localize(command, Messages(language))
    for path, inner in every_command(command):
        assert inner.help, path
        for parameter in inner.get_params(typer.Context(inner)):
            assert parameter.help, (path, parameter.name)


def test_version() -> None:
    assert re.fullmatch(r"dalil \d+\.\d+\.\d+\S*\n", process("--version").out)


def test_no_command_shows_the_help(dalil: Any) -> None:
    assert dalil().out == dalil("--help").out


# ----------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["aks", "س"], "There is no command “aks”; did you mean “ask”? All commands: dalil --help"),
        (["من هو؟"], "There is no command “من هو؟”; all commands: dalil --help"),
        (["ask"], "“QUESTION” is missing; for help: dalil ask --help"),
        (
            ["ask", "من", "هو"],
            "Too many words: هو; put the whole question in quotation marks. For help: dalil ask --help",
        ),
        (["ask", "--jsn", "س"], "There is no option “--jsn”; for help: dalil ask --help"),
        (["--jsn"], "There is no option “--jsn”; for help: dalil --help"),
        (["ask", "س", "--data-dir"], "The option “--data-dir” needs a value; for help: dalil --help"),
        (["search", "س", "-k", "0"], "Unusable value for “-k”; expected: 1-1000. For help: dalil search --help"),
        (["search", "س", "-k", "many"], "Unusable value for “-k”; expected: 1-1000. For help: dalil search --help"),
        (["search", " \u200f "], None),
        (["ask", ""], None),
        (
            ["ask", "س" * 5000],
            "The question is too long (5000 characters, the limit is 4096); shorten it and try again",
        ),
    ],
)
def test_a_bad_argument_is_one_line_and_exit_2(arguments: list[str], line: str | None, dalil: Any) -> None:
    dalil("ingest")
    outcome = dalil(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert line is None or outcome.err == f"{line}\n"


def test_a_bad_setting_is_one_line_and_exit_2(dalil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_LANGUAGE", "ar")
    monkeypatch.setenv("DALIL_EMBEDING_MODEL", "x")
    for arguments in (["ask", "س", "--json"], ["doctor"], ["ingest"], ["chat"], ["search", "س"]):
        outcome = dalil(*arguments)
        assert (outcome.code, outcome.out) == (2, "")
        assert (
            outcome.err
            == Messages("ar")("unknown_setting", name="DALIL_EMBEDING_MODEL", suggestion="DALIL_EMBEDDING_MODEL") + "\n"
        )


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (DalilError(), 1, "dalil doctor"),
        (ZeroDivisionError("by\nzero"), 1, "Unexpected fault (ZeroDivisionError): by zero"),
        (PermissionError(13, "Permission denied", "x"), 1, "Permission denied"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_no_fault_ends_in_a_traceback(
    fault: BaseException, code: int, said: str, dalil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr("bot.settings.begin", fail)
    outcome = dalil("doctor", "--json")
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == bool(said)


def test_a_reader_that_leaves_is_no_fault(folder: Path) -> None:
    outcome = shell("dalil search --json -k 5 'الجسر' | true")
    assert "Broken" not in outcome.err and "Traceback" not in outcome.err


def shell(command: str, **environment: str) -> Outcome:
    """A command line of bash, in which `dalil` is Dalil."""
    done = subprocess.run(
        ["bash", "-c", f'dalil() {{ "{sys.executable}" -m bot "$@"; }}; {command}'],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("blank", ["", " "])
def test_empty_name_is_not_the_current_folder(blank: str, dalil: Any, folder: Path) -> None:
    outcome = dalil("ask", QUESTION, "--data-dir", blank)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "Unusable value for “--data-dir”; expected: DIR. For help: dalil ask --help\n"
    assert [path.name for path in folder.iterdir()] == ["news"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DALIL_EMBEDDING_MODEL", "ollama:"),
        ("DALIL_EMBEDDING_MODEL", " "),
        ("DALIL_RERANKER_MODEL", " "),
        ("DALIL_ENTAILMENT_MODEL", " "),
    ],
)
def test_model_without_a_name_is_a_bad_setting(
    name: str, value: str, dalil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    outcome = dalil("ask", QUESTION)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert f"“{value.strip()}” is not a usable value for {name}" in outcome.err


@pytest.mark.parametrize("place", ["news/bridge.txt", "news/bridge.txt/sub", "/proc/nope"])
def test_data_folder_that_is_none_is_named(place: str, dalil: Any) -> None:
    outcome = dalil("ask", QUESTION, "--data-dir", place)
    line = f"“{place}” is not a folder and cannot be made one; choose another folder with --data-dir\n"
    assert (outcome.code, outcome.out, outcome.err) == (1, "", line)
    found = json.loads(dalil("doctor", "--json", "--data-dir", place).out)["checks"]
    (check,) = [check for check in found if check["name"] == "data"]
    assert (check["ok"], check["fix"]) == (False, "export DALIL_DATA_DIR=.dalil")
    assert check["detail"] == line.strip()


def test_name_that_is_too_long_is_shortened(dalil: Any) -> None:
    outcome = dalil("ingest", "a" * 5000)
    assert outcome.code == 1
    assert outcome.out.startswith("added 0, updated 0, unchanged 0, removed 0, failed 1\nIn the index now: no passages")
    assert outcome.err == f"There is no file or folder at “{'a' * 60}…”; check the path\n"


def test_file_of_settings_that_cannot_be_read_has_its_own_line(dalil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_LANGUAGE", "ar")
    Path(".env").write_bytes(b"DALIL_LLM=\xc7\xe1\n")
    outcome = dalil("doctor")
    assert (outcome.code, outcome.err) == (2, Messages("ar")("bad_setting_file", path=".env") + "\n")
    Path(".env").write_text("DALIL_LLM=none\nهذا كلام\n", encoding="utf-8")
    outcome = dalil("doctor")
    assert (outcome.code, outcome.err) == (
        2, Messages("ar")("bad_setting_line", path=".env", line=2, start="هذا") + "\n",
    )  # fmt: skip


def test_data_set_that_is_not_there_has_no_line(dalil: Any) -> None:
    outcome = dalil("eval", "answers", "nowhere")
    assert outcome.code == 2
    assert outcome.err == "The data set cannot be used: “nowhere”: No such file or directory\n"


@pytest.mark.parametrize("command", ["--help", "--version", "doctor", "chat", f"ask '{QUESTION}'", "ingest --json"])
def test_closed_output_is_one_line(command: str, folder: Path) -> None:
    outcome = shell(f"dalil {command} >&-")
    assert (outcome.code, outcome.err) == (1, Messages("en")("no_output") + "\n")
    assert not (folder / ".dalil").exists()


def test_closed_input_and_closed_errors_are_no_fault() -> None:
    assert shell("dalil chat <&-").code == 0
    outcome = shell(f"dalil ask '{QUESTION}' 2>&- <&-")
    assert outcome.code == 0 and "سامي حداد" in outcome.out
    assert shell("dalil aks 2>&-").code == 2
    assert shell("dalil ask x >&- 2>&- <&-").code == 1


# ----------------------------------------------------------------------------------------------------------- ingest


def test_ingest_reports_in_words_and_in_json(dalil: Any, folder: Path) -> None:
    first = dalil("ingest")
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("added 1, updated 0, unchanged 0, removed 0, failed 0\nIn the index now: ")
    (folder / "news" / "more.txt").write_text(ARTICLE.replace("الجسر", "النفق"), encoding="utf-8")
    report = json.loads(dalil("ingest", "news/*.txt", "--json").out)
    assert set(report) == {
        "added",
        "updated",
        "unchanged",
        "removed",
        "failed",
        "passages",
        "seconds",
        "passed_over",
        "undated",
        "withdrawn",
        "failures",
    }
    assert (report["added"], report["unchanged"], report["failures"]) == (1, 1, [])


def test_a_source_that_fails_is_named_and_the_rest_is_in(dalil: Any) -> None:
    outcome = dalil("ingest", "news", "nowhere.txt", "--json")
    assert outcome.code == 1
    report = json.loads(outcome.out)
    assert (report["added"], report["failed"]) == (1, 1)
    assert report["failures"][0]["code"] == "source_missing"
    assert outcome.err.count("\n") == 1 and "nowhere.txt" in outcome.err


@pytest.mark.parametrize("lost", ["nothing/*.txt", "nowhere.txt", "a" * 5000])
def test_what_is_not_there_is_named_and_the_rest_goes_in(lost: str, dalil: Any) -> None:
    outcome = dalil("ingest", lost, "news")
    assert outcome.code == 1
    assert outcome.out.startswith("added 1, updated 0, unchanged 0, removed 0, failed 1\n")
    assert outcome.err.count("\n") == 1 and lost[:60] in outcome.err


@pytest.mark.parametrize(("others", "count"), [([], "1 article ·"), (["news"], "2 articles ·")])
def test_an_ingest_that_was_cut_off_is_finished_before_the_first_question(
    others: list[str], count: str, dalil: Any
) -> None:
    file = Path("own.txt")
    file.write_text("افتتاح ميناء الصيد\n\nافتتحت البلدية ميناء الصيد الجديد صباح الأحد.\n", encoding="utf-8")
    dalil("ingest", "own.txt", *others)
    database = sqlite3.connect(".dalil/articles.db")
    with database:
        database.execute("UPDATE articles SET ready = 0 WHERE article_id LIKE 'own%'")
    database.close()
    outcome = dalil("ask", "متى افتتحت البلدية ميناء الصيد؟", "--json")
    assert "صباح الأحد" in json.loads(outcome.out)["text"]
    assert count in dalil("doctor").out  # no other article was taken in


def test_the_index_can_be_made_anew(dalil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dalil("ingest")
    monkeypatch.setenv("DALIL_ARTICLES", "gone/*.txt")  # it is made from the stored articles
    outcome = dalil("reindex")
    assert outcome.code == 0
    assert outcome.out.startswith("added 0, updated 1,")


# ---------------------------------------------------------------------------------------------------- ask and search


def test_ask_fills_an_empty_index_first_and_says_so(dalil: Any) -> None:
    outcome = dalil("ask", QUESTION)
    assert outcome.code == 0
    assert "سامي حداد" in outcome.out and "bridge.txt" in outcome.out
    assert outcome.err == "The index is empty; reading the articles in “news” first\n"
    assert dalil("ask", QUESTION).err == ""


def test_ask_prints_one_answer_object(dalil: Any) -> None:
    answer = json.loads(dalil("ask", QUESTION, "--json").out)
    assert list(answer)[:6] == ["question", "query", "text", "mode", "declined", "reason"]
    assert list(answer)[6:] == ["citations", "nearest", "seconds"]
    assert (answer["question"], answer["mode"], answer["declined"]) == (QUESTION, "quotes", False)
    assert set(re.findall(r"\[(\d+)\]", answer["text"])) == {str(cited["label"]) for cited in answer["citations"]}


def test_declining_is_no_fault(dalil: Any) -> None:
    outcome = dalil("ask", "ما هي عاصمة أستراليا؟", "--json")
    assert outcome.code == 0
    answer = json.loads(outcome.out)
    assert answer["declined"] and answer["reason"] and answer["citations"] == []


def test_earlier_questions_are_answered_first(dalil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, list[str]]] = []
    open_assistant = cli._assistant

    class Recorded:
        def __init__(self, *arguments: Any) -> None:
            self._assistant = open_assistant(*arguments)

        def ask(self, question: str, history: Any, *, language: Any) -> Any:
            asked.append((question, [turn.question for turn in history]))
            return self._assistant.ask(question, history, language=language)

    monkeypatch.setattr(cli, "_assistant", Recorded)
    assert dalil("ask", "--history", QUESTION, "--history", "وما كلفة الجسر؟", "ومتى يفتح؟").code == 0
    assert asked == [
        (QUESTION, []),
        ("وما كلفة الجسر؟", [QUESTION]),
        ("ومتى يفتح؟", [QUESTION, "وما كلفة الجسر؟"]),
    ]


def test_a_question_may_begin_with_a_hyphen(dalil: Any) -> None:
    assert dalil("ask", "--", "- من هو وزير الأشغال؟").code == 0


def test_search_lists_passages(dalil: Any) -> None:
    hits = json.loads(dalil("search", "كلفة الجسر", "-k", "1", "--json").out)
    assert [set(hit) for hit in hits] == [{"passage_id", "article_id", "title", "score", "text", "start", "end"}]
    assert "[1] " in dalil("search", "كلفة الجسر").out


# --------------------------------------------------------------------------------------------------- chat and doctor


def test_chat_reads_questions_from_a_pipe() -> None:
    outcome = process("chat", stdin=f"{QUESTION}\n/quit\n{QUESTION}\n", DALIL_LANGUAGE="ar")
    assert outcome.code == 0
    assert outcome.out.count("[1] عنوان الخبر") == 1  # the question after /quit is not answered
    assert outcome.err == "الفهرس فارغ؛ تُفهرس المقالات أولًا من «news»\n"
    assert "\x1b" not in outcome.out + outcome.err


def test_output_is_utf_8_in_any_locale() -> None:
    outcome = process("ask", QUESTION, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert outcome.code == 0 and "سامي حداد" in outcome.out


def test_doctor_finds_a_fit_machine(dalil: Any) -> None:
    outcome = dalil("doctor", "--json")
    report = json.loads(outcome.out)
    assert (outcome.code, report["ok"]) == (0, True)
    assert [set(check) for check in report["checks"]] == [{"name", "ok", "detail", "fix"}] * len(report["checks"])
    assert dalil("doctor").out.endswith("Everything is ready.\n")


def test_doctor_makes_nothing(dalil: Any, folder: Path) -> None:
    dalil("doctor")
    assert not (folder / ".dalil").exists()


@pytest.mark.parametrize(
    ("name", "value", "check", "fix"),
    [
        ("DALIL_LLM", "gemma3:4b", "llm", "ollama serve"),
        ("DALIL_ARTICLES", "nowhere", "articles", "export DALIL_ARTICLES=seeds"),
        ("DALIL_CHROMA_URL", "http://127.0.0.1:9", "chroma", "chroma run --host 127.0.0.1 --port 9"),
        ("DALIL_DATA_DIR", "news/bridge.txt", "data", "export DALIL_DATA_DIR=.dalil"),
        ("DALIL_RERANKER_MODEL", "./nowhere", "reranker", "export DALIL_RERANKER_MODEL="),
        ("DALIL_ENTAILMENT_MODEL", "./nowhere", "entailment", "export DALIL_ENTAILMENT_MODEL="),
        ("DALIL_EMBEDDING_MODEL", "./nowhere", "embedder", "export DALIL_EMBEDDING_MODEL=bundled"),
    ],
)
def test_doctor_names_what_mends_a_fault(
    name: str, value: str, check: str, fix: str, dalil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dalil("ingest")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")  # the discard port: nothing listens
    monkeypatch.setenv(name, value)
    outcome = dalil("doctor", "--json")
    failed = {found["name"]: found["fix"] for found in json.loads(outcome.out)["checks"] if not found["ok"]}
    assert outcome.code == 1
    assert failed[check] == fix
    assert failed.keys() <= {check, "llm"}  # a sound index is not blamed for it


def test_doctor_takes_no_language_model_for_no_fault(dalil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    monkeypatch.setenv("DALIL_LLM", "auto")
    outcome = dalil("doctor")
    assert outcome.code == 0 and "ollama pull" in outcome.out


def test_doctor_never_shows_a_token(dalil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:AAxyz")
    assert "AAxyz" not in dalil("doctor").out + dalil("doctor", "--json").out


def test_doctor_takes_a_pattern_for_the_articles(dalil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_ARTICLES", "news/*.txt")
    assert dalil("doctor").code == 0


def test_doctor_leaves_a_folder_alone_that_another_process_writes_to(dalil: Any, folder: Path) -> None:
    dalil("ingest")
    shutil.rmtree(folder / ".dalil" / "lexical")
    with FileLock(folder / ".dalil" / "writer.lock"):
        checks = json.loads(dalil("doctor", "--json").out)["checks"]
    (check,) = [check for check in checks if check["name"] == "index"]
    assert (check["ok"], check["fix"]) == (False, "")
    assert "Another process" in check["detail"]
    assert dalil("doctor").code == 0


def test_doctor_sets_a_broken_index_aside(dalil: Any, folder: Path) -> None:
    dalil("ingest")
    (folder / ".dalil" / "articles.db").write_bytes(b"no database" * 1000)
    outcome = dalil("doctor", "--json")
    fixes = [check["fix"] for check in json.loads(outcome.out)["checks"] if check["name"] == "index"]
    assert (outcome.code, fixes) == (1, ["mv .dalil .dalil.broken && dalil ingest"])


def test_doctor_makes_an_index_anew_whose_articles_are_sound(dalil: Any, folder: Path) -> None:
    dalil("ingest")
    for segment in (folder / ".dalil" / "lexical").glob("segment-*/rows.npy"):
        segment.unlink()
    outcome = dalil("doctor", "--json")
    fixes = [check["fix"] for check in json.loads(outcome.out)["checks"] if check["name"] == "index"]
    assert (outcome.code, fixes) == (1, ["dalil reindex"])
    assert dalil("reindex").code == 0
    assert dalil("doctor", "--verify").code == 0
