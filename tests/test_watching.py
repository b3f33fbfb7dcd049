"""`dalil ingest --watch`: what is new is taken in round after round, until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from tests.news_site import TEXT, Site, feed, html, page, site, xml

ROOT = Path(__file__).parents[1]
SOON = "0.01"
"""Minutes: .6 s between two rounds."""


@pytest.fixture
def news() -> Iterator[Site]:
    with site() as running:
        running.answers["/1"] = html(page("خبر أول"))
        running.answers["/2"] = html(page("خبر ثان", TEXT.replace("الجسر", "النفق")))
        running.answers["/feed"] = xml(feed((f"{running.url}/1", "خبر أول", "موجز")))
        yield running


def started(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DALIL_", "OLLAMA_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "ingest", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "DALIL_LANGUAGE": "en", **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@contextmanager
def watching(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Callable[[], dict[str, Any]]]]:
    """A process that watches, and its next round."""
    process = started(folder, *arguments, "--json")
    assert process.stdout is not None
    lines = process.stdout

    def next_round() -> dict[str, Any]:
        return dict(json.loads(lines.readline()))

    try:
        yield process, next_round
    finally:
        process.kill()
        process.communicate()


def test_what_is_new_is_found_whatever_fails_while_others_read_and_write(news: Site, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("خبر ثالث من المدينة.\n\n" + TEXT.replace("الجسر", "المطار"), encoding="utf-8")
    with watching(tmp_path, f"{news.url}/feed", "nowhere.txt", "--watch", SOON) as (process, next_round):
        first = next_round()
        assert (first["added"], first["failed"]) == (1, 1)
        news.answers["/feed"] = (500, {}, b"")
        with closing(Index(tmp_path / ".dalil", BundledEmbedder())) as index:
            assert index.retrieve("الجسر", 1)[0].passage.source.title == "خبر أول"
            assert index.ingest([tmp_path / "own.txt"]).added == 1  # nothing is held between two rounds
            while (found := next_round())["failed"] == 1:
                pass
            assert (found["unchanged"], found["removed"]) == (1, 0)
            news.answers["/feed"] = xml(feed((f"{news.url}/2", "خبر ثان", "موجز")))
            while next_round()["added"] == 0:
                pass
            assert {hit.passage.source.title for hit in index.retrieve("النفق", 5)} >= {"خبر ثان"}
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    told, missing, refused = err.splitlines()  # each failure once
    assert told == "Reading what is new every 1 second; to stop: Ctrl-C"
    assert "nowhere.txt" in missing and "status 500" in refused


def test_a_stop_does_not_wait_for_all_pages(news: Site, tmp_path: Path) -> None:
    links = [(f"{news.url}/p{n}", f"خبر {n}", "موجز") for n in range(40)]
    for n in range(40):
        news.answers[f"/p{n}"] = html(page(f"خبر {n}"))
    news.answers["/feed"] = xml(feed(*links))
    with watching(tmp_path, f"{news.url}/feed", "--watch", "60") as (process, next_round):
        deadline = time.monotonic() + 30
        while "/p0" not in news.paths():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        assert next_round()["added"] >= 1  # what came is taken in
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - began < 10
    assert len(news.asked) < 10


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "x", "100000"])
def test_what_is_no_time_is_one_line(minutes: str, tmp_path: Path) -> None:
    from tests.test_cli import run

    assert run(["ingest", "x.txt", "--watch", minutes]) == 2


def test_what_cannot_get_better_ends_it_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("خبر.\n\n" + TEXT, encoding="utf-8")
    process = started(tmp_path, "a.txt", "--watch", SOON, DALIL_DATA_DIR="a.txt")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert err.splitlines()[-1].startswith("“a.txt” is not a folder")
