"""HTTP server of a stand-in: it answers on loopback in a thread of its own and writes down what it was asked."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from flask import Blueprint, Flask, Response, request
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from scheduler_sandbox import languages
from scheduler_sandbox.sending import Sender


@dataclass(frozen=True)
class Request:
    """One request as it arrived, with the status it was answered with; header names are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int


class SchedulerServer:
    """Serves *app*, a stand-in of one scheduler, on *host* and *port* (0: any free one) until ``stop``.

    ``start`` raises OSError when the port is taken. ``sender`` makes its deliveries and lists them; ``lock`` is
    held by whoever reads or changes what the stand-in knows.
    """

    def __init__(self, app: Flask, sender: Sender, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app, self.sender = app, sender
        self.lock = threading.RLock()
        self._host, self._port = host, port
        self._requests: list[Request] = []
        self._server: ThreadedWSGIServer | None = None
        self._thread: threading.Thread | None = None
        app.after_request(self._write_down)
        languages.register(app)
        # What the pages of every stand-in share.
        app.register_blueprint(Blueprint("scheduler", __name__, template_folder="templates"))

    @property
    def port(self) -> int:
        """Where it answers; 0 until it has one, if any will do."""
        return self._port

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{self._host}:{self._port}"

    @property
    def requests(self) -> list[Request]:
        """What it was asked so far, oldest first."""
        with self.lock:
            return list(self._requests)

    def start(self) -> Self:
        """Begin to answer; returns itself."""
        with socket.create_server((self._host, self._port), backlog=128) as listening:
            # The server takes a copy of the listening socket: its own way of binding ends the process when the
            # port is taken.
            self._server = _Server(self._host, self._port, self.app, handler=_Handler, fd=listening.fileno())
        self._port = self._server.port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), name="scheduler-sandbox", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering, and end every delivery that is still to be repeated."""
        self.sender.stop()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = self._thread = None

    def reset(self, forget: Callable[[], None] = lambda: None) -> None:
        """Forget what was asked and delivered; *forget* runs while nobody else looks."""
        with self.lock:
            self._requests.clear()
            self.sender.forget()
            forget()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _write_down(self, response: Response) -> Response:
        asked = Request(
            request.method,
            request.path,
            request.args.to_dict(),
            {name.lower(): value for name, value in request.headers.items()},
            request.get_data(),
            response.status_code,
        )
        with self.lock:
            self._requests.append(asked)
        return response


class _Server(ThreadedWSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a traceback."""


class _Handler(WSGIRequestHandler):
    timeout = 65

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the stand-in has its own list of requests."""
