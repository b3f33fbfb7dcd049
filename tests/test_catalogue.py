from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.catalogue import Catalogue
from retrieval.catalogue_rows import article_hash
from retrieval.errors import ArticleUnknown, DiskFull, StoreError, StoreReadOnly
from retrieval.types import Article, Passage, Source, Span

BODY = "عنوان فرعي\n\nقُتل ٤ أشخاص 😀 e\u0301 𝟛 في «سيونيك».\n\nصورة (أ.ب)"


def article(article_id: str = "a", body: str = BODY, origin: str = "/a.txt", title: str = "عنوان") -> Article:
    source = Source(article_id, title, "https://example.org/ا", "وكالة", date(2024, 2, 13), origin)
    return Article(source, body, Span(0, min(10, len(body))), (Span(max(0, len(body) - 10), len(body)),))


def passages(of: Article, *spans: tuple[int, int]) -> list[Passage]:
    return [
        Passage(f"{of.source.article_id}#{at}", of.source, at, of.body[start:end], start, end)
        for at, (start, end) in enumerate(spans or [(0, len(of.body))])
    ]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    catalogue = Catalogue(tmp_path / "data" / "articles.db")
    yield catalogue
    catalogue.close()


def stored(catalogue: Catalogue, *articles: Article) -> None:
    catalogue.put([(one, passages(one, (0, 5), (6, len(one.body)))) for one in articles])
    catalogue.mark_ready([one.source.article_id for one in articles])


def test_an_article_comes_back_as_it_went_in(catalogue: Catalogue) -> None:
    plain = Article(Source("b", "بلا شيء", origin="/b.txt"), "نص الخبر")
    stored(catalogue, article(), plain)
    assert catalogue.article("a") == article()
    assert catalogue.article("b") == plain
    assert list(catalogue.passages_by_id(["a#0", "a#1", "ghost#0"]).values()) == passages(
        article(), (0, 5), (6, len(BODY))
    )


