"""A server that answers as badly as a test tells it to."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass
class Request:
    """One request as it arrived; ``connection`` counts connections from 1."""

    connection: int
    line: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[socket.socket, Request], bool | None]


@dataclass
class Server:
    """Listens on loopback and runs *script* for every request; one that returns False closes the connection."""

    script: Script
    context: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"
        self.host_url = f"{'https' if self.context else 'http'}://localhost:{self.port}"
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            self._start(self._serve, sock, self.connections)

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            if self.context is not None:
                sock = self.context.wrap_socket(sock, server_side=True)
                self._open.append(sock)
            while (request := read_request(sock, number)) is not None:
                self.requests.append(request)
                if self.script(sock, request) is False:
                    break
        except OSError:
            pass  # the client went away, which is what many of these tests are about
        finally:
            sock.close()

    def has_closed_all(self) -> bool:
        """Whether every connection was closed on this side, which its other end knows of then."""
        return all(sock.fileno() == -1 for sock in self._open)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(60)


def read_request(sock: socket.socket, number: int) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65_536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += sock.recv(65_536)
    return Request(number, line, headers, body)


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> Script:
    """A script that answers in full; ``content_encoding="gzip"`` becomes the header Content-Encoding."""
    return raw(http(status, body, **headers))


def http(status: int = 200, body: bytes = b"{}", **headers: str) -> bytes:
    """An answer as it goes over the line."""
    lines = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


def raw(answer: bytes) -> Script:
    def script(sock: socket.socket, request: Request) -> None:
        sock.sendall(answer)

    return script


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers that end with the test: ``serve(script)`` or ``serve(status=…, body=…)``."""
    servers: list[Server] = []

    def start(script: Script | None = None, *, context: ssl.SSLContext | None = None, **answer: Any) -> Server:
        servers.append(Server(script or reply(**answer), context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def drip(answer: bytes, at_once: int = 0) -> Script:
    """Send *answer* a byte every 50 ms, the first *at_once* bytes in one piece."""

    def script(sock: socket.socket, request: Request) -> None:
        sock.sendall(answer[:at_once])
        for index in range(at_once, len(answer)):
            time.sleep(0.05)
            sock.sendall(answer[index : index + 1])

    return script


def say_nothing(sock: socket.socket, request: Request) -> None:
    """Wait until the client gives up."""
    sock.recv(1)
