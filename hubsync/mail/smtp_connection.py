"""SMTP connection in bounded time, which checks certificates and prints no dialogue."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from types import TracebackType
from typing import Any

from flask_mail import Connection, Mail


class InTime(smtplib.SMTP):
    """A dialogue that is over in *timeout* seconds, however slowly the server talks.

    smtplib's own time-out starts again with every piece that arrives. A host name may have an IPv4 and an IPv6
    address, which are tried one after the other, each with half of the time.

    *before_data* is called when sender and recipients are accepted, at the last moment before the mail is handed
    over; what it raises ends the dialogue. *in_doubt* says whether the mail was handed over whole and the server
    has not said yet, in a way that could be read, whether it takes it.
    """

    before_data: Callable[[], None] | None = None
    in_doubt = False

    def connect(self, host: str = "localhost", port: int = 0, *more: Any) -> tuple[int, bytes]:
        self._late = False
        self._alarm = Timer(float(self.timeout), self._hang_up)
        self._alarm.daemon = True
        self._alarm.start()
        whole, self.timeout = self.timeout, self.timeout / 2
        try:
            return super().connect(host, port, *more)
        except BaseException:
            self.close()
            raise
        finally:
            self.timeout = whole

    def sendmail(self, *given: Any, **more: Any) -> dict[str, tuple[int, bytes]]:
        self.refused = super().sendmail(*given, **more)
        return self.refused

    def data(self, msg: Any) -> tuple[int, bytes]:
        if self.before_data is not None:
            self.before_data()
        code, answer = super().data(msg)
        self.in_doubt = not 400 <= code < 600
        return code, answer

    def send(self, s: Any) -> None:
        super().send(s)
        if isinstance(s, bytes):  # the mail; commands are text
            self.in_doubt = True

    def getreply(self) -> tuple[int, bytes]:
        try:
            answer = super().getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as fault:
            raise (TimeoutError() if self._late else fault) from fault
        if self._late:  # what was read is the beginning of an answer
            raise TimeoutError
        return answer

    def close(self) -> None:
        self._alarm.cancel()
        super().close()

    def _hang_up(self) -> None:
        self._late = True
        if self.sock is not None:
            # The plain socket's: an encrypted one would take off its encryption first.
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class InTimeOverTls(InTime, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""


class SmtpConnection(Connection):
    """A connection to the mail server that times out, checks certificates and keeps quiet."""

    def __init__(
        self, mail: Mail, trust: ssl.SSLContext | None, timeout: float, before_data: Callable[[], None] | None
    ) -> None:
        super().__init__(mail)
        self._trust = trust
        self._timeout = timeout
        self._before_data = before_data

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect, with TLS and a login as the settings say."""
        where = (self.mail.server, self.mail.port)
        if self.mail.use_ssl:
            return self._let_in(InTimeOverTls(*where, timeout=self._timeout, context=self._context()))
        return self._let_in(InTime(*where, timeout=self._timeout))

    def refused(self) -> tuple[str, ...]:
        """The recipients of the last mail that the server would not take, while it took others."""
        return tuple(getattr(self.host, "refused", ()))

    @property
    def in_doubt(self) -> bool:
        """Whether the mail was handed over and may have been accepted, for all that was heard."""
        return bool(getattr(self.host, "in_doubt", False))

    def _let_in(self, host: InTime) -> smtplib.SMTP:
        host.before_data = self._before_data
        try:
            if self.mail.use_tls and not self.mail.use_ssl:
                host.starttls(context=self._context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def _context(self) -> ssl.SSLContext:
        return self._trust or ssl.create_default_context()

    def __exit__(self, kind: type[BaseException], fault: BaseException, trace: TracebackType) -> None:
        # What the server said to the mail counts; how the line ends does not.
        try:
            super().__exit__(kind, fault, trace)
        except (smtplib.SMTPException, OSError):
            if self.host is not None:
                self.host.close()
