"""The paragraphs of an article among the blocks of its page.

trafilatura says which blocks belong to the text; the smallest element that holds nearly all of them is taken whole, so
that lists and subheadings it passes over stay, and what is known as the page's own is left out.
"""

from __future__ import annotations

import copy
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.arabic import clean_line, words
from retrieval.sources.article import line_key, line_keys
from retrieval.sources.headings import ends_sentence
from retrieval.sources.html_blocks import Block
from retrieval.sources.html_furniture import is_biography, is_link_label, is_page_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BODY_SHARE = 0.8
"""Of the letters of running text: what the element of the article holds at least; the rest is a lead or a notice."""
TAKEN_WEIGHT = 3
"""Of a letter that trafilatura takes, beside one that it does not: it may overlook text that stands in no paragraph."""
LINKED_SHARE = 0.7
"""A block with more of it in links points elsewhere."""
_SHORT_KEY = 20
_SENTENCE_WORDS, _PROSE_WORDS = 5, 12
_STANDING = frozenset({"p", "li", "tr", "blockquote", "dd", "dt", "pre", "h2", "h3", "h4", "h5", "h6"})
_SUBTITLE_MARKS = frozenset(
    {"dek", "standfirst", "subtitle", "subheading", "subhead", "lede", "excerpt", "summary", "deck", "sapo"}
)
_COMMENTS = line_keys(
    "التعليقات|تعليقات|تعليقات القراء|أضف تعليق|أضف تعليقا|اترك تعليقا|اترك تعليق|اترك ردا|comments|leave a reply"
)


@dataclass(frozen=True, slots=True)
class Body:
    """What a page holds of an article; `head` is what stands between title and text, `after` what follows it."""

    paragraphs: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    subtitle: str = ""
    head: tuple[Block, ...] = ()
    after: tuple[Block, ...] = ()
    prose_words: int = 0
    teasers: int = 0
    """How many linked headings with a few words below: lists of articles are made of these."""


def extracted(root: HtmlElement) -> str:
    """The lines that trafilatura takes for the text; empty for none. The tree stays as it is."""
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # pages without an article are told of as such
    document = bare_extraction(
        copy.deepcopy(root), include_comments=False, include_tables=True, favor_precision=True, fast=True
    )
    return (getattr(document, "text", None) or "") if document is not None else ""


def body_of_page(blocks: Sequence[Block], taken_text: str, title: str, title_index: int) -> Body:
    """The body among `blocks`, of which those up to `title_index` come before it."""
    taken = _taken(blocks, taken_text)
    container = _container(blocks, taken)
    candidates: list[tuple[int, Block]] = []
    captions: list[str] = []
    title_key = line_key(title)
    for index, block in enumerate(blocks):
        inside = container in block.path
        if block.aside or not block.text or index <= title_index or block.key == title_key:
            continue
        if block.tag == "figcaption":
            captions += [block.text] if inside or not candidates else []
        elif inside or (taken[index] and is_prose(block) and block.words >= _PROSE_WORDS):
            candidates.append((index, block))
    kept = _without_furniture(candidates, taken)
    prose = [position for position, (_, block) in enumerate(kept) if is_prose(block)]
    if not prose:
        return Body(captions=tuple(captions), head=tuple(blocks[max(0, title_index) : title_index + 12]))
    first, last = prose[0], prose[-1]
    trailing = [each for each in kept[last + 1 :] if _ends_text(each[1]) and taken[each[0]]]
    chosen = kept[first : last + 1] + trailing
    start, end = chosen[0][0], chosen[-1][0]
    head = tuple(blocks[title_index + 1 : start] if title_index < start else blocks[max(0, start - 8) : start])
    return Body(
        paragraphs=tuple(block.text for _, block in chosen),
        captions=tuple(captions),
        subtitle=_subtitle(head, taken[title_index + 1 : start], title_key),
        head=head,
        after=tuple(blocks[end + 1 : end + 9]),
        prose_words=sum(block.words for _, block in chosen if is_prose(block)),
        teasers=_teasers(blocks),
    )


