"""Confirmation of a booking: its time for whoever has the address, and whether it still stands."""

from __future__ import annotations

from babel.dates import get_timezone_name
from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from hubsync.config import settings
from hubsync.domain.booking import BookingEvent
from hubsync.errors import NotFound
from hubsync.phrases import from_to
from hubsync.services.bookings.appointments import Appointment, find_appointment
from hubsync.services.bookings.booking_links import read_booking, sign_booking, sign_change
from hubsync.services.bookings.calendar_download import make_file
from hubsync.web.bookings.guest_formats import clock, guest_locale, name_day, tell_moment
from hubsync.web.bookings.mail_words import tell_guest_mail, tell_reminder
from hubsync.web.bookings.page import pages
from hubsync.web.shell.i18n import language_in_address, speak_to_guest


@pages.get("/book/<slug>/confirmed/<token>")
def show_confirmation(slug: str, token: str) -> ResponseReturnValue:
    """Date, time and zone of a booking, whether it was moved or cancelled, and the ways to do so."""
    read = read_booking(token)
    if read is None:
        raise NotFound("no such booking")
    booking_id, as_sent = read
    appointment = find_appointment(slug, booking_id)
    speak_to_guest(appointment.language)
    starts, ends = appointment.starts_at, appointment.ends_at
    before = appointment.moved_from
    return render_template(
        "bookings/show_confirmation.html",
        slug=slug,
        appointment=appointment,
        day=name_day(starts.date()),
        clock=from_to(clock(starts), clock(ends)),
        zone_name=get_timezone_name(starts, locale=guest_locale()),
        as_sent=as_sent,
        mail=tell_guest_mail(booking_id),
        reminder=tell_reminder(booking_id, appointment.time_zone),
        mails=settings().mail_set_up,
        moved_from=tell_moment(before) if before is not None else "",
        until=tell_moment(appointment.changeable_until),
        move=address_of_change(slug, appointment, BookingEvent.MOVED),
        cancel=address_of_change(slug, appointment, BookingEvent.CANCELLED),
        file=url_for("bookings.download_appointment", slug=slug, token=token),
    )


@pages.get("/book/<slug>/confirmed/<token>/appointment.ics")
def download_appointment(slug: str, token: str) -> ResponseReturnValue:
    """The appointment as a file for the guest's calendar."""
    read = read_booking(token)
    if read is None:
        raise NotFound("no such booking")
    named = {"Content-Disposition": "attachment; filename=appointment.ics"}
    return Response(make_file(slug, read[0]), mimetype="text/calendar", headers=named)


def address_of_booking(slug: str, appointment: Appointment) -> str:
    """Where its guest reads how the booking stands now."""
    token = sign_booking(appointment.booking_id, as_sent=True)
    return url_for("bookings.show_confirmation", slug=slug, token=token, lang=language_in_address())


def address_of_change(slug: str, appointment: Appointment, event: BookingEvent) -> str:
    """Where its guest moves or cancels the booking; empty where that is not possible any more."""
    moves = event is BookingEvent.MOVED
    if (appointment.move_refusal if moves else appointment.cancel_refusal) is not None:
        return ""
    token = sign_change(appointment.booking_id, event)
    view = "bookings.show_move" if moves else "bookings.show_cancellation"
    return url_for(view, slug=slug, token=token, lang=language_in_address())
