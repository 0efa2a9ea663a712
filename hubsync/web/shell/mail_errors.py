"""Texts about mail that could not be sent."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from hubsync.config import settings
from hubsync.errors import MailFailure, MailNotSent

REASONS: Mapping[str, LazyString] = {
    MailFailure.NO_SENDER: lazy_gettext(
        "No sender is set: set HUBSYNC_MAIL_DEFAULT_SENDER and start HubSync again."
    ),
    MailFailure.HEADER: lazy_gettext("The subject or an address has a line break in it."),
    MailFailure.ADDRESS: lazy_gettext("The mail server takes no address with such letters."),
    MailFailure.TIMEOUT: lazy_gettext("The mail server at %(place)s did not answer in time."),
    MailFailure.UNREACHABLE: lazy_gettext(
        "No mail server can be reached at %(place)s. HUBSYNC_MAIL_SERVER and HUBSYNC_MAIL_PORT say where it is."
    ),
    MailFailure.HUNG_UP: lazy_gettext("The mail server at %(place)s hung up without a reason."),
    MailFailure.CERTIFICATE: lazy_gettext(
        "The certificate of the mail server at %(place)s proves nobody, so it gets no mail."
    ),
    MailFailure.TLS: lazy_gettext(
        "Encryption with the mail server at %(place)s failed. HUBSYNC_MAIL_USE_SSL is for port 465, "
        "HUBSYNC_MAIL_USE_TLS for port 587."
    ),
    MailFailure.NOT_OFFERED: lazy_gettext(
        "The mail server at %(place)s does not offer the encryption or the login that the settings "
        "HUBSYNC_MAIL_USE_TLS, HUBSYNC_MAIL_USERNAME and HUBSYNC_MAIL_PASSWORD ask for."
    ),
    MailFailure.LOGIN: lazy_gettext(
        "The mail server did not accept HUBSYNC_MAIL_USERNAME and HUBSYNC_MAIL_PASSWORD. "
        "It answered: “%(answer)s”."
    ),
    MailFailure.REFUSED: lazy_gettext("The mail server refused the mail. It answered: “%(answer)s”."),
    MailFailure.RESTORED: lazy_gettext(
        "The database was restored from a backup in which this mail still waited. It may have been sent since."
    ),
}
"""What was in the way, by the reason that the fault carries."""

WITHOUT_ANSWER: Mapping[str, LazyString] = {
    MailFailure.LOGIN: lazy_gettext(
        "The mail server did not accept HUBSYNC_MAIL_USERNAME and HUBSYNC_MAIL_PASSWORD."
    ),
    MailFailure.REFUSED: lazy_gettext(
        "The mail server refused the mail. “Send test mail” in the Team Settings shows what it answers."
    ),
}
"""The same where the server's answer is not at hand."""


def explain_mail_fault(fault: MailNotSent) -> str:
    """Why the mail did not leave, with what the server answered if it did."""
    known = REASONS.get(fault.reason)
    if known is None:
        return gettext("The mail server did not accept the mail.")
    return str(known) % {"place": mail_place(), "answer": fault.answer}


def explain_mail_reason(reason: str) -> str:
    """Why a mail did not leave, when what the server answered was not kept."""
    words = WITHOUT_ANSWER.get(reason) or REASONS.get(reason)
    return str(words) % {"place": mail_place()} if words else gettext("The mail server did not accept the mail.")


def mail_place() -> str:
    """Where mail is handed over: host and port."""
    return f"{settings().mail_server}:{settings().mail_port}"
