from __future__ import annotations

from importlib import resources

import pytest

import prompts
from retrieval.chain import PLACEHOLDERS, REFUSAL
from retrieval.errors import PromptBroken


def broken(name: str, placeholders: frozenset[str]) -> str:
    with pytest.raises(PromptBroken) as caught:
        prompts.load(name, placeholders)
    assert caught.value.values["name"] == name
    return caught.value.values["problem"]


def test_answer_prompt_has_the_placeholders_that_the_chain_fills() -> None:
    text = prompts.load("answer", PLACEHOLDERS)
    assert text.count("{refusal}") == 2  # a small model forgets what it read before the passages
    assert text.count("\n---\n") == 1


def test_answer_prompt_leaves_the_refusal_to_the_constant() -> None:
    assert REFUSAL not in resources.files(prompts).joinpath("answer.md").read_text("utf-8")


def test_missing_placeholder_is_named() -> None:
    assert broken("answer", PLACEHOLDERS | {"today"}) == "lacks {today}"


def test_unknown_placeholder_is_named() -> None:
    assert broken("answer", PLACEHOLDERS - {"history", "question"}) == "does not know {history}, {question}"


def test_missing_prompt_is_named() -> None:
    assert "nothing.md" in broken("nothing", frozenset())


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(prompts.resources, "files", lambda _: tmp_path)
    return tmp_path


def test_doubled_braces_are_text(folder) -> None:
    folder.joinpath("p.md").write_text('أجب هكذا: {{"a": 1}} {question}', "utf-8")
    assert prompts.load("p", frozenset({"question"})).format(question="س") == 'أجب هكذا: {"a": 1} س'


@pytest.mark.parametrize("content", [b"{question", b"question}", b"{question} \xff", b"{question} {}", b"{question.x}"])
def test_unreadable_prompt_is_broken(folder, content: bytes) -> None:
    folder.joinpath("p.md").write_bytes(content)
    assert broken("p", frozenset({"question"}))
