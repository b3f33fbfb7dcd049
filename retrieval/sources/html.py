"""Web pages to Drafts: headline, text and record of the one article of a page; a page without one is refused with its reason.

For saved files and fetched pages alike; nothing is fetched here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.arabic import words
from retrieval.sources.article import Draft
from retrieval.sources.faults import (
    PageAsksConsent,
    PageIsListing,
    PageMissing,
    PageNeedsScripts,
    PageWantsLogin,
    PageWithoutArticle,
)
from retrieval.sources.html_blocks import Block, parse, take_blocks
from retrieval.sources.html_body import LINKED_SHARE, Body, body_of_page, extracted, without_biography
from retrieval.sources.html_encoding import decode_page
from retrieval.sources.html_head import (
    above_title,
    author_of_page,
    below_text,
    days_of_page,
    outlet_of_page,
    title_of_page,
)
from retrieval.sources.html_record import Record, read_record

if TYPE_CHECKING:
    from lxml.html import HtmlElement

FEWEST_WORDS, FEWEST_WORDS_UNMARKED = 15, 40
"""Of running text, of a page that calls itself an article or has a day or author, and of one that does not."""
_NOTICE_WORDS = 150
"""A page with more running text than this is no notice, whatever its title says."""
_SHELL_WORDS = 25
DEEPEST_EXTRACTED = 100
"""Levels of nesting; pages of live sites have 20 to 60."""
_LINKS_OF_A_LISTING = 8
_TEASER_WORDS = 25
"""Words of the mean paragraph of a list of articles, at most."""
_MISSING = re.compile(
    r"\b404\b|غير موجوده|لم يتم العثور|لم نعثر|الصفحه المطلوبه غير|تعذر العثور|الصفحه التي تبحث|not found|page (?:does|could) not"
    r"|no longer available|error 4\d\d|خطا 4\d\d"
)
_LOGIN = re.compile(r"تسجيل الدخول|سجل الدخول|^دخول|sign in|log ?in\b")
_CONSENT = re.compile(
    r"before you continue|just a moment|checking your browser|verify you are|are you a robot|captcha|access denied|attention required"
    r"|تحقق من انك|لست روبوت|ملفات تعريف الارتباط|الكوكيز|cookies?\b|consent|تم رفض الوصول|403 forbidden"
)


def read_html(data: bytes, path: Path, *, address: str | None = None, charset: str | None = None) -> Draft:
    """The article of one page.

    `address` is where the page was found and becomes the article's where the page names no canonical one; `charset` is
    the encoding that the server named. Raises PageWithoutArticle, or its kind, SourceBinary and SourceEncoding.
    """
    root = parse(decode_page(data, path, charset))
    if root is None:
        raise PageWithoutArticle(path=path)
    record = read_record(root, address)
    has_scripts = root.find(".//script") is not None
    has_password = bool(root.xpath("//input[translate(@type, 'PASWORD', 'pasword')='password']"))
    blocks = take_blocks(root)
    title, title_index = title_of_page(record, blocks)
    body = body_of_page(blocks, _extracted(root, blocks), title, title_index)
    outlet = outlet_of_page(record, title)
    is_headed = title_index >= 0
    head = [*body.head, *above_title(blocks, title_index)] if is_headed else []
    days = days_of_page(record, head, [*(() if is_headed else body.head), *below_text(body.after)])
    author = author_of_page(record, body.head, body.after, outlet)
    marked = record.is_article or days.published is not None or bool(record.author)
    _refuse(body, blocks, record, path, marked=marked, has_scripts=has_scripts, has_password=has_password)
    return Draft(
        title=title,
        subtitle=body.subtitle,
        paragraphs=without_biography(body, author),
        captions=body.captions,
        url=record.canonical or address,
        outlet=outlet,
        published=days.published,
        author=author,
        modified=days.modified,
        dated_by=days.reasons,
    )


def _extracted(root: HtmlElement, blocks: list[Block]) -> str:
    """What trafilatura makes of the tree; nothing, so that the page's own shape decides, where it stumbles.

    Its time grows with the square of the depth of nested tables.
    """
    if max((len(block.path) for block in blocks), default=0) > DEEPEST_EXTRACTED:
        return ""
    try:
        return extracted(root)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        return ""


def _refuse(
    body: Body,
    blocks: list[Block],
    record: Record,
    path: Path,
    *,
    marked: bool,
    has_scripts: bool,
    has_password: bool,
) -> None:
    """Raises the fault that says why a page is no article, if it is none."""
    count = body.prose_words + sum(len(words(caption)) for caption in body.captions)
    enough = count >= (FEWEST_WORDS if marked else FEWEST_WORDS_UNMARKED)
    shown = [block for block in blocks if block.text]
    recorded = record.is_article or record.published is not None
    if (count < _NOTICE_WORDS and not recorded) or not enough:
        heads = [record.title, *(block.text for block in shown if block.tag == "h1" and not block.aside)]
        headed = " \n ".join(" ".join(words(text)) for text in heads)
        notice = " ".join(words(" ".join(body.paragraphs)))
        if _MISSING.search(headed):
            raise PageMissing(path=path)
        if _LOGIN.search(headed) or (has_password and not enough):
            raise PageWantsLogin(path=path)
        if _CONSENT.search(headed) or (not marked and _CONSENT.search(notice)):
            raise PageAsksConsent(path=path)
    short = body.prose_words < _TEASER_WORDS * len(body.paragraphs)
    listed = record.is_listing or (body.teasers >= 3 and 2 * body.teasers >= len(body.paragraphs) and short)
    if listed and not recorded:
        raise PageIsListing(path=path)
    if enough:
        return
    if has_scripts and sum(block.words for block in shown) < _SHELL_WORDS:
        raise PageNeedsScripts(path=path)
    links = sum(block.linked >= LINKED_SHARE and block.words > 2 for block in shown)
    raise PageIsListing(path=path) if links >= _LINKS_OF_A_LISTING else PageWithoutArticle(path=path)
