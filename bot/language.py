"""Which language Dalil speaks, found fast enough for a help text."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

Language = Literal["ar", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
ENV_FILE = Path(".env")


def preferred_language(environment: Mapping[str, str] = os.environ, env_file: Path = ENV_FILE) -> Language:
    """The language of `DALIL_LANGUAGE`, from the environment or the `.env` file; else of the locale; else Arabic.

    A value that is no language Dalil speaks counts as unset here; reading the settings reports it.
    """
    for name in (environment.get("DALIL_LANGUAGE") or _from_file(env_file), *_locale(environment)):
        for language in LANGUAGES:
            if name == language:
                return language
    return "ar"


def _from_file(env_file: Path) -> str:
    if not env_file.is_file():
        return ""
    from dotenv import dotenv_values

    try:
        return dotenv_values(env_file, encoding="utf-8-sig").get("DALIL_LANGUAGE") or ""
    except (OSError, UnicodeDecodeError):
        return ""


def _locale(environment: Mapping[str, str]) -> list[str]:
    """The language code of the first locale variable that is set; POSIX gives `LC_ALL` the first say."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return [environment[name].partition("_")[0].partition(".")[0].lower()]
    return []
