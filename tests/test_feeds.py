"""Feeds over time: what is asked for again and what is not, whose word counts, and what stays when nothing comes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.messages import Messages
from retrieval.fetching import Gatherer
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.pages import KeptPages
from retrieval.sources import SourceFile, read_file
from retrieval.sources.faults import FeedBroken, FeedTorn, PageIsListing
from retrieval.sources.feeds import read_feed
from retrieval.types import Article, Failure, IngestReport
from retrieval.web import Fetcher
from retrieval.web_faults import WebAstray, WebPrivate, WebRefused, WebUnreachable
from tests.news_site import TEXT, Site, feed, html, page, site, xml

LISTING = (
    "<html><head><title>آخر الأخبار</title></head><body><h1>آخر الأخبار</h1>"
    + "".join(f'<div><a href="/{n}">عنوان خبر من أخبار اليوم رقم {n}</a></div>' for n in range(30))
    + "</body></html>"
).encode()
SUMMARY = "موجز الخبر عن الجسر الجديد كما جاء في النشرة."


@pytest.fixture
def news() -> Iterator[Site]:
    with site() as running:
        yield running


class House:
    """A data folder into which feeds are taken, at a time that the test sets."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.now = 1_700_000_000.0

    def take(self, *addresses: str, stopped_after: int = 10**9) -> tuple[IngestReport, list[Failure]]:
        asked = iter(range(10**9))
        fetcher = Fetcher(addresses, sleep=lambda _: None)
        with closing(KeptPages(self.data, now=lambda: self.now)) as pages, closing(fetcher):
            gatherer = Gatherer(fetcher, pages, is_stopped=lambda: next(asked) >= stopped_after)
            gathered = gatherer.gather(addresses)
        with closing(Index(self.data, BundledEmbedder())) as index:
            report = index.ingest([], fetched=[*gathered.files.values()])
        return report, [*gathered.failures, *report.failures]

    def articles(self) -> dict[str, Article]:
        with closing(Index(self.data, BundledEmbedder())) as index:
            return {source.title: index.article(source.article_id) for source in index.articles()}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "data")


def kinds(failures: list[Failure]) -> list[type[Exception]]:
    return [type(failure.error) for failure in failures]


# ------------------------------------------------------------------------------------------------------ whose word counts


def test_what_a_page_does_not_say_the_feed_says(news: Site, house: House) -> None:
    bare = page("خبر الجسر").replace(
        b'<meta property="article:published_time" content="2024-05-06T08:00:00+03:00">', b""
    )
    news.answers["/feed"] = xml(
        feed((f"{news.url}/1", "خبر الجسر", SUMMARY), (f"{news.url}/2", "خبر الميناء", SUMMARY))
    )
    news.answers["/1"] = html(bare)
    news.answers["/2"] = html(page("خبر الميناء", TEXT.replace("الجسر", "الميناء"), day="2024-05-04"))
    house.take(f"{news.url}/feed")
    found = house.articles()
    assert str(found["خبر الجسر"].source.published) == "2024-05-06"
    assert str(found["خبر الميناء"].source.published) == "2024-05-04"  # its own word
    assert TEXT[:40] in found["خبر الجسر"].body


def test_a_page_that_is_no_article_gives_way_to_the_summary(news: Site, house: House) -> None:
    news.answers["/feed"] = xml(feed((f"{news.url}/1", "خبر الجسر", SUMMARY)))
    news.answers["/1"] = html(LISTING)
    report, failures = house.take(f"{news.url}/feed")
    assert (report.added, kinds(failures)) == (1, [PageIsListing])
    assert failures[0].origin == failures[0].error.values["path"] == f"{news.url}/1"
    assert house.articles()["خبر الجسر"].body == SUMMARY
    news.asked.clear()
    assert kinds(house.take(f"{news.url}/feed")[1]) == []
    assert news.paths() == ["/feed"]  # it was refused for a reason that lasts
    house.now += 25 * 3600
    news.answers["/1"] = html(page("خبر الجسر"))
    report, failures = house.take(f"{news.url}/feed")
    assert (report.updated, failures) == (1, [])
    assert TEXT[:40] in house.articles()["خبر الجسر"].body


def test_a_named_page_that_is_no_article_is_named_by_its_address(news: Site, house: House) -> None:
    news.answers["/list"] = html(LISTING)
    _, failures = house.take(f"{news.url}/list")
    assert kinds(failures) == [PageIsListing]
    assert failures[0].origin == f"{news.url}/list"
    assert "pages/" not in Messages("en").failure(failures[0])


