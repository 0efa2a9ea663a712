"""Requests written to a socket as they are, well-formed or not, and what comes back."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from tests.kit.settings import BASE_URL

HOST = BASE_URL.removeprefix("http://")
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@dataclass(frozen=True)
class Answer:
    heard: bytes

    @property
    def final(self) -> bytes:
        """Without what came before it."""
        return self.heard.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")

    @property
    def status(self) -> int:
        return int(self.final.split(b" ", 2)[1]) if self.final else 0

    @property
    def ours(self) -> bool:
        """Whether it carries our headers."""
        head = self.final.split(b"\r\n\r\n")[0].lower()
        return b"content-security-policy:" in head and b"x-content-type-options: nosniff" in head


def send_raw(port: int, address: str, headers: bytes, body: bytes, *, method: str = "POST") -> Answer:
    """Send one request to *port*, end the sending side, and read whatever comes."""
    head = f"{method} {address} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        try:
            line.sendall(head + headers + b"\r\n" + body)
            line.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was refused while it was being sent
        heard = bytearray()
        try:
            while piece := line.recv(65_536):
                heard += piece
        except ConnectionResetError:
            pass  # what was not read of a body that is too large
    return Answer(bytes(heard))


def chunked(body: bytes, size: int = 50_000) -> bytes:
    """*body* in pieces of *size* bytes."""
    pieces = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def length(of: int) -> bytes:
    return b"Content-Length: %d\r\n" % of
