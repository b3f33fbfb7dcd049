"""The server's side of the Bot API double: its methods, its checks, its failures.

It answers as https://core.telegram.org/bots/api says, for the methods that a bot of this project could call.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Self, TypeVar

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from tests.telegram_checks import Refused, check_entities, check_keyboard, check_text, is_group, is_supergroup
from tests.telegram_faults import Faults, NoFaults
from tests.telegram_records import ME, Call, Posted, Record, chat
from tests.telegram_wire import File, Method

T = TypeVar("T")


class BotApi:
    """State is changed in the server's own thread; look at it from any."""

    def __init__(
        self, *, drafts: bool = True, limits: bool = False, numbered_by_chat: bool = False, faults: Faults | None = None
    ) -> None:
        """`limits`: more than Telegram takes is answered with 429. `numbered_by_chat`: ids as some other servers give them."""
        self.drafts = drafts
        self.limits = limits
        self._numbered_by_chat = numbered_by_chat
        self.faults: Faults = faults or NoFaults()
        self.calls: list[Call] = []
        self.posted: list[Posted] = []
        self.updates: deque[Record] = deque()
        self.webhook: Record | None = None
        self.webhook_refusals: list[Refused] = []
        self.is_revoked = False
        """Whether the bot's token was taken back."""
        self.files: dict[str, bytes] = {}
        self.moved: dict[int, int] = {}
        """Groups that became supergroups, and their new ids."""
        self.blocked_by: set[int] = set()
        self.closed_until: dict[int, float] = {}
        self.silent_until = 0.0
        self.polls: list[tuple[float, Record]] = []
        """The requests for updates, as they arrived; they are in `calls` when they are answered."""
        self.shown_drafts: list[tuple[float, Record]] = []
        self._newest: dict[int, int] = defaultdict(int)
        self._update_id = 1000
        self._taken: dict[tuple[int, int], str] = {}
        self._by_id: dict[tuple[int, int], Posted] = {}
        self._poller: asyncio.Event | None = None
        self._arrived = asyncio.Event()
        self._recent: dict[object, deque[float]] = defaultdict(deque)

    # ------------------------------------------------------------------------------------------------- the server

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(ready),), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        routes = [(r"/bot([^/]+)/(\w+)", Method, {"double": self}), (r"/file/bot[^/]+/(.+)", File, {"double": self})]
        self._application = Application(routes, log_function=lambda handler: None)  # type: ignore[arg-type]
        self.port = 0
        self._listen()
        ready.set()
        await self._ended.wait()
        self._server.stop()

    def _listen(self) -> None:
        self._server = HTTPServer(self._application, idle_connection_timeout=600)
        sockets = bind_sockets(self.port, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        self._server.add_sockets(sockets)

    async def _hang_up(self) -> None:
        self._server.stop()
        await self._server.close_all_connections()

    def _do(self, work: Callable[[], T]) -> T:
        """Runs in the server's thread."""

        async def run() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    def be_away(self, seconds: float, *, silent: bool = False) -> None:
        """Nobody listens for so long; `silent`: connections are taken and nothing is answered."""

        async def away() -> None:
            if silent:
                self.silent_until = time.monotonic() + seconds
                return
            await self._hang_up()
            await asyncio.sleep(seconds)
            self._listen()

        asyncio.run_coroutine_threadsafe(away(), self._loop)

    def _push(self, update: Record) -> int:
        self._update_id += 1
        self.updates.append({"update_id": self._update_id, **update})
        self._arrived.set()
        return self._update_id

    def _number(self, chat_id: int, whose: str) -> int:
        sequence = chat_id if is_supergroup(chat_id) or self._numbered_by_chat else 0
        self._newest[sequence] += 1
        self._taken[chat_id, self._newest[sequence]] = whose
        return self._newest[sequence]

    # ---------------------------------------------------------------------------------------------------- methods

    async def answer(self, method: str, params: Record) -> tuple[int, Record]:
        """Carries out a method. Returns the status and the body."""
        try:
            if self.is_revoked:
                raise Refused(401, "Unauthorized")
            self._check_pace(method, params)
            known: Any = getattr(self, "_" + re.sub("([A-Z])", r"_\1", method).lower(), None)
            if known is None or (method == "sendMessageDraft" and not self.drafts):
                raise Refused(404, "Not Found")
            result = known(params)
            return 200, {"ok": True, "result": await result if asyncio.iscoroutine(result) else result}
        except Refused as refused:
            return refused.status, refused.body

    def _check_pace(self, method: str, params: Record) -> None:
        chat_id, now = params.get("chat_id"), time.monotonic()
        if chat_id in self.moved:
            upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, upgraded, migrate_to_chat_id=self.moved[chat_id])
        if chat_id in self.blocked_by:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if self.closed_until.get(chat_id or 0, 0) > now:
            raise Refused.flood(self.closed_until[chat_id or 0] - now)
        if not self.limits or chat_id is None:
            return
        limits: list[tuple[object, int, float]] = [("all", 30, 1.0)]
        limits += [(("edit", chat_id), 1, 0.98)] if method.startswith("editMessage") else []
        limits += [(("group", chat_id), 20, 60.0)] if is_group(chat_id) else []
        for key, most, seconds in limits:
            recent = self._recent[key]
            while recent and recent[0] <= now - seconds:
                recent.popleft()
            if len(recent) >= most:
                raise Refused.flood(recent[0] + seconds - now)
            recent.append(now)

    def _get_me(self, params: Record) -> Record:
        return ME

    async def _get_updates(self, params: Record) -> list[Record]:
        self.polls.append((time.monotonic(), params))
        if self._poller is not None:
            self._poller.set()
        interrupted = self._poller = asyncio.Event()
        ends = time.monotonic() + float(params.get("timeout", 0))
        offset = params.get("offset")
        while offset is not None and self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        while not self.updates and time.monotonic() < ends and not interrupted.is_set():
            self._arrived.clear()
            waits = [asyncio.ensure_future(event.wait()) for event in (self._arrived, interrupted)]
            await asyncio.wait(waits, timeout=ends - time.monotonic(), return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        if interrupted.is_set():
            raise Refused(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        self._poller = None
        return list(self.updates)[: int(params.get("limit", 100))]

    def _delete_webhook(self, params: Record) -> bool:
        self.webhook = None
        return True

    def _set_webhook(self, params: Record) -> bool:
        if self.webhook_refusals:
            raise self.webhook_refusals.pop()
        self.webhook = params
        return True

    def _get_webhook_info(self, params: Record) -> Record:
        url = (self.webhook or {}).get("url", "")
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self.updates)}

    def _set_my_commands(self, params: Record) -> bool:
        return True

    def _send_message(self, params: Record) -> Record:
        check_text(params)
        check_entities(params)
        check_keyboard(params)
        reply = params.get("reply_parameters") or {}
        chat_id = int(params["chat_id"])
        if reply and (chat_id, reply["message_id"]) not in self._taken and not reply.get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        posted = Posted(chat_id, self._number(chat_id, "bot"), [(time.monotonic(), params)])
        self.posted.append(posted)
        self._by_id[chat_id, posted.message_id] = posted
        return self._shown(posted)

    def _edit_message_text(self, params: Record) -> Record:
        posted = self._own(params)
        check_text(params)
        check_entities(params)
        check_keyboard(params)
        before = posted.versions[-1][1]
        if all((params.get(key) or None) == (before.get(key) or None) for key in ("text", "entities", "reply_markup")):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message",
            )
        posted.versions.append((time.monotonic(), params))
        return self._shown(posted)

    def _edit_message_reply_markup(self, params: Record) -> Record:
        posted = self._own(params)
        check_keyboard(params)
        posted.versions.append(
            (time.monotonic(), {**posted.versions[-1][1], "reply_markup": params.get("reply_markup")})
        )
        return self._shown(posted)

    def _delete_message(self, params: Record) -> bool:
        self._own(params).deleted = True
        return True

    def _send_message_draft(self, params: Record) -> bool:
        if is_group(int(params["chat_id"])) or not params.get("draft_id"):
            raise Refused(400, "Bad Request: TEXTDRAFT_PEER_INVALID")
        self.shown_drafts.append((time.monotonic(), params))
        return True

    def _send_chat_action(self, params: Record) -> bool:
        return True

    def _answer_callback_query(self, params: Record) -> bool:
        if len(str(params.get("text", ""))) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        return True

    def _answer_inline_query(self, params: Record) -> bool:
        for result in params["results"]:
            content = result["input_message_content"]
            check_text({"text": content["message_text"]})
            check_entities({"text": content["message_text"], "entities": content.get("entities")})
            if not 1 <= len(result["id"].encode()) <= 64 or len(params["results"]) > 50:
                raise Refused(400, "Bad Request: RESULT_ID_INVALID")
        return True

    def _get_file(self, params: Record) -> Record:
        name = params["file_id"]
        return {"file_id": name, "file_unique_id": name, "file_size": len(self.files[name]), "file_path": name}

    def _own(self, params: Record) -> Posted:
        key = int(params["chat_id"]), int(params["message_id"])
        posted = self._by_id.get(key)
        if posted is not None and not posted.deleted:
            return posted
        if self._taken.get(key) == "user":
            raise Refused(400, "Bad Request: message can't be edited")
        raise Refused(400, "Bad Request: message to edit not found")

    def _shown(self, posted: Posted) -> Record:
        params = posted.versions[-1][1]
        return {
            "message_id": posted.message_id, "date": int(time.time()), "chat": chat(posted.chat_id), "from": ME,
            "text": params["text"], "entities": params.get("entities") or [],
        }  # fmt: skip
