"""Kept pages: the one from before or the new one, whole, whatever happens in between."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from retrieval.pages import Headers, KeptPages
from retrieval.sources.article import Draft

ADDRESS = "http://a.example/خبر"


def test_what_came_with_a_page_comes_back_with_it(tmp_path: Path) -> None:
    headers = Headers("text/html", "windows-1256", '"v1"', "Mon, 06 May 2024 08:00:00 GMT")
    given = Draft(title="عنوان", outlet="الواحة", author="سامي", published=date(2024, 5, 6))
    with closing(KeptPages(tmp_path)) as pages:
        source = pages.keep(ADDRESS, b"<p>x</p>", ".html", headers, feed_says="v", given=given)
    with closing(KeptPages(tmp_path)) as pages:
        kept = pages.get(ADDRESS)
        assert kept is not None
        assert (kept.source_file, kept.headers, kept.feed_says) == (source, headers, "v")
        assert (source.origin, source.given) == (ADDRESS, given)
        other = pages.keep(ADDRESS, b"{}", ".json", Headers())
        assert [path.name for path in (tmp_path / "pages").iterdir()] == [other.path.name]  # in place of the older one


def test_a_refusal_holds_for_a_version_and_a_time(tmp_path: Path) -> None:
    now = 1_000_000.0
    with closing(KeptPages(tmp_path, now=lambda: now)) as pages:
        pages.refuse(ADDRESS, "v1")
        assert pages.is_refused(ADDRESS, "v1", for_seconds=60)
        assert not pages.is_refused(ADDRESS, "v2", for_seconds=60)
        now += 61
        assert not pages.is_refused(ADDRESS, "v1", for_seconds=60)


def test_a_half_written_page_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(KeptPages(tmp_path)) as pages:
        before = pages.keep("http://a.example/", b"<p>old</p>", ".html", Headers())

        class Killed(BaseException):
            pass

        def killed(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr("retrieval.pages.os.fsync", killed)
            pages.keep("http://a.example/", b"<p>new</p>" * 999, ".html", Headers())
        kept = pages.get("http://a.example/")
        assert kept is not None and kept.source_file == before
        assert before.path.read_bytes() == b"<p>old</p>"
        assert [path.name for path in (tmp_path / "pages").iterdir()] == [before.path.name]
        before.path.unlink()
        assert pages.get("http://a.example/") is None


def test_a_process_that_is_killed_while_keeping_pages_leaves_whole_ones(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from retrieval.pages import *\n"
        "pages = KeptPages(Path(sys.argv[1])); print(flush=True)\n"
        "while True:\n"
        "    for letter in b'ab': pages.keep('http://a.example/', bytes([letter]) * 3_000_000, '.html', Headers(etag=chr(letter)))"
    )
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.25)
        process.kill()
        process.communicate()
        with closing(KeptPages(tmp_path)) as pages:
            kept = pages.get("http://a.example/")
            assert kept is not None
            content = kept.source_file.path.read_bytes()
            assert content == (kept.headers.etag or "").encode() * 3_000_000
    later = time.time() + 48 * 3600
    with closing(KeptPages(tmp_path, now=lambda: later)) as pages:
        pages.keep("http://b.example/", b"b", ".html", Headers())
    assert not list((tmp_path / "pages").glob(".*"))  # what was half-written is swept away in time
