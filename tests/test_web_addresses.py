"""Whose site an address is of, how a page gets one address, and what a site asks programs to leave alone."""

from __future__ import annotations

import pytest

from retrieval.robots import read_rules
from retrieval.web_addresses import is_same_site, without_tracking


@pytest.mark.parametrize(
    ("address", "is_same"),
    [
        ("https://news.example.org/1", True),
        ("http://news.example.org/1", True),
        ("https://www.news.example.org/1", True),
        ("https://m.news.example.org/1", True),
        ("https://example.org/1", True),
        ("https://www.example.org/1", True),
        ("https://org/1", False),
        ("https://evilnews.example.org.attacker.example/1", False),
        ("https://anews.example.org/1", False),
        ("https://news.example.org:9200/1", False),
        ("https://news.example.org@attacker.example/1", False),
        ("file:///news.example.org/1", False),
        ("https://[::1/1", False),
        ("", False),
    ],
)
def test_what_belongs_to_the_site_of_a_feed(address: str, is_same: bool) -> None:
    assert is_same_site(address, "https://news.example.org/feed") == is_same


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://a.example/n?id=7&utm_source=rss&utm_medium=feed#top", "https://a.example/n?id=7"),
        ("https://a.example/n?utm_source=rss", "https://a.example/n"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/خبر?q=بحث", "https://a.example/خبر?q=بحث"),
        ("https://me:secret@a.example/x", "https://a.example/x"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_page_has_one_address(address: str, plain: str) -> None:
    assert without_tracking(address) == plain


RULES = """\
# rules
User-agent: *
Disallow: /

User-Agent: Dalil
User-agent: Other
Disallow: /*?s=
Disallow: /private/   # mostly
Allow: /private/open
Disallow: /*.pdf$
Disallow: /بحث/
Disallow:
Crawl-delay: 2.5
Sitemap: https://a.example/sitemap.xml
"""


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ("/", True),
        ("/news?id=1", True),
        ("/a?s=x", False),
        ("/private/x", False),
        ("/private/open/x", True),
        ("/a.pdf", False),
        ("/a.pdf.html", True),
        ("/%D8%A8%D8%AD%D8%AB/x", False),
        ("/بحث/x", False),
    ],
)
def test_rules_are_kept_as_they_are_meant(target: str, allowed: bool) -> None:
    rules = read_rules(RULES.encode(), "Dalil")
    assert rules.allow(target) == allowed
    assert rules.pause == 2.5
    assert not read_rules(RULES.encode(), "Someone").allow(target)
    assert read_rules(b"<html>not found</html>", "Dalil").allow(target)
