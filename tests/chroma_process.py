"""A real `chroma run` on a free port, that can be stopped and started again, and a TLS front for it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.ports import free_port

DATA = Path(__file__).parent / "data"
CERTIFICATE, KEY = DATA / "localhost.pem", DATA / "localhost.key"
"""Made by: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=localhost
-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout localhost.key -out localhost.pem"""


class ChromaProcess:
    """A Chroma server over a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--host", "127.0.0.1"], cwd=self.folder, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while not _listens(self.port):
            assert self._process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def chroma_process(folder: Path) -> Iterator[ChromaProcess]:
    server = ChromaProcess(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def front(port: int | None = None, *, tls: bool = False) -> Iterator[tuple[str, list[bytes]]]:
    """An address whose connections are handed on to a port, or hung up; and what was sent there first by each."""
    first: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    threads: list[threading.Thread] = []

    def copy(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while block := source.recv(65536):
                target.sendall(block)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve(plain: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as closing:
            closing.enter_context(plain)
            client = closing.enter_context(context.wrap_socket(plain, server_side=True)) if tls else plain
            client.settimeout(10)
            first.append(block := client.recv(65536))
            if port is not None:
                server = closing.enter_context(socket.create_connection(("127.0.0.1", port)))
                server.sendall(block)
                back = threading.Thread(target=copy, args=(server, client), daemon=True)
                back.start()
                copy(client, server)
                back.join(10)

    def listen(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                thread = threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True)
                threads.append(thread)
                thread.start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listening = threading.Thread(target=listen, args=(listener,), daemon=True)
        listening.start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}", first
        listener.shutdown(socket.SHUT_RDWR)
        listening.join(5)
