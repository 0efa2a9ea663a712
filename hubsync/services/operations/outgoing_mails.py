"""Outgoing mails: who writes which kind of mail that the outbox hands over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hubsync.domain.mails import MailKind
from hubsync.services.bookings.change_mails import (
    write_guest_cancelled,
    write_guest_moved,
    write_host_cancelled,
    write_host_moved,
)
from hubsync.services.bookings.confirmation_mails import write_guest_confirmation, write_host_confirmation
from hubsync.services.bookings.held_notice import write_held_notice
from hubsync.services.bookings.reminders import write_reminder
from hubsync.services.busy_calendars.unreadable_mail import write_unreadable
from hubsync.services.notices.expiry_warning import write_warning
from hubsync.services.notices.notices import note_notice_sent, write_notice, write_notice_copy
from hubsync.services.outbox.sender import Writer, send_due_mails
from hubsync.services.outbox.turns import WhenSent
from hubsync.services.signin import mails as signin_mails
from hubsync.services.signin.new_way_mail import write_new_way
from hubsync.services.teams.invitation_mails import write_invitation

WRITERS: Mapping[MailKind, Writer] = {
    MailKind.GUEST_CONFIRMATION: write_guest_confirmation,
    MailKind.HOST_CONFIRMATION: write_host_confirmation,
    MailKind.GUEST_REMINDER: write_reminder,
    MailKind.BUSY_CALENDAR_UNREADABLE: write_unreadable,
    MailKind.GUEST_MOVED: write_guest_moved,
    MailKind.HOST_MOVED: write_host_moved,
    MailKind.GUEST_CANCELLED: write_guest_cancelled,
    MailKind.HOST_CANCELLED: write_host_cancelled,
    **signin_mails.WRITERS,
    MailKind.NEW_WAY_IN: write_new_way,
    MailKind.INVITATION: write_invitation,
    MailKind.BOOKINGS_HELD: write_held_notice,
    MailKind.NOTICE: write_notice,
    MailKind.NOTICE_COPY: write_notice_copy,
    MailKind.EXPIRY_WARNING: write_warning,
}
WHEN_SENT: Mapping[MailKind, WhenSent] = {MailKind.NOTICE: note_notice_sent}


def send_mails(stopped: Callable[[], bool] = lambda: False) -> list[tuple[int, MailKind]]:
    """Send what is due of the outbox; return the ids and kinds of what was sent."""
    return send_due_mails(WRITERS, stopped, when_sent=WHEN_SENT)
