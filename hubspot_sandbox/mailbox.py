"""A real SMTP server on loopback that stores every mail it is sent, and fails on demand."""

import asyncio
import errno
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from hubspot_sandbox.mail_parser import parse_mail
from hubspot_sandbox.marks import N_

# What the mailbox can do instead of taking a mail; the key is what the control API and the page set.
TROUBLES = {
    "": N_("Takes every mail"),
    "refuse": N_("Refuses the connection (421)"),
    "defer": N_("Says later, after the mail was handed over (451)"),
    "reject": N_("Refuses the mail for good (550)"),
    "hang": N_("Takes the mail and never answers"),
    "lose": N_("Keeps the mail, then drops the line without an answer"),
}

_ANSWERS = {
    "defer": "451 4.3.0 The sandbox mailbox is told to say later",
    "reject": "550 5.7.1 The sandbox mailbox is told to refuse",
}


class _Refusal(asyncio.Protocol):
    """Greets with 421 and closes, as a server does that takes no connections now (RFC 5321, 3.8)."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.3.2 The sandbox mailbox is told to refuse connections\r\n")
        transport.close()


class Mailbox:
    """An SMTP server in a thread of its own, between start() and stop().

    *keep* gets every mail as the dict of mail_parser.parse_mail, from the mailbox's thread; *trouble* is
    asked at every connection and mail and answers with a key of TROUBLES.
    """

    def __init__(
        self,
        keep: Callable[[dict[str, Any]], object],
        trouble: Callable[[], str] = lambda: "",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.host = host
        self.port = port
        self._keep = keep
        self._trouble = trouble
        self._now = now
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None

    def start(self) -> None:
        """Listen; afterwards *port* is the real port, also when it was 0.

        Raises OSError with a sentence naming the port when it cannot be had.
        """
        if self._thread is not None:
            raise RuntimeError("the mailbox is already open")
        try:
            listener = socket.create_server((self.host, self.port))
        except OSError as error:
            reason = "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
            raise OSError(error.errno, f"port {self.port} on {self.host} (mailbox) {reason}") from error
        # asyncio sets it for sockets that it makes itself; without, every answer waits for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = listener.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, ready)), name="sandbox-mailbox", daemon=True
        )
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Close the port and every open line; nothing happens when it is not running."""
        thread, loop, stopped = self._thread, self._loop, self._stopped
        if thread is None or loop is None or stopped is None:
            return
        loop.call_soon_threadsafe(stopped.set)
        thread.join()
        self._thread = self._loop = self._stopped = None

    async def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._line, sock=listener)
        ready.set()
        await self._stopped.wait()
        # Lines still open are cut by asyncio.run, which cancels their tasks; waiting for them here would
        # wait for the clients.
        server.close()

    def _line(self) -> asyncio.BaseProtocol:
        if self._trouble() == "refuse":
            return _Refusal()
        # aiosmtpd looks its hooks up by name on whatever object it is given.
        hooks = SimpleNamespace(handle_DATA=self._take)
        return SMTP(hooks, hostname="localhost", enable_SMTPUTF8=True, loop=self._loop)

    async def _take(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:
        trouble = self._trouble()
        if trouble in _ANSWERS:
            return _ANSWERS[trouble]
        if trouble == "hang":
            await asyncio.Event().wait()
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode()
        self._keep(parse_mail(raw, envelope.mail_from or "", list(envelope.rcpt_tos), self._now()))
        if trouble == "lose" and isinstance(smtp.transport, asyncio.Transport):
            smtp.transport.abort()
            raise asyncio.CancelledError
        return "250 2.0.0 Kept in the sandbox mailbox"
