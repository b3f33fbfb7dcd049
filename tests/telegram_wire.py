"""The wire of the Bot API double: requests in, answers or faults out."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from tornado.web import RequestHandler

from tests.telegram_faults import close, half
from tests.telegram_records import TOKEN, Call

if TYPE_CHECKING:
    from tests.telegram_api import BotApi


class Method(RequestHandler):
    def initialize(self, double: BotApi) -> None:
        self.double = double

    async def post(self, token: str, method: str) -> None:
        double = self.double
        params = {name: _value(self.get_body_argument(name)) for name in self.request.body_arguments}
        if token != TOKEN:
            self.set_status(401)
            self.write({"ok": False, "error_code": 401, "description": "Unauthorized"})
            return
        if (wait := double.silent_until - time.monotonic()) > 0:
            double.calls.append(Call(time.monotonic(), method, params, 0, "silent"))
            await asyncio.sleep(wait)
            close(self)
            return
        fault = double.faults.draw(method)
        if fault is None or fault.takes_effect:
            arrived = time.monotonic()
            status, body = await double.answer(method, params)
            double.calls.append(Call(arrived, method, params, status, fault and fault.kind))
        else:
            double.calls.append(Call(time.monotonic(), method, params, 0, fault.kind))
            status, body = 500, {"ok": False, "error_code": 500, "description": "Internal Server Error"}
        match fault and fault.kind:
            case "dropped" | "dropped_after":
                close(self)
            case "reset":
                close(self, reset=True)
            case "half":
                await half(self, json.dumps(body))
            case "502":
                self.set_status(502)
                self.write("<html><body>502 Bad Gateway</body></html>")
            case "garbage":
                self.write("]{ this is no JSON")
            case _:
                self.set_status(status)
                self.write(body)

    get = post


class File(RequestHandler):
    def initialize(self, double: BotApi) -> None:
        self.double = double

    def get(self, name: str) -> None:
        self.write(self.double.files[name])


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
