"""Refusals of a change that a guest asks for: why, what stands, and what can still be done."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.booking import BookingEvent
from hubsync.domain.guest_changes import ChangeRefusal
from hubsync.errors import NotFound
from hubsync.services.bookings.appointments import Appointment, find_appointment
from hubsync.services.bookings.booking_links import read_change
from hubsync.web.bookings.confirmation import address_of_booking, address_of_change
from hubsync.web.bookings.guest_formats import tell_appointment, tell_moment
from hubsync.web.shell.i18n import speak_to_guest


def find_changeable(slug: str, token: str, event: BookingEvent) -> Appointment:
    """The appointment whose change *token* was signed for. Raises NotFound for any other token or page."""
    booking_id = read_change(token, event)
    if booking_id is None:
        raise NotFound("no such booking")
    appointment = find_appointment(slug, booking_id)
    speak_to_guest(appointment.language)
    return appointment


def show_refusal(slug: str, appointment: Appointment, refusal: str) -> ResponseReturnValue:
    """The page that says why this booking cannot be changed, and what can be done instead."""
    title, sentence = _tell(appointment, ChangeRefusal(refusal))
    return render_template(
        "bookings/not_changeable.html",
        slug=slug,
        appointment=appointment,
        title=title,
        sentence=sentence,
        moment=tell_appointment(appointment.starts_at, appointment.ends_at),
        booking=address_of_booking(slug, appointment),
        cancel=address_of_change(slug, appointment, BookingEvent.CANCELLED),
    ), 409


def _tell(appointment: Appointment, refusal: ChangeRefusal) -> tuple[str, str]:
    host = appointment.host
    until = tell_moment(appointment.changeable_until)
    found = {
        ChangeRefusal.ALREADY_CANCELLED: (
            _("This booking is cancelled already"),
            _("There is nothing more to do."),
        ),
        ChangeRefusal.ALREADY_BEGUN: (
            _("This booking cannot be changed any more"),
            _(
                "Its time has come, or is over. Please contact %(host)s.",
                host=host,
            ),
        ),
        ChangeRefusal.TOO_LATE: (
            _("It is too late to change this booking here"),
            _("That was possible until %(until)s. Please contact %(host)s.", until=until, host=host),
        ),
        ChangeRefusal.PAGE_CLOSED: (
            _("This booking cannot be moved"),
            _("Its booking page is closed, so there are no other times. Please contact %(host)s.", host=host),
        ),
        ChangeRefusal.PAGE_PAUSED: (
            _("This booking cannot be moved at the moment"),
            _("%(host)s takes no bookings at the moment. Please come back later.", host=host),
        ),
    }
    return found[refusal]
