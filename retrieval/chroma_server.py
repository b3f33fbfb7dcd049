"""How a Chroma server is reached: at its address and nowhere else, under a name and headers of one's own.

Chroma's client would go through a proxy named in the environment, send traces where the environment says, and wait for an
answer for ever.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from retrieval.errors import BadSetting

if TYPE_CHECKING:
    from chromadb.api.client import Client

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 120.0
"""A batch of 2,000 vectors takes a server of two cores a second; one that is busy joining its index may take many."""

_building = threading.Lock()


@dataclass(frozen=True, slots=True)
class ChromaAccess:
    """What a server asks for besides its address. The headers are secrets: they are in no repr and no message."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with every request, as to a proxy that checks who asks."""
    tenant: str | None = None
    database: str | None = None
    ca: Path | None = None
    """The certificate of the authority that signed the server's, for https; without one, the public authorities."""

    def connection(self, *, seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """What httpx's clients take. Raises `BadSetting` for a certificate that cannot be read."""
        import httpx

        timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        return {"timeout": timeout, "trust_env": False, "verify": self._verified()}

    def _verified(self) -> ssl.SSLContext | bool:
        if self.ca is None:
            return True
        try:
            return ssl.create_default_context(cafile=self.ca)
        except (OSError, ValueError) as error:  # not there, not a certificate
            raise BadSetting(name="DALIL_CHROMA_CA", value=self.ca, expected="ca.pem") from error


def connect(url: str, access: ChromaAccess, chromadb: Any, settings: Any) -> Client:
    """A client of the server. Raises `BadSetting`, and what Chroma raises where the server does not answer."""
    address = _address(url)
    names = {"tenant": access.tenant, "database": access.database}
    with _direct(access.connection()):
        client: Client = chromadb.HttpClient(
            **address,
            headers=dict(access.headers) or None,
            settings=settings,
            **{name: value for name, value in names.items() if value},
        )
    return client


def answers(url: str, access: ChromaAccess, *, seconds: float) -> bool:
    """Whether there is a Chroma server that lets one in. Raises `BadSetting`."""
    import httpx

    _address(url)
    try:
        with httpx.Client(**access.connection(seconds=seconds), headers=dict(access.headers)) as client:
            client.get(f"{url}/api/v2/heartbeat").raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return True


@contextmanager
def _direct(connection: Mapping[str, Any]) -> Iterator[None]:
    """Makes the clients of httpx that Chroma opens meanwhile take these options: it has no setting for most of them."""
    import httpx
    from chromadb.api import fastapi

    class Direct(httpx.Client):
        def __init__(self, **options: Any) -> None:
            super().__init__(**{**options, **connection})

    library: Any = fastapi
    with _building:
        library.httpx = SimpleNamespace(Client=Direct)
        try:
            yield
        finally:
            library.httpx = httpx


def _address(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting(name="DALIL_CHROMA_URL", value=url, expected="http://host:port")
    return {
        "host": parts.hostname,
        "port": port or (443 if parts.scheme == "https" else 8000),
        "ssl": parts.scheme == "https",
    }
