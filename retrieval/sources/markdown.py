"""Markdown to a Draft: the text without its marks; images become captions, front matter the record of the source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from retrieval.arabic import clean, words
from retrieval.sources.article import Draft, line_key
from retrieval.sources.credits import is_caption
from retrieval.sources.field_names import columns_of
from retrieval.sources.furniture import is_related
from retrieval.sources.headings import is_heading
from retrieval.sources.record_dates import Undated, dated

_FRONT_MATTER = re.compile(
    r"\A\s*(?P<fence>---|\+\+\+)[ \t]*\n(?P<fields>(?:.*\n)*?)(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)"
)
_FIELD = re.compile(r"(?P<name>[^\W\d][\w ]*?)\s*[:=]\s*(?P<value>.*)")
_ITEM = re.compile(r"\s*-\s+(?P<value>.+)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r"\s*(```+|~~~+)")
_HEADING = re.compile(r"\s{0,3}(?P<level>#{1,6})(?:\s+(?P<text>.*?))?(?:\s+#+)?\s*")
_UNDERLINE = re.compile(r"\s{0,3}(?P<mark>=+|-{2,})\s*")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
_BULLET = re.compile(r"^\s*(?:[-*+]|[0-9٠-٩]{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_REFERENCE = re.compile(r"\s{0,3}\[[^\]]+\]:\s+\S+.*")

# Bounds of 2,000 characters keep the search for a closing mark from growing with the square of a paragraph.
_ADDRESS = r"\((?:[^()\s]|\([^()\s]*\))*(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
_IMAGE = re.compile(rf"!\[(?P<alt>[^\]]{{0,2000}})\](?:{_ADDRESS}|\[[^\]]*\])")
_LINK = re.compile(rf"\[(?P<text>[^\[\]]+)\](?:{_ADDRESS}|\[[^\]]*\])")
_EMPTY_LINK = re.compile(rf"\[\s*\]{_ADDRESS}")
_AUTOMATIC_LINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_CODE = re.compile(r"(`+)(?P<text>.{1,2000}?)\1")
_EMPHASIS = (
    re.compile(r"(\*{1,3})(?=\S)(?P<text>.{1,2000}?)(?<=\S)\1"),
    re.compile(r"(?<!\w)(_{1,3})(?=\S)(?P<text>.{1,2000}?)(?<=\S)\1(?!\w)"),
    re.compile(r"(~~)(?=\S)(?P<text>.{1,2000}?)(?<=\S)\1"),
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PROTECTED = {mark: 0xE000 + mark for mark in range(0x21, 0x7F) if not chr(mark).isalnum()}
"""Punctuation that is text and no mark, moved out of the patterns' reach and back again."""
_RESTORED = {moved: mark for mark, moved in _PROTECTED.items()}
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_markdown(text: str) -> Draft:
    """The one article of a file. Title: the front matter's, else the first `#` heading, else the first line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT_MATTER.match(text)
    fields = _fields(front["fields"]) if front else {}
    blocks = _Blocks()
    blocks.read(_COMMENT.sub("", text[front.end() :] if front else text))
    paragraphs = list(blocks.paragraphs)
    heading = blocks.title
    title = fields.get("title", "")
    if heading is not None and (not title or line_key(paragraphs[heading]) == line_key(title)):
        title = title or paragraphs[heading]
        del paragraphs[heading]
    elif not title and len(paragraphs) > 1 and is_heading(paragraphs[0]):
        title = paragraphs.pop(0)
    draft = Draft(
        title=title,
        paragraphs=tuple(line for line in paragraphs if not is_caption(line) and not is_related(line)),
        captions=(*blocks.captions, *(line for line in paragraphs if is_caption(line))),
        id=fields.get("id", ""),
        subtitle=fields.get("subtitle", ""),
        url=fields.get("url"),
        outlet=fields.get("outlet"),
        author=fields.get("author") or None,
    )
    return dated(Undated(draft, fields.get("published", ""), fields.get("modified", "")))


def _fields(lines: str) -> dict[str, str]:
    """What front matter says, by field: `name: value`, or `name = value` of TOML, lists joined; other lines pass."""
    said: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines.split("\n"):
        if match := _FIELD.fullmatch(clean(line)):
            value = match["value"].strip()
            inside = value[1:-1].split(",") if value[:1] == "[" and value[-1:] == "]" else [value]
            current = said.setdefault(match["name"], [])
            current += [unquoted for part in inside if (unquoted := part.strip().strip("\"'"))]
        elif item := _ITEM.fullmatch(line):
            current.append(item["value"].strip().strip("\"'"))
    values = ["، ".join(some) for some in said.values()]
    return {field: values[place] for field, place in columns_of(list(said)).items()}


@dataclass
class _Blocks:
    """The blocks of a Markdown text as plain paragraphs; `title` is the place of the first heading of level one."""

    paragraphs: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    title: int | None = None
    _open: list[str] = field(default_factory=list)
    _fence: str = ""

    def read(self, text: str) -> None:
        for line in text.split("\n"):
            if self._fence:
                self._read_code(line)
            else:
                self._read_line(_QUOTE.sub("", line, count=1))
        self._close()

    def _read_code(self, line: str) -> None:
        if line.strip().startswith(self._fence) and not line.strip().strip(self._fence[0]):
            self._fence = ""
            self._close(code=True)
        else:
            self._open.append(line)

    def _read_line(self, line: str) -> None:
        fence = _FENCE.match(line)
        heading = _HEADING.fullmatch(line)
        underline = _UNDERLINE.fullmatch(line)
        if fence:
            self._close()
            self._fence = fence[1]
        elif heading:
            self._close()
            self._add_heading(heading["text"] or "", level=len(heading["level"]))
        elif underline and self._open:
            text = " ".join(self._open)
            self._open.clear()
            self._add_heading(text, level=1 if underline["mark"][0] == "=" else 2)
        elif not line.strip() or _RULE.fullmatch(line) or _TABLE_RULE.fullmatch(line) or _REFERENCE.fullmatch(line):
            self._close()
        elif _BULLET.match(line) or line.lstrip().startswith("|"):
            self._close()
            self._open.append(_BULLET.sub("", line, count=1).strip().strip("|"))
            if line.lstrip().startswith("|"):
                self._close()
        else:
            self._open.append(line)

    def _add_heading(self, text: str, *, level: int) -> None:
        place = len(self.paragraphs)
        self._add(self._without_marks(text))
        if level == 1 and self.title is None and len(self.paragraphs) > place:
            self.title = place

    def _close(self, *, code: bool = False) -> None:
        lines, self._open = self._open, []
        if code:
            self._add("\n".join(lines))
        elif lines:
            joined = " ".join(line.rstrip("\\") for line in lines)
            for part in _BREAK.split(self._without_marks(joined)):
                self._add(part)

    def _add(self, text: str) -> None:
        if words(text):
            self.paragraphs.append(clean(text).strip())

    def _without_marks(self, text: str) -> str:
        text = _ESCAPE.sub(lambda match: match[1].translate(_PROTECTED), text)
        text = _CODE.sub(lambda match: match["text"].strip().translate(_PROTECTED), text)
        self.captions.extend(clean(match["alt"].translate(_RESTORED)) for match in _IMAGE.finditer(text))
        text = _EMPTY_LINK.sub("", _IMAGE.sub("", text))
        text = _AUTOMATIC_LINK.sub(r"\1", _LINK.sub(r"\g<text>", text))
        for pattern in _EMPHASIS:
            text = pattern.sub(r"\g<text>", pattern.sub(r"\g<text>", text))
        return text.translate(_RESTORED)
