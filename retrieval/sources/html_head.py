"""Title, outlet, author and days of an article, from the page's record and from what stands about the headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from retrieval.arabic import clean_line, normalize, words
from retrieval.sources.article import line_key, line_keys
from retrieval.sources.credits import AGENCIES
from retrieval.sources.dates import find_date, is_bare_date, is_publication_line, parse_date
from retrieval.sources.headings import SPEECH, ends_sentence
from retrieval.sources.html_blocks import Block
from retrieval.sources.html_furniture import is_page_line, is_stamp
from retrieval.sources.html_record import Record

_HEADINGS = ("h1", "h2", "h3", "h4")
_TITLE_LENGTH = 250
_BORDER = re.compile(r"\s+[|\-–—•·»:/]+\s+|\s*(?:::|\|)\s*")
_PART_BORDER = re.compile(r"\s*[|·•—–،,/]\s*|\s+-\s+|\s{2,}")
_DAY_BORDER = re.compile(r"\s*[|•·—–]\s*|\s+-\s+")
_OUTLET_WORDS = 7
_SIGNED = frozenset(
    " ".join(words(label))
    for label in """
كتب|كتبت|كتبه|كتبته|كتبها|بقلم|إعداد|أعده|أعدته|أعدها|تقرير|تحرير|ترجمة|حوار|حاوره|حاورها|حاورته|حاورتها|أجرى الحوار
أجرت الحوار|تصوير ونص|نص وتصوير|مراسلنا|الكاتب|الكاتبة|المؤلف|المؤلفة|الصحفي|الصحفية|بواسطة|مرسلة بواسطة|نشر بواسطة
نشرت بواسطة|كتب بواسطة|كتبت بواسطة|أضيف بواسطة|نشره|by|author|written by|posted by|published by
""".replace("\n", "|").split("|")
    if label
)
_SIGNED_BARE = _SIGNED & frozenset(
    " ".join(words(label))
    for label in [
        "بقلم",
        "بواسطة",
        "مرسلة بواسطة",
        "نشر بواسطة",
        "نشرت بواسطة",
        "كتب بواسطة",
        "by",
        "written by",
        "posted by",
    ]
)
"""Those that need no colon, for they begin no sentence."""
_CHANGED = re.compile(r"(?:اخر|تاريخ)? ?(?:ال)?(?:تحديث|تعديل)|(?:last )?(?:updated|modified)")
_OF_SITE = re.compile(r"\bل?ل?(?:ال)?(?:موقع|صفحه|نسخه|تطبيق)\b|\bsite\b")
_BAR_MARKS = frozenset({"top", "topbar", "bar", "today", "current", "clock", "now", "weather", "masthead"})
_ENDS_ARTICLE = re.compile(r"تعليق|حقوق|©|copyright|comment|اقرا ايضا|مواضيع|اخبار ذات|الاكثر")
"""Words of lines behind which nothing is of the article any more."""
_PAGE_DEPTH = 2
"""Elements that hold all of a page: html and body."""
_NOT_FIRST_NAMES = frozenset(
    words("""