@settings(deadline=None)
@given(
    st.text(st.one_of(st.sampled_from("ab😀𝟛\u0301ًةا\n "), st.characters(exclude_categories=["Cs", "Cc"]))), st.data()
)
def test_sqlite_counts_characters_as_python_does(body: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    catalogue = Catalogue(Path(":memory:"))
    one = Article(Source("a", "ت"), body)
    catalogue.put([(one, passages(one, (start, end)))])
    catalogue.mark_ready(["a"])
    assert catalogue.passages_by_id(["a#0"])["a#0"].text == body[start:end]
    catalogue.close()


def test_only_ready_articles_count(catalogue: Catalogue) -> None:
    catalogue.put([(article(), passages(article()))])
    assert (catalogue.article_count, catalogue.passage_count) == (0, 0)
    assert catalogue.sources() == catalogue.passage_ids() == catalogue.passage_keys() == []
    assert catalogue.passages_by_id(["a#0"]) == {}
    assert not catalogue.known()["a"].ready
    catalogue.mark_ready(["a"])
    assert (catalogue.article_count, catalogue.passage_count) == (1, 1)
    assert catalogue.known()["a"].ready


def test_putting_an_article_again_gives_new_keys_and_names_the_passages_gone(catalogue: Catalogue) -> None:
    stored(catalogue, article(), article("b"))
    before = catalogue.keys_by_id(["a#0", "b#0"])
    edited = article(body="نص جديد")
    assert catalogue.put([(edited, passages(edited))]) == ["a#1"]
    catalogue.mark_ready(["a"])
    after = catalogue.keys_by_id(["a#0", "b#0"])
    assert after["a#0"] > max(catalogue.passage_keys()[:-1]) >= max(before.values())
    assert after["b#0"] == before["b#0"]
    assert catalogue.passages(list(before.values())).keys() == {before["b#0"]}


def test_a_build_beside_the_live_one_is_seen_when_it_goes_live(catalogue: Catalogue) -> None:
    stored(catalogue, article())
    catalogue.put([(article("b"), passages(article("b")))])  # still waiting
    before = catalogue.passages(catalogue.passage_keys())
    other = passages(article(), (0, 3))
    keys = catalogue.stage(1, [*other, *passages(article("b"))])
    assert catalogue.passages(catalogue.passage_keys()) == before
    assert catalogue.passages(keys) == {}
    generation = catalogue.generation
    catalogue.go_live(1, {"embedder": "other"})
    assert catalogue.passage_keys() == keys
    assert catalogue.passages(keys[:1])[keys[0]] == other[0]
    assert (catalogue.build, catalogue.generation, catalogue.facts) == (1, generation + 1, {"embedder": "other"})
    catalogue.drop_other_builds()
    assert catalogue.passage_keys() == keys
    catalogue.stage(2, passages(article()))  # given up
    catalogue.drop_other_builds()
    assert catalogue.remove(["a", "b"]) == ["a#0", "b#0"]


def test_a_removed_article_is_gone_with_its_passages(catalogue: Catalogue) -> None:
    stored(catalogue, article(), article("b"))
    assert catalogue.remove(["a", "ghost"]) == ["a#0", "a#1"]
    assert catalogue.passage_ids() == ["b#0", "b#1"]
    with pytest.raises(ArticleUnknown):
        catalogue.article("a")


@pytest.mark.parametrize("article_id", ["", "ghost", "a#0", "\ud800", "' OR 1=1 --"])
def test_an_unknown_article_is_named(catalogue: Catalogue, article_id: str) -> None:
    stored(catalogue, article())
    with pytest.raises(ArticleUnknown) as caught:
        catalogue.article(article_id)
    assert caught.value.values == {"article_id": article_id}


def test_every_change_of_the_passages_advances_the_generation(catalogue: Catalogue) -> None:
    generations = [catalogue.generation]
    steps = [
        lambda: catalogue.put([(article(), passages(article()))]),
        lambda: catalogue.mark_ready(["a"]),
        lambda: catalogue.go_live(1, {}),
        lambda: catalogue.remove(["a"]),
    ]
    for step in steps:
        step()
        generations.append(catalogue.generation)
    assert generations == [0, 1, 2, 3, 4]
    catalogue.record({"embedder": "bundled"})
    assert catalogue.generation == 4
    assert catalogue.facts == {"embedder": "bundled"}


def test_sources_are_newest_first_and_undated_last(catalogue: Catalogue) -> None:
    dates = {"a": date(2024, 1, 2), "b": None, "c": date(2024, 12, 31), "d": date(2024, 1, 2)}
    stored(catalogue, *(Article(Source(i, "ت", published=day), "نص الخبر") for i, day in reversed(dates.items())))
    assert [source.article_id for source in catalogue.sources()] == ["c", "a", "d", "b"]


def test_more_keys_than_sqlite_takes_variables(catalogue: Catalogue) -> None:
    one = article(body="ا" * 2000)
    catalogue.put([(one, passages(one, *((at, at + 1) for at in range(2000))))])
    catalogue.mark_ready(["a"])
    assert len(catalogue.passages(catalogue.passage_keys() + list(range(10_000, 80_000)))) == 2000


def test_the_hash_tells_every_change_but_that_of_place() -> None:
    one = article()
    assert article_hash(one) == article_hash(article(article_id="b", origin="/elsewhere"))
    others = [article(body=BODY + "."), article(title="آخر"), Article(one.source, BODY, one.subtitle, ())]
    others += [Article(Source("a", "عنوان", None, "وكالة", date(2024, 2, 13)), BODY, one.subtitle, one.captions)]
    assert len({article_hash(other) for other in [one, *others]}) == 5


def test_a_failed_transaction_changes_nothing_and_the_next_one_works(catalogue: Catalogue) -> None:
    stored(catalogue, article())
    clash = passages(article("b"), (0, 5)) * 2
    with pytest.raises(StoreError):
        catalogue.put([(article("b"), clash)])
    assert catalogue.known().keys() == {"a"}
    stored(catalogue, article("b"))
    assert catalogue.article_count == 2


def test_a_full_disk_is_named_and_the_next_write_works(catalogue: Catalogue) -> None:
    stored(catalogue, article())
    catalogue._connection.execute("PRAGMA max_page_count = 1")  # no page more than now
    big = article("b", body="نص " * 100_000)
    with pytest.raises(DiskFull):
        stored(catalogue, big)
    catalogue._connection.execute("PRAGMA max_page_count = 1000000")
    assert catalogue.article("a") == article()
    stored(catalogue, big)
    assert catalogue.article_count == 2


def test_threads_share_one_catalogue(catalogue: Catalogue) -> None:
    faults: list[Exception] = []

    def work(name: str) -> None:
        try:
            for at in range(20):
                stored(catalogue, article(f"{name}{at}"))
                assert len(catalogue.passages_by_id([f"{name}{at}#0"])) == 1
        except Exception as error:  # noqa: BLE001  (whatever it is, the test shows it)
            faults.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert catalogue.generation == 120


def test_another_connection_sees_what_is_committed(catalogue: Catalogue) -> None:
    reader = Catalogue(catalogue.path)
    stored(catalogue, article())
    assert reader.article("a") == article()
    assert reader.generation == 2
    reader.close()


def test_a_locked_file_is_not_taken_for_a_read_only_one(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(catalogue, article())
    catalogue.close()
    owner = sqlite3.connect(catalogue.path, isolation_level=None)
    owner.execute("PRAGMA locking_mode = EXCLUSIVE")
    owner.execute("UPDATE facts SET value = value")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **options: connect(path, **{**options, "timeout": 0.0}))
    with pytest.raises(StoreError) as caught:
        Catalogue(catalogue.path)
    assert not isinstance(caught.value, StoreReadOnly)
    owner.close()


# ---------------------------------------------------------------------------------------------- folders and files


@contextmanager
def as_another_user() -> Iterator[None]:
    """Runs the block as nobody, for whom permissions count, where the tests run as root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may reach; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize("killed", [False, True], ids=["closed", "left open by a writer"])
def test_a_read_only_folder_can_be_read_and_says_so_when_written(open_folder: Path, killed: bool) -> None:
    writer = Catalogue(open_folder / "articles.db")
    stored(writer, article())
    if not killed:
        writer.close()
    open_folder.chmod(0o555)
    with as_another_user():
        catalogue = Catalogue(open_folder / "articles.db")
        assert catalogue.article("a") == article()
        assert catalogue.passage_count == 2
        with pytest.raises(StoreReadOnly) as caught:
            catalogue.remove(["a"])
        catalogue.close()
    assert caught.value.values == {"path": str(open_folder)}
    writer.close()


def test_a_folder_that_cannot_be_made_is_read_only(open_folder: Path) -> None:
    with as_another_user(), pytest.raises(StoreReadOnly) as caught:
        Catalogue(open_folder / "data" / "articles.db")
    assert caught.value.values == {"path": str(open_folder / "data")}


def test_a_file_in_place_of_the_folder_or_of_a_database_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("لا مجلد")
    with pytest.raises(StoreError) as caught:
        Catalogue(tmp_path / "data" / "articles.db")
    assert caught.value.values["path"] == str(tmp_path / "data")
    (tmp_path / "articles.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError) as caught:
        Catalogue(tmp_path / "articles.db")
    assert "not a database" in caught.value.values["problem"]
