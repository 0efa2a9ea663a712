"""An app that listens on loopback, by Werkzeug's server in threads of this process, of which none is left over."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

_ANSWER = "tests.answer"


@contextmanager
def listening(app: Any, port: int = 0) -> Iterator[int]:
    """Serve the WSGI *app* on *port* (0: any free one), which is yielded; at the end nobody works on a request."""
    server = _Server("127.0.0.1", port, _ClosedAnswers(app), _Handler)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    serving.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        serving.join()


class _Server(ThreadedWSGIServer):
    """Closed when all requests are answered. Nobody waits for connections on which nothing is asked."""

    daemon_threads = False  # those are not waited for

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._open.discard(request)

    def server_close(self) -> None:
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RD)
        super().server_close()


class _Handler(WSGIRequestHandler):
    """Closes the answer also where Werkzeug does not.

    Before it does, it reads what the sender may still have to say. Where that one has gone meanwhile, reading
    fails, and the file of a `send_file` is left to the garbage collector.
    https://github.com/pallets/werkzeug/blob/3.1.9/src/werkzeug/serving.py
    """

    def run_wsgi(self) -> None:
        try:
            super().run_wsgi()
        finally:
            answer = self.environ.pop(_ANSWER, None)
            if answer is not None:
                answer.close()


class _ClosedAnswers:
    """Lets the handler know the answer of *app*."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        environ[_ANSWER] = _Answer(self._app(environ, start_response))
        return environ[_ANSWER]


class _Answer:
    """Closed once, however often it is closed."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._closed = pieces, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            getattr(self._pieces, "close", lambda: None)()
