"""The entry of the program: whatever happens, the reader gets a result or one clear line, and an exit code."""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from errno import ENAMETOOLONG

import typer

from bot import cli
from bot.help_page import complaint
from bot.language import preferred_language
from bot.messages import Messages
from retrieval.errors import SHOWN_OF_A_NAME, DalilError

log = logging.getLogger(__name__)

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


def main() -> None:
    """Runs `dalil` and leaves with its exit code: 0 done, 1 not done, 2 a bad argument or setting, 130 interrupted."""
    _open_closed_streams()
    _prepare_process()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carries out a command line; a fault becomes one line on standard error. Returns the exit code."""
    messages = Messages(preferred_language())
    if sys.stdout is None:
        return _complain(messages("no_output"), 1)
    try:
        code = cli.run(arguments, messages)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except DalilError as error:
        return _complain(messages.error(error), error.exit_code)
    except typer.TyperException as error:
        return _complain(complaint(error, messages), error.exit_code)
    except OSError as error:
        if error.errno == ENAMETOOLONG and isinstance(error.filename, str):
            return _complain(messages("source_missing", path=f"{error.filename[:SHOWN_OF_A_NAME]}…"), 1)
        return _complain(messages("unwritable", problem=error), 1)
    except Exception as error:
        log.debug("unexpected fault", exc_info=True)
        return _complain(messages("unexpected", kind=type(error).__name__, problem=error), 1)
    return code


def _complain(line: str, exit_code: int) -> int:
    typer.echo(line, err=True)
    return exit_code


def _reader_gone() -> int:
    """Whoever read our output has left (`dalil … | head`): nothing more to say, and nobody to say it to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _open_closed_streams() -> None:
    """Input that was closed (`<&-`) is empty, errors go nowhere; closed output stays None, for `run` to report.

    Their numbers are taken in any case: the next file that is opened would get them, and be written to as a screen.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  (it stays open)
    if sys.stdout is None:
        os.open(os.devnull, os.O_WRONLY)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def _prepare_process() -> None:
    """UTF-8 whatever the locale, and quiet libraries: httpx logs addresses, and with them the token of the bot."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # a broken line of .env is reported by the settings
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


if __name__ == "__main__":
    main()