أخبار خبر اقتصاد سياسة رياضة ثقافة فنون منوعات محليات عربي عربية دولي دولية عالم عالمي عالمية شؤون صحة تقنية علوم مجتمع رأي مقال
مقالات تقارير تقرير حوار حوارات تحقيق تحقيقات ملفات فيديو صور بودكاست خاص عاجل مباشر وكالة وكالات صحيفة جريدة مجلة موقع قناة
شبكة مدونة فريق هيئة قسم إدارة مكتب مراسل غرفة كتب كتبت نشر نشرت تحديث آخر وقت قراءة دقيقة دقائق منذ قبل عدد رقم رمز
news world sport business opinion culture
""")
)
_TITLES_OF_PERSONS = line_keys("د|أ|م|الدكتور|الدكتورة|المهندس|الأستاذ|الأستاذة|أ.د")
_NAME = re.compile(r"[^\W\d_][^\d:؛;!?؟«»\"“”()\[\]<>@#&*+=…]*")
_NAME_WORDS = 6


def title_of_page(record: Record, blocks: Sequence[Block]) -> tuple[str, int]:
    """The headline as the page shows it, and the place of its last copy before the text; -1 if it is not shown."""
    told = [line_key(each) for each in (record.headline, record.social_title, record.title) if each]
    shown = [(index, block) for index, block in enumerate(blocks) if not block.aside and _may_be_title(block)]
    matching = [
        (index, block)
        for index, block in shown
        if (block.words > 2 and any(block.key in each for each in told))
        or (block.tag == "h1" and any(each.startswith(block.key) for each in told))
    ]
    names = {line_key(each) for each in (record.outlet, record.brand, _BORDER.split(record.title)[-1])}
    matching = [each for each in matching if each[1].key not in names] or matching
    ranked = sorted(matching, key=lambda each: (each[1].tag != "h1", -len(each[1].text)))
    first = [each for each in shown if each[1].tag == "h1" and each[1].words > 2]
    if ranked:
        return ranked[0][1].text, _last_copy(blocks, ranked[0][1].text)
    if record.headline:
        return record.headline, first[0][0] if len(first) == 1 else -1
    if len(first) == 1:
        return first[0][1].text, first[0][0]
    if told:
        return _without_outlet(record.social_title or record.title, record), -1
    heads = [each for each in shown if each[1].tag in _HEADINGS and not is_stamp(each[1].text)]
    return (heads[0][1].text, heads[0][0]) if heads else ("", -1)


def _may_be_title(block: Block) -> bool:
    return 0 < len(block.text) <= _TITLE_LENGTH and block.tag != "figcaption"


def _last_copy(blocks: Sequence[Block], title: str) -> int:
    """The last of the copies that only short lines part from each other."""
    key, found = line_key(title), -1
    for index, block in enumerate(blocks):
        if block.key == key and not block.aside:
            found = index
        elif found >= 0 and ends_sentence(block.text) and len(block.text) > _TITLE_LENGTH:
            break
    return found


def _without_outlet(title: str, record: Record) -> str:
    parts = _BORDER.split(title)
    outlet = line_key(record.outlet or record.brand)
    if len(parts) > 1 and (line_key(parts[-1]) == outlet or len(words(parts[-1])) < len(words(title)) // 3):
        return title[: title.rindex(parts[-1])].rstrip(" |-–—•·»:/")
    return title


def outlet_of_page(record: Record, title: str) -> str | None:
    """The paper: as the record names it, else as the page's title ends or begins, else as its front page is called."""
    if record.outlet:
        return record.outlet
    known = line_key(title)
    around = record.title.replace(title, " | ", 1) if title in record.title else record.title
    split = [part.strip(" |-–—•·»:/") for part in _BORDER.split(around)]
    parts = [part for part in split if part and len(words(part)) <= _OUTLET_WORDS]
    others = [part for part in parts if line_key(part) and (around != record.title or line_key(part) not in known)]
    return (others[-1] if others else "") or record.brand or None


@dataclass(frozen=True, slots=True)
class Days:
    """The days of publication and of the last change; `reasons` are the words of a stamp that only stands near the article."""

    published: date | None = None
    modified: date | None = None
    reasons: tuple[str, ...] = ()


def days_of_page(record: Record, head: Sequence[Block], around: Sequence[Block]) -> Days:
    """As recorded, else as shown in the head of the article, else as a stamp `around` it says, which is no more than likely."""
    published, modified = record.published, record.modified
    reasons: tuple[str, ...] = ()
    for block in [*head, *around]:
        near, said = block in around, block.text
        day = next((day for each in block.days if (day := parse_date(each))), None)
        for part in _DAY_BORDER.split(block.text) if block.words <= 30 else ():
            written = find_date(part) if len(words(part)) <= 14 else None
            if written and _CHANGED.match(plain := normalize(part).strip()):
                modified = modified or (None if _OF_SITE.search(plain) else written)
                day = None if near else day
            elif written and (not near or is_stamp(part) or is_publication_line(part)):
                day, said, near = day or written, part, near and not is_publication_line(part)
        if day and not published:
            published, reasons = day, (said or day.isoformat(),) if near else ()
    published = published or (find_date(record.canonical) if record.canonical else None)
    return Days(published, None if modified and published and modified < published else modified, reasons)


