"""What a page says of itself to machines: JSON-LD, meta elements, microdata. Each field is the first that is given."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from retrieval.arabic import clean_line
from retrieval.sources.article import line_key, line_keys
from retrieval.sources.dates import parse_date
from retrieval.sources.html_blocks import marks_of
from retrieval.sources.records import Json

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE_TYPES = re.compile(r"Article$|^(?:BlogPosting|LiveBlogPosting|Report|VideoObject|SocialMediaPosting)$")
_PICTURE_TYPES = re.compile(r"^(?:VideoObject|SocialMediaPosting)$")
_LISTING_TYPES = re.compile(r"^(?:CollectionPage|SearchResultsPage|ItemList)$")


def _listed(names: str) -> list[str]:
    return names.split()


_PUBLISHED = _listed("""
article:published_time og:article:published_time article:published datepublished dc.date.issued dcterms.issued
dcterms.created dc.date.created dc.date dcterms.date pubdate publishdate publish-date publish_date publication_date
date parsely-pub-date sailthru.date uploaddate og:published_time cxenseparse:recs:publishtime
""")
_MODIFIED = _listed("""
article:modified_time og:article:modified_time og:updated_time datemodified dcterms.modified dc.date.modified lastmod
last-modified article:modified
""")
_AUTHOR = _listed("""
author dc.creator dcterms.creator article:author og:article:author parsely-author sailthru.author byl
""")
_OUTLET = _listed("""
og:site_name publisher dc.publisher dcterms.publisher application-name apple-mobile-web-app-title
""")
_TITLE = ["og:title", "twitter:title", "dc.title", "dcterms.title", "headline"]
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|igshid|mc_[ce]id|ocid|cmpid|at_\w+", re.IGNORECASE)
_COMMENTED = re.compile(r"<!--|-->|/\*\s*<!\[CDATA\[\s*\*/|/\*\s*\]\]>\s*\*/|<!\[CDATA\[|\]\]>")
_CONTROLS = re.compile("[\x00-\x1f]+")
_DEEPEST = 8
_BYLINE_MARKS = frozenset({"author", "byline", "writer", "by", "creator", "katib", "authors"})
_COMMENT_MARKS = frozenset({"comment", "comments", "bio", "related"})
_BYLINE_LENGTH, _BRAND_LENGTH = 120, 40
_FRONT = line_keys("الرئيسية|الصفحة الرئيسية|الصفحة الأولى|home|homepage|عودة|العودة|رجوع|شعار|logo")
_NOT_A_NAME = re.compile(
    r"^(?:https?://|www\.|@)|^(?:admin|administrator|editor|unknown|null|undefined|none)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Record:
    """The fields as given, cleaned; empty or None where a page has none."""

    headline: str = ""
    title: str = ""
    """The title element, most often with the name of the outlet."""
    social_title: str = ""
    outlet: str = ""
    author: str = ""
    published: date | None = None
    modified: date | None = None
    canonical: str = ""
    bylines: tuple[str, ...] = ()
    """What stands in elements named for the author."""
    brand: str = ""
    """What the link to the front page says."""
    is_article: bool = False
    is_listing: bool = False


@dataclass
class _Metas:
    """Every meta and itemprop by its lower-case name, in order."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, names: list[str]) -> str:
        return next((value for name in names for value in self.values.get(name, ())), "")

    def first_date(self, names: list[str]) -> date | None:
        found = (parse_date(value) for name in names for value in self.values.get(name, ()))
        return next((day for day in found if day), None)


def read_record(root: HtmlElement, address: str | None) -> Record:
    """What the page says of itself. `address`: where it was found, against which its links are read."""
    metas = _metas(root)
    things = list(_things(root))
    title = clean_line(" ".join(root.xpath("(//head/title|//title[not(ancestor::svg)])[1]//text()")))
    article = _article(things, title)
    named = {str(thing["@id"]): thing for thing in things if "@id" in thing and "name" in thing}
    itemprop = _itemprops(root)
    og_type = metas.first(["og:type"])
    return Record(
        headline=_text(article.get("headline") or article.get("name")) or itemprop.first(["headline"]),
        title=title,
        social_title=metas.first(_TITLE),
        outlet=_outlet(article, things, named) or metas.first(_OUTLET) or itemprop.first(["publisher"]),
        author=_names(article.get("author"), named)
        or _person(metas.first(_AUTHOR))
        or _person(itemprop.first(["author", "creator"]) or _relation(root, "author")),
        published=_day(article.get("datePublished") or article.get("uploadDate"))
        or metas.first_date(_PUBLISHED)
        or itemprop.first_date(_PUBLISHED),
        modified=_day(article.get("dateModified")) or metas.first_date(_MODIFIED) or itemprop.first_date(_MODIFIED),
        canonical=_canonical(root, metas, article, address),
        bylines=tuple(_bylines(root)),
        brand=_brand(root),
        is_article=bool(article) or og_type.startswith(("article", "video.other")) or "articlebody" in itemprop.values,
        is_listing=not article and any(_has_type(thing, _LISTING_TYPES) for thing in things),
    )


def _metas(root: HtmlElement) -> _Metas:
    metas = _Metas()
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = clean_line(html.unescape(element.get("content") or ""))
        if name and content:
            metas.values.setdefault(name.strip().lower(), []).append(content)
    return metas


