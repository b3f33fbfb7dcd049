from __future__ import annotations

import gc
import os
import re
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from retrieval import store as store_module
from retrieval.errors import BadSetting, StoreError, StoreMismatch, StoreUnreachable
from retrieval.store import PassageStore
from retrieval.types import Passage, Source
from tests.chroma_process import chroma_process
from tests.ports import free_port

ROOT = Path(__file__).parent.parent
FINGERPRINT = {"embedder": "two", "dimension": "2"}
AHEAD, ASIDE, BACK = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]


def passage(ordinal: int, article_id: str = "a", text: str = "نص الخبر") -> Passage:
    source = Source(article_id, "عنوان", None, "وكالة", date(2024, 2, 13), "/a.txt")
    return Passage(f"{article_id}#{ordinal}", source, ordinal, text, 0, len(text))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chroma's own embedding function would fetch a model; nothing may leave the machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def local_connect(self: socket.socket, address: object) -> object:
        assert self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1"), address  # type: ignore[index]
        return connect(self, address)  # type: ignore[arg-type]

    def local_look_up(host: object, *arguments: object, **options: object) -> object:
        assert host in ("127.0.0.1", "::1", "localhost"), host
        return look_up(host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", local_connect)
    monkeypatch.setattr(socket, "getaddrinfo", local_look_up)


@pytest.fixture(autouse=True)
def left_open() -> Iterator[None]:
    """Chroma never closes the connections of its clients for a server; here they go before another test hears of it."""
    yield
    if "chromadb" in sys.modules:
        sys.modules["chromadb.api.client"].SharedSystemClient.clear_system_cache()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    store = PassageStore(tmp_path / "chroma")
    store.open(FINGERPRINT)
    yield store
    store.close()


def in_another_process(code: str, folder: Path) -> str:
    lines = (
        "import sys; from pathlib import Path; from retrieval.store import PassageStore\n"
        "from retrieval.types import Passage, Source\n"
        f"store = PassageStore(Path(sys.argv[1])); store.open({FINGERPRINT})\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", lines + code, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_a_passage_is_found_by_the_vector_given_with_it(store: PassageStore) -> None:
    store.upsert([passage(0), passage(1), passage(2)], [AHEAD, ASIDE, BACK])
    hits = store.search([0.8, 0.6], 3)
    assert [passage_id for passage_id, _ in hits] == ["a#0", "a#1", "a#2"]
    assert [similarity for _, similarity in hits] == pytest.approx([0.8, 0.6, -0.8], abs=1e-6)
    assert len(store.search([0.8, 0.6], 2)) == 2
    assert len(store.search([0.8, 0.6], 500)) == 3


def test_an_empty_store_finds_nothing(store: PassageStore) -> None:
    assert store.search(AHEAD, 5) == []
    assert store.ids() == set()
    assert store.count == 0
    store.upsert([], [])
    store.remove([])
    store.remove(["ghost#0"])


def test_an_upsert_takes_the_place_of_the_old_passage(store: PassageStore) -> None:
    store.upsert([passage(0), passage(1)], [AHEAD, ASIDE])
    store.upsert([passage(0, text="نص جديد")], [BACK])
    assert store.count == 2
    assert store.search(BACK, 1) == [("a#0", pytest.approx(1.0))]
    stored = store._call("get", ids=["a#0"])
    assert stored["documents"] == [None]
    assert stored["metadatas"] == [{"article_id": "a", "published": 20240213}]


def test_removed_passages_are_not_found(store: PassageStore) -> None:
    store.upsert([passage(0), passage(1)], [AHEAD, ASIDE])
    store.remove(["a#0", "ghost#7"])
    assert store.ids() == {"a#1"}
    assert [passage_id for passage_id, _ in store.search(AHEAD, 5)] == ["a#1"]


def test_writing_and_reading_in_several_calls(store: PassageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "BATCH", 7)
    monkeypatch.setattr(store_module, "PAGE", 4)
    store.upsert([passage(at) for at in range(30)], [AHEAD] * 30)
    assert store.ids() == {f"a#{at}" for at in range(30)}
    store.remove([f"a#{at}" for at in range(20)])
    assert store.ids() == {f"a#{at}" for at in range(20, 30)}


def test_another_fingerprint_is_refused_and_named(store: PassageStore, tmp_path: Path) -> None:
    store.upsert([passage(0)], [AHEAD])
    other = PassageStore(tmp_path / "chroma")
    with pytest.raises(StoreMismatch) as caught:
        other.open({**FINGERPRINT, "embedder": "three"})
    assert caught.value.values == {
        "stored": "dimension 2, embedder two", "wanted": "dimension 2, embedder three",
    }  # fmt: skip
    with pytest.raises(StoreError, match="before it was opened"):
        other.search(AHEAD, 1)
    other.close()


def test_an_empty_store_takes_any_fingerprint(store: PassageStore, tmp_path: Path) -> None:
    other = {"embedder": "three", "dimension": "3"}
    store.open(other)
    store.upsert([passage(0)], [[1.0, 0.0, 0.0]])
    with pytest.raises(StoreMismatch):
        PassageStore(tmp_path / "chroma").open(FINGERPRINT)


def test_vectors_of_another_length_are_a_store_error(store: PassageStore) -> None:
    store.upsert([passage(0)], [AHEAD])
    with pytest.raises(StoreError, match="dimension"):
        store.upsert([passage(1)], [[1.0, 0.0, 0.0]])
    assert store.ids() == {"a#0"}


def test_after_opening_anew_a_store_sees_what_another_process_wrote(store: PassageStore, tmp_path: Path) -> None:
    store.upsert([passage(0)], [AHEAD])
    store.open(FINGERPRINT, generation=1)
    assert store.search(ASIDE, 5) == [("a#0", pytest.approx(0.0))]
    code = (
        "source = Source('a', 'x')\n"
        "store.upsert([Passage('a#7', source, 7, 'text', 0, 4)], [[0.0, 1.0]]); store.remove(['a#0'])\n"
        "print(sorted(store.ids()))"
    )
    assert in_another_process(code, tmp_path / "chroma") == "['a#7']"
    store.open(FINGERPRINT, generation=1)  # nothing to see: not opened anew
    assert store.search(ASIDE, 5) != [("a#7", pytest.approx(1.0))]
    store.open(FINGERPRINT, generation=2)
    assert store.search(ASIDE, 5) == [("a#7", pytest.approx(1.0))]
    store.close()
    store.open(FINGERPRINT)
    assert store.search(ASIDE, 5) == [("a#7", pytest.approx(1.0))]


def test_what_was_written_is_there_for_another_process_after_close(tmp_path: Path) -> None:
    store = PassageStore(tmp_path / "chroma")
    store.open(FINGERPRINT)
    store.upsert([passage(0)], [AHEAD])
    store.close()
    store.close()
    assert in_another_process("print(store.search([1.0, 0.0], 3))", tmp_path / "chroma") == "[('a#0', 1.0)]"


def test_a_damaged_store_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"no database at all" * 1000)
    store = PassageStore(tmp_path / "chroma")
    with pytest.raises(StoreError) as caught:
        store.open(FINGERPRINT)
    assert caught.value.values["path"] == str(tmp_path / "chroma")


def test_a_file_in_place_of_the_folder_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "chroma").write_text("لا مجلد")
    with pytest.raises(StoreError):
        PassageStore(tmp_path / "chroma").open(FINGERPRINT)


