"""Pages and feeds into an index: each fetched once while it is as it was, kept, and read again without the network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.messages import Messages
from retrieval.errors import SourceBinary
from retrieval.fetching import Gathered, Gatherer
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.pages import KeptPages
from retrieval.sources import read_file
from retrieval.sources.faults import FeedBroken
from retrieval.sources.feeds import is_feed, read_feed
from retrieval.types import Article, IngestReport
from retrieval.web import Fetcher
from retrieval.web_addresses import divided
from retrieval.web_faults import WebGone, WebKindUnknown, WebNotAllowed, WebRefused, WebUnreachable
from tests.news_site import TEXT, Site, feed, html, page, site, xml
from tests.test_web import Clock

ROOT = Path(__file__).parents[1]
FEEDS = Path(__file__).parent / "data" / "feeds"
GOLD = json.loads((FEEDS / "gold.json").read_text(encoding="utf-8"))


@pytest.fixture
def news() -> Iterator[Site]:
    with site() as running:
        yield running


def gathered(data: Path, *addresses: str) -> Gathered:
    with closing(KeptPages(data)) as pages, closing(Fetcher(addresses, sleep=lambda _: None)) as fetcher:
        return Gatherer(fetcher, pages).gather(addresses)


def ingested(data: Path, *addresses: str) -> tuple[IngestReport, Gathered]:
    found = gathered(data, *addresses)
    with closing(Index(data, BundledEmbedder())) as index:
        return index.ingest([], fetched=[*found.files.values()]), found


def articles(data: Path) -> dict[str, Article]:
    with closing(Index(data, BundledEmbedder())) as index:
        return {source.title: index.article(source.article_id) for source in index.articles()}


# ------------------------------------------------------------------------------------------------------ feeds


@pytest.mark.parametrize("name", sorted(GOLD))
def test_the_entries_of_feeds_as_they_are_found(name: str) -> None:
    data = (FEEDS / name).read_bytes()
    assert is_feed(data)
    entries = read_feed(data, name).entries
    assert len(entries) == len(GOLD[name]["entries"])
    for entry, gold in zip(entries, GOLD[name]["entries"], strict=True):
        assert entry.title == gold["title"]
        assert entry.link == gold["link"]
        assert (entry.published.isoformat() if entry.published else None) == gold["published"]
        text = " ".join(entry.paragraphs)
        assert gold["summary_or_content_start"][:60] in text


def test_what_is_no_feed_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"<html><body>x</body></html>", b"<?xml version='1.0'?><rss><channel>", b"\x00\xff" * 99):
        with pytest.raises((FeedBroken, SourceBinary)):
            read_feed(content, tmp_path)
    assert not is_feed(b"<!doctype html><html>")


def test_a_feed_in_a_file_is_read_and_other_xml_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "sitemap.xml").write_text("<?xml version='1.0'?><urlset></urlset>")
    (tmp_path / "news" / "feed.xml").write_bytes((FEEDS / "01_content_encoded.xml").read_bytes())
    with closing(Index(tmp_path / "data", BundledEmbedder())) as index:
        report = index.ingest([tmp_path / "news"])
    assert (report.added, report.failed, report.passed_over) == (5, 0, {".xml": 1})


# ------------------------------------------------------------------------------------------------------ pages


def test_a_page_is_taken_in_under_its_address_and_fetched_again_only_when_it_changes(
    news: Site, tmp_path: Path
) -> None:
    address = f"{news.url}/a"
    versions = {"now": page("افتتاح الجسر")}
    news.answers["/a"] = lambda headers: (
        (304, {}, b"") if headers.get("if-none-match") == str(len(versions["now"])) else
        html(versions["now"], ETag=str(len(versions["now"])))
    )  # fmt: skip
    report, _ = ingested(tmp_path, address)
    assert (report.added, report.failed) == (1, 0)
    article = articles(tmp_path)["افتتاح الجسر"]
    assert (article.source.origin, str(article.source.published)) == (address, "2024-05-06")
    assert TEXT[:60] in article.body
    assert ingested(tmp_path, address)[0].unchanged == 1
    versions["now"] = page("افتتاح الجسر", TEXT.replace("أربعين", "خمسين"))
    assert ingested(tmp_path, address)[0].updated == 1
    assert "خمسين" in articles(tmp_path)["افتتاح الجسر"].body


def test_what_was_fetched_is_read_again_without_the_network(tmp_path: Path) -> None:
    with site() as news:
        news.answers["/a"] = html(page("خبر أول"))
        news.answers["/feed"] = xml(feed((f"{news.url}/b", "خبر ثان", "موجز.")))
        news.answers["/b"] = html(page("خبر ثان"))
        addresses = (f"{news.url}/a", f"{news.url}/feed")
        assert ingested(tmp_path, *addresses)[0].added == 2
    report, found = ingested(tmp_path, *addresses)
    assert (report.unchanged, report.removed) == (2, 0)
    assert [type(failure.error) for failure in found.failures] == [WebUnreachable, WebUnreachable]
    for path in tmp_path.glob("articles.db*"):
        path.unlink()
    report, _ = ingested(tmp_path, *addresses)
    assert report.added == 2
    assert set(articles(tmp_path)) == {"خبر أول", "خبر ثان"}


def test_hosts_are_asked_by_turns_so_that_none_waits_for_another(tmp_path: Path) -> None:
    clock = Clock()
    with site() as one, site() as two, site() as three:
        sites = (one, two, three)
        for news in sites:
            links = [(f"{news.url}/{n}", f"خبر {n}", "موجز") for n in range(4)]
            news.answers["/feed"] = xml(feed(*links))
            news.answers |= {f"/{n}": html(page(f"خبر {n}")) for n in range(4)}
        addresses = [f"{news.url}/feed" for news in sites]
        fetcher = Fetcher(addresses, clock=clock, sleep=clock.sleep)
        told: list[tuple[int, int]] = []
        with closing(KeptPages(tmp_path)) as pages, closing(fetcher):
            found = Gatherer(fetcher, pages).gather(addresses, lambda done, total: told.append((done, total)))
    assert (len(found.files), found.failures) == (12, [])
    assert sum(clock.slept) == 7.0  # of the 15 that six requests to each of three hosts would take one after another
    assert told[3:] == [(done, 15) for done in range(3, 16)]


def test_a_page_that_is_gone_keeps_its_article(news: Site, tmp_path: Path) -> None:
    news.answers["/a"] = html(page("خبر"))
    ingested(tmp_path, f"{news.url}/a")
    del news.answers["/a"]
    report, found = ingested(tmp_path, f"{news.url}/a")
    assert (report.unchanged, report.removed) == (1, 0)
    assert [type(failure.error) for failure in found.failures] == [WebGone]


def test_a_feed_brings_the_pages_of_its_own_site_once(news: Site, tmp_path: Path) -> None:
    elsewhere = "https://elsewhere.example/x"
    summary = "ملخص قصير لخبر عن السوق في المدينة."
    news.answers["/feed"] = xml(
        feed(
            (f"{news.url}/1", "خبر الجسر", "موجز [...]"),
            (f"{news.url}/2", "خبر الميناء", "موجز"),
            (elsewhere, "خبر بعيد", summary),
        )
    )
    news.answers["/1"] = html(page("خبر الجسر"))
    news.answers["/2"] = html(page("خبر الميناء", TEXT.replace("الجسر", "الميناء")))
    report, found = ingested(tmp_path, f"{news.url}/feed")
    assert (report.added, found.failures) == (3, [])
    known = articles(tmp_path)
    assert known["خبر الجسر"].source.origin == f"{news.url}/1"
    assert known["خبر بعيد"].body == summary
    assert (known["خبر بعيد"].source.url, known["خبر بعيد"].source.outlet) == (elsewhere, "صحيفة الواحة")
    assert news.paths().count("/robots.txt") == 1
    news.asked.clear()
    report, _ = ingested(tmp_path, f"{news.url}/feed")
    assert report.unchanged == 3
    assert news.paths() == ["/feed"]
    news.answers["/feed"] = xml(feed((f"{news.url}/2", "خبر الميناء", "موجز")))
    report, _ = ingested(tmp_path, f"{news.url}/feed")
    assert (report.unchanged, report.removed) == (1, 0)  # what has left the feed stays
    assert len(articles(tmp_path)) == 3


def test_a_page_that_did_not_come_is_asked_for_again(news: Site, tmp_path: Path) -> None:
    news.answers["/feed"] = xml(feed((f"{news.url}/1", "خبر الجسر", "موجز الخبر عن الجسر الجديد.")))
    news.answers["/1"] = (500, {}, b"")
    report, found = ingested(tmp_path, f"{news.url}/feed")
    assert [type(failure.error) for failure in found.failures] == [WebRefused]
    assert articles(tmp_path)["خبر الجسر"].body == "موجز الخبر عن الجسر الجديد."
    news.answers["/1"] = html(page("خبر الجسر"))
    report, found = ingested(tmp_path, f"{news.url}/feed")
    assert (report.added + report.updated, found.failures) == (1, [])
    assert [TEXT[:40] in article.body for article in articles(tmp_path).values()] == [True]


def test_pages_of_a_feed_that_programs_are_kept_from_are_left_alone(news: Site, tmp_path: Path) -> None:
    news.answers["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /members/\n")
    news.answers["/feed"] = xml(feed((f"{news.url}/members/1", "خبر", "موجز قصير.")))
    news.answers["/members/1"] = html(page("خبر"))
    found = gathered(tmp_path, f"{news.url}/feed")
    assert [type(failure.error) for failure in found.failures] == [WebNotAllowed]
    assert "/members/1" not in news.paths()
    assert gathered(tmp_path, f"{news.url}/members/1").failures == []  # the user named it


def test_the_reader_is_chosen_by_what_came(news: Site, tmp_path: Path) -> None:
    news.answers["/list"] = (
        200,
        {"Content-Type": "application/json"},
        json.dumps([{"title": "خبر", "text": TEXT}]).encode(),
    )
    news.answers["/notes.md"] = (200, {"Content-Type": "text/plain"}, f"# عنوان\n\n{TEXT}\n".encode())
    old = page("خبر قديم").decode().replace("utf-8", "windows-1256").encode("cp1256")
    news.answers["/old"] = (200, {"Content-Type": "text/html; charset=windows-1256"}, old)
    news.answers["/film"] = (200, {"Content-Type": "video/mp4"}, b"\x00\x01")
    news.answers["/said.txt"] = (200, {"Content-Type": "text/plain"}, page("خبر كنص"))
    paths = ("/list", "/notes.md", "/old", "/film", "/said.txt")
    report, found = ingested(tmp_path, *(news.url + path for path in paths))
    assert set(articles(tmp_path)) == {"خبر", "عنوان", "خبر قديم", "خبر كنص"}
    assert [type(failure.error) for failure in found.failures] == [WebKindUnknown]
    assert report.failed == 0


def test_paths_and_addresses_are_told_apart() -> None:
    assert divided(["a.txt", "https://a.example/x", "news/*.txt"]) == (["a.txt", "news/*.txt"], ["https://a.example/x"])


# ------------------------------------------------------------------------------------------------------ the command


def dalil(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DALIL_LANGUAGE": "en", "HTTP_PROXY": "http://127.0.0.1:9"}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments], cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def test_files_and_addresses_go_in_together_and_what_fails_is_named(news: Site, tmp_path: Path) -> None:
    news.answers["/a"] = html(page("خبر أول"))
    (tmp_path / "b.txt").write_text("خبر ثان من المدينة.\n\n" + TEXT, encoding="utf-8")
    command = dalil(tmp_path, "ingest", "b.txt", "", f"{news.url}/a", f"{news.url}/none", "--json")
    out, err = command.communicate(timeout=60)
    assert command.returncode == 1
    report = json.loads(out)
    assert (report["added"], report["failed"]) == (2, 2)
    assert [failure["code"] for failure in report["failures"]] == ["source_unnamed", "web_gone"]
    assert f"{news.url}/none" in err and "Traceback" not in err


def test_of_very_many_failures_the_first_are_named_and_the_rest_counted(capsys: pytest.CaptureFixture[str]) -> None:
    from bot.console import tell_failures
    from retrieval.errors import SourceBinary, SourceEmpty
    from retrieval.types import Failure

    broken = [Failure(f"/n/{n}.txt", None, SourceEmpty(path=f"/n/{n}.txt")) for n in range(60)]
    broken += [Failure("/n/x.txt", None, SourceBinary(path="/n/x.txt"))]
    tell_failures(IngestReport(failures=tuple(broken)), Messages("en"))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 22
    assert lines[20].startswith("and 40 sources more for the same reason, such as: ")
    assert lines[21].startswith("and 1 source more ")


def test_the_article_of_a_kept_page_reads_the_encoding_that_the_server_named(news: Site, tmp_path: Path) -> None:
    bare = page("خبر").decode().replace('<meta charset="utf-8">', "").encode("cp1256")
    news.answers["/a"] = (200, {"Content-Type": "text/html; charset=windows-1256"}, bare)
    (file,) = gathered(tmp_path, f"{news.url}/a").files.values()
    assert file.charset == "windows-1256"
    (article,) = read_file(file)
    assert isinstance(article, Article)
    assert article.source.title == "خبر"
