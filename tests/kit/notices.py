"""Notices and expiry warnings as they are put and sent by due work."""

from __future__ import annotations

from hubsync.domain.mails import MailKind
from hubsync.services.notices.expiry_warning import put_due_warnings
from hubsync.services.notices.notices import put_due_notices
from hubsync.services.operations.outgoing_mails import send_mails


def send_notices() -> int:
    """Put the notices that are due and send what is due of the outbox; how many notices were sent."""
    put_due_notices()
    return _count(MailKind.NOTICE)


def send_warnings() -> int:
    """The same with expiry warnings."""
    put_due_warnings()
    return _count(MailKind.EXPIRY_WARNING)


def _count(kind: MailKind) -> int:
    return [each for _, each in send_mails()].count(kind)
