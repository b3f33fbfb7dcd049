"""The dates of exported records, as programs write them: 05/03/2024, 5/3/24 14:00, 45356, 1709596800, «15 رمضان 1445».

Whether 05/03 is in March or in May follows from the other records of the file. Where none tells, the day is taken to come
first, as Arabic papers write, and the date counts as inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice

from retrieval.arabic import normalize
from retrieval.errors import RecordBroken
from retrieval.sources.article import Draft
from retrieval.sources.dates import parse_date
from retrieval.times import mentions

SAMPLE = 1_000
"""Records from which the order of day and month is learned."""
_NUMERIC = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = re.compile(r"(\d{9,10})(?:\d{3})?(?:\.\d+)?")
_RUN_TOGETHER = re.compile(r"((?:19|20)\d{6})\d{4,6}")
_FIRST_SERIAL = date(1899, 12, 30)
"""Day 0 of spreadsheets since Lotus 1-2-3, which took 1900 for a leap year."""
_SERIALS = range(20_000, 60_000)
"""1954 to 2064; other numbers of five digits are no days of news."""
_HIJRI_YEARS = range(1300, 1501)


@dataclass(frozen=True, slots=True)
class Undated:
    """A record's draft and its dates as they are written; empty for none."""

    draft: Draft
    published: str
    modified: str


def with_dates(records: Iterable[tuple[int, Undated | RecordBroken]]) -> Iterator[tuple[int, Draft | RecordBroken]]:
    """The drafts of a file with their days, in order; the first `SAMPLE` are held back until the order is known."""
    coming = iter(records)
    first = list(islice(coming, SAMPLE))
    written = [one for _, record in first if isinstance(record, Undated) for one in (record.published, record.modified)]
    month_first = _is_month_first(written)
    for line, record in chain(first, coming):
        yield line, record if isinstance(record, RecordBroken) else dated(record, month_first)


def dated(record: Undated, month_first: bool | None = None) -> Draft:
    """The draft with its days, given whether the month is known to stand before the day in its file, or behind it."""
    published, modified = (_day(text, month_first) for text in (record.published, record.modified))
    guessed = published is not None and month_first is None and _may_be_either(record.published)
    return replace(
        record.draft,
        published=published,
        modified=modified if modified and (published is None or modified >= published) else None,
        dated_by=(record.published.strip(),) if guessed else (),
    )


def _is_month_first(written: Sequence[str]) -> bool | None:
    """Whether the month stands before the day; None where no date tells, or one each way."""
    pairs = [(int(found[1]), int(found[3])) for text in written if (found := _NUMERIC.match(normalize(text)))]
    day_first, month_first = any(one > 12 for one, _ in pairs), any(other > 12 for _, other in pairs)
    return None if day_first == month_first else month_first


def _may_be_either(text: str) -> bool:
    found = _NUMERIC.match(normalize(text))
    return found is not None and found[1] != found[3] and int(found[1]) <= 12 and int(found[3]) <= 12


def _day(text: str, month_first: bool | None) -> date | None:
    plain = normalize(text).strip()
    if not plain:
        return None
    if found := _NUMERIC.match(plain):
        return _numeric(int(found[1]), int(found[3]), int(found[4]), month_first)
    if _SERIAL.fullmatch(plain):
        days = int(float(plain))
        return _FIRST_SERIAL + timedelta(days=days) if days in _SERIALS else None
    if found := _EPOCH.fullmatch(plain):
        return datetime.fromtimestamp(int(found[1]), UTC).date()
    if found := _RUN_TOGETHER.fullmatch(plain):
        plain = found[1]
    return parse_date(plain) or next((told.first for told in mentions(text, None) if told.kind == "day"), None)


def _numeric(one: int, other: int, year: int, month_first: bool | None) -> date | None:
    if year in _HIJRI_YEARS:
        return next((told.first for told in mentions(f"{one}/{other}/{year}", None)), None)
    if year < 100:
        year += 2000 if year <= date.today().year % 100 + 1 else 1900
    day, month = (other, one) if (month_first or other > 12) and one <= 12 else (one, other)
    try:
        return date(year, month, day)
    except ValueError:
        return None
