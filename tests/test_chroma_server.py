"""The vectors on a Chroma server: a real one, stopped and started again, behind TLS, shared, and asked for by name."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot import wiring
from bot.doctor import examine
from bot.messages import Messages
from bot.settings import read_settings
from retrieval.chroma_server import ChromaAccess, answers
from retrieval.errors import BadSetting, StoreError, StoreUnreachable
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.store import PassageStore
from tests.chroma_process import CERTIFICATE, ChromaProcess, chroma_process, front

ROOT = Path(__file__).parents[1]
FINGERPRINT = {"embedder": "two", "dimension": "2"}
SECRET = "s3cret-of-the-proxy"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    with chroma_process(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(autouse=True)
def left_open() -> Iterator[None]:
    """Chroma never closes the connections of its clients for a server; here they go before another test hears of it."""
    yield
    if "chromadb" in sys.modules:
        sys.modules["chromadb.api.client"].SharedSystemClient.clear_system_cache()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def written(file: Path, **texts: str) -> Path:
    records = [json.dumps({"id": name, "title": f"خبر {name}", "text": text}) for name, text in texts.items()]
    file.write_text("\n".join(records), encoding="utf-8")
    return file


def test_an_index_lives_on_a_server_that_is_stopped_and_comes_back(server: ChromaProcess, tmp_path: Path) -> None:
    file = written(
        tmp_path / "a.jsonl", a="افتتح الوزير الجسر الجديد.", b="فاز الفريق بالكأس.", c="هطل المطر على المدينة."
    )
    index = Index(tmp_path / "data", BundledEmbedder(), chroma_url=server.url)
    index.record_dense_weight(0.5)
    assert index.ingest([file]).added == 3
    assert index.retrieve("افتتاح الجسر", 1)[0].passage.id == "a#0"
    assert [hit.passage.source.article_id for hit in index.more_like("a", 5)]
    written(file, a="افتتح الوزير الجسر الجديد.", b="خسر الفريق الكأس.")
    report = index.ingest([file])
    assert (report.updated, report.removed, index._store.count) == (1, 1, 2)
    assert index.reindex().passages == index._store.count == 2
    assert not list((tmp_path / "data").glob("chroma*"))
    collections = f"{server.url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    assert [collection["name"] for collection in httpx.get(collections).json()] == [index._store.name]

    server.stop()
    with pytest.raises(StoreUnreachable) as caught:
        index.retrieve("افتتاح الجسر", 1)
    assert "\n" not in Messages("en").error(caught.value) and server.url in Messages("en").error(caught.value)
    with pytest.raises(StoreUnreachable):
        index.ingest([written(file, d="خبر جديد عن السوق.")])
    server.start()
    assert index.ingest([file]).added + index.article_count == 2  # the one from before is finished, or comes now
    assert index.retrieve("السوق", 1)[0].passage.id == "d#0"
    index.close()


def test_collections_of_several_folders_keep_apart(server: ChromaProcess, tmp_path: Path) -> None:
    stores = [PassageStore(tmp_path, url=server.url, name=f"passages-{name}") for name in ("one", "two")]
    for store in stores:
        store.open(FINGERPRINT)
    stores[0]._call("upsert", ids=["a#0"], embeddings=[[1.0, 0.0]])
    assert [store.count for store in stores] == [1, 0]
    stores[1].drop_others(re.compile("passages-two.*"))
    assert stores[0].count == 1


def test_a_tenant_and_a_database_are_asked_for_by_name(server: ChromaProcess, tmp_path: Path) -> None:
    httpx.post(f"{server.url}/api/v2/tenants", json={"name": "news"}).raise_for_status()
    httpx.post(f"{server.url}/api/v2/tenants/news/databases", json={"name": "arabic"}).raise_for_status()
    own = PassageStore(tmp_path, url=server.url, access=ChromaAccess(tenant="news", database="arabic"), name="apart")
    own.open(FINGERPRINT)
    own._call("upsert", ids=["a#0"], embeddings=[[1.0, 0.0]])
    listed = f"{server.url}/api/v2/tenants/news/databases/arabic/collections"
    assert [collection["name"] for collection in httpx.get(listed).json()] == ["apart"]
    with pytest.raises(StoreError) as caught:
        PassageStore(tmp_path, url=server.url, access=ChromaAccess(tenant="nobody")).open(FINGERPRINT)
    assert "\n" not in str(caught.value.values["problem"])


def test_headers_go_with_every_request_and_through_tls(server: ChromaProcess, tmp_path: Path) -> None:
    with front(server.port, tls=True) as (url, sent):
        access = ChromaAccess({"Authorization": f"Bearer {SECRET}"}, ca=CERTIFICATE)
        assert answers(url, access, seconds=5)
        store = PassageStore(tmp_path, url=url, access=access, name="behind-tls")
        store.open(FINGERPRINT)
        assert store.count == 0
        assert sent and all(f"authorization: bearer {SECRET}" in block.decode().lower() for block in sent)
        assert not answers(url, ChromaAccess(), seconds=5)  # nobody has vouched for the certificate
        with pytest.raises(StoreUnreachable):
            PassageStore(tmp_path, url=url).open(FINGERPRINT)
    assert SECRET not in repr(access)


@pytest.mark.parametrize("content", [None, "لا شهادة"])
def test_a_certificate_that_cannot_be_read_is_a_bad_setting(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "ca.pem").write_text(content, encoding="utf-8")
    store = PassageStore(tmp_path, url="https://127.0.0.1:9", access=ChromaAccess(ca=tmp_path / "ca.pem"))
    with pytest.raises(BadSetting) as caught:
        store.open(FINGERPRINT)
    assert caught.value.values["name"] == "DALIL_CHROMA_CA"


ASKING = """
import sys
from pathlib import Path
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
index = Index(Path(sys.argv[1]), BundledEmbedder(), chroma_url=sys.argv[3] or None)
index.record_dense_weight(0.5)
index.ingest([Path(sys.argv[2])])
print(index.retrieve("افتتاح الجسر", 1)[0].passage.id)
"""


@pytest.mark.parametrize("remote", [False, True], ids=["embedded", "server"])
def test_nothing_goes_to_a_proxy_or_a_collector_of_traces(server: ChromaProcess, tmp_path: Path, remote: bool) -> None:
    file = written(tmp_path / "a.jsonl", a="افتتح الوزير الجسر الجديد.")
    with front() as (trap, caught):
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "CHROMA_OTEL_COLLECTION_ENDPOINT", "LANGSMITH_ENDPOINT")
        environment = {
            **os.environ, **dict.fromkeys((*names, *(name.lower() for name in names)), trap),
            "NO_PROXY": "", "no_proxy": "", "LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": "x",
        }  # fmt: skip
        command = [sys.executable, "-c", ASKING, str(tmp_path / "data"), str(file), server.url if remote else ""]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert run.stdout.strip() == "a#0", run.stderr
        assert caught == []


@pytest.fixture
def settings_of_a_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DALIL_CHROMA_HEADERS", f"X-Key: {SECRET}; X-Team: أخبار".replace("أخبار", "news"))
    monkeypatch.setenv("DALIL_CHROMA_TOKEN", f"{SECRET}-token")
    monkeypatch.setenv("DALIL_CHROMA_TENANT", "news")
    monkeypatch.setenv("DALIL_LLM", "none")


@pytest.mark.usefixtures("settings_of_a_server")
def test_settings_become_what_the_server_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    access = wiring.chroma_access(read_settings())
    assert access.headers == {"Authorization": f"Bearer {SECRET}-token", "X-Key": SECRET, "X-Team": "news"}
    assert (access.tenant, access.database, access.ca) == ("news", None, None)
    for broken in ("no pair", "Name: two\nlines", ": value", "Näme: x"):
        monkeypatch.setenv("DALIL_CHROMA_HEADERS", broken)
        with pytest.raises(BadSetting) as caught:
            read_settings()
        assert caught.value.values["value"] == "***"


@pytest.mark.usefixtures("settings_of_a_server")
def test_the_check_up_shows_no_secret(server: ChromaProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    for url, ok in ((server.url, True), ("http://127.0.0.1:9", False)):
        monkeypatch.setenv("DALIL_CHROMA_URL", url)
        checks = examine(read_settings(), Messages("en"))
        assert SECRET not in json.dumps([check.as_object() for check in checks])
        assert [check.ok for check in checks if check.name == "chroma"] == [ok]
