"""Where the articles of a page dump begin.

A dump is pages pasted below each other. A page shows its title above the picture and again above the text, and the
caption of the picture once or twice under each; between the copies stand buttons, a date, a byline. So an article
begins, going from the first line to the last,
 1. where a line comes again within a few lines and only such head material, and at most two other short lines, lie
    between the copies (nothing between them: there must be a break before, or furniture, a date or a byline after;
    a caption after will do where the page itself begins with a title in as many copies);
 2. after a break (more empty lines than between paragraphs), at a heading that head material follows, no title between;
 3. after a break, at head material that a title as in 1 follows, or a heading below furniture or a date.
All else is body, for a passage wrongly taken for a head would be lost from the running text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from retrieval.sources.furniture import is_related_label, is_tags, is_tags_label
from retrieval.sources.headings import ends_sentence
from retrieval.sources.page import HEAD_MATERIAL, HEAD_WINDOW, PAGE_MARKS, Kind, Page

_LOOSE_LIMIT = 2
_LOOSE_LENGTH = 300
_TITLE_LENGTH = 250
_SHORTEST_TITLE_KEY = 6


@dataclass(frozen=True, slots=True)
class Head:
    """Lines `start` to `end` (exclusive) of a page; `title` is the first copy of the title, `last` its last."""

    start: int
    title: int
    last: int
    end: int


def find_heads(page: Page) -> list[Head]:
    """The heads of a page in order; none for a plain text."""
    heads: list[Head] = []
    index = 0
    while index < len(page.lines):
        head = _head_at(page, index, below_head=bool(heads) and heads[-1].end == index)
        if head:
            heads.append(head)
        index = head.end if head else index + 1
    return heads


def _head_at(page: Page, index: int, *, below_head: bool) -> Head | None:
    if page.lines[index].kind in HEAD_MATERIAL or _frames_a_title(page, index):
        return _head_below_material(page, index)
    if not _may_be_title(page, index):
        return None
    last = _last_copy(page, index)
    if last is not None:
        return _head(page, index, index, last)
    if below_head or not page.is_break(index):  # below a head it is rather the first paragraph of that article
        return None
    return _head(page, index, index, index) if _leads_to_material(page, index) else None


def _head_below_material(page: Page, start: int) -> Head | None:
    """Rule 3; without a break before, the title must stand between two copies of one caption below furniture."""
    title = start
    end = min(start + HEAD_WINDOW, len(page.lines) - 1)
    while title < end and _is_material(page, title) and (title == start or not page.is_break(title)):
        title += 1
    if page.is_break(title) or not _may_be_title(page, title):
        return None
    block = page.lines[start:title]
    marked = any(line.kind in PAGE_MARKS for line in block)
    last = _last_copy(page, title)
    if not page.is_break(start):
        captions = {line.key for line in block if line.kind is Kind.CAPTION}
        below = {line.key for line in page.lines[title + 1 : title + 4]}
        return _head(page, start, title, title if last is None else last) if marked and captions & below else None
    if last is None and not (marked and page.lines[title].kind is Kind.HEADING):
        return None
    return _head(page, start, title, title if last is None else last)


def _frames_a_title(page: Page, index: int) -> bool:
    """Whether a line stands twice in a row, and twice again below a title and subtitle that stand once: a caption."""
    if not page.repeats_next(index):
        return False
    key = page.lines[index].key
    inside: list[int] = []
    for other in range(index + 2, min(index + HEAD_WINDOW, len(page.lines))):
        if page.lines[other].key == key:
            headings = all(page.lines[place].kind is Kind.HEADING for place in inside)
            return page.repeats_next(other) and headings and 1 <= len(inside) <= _LOOSE_LIMIT
        if not _is_material(page, other):
            inside.append(other)
    return False


def _may_be_title(page: Page, index: int) -> bool:
    line = page.lines[index]
    return (
        line.kind in (Kind.HEADING, Kind.TEXT)
        and len(line.text) <= _TITLE_LENGTH
        and len(line.key) >= _SHORTEST_TITLE_KEY
        and " " in line.text
        and not _is_among_tags(page, index)
    )


def _is_among_tags(page: Page, index: int) -> bool:
    """Whether a line is «مواضيع» or one of the subjects below it, which neighbouring articles may share."""
    for above in range(index, max(-1, index - HEAD_WINDOW), -1):
        line = page.lines[above]
        if is_tags_label(line.key):
            return True
        if not is_tags(line.text) or page.is_break(above):
            return False
    return False


def _last_copy(page: Page, title: int) -> int | None:
    """The last copy of a title (rule 1), or None. Below body text and a break it would be the next article's."""
    key = page.lines[title].key
    last, loose, index = title, 0, title + 1
    in_body = False
    while index < len(page.lines) and index - last <= HEAD_WINDOW and not (in_body and page.is_break(index)):
        if page.lines[index].key == key:
            last = index
        elif not _is_material(page, index) and not _recurs(page, index, title):
            loose += 1
            in_body = in_body or last > title or page.lines[index].kind is Kind.TEXT
            if loose > _LOOSE_LIMIT or len(page.lines[index].text) > _LOOSE_LENGTH:
                break
        index += 1
    if last == title:
        return None
    between = [position for position in range(title + 1, last) if page.lines[position].key != key]
    if any(_is_material(page, position) or _recurs(page, position, title) for position in between):
        return last
    return last if _stands_alone_as_title(page, title, last) else None


