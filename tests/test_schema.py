"""Files of earlier versions are brought up to date whole or not at all; those of later ones are left alone."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from retrieval.catalogue import Catalogue
from retrieval.catalogue_rows import article_hash
from retrieval.catalogue_schema import STEPS
from retrieval.chunking import chunk
from retrieval.errors import StoreOutdated, StoreTooNew
from retrieval.schema import migrate, version_of
from retrieval.types import Article, Source

ARTICLE = Article(Source("a", "عنوان", outlet="وكالة", origin="/خبر.txt"), "وقع الزلزال فجر الاثنين.")


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def first_version(path: Path) -> Path:
    """A catalogue as it was before versions were counted, with one article."""
    connection = opened(path)
    for statement in STEPS[0]:
        connection.execute(statement)
    connection.execute(
        "INSERT INTO articles VALUES (?, ?, NULL, ?, NULL, ?, ?, NULL, '[]', ?, 1)",
        ("a", "عنوان", "وكالة", "/خبر.txt", ARTICLE.body, article_hash(ARTICLE)),
    )
    for passage in chunk(ARTICLE):
        row = (passage.id, "a", passage.ordinal, passage.start, passage.end)
        connection.execute("INSERT INTO passages (id, article_id, ordinal, start, stop) VALUES (?, ?, ?, ?, ?)", row)
    connection.close()
    return path


def columns(path: Path) -> set[str]:
    return {row[1] for row in opened(path).execute("PRAGMA table_info(articles)")}


def test_a_catalogue_of_the_first_version_is_read_and_written_on(tmp_path: Path) -> None:
    catalogue = Catalogue(first_version(tmp_path / "articles.db"))
    assert catalogue.article("a") == ARTICLE
    assert catalogue.known()["a"].hash == article_hash(ARTICLE)
    assert [passage.text for passage in catalogue.passages(catalogue.passage_keys()).values()] == [ARTICLE.body]
    catalogue.put([(ARTICLE, chunk(ARTICLE))])
    catalogue.mark_ready(["a"])
    assert catalogue.article("a") == ARTICLE
    catalogue.close()
    assert version_of(opened(tmp_path / "articles.db")) == len(STEPS)


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    connection = opened(tmp_path / "x.db")
    begun = ("CREATE TABLE one (a TEXT)",)
    migrate(connection, [begun], tmp_path / "x.db")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, [begun, ("CREATE TABLE two (a TEXT)", "CREATE NONSENSE")], tmp_path / "x.db")
    assert version_of(connection) == 1
    assert [row[0] for row in connection.execute("SELECT name FROM sqlite_master")] == ["one"]
    migrate(connection, [begun, ("CREATE TABLE two (a TEXT)",)], tmp_path / "x.db")
    assert version_of(connection) == 2


def test_many_that_open_an_old_file_at_once_bring_it_up_to_date_once(tmp_path: Path) -> None:
    path = first_version(tmp_path / "articles.db")
    opened(path).execute("PRAGMA journal_mode = WAL")
    faults: list[Exception] = []

    def bring() -> None:
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        try:
            migrate(connection, STEPS, path)
        except Exception as error:  # noqa: BLE001
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert {"author", "copy_of"} <= columns(path)


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = first_version(tmp_path / "articles.db")
    opened(path).execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    with pytest.raises(StoreTooNew):
        Catalogue(path)
    assert "author" not in columns(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_an_old_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    path = first_version(tmp_path / "articles.db")
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreOutdated):
            Catalogue(path)
    finally:
        tmp_path.chmod(0o700)
