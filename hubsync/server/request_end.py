"""Request framing: where a request ends that comes in piece by piece.

h11 says when it is whole, and nothing else of what it reads is used: gunicorn reads the same bytes again, so a
request means what gunicorn takes it for, and one that ends elsewhere for gunicorn breaks off there.
"""

from __future__ import annotations

import re
from enum import Enum

import h11

LARGEST_HEAD = 65_536
LARGEST_BODY = 4 * 1_048_576
"""Bytes of a body that are waited for; no address of HubSync takes so many, so a larger one is refused at once."""
LARGEST_UPLOAD = 25 * 1_048_576
"""The same for the one address that takes files: those of bookings of before."""
_UPLOADS = re.compile(rb"/teams/[^/?#]+/settings/import")
_MOST_PIECES = 16_384
"""Chunks cost time each, whatever is in them; senders make them of some kilobytes."""


class Progress(Enum):
    """How far a request has come."""

    HEAD = "in its head"
    BODY = "in its body"
    WHOLE = "whole, or nothing that more bytes would mend"
    HEAD_TOO_LARGE = "a head that goes on and on"


class RequestEnd:
    """Finds the end of one request in the bytes that are fed; *received* are all of them, of the next one too."""

    def __init__(self) -> None:
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)
        self._body = self._pieces = 0
        self._largest = LARGEST_BODY
        self._length: int | None = None
        self.received = bytearray()
        self.progress = Progress.HEAD

    @property
    def waits_to_go_on(self) -> bool:
        """Whether the client wants to be told to send the body. https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1"""
        return self.progress is Progress.BODY and self._protocol.they_are_waiting_for_100_continue

    def feed(self, piece: bytes) -> Progress:
        """Take the next bytes; b"" says that there are no more."""
        self.received += piece
        if self.progress in {Progress.HEAD, Progress.BODY}:
            self.progress = self._advance(piece)
        return self.progress

    def split(self) -> tuple[bytes, bytes]:
        """The bytes of this request, and those of the next one that came along with it."""
        if self._length is None:
            return bytes(self.received), b""
        return bytes(self.received[: self._length]), bytes(self.received[self._length :])

    def _advance(self, piece: bytes) -> Progress:
        if not piece:
            return Progress.WHOLE
        progress = self.progress
        try:
            self._protocol.receive_data(piece)
            while True:
                event = self._protocol.next_event()
                if event is h11.NEED_DATA:
                    # With all that chunks bring along a request is twice as long at most.
                    return Progress.WHOLE if len(self.received) > LARGEST_HEAD + 2 * self._largest else progress
                if isinstance(event, h11.Request):
                    progress = self.progress = Progress.BODY
                    if event.method == b"POST" and _UPLOADS.fullmatch(event.target):
                        self._largest = LARGEST_UPLOAD
                    if _announced(event) > self._largest:
                        return Progress.WHOLE
                elif isinstance(event, h11.Data):
                    self._body += len(event.data)
                    self._pieces += event.chunk_start
                    if self._body > self._largest or self._pieces > _MOST_PIECES:
                        return Progress.WHOLE
                else:
                    self._length = len(self.received) - len(self._protocol.trailing_data[0])
                    return Progress.WHOLE
        except h11.RemoteProtocolError as refused:
            return Progress.HEAD_TOO_LARGE if refused.error_status_hint == 431 else Progress.WHOLE


def _announced(head: h11.Request) -> int:
    return next((int(value) for name, value in head.headers if name == b"content-length"), 0)