def _stands_alone_as_title(page: Page, title: int, last: int) -> bool:
    """Whether copies with nothing of a page between them are a title, not a caption set twice or a refrain."""
    lines = page.lines
    if title > 0 and is_related_label(lines[title - 1].text):
        return False
    if page.is_break(title):
        return lines[title].kind is Kind.HEADING
    if any(line.key == lines[title].key for line in lines[:title]):
        return False
    set_apart = last == title + 1 and lines[last].gap > 0 and any(line.gap == 0 for line in lines[1:])
    apart = set_apart or _stands_as_the_first(page, title, last)
    return lines[title].kind is Kind.HEADING and (apart or _stands_above_marks(page, last + 1))


def _stands_as_the_first(page: Page, title: int, last: int) -> bool:
    """Whether the page itself begins with a title in as many copies, and a caption or other head material follows here.

    Without that it may be a caption without a credit, set twice between paragraphs.
    """
    first, *others = page.lines
    copies = sum(1 for _ in takewhile(lambda line: line.key == first.key, others))
    return (
        first.kind is Kind.HEADING
        and last - title == copies
        and page.lines[last].gap == others[0].gap
        and any(line.kind in HEAD_MATERIAL for line in page.lines[last + 1 : last + 2])
    )


def _stands_above_marks(page: Page, start: int) -> bool:
    """Whether furniture, a date or a byline follows, below a subtitle and captions at most, then text."""
    marked = False
    for index in range(start, min(start + HEAD_WINDOW, len(page.lines))):
        if page.is_break(index):
            return False
        if not _is_material(page, index):
            another_title = _recurs(page, index, index)
            subtitle = index == start and page.lines[index].kind is Kind.HEADING
            if another_title or not subtitle:
                return marked and not another_title
        marked = marked or page.lines[index].kind in PAGE_MARKS
    return False


def _leads_to_material(page: Page, title: int) -> bool:
    """Whether head material follows a heading, below two other short lines at most (rule 2).

    Furniture counts if more follows: share buttons stand below the last paragraph of an article too.
    """
    furniture, loose = False, 0
    for index in range(title + 1, len(page.lines)):
        if page.is_break(index) or loose > _LOOSE_LIMIT:
            return False
        if page.lines[index].kind is Kind.FURNITURE:
            furniture = True
        elif furniture or _is_material(page, index):
            return True
        elif page.lines[index].kind is not Kind.HEADING or _last_copy(page, index) is not None:
            return False
        else:
            loose += 1
    return False


def _head(page: Page, start: int, title: int, last: int) -> Head:
    """The head with what follows the last copy: more material, lines seen above, one subtitle above material."""
    seen = {line.key for line in page.lines[start : last + 1]}
    end = last + 1
    if _is_subtitle(page, end, title=title, last=last):
        end += 1
    while end < len(page.lines) and not page.is_break(end):
        if not (_is_material(page, end) or page.lines[end].key in seen):
            break
        end += 1
    return Head(start=start, title=title, last=last, end=end)


def _is_subtitle(page: Page, index: int, *, title: int, last: int) -> bool:
    """Whether a heading below the last copy of the title belongs to it.

    Below a title with nothing between its copies, or one copy only, head material follows (or the text). Below others
    a line from between the copies follows, for a new caption may stand below a short first paragraph.
    """
    following = index + 1
    if following >= len(page.lines) or page.is_break(index) or page.is_break(following):
        return False
    line = page.lines[index]
    if line.kind is not Kind.HEADING or ends_sentence(line.text) or _is_material(page, index):
        return False
    if last > title + 1:
        return page.lines[following].key in {line.key for line in page.lines[title + 1 : last]} - {""}
    if last > title and page.lines[following].kind is Kind.TEXT:
        return True
    return _is_material(page, following) and _leads_to_material(page, index)


def _is_material(page: Page, index: int) -> bool:
    """Whether a line belongs to heads by its kind, or as a short line set twice: a caption without a credit."""
    line = page.lines[index]
    return line.kind in HEAD_MATERIAL or (page.is_doubled(index) and line.kind in (Kind.HEADING, Kind.TEXT))


def _recurs(page: Page, index: int, title: int) -> bool:
    """Whether a line comes again in the same head."""
    key = page.lines[index].key
    around = range(title, min(index + HEAD_WINDOW, len(page.lines)))
    return any(page.lines[other].key == key for other in around if other != index)