def above_title(blocks: Sequence[Block], title_index: int) -> list[Block]:
    """The blocks just above the headline in its own element, where many pages put the day; not the page's own bar."""
    title = blocks[title_index] if title_index >= 0 else None
    return [
        block
        for block in blocks[max(0, title_index - 3) : max(0, title_index)]
        if title and not block.aside and not block.marks & _BAR_MARKS and _stands_beside(block, title)
    ]


def below_text(after: Sequence[Block]) -> list[Block]:
    """Of the blocks behind the text those before anything else begins: links, headings, comments, the footer."""
    return list(
        takewhile(
            lambda block: (
                not (
                    block.aside
                    or block.linked > 0.5
                    or block.tag in _HEADINGS
                    or _ENDS_ARTICLE.search(normalize(block.text))
                )
            ),
            after,
        )
    )


def _stands_beside(block: Block, title: Block) -> bool:
    """Whether a block lies in the element that holds the headline, or in the one around that, but for the page itself."""
    common = sum(takewhile(bool, (one == other for one, other in zip(block.path, title.path, strict=False))))
    return common >= min(len(title.path) - 1, max(len(title.path) - 2, _PAGE_DEPTH + 1))


def author_of_page(record: Record, head: Sequence[Block], after: Sequence[Block], outlet: str | None) -> str | None:
    """The author: as recorded, else by a label («بقلم»), else the name that stands beside the day."""
    if record.author and line_key(record.author) != line_key(outlet or ""):
        return record.author
    named = [_name_of_line([line], outlet, certain=True) for line in record.bylines]
    labelled = [_name_of_line(block.parts, outlet, certain=False) for block in [*head, *after]]
    dated = [
        _name_of_line(block.parts, outlet, certain=True)
        for block in head
        if block.days or any(is_stamp(part) or find_date(part) or is_bare_date(part) for part in _pieces(block.parts))
    ]
    return next((name for name in [*named, *labelled, *dated] if name), None)


def _pieces(parts: Sequence[str]) -> list[str]:
    return [piece for part in parts for piece in _PART_BORDER.split(clean_line(part)) if piece]


def _name_of_line(parts: Sequence[str], outlet: str | None, *, certain: bool) -> str | None:
    """The name in a line: after a label, or where `certain` the first piece that may be one."""
    if len(words(" ".join(parts))) > 30:
        return None
    signed = False
    for piece in _pieces(parts):
        labelled, name = _without_label(piece.strip(" -–—|•·:/"))
        if labelled and not name:
            signed = True
        elif (labelled or signed or certain) and _may_be_name(name, outlet, strict=not (labelled or signed)):
            return name
        else:
            signed = False
    return None


def _without_label(piece: str) -> tuple[bool, str]:
    """Whether a piece begins with a label («بقلم: …») or is one, and what is left of it."""
    before, colon, after = piece.partition(":")
    if " ".join(words(before)) in _SIGNED:
        return True, after.strip() if colon else ""
    found = piece.split()
    for size in (2, 1):
        if " ".join(words(" ".join(found[:size]))) in _SIGNED_BARE:
            return True, " ".join(found[size:])
    return False, piece


def _may_be_name(text: str, outlet: str | None, *, strict: bool) -> bool:
    found = words(text)
    key = line_key(text)
    if (
        not 1 < len(found) <= _NAME_WORDS
        or not _NAME.fullmatch(text)
        or key in AGENCIES
        or key == line_key(outlet or "")
    ):
        return False
    if is_stamp(text) or find_date(text) or not SPEECH.isdisjoint(found):
        return False
    first = found[1] if line_key(found[0]) in _TITLES_OF_PERSONS else found[0]
    if not strict:
        return True
    return not is_page_line(text) and first not in _NOT_FIRST_NAMES and not first.startswith("ال")
