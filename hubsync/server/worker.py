"""Worker: gunicorn's threads behind one loop that waits for all clients, so that no thread waits for any.

gunicorn's own worker with threads gives a connection a thread with its first byte, for as long as its request
takes to come and its answer to go: as many slow clients as threads stop everything, and with a deadline in the
thread they still stop it until then. Here the loop collects a request until it is whole, a thread answers it into
memory, and the loop sends what the client did not take at once. Clients that need too long for either are let go;
where connections or memory run out, those go first that have waited longest.
"""

from __future__ import annotations

import errno
import selectors
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from socket import SHUT_WR
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from hubsync.server.client_socket import ClientSocket
from hubsync.server.refusals import Refusing, refusal
from hubsync.server.request_end import Progress, RequestEnd

HELD_AT_MOST = 64 * 1_048_576
"""Bytes of requests and answers that are waited with, of all clients together."""
_LOOK_EVERY = 0.25  # seconds between two looks at who has waited too long


class Connection(TConn):
    """A client, what has come of its request, and until when it is waited for."""

    def __init__(self, worker: Worker, accepted: Any, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, ClientSocket(accepted), client, server)
        self._worker = worker
        self.incoming: RequestEnd | None = None
        self.rest = b""  # of the next request, which came along with the last one
        self.until = 0.0
        self.data_ready = True  # threads get it with its request

    @property
    def held(self) -> int:
        return len(self.incoming.received if self.incoming else self.rest) + len(self.sock.unsent)

    def close(self, graceful: bool = False) -> None:
        if graceful:
            self._worker.nr_conns += 1  # whoever closes it has counted it off
            self._worker.say_goodbye(self)
        else:
            super().close()


