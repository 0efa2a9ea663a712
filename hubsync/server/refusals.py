"""Answers to what never becomes a request of HubSync: a status and our headers, without a word of why."""

from __future__ import annotations

from typing import Any


def refusal(wsgi: Any, status: str) -> bytes:
    """The whole answer with this *status*, such as ``400 Bad Request``, dressed as those of the app *wsgi* are."""
    # Loaded late: gunicorn reads its settings before it has decided to load HubSync.
    from hubsync.config import EXTENSION
    from hubsync.web.shell.headers import fixed_headers

    settings = getattr(wsgi, "extensions", {}).get(EXTENSION)
    body = f"{status}\n"
    headers = {
        "Connection": "close",
        "Content-Type": "text/plain",
        "Content-Length": str(len(body)),
        "Content-Security-Policy": "default-src 'none'",
        **fixed_headers(settings.base_url if settings is not None else ""),
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")


class Refusing:
    """A client's connection to which only the status of gunicorn's page goes out."""

    def __init__(self, connection: Any, wsgi: Any) -> None:
        self._connection = connection
        self._wsgi = wsgi

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def sendall(self, page: bytes) -> None:
        status = page.split(b"\r\n", 1)[0].split(b" ", 1)[1].decode("latin-1")
        self._connection.sendall(refusal(self._wsgi, status))
