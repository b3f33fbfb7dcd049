"""A parsed page to its blocks of text in reading order, each with its place in the tree; no rule here knows a site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.arabic import clean_line, words

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


INLINE_TAGS = _listed("""
a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small span
strike strong sub sup time tt u var wbr img picture source amp-img
""")
_NEVER_SHOWN = _listed("""
script style noscript template head iframe object embed svg math button select textarea option audio video canvas map
marquee nav dialog amp-sidebar amp-ad amp-analytics amp-embed input
""")
_UNSHOWN_ROLES = frozenset({"navigation", "search", "banner", "dialog", "alertdialog", "menu", "menubar", "toolbar"})
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)

_COMMENT_MARKS = frozenset({"comment", "comments", "respond", "disqus", "commentlist"})
_CERTAIN_MARKS = _listed("""
share sharing shares sharebar social socials related relatedposts newsletter cookie cookies consent gdpr advert
adverts advertisement advertising adsbygoogle sponsored recommended recommendations recommendation trending breadcrumb
breadcrumbs crumb pagination pager copyright paywallnote popup modal taboola outbrain tweet instagram tiktok mostread
subscribe subscription
""")
"""Parts of the names that designers give to what stands around an article."""
_LIKELY_MARKS = _listed("""
ad ads tags tag bio menu nav sidebar widget promo ticker breaking disclaimer footnote login signup toolbar tools print
footer rel links most popular latest next prev authorbox aside copy pw fb twitter whatsapp
""")
COMMENT_SHARE, CERTAIN_SHARE, LIKELY_SHARE = 0.97, 0.8, 0.3
"""Of the letters of the page: a part that holds more is the page itself, whatever its name."""
_HEADS = frozenset({"h1", "article", "main", "body", "html"})
_MARK = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CREDIT_MARKS = frozenset({"credit", "credits", "copyright", "photographer", "photocredit"})
_CAPTION_MARKS = frozenset({"figcaption", "caption"})
_CELL_LENGTH = 200
DEEPEST = 200
"""Levels of nesting that are told apart; pages have 20 to 60."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or row. `path` numbers the elements it lies in, outermost first."""

    text: str
    key: str
    """Its letters and digits, normalised, as `line_key` gives them."""
    words: int
    tag: str
    path: tuple[int, ...]
    marks: frozenset[str]
    linked: float
    """The share of its characters that are links, 0..1."""
    aside: bool
    """Whether the page itself sets it apart: navigation, comments, related articles."""
    parts: tuple[str, ...] = ()
    """The text by the elements within, not cleaned, so that a name and a date side by side are two."""
    days: tuple[str, ...] = ()
    """What its elements of time say to machines."""


def marks_of(element: _Element) -> frozenset[str]:
    """The words in an element's class and id, in lower case: «td-post-sharing» holds td, post and sharing."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return frozenset(mark.lower() for mark in _MARK.findall(names)) if names != " " else frozenset()


def parse(text: str) -> HtmlElement | None:
    """The tree of a page, however broken; None if it has no element."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_pis=True, huge_tree=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def take_blocks(root: HtmlElement) -> list[Block]:
    """The blocks in order. What is never shown goes, what stands around the article is marked `aside`.

    Afterwards both are gone from the tree.
    """
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    unshown = {element for element in elements if _is_unshown(element)}
    for element in unshown:
        _drop(element)
    lengths = _lengths(root)
    titled = {above for heading in root.iter("h1") for above in heading.iterancestors()}
    total = lengths[root]
    asides = {
        element
        for element in elements
        if element in lengths and element not in titled and lengths[element] <= _aside_share(element) * total
    }
    blocks = list(_Walk(root, asides).blocks())
    for element in asides:
        _drop(element)
    return blocks


