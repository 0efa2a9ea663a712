"""Mail: one way to send, over Flask-Mail, with the doors closed that it leaves open.

Flask-Mail 0.10.0 opens its connection without a time-out, starts TLS without checking the certificate, prints
the whole dialogue when the app is in debug mode, and reports an accepted mail as failed when the server hangs up
before QUIT. https://flask-mail.readthedocs.io/en/latest/
"""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Timer
from types import TracebackType
from typing import Any

from flask import Flask
from flask_mail import BadHeaderError, Connection, Mail, Message

from hubsync.errors import MailNotSent

TIMEOUT_SECONDS = 9.0  # so that a page that waits for it answers within ten
LONGEST_ANSWER = 300


class Post:
    """The way out for mail.

    *before_send* is called before each mail and may refuse: nobody holds a database transaction while a mail
    server thinks. *trust* are the certificates a TLS server is checked against, the system's by default.
    *timeout* is what a mail may take in all, in seconds, from the connection to the server's last word.
    """

    def __init__(
        self,
        app: Flask,
        before_send: Callable[[], None] = lambda: None,
        trust: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._mail = Mail(app)
        self._before_send = before_send
        self._trust = trust
        self._timeout = timeout

    def send(
        self,
        to: str | Sequence[str],
        subject: str,
        text: str,
        html: str | None = None,
        message_id: str | None = None,
    ) -> tuple[str, ...]:
        """Hand one mail, to one address or several, to the mail server; it has been accepted when this returns.

        Returns the addresses among *to* that the server refused: not an error while somebody gets the mail, and
        nothing for a log. *message_id*, such as ``<a.1@host>``, lets mail programs drop a mail that came twice.

        Raises MailNotSent when the server cannot be reached, has not taken the mail in time, or refuses. A server
        that hangs up after it has accepted the mail is no failure. The message carries no address and no text.
        """
        self._before_send()
        try:
            message = Message(
                subject=subject, recipients=[to] if isinstance(to, str) else list(to), body=text, html=html
            )
            message.msgId = message_id or message.msgId
            with self._line() as line:
                line.send(message)
                return line.refused()
        except BadHeaderError as fault:
            raise MailNotSent("the subject or an address contains a line break", reason="header") from fault
        except AssertionError as fault:
            raise MailNotSent("HUBSYNC_MAIL_DEFAULT_SENDER is not set", reason="no_sender") from fault
        except UnicodeError as fault:
            raise MailNotSent("the mail server takes no such address", reason="address") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise self._not_sent(fault) from fault

    def check(self) -> None:
        """Raise MailNotSent unless the mail server lets us in; nothing is sent."""
        self._before_send()
        try:
            with self._line():
                return
        except (smtplib.SMTPException, OSError) as fault:
            raise self._not_sent(fault) from fault

    def _line(self) -> _Line:
        return _Line(self._mail, self._trust, self._timeout)

    def _not_sent(self, fault: smtplib.SMTPException | OSError) -> MailNotSent:
        if isinstance(fault, smtplib.SMTPRecipientsRefused):
            fault = smtplib.SMTPResponseException(*next(iter(fault.recipients.values())))
        if isinstance(fault, smtplib.SMTPResponseException):
            login = isinstance(fault, smtplib.SMTPAuthenticationError)
            answer = f"{fault.smtp_code} {self._readable(fault.smtp_error)}".strip()
            reason = "login" if login else "refused"
            return MailNotSent(f"the mail server answered {fault.smtp_code}", reason=reason, answer=answer)
        return MailNotSent(f"the mail server cannot be used: {type(fault).__name__}", reason=_reason(fault))

    def _readable(self, answer: bytes | str) -> str:
        """What the server said, in one line; should it repeat our password, without that."""
        said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        user, password = self._mail.username or "", self._mail.password or ""
        if password:
            for secret in (password, _base64(password), _base64(f"\0{user}\0{password}")):
                said = said.replace(secret, "…")
        return " ".join(said.split())[:LONGEST_ANSWER]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _reason(fault: BaseException) -> str:
    """One word for a fault in which the server said nothing."""
    if isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError):
        return "timeout"
    if isinstance(fault, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(fault, ssl.SSLError):
        return "tls"
    if isinstance(fault, smtplib.SMTPNotSupportedError):
        return "not_offered"
    return "hung_up" if isinstance(fault, smtplib.SMTPException) else "unreachable"


class _InTime(smtplib.SMTP):
    """A dialogue that is over in *timeout* seconds, however slowly the server talks.

    smtplib's own time-out begins anew with every piece that arrives. A host name may have an IPv4 and an IPv6
    address, which are tried one after the other, each with half of the time.
    """

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


class _InTimeOverTls(_InTime, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""


class _Line(Connection):
    """A connection to the mail server that times out, checks certificates and keeps quiet."""

    def __init__(self, mail: Mail, trust: ssl.SSLContext | None, timeout: float) -> None:
        super().__init__(mail)
        self._trust = trust
        self._timeout = timeout

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect, with TLS and a login as the settings say."""
        where = (self.mail.server, self.mail.port)
        if self.mail.use_ssl:
            return self._let_in(_InTimeOverTls(*where, timeout=self._timeout, context=self._context()))
        return self._let_in(_InTime(*where, timeout=self._timeout))

    def refused(self) -> tuple[str, ...]:
        """The recipients of the last mail that the server would not take, while it took others."""
        return tuple(getattr(self.host, "refused", ()))

    def _let_in(self, host: smtplib.SMTP) -> smtplib.SMTP:
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
