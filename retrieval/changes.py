"""What an ingest has to write: the articles of the files that are new or differ from the stored ones, and those to let go of.

A file that is as it was when it was last read to its end is not read again: its digest tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import file_digest, sha256
from pathlib import Path

from retrieval.catalogue import Catalogue, Known
from retrieval.catalogue_rows import article_hash
from retrieval.sources import READING_VERSION, SourceFile, read_file, record_count, source_files
from retrieval.sources.discovery import is_feed_file
from retrieval.types import Article, Failure

Progress = Callable[[int, int], None]
"""Called with the number of records done and of all: files, lines of JSON Lines, articles when rebuilding."""


@dataclass(slots=True)
class Tally:
    """What was met so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    undated: int = 0
    """Of the new and changed articles."""
    failures: list[Failure] = field(default_factory=list)
    withdrawn: int = 0
    """Files and articles that were met and stay out."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """How many files of folders no reader knows, by kind."""
    seen: dict[str, Known] = field(default_factory=dict)
    """The articles met in this ingest, by id."""
    ended: dict[str, str | None] = field(default_factory=dict)
    """The origins that were read to their end without a fault, with their digests."""
    shared: set[str] = field(default_factory=set)
    """The origins of which not every article is stored under them: another file holds it too."""


class Changes:
    """Reads files and compares them with the catalogue. Iterate it to its end, writing what comes; then ask the rest."""

    def __init__(
        self,
        paths: Sequence[Path],
        catalogue: Catalogue,
        on_progress: Progress | None = None,
        *,
        fetched: Sequence[SourceFile] = (),
    ) -> None:
        """`fetched`: kept copies of pages, read beside the files and folders of `paths`."""
        self._paths = paths
        self._catalogue = catalogue
        self._on_progress = on_progress
        found = source_files(paths)
        self._withdrawn = catalogue.withdrawn.places()
        self._files = [file for file in [*found.files, *fetched] if (file.origin, "") not in self._withdrawn]
        self._origins = {file.origin for file in self._files}
        self._known = catalogue.known()
        self._unchanged: set[str] = set()
        self.tally = Tally(failures=found.failures, passed_over=found.passed_over)
        self.tally.withdrawn = len(found.files) + len(fetched) - len(self._files)

    def __iter__(self) -> Iterator[Article]:
        """The articles that are new or differ from the stored ones; counts all.

        An id belongs to the file it was first read from, for as long as that file holds it. Whether it still does may
        only be known at the end, so an article that another file brings under the same id waits until then.
        """
        contested: list[Article] = []
        for article in self._read():
            source = article.source
            stored, seen = self._known.get(source.article_id), self.tally.seen.get(source.article_id)
            if (stored and stored.origin != source.origin and stored.origin in self._origins) or seen:
                contested.append(article)
            else:
                yield from self._taken(article)
        for article in contested:
            yield from self._taken(article)

    def lost(self) -> list[str]:
        """The ids of articles that a file read without a fault no longer holds, and those of a file gone from a folder.

        A file that is there but was not read, or not to its end, keeps its articles; so does a feed, which names the
        newest articles only, and a folder in which there is nothing at all: a disk that is not mounted looks like that.
        """
        folders = [folder for folder in _folders(self._paths) if self._holds_any(folder)]

        def is_gone(origin: str) -> bool:
            named = any(Path(origin).is_relative_to(folder) for folder in folders)
            return named and origin not in self._origins and not _may_exist(origin)

        return [
            article_id
            for article_id, stored in self._known.items()
            if article_id not in self.tally.seen
            and (
                self._is_withdrawn(stored.origin, article_id)
                or (stored.origin in self.tally.ended and not is_feed_file(stored.origin))
                or is_gone(stored.origin)
            )
        ]

    def _is_withdrawn(self, origin: str, article_id: str) -> bool:
        return not self._withdrawn.isdisjoint([(origin, ""), (origin, article_id)])

    def _holds_any(self, folder: Path) -> bool:
        return any(Path(origin).is_relative_to(folder) for origin in self._origins if "://" not in origin)

    def read_whole(self) -> dict[str, str]:
        """The digests, not yet recorded, of the files that need not be read again while they stay as they are."""
        ended, wanting = self.tally.ended, self.tally.shared | self._unchanged
        return {origin: digest for origin, digest in ended.items() if digest and origin not in wanting}

    # -------------------------------------------------------------------------------------------------- reading

    def _read(self) -> Iterator[Article]:
        tell = self._on_progress or (lambda done, total: None)
        digests = self._skip_unchanged(tell)
        sizes = [record_count(file) if self._on_progress else 1 for file in self._files]
        before, total = 0, sum(sizes)
        for file, size in zip(self._files, sizes, strict=True):
            if file.origin in self.tally.ended:
                tell(before, total)
            else:
                yield from self._read_one(file, digests[file.origin], lambda n: tell(before + min(n, size), total))  # noqa: B023
            before += size
        tell(total, total)

    def _read_one(self, file: SourceFile, digest: str | None, tell: Callable[[int], None]) -> Iterator[Article]:
        failed = False
        for number, found in enumerate(read_file(file)):
            tell(number)
            if isinstance(found, Failure):
                self.tally.failures.append(found)
                failed = True
            else:
                yield found
        if not failed:
            self.tally.ended[file.origin] = digest

    def _skip_unchanged(self, tell: Progress) -> dict[str, str | None]:
        """Counts the articles of files that are as they were; the digest of every file that could be read."""
        known_files, by_origin = self._catalogue.files(), self._articles_by_origin()
        digests = {file.origin: _digest(file) for file in self._files}
        for origin, digest in digests.items():
            ids = by_origin.get(origin, [])
            if digest and known_files.get(origin) == (digest, len(ids)):
                self._unchanged.add(origin)
                self.tally.ended[origin] = digest
                self.tally.seen |= {article_id: self._known[article_id] for article_id in ids}
                self.tally.unchanged += len(ids)
        return digests

    def _articles_by_origin(self) -> dict[str, list[str]]:
        by_origin: dict[str, list[str]] = {}
        for article_id, known in self._known.items():
            by_origin.setdefault(known.origin, []).append(article_id)
        return by_origin

    # -------------------------------------------------------------------------------------------------- comparing

    def _taken(self, article: Article) -> Iterator[Article]:
        """The article, if the catalogue lacks it. Of two files with one id, as two sites count theirs, the second gets its own."""
        tally, known = self.tally, self._known
        digest, article_id, origin = article_hash(article), article.source.article_id, article.source.origin
        seen, stored = tally.seen.get(article_id), known.get(article_id)
        if seen and seen.hash == digest:
            tally.shared.add(origin)
            return  # a copy
        own_id = f"{article_id}-{sha256(origin.encode()).hexdigest()[:6]}"
        differs = stored and stored.origin != origin and stored.hash != digest
        if own_id in known or seen or (stored and differs and self._may_hold(stored.origin)):
            article = replace(article, source=replace(article.source, article_id=own_id))
            article_id, stored = own_id, known.get(own_id)
        if (origin, article_id) in self._withdrawn:
            tally.withdrawn += 1
            return
        tally.seen[article_id] = Known(digest, origin, ready=False)
        if stored and stored.hash == digest:
            tally.unchanged += 1
            if stored.origin != origin:
                self._catalogue.move(article_id, origin)
            return
        tally.added += stored is None
        tally.updated += stored is not None
        tally.undated += article.source.published is None
        yield article

    def _may_hold(self, origin: str) -> bool:
        """Whether a file may still hold an article that was not met in it (yet)."""
        return origin not in self.tally.ended if origin in self._origins else _may_exist(origin)


def _digest(file: SourceFile) -> str | None:
    """What the file holds and how this version reads it; None where it cannot be read, as reading will tell."""
    try:
        with file.path.open("rb") as content:
            return f"{READING_VERSION}:{file_digest(content, 'sha256').hexdigest()}"
    except OSError:
        return None


def _may_exist(origin: str) -> bool:
    """Whether a file is there, or cannot be seen; a page on the network cannot."""
    if "://" in origin:
        return True
    try:
        Path(origin).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _folders(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        with suppress(OSError, RuntimeError, ValueError):  # reported when its files were looked for
            if path.expanduser().is_dir():
                yield path.expanduser().resolve()
