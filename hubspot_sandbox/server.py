"""The HTTP server: a sandbox that answers in a thread of its own."""

import selectors
import socket
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer

from hubspot_sandbox.app import create_sandbox
from hubspot_sandbox.keep_alive import KeepAliveHandler
from hubspot_sandbox.mailbox import Mailbox
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.state import SandboxState


class SandboxServer:
    """Serves a sandbox on *host* and *port* (0: any free one) between ``start`` and ``stop``.

    ``start`` raises OSError when the port is taken. After ``stop`` kept-alive connections are closed too, so
    that a client sees a sandbox that is really gone.
    """

    def __init__(self, settings: SandboxSettings, host: str = "127.0.0.1", port: int = 0) -> None:
        self.settings, self._host, self._port = settings, host, port
        self.app: Flask = create_sandbox(settings)
        self.state: SandboxState = self.app.extensions["hubspot_sandbox"]
        self.smtp_port: int | None = None
        self._mailbox: Mailbox | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port in use once started."""
        return self._port

    @property
    def url(self) -> str:
        """Where the sandbox answers, without a trailing slash."""
        return f"http://{self._host}:{self._port}"

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped again."""
        return self._server is not None

    def start(self) -> "SandboxServer":
        """Begin to answer; returns itself."""
        with socket.create_server((self._host, self._port), backlog=128) as listening:
            # The server takes a copy of the listening socket: its own way of binding ends the process
            # when the port is taken.
            self._server = _Server(
                self._host, self._port, self.app, handler=KeepAliveHandler, fd=listening.fileno()
            )
        self._port = self._server.port
        self._start_mailbox()
        self._thread = threading.Thread(target=self._server.serve_forever, name="hubspot-sandbox", daemon=True)
        self._thread.start()
        return self

    def _start_mailbox(self) -> None:
        """Take mails too, when the settings name a port for it."""
        if self.settings.smtp_port is None or self._server is None:
            return
        state = self.state
        self._mailbox = Mailbox(
            state.keep_mail,
            lambda: state.mail_trouble,
            host=self.settings.smtp_host,
            port=self.settings.smtp_port,
            now=lambda: datetime.fromtimestamp(state.clock.now(), UTC),
        )
        try:
            self._mailbox.start()
        except OSError:
            self._mailbox = None
            self._server.server_close()
            self._server = None
            raise
        self.smtp_port = self._mailbox.port

    def wait_for_callers(self, seconds: float) -> bool:
        """Wait until all who have been accepted are gone, and what they sent is done; whether they are."""
        return self._server is None or self._server.wait_until_closed(seconds)

    def stop(self) -> None:
        """Stop answering, close every connection and let go of the data file."""
        self.state.faults.release()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.close_connections()
            self._server = self._thread = None
        if self._mailbox is not None:
            self._mailbox.stop()
            self._mailbox = None
        self.state.close()

    def __enter__(self) -> "SandboxServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadedWSGIServer):
    """A thread per connection, each of which can be closed from outside."""

    daemon_threads = True

    timeout = 0  # a caller who has gone again before it is accepted is not waited for

    def __init__(self, *args: Any, **named: Any) -> None:
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Condition()
        self._pair: tuple[socket.socket, ...] = ()
        super().__init__(*args, **named)
        self._pair = self._end, self._ended = socket.socketpair()

    def serve_forever(self, poll_interval: float = 0) -> None:
        """Answer until `shutdown`, which is noticed at once: nothing is polled."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self, selectors.EVENT_READ)
            waiting.register(self._ended, selectors.EVENT_READ)
            while not any(key.fileobj is self._ended for key, _ in waiting.select()):
                self.handle_request()
        self.server_close()

    def shutdown(self) -> None:
        """Ask the thread that serves to end; whoever needs the end joins it."""
        self._end.close()

    def server_close(self) -> None:
        super().server_close()
        for each in self._pair:
            each.close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
            self._open_lock.notify_all()
        super().shutdown_request(request)

    def wait_until_closed(self, seconds: float) -> bool:
        """Wait so long for the end of every connection that is open; whether there is none."""
        with self._open_lock:
            return self._open_lock.wait_for(lambda: not self._open, seconds)

    def close_connections(self) -> None:
        """Cut every connection that is still open."""
        with self._open_lock:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a traceback."""