def test_a_page_that_became_a_notice_keeps_its_article_and_its_copy(news: Site, house: House) -> None:
    news.answers["/a"] = html(page("خبر الجسر"))
    house.take(f"{news.url}/a")
    news.answers["/a"] = html(LISTING)
    for added in (0, 1):
        report, failures = house.take(f"{news.url}/a")
        assert (report.added, report.unchanged, kinds(failures)) == (added, 1 - added, [PageIsListing])
        for path in house.data.glob("articles.db*"):
            path.unlink()  # the copy is enough to make it anew


def test_an_entry_that_changed_is_asked_for_with_what_tells_its_version(news: Site, house: House) -> None:
    link = f"{news.url}/1"
    news.answers["/1"] = lambda headers: (
        (304, {}, b"") if headers.get("if-none-match") == '"1"' else html(page("خبر الجسر"), ETag='"1"')
    )
    for summary in ("موجز", "موجز آخر", "موجز آخر"):
        news.answers["/feed"] = xml(feed((link, "خبر الجسر", summary)))
        report, failures = house.take(f"{news.url}/feed")
    assert (report.unchanged, failures) == (1, [])
    assert news.paths().count("/1") == 2


def test_the_whole_text_of_one_feed_is_not_lost_to_the_summary_of_another(news: Site, house: House) -> None:
    link = "https://elsewhere.example/1"
    whole = "".join(f"&lt;p&gt;{TEXT} ({n})&lt;/p&gt;" for n in range(4))
    news.answers["/whole"] = xml(feed((link, "خبر الجسر", whole)))
    news.answers["/short"] = xml(feed((f"{link}?utm_source=rss", "خبر الجسر", SUMMARY)))
    for name in ("whole", "short", "whole"):
        house.take(f"{news.url}/{name}")
    (article,) = house.articles().values()
    assert article.source.origin == article.source.url == link
    assert article.body.count("\n\n") == 3


# ------------------------------------------------------------------------------------------------------ where it leads


def test_an_entry_leads_nowhere_but_into_its_own_site(news: Site, house: House) -> None:
    port = int(news.url.rpartition(":")[2])
    news.answers["/out"] = (302, {"Location": "http://93.184.216.34/"}, b"")
    news.answers["/in"] = (302, {"Location": "http://127.0.0.1:80/admin"}, b"")
    links = [
        f"{news.url}/out", f"{news.url}/in", "http://169.254.169.254/latest", f"http://localhost:{port}/x",
        "http://10.0.0.1/", f"http://127.0.0.1:{port + 1}/", "file:///etc/passwd",
    ]  # fmt: skip
    news.answers["/feed"] = xml(feed(*((link, f"خبر عن {link}", SUMMARY + link) for link in links)))
    report, failures = house.take(f"{news.url}/feed")
    assert report.added == len(links)  # all with what the feed itself says
    assert kinds(failures) == [WebAstray, WebPrivate]
    assert news.paths() == ["/feed", "/robots.txt", "/out", "/in"]


def test_a_host_whose_rules_cannot_be_had_is_left_alone(news: Site, house: House) -> None:
    news.answers["/robots.txt"] = (503, {}, b"")
    news.answers["/feed"] = xml(feed(*((f"{news.url}/{n}", f"خبر {n}", SUMMARY + str(n)) for n in range(3))))
    for path in ("/0", "/1", "/2"):
        news.answers[path] = html(page("خبر"))
    report, failures = house.take(f"{news.url}/feed")
    assert (report.added, len(failures)) == (3, 3)
    assert news.paths() == ["/feed", "/robots.txt"]
    news.answers["/robots.txt"] = (403, {}, b"")  # none
    report, failures = house.take(f"{news.url}/feed")
    assert (report.added + report.updated, failures) == (3, [])


def test_a_host_that_is_silent_is_waited_for_once(news: Site, house: House) -> None:
    addresses = [f"{news.url}/{n}" for n in range(3)]
    for n in range(3):
        news.answers[f"/{n}"] = html(page(f"خبر {n}"))
    assert house.take(*addresses)[0].added == 3
    news.asked.clear()
    calls = 0
    with closing(KeptPages(house.data)) as pages, closing(Fetcher(addresses, sleep=lambda _: None)) as fetcher:

        def silent(address: str, **_: object) -> None:
            nonlocal calls
            calls += 1
            raise WebUnreachable(path=address)

        fetcher.get = silent  # type: ignore[method-assign,assignment]
        gathered = Gatherer(fetcher, pages).gather(addresses)
    assert calls == 1
    assert [failure.origin for failure in gathered.failures] == addresses
    assert list(gathered.files) == addresses  # the copies from before


