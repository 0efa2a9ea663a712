"""Mail sender over Flask-Mail, with a time-out, checked certificates and no dialogue in the log.

Flask-Mail 0.10.0 opens its connection without a time-out, starts TLS without checking the certificate, prints
the whole dialogue when the app is in debug mode, and reports an accepted mail as failed when the server hangs up
before QUIT. https://flask-mail.readthedocs.io/en/latest/
"""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Callable, Sequence

from flask import Flask
from flask_mail import BadHeaderError, Mail

from hubsync.errors import MailFailure, MailNotSent
from hubsync.mail.calendar_file import CalendarFile
from hubsync.mail.message import ShortLines
from hubsync.mail.smtp_connection import SmtpConnection

TIMEOUT_SECONDS = 9.0  # so that a page that waits for it answers within ten
LONGEST_ANSWER = 300
LASTING = 500
"""From this code on a server's refusal is no passing one. https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1"""
CALENDAR_FILE_NAME = "appointment.ics"
HEADERS = {"Auto-Submitted": "auto-generated"}
"""So that no absence note answers. https://www.rfc-editor.org/rfc/rfc3834#section-5"""


class MailSender:
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
        before_data: Callable[[], None] | None = None,
        calendar_file: CalendarFile | None = None,
        reply_to: str | None = None,
    ) -> tuple[str, ...]:
        """Hand one mail, to one address or several, to the mail server; it has been accepted when this returns.

        Returns the addresses among *to* that the server refused: not an error while somebody gets the mail, and
        nothing for a log. *message_id*, such as ``<a.1@host>``, lets mail programs drop a mail that came twice.
        *before_data* is called at the last moment before the mail itself is handed over, when sender and
        recipients are accepted; what it raises is raised here, and then the mail has not left. *calendar_file*
        goes along twice, as a form of the mail that calendars act upon and as a file for those that do not.

        Raises MailNotSent when the server cannot be reached, has not taken the mail in time, or refuses; with
        *perhaps_sent* when the mail was handed over and no answer came. A server that hangs up after it has
        accepted the mail is no failure. The message carries no address and no text.
        """
        self._before_send()
        line = self._connection(before_data)
        try:
            message = ShortLines(
                subject=subject,
                recipients=[to] if isinstance(to, str) else list(to),
                body=text,
                html=html,
                reply_to=reply_to,
                extra_headers=dict(HEADERS),
            )
            message.msgId = message_id or message.msgId
            if calendar_file is not None:
                # The last form of a mail is the one that programs prefer, if they know it.
                message.alts[f"calendar; method={calendar_file.method}"] = calendar_file.text
                message.attach(CALENDAR_FILE_NAME, "application/ics", calendar_file.text.encode(), "attachment")
            with line:
                line.send(message)
                return line.refused()
        except BadHeaderError as fault:
            raise MailNotSent(
                "the subject or an address contains a line break", reason=MailFailure.HEADER, lasting=True
            ) from fault
        except AssertionError as fault:
            raise MailNotSent("HUBSYNC_MAIL_DEFAULT_SENDER is not set", reason=MailFailure.NO_SENDER) from fault
        except UnicodeError as fault:
            raise MailNotSent(
                "the mail server takes no such address", reason=MailFailure.ADDRESS, lasting=True
            ) from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise self._not_sent(fault, perhaps=line.in_doubt) from fault

    def check(self) -> None:
        """Raise MailNotSent unless the mail server lets us in; nothing is sent."""
        self._before_send()
        try:
            with self._connection():
                return
        except (smtplib.SMTPException, OSError) as fault:
            raise self._not_sent(fault) from fault

    def _connection(self, before_data: Callable[[], None] | None = None) -> SmtpConnection:
        def last_moment() -> None:
            if before_data is not None:
                before_data()
            self._before_send()

        return SmtpConnection(self._mail, self._trust, self._timeout, last_moment)

    def _not_sent(self, fault: smtplib.SMTPException | OSError, *, perhaps: bool = False) -> MailNotSent:
        lasting = False
        if isinstance(fault, smtplib.SMTPRecipientsRefused):
            lasting = all(code >= LASTING for code, _answer in fault.recipients.values())
            fault = smtplib.SMTPResponseException(*next(iter(fault.recipients.values())))
        if isinstance(fault, smtplib.SMTPResponseException) and not perhaps:
            login = isinstance(fault, smtplib.SMTPAuthenticationError)
            answer = f"{fault.smtp_code} {self._readable(fault.smtp_error)}".strip()
            reason = MailFailure.LOGIN if login else MailFailure.REFUSED
            return MailNotSent(
                f"the mail server answered {fault.smtp_code}", reason=reason, answer=answer, lasting=lasting
            )
        return MailNotSent(
            f"the mail server cannot be used: {type(fault).__name__}", reason=_reason(fault), perhaps_sent=perhaps
        )

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


def _reason(fault: BaseException) -> MailFailure:
    """One word for a fault in which the server said nothing."""
    if isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError):
        return MailFailure.TIMEOUT
    if isinstance(fault, ssl.SSLCertVerificationError):
        return MailFailure.CERTIFICATE
    if isinstance(fault, ssl.SSLError):
        return MailFailure.TLS
    if isinstance(fault, smtplib.SMTPNotSupportedError):
        return MailFailure.NOT_OFFERED
    return MailFailure.HUNG_UP if isinstance(fault, smtplib.SMTPException) else MailFailure.UNREACHABLE
