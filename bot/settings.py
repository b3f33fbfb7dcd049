"""Every setting of Dalil: its name, default and check. Only this module reads them, from the environment and `.env`."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Annotated

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.language import ENV_FILE, Language, preferred_language
from bot.messages import Messages
from retrieval.errors import BadSetting, SettingFileUnreadable, SettingLineBroken, UnknownSetting

PACKAGED_ARTICLES = Path(__file__).parents[1] / "seeds"

_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
_CHATS = re.compile(r"\s*-?\d+(\s*,\s*-?\d+)*\s*,?\s*")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # core.telegram.org/bots/api#setwebhook, secret_token

_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~](?:[ -~]*[!-~])?)")  # RFC 9110, section 5, in ASCII
_CHROMA_NAME = re.compile(r"[A-Za-z0-9._-]{3,512}")

SECRETS = frozenset({"DALIL_CHROMA_HEADERS", "DALIL_CHROMA_TOKEN", "TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"})

_TELEGRAM = "TELEGRAM_"
_MEANT = 0.8
"""How alike the names of settings must be, behind `TELEGRAM_`, for one to be the other misspelt: `WEBHOOK_HOST` and
`WEBHOOK_PORT` just are, `TOKEN` and `BOT_TOKEN`, names of other programs' settings too, are not."""


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError
    return value.rstrip("/")


