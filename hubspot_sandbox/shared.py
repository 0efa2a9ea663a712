"""One stand-in for many tests: a server that is started once and emptied for each of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings


class SharedSandbox:
    """Starting a stand-in takes longer than many a test, and emptying it takes nothing."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._server: SandboxServer | None = None
        self._running = RequestsRunning()

    def fresh(self) -> SandboxServer:
        """The server, as good as new.

        Another one when a test has stopped it, or left a request behind that is still being answered: that would
        write into the records of the next test.
        """
        if self._server is not None and (self._running.count or not self._server.running):
            self.stop()
        if self._server is None:
            self._server = SandboxServer(self._settings)
            self._running = RequestsRunning(self._server.app.wsgi_app)
            self._server.app.wsgi_app = self._running  # type: ignore[method-assign]  # Flask's own way of wrapping
            self._server.start()
        self._server.state.reset()
        return self._server

    def stop(self) -> None:
        """Stop the server; the next `fresh` starts another."""
        if self._server is not None:
            self._server.stop()
            self._server = None


class RequestsRunning:
    """WSGI middleware that counts the requests which are being answered."""

    def __init__(self, wsgi_app: Any = None) -> None:
        self._wsgi_app = wsgi_app
        self._lock = threading.Lock()
        self.count = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._lock:
            self.count += 1
        try:
            answer: Iterable[bytes] = self._wsgi_app(environ, start_response)
            return answer
        finally:
            with self._lock:
                self.count -= 1