# ------------------------------------------------------------------------------------------------------ what stays


def test_a_feed_that_became_something_else_keeps_its_articles(news: Site, house: House) -> None:
    news.answers["/feed"] = xml(feed(("https://elsewhere.example/1", "خبر الجسر", SUMMARY)))
    house.take(f"{news.url}/feed")
    answers = (html(page("صيانة")), FeedBroken), (xml(b"<?php error ?>"), FeedBroken), ((500, {}, b""), WebRefused)
    for answer, fault in answers:
        news.answers["/feed"] = answer
        report, failures = house.take(f"{news.url}/feed")
        assert (report.added, report.unchanged, report.removed, kinds(failures)) == (0, 1, 0, [fault])


def test_a_torn_feed_gives_what_it_holds_and_is_named(news: Site, house: House, tmp_path: Path) -> None:
    torn = feed(("https://elsewhere.example/1", "خبر الجسر", SUMMARY), ("https://elsewhere.example/2", "خبر & خبر", ""))
    torn = torn.replace(b"<item>", b"\n<item>")[:-40]
    news.answers["/feed"] = xml(torn)
    report, failures = house.take(f"{news.url}/feed")
    assert (report.added, kinds(failures)) == (1, [FeedTorn])
    assert (failures[0].origin, failures[0].line) == (f"{news.url}/feed", 3)
    (tmp_path / "feed.xml").write_bytes(torn)
    found = list(read_file(SourceFile(tmp_path / "feed.xml")))
    assert [type(one) for one in found] == [Article, Failure]
    assert "line 3" in Messages("en").failure(found[1])  # type: ignore[arg-type]


def test_the_encoding_of_a_feed_is_never_guessed_wrong(tmp_path: Path) -> None:
    written = feed(("https://elsewhere.example/1", "خبر الجسر", SUMMARY)).decode()
    for encoding, declared, charset in (
        ("cp1256", 'encoding="windows-1256"', None),
        ("cp1256", "", "windows-1256"),
        ("cp1256", 'encoding="utf-8"', None),
        ("utf-16", 'encoding="utf-16"', None),
        ("utf-8", 'encoding="iso-8859-1"', "iso-8859-1"),
    ):
        data = written.replace('version="1.0"', f'version="1.0" {declared}', 1).encode(encoding)
        (entry,) = read_feed(data, tmp_path, charset=charset).entries
        assert (entry.title, entry.paragraphs) == ("خبر الجسر", (SUMMARY,)), (encoding, declared)


def test_entities_that_explode_or_reach_for_files_are_inert(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 100}">' for n in range(6))
    for declared, used in (
        (f'<!ENTITY a "{"x" * 1000}">{levels}', "&g;"),
        ('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
    ):
        inside = f"<rss><channel><item><title>ع {used}</title></item></channel></rss>"
        data = f'<?xml version="1.0"?><!DOCTYPE rss [{declared}]>{inside}'
        began = time.monotonic()
        entries = read_feed(data.encode(), tmp_path).entries
        assert time.monotonic() - began < 1
        assert all(len(entry.title) < 20 and "root:" not in entry.title for entry in entries)


def test_a_feed_in_a_file_keeps_what_has_left_it(house: House, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    with closing(Index(house.data, BundledEmbedder())) as index:
        for numbers, counts in (((1, 2), (2, 0)), ((2, 3), (1, 0)), ((2, 3), (0, 0))):
            file.write_bytes(feed(*((f"https://a.example/{n}", f"خبر {n}", f"{SUMMARY} {n}") for n in numbers)))
            report = index.ingest([file])
            assert (report.added, report.removed) == counts
        assert index.article_count == 3
        file.unlink()
        assert index.ingest([tmp_path]).removed == 3  # the file is gone from its folder


def test_it_stops_where_it_is_told_to_and_what_came_stays(news: Site, house: House) -> None:
    news.answers["/feed"] = xml(feed(*((f"{news.url}/{n}", f"خبر {n}", f"{SUMMARY} {n}") for n in range(9))))
    for n in range(9):
        news.answers[f"/{n}"] = html(page(f"خبر {n}"))
    report, failures = house.take(f"{news.url}/feed", stopped_after=4)
    assert (report.added, failures) == (3, [])
    assert house.take(f"{news.url}/feed")[0].added == 6
