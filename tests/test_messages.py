"""Messages: every fault and sentence exists in both languages, on one line, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import pytest

import bot.help_page
import bot.telegram.faults  # noqa: F401  (its faults have texts too)
from bot.messages import Messages, Noun, placeholders
from bot.texts import TABLE
from bot.texts.problems import PROBLEMS, problem_in_arabic
from retrieval.arabic import clean
from retrieval.errors import (
    DalilError,
    DatasetBroken,
    ModelError,
    ModelMissing,
    RecordBroken,
    SourceError,
    SourceMissing,
    UnknownSetting,
)
from retrieval.sources import faults as source_faults
from retrieval.types import Failure

ARABIC, ENGLISH = Messages("ar"), Messages("en")
_ARABIC_LETTER = re.compile("[\u0621-\u064a]")


def kinds(of: type[DalilError] = DalilError) -> Iterator[type[DalilError]]:
    yield of
    for kind in of.__subclasses__():
        yield from kinds(kind)


def documented_values(kind: type[DalilError]) -> set[str]:
    """The names after "Values:" in the docstring of a fault, or of its nearest parent that has them."""
    for ancestor in kind.__mro__:
        match = re.search(r"Values: ([^.]*)\.", ancestor.__doc__ or "")
        if match and issubclass(ancestor, DalilError):
            return set(re.findall(r"\b[a-z_]+\b", re.sub(r"\(.*?\)|and, where known,", "", match[1])))
    return set()


def own_kinds() -> list[type[DalilError]]:
    assert issubclass(source_faults.PageWithoutArticle, DalilError)  # imported, so that its kinds are found
    ours = {kind for kind in kinds() if kind.__module__.startswith(("bot.", "retrieval.")) and kind.__name__[0] != "_"}
    return sorted(ours, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", own_kinds(), ids=lambda kind: kind.__name__)
def test_every_fault_has_a_message_of_its_documented_values(kind: type[DalilError]) -> None:
    arabic, english = TABLE[kind.code]
    assert placeholders(arabic) == placeholders(english) <= documented_values(kind)


@pytest.mark.parametrize("kind", own_kinds(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("messages", [ARABIC, ENGLISH], ids=["ar", "en"])
def test_every_fault_is_one_line_that_repeats_its_values(kind: type[DalilError], messages: Messages) -> None:
    values = {name: f"<{name}>" for name in documented_values(kind)}
    line = messages.error(kind(**values))
    assert "\n" not in line
    assert all(f"<{name}>" in line for name in placeholders(TABLE[kind.code][0]))
    assert "{" not in line
    assert bool(_ARABIC_LETTER.search(line.replace("من هو رئيس أذربيجان؟", ""))) == (messages is ARABIC)


@pytest.mark.parametrize("kind", own_kinds(), ids=lambda kind: kind.__name__)
def test_a_fault_raised_without_its_values_still_has_a_line(kind: type[DalilError]) -> None:
    for messages in (ARABIC, ENGLISH):
        assert "{" not in messages.error(kind())


@pytest.mark.parametrize("key", sorted(TABLE))
def test_both_languages_say_the_same(key: str) -> None:
    arabic, english = TABLE[key]
    assert arabic.strip() and english.strip()
    assert arabic.count("\n") == english.count("\n")
    if key.partition(".")[0] not in get_args(Noun):
        assert placeholders(arabic) == placeholders(english)
    commands = re.compile(r"dalil \w+|ollama \w+|DALIL_\w+(?:=\w+)?|/[a-z]+\b|--[a-z-]+")
    assert sorted(commands.findall(arabic)) == sorted(commands.findall(english))


@pytest.mark.parametrize(
    ("error", "english"),
    [
        (RecordBroken(path="ا", line=3, problem="not valid JSON"), "JSON"),
        (RecordBroken(path="ا", line=3, problem="not an object"), "JSON"),
        (RecordBroken(path="ا", line=3, problem="no text"), ""),
        (DatasetBroken(path="ا", problem="no qrels for split test"), "test"),
        (ModelError(model="ن", problem="the answer broke off"), "DALIL LLM none"),
        (ModelError(model="ن", problem="the answer was cut (length)"), "DALIL LLM none"),
        (ModelError(model="ن", problem="it took too long"), "DALIL LLM none"),
        (ModelError(model="ن", problem="the answer is too long"), "DALIL LLM none"),
        (
            ModelError(model="ن", problem="JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
            "DALIL LLM none JSON",
        ),
        (ModelError(model="ن", problem="RemoteProtocolError: peer closed connection"), "DALIL LLM none"),
    ],
)
def test_known_problems_are_told_in_arabic(error: DalilError, english: str) -> None:
    assert set(re.findall("[A-Za-z]+", ARABIC.error(error))) <= set(english.split())
    assert error.values["problem"] in ENGLISH.error(error)


@pytest.mark.parametrize(
    "key",
    [
        key
        for key in sorted(TABLE)
        if "problem" in placeholders(TABLE[key][0]) and key not in ("unexpected", "usage.other")
    ],
)
def test_an_unknown_problem_stands_at_the_end_of_an_arabic_line(key: str) -> None:
    assert TABLE[key][0].endswith("({problem})")


def test_every_problem_is_told_in_arabic_with_its_words() -> None:
    for english, arabic in PROBLEMS.items():
        assert _ARABIC_LETTER.search(problem_in_arabic(english.replace("{}", "x")))
        assert arabic.count("{}") <= english.count("{}")
    assert problem_in_arabic("something else") == "something else"


@pytest.mark.parametrize("key", sorted(TABLE))
def test_sentences_hold_no_invisible_characters(key: str) -> None:
    for text in TABLE[key]:
        assert re.sub(" +", " ", text) == clean(text)


def test_values_are_cleaned() -> None:
    line = ENGLISH.error(SourceMissing(path="a\x1b[31m\n\u202eb"))
    assert line == "There is no file or folder at “a b”; check the path"


def test_a_suggestion_is_made_where_there_is_one() -> None:
    assert "“DALIL_LLM”" in ENGLISH.error(UnknownSetting(name="DALIL_LM", suggestion="DALIL_LLM"))
    assert "did you mean" not in ENGLISH.error(UnknownSetting(name="DALIL_XYZ", suggestion=""))


def test_the_mending_command_names_the_model() -> None:
    assert ARABIC.error(ModelMissing(model="gemma3:4b")).endswith("ollama pull gemma3:4b")


def test_a_fault_unknown_to_the_table_speaks_as_its_parent() -> None:
    class TornError(SourceError):
        code = "torn"

    assert ENGLISH.error(TornError(path="x")) == ENGLISH.error(SourceError(path="x"))


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (Failure("a.txt", None, SourceMissing(path="a.txt")), "There is no file or folder at “a.txt”; check the path"),
        (
            Failure("a.jsonl", 3, RecordBroken(path="a.jsonl", line=3, problem="no title")),
            "Broken record in “a.jsonl”, line 3; correct it: no title",
        ),
        (
            Failure("a.jsonl", 3, SourceError(path="a.jsonl")),
            "“a.jsonl” could not be read; check its permissions, then run again: dalil ingest (line 3)",
        ),
        (
            Failure("a.zip", None, SourceMissing(path="b.txt")),
            "a.zip: There is no file or folder at “b.txt”; check the path",
        ),
    ],
)
def test_a_failure_names_source_line_and_reason(failure: Failure, line: str) -> None:
    assert ENGLISH.failure(failure) == line


@pytest.mark.parametrize(
    ("number", "arabic", "english"),
    [
        (0, "لا مقالات", "no articles"),
        (1, "مقال واحد", "1 article"),
        (2, "مقالان", "2 articles"),
        (3, "3 مقالات", "3 articles"),
        (10, "10 مقالات", "10 articles"),
        (11, "11 مقالًا", "11 articles"),
        (99, "99 مقالًا", "99 articles"),
        (100, "100 مقال", "100 articles"),
        (102, "102 مقال", "102 articles"),
        (103, "103 مقالات", "103 articles"),
        (1111, "1111 مقالًا", "1111 articles"),
    ],
)
def test_counted_nouns(number: int, arabic: str, english: str) -> None:
    assert (ARABIC.count("article", number), ENGLISH.count("article", number)) == (arabic, english)
