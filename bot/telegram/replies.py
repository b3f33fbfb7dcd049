"""What the bot says about an answer: the answer itself, the passage behind a citation, and why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.also import source_notes, version_notes
from bot.messages import Messages
from bot.telegram.buttons import shortened
from bot.telegram.bylines import byline, titled_byline
from bot.telegram.rich_text import RichText, bold, italic, lines, link, paragraphs, plain, quote
from retrieval.arabic import clean
from retrieval.errors import ClaimsWithheld, DalilError, ModelUnsupported, UsageError
from retrieval.planted import is_planted
from retrieval.types import Answer, Citation, Source, Version

_MARK = re.compile(r"(\[\d+\])")

FOLDED_ROWS, LINE_LENGTH = 3, 35
"""What Telegram leaves of a folded quotation, and the characters in a row of it on a narrow phone."""
LONGEST_HEADING = 300
_OF_THE_ANSWER = (ModelUnsupported.code, ClaimsWithheld.code)
"""Notices that tell of the answer; others tell of Dalil's set-up."""


def answer_text(answer: Answer, messages: Messages) -> RichText:
    """The answer with its evidence, to be read without pressing a button: quotes as quotes, then where they are from."""
    groups = _by_article(answer.citations)
    if groups and answer.text == "\n".join(f"{citation.quote} [{citation.label}]" for citation in answer.citations):
        blocks = [_quotes(group, messages) for group in groups]
    else:
        blocks = [with_bold_marks(answer.text), lines(_evidence(group, messages) for group in groups)]
    if answer.nearest and not answer.citations:
        blocks.append(plain(messages("answer.nearest")))
    if answer.notice:
        blocks.append(italic(_notice(answer.notice, messages)))
    return paragraphs(blocks)


def with_bold_marks(text: str) -> RichText:
    """Text with its marks [1] [2] in bold; also of an answer still being written."""
    pieces = _MARK.split(clean(text).strip())
    return RichText("").join(bold(piece) if _MARK.fullmatch(piece) else plain(piece) for piece in pieces)


def source_text(citation: Citation, messages: Messages, versions: Sequence[Version] = ()) -> RichText:
    """The passage of a citation under the title of its article, the cited words in bold; earlier `versions` are named.

    It is folded where those words are seen all the same.
    """
    source = citation.passage.source
    title = bold(link(shortened(source.title, LONGEST_HEADING), source.url))
    before, words, after = _around(citation)
    rows_before = sum(len(line) // LINE_LENGTH + 1 for line in before.split("\n"))
    passage = quote(plain(before) + bold(words) + plain(after), expandable=rows_before < FOLDED_ROWS)
    notes = _notes(source, messages, version_notes(versions, messages))
    return lines([title, byline(source, messages), notes, passage, _planted([citation], messages)])


def error_text(error: DalilError, messages: Messages) -> RichText:
    """Why there is no answer: the reader's own slip, or that the bot failed.

    The steps that mend a fault of the bot are for the log of who runs it: a reader on a phone has no command line.
    """
    if (key := f"telegram.error.{error.code}") in messages:
        return plain(messages(key))
    return plain(messages.error(error) if isinstance(error, UsageError) else messages("telegram.failed"))


def _notice(error: DalilError, messages: Messages) -> str:
    """What a reader should know of an answer that is there all the same."""
    if error.code in _OF_THE_ANSWER:
        return messages.error(error)
    codes = [kind.code for kind in type(error).__mro__ if issubclass(kind, DalilError)]
    keys = [key for code in codes if (key := f"telegram.notice.{code}") in messages]
    return messages(keys[0]) if keys else messages.error(error)


def _quotes(group: Sequence[Citation], messages: Messages) -> RichText:
    """Quotes of one article, each a block, and below them where they are from."""
    quotes = [
        quote(plain(citation.quote) + plain(" ") + bold(f"[{citation.label}]"), expandable=False) for citation in group
    ]
    source = group[0].passage.source
    return lines(
        [*quotes, italic(titled_byline(source, messages)), _notes(source, messages), _planted(group, messages)]
    )


def _evidence(group: Sequence[Citation], messages: Messages) -> RichText:
    """The marks that one article bears out, and the article."""
    labels = plain(" ").join(bold(f"[{citation.label}]") for citation in group)
    source = group[0].passage.source
    article = italic(titled_byline(source, messages))
    return lines([labels + plain(" ") + article, _notes(source, messages), _planted(group, messages)])


def _by_article(citations: Iterable[Citation]) -> list[list[Citation]]:
    """The citations of each article, in the order in which the answer first turns to it."""
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.passage.source.article_id, []).append(citation)
    return list(groups.values())


def _planted(group: Iterable[Citation], messages: Messages) -> RichText:
    found = any(is_planted(citation.passage.text) for citation in group)
    return bold(messages("answer.planted")) if found else RichText("")


def _notes(source: Source, messages: Messages, more: Sequence[str] = ()) -> RichText:
    """Who else published it, and its other versions."""
    return lines(italic(note) for note in [*source_notes(source, messages), *more])


def _around(citation: Citation) -> tuple[str, str, str]:
    """The passage before the cited words, those words, and the passage after them."""
    text, words = clean(citation.passage.text), clean(citation.quote).strip()
    start = citation.start - citation.passage.start
    if start < 0 or text[start : start + len(words)] != words:  # the passage was not stored clean
        start = text.find(words)
    return (text[:start], words, text[start + len(words) :]) if start >= 0 else (text, "", "")