class Worker(ThreadWorker):
    """Serves whole requests alone."""

    head_seconds = 10.0
    request_seconds = 30.0
    answer_seconds = 60.0
    goodbye_seconds = 2.0
    poller: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: dict[Connection, int] = {}
        self._held = 0
        self._next_look = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        super().check_config(cfg, log)
        if cfg.is_ssl or cfg.proxy_protocol not in {"off", False}:
            sys.exit("HubSync speaks plain HTTP: TLS and the PROXY protocol end at the proxy before it.")

    # What gunicorn's loop calls.

    def accept(self, listener: Any) -> None:
        try:
            accepted, address = listener.accept()
        except OSError as fault:  # it has gone again, or there is no room for it: gunicorn asks once more
            if fault.errno in {errno.EMFILE, errno.ENFILE} and self._waiting:
                self._let_go(next(iter(self._waiting)))
            return
        self.nr_conns += 1
        self.enqueue_req(Connection(self, accepted, address, listener.getsockname()))
        self._make_room()

    def enqueue_req(self, conn: Connection) -> None:
        """Wait until the next request of *conn* is whole; then a thread gets it."""
        if conn.parser is not None and conn.parser.unreader.buf.getvalue():
            self._let_go(conn)  # gunicorn saw the end of the last request elsewhere than we did
            return
        conn.incoming, rest, conn.rest = RequestEnd(), conn.rest, b""
        conn.sock.told_to_go_on = False
        self._wait(conn, self.head_seconds, selectors.EVENT_READ, self._hear)
        self._go_on(conn, partial(self._take, piece=rest) if rest else self._hear)

    def finish_request(self, conn: Connection, future: Future[Any]) -> None:
        """Send the rest of the answer, then wait for the next request or say goodbye."""
        if conn.sock.unsent and conn.sock.fileno() >= 0:  # gunicorn closes it where an answer breaks off
            go_on = partial(self.finish_request, conn, future)
            self._wait(conn, self.answer_seconds, selectors.EVENT_WRITE, partial(self._push, go_on))
        elif conn.rest and not future.cancelled() and not future.exception() and future.result():
            self.enqueue_req(conn)
        else:
            super().finish_request(conn, future)

    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_EVERY
            if not self.alive:  # a server that stops does not wait long
                for conn in self._waiting:
                    conn.until = min(conn.until, now + self.goodbye_seconds)
            for conn in [each for each in self._waiting if each.until <= now]:
                self._give_up(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Refuse as gunicorn does, without its words: they name limits and repeat what was sent."""
        super().handle_error(req, Refusing(client, self.wsgi), addr, exc)

    # Waiting for clients, in the loop alone.

    def say_goodbye(self, conn: Connection) -> None:
        """End a connection so that its last answer arrives: not before the client has ended its side, or a while.

        https://www.rfc-editor.org/rfc/rfc9112#section-9.6
        """
        try:
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self._let_go(conn)
            return
        conn.incoming, conn.rest = None, b""
        self._wait(conn, self.goodbye_seconds, selectors.EVENT_READ, self._overhear)
        self._overhear(conn)

    def _hear(self, conn: Connection) -> None:
        try:
            piece = conn.sock.hear()
        except BlockingIOError:
            return
        except OSError:
            self._let_go(conn)
            return
        if piece or (conn.incoming is not None and conn.incoming.received):
            self._take(conn, piece)
        else:
            self._let_go(conn)

    def _take(self, conn: Connection, piece: bytes) -> None:
        incoming = conn.incoming = conn.incoming or RequestEnd()
        before = incoming.progress
        progress = incoming.feed(piece)
        if progress is Progress.WHOLE:
            self._stop_waiting(conn)
            request, conn.rest = incoming.split()
            conn.incoming = None
            conn.sock.hand(request)
            super().enqueue_req(conn)
        elif progress is Progress.HEAD_TOO_LARGE:
            self._refuse(conn, "431 Request Header Fields Too Large")
        else:
            if progress is not before:
                conn.until += self.request_seconds - self.head_seconds
            if incoming.waits_to_go_on:
                conn.sock.tell_to_go_on()
            self._count(conn)
            self._make_room()

    def _push(self, go_on: Callable[[], None], conn: Connection) -> None:
        try:
            conn.sock.push()
        except OSError:
            self._let_go(conn)
            return
        if not conn.sock.unsent:
            self._stop_waiting(conn)
            go_on()

    def _overhear(self, conn: Connection) -> None:
        try:
            if not conn.sock.hear():
                self._let_go(conn)
        except BlockingIOError:
            pass
        except OSError:
            self._let_go(conn)

    def _give_up(self, conn: Connection) -> None:
        """Let a client go that is too slow, and say so to one that has begun a request."""
        if conn.incoming is not None and conn.incoming.received:
            self._refuse(conn, "408 Request Timeout")
        else:
            self._let_go(conn)

    def _refuse(self, conn: Connection, status: str) -> None:
        self.log.debug("Refused a request that was not whole: %s", status)
        with suppress(OSError):
            conn.sock.sendall(refusal(self.wsgi, status))
        self._stop_waiting(conn)
        self.say_goodbye(conn)

    def _make_room(self) -> None:
        while self._waiting and (self.nr_conns >= self.worker_connections or self._held > HELD_AT_MOST):
            self._let_go(next(iter(self._waiting)))

    def _wait(self, conn: Connection, seconds: float, for_what: int, then: Callable[[Connection], None]) -> None:
        conn.until = time.monotonic() + seconds
        conn.sock.setblocking(False)

        def go_on(_socket: Any) -> None:
            if conn in self._waiting:  # or another client's event has ended it a moment ago
                self._go_on(conn, then)

        self.poller.register(conn.sock, for_what, go_on)
        self._waiting[conn] = 0
        self._count(conn)

    def _go_on(self, conn: Connection, then: Callable[[Connection], None]) -> None:
        try:
            then(conn)
        except Exception:  # a bug that one client has met must not end the loop of all
            self.log.exception("A connection was given up for an error that nobody expected.")
            self._let_go(conn)

    def _count(self, conn: Connection) -> None:
        self._held += conn.held - self._waiting[conn]
        self._waiting[conn] = conn.held

    def _stop_waiting(self, conn: Connection) -> None:
        if conn in self._waiting:
            self._held -= self._waiting.pop(conn)
            self.poller.unregister(conn.sock)

    def _let_go(self, conn: Connection) -> None:
        self._stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()
