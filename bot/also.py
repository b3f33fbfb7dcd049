"""What is told of a cited article beside its title: who else published it, and which other versions of it there are."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages import Messages
from retrieval.arabic import clean_line
from retrieval.types import Source, Version

NAMED = 3
"""Other outlets named; more of them are counted."""


def source_notes(source: Source, messages: Messages) -> list[str]:
    """The other outlets that published the report, and whether a later version of it came out; a line each."""
    notes = []
    names = _names(source)
    if names:
        separator = "، " if messages.language == "ar" else ", "
        named, more = separator.join(names[:NAMED]), len(names) - NAMED
        key = "answer.also.more" if more > 0 else "answer.also"
        notes.append(messages(key, names=named, more=more))
    if source.dated_by:
        notes.append(messages("answer.dated_by", words=" · ".join(source.dated_by)))
    if source.superseded_by:
        notes.append(messages("answer.superseded"))
    return notes


def version_notes(versions: Sequence[Version], messages: Messages) -> list[str]:
    """One line that names the earlier texts of an article by their days; none without any."""
    if not versions:
        return []
    separator = "، " if messages.language == "ar" else ", "
    days = [
        day.isoformat() if (day := version.modified or version.published) else messages("article.version.undated")
        for version in versions
    ]
    return [messages("article.versions" if len(days) > 1 else "article.version", days=separator.join(days))]


def _names(source: Source) -> list[str]:
    """The outlets of the copies, each once; where one has none, or is the outlet cited, the title of its article."""
    names: dict[str, None] = {}
    for copy in source.copies:
        name = copy.outlet if copy.outlet and copy.outlet != source.outlet else copy.title
        names[clean_line(name or copy.article_id)] = None
    return list(names)