def _chats(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _CHATS.fullmatch(value):
        raise ValueError
    return [int(chat) for chat in value.split(",") if chat.strip()]


def _users(value: object) -> object:
    """Chats that are people: their ids are positive."""
    users = _chats(value)
    if isinstance(users, list) and any(user <= 0 for user in users):
        raise ValueError
    return users


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
        raise ValueError
    return value


def header_pairs(value: SecretStr | None) -> dict[str, str]:
    """`Name: value; Name: value` as a dictionary. Raises ValueError."""
    pairs = [pair.strip() for pair in value.get_secret_value().split(";") if pair.strip()] if value else []
    found = [_HEADER.fullmatch(pair) for pair in pairs]
    if None in found:
        raise ValueError
    return {match[1]: match[2] for match in found if match}


def _headers(value: SecretStr) -> SecretStr:
    header_pairs(value)
    return value


def _token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", value.get_secret_value()):
        raise ValueError
    return value


def _chroma_name(value: str) -> str:
    if not _CHROMA_NAME.fullmatch(value):
        raise ValueError
    return value


def _folder(value: object) -> object:
    """A blank name would be the current folder."""
    if isinstance(value, str) and not value.strip():
        raise ValueError
    return value


def _model_name(value: str) -> str:
    """Without blanks around it; `ollama:` needs a name behind it."""
    value = value.strip()
    if value in ("", "ollama:"):
        raise ValueError
    return value


def _articles(path: Path) -> Path:
    """`seeds` means the folder that came with Dalil where the current folder has none of that name."""
    if path == Path("seeds") and not path.exists():
        return PACKAGED_ARTICLES
    return path.expanduser()


ModelName = Annotated[str, AfterValidator(_model_name)]
Address = Annotated[str, AfterValidator(_address)]
Headers = Annotated[SecretStr, AfterValidator(_headers)]
Token = Annotated[SecretStr, AfterValidator(_token)]
ChromaName = Annotated[str, AfterValidator(_chroma_name)]
Folder = Annotated[Path, BeforeValidator(_folder), AfterValidator(Path.expanduser)]
Articles = Annotated[Path, AfterValidator(_articles)]
Chats = Annotated[frozenset[int], NoDecode, BeforeValidator(_chats)]
Users = Annotated[frozenset[int], NoDecode, BeforeValidator(_users)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
Port = Annotated[int, Field(ge=1, le=65535)]
Limit = Annotated[int, Field(ge=1)]


class Settings(BaseSettings):
    """The settings in force. A command-line option wins over the environment, and the environment over `.env`."""

    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=True,
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
    )

    data_dir: Folder = Field(default=Path(".dalil"), alias="DALIL_DATA_DIR")
    articles: Articles = Field(default=Path("seeds"), alias="DALIL_ARTICLES", validate_default=True)
    chroma_url: Address | None = Field(default=None, alias="DALIL_CHROMA_URL")
    chroma_headers: Headers | None = Field(default=None, alias="DALIL_CHROMA_HEADERS")
    chroma_token: Token | None = Field(default=None, alias="DALIL_CHROMA_TOKEN")
    chroma_tenant: ChromaName | None = Field(default=None, alias="DALIL_CHROMA_TENANT")
    chroma_database: ChromaName | None = Field(default=None, alias="DALIL_CHROMA_DATABASE")
    chroma_ca: Folder | None = Field(default=None, alias="DALIL_CHROMA_CA")
    embedding_model: ModelName = Field(default="bundled", alias="DALIL_EMBEDDING_MODEL")
    reranker_model: ModelName | None = Field(default=None, alias="DALIL_RERANKER_MODEL")
    llm: str = Field(default="auto", alias="DALIL_LLM")
    entailment_model: ModelName | None = Field(default=None, alias="DALIL_ENTAILMENT_MODEL")
    language: Language = Field(default_factory=preferred_language, alias="DALIL_LANGUAGE")
    ollama_host: str | None = Field(default=None, alias="OLLAMA_HOST")
    telegram_bot_token: SecretStr | None = Field(default=None, alias="TELEGRAM_BOT_TOKEN")
    telegram_base_url: Address | None = Field(default=None, alias="TELEGRAM_BASE_URL")
    telegram_allowed_chats: Chats = Field(default=frozenset(), alias="TELEGRAM_ALLOWED_CHATS")
    telegram_editors: Users = Field(default=frozenset(), alias="TELEGRAM_EDITORS")
    telegram_questions_per_minute: Limit | None = Field(default=None, alias="TELEGRAM_QUESTIONS_PER_MINUTE")
    telegram_questions_per_day: Limit | None = Field(default=None, alias="TELEGRAM_QUESTIONS_PER_DAY")
    telegram_drafts: bool = Field(default=False, alias="TELEGRAM_DRAFTS")
    telegram_webhook_url: Address | None = Field(default=None, alias="TELEGRAM_WEBHOOK_URL")
    telegram_webhook_secret: WebhookSecret | None = Field(default=None, alias="TELEGRAM_WEBHOOK_SECRET")
    telegram_webhook_port: Port | None = Field(default=None, alias="TELEGRAM_WEBHOOK_PORT")
    telegram_health_port: Port | None = Field(default=None, alias="TELEGRAM_HEALTH_PORT")


NAMES: dict[str, str] = {str(field.alias): name for name, field in Settings.model_fields.items()}
"""The name a setting has outside (`DALIL_LLM`) to the name of its field."""

_EXPECTED = {
    "DALIL_CHROMA_URL": "http://host:port",
    "DALIL_CHROMA_CA": "ca.pem",
    "DALIL_CHROMA_DATABASE": "A-Z a-z 0-9 . _ - (3…)",
    "DALIL_CHROMA_HEADERS": "Name: value; Name: value",
    "DALIL_CHROMA_TENANT": "A-Z a-z 0-9 . _ - (3…)",
    "DALIL_CHROMA_TOKEN": "A-Z a-z 0-9 …",
    "DALIL_DATA_DIR": ".dalil",
    "DALIL_EMBEDDING_MODEL": "bundled | ollama:NAME | NAME",
    "DALIL_ENTAILMENT_MODEL": "NAME",
    "DALIL_LANGUAGE": "ar | en",
    "DALIL_RERANKER_MODEL": "NAME",
    "TELEGRAM_BASE_URL": "http://host:port",
    "TELEGRAM_ALLOWED_CHATS": "123456789, -1001234567890",
    "TELEGRAM_DRAFTS": "true | false",
    "TELEGRAM_EDITORS": "123456789, 987654321",
    "TELEGRAM_QUESTIONS_PER_MINUTE": "1, 2, 3, …",
    "TELEGRAM_QUESTIONS_PER_DAY": "1, 2, 3, …",
    "TELEGRAM_WEBHOOK_URL": "https://host/path",
    "TELEGRAM_WEBHOOK_SECRET": "A-Z a-z 0-9 _ -",
    "TELEGRAM_WEBHOOK_PORT": "1-65535",
    "TELEGRAM_HEALTH_PORT": "1-65535",
}


def read_settings(*, data_dir: Path | None = None) -> Settings:
    """The settings in force, or `UnknownSetting` or `BadSetting` for the first that cannot be used."""
    for name in sorted({*os.environ, *_names_in_file(ENV_FILE)} - NAMES.keys()):
        if name.upper().startswith("DALIL_"):
            close = difflib.get_close_matches(name.upper(), NAMES, n=1)
            raise UnknownSetting(name=name, suggestion=close[0] if close else "")
        if name.upper().startswith(_TELEGRAM) and (meant := _meant_of_telegram(name.upper())):
            raise UnknownSetting(name=name, suggestion=meant)
    try:
        return Settings() if data_dir is None else Settings(DALIL_DATA_DIR=data_dir)
    except ValidationError as error:
        raise _bad_setting(error) from None


def _meant_of_telegram(name: str) -> str | None:
    """The setting that an unknown `TELEGRAM_…` name is most likely meant to be; None for one that is not Dalil's.

    Other programs have such names too, so only the close ones are taken for ours, and whatever speaks of who is
    allowed: overlooking it would open the bot to everyone.
    """
    if name.startswith(f"{_TELEGRAM}ALLOW"):
        return "TELEGRAM_ALLOWED_CHATS"
    own = {known.removeprefix(_TELEGRAM): known for known in NAMES if known.startswith(_TELEGRAM)}
    close = difflib.get_close_matches(name.removeprefix(_TELEGRAM), own, n=1, cutoff=_MEANT)
    return own[close[0]] if close else None


def begin(data_dir: Path | None = None) -> tuple[Settings, Messages]:
    """The settings in force, and what Dalil says in the language they name."""
    settings = read_settings(data_dir=data_dir)
    return settings, Messages(settings.language)


def _names_in_file(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    names = set()
    try:
        with path.open(encoding="utf-8-sig") as file:
            for binding in parse_stream(file):
                if binding.error:
                    first_word = binding.original.string.split()[0]  # the rest may be a token
                    raise SettingLineBroken(name=path, path=path, line=binding.original.line, start=first_word)
                names.add(binding.key or "")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingFileUnreadable(name=path, path=path) from error
    return names


def _bad_setting(error: ValidationError) -> BadSetting:
    first = error.errors(include_context=False, include_url=False)[0]
    name = str(first["loc"][0])
    value = "***" if name in SECRETS else first["input"]
    return BadSetting(name=name, value=value, expected=_EXPECTED.get(name, first["msg"]))
