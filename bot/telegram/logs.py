"""The bot's log, on standard error: a JSON object a line, or short lines on a terminal; never a secret, never a traceback.

Tracebacks are for debugging alone: they hold what people asked.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from urllib.parse import quote

from retrieval.arabic import clean, clean_line

_log = logging.getLogger(__name__)

OWN = ("bot", "retrieval")
"""Loggers that are heard from INFO on; others from WARNING on."""
QUIET = ("httpx", "httpcore", "telegram")
"""Not even debugging lets these speak below WARNING: they tell addresses, and with them the token."""
SILENT = ("apscheduler", "tornado.access", "telegram.request.BaseRequest")
HIDDEN = "***"
SHORTEST_HALF = 8
"""The part of a token behind its colon is hidden by itself too, if it is no mere word."""

_PLAIN_FIELDS = frozenset({*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"})
"""What a record has besides the extra fields given by a caller."""


def configure(*, secrets: Iterable[str], lively: bool, debug: bool = False) -> ExitStack:
    """From now on all logging goes to standard error; closing what is returned restores what was before.

    `secrets` are hidden wherever they stand, whole or as part of an address. `lively`: a person is watching.
    """
    undo = ExitStack()
    levels = dict.fromkeys(QUIET, logging.WARNING) | dict.fromkeys(SILENT, logging.CRITICAL + 1)
    levels |= dict.fromkeys(OWN, logging.DEBUG if debug else logging.INFO)
    levels[""] = logging.INFO if debug else logging.WARNING
    for name, level in levels.items():
        logger = logging.getLogger(name)
        undo.callback(logger.setLevel, logger.level)
        logger.setLevel(level)
    handler = _OneLineHandler(sys.stderr)
    handler.setFormatter((_ShortLines if lively else _JsonLines)(_Redaction(secrets), debug=debug))
    logging.getLogger().addHandler(handler)
    undo.callback(logging.getLogger().removeHandler, handler)
    _catch_what_nobody_catches(undo)
    return undo


def _catch_what_nobody_catches(undo: ExitStack) -> None:
    """Python itself would print tracebacks of threads and of destructors."""

    def of_a_thread(fault: threading.ExceptHookArgs) -> None:
        if fault.exc_type is not SystemExit:
            _log.error("A thread ended with an unexpected fault", exc_info=fault.exc_value)

    def of_a_destructor(fault: sys.UnraisableHookArgs) -> None:
        _log.warning("An object met a fault when it was given up", exc_info=fault.exc_value)

    undo.callback(setattr, threading, "excepthook", threading.excepthook)
    undo.callback(setattr, sys, "unraisablehook", sys.unraisablehook)
    threading.excepthook, sys.unraisablehook = of_a_thread, of_a_destructor


class _Redaction:
    """Replaces secrets in a text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = sorted({form for secret in secrets if secret for form in _forms(secret)}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, forms))) if forms else None

    def __call__(self, text: str) -> str:
        return self._pattern.sub(HIDDEN, text) if self._pattern else text


def _forms(secret: str) -> set[str]:
    """How a secret may be written: as it is, in an address, and of a token also the half that is secret."""
    half = secret.rpartition(":")[2]
    forms = {secret, half} if len(half) >= SHORTEST_HALF else {secret}
    return forms | {quote(form, safe=safe) for form in forms for safe in ("", "/", ":")}


class _Lines(logging.Formatter):
    """What the formats have in common: no text gets out but through here."""

    def __init__(self, redact: _Redaction, *, debug: bool) -> None:
        super().__init__()
        self._redact = redact
        self._debug = debug

    def _clean(self, text: object) -> str:
        return self._redact(clean_line(str(text)))

    def _extras(self, record: logging.LogRecord) -> dict[str, object]:
        """Numbers as they are, all else as text."""
        extras = {key: value for key, value in record.__dict__.items() if key not in _PLAIN_FIELDS}
        return {
            self._clean(key): value if value is None or isinstance(value, bool | int | float) else self._clean(value)
            for key, value in extras.items()
        }

    def _error(self, record: logging.LogRecord) -> str | None:
        """The class and the text of the exception, on one line."""
        error = record.exc_info[1] if record.exc_info else None
        return self._clean(f"{type(error).__name__}: {error}".rstrip(": ")) if error else None

    def _traceback(self, record: logging.LogRecord) -> str | None:
        if not self._debug or not record.exc_info or not record.exc_info[1]:
            return None
        return self._redact(clean(self.formatException(record.exc_info)))


class _JsonLines(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": self._clean(record.name),
            "message": self._clean(record.getMessage()),
        }
        faults = {"error": self._error(record), "traceback": self._traceback(record)}
        line |= {name: text for name, text in faults.items() if text}
        return json.dumps({**self._extras(record), **line}, ensure_ascii=False)


class _ShortLines(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%H:%M:%S", time.localtime(record.created))
        parts = [moment] if record.levelno == logging.INFO else [moment, record.levelname.lower()]
        parts.append(self._clean(record.getMessage()))
        parts += [f"{name}={value}" for name, value in self._extras(record).items()]
        line = " ".join(parts)
        if error := self._error(record):
            line += f" ({error})"
        trace = self._traceback(record)
        return f"{line}\n{trace}" if trace else line


class _OneLineHandler(logging.StreamHandler):  # type: ignore[type-arg]
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's own name)
        """Says where a line could not be written; logging itself would print a traceback, and its arguments with it."""
        kind = sys.exc_info()[0]
        line = {"level": "ERROR", "message": f"a line of {record.module}:{record.lineno} could not be written"}
        with suppress(OSError, ValueError):
            self.stream.write(json.dumps(line | {"error": kind.__name__ if kind else ""}) + "\n")
            self.flush()
