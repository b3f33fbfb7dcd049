"""The check-up: what is configured, what answers, what is missing, and the one command that mends it."""

from __future__ import annotations

import glob
import os
import shlex
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from bot import wiring
from bot.messages import Messages
from bot.settings import NAMES, SECRETS, Settings
from retrieval.catalogue import Catalogue
from retrieval.chroma_server import answers
from retrieval.embedding import open_embedder
from retrieval.entailment import CrossEncoderEntailment
from retrieval.errors import (
    BadSetting,
    DalilError,
    DiskFull,
    EmbedderMissing,
    ModelError,
    ModelMissing,
    StoreBusy,
    StoreMismatch,
    StoreReadOnly,
)
from retrieval.rerank import CrossEncoderReranker
from retrieval.types import Hit, Passage, Source
from retrieval.verifying import is_sound, verify

SUGGESTED_MODEL = "gemma3:4b"
"""The smallest model of those preferred: it runs on a machine with 8 GB of memory."""

PATIENCE_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `ok`: fit for the job as configured; `fix` is a command, or empty."""

    name: str
    ok: bool
    detail: str
    fix: str = ""

    def as_object(self) -> dict[str, object]:
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "fix": self.fix}

    def lines(self, messages: Messages) -> list[str]:
        """What was found, and below it the command that mends or improves it."""
        first, *more = self.detail.split("\n")
        found = [f"{'✓' if self.ok else '✗'} {messages(f'doctor.{self.name}')}: {first}".rstrip()]
        found += [f"    {line}" for line in more]
        if self.fix:
            found.append(f"  {messages('doctor.advice' if self.ok else 'doctor.mend', fix=self.fix)}")
        return found


def examine(settings: Settings, messages: Messages) -> list[Check]:
    """All checks, in the order in which a newcomer would mend things. It writes nothing, but that a
    search finishes what an interrupted ingest left out.
    """
    return list(_checks(settings, messages))


def _checks(settings: Settings, messages: Messages) -> Iterator[Check]:
    yield Check("settings", True, _settings_in_words(settings, messages))
    yield _articles(settings, messages)
    needed = [_data_folder(settings, messages), _embedder(settings, messages)]
    if settings.chroma_url:
        needed.append(_chroma(settings.chroma_url, settings, messages))
    yield from needed
    if settings.reranker_model:
        yield _reranker(settings.reranker_model, messages)
    if all(check.ok for check in needed):
        yield _index(settings, messages)
    yield _language_model(settings, messages)
    if settings.entailment_model:
        yield _entailment(settings.entailment_model, messages)
    token = settings.telegram_bot_token
    yield Check("telegram", True, messages("doctor.set" if token else "doctor.unset"))


def _settings_in_words(settings: Settings, messages: Messages) -> str:
    """Every setting with its value; of a secret only whether there is one."""
    words = [""]
    for name, field in NAMES.items():
        value = getattr(settings, field)
        if name in SECRETS:
            value = messages("doctor.set" if value else "doctor.unset")
        elif isinstance(value, frozenset):
            value = ",".join(map(str, sorted(value)))
        words.append(f"{name}={'' if value is None else value}")
    return "\n".join(words)


def _articles(settings: Settings, messages: Messages) -> Check:
    try:
        missing = [path for path in wiring.article_paths([], settings) if not _is_there(path)]
    except DalilError as error:
        return Check("articles", False, messages.error(error), "export DALIL_ARTICLES=seeds")
    if missing:
        return Check("articles", False, messages("source_missing", path=missing[0]), "export DALIL_ARTICLES=seeds")
    return Check("articles", True, str(settings.articles))


def _is_there(path: Path) -> bool:
    """Whether there is such a file or folder, or one of a pattern; a name too long for the system is none."""
    place = os.path.expanduser(path)  # noqa: PTH111
    return os.path.exists(place) or bool(glob.glob(place, recursive=True))  # noqa: PTH110, PTH207


def _data_folder(settings: Settings, messages: Messages) -> Check:
    """Whether the folder, or the nearest one above it that exists, is a folder that can be written to."""
    folder = settings.data_dir.absolute()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        TemporaryFile(dir=nearest).close()
    except PermissionError:
        fix = f"chmod u+rwx {shlex.quote(str(nearest))}"
        return Check("data", False, messages("store_read_only", path=settings.data_dir), fix)
    except OSError as error:
        code = "disk_full" if error.errno in (ENOSPC, EDQUOT) else "store_not_a_folder"
        return Check("data", False, messages(code, path=settings.data_dir), "export DALIL_DATA_DIR=.dalil")
    return Check("data", True, str(settings.data_dir))


def _embedder(settings: Settings, messages: Messages) -> Check:
    model = settings.embedding_model
    try:
        embedder = open_embedder(model, ollama_host=settings.ollama_host)
        dimension = len(embedder.embed_query("دليل"))
    except EmbedderMissing as error:
        name = model.removeprefix("ollama:")
        fix = f"ollama pull {name}" if name != model else f"hf download {name}"
        if name.startswith((".", "/", "~")):  # a folder, which nobody has to give
            fix = "export DALIL_EMBEDDING_MODEL=bundled"
        return Check("embedder", False, messages.error(error), fix)
    except DalilError as error:
        return Check("embedder", False, messages.error(error), "export DALIL_EMBEDDING_MODEL=bundled")
    return Check("embedder", True, f"{model} ({dimension})")


def _reranker(model: str, messages: Messages) -> Check:
    passage = Passage("", Source("", "دليل"), 0, "دليل", 0, 4)
    try:
        CrossEncoderReranker(model).rerank("دليل", [Hit(passage, 0.0)])
    except DalilError as error:
        return Check("reranker", False, messages.error(error), "export DALIL_RERANKER_MODEL=")
    return Check("reranker", True, model)


def _chroma(url: str, settings: Settings, messages: Messages) -> Check:
    try:
        if answers(url, wiring.chroma_access(settings), seconds=PATIENCE_SECONDS):
            return Check("chroma", True, url)
    except BadSetting as error:
        return Check("chroma", False, messages.error(error), f"export {error.values['name']}=")
    place = urlsplit(url)
    fix = f"chroma run --host {place.hostname} --port {place.port or 8000}"
    return Check("chroma", False, messages("store_unreachable", url=url), fix)


def _index(settings: Settings, messages: Messages) -> Check:
    """Counts, and whether a search works, its reranker apart; a folder that is not there is not made."""
    if not settings.data_dir.exists():
        return Check("index", True, messages("doctor.index.empty"))
    try:
        with wiring.opened_index(settings.model_copy(update={"reranker_model": None})) as index:
            if not index.article_count:
                return Check("index", True, messages("doctor.index.empty"))
            index.retrieve("دليل", 1)
            articles = messages.count("article", index.article_count)
            return Check("index", True, f"{articles} · {messages.count('passage', index.passage_count)}")
    except (StoreBusy, StoreReadOnly, DiskFull) as error:  # the index itself is sound
        return Check("index", False, messages.error(error))
    except StoreMismatch as error:
        return Check("index", False, messages.error(error), "dalil reindex")
    except DalilError as error:
        folder = str(settings.data_dir)
        aside = shlex.join(["mv", folder, f"{folder}.broken"])
        fix = "dalil reindex" if is_sound(settings.data_dir / "articles.db") else f"{aside} && dalil ingest"
        return Check("index", False, messages.error(error), fix)


def verified(settings: Settings, messages: Messages, on_progress: wiring.Progress | None = None) -> Iterator[Check]:
    """Everything that is stored, read and compared; one check for each kind of damage, or one that all is sound."""
    if not (settings.data_dir / "articles.db").is_file():
        yield Check("verify", True, messages("doctor.index.empty"))
        return
    fixes = {
        "reindex": "dalil reindex",
        "ingest": "dalil ingest",
        "restore": f"dalil restore FILE --force --data-dir {shlex.quote(str(settings.data_dir))}",
    }
    sound = True
    try:
        for damage in verify(
            settings.data_dir, settings.chroma_url, wiring.chroma_access(settings), on_progress=on_progress
        ):
            sound = False
            words = messages(f"damage.{damage.kind}", count=damage.count, example=damage.example)
            yield Check("verify", False, words, fixes[damage.mend])
    except DalilError as error:
        yield Check("verify", False, messages.error(error))
        return
    if sound:
        with closing(Catalogue(settings.data_dir / "articles.db")) as catalogue:
            articles = messages.count("article", catalogue.article_count)
            passages = messages.count("passage", catalogue.passage_count)
        yield Check("verify", True, messages("doctor.verify.sound", articles=articles, passages=passages))


def _language_model(settings: Settings, messages: Messages) -> Check:
    if settings.llm == "none":
        return Check("llm", True, messages("doctor.llm.off"))
    try:
        generator = wiring.find_generator(settings)
    except ModelMissing as error:
        return Check("llm", False, messages.error(error), f"ollama pull {settings.llm}")
    except ModelError as error:
        return Check("llm", False, messages.error(error), "ollama serve")
    except DalilError as error:
        return Check("llm", False, messages.error(error), "export OLLAMA_HOST=127.0.0.1:11434")
    if generator is None:
        return Check("llm", True, messages("doctor.llm.absent"), f"ollama pull {SUGGESTED_MODEL}")
    return Check("llm", True, generator.model)


def _entailment(model: str, messages: Messages) -> Check:
    mended = "export DALIL_ENTAILMENT_MODEL="
    try:
        opinions = CrossEncoderEntailment(model).entails("دليل", ["دليل"])
    except DalilError as error:
        return Check("entailment", False, messages.error(error), mended)
    if None in opinions:
        return Check("entailment", True, messages("doctor.entailment.slow", model=model), mended)
    return Check("entailment", True, model)
