"""Markup inside the fields of feeds and exports, to the text that a reader of the page would see."""

from __future__ import annotations

import html
import re

from retrieval.arabic import clean_line
from retrieval.sources.furniture import is_furniture
from retrieval.sources.html_blocks import parse, take_blocks

_TAGS = "p|br|div|span|a|b|i|u|em|strong|font|ul|ol|li|h[1-6]|img|figure|figcaption|blockquote|table|tr|td|iframe|script|style|section|hr"
_MARKUP = re.compile(
    rf"(?:<|&lt;)/?(?:{_TAGS})\b[^<>]*?(?:>|&gt;)|&(?:nbsp|quot|amp|[lr]aquo|[lr]dquo|hellip|ndash|#\d+|#x[0-9a-f]+);",
    re.I,
)
_BLOCK = re.compile(r"(?:<|&lt;)/?(?:p|br|div|li|tr|h[1-6])\b", re.I)
_TAG = re.compile(r"</?[A-Za-z!][^>]*>")
_ESCAPED = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});", re.I)
_APPEARED = re.compile(r"^(?:ظهرت? (?:المقالة?|التدوينة|هذا المقال|الخبر)|The post .* appeared first)\b.*$", re.M)

Text = tuple[tuple[str, ...], tuple[str, ...]]
"""Paragraphs and captions."""


def has_markup(text: str) -> bool:
    """Whether a text has tags that pages are written with, or characters named as they name them; «x < 5» has none."""
    return _MARKUP.search(text) is not None


def text_of(markup: str) -> Text:
    """The paragraphs of a piece of HTML, and its captions; markup that was escaped once more is taken as such."""
    for _ in range(2):
        if "<" in markup or "&lt;" not in markup:
            break
        markup = html.unescape(markup)
    if "<" not in markup:
        lines = [clean_line(line) for line in html.unescape(markup).split("\n")]
        return tuple(line for line in lines if line), ()
    root = parse(f"<!doctype html><html><body><div>{markup}</div></body></html>")
    blocks = [block for block in take_blocks(root) if block.text and not block.aside] if root is not None else []
    kept = [block for block in blocks if not is_furniture(block.text) and not _APPEARED.match(block.text)]
    captions = tuple(block.text for block in kept if block.tag == "figcaption")
    return tuple(block.text for block in kept if block.tag != "figcaption"), captions


def text_of_field(markup: str) -> Text:
    """As `text_of`, of a field in which blank lines, or without any tag of a paragraph all lines, stand for paragraphs."""
    broken = re.sub(r"\n\s*\n", "<br>", markup) if _BLOCK.search(markup) else markup.replace("\n", "<br>")
    return text_of(broken) if "<br>" not in broken or "&lt;" not in markup else text_of(html.unescape(broken))


def plain_line(text: str) -> str:
    """A title without markup, escaped once or twice."""
    for _ in range(2):
        if not _ESCAPED.search(text):
            break
        text = html.unescape(text)
    return _TAG.sub("", text)
