"""What the bot listens on, asked over real connections: the webhook, health and metrics."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.telegram.faults import PortForbidden, PortTaken
from bot.telegram.http_server import LARGEST_BODY_BYTES, HealthReport, serve_health, serve_webhook
from bot.telegram.metrics import Metrics
from retrieval.errors import DalilError, DiskFull
from tests.ports import free_port

SECRET = "s3cret_of-the-hook"
PATH = "/hidden/path-4711"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {"update_id": 7, "message": {"text": "من هو رئيس أذربيجان؟"}}
WELL = HealthReport(telegram="reachable", last_poll_seconds=1.25, waiting=3, running=2, articles=57)


@dataclass
class Store:
    """Takes updates, or fails as told."""

    fault: Exception | None = None
    taken: list[object] = field(default_factory=list)
    delay_seconds: float = 0.0

    async def take(self, updates: Sequence[object]) -> None:
        await asyncio.sleep(self.delay_seconds)
        if self.fault:
            raise self.fault
        self.taken += updates


Ask = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


def asked(server: AbstractAsyncContextManager[None], port: int, ask: Ask) -> httpx.Response:
    async def main() -> httpx.Response:
        address = f"http://127.0.0.1:{port}"
        async with server, httpx.AsyncClient(base_url=address, trust_env=False, timeout=5.0) as client:
            return await ask(client)

    return asyncio.run(main())


def posted(
    body: bytes, headers: dict[str, str], store: Store, *, path: str = PATH, metrics: Metrics | None = None
) -> httpx.Response:
    port = free_port()
    server = serve_webhook(f"https://bot.example{PATH}", port, SECRET, store.take, metrics)
    return asked(server, port, lambda client: client.post(path, content=body, headers=headers))


def test_an_update_with_the_secret_is_taken_as_it_came() -> None:
    store = Store()
    assert posted(json.dumps(UPDATE).encode(), {HEADER: SECRET}, store).status_code == 200
    assert store.taken == [UPDATE]


def test_200_is_answered_only_when_the_update_is_stored() -> None:
    store = Store(delay_seconds=0.3)
    taken_at_answer: list[int] = []
    port = free_port()

    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        response = await client.post(PATH, json=UPDATE, headers={HEADER: SECRET})
        taken_at_answer.append(len(store.taken))
        return response

    assert asked(serve_webhook(f"http://x{PATH}", port, SECRET, store.take), port, ask).status_code == 200
    assert taken_at_answer == [1]


@pytest.mark.parametrize(
    "headers", [{}, {HEADER: ""}, {HEADER: "wrong"}, {HEADER: SECRET[:-1]}, {HEADER: f"{SECRET}x"}]
)
def test_without_the_secret_nothing_is_taken(headers: dict[str, str]) -> None:
    store, metrics = Store(), Metrics()
    assert posted(json.dumps(UPDATE).encode(), headers, store, metrics=metrics).status_code == 403
    assert store.taken == []
    assert 'dalil_updates_skipped_total{reason="forbidden"} 1.0' in metrics.exposition().decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"7",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": 7.0}',
        b'{"update_id": -1}',
        b'{"update_id": 99999999999999999999999}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_update_is_refused(body: bytes) -> None:
    store, metrics = Store(), Metrics()
    response = posted(body, {HEADER: SECRET}, store, metrics=metrics)
    assert (response.status_code, response.content) == (400, b"")
    assert store.taken == []
    assert 'dalil_updates_skipped_total{reason="broken"} 1.0' in metrics.exposition().decode()


def test_a_body_without_end_is_cut_off_and_the_next_update_is_taken() -> None:
    store, port = Store(), free_port()

    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        huge = json.dumps({**UPDATE, "text": "x" * LARGEST_BODY_BYTES})
        try:
            response = await client.post(PATH, content=huge, headers={HEADER: SECRET})
        except httpx.TransportError:  # the connection was closed while we were still talking
            pass
        else:
            assert response.status_code in (400, 413)
        assert store.taken == []
        return await client.post(PATH, json=UPDATE, headers={HEADER: SECRET})

    assert asked(serve_webhook(f"http://x{PATH}", port, SECRET, store.take), port, ask).status_code == 200
    assert store.taken == [UPDATE]


@pytest.mark.parametrize(
    "fault", [DiskFull(path="x"), OSError(28, "full"), sqlite3.OperationalError("database is locked")]
)
def test_an_update_that_cannot_be_stored_is_asked_for_again(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    assert posted(json.dumps(UPDATE).encode(), {HEADER: SECRET}, Store(fault)).status_code == 503
    assert "cannot be stored" in caplog.text


def test_an_unexpected_fault_is_named_without_address_or_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    response = posted(json.dumps(UPDATE).encode(), {HEADER: SECRET}, Store(ZeroDivisionError("أذربيجان")))
    assert (response.status_code, response.content) == (500, b"")
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert "ZeroDivisionError" in said
    assert not any(word in said for word in (PATH, SECRET, "أذربيجان"))
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("path", ["/", "/hidden", f"{PATH}/", f"{PATH}x", "/hidden/path-4711%00"])
def test_other_paths_are_not_there(path: str) -> None:
    store = Store()
    response = posted(json.dumps(UPDATE).encode(), {HEADER: SECRET}, store, path=path)
    assert (response.status_code, response.content, store.taken) == (404, b"", [])


def test_other_methods_are_refused_and_nothing_tells_what_serves() -> None:
    port = free_port()
    response = asked(
        serve_webhook(f"http://x{PATH}", port, SECRET, Store().take), port, lambda client: client.get(PATH)
    )
    assert response.status_code == 405
    assert "server" not in response.headers


def test_an_address_without_a_path_is_the_root() -> None:
    store, port = Store(), free_port()
    server = serve_webhook("https://bot.example", port, SECRET, store.take)
    assert asked(server, port, lambda c: c.post("/", json=UPDATE, headers={HEADER: SECRET})).status_code == 200


def test_updates_are_taken_at_the_same_time() -> None:
    """One that is slow to store holds nobody up."""
    store, port = Store(delay_seconds=0.5), free_port()

    async def ask(client: httpx.AsyncClient) -> httpx.Response:
        posts = (client.post(PATH, json={"update_id": number}, headers={HEADER: SECRET}) for number in range(20))
        began = asyncio.get_running_loop().time()
        responses = await asyncio.gather(*posts)
        assert asyncio.get_running_loop().time() - began < 5
        assert {response.status_code for response in responses} == {200}
        return responses[0]

    asked(serve_webhook(f"http://x{PATH}", port, SECRET, store.take), port, ask)
    assert len(store.taken) == 20


def test_an_update_that_is_being_stored_is_confirmed_before_the_stop() -> None:
    store, port = Store(delay_seconds=0.3), free_port()

    async def main() -> httpx.Response:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=5.0) as client:
            async with serve_webhook(f"http://x{PATH}", port, SECRET, store.take):
                post = asyncio.create_task(client.post(PATH, json=UPDATE, headers={HEADER: SECRET}))
                await asyncio.sleep(0.1)
            assert store.taken == [UPDATE]
            return await post

    assert asyncio.run(main()).status_code == 200


def test_a_store_that_hangs_does_not_hold_up_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.http_server.STOP_SECONDS", 0.2)
    store, port = Store(delay_seconds=2.0), free_port()

    async def main() -> float:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=5.0) as client:
            async with serve_webhook(f"http://x{PATH}", port, SECRET, store.take):
                post = asyncio.create_task(client.post(PATH, json=UPDATE, headers={HEADER: SECRET}))
                await asyncio.sleep(0.1)
                began = asyncio.get_running_loop().time()
            took = asyncio.get_running_loop().time() - began
            with pytest.raises(httpx.TransportError):
                await post
            return took

    assert asyncio.run(main()) < 1.5


# ----------------------------------------------------------------------------------------------------- health, metrics


def health_of(report: HealthReport) -> httpx.Response:
    port = free_port()
    return asked(serve_health(port, Metrics(), lambda: report), port, lambda client: client.get("/health"))


def test_a_bot_that_is_well_says_so() -> None:
    response = health_of(WELL)
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "telegram": "reachable",
        "last_poll_seconds": 1.2,
        "queue": {"waiting": 3, "running": 2},
        "index": "ready",
        "articles": 57,
    }


def test_with_a_webhook_nothing_is_polled() -> None:
    assert health_of(replace(WELL, last_poll_seconds=None)).json()["status"] == "ok"


def test_an_empty_index_is_no_failure() -> None:
    response = health_of(replace(WELL, articles=0))
    assert (response.status_code, response.json()["index"]) == (200, "empty")


@pytest.mark.parametrize(
    "report",
    [
        replace(WELL, telegram="unreachable"),
        replace(WELL, telegram="starting"),
        replace(WELL, last_poll_seconds=61.0),
        replace(WELL, articles=None),
    ],
)
def test_a_bot_that_cannot_answer_says_so(report: HealthReport) -> None:
    response = health_of(report)
    assert (response.status_code, response.json()["status"]) == (503, "failing")


def test_metrics_are_read_by_prometheus_and_the_gauges_are_of_now() -> None:
    port, metrics = free_port(), Metrics()
    metrics.question("private")
    response = asked(serve_health(port, metrics, lambda: WELL), port, lambda client: client.get("/metrics"))
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    values = {s.name: s.value for family in text_string_to_metric_families(response.text) for s in family.samples}
    assert values["dalil_queue_waiting"] == 3
    assert values["dalil_queue_running"] == 2
    assert values["dalil_articles"] == 57
    assert values["dalil_last_poll_timestamp_seconds"] > 1_700_000_000
    assert sum(s.value for f in text_string_to_metric_families(response.text) for s in f.samples
               if s.name == "dalil_questions_total") == 1  # fmt: skip


def test_without_a_port_nothing_listens() -> None:
    async def main() -> None:
        async with serve_health(None, Metrics(), lambda: WELL):
            pass

    asyncio.run(main())


@pytest.mark.parametrize("which", ["TELEGRAM_HEALTH_PORT", "TELEGRAM_WEBHOOK_PORT"])
def test_a_port_that_is_taken_is_named_with_its_setting(which: str) -> None:
    async def main(port: int) -> None:
        if which == "TELEGRAM_HEALTH_PORT":
            server = serve_health(port, Metrics(), lambda: WELL)
        else:
            server = serve_webhook("https://x/y", port, SECRET, Store().take)
        async with server:
            pass

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        with pytest.raises(PortTaken) as caught:
            asyncio.run(main(port))
    assert caught.value.values == {"port": str(port), "setting": which}
    asyncio.run(main(port))  # free again


def test_a_port_that_is_not_permitted_is_told_from_a_taken_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bot.telegram.http_server.create_server", forbidden)

    async def main() -> None:
        async with serve_health(80, Metrics(), lambda: WELL):
            pass

    with pytest.raises(DalilError) as caught:
        asyncio.run(main())
    assert type(caught.value) is PortForbidden


def test_it_stops_while_a_client_still_holds_its_connection() -> None:
    port = free_port()

    async def main() -> None:
        async with serve_health(port, Metrics(), lambda: WELL):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /health HTTP/1.1\r\n")
            await writer.drain()
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 2) == b""
        writer.close()

    asyncio.run(asyncio.wait_for(main(), 5))
