"""Ports of this machine where nothing listens."""

from __future__ import annotations

import socket


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def closed_port() -> str:
    """The address of a server that is not there."""
    return f"http://127.0.0.1:{free_port()}"
