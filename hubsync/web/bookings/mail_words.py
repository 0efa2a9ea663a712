"""Words for the mail that confirms a booking."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from hubsync.domain.mails import MailState
from hubsync.services.bookings.appointment_mails import find_guest_mail
from hubsync.services.bookings.reminders import find_reminder
from hubsync.web.bookings.guest_formats import tell_moment


def tell_guest_mail(booking_id: int) -> str:
    """What a guest is told of the confirmation by mail; empty where there is none, or it is long ago."""
    mail = find_guest_mail(booking_id)
    if mail is None:
        return ""
    if mail.is_behind:
        return _("This change is not mailed, for there were so many. What was mailed before has a former time.")
    if mail.state is MailState.SENT:
        return _("A confirmation with a calendar file was mailed to %(address)s.", address=mail.to)
    if mail.state is MailState.WAITING:
        return _("A confirmation with a calendar file is on its way to %(address)s.", address=mail.to)
    return _("No confirmation could be mailed to %(address)s.", address=mail.to)


def tell_reminder(booking_id: int, zone: str) -> str:
    """What a guest, by the clock of *zone*, is told of the reminder; empty where there is none."""
    due = find_reminder(booking_id)
    if due is None:
        return ""
    return _("You will be reminded by mail: %(moment)s.", moment=tell_moment(due.astimezone(ZoneInfo(zone))))
