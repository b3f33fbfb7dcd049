"""The bot with a webhook: called over HTTP, killed, and found again when another program has moved the webhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.settings import Settings
from bot.telegram import webhook as webhooks
from bot.telegram.api_client import open_bot
from bot.telegram.faults import BotTokenRefused, WebhookRefused
from bot.telegram.lanes import Lanes
from bot.telegram.metrics import Metrics
from bot.telegram.pace import Pace
from bot.telegram.webhook import Webhook
from tests.ports import free_port
from tests.telegram_checks import Refused
from tests.telegram_double import TelegramDouble
from tests.telegram_program import Program, index_seeds
from tests.telegram_records import TOKEN

ADDRESS = "https://bot.example.org/hook-7f3a"
QUESTION = "من هو رئيس أذربيجان؟"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_seeds(tmp_path_factory.mktemp("seeds") / "data")


def call(double: TelegramDouble, port: int, *, secret: str | None = None) -> int:
    """Posts the oldest update as Telegram would; the status."""
    assert double.webhook is not None
    header = {"X-Telegram-Bot-Api-Secret-Token": secret or double.webhook["secret_token"]}
    response = httpx.post(f"http://127.0.0.1:{port}/hook-7f3a", json=double.updates[0], headers=header, trust_env=False)
    if response.status_code == 200:
        double.updates.popleft()
    return response.status_code


def test_questions_posted_to_the_webhook_are_answered_also_after_a_kill(seeds: Path, tmp_path: Path) -> None:
    port = free_port()
    with TelegramDouble() as double:
        program = Program.over_seeds(
            double, seeds, tmp_path, TELEGRAM_WEBHOOK_URL=ADDRESS, TELEGRAM_WEBHOOK_PORT=str(port)
        )
        program.start(ready_seconds=0)
        double.wait_for(lambda: double.webhook)
        assert double.webhook and double.webhook["url"] == ADDRESS
        double.say(1, QUESTION)
        assert call(double, port, secret="guessed") == 403
        assert call(double, port) == 200
        assert "علييف" in double.settled(1)[0].text
        double.say(2, QUESTION)
        assert call(double, port) == 200
        program.kill()
        double.webhook = None
        program.start(ready_seconds=0)
        assert "علييف" in double.settled(2)[0].text
        double.wait_for(lambda: double.webhook)
        code, seconds = program.terminate()
        assert (code, seconds < 10) == (0, True)
        assert [len(double.messages(chat_id)) for chat_id in (1, 2)] == [1, 1]
        assert double.polls == [] and "guessed" not in program.log


@asynccontextmanager
async def at_work(double: TelegramDouble) -> AsyncIterator[asyncio.Future[None]]:
    """A webhook that looks after itself, for as long as the block lasts."""

    async def never(_: object) -> None: ...

    settings = Settings(
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_BASE_URL=double.url,
        TELEGRAM_WEBHOOK_URL=ADDRESS,
        TELEGRAM_WEBHOOK_PORT=free_port(),
    )
    async with open_bot(settings, Pace()) as bot, asyncio.timeout(10):
        running = asyncio.ensure_future(Webhook(bot, Lanes(never), never, Metrics(), settings).run(lambda: None))
        try:
            yield running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def until_set(double: TelegramDouble) -> None:
    while not (double.webhook and double.webhook["url"] == ADDRESS):
        await asyncio.sleep(0.01)


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(webhooks, "REFUSAL_PAUSE_SECONDS", 0.01)


def unresolved(times: int) -> list[Refused]:
    return [
        Refused(400, "Bad Request: bad webhook: Failed to resolve host: Temporary failure in name resolution")
    ] * times


@pytest.mark.usefixtures("in_a_hurry")
def test_a_webhook_that_another_program_moved_is_moved_back() -> None:
    async def work(double: TelegramDouble) -> None:
        async with at_work(double):
            await until_set(double)
            double.webhook_refusals = unresolved(9)
            for there in (None, {"url": "https://elsewhere.example.org/"}):
                double.webhook = there
                await until_set(double)

    with TelegramDouble() as double:
        asyncio.run(work(double))
        assert len(double.called("setWebhook")) >= 3 + 9


@pytest.mark.usefixtures("in_a_hurry")
def test_an_address_is_refused_when_telegram_says_so_time_and_again() -> None:
    async def work(double: TelegramDouble, refusals: int) -> None:
        double.webhook, double.webhook_refusals = None, unresolved(refusals)
        async with at_work(double) as running:
            done, _ = await asyncio.wait(
                {running, asyncio.ensure_future(until_set(double))}, return_when="FIRST_COMPLETED"
            )
            for task in done:
                await task

    with TelegramDouble() as double:
        asyncio.run(work(double, webhooks.REFUSALS_BELIEVED - 1))
        assert double.webhook
        with pytest.raises(WebhookRefused):
            asyncio.run(work(double, webhooks.REFUSALS_BELIEVED))


@pytest.mark.usefixtures("in_a_hurry")
def test_a_token_that_is_taken_back_ends_the_bot() -> None:
    async def work(double: TelegramDouble) -> None:
        async with at_work(double) as running:
            await until_set(double)
            double.is_revoked = True
            await running

    with TelegramDouble() as double, pytest.raises(BotTokenRefused):
        asyncio.run(work(double))