@pytest.mark.parametrize("line", ["MIGRATIONS=maybe", "ALLOW_RESET=notabool"])
def test_settings_that_chroma_cannot_read_are_explained(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(line + "\n")
    code = (
        "from pathlib import Path; from retrieval.store import PassageStore; from retrieval.errors import StoreError\n"
        "for attempt in range(2):\n"
        "    store = PassageStore(Path('chroma'))\n"
        "    try: store.open({'embedder': 'two'})\n"
        "    except StoreError as error: print(error.values['problem'])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    assert run.stdout.count("chromadb cannot read its settings from the environment or .env") == 2


def test_nothing_is_imported_or_written_before_the_first_use(tmp_path: Path) -> None:
    code = "import sys, retrieval.index; assert 'chromadb' not in sys.modules and 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    PassageStore(tmp_path / "chroma").close()
    assert not (tmp_path / "chroma").exists()


# ---------------------------------------------------------------------------------------------- a Chroma server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real `chroma run`."""
    with chroma_process(tmp_path_factory.mktemp("server")) as running:
        yield running.url


def test_a_server_holds_the_passages_for_all_its_clients(server: str, tmp_path: Path) -> None:
    first, second = PassageStore(tmp_path / "unused", url=server), PassageStore(tmp_path / "unused", url=server)
    first.open(FINGERPRINT)
    second.open(FINGERPRINT, generation=1)
    first.upsert([passage(0), passage(1)], [AHEAD, ASIDE])
    assert second.search(AHEAD, 5) == [("a#0", pytest.approx(1.0)), ("a#1", pytest.approx(0.0))]
    second.remove(["a#0"])
    assert first.ids() == {"a#1"}
    with pytest.raises(StoreMismatch):
        PassageStore(tmp_path / "unused", url=server).open({"embedder": "three"})
    third = PassageStore(tmp_path / "unused", url=server, name="passages-1")
    third.open({"embedder": "three"})
    other = PassageStore(tmp_path / "unused", url=server, name="passages-of-others")
    other.open(FINGERPRINT)
    third.drop_others(re.compile(r"passages(-\d+)?"))
    with pytest.raises(StoreError):
        first.search(AHEAD, 1)
    assert (third.count, other.count) == (0, 0)
    for store in (first, second, third, other):
        store.close()
    assert not (tmp_path / "unused").exists()


def test_a_server_that_does_not_answer_is_unreachable(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for use in (lambda store: store.open(FINGERPRINT), lambda store: store.drop_others(re.compile("x"))):
        with pytest.raises(StoreUnreachable) as caught:
            use(PassageStore(tmp_path, url=url))
        assert caught.value.values == {"url": url}


def test_a_server_that_hangs_up_is_unreachable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            while True:
                try:
                    listener.accept()[0].close()
                except OSError:
                    return

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        with pytest.raises(StoreUnreachable):
            PassageStore(tmp_path, url=f"http://127.0.0.1:{listener.getsockname()[1]}").open(FINGERPRINT)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize(
    "url", ["chroma", "ftp://host:1", "http://", "http://host:port", "http://host:99999", "http://[::1"]
)
def test_an_address_that_is_none_is_a_bad_setting(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSetting) as caught:
        PassageStore(tmp_path, url=url).open(FINGERPRINT)
    assert caught.value.values["value"] == url