def _drop(element: _Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail, element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


def _lengths(root: HtmlElement) -> dict[_Element, int]:
    """The letters inside each element."""
    lengths: dict[_Element, int] = {}
    for element in reversed(list(root.iter("*"))):
        inner = sum(lengths[child] + len((child.tail or "").strip()) for child in element.iterchildren("*"))
        lengths[element] = len((element.text or "").strip()) + inner
    return lengths


def _is_unshown(element: _Element) -> bool:
    if element.tag in _NEVER_SHOWN or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or element.get("role") in _UNSHOWN_ROLES:
        return element.tag not in _HEADS
    return bool(_HIDDEN.search(element.get("style") or ""))


def _aside_share(element: _Element) -> float:
    """The share of the page up to which an element is set apart by its name; negative for one that never is."""
    tag, marks = element.tag, marks_of(element)
    if (tag in _HEADS and not (tag == "article" and "next" in marks)) or element.get("itemprop") == "articleBody":
        return -1.0
    if marks & _COMMENT_MARKS:
        return COMMENT_SHARE
    if marks & _CERTAIN_MARKS or tag in ("footer", "aside") or (tag == "blockquote" and "twitter" in marks):
        return CERTAIN_SHARE
    return LIKELY_SHARE if marks & _LIKELY_MARKS or tag == "form" else -1.0


class _Walk:
    """One walk over a tree, without recursion: pages nest deeply."""

    def __init__(self, root: HtmlElement, asides: Set[_Element]) -> None:
        self._root = root
        self._aside = asides
        self._open: list[tuple[int, _Element, frozenset[str]]] = []
        self._parts: list[tuple[str, bool]] = []
        self._days: list[str] = []
        self._links = 0
        self._asides = 0
        self._count = 0

    def blocks(self) -> Iterator[Block]:
        from lxml import etree

        walk = etree.iterwalk(self._root, events=("start", "end", "comment"))
        for event, element in walk:
            if event == "comment":
                self._add(element.tail)
            elif event == "end":
                yield from self._end(element)
            elif element.tag in INLINE_TAGS:
                self._links += element.tag == "a"
                self._asides += element in self._aside
                self._days += [day for day in (element.get("datetime"), _dated_title(element)) if day]
                self._add(element.text)
            else:
                yield from self._start(element)
                if element.tag in ("figcaption", "tr") and self._whole(element):
                    yield from self._flush(element.tag)
                    walk.skip_subtree()
                else:
                    self._add(element.text)
        yield from self._flush()

    def _start(self, element: _Element) -> Iterator[Block]:
        yield from self._flush()
        self._count += 1
        self._open.append((self._count, element, marks_of(element)))
        self._asides += element in self._aside

    def _end(self, element: _Element) -> Iterator[Block]:
        if element.tag in INLINE_TAGS:
            self._links -= element.tag == "a"
            self._asides -= element in self._aside
        elif self._open and self._open[-1][1] is element:
            yield from self._flush()
            self._open.pop()
            self._asides -= element in self._aside
        self._add(element.tail)
        if _is_apart(element):
            self._parts.append((" ", False))

    def _whole(self, element: _Element) -> bool:
        """Whether an element is a block as it stands, a caption or a row of a table of figures; its text is taken."""
        if element.tag == "figcaption":
            self._add(_caption(element))
            return True
        cells = [cell for cell in element if cell.tag in ("td", "th")]
        texts = [clean_line(" ".join(cell.itertext())) for cell in cells]
        inside = (
            child.tag in INLINE_TAGS or child.tag in ("td", "th", "br", "p") for child in element.iterdescendants("*")
        )
        if sum(map(bool, texts)) < 2 or max(map(len, texts)) > _CELL_LENGTH or not all(inside):
            return False
        self._add(" | ".join(filter(None, texts)))
        return True

    def _add(self, text: str | None) -> None:
        if text:
            self._parts.append((text, self._links > 0))

    def _flush(self, tag: str = "") -> Iterator[Block]:
        parts, self._parts = self._parts, []
        days, self._days = tuple(self._days), []
        text = clean_line("".join(part for part, _ in parts))
        if not text and not days:
            return
        linked = sum(len(part.strip()) for part, is_link in parts if is_link)
        found = words(text)
        element = self._open[-1][1] if self._open else self._root
        marks = frozenset[str]().union(*(each for _, _, each in self._open[-2:]))
        yield Block(
            text=text,
            key="".join(found),
            words=len(found),
            tag=tag or str(element.tag),
            path=tuple(number for number, _, _ in self._open[:DEEPEST]),
            marks=marks,
            linked=min(1.0, linked / max(1, len(text))),
            aside=self._asides > 0,
            parts=tuple(part for part, _ in parts),
            days=days,
        )


def _is_apart(element: _Element) -> bool:
    """Whether an inline element and the next, with nothing between them, are two things set side by side: a day, a name."""
    following = None if element.tail or element.tag not in INLINE_TAGS else element.getnext()
    if following is None or following.tag not in INLINE_TAGS:
        return False
    names = element.get("class"), following.get("class")
    return "time" in (element.tag, following.tag) or (None not in names and names[0] != names[1])


def _dated_title(element: _Element) -> str | None:
    """The day in the title of an abbreviation, as blogs give it."""
    return (
        element.get("title") if element.tag == "abbr" and marks_of(element) & {"published", "updated", "date"} else None
    )


def _caption(element: _Element) -> str:
    """The text of a caption without its credit, where the page sets that apart."""
    credited = {
        inside
        for child in element.iterdescendants("*")
        if marks_of(child) & _CREDIT_MARKS
        for inside in (child, *child.iterdescendants())
    }
    parts = []
    for each in (element, *element.iterdescendants("*")):
        parts.append("" if each in credited else each.text or "")
        parts.append("" if each is element or each.getparent() in credited else each.tail or "")
    return "".join(parts)
