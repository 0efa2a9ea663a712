"""Mail: one way to send, over Flask-Mail, with the doors closed that it leaves open.

Flask-Mail 0.10.0 opens its connection without a time-out, starts TLS without checking the certificate, prints
the whole dialogue when the app is in debug mode, and reports an accepted mail as failed when the server hangs up
before QUIT. https://flask-mail.readthedocs.io/en/latest/
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from types import TracebackType

from flask import Flask
from flask_mail import BadHeaderError, Connection, Mail, Message

from hubsync.errors import MailNotSent

TIMEOUT_SECONDS = 10.0


class Post:
    """The way out for mail.

    *before_send* is called before each mail and may refuse: nobody holds a database transaction while a mail
    server thinks. *trust* are the certificates a TLS server is checked against, the system's by default.
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

    def send(self, to: str, subject: str, text: str, html: str | None = None) -> None:
        """Hand one mail to the mail server; it has been accepted when this returns.

        Raises MailNotSent when the server cannot be reached, does not answer for ten seconds, or refuses. A server
        that hangs up after it has accepted the mail is no failure. The message carries no address and no text.
        """
        self._before_send()
        try:
            message = Message(subject=subject, recipients=[to], body=text, html=html)
            with _Line(self._mail, self._trust, self._timeout) as line:
                line.send(message)
        except BadHeaderError as fault:
            raise MailNotSent("the subject or an address contains a line break") from fault
        except AssertionError as fault:
            raise MailNotSent("HUBSYNC_MAIL_DEFAULT_SENDER is not set") from fault
        except smtplib.SMTPResponseException as fault:
            raise MailNotSent(f"the mail server answered {fault.smtp_code}") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise MailNotSent(f"the mail server cannot be used: {type(fault).__name__}") from fault

    def check(self) -> None:
        """Raise MailNotSent unless the mail server lets us in; nothing is sent."""
        self._before_send()
        try:
            with _Line(self._mail, self._trust, self._timeout):
                return
        except smtplib.SMTPResponseException as fault:
            raise MailNotSent(f"the mail server answered {fault.smtp_code}") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise MailNotSent(f"the mail server cannot be used: {type(fault).__name__}") from fault


class _Line(Connection):
    """A connection to the mail server that times out, checks certificates and keeps quiet."""

    def __init__(self, mail: Mail, trust: ssl.SSLContext | None, timeout: float) -> None:
        super().__init__(mail)
        self._trust = trust
        self._timeout = timeout

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        """Connect, with TLS and a login as the settings say."""
        where = (self.mail.server, self.mail.port)
        host: smtplib.SMTP | smtplib.SMTP_SSL
        if self.mail.use_ssl:
            host = smtplib.SMTP_SSL(*where, timeout=self._timeout, context=self._context())
        else:
            host = smtplib.SMTP(*where, timeout=self._timeout)
            if self.mail.use_tls:
                host.starttls(context=self._context())
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
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
