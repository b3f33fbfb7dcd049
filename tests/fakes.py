"""Stand-ins for the parts that a test is not about."""

from __future__ import annotations

from collections.abc import AsyncIterator

from retrieval.errors import ModelError


class ScriptedGenerator:
    """A model that remembers its prompts, says what it is told, piece by piece, and may fail at the end."""

    model = "scripted"

    def __init__(self, *pieces: str, fault: ModelError | None = None) -> None:
        self.pieces = pieces
        self.fault = fault
        self.prompts: list[dict[str, str]] = []

    async def astream(self, prompt: dict[str, str]) -> AsyncIterator[str]:
        self.prompts.append(prompt)
        for piece in self.pieces:
            yield piece
        if self.fault:
            raise self.fault


class TalkingGenerator:
    """A model that gives its replies in turn and remembers its prompts; a reply that is a fault is raised."""

    model = "talking"

    def __init__(self, *replies: str | ModelError) -> None:
        self.replies = list(replies)
        self.prompts: list[dict[str, str]] = []

    async def astream(self, prompt: dict[str, str]) -> AsyncIterator[str]:
        self.prompts.append(prompt)
        reply = self.replies.pop(0)
        if isinstance(reply, ModelError):
            raise reply
        yield reply
