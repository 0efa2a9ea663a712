"""The server's end of a connection, whose reads and writes wait for no client."""

from __future__ import annotations

import io
import socket
import time
from typing import Any

UNSENT_AT_MOST = 4 * 1_048_576
"""Bytes of answers that are kept for a slow client; only people who are signed in get larger ones."""
IN_THE_KERNEL = 131_072
"""Bytes that the kernel keeps of an answer beside those, which it would otherwise raise to some megabytes."""
_PIECE = 65_536


class ClientSocket(socket.socket):
    """Reads the request that was handed to it, then its end; keeps what the client does not take at once.

    gunicorn's threads read and write it as any other socket. ``hear`` is how bytes come in from the client.
    """

    seconds_for_half = 60.0

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(fileno=accepted.detach())
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_THE_KERNEL)
        self._request = io.BytesIO()
        self.told_to_go_on = False
        self.unsent = bytearray()

    def hand(self, request: bytes) -> None:
        """Make these the bytes that are read from here."""
        self._request = io.BytesIO(request)

    def hear(self) -> bytes:
        """What has come from the client, b"" at its end; raises BlockingIOError where nothing has."""
        return super().recv(_PIECE, socket.MSG_DONTWAIT)

    def recv(self, most: int, flags: int = 0) -> bytes:
        return self._request.read(most)

    def tell_to_go_on(self) -> None:
        if not self.told_to_go_on:
            self.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.told_to_go_on = True

    def send(self, data: Any, flags: int = 0) -> int:
        # gunicorn says it as well, when a thread has the request: the client has heard it long ago.
        if not (self.told_to_go_on and bytes(data[:13]) == b"HTTP/1.1 100 "):
            self.sendall(data)
        return len(data)

    def sendall(self, data: Any, flags: int = 0) -> None:
        self.unsent += data
        self.push()
        if len(self.unsent) > UNSENT_AT_MOST:
            self._wait_for_half()

    def push(self) -> None:
        """Send what the client takes without waiting for it."""
        try:
            while self.unsent:
                with memoryview(self.unsent) as waiting:
                    taken = super().send(waiting[:_PIECE], socket.MSG_DONTWAIT)
                del self.unsent[:taken]
        except BlockingIOError:
            pass

    def _wait_for_half(self) -> None:
        until = time.monotonic() + self.seconds_for_half
        try:
            while len(self.unsent) > UNSENT_AT_MOST // 2:
                self.settimeout(max(until - time.monotonic(), 0.001))
                with memoryview(self.unsent) as waiting:
                    taken = super().send(waiting[:_PIECE])
                del self.unsent[:taken]
        except TimeoutError:
            self.unsent.clear()
            raise BrokenPipeError("the client reads too slowly") from None
