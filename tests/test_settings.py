"""Settings: where they are read from, what is refused, and that `.env.example` tells the truth."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.language import preferred_language
from bot.settings import NAMES, PACKAGED_ARTICLES, Settings, read_settings
from retrieval.errors import BadSetting, UnknownSetting

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name in NAMES or name.startswith(("DALIL_", "TELEGRAM_")) or name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_are_those_of_the_documentation() -> None:
    settings = read_settings()
    assert settings.data_dir == Path(".dalil")
    assert settings.articles == PACKAGED_ARTICLES
    assert (settings.embedding_model, settings.llm, settings.language) == ("bundled", "auto", "ar")
    assert settings.chroma_url is settings.reranker_model is settings.ollama_host is settings.telegram_bot_token is None
    assert settings.entailment_model is None
    assert settings.telegram_allowed_chats == settings.telegram_editors == frozenset()
    assert settings.telegram_questions_per_minute is settings.telegram_questions_per_day is None
    assert settings.telegram_health_port is None


def test_articles_of_the_current_folder_come_first(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    assert read_settings().articles == Path("seeds")


def test_option_wins_over_environment_and_environment_over_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("DALIL_DATA_DIR=from-file\nDALIL_LLM=from-file\nSOMETHING_ELSE=1\n", encoding="utf-8")
    assert read_settings().data_dir == Path("from-file")
    monkeypatch.setenv("DALIL_DATA_DIR", "from-environment")
    assert read_settings().data_dir == Path("from-environment")
    settings = read_settings(data_dir=Path("from-option"))
    assert (settings.data_dir, settings.llm) == (Path("from-option"), "from-file")


def test_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert read_settings() == Settings()


def test_a_file_saved_with_a_byte_order_mark_is_read() -> None:
    Path(".env").write_text("DALIL_LLM=none\n", encoding="utf-8-sig")
    assert read_settings().llm == "none"


@pytest.mark.parametrize("where", ["environment", "file"])
@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("DALIL_LM", "DALIL_LLM"), ("dalil_llm", "DALIL_LLM"), ("DALIL_COLOUR_SCHEME_OF_ALL", "")],
)
def test_unknown_names_are_reported(where: str, name: str, suggestion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if where == "environment":
        monkeypatch.setenv(name, "x")
    else:
        Path(".env").write_text(f"{name}=x\n", encoding="utf-8")
    with pytest.raises(UnknownSetting) as caught:
        read_settings()
    assert caught.value.values == {"name": name, "suggestion": suggestion}


@pytest.mark.parametrize("where", ["environment", "file"])
@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("TELEGRAM_ALOWED_CHATS", "TELEGRAM_ALLOWED_CHATS"),
        ("telegram_allowed_chats", "TELEGRAM_ALLOWED_CHATS"),
        ("TELEGRAM_ALLOWED_USERS", "TELEGRAM_ALLOWED_CHATS"),
        ("TELEGRAM_ALLOWLIST", "TELEGRAM_ALLOWED_CHATS"),
        ("TELEGRAM_BOTTOKEN", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_QUESTIONS_PER_HOUR", "TELEGRAM_QUESTIONS_PER_DAY"),
        ("TELEGRAM_EDITOR", "TELEGRAM_EDITORS"),
    ],
)
def test_a_misspelt_name_does_not_open_the_bot_to_everyone(
    where: str, name: str, suggestion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "environment":
        monkeypatch.setenv(name, "")
    else:
        Path(".env").write_text(f"{name}=\n", encoding="utf-8")
    with pytest.raises(UnknownSetting) as caught:
        read_settings()
    assert caught.value.values == {"name": name, "suggestion": suggestion}


@pytest.mark.parametrize(
    "name", ["TELEGRAM_TOKEN", "TELEGRAM_CHAT_ID", "TELEGRAM_API_ID", "TELEGRAM_API_HASH", "TELEGRAM_BOT_NAME"]
)
def test_names_that_other_programs_have_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"{name}=x\n", encoding="utf-8")
    monkeypatch.setenv(name, "x")
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DALIL_LANGUAGE", "fr"),
        ("DALIL_CHROMA_URL", "localhost:8000"),
        ("TELEGRAM_BASE_URL", "ftp://host"),
        ("TELEGRAM_ALLOWED_CHATS", "12;13"),
        ("TELEGRAM_WEBHOOK_PORT", "99999"),
        ("TELEGRAM_WEBHOOK_PORT", "http"),
        ("TELEGRAM_HEALTH_PORT", "0"),
        ("TELEGRAM_EDITORS", "@somebody"),
        ("TELEGRAM_EDITORS", "12, -1001234567890"),
        ("TELEGRAM_QUESTIONS_PER_MINUTE", "0"),
        ("TELEGRAM_QUESTIONS_PER_MINUTE", "2.5"),
        ("TELEGRAM_QUESTIONS_PER_DAY", "-1"),
        ("TELEGRAM_QUESTIONS_PER_DAY", "many"),
    ],
)
def test_bad_values_are_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as caught:
        read_settings()
    assert (caught.value.values["name"], caught.value.values["value"]) == (name, value)
    assert caught.value.values["expected"]


def test_secrets_are_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:secret")
    assert "123:secret" not in repr(read_settings())
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "no blanks allowed")
    with pytest.raises(BadSetting) as caught:
        read_settings()
    assert "blanks" not in str(caught.value)


@pytest.mark.parametrize("content", [b"TELEGRAM_BOT_TOKEN 123:secret\n", b"DALIL_LLM=\xc7\xe1\n"])
def test_a_file_that_cannot_be_parsed_is_reported_without_its_values(content: bytes) -> None:
    Path(".env").write_bytes(content)
    with pytest.raises(BadSetting) as caught:
        read_settings()
    assert caught.value.values["name"].startswith(".env")
    assert "secret" not in str(caught.value)


def test_chats_are_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_ALLOWED_CHATS", "12, -1001234567890,")
    assert read_settings().telegram_allowed_chats == {12, -1001234567890}


def test_editors_and_limits_are_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_EDITORS", "12,13,")
    monkeypatch.setenv("TELEGRAM_QUESTIONS_PER_MINUTE", "6")
    monkeypatch.setenv("TELEGRAM_QUESTIONS_PER_DAY", "100")
    monkeypatch.setenv("TELEGRAM_HEALTH_PORT", "8081")
    settings = read_settings()
    assert settings.telegram_editors == {12, 13}
    assert (settings.telegram_questions_per_minute, settings.telegram_questions_per_day) == (6, 100)
    assert settings.telegram_health_port == 8081


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "ar"),
        ({"LANG": "C.UTF-8"}, "ar"),
        ({"LANG": "fr_FR.UTF-8"}, "ar"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "ar_EG.UTF-8"}, "ar"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, "ar"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": ""}, "en"),
        ({"LANG": "ar_EG.UTF-8", "DALIL_LANGUAGE": "en"}, "en"),
        ({"LANG": "en_US", "DALIL_LANGUAGE": "fr"}, "en"),
    ],
)
def test_language(environment: dict[str, str], language: str) -> None:
    assert preferred_language(environment) == language


def test_language_from_file() -> None:
    Path(".env").write_text("DALIL_LANGUAGE=en\n", encoding="utf-8")
    assert preferred_language({"LANG": "ar_EG.UTF-8"}) == "en"
    assert preferred_language({"DALIL_LANGUAGE": "ar"}) == "ar"


def test_example_file_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert list(lines) == list(NAMES)
    assert re.findall(r"^[^#\n].*", text, re.MULTILINE) == ["TELEGRAM_BOT_TOKEN="]
    defaults = read_settings()
    for name, value in lines.items():
        monkeypatch.setenv(name, value)
    assert read_settings() == defaults


def test_the_page_on_the_bot_names_all_its_settings() -> None:
    page = (ROOT / "docs" / "telegram.md").read_text(encoding="utf-8")
    ours = {name for name in NAMES if name.startswith("TELEGRAM_")}
    assert set(re.findall(r"TELEGRAM_[A-Z_]+[A-Z]", page)) == ours


def test_help_does_not_wait_for_pydantic() -> None:
    code = (
        "import bot.cli, sys; sys.exit(any(name in sys.modules for name in ('pydantic', 'rich', 'chromadb', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
