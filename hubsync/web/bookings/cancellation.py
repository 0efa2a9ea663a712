"""Cancellation of an appointment by its guest: a page with the time, a reason if wanted, and the press."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.booking import BookingEvent
from hubsync.errors import BookingNotChangeable, BookingNotKept
from hubsync.phrases import from_to
from hubsync.services.bookings import guest_changes
from hubsync.services.bookings.appointments import Appointment
from hubsync.web.bookings.change_refusals import find_changeable, show_refusal
from hubsync.web.bookings.confirmation import address_of_booking
from hubsync.web.bookings.guest_formats import clock, name_day
from hubsync.web.bookings.page import pages


@pages.get("/book/<slug>/cancel/<token>")
def show_cancellation(slug: str, token: str) -> ResponseReturnValue:
    """The booking that would be cancelled; nothing is before the button is pressed."""
    appointment = find_changeable(slug, token, BookingEvent.CANCELLED)
    if appointment.cancel_refusal is not None:
        return show_refusal(slug, appointment, appointment.cancel_refusal)
    return _show(slug, appointment)


@pages.post("/book/<slug>/cancel/<token>")
def cancel(slug: str, token: str) -> ResponseReturnValue:
    """Cancel the booking and say so; once more says the same."""
    appointment = find_changeable(slug, token, BookingEvent.CANCELLED)
    try:
        guest_changes.cancel(slug, appointment.booking_id, request.form.get("reason", ""))
    except BookingNotChangeable as fault:
        return show_refusal(slug, appointment, fault.refusal)
    except BookingNotKept:
        later = _("This could not be saved just now. Nothing was cancelled; please press again in a moment.")
        return _show(slug, appointment, later), 503
    return redirect(address_of_booking(slug, appointment), 303)


def _show(slug: str, appointment: Appointment, message: str = "") -> str:
    starts, ends = appointment.starts_at, appointment.ends_at
    return render_template(
        "bookings/cancel.html",
        appointment=appointment,
        day=name_day(starts.date()),
        clock=from_to(clock(starts), clock(ends)),
        keep=address_of_booking(slug, appointment),
        message=message,
        reason=request.form.get("reason", ""),
    )