def without_biography(body: Body, author: str | None) -> tuple[str, ...]:
    """The paragraphs but for one at the end that tells who the author is."""
    paragraphs = body.paragraphs
    while len(paragraphs) > 1 and is_biography(paragraphs[-1], author):
        paragraphs = paragraphs[:-1]
    return paragraphs


def is_prose(block: Block) -> bool:
    """Whether a block is running text by its length and end, not a heading, button or link."""
    count = block.words
    if block.linked >= LINKED_SHARE and (not ends_sentence(block.text) or count < _PROSE_WORDS):
        return False
    if block.tag in ("tr", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption"):
        return False
    return count >= _PROSE_WORDS or (count >= _SENTENCE_WORDS and ends_sentence(block.text))


def _taken(blocks: Sequence[Block], taken_text: str) -> list[bool]:
    lines = {line_key(line) for line in taken_text.split("\n")}
    whole = line_key(clean_line(taken_text.replace("|", " ")))
    found = []
    for block in blocks:
        key = block.key
        found.append(bool(key) and not block.aside and (key in lines or (len(key) >= _SHORT_KEY and key in whole)))
    return found


def _container(blocks: Sequence[Block], taken: Sequence[bool]) -> int:
    """The number of the innermost element that holds nearly all running text; 0 for none."""
    weights: Counter[int] = Counter()
    depths: dict[int, int] = {}
    total = 0
    for block, was_taken in zip(blocks, taken, strict=True):
        if block.aside or not is_prose(block):
            continue
        weight = len(block.text) * (TAKEN_WEIGHT if was_taken else 1)
        total += weight
        for depth, number in enumerate(block.path):
            weights[number] += weight
            depths[number] = depth
    enough = [number for number, weight in weights.items() if weight >= BODY_SHARE * total]
    return max(enough, key=depths.__getitem__, default=0)


def _without_furniture(candidates: list[tuple[int, Block]], taken: Sequence[bool]) -> list[tuple[int, Block]]:
    kept: list[tuple[int, Block]] = []
    after_label = False
    for position, (index, block) in enumerate(candidates):
        text, prose = block.text, is_prose(block)
        if line_key("".join(filter(lambda each: not each.isdigit(), text))) in _COMMENTS and kept:
            break
        if is_link_label(text):
            after_label = True
            continue
        following = candidates[position + 1][1] if position + 1 < len(candidates) else None
        heads_text = block.tag in ("h2", "h3", "h4") and following is not None and is_prose(following)
        is_link = block.linked >= LINKED_SHARE and not prose
        if after_label and not prose and not (heads_text and not is_link):
            continue
        after_label = False
        loose = block.tag not in _STANDING and not prose and len(words(text)) < 4
        if is_link or is_page_line(text) or (loose and not taken[index]):
            continue
        kept.append((index, block))
    return kept


def _ends_text(block: Block) -> bool:
    """Whether a block without a full stop may end an article: an item of a list, a row, a paragraph of some words."""
    return block.tag in ("li", "tr") or (block.tag in ("p", "blockquote") and block.words > 3)


def _subtitle(head: Sequence[Block], taken: Sequence[bool], title_key: str) -> str:
    """The line under the headline that sums the article up, if the page marks it as such."""
    for block, was_taken in zip(head, taken, strict=False):
        marked = bool(block.marks & _SUBTITLE_MARKS) or block.tag in ("h2", "h3")
        if (
            block.aside
            or block.linked > 0
            or not (marked and (was_taken or block.tag == "h2" or block.marks & _SUBTITLE_MARKS))
        ):
            continue
        if 4 < block.words < 60 and not is_page_line(block.text) and block.key != title_key:
            return block.text
    return ""


def _teasers(blocks: Sequence[Block]) -> int:
    shown = [block for block in blocks if not block.aside and block.text]
    count = 0
    for index, block in enumerate(shown):
        below = shown[index + 1 : index + 3]
        is_head = block.linked >= LINKED_SHARE and block.words > 2
        count += is_head and any(each.linked < LINKED_SHARE and each.words > 3 for each in below)
    return count
