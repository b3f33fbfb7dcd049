"""`dalil bot` as a process of its own, over a data folder that is indexed already."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.telegram_double import TelegramDouble
from tests.telegram_records import TOKEN

ROOT = Path(__file__).parents[1]
DALIL = ("-m", "bot", "bot")


def index_seeds(folder: Path) -> Path:
    """A data folder that holds the seed articles."""
    command = [sys.executable, "-m", "bot", "ingest", "--data-dir", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment({}), check=True, capture_output=True, timeout=120)
    return folder


def environment(settings: dict[str, str]) -> dict[str, str]:
    """That of the tests, without settings of Dalil but these."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("DALIL_", "TELEGRAM_", "OLLAMA_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "DALIL_LANGUAGE": "ar", "DALIL_LLM": "none", **settings}


class Program:
    """One run of a program after another, over one data folder and one Bot API server."""

    def __init__(
        self,
        double: TelegramDouble,
        data_dir: Path,
        settings: dict[str, str] | None = None,
        command: Sequence[str] = DALIL,
    ) -> None:
        self._double = double
        self.data_dir = data_dir
        self._settings = settings or {}
        self.command = command
        self.log_file = data_dir.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    @classmethod
    def over_seeds(cls, double: TelegramDouble, seeds: Path, folder: Path, **settings: str) -> Self:
        """Over a copy of an indexed folder."""
        shutil.copytree(seeds, folder / "data")
        return cls(double, folder / "data", settings)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self, *, ready_seconds: float = 30.0) -> None:
        """Returns when the program asks for updates and confirms them; at once without a time for it."""
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_BASE_URL": self._double.url,
            "DALIL_DATA_DIR": str(self.data_dir),
            **self._settings,
        }
        began, polls = time.monotonic(), len(self._double.polls)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command], cwd=ROOT, env=environment(settings), stdout=log, stderr=log
            )
        while time.monotonic() < began + ready_seconds:
            polled = self._double.polls[polls:]
            if self.process.poll() is not None or any(params.get("timeout") == 10 for _, params in polled):
                return
            time.sleep(0.02)

    def kill(self) -> None:
        """As a power failure would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def terminate(self) -> tuple[int, float]:
        """As `systemctl stop` does; the exit code and the seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30), time.monotonic() - began

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")
