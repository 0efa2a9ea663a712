"""Words for what has become of a mail of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from hubsync.domain.mails import MailKind, MailState
from hubsync.web.shell.mail_errors import explain_mail_reason

KINDS: Mapping[MailKind, LazyString] = {
    MailKind.GUEST_CONFIRMATION: _l("Confirmation to the guest"),
    MailKind.HOST_CONFIRMATION: _l("Confirmation to the host"),
    MailKind.GUEST_MOVED: _l("New time, to the guest"),
    MailKind.HOST_MOVED: _l("New time, to the host"),
    MailKind.GUEST_CANCELLED: _l("Cancellation, to the guest"),
    MailKind.HOST_CANCELLED: _l("Cancellation, to the host"),
    MailKind.GUEST_REMINDER: _l("Reminder to the guest"),
    MailKind.BUSY_CALENDAR_UNREADABLE: _l("Mail about a busy calendar"),
    MailKind.SIGNIN_LINK: _l("Link to sign in"),
    MailKind.CONFIRM_IDENTITY: _l("Link to prove an address"),
    MailKind.CLAIM_INVITATION: _l("Link to join by an invitation"),
    MailKind.NEW_WAY_IN: _l("Mail about a new way to sign in"),
    MailKind.INVITATION: _l("Invitation"),
    MailKind.BOOKINGS_HELD: _l("Mail about held bookings"),
    MailKind.NOTICE: _l("Mail about failures"),
    MailKind.NOTICE_COPY: _l("Mail about failures"),
    MailKind.EXPIRY_WARNING: _l("Warning that access to HubSpot expires"),
}


def name_kind(kind: MailKind) -> str:
    """What a mail of this kind is, for people; another version may have put one of its own."""
    return str(KINDS[kind]) if kind in KINDS else _("Mail")


class Mail(Protocol):
    """A mail of the outbox, or what a service tells of one."""

    @property
    def state(self) -> MailState: ...
    @property
    def fault(self) -> str: ...
    @property
    def unconfirmed(self) -> bool: ...
    @property
    def next_try_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class MailText:
    """One word for it with its tone and icon, *why*, a sentence or empty, and when it is tried again."""

    word: str
    tone: str
    icon: str
    why: str = ""
    again_at: datetime | None = None


def tell_mail(mail: Mail) -> MailText:
    """What has become of *mail*."""
    if mail.unconfirmed:
        why = _("The mail server did not say whether it took the mail.")
        return MailText(_("perhaps sent"), "care", "question-circle", why)
    if mail.state is MailState.SENT:
        return MailText(_("sent"), "good", "check2")
    if mail.state is MailState.GIVEN_UP:
        return MailText(_("could not be sent"), "bad", "x-octagon", _why(mail.fault))
    if not mail.fault:
        return MailText(_("on its way"), "plain", "envelope")
    why = explain_mail_reason(mail.fault)
    return MailText(_("not sent yet"), "care", "hourglass-split", why, mail.next_try_at)


def _why(fault: str) -> str:
    return explain_mail_reason(fault) if fault else _("It had not left before it was of no use any more.")