def _itemprops(root: HtmlElement) -> _Metas:
    """The microdata of the page: what is given beside the text goes before the text."""
    found = _Metas()
    for element in root.xpath("//*[@itemprop]"):
        name = str(element.get("itemprop")).strip().lower()
        inner = element.xpath(".//*[@itemprop='name']") if name in ("author", "publisher", "creator") else []
        given = element.get("content") or element.get("datetime") or (inner[0].get("content") if inner else "")
        value = given or ("" if name == "articlebody" else " ".join((inner[0] if inner else element).itertext()))
        found.values.setdefault(name, []).append(clean_line(value)[:300])
    return found


def _relation(root: HtmlElement, name: str) -> str:
    linked = root.xpath(f"//a[contains(concat(' ', @rel, ' '), ' {name} ')]")
    return clean_line(" ".join(linked[0].itertext())) if linked else ""


def _things(root: HtmlElement) -> Iterator[dict[str, Json]]:
    """Every object of the page's JSON-LD, at any depth that pages have; what is no JSON is passed over."""
    for script in root.xpath("//script[contains(@type, 'ld+json')]"):
        text = _CONTROLS.sub(" ", _COMMENTED.sub("", script.text or "")).strip().rstrip(";")
        try:
            value: Json = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects(value, 0)


def _objects(value: Json, depth: int) -> Iterator[dict[str, Json]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        if isinstance(each, dict | list):
            yield from _objects(each, depth + 1)


def _article(things: list[dict[str, Json]], title: str) -> dict[str, Json]:
    """The article of the page among its objects; none where several are listed and none of them has the page's title."""
    articles = [thing for thing in things if _has_type(thing, _ARTICLE_TYPES)]
    articles.sort(key=lambda thing: _has_type(thing, _PICTURE_TYPES))
    headed = (thing for thing in articles if (key := line_key(_text(thing.get("headline")))) and key in line_key(title))
    several = len(articles) > 2 or any(_has_type(thing, _LISTING_TYPES) for thing in things)
    return next(headed, {} if several or not articles else articles[0])


def _has_type(thing: Mapping[str, Json], pattern: re.Pattern[str]) -> bool:
    kinds = thing.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and pattern.search(kind) for kind in named)


def _text(value: Json) -> str:
    return clean_line(html.unescape(value)) if isinstance(value, str) else ""


def _day(value: Json) -> date | None:
    return parse_date(value) if isinstance(value, str) else None


def _names(value: Json, named: Mapping[str, Mapping[str, Json]]) -> str:
    """The names of one or more persons, each given by name, as an object or by its @id."""
    found: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        thing = {**named.get(str(each.get("@id")), {}), **each} if isinstance(each, dict) else {"name": each}
        if (name := _person(_text(thing.get("name")))) and name not in found:
            found.append(name)
    return "، ".join(found)


def _outlet(article: Mapping[str, Json], things: list[dict[str, Json]], named: Mapping[str, Mapping[str, Json]]) -> str:
    if publisher := _names(article.get("publisher"), named):
        return publisher
    sites = (thing for thing in things if _has_type(thing, re.compile(r"^(?:WebSite|NewsMediaOrganization)$")))
    return next((name for site in sites if (name := _text(site.get("name")))), "")


def _person(name: str) -> str:
    return "" if _NOT_A_NAME.search(name) else name


def _bylines(root: HtmlElement) -> Iterator[str]:
    """The texts of elements named for the author, outside of comments, a byline's length at most."""
    for element in root.xpath("//body//*[@class]"):
        if marks_of(element) & _BYLINE_MARKS and not any(
            marks_of(above) & _COMMENT_MARKS for above in element.iterancestors()
        ):
            text = clean_line(" ".join(element.itertext()))
            if 0 < len(text) <= _BYLINE_LENGTH:
                yield text


def _brand(root: HtmlElement) -> str:
    """The words, or the picture's name, of the link to the site's front page."""
    for link in root.xpath("//a[@href='/' or @rel='home' or @href='index.php' or @href='index.html']"):
        text = clean_line(" ".join([*link.itertext(), *link.xpath(".//img/@alt")]))
        if 0 < len(text) <= _BRAND_LENGTH and line_key(text) not in _FRONT:
            return text
    return ""


def _canonical(root: HtmlElement, metas: _Metas, article: Mapping[str, Json], address: str | None) -> str:
    """The address that the page gives itself, absolute and without tracking; that of a site's front is none."""
    base = _joined(address or "", next(iter(root.xpath("//base/@href")), ""))
    main = article.get("mainEntityOfPage") or article.get("url")
    given = [
        *root.xpath("//link[contains(concat(' ', translate(@rel, 'CANOIL', 'canoil'), ' '), ' canonical ')]/@href"),
        metas.first(["og:url"]),
        main if isinstance(main, str) else str(main.get("@id") or "") if isinstance(main, dict) else "",
    ]
    for found in given:
        if url := _absolute(clean_line(str(found)), base):
            return url
    return ""


def _joined(base: str, found: str) -> str:
    try:
        return urljoin(base, found)
    except ValueError:
        return ""


def _absolute(found: str, base: str) -> str:
    try:
        parts = urlsplit(urljoin(base, found)) if found else urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return ""
    except ValueError:
        return ""
    if parts.path in ("", "/") and not parts.query:
        return ""
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(name)
    ]
    query = parts.query if len(kept) == len(parse_qsl(parts.query, keep_blank_values=True)) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
