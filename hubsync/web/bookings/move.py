"""Move of an appointment by its guest: another free time, a last look with a reason if wanted, and the press."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hubsync.domain.booking import BookingEvent
from hubsync.domain.guest_changes import ChangeRefusal
from hubsync.errors import BookingNotChangeable, BookingNotKept, TimeNotOffered
from hubsync.services import now
from hubsync.services.bookings import guest_changes
from hubsync.services.bookings.appointments import Appointment, find_appointment
from hubsync.services.bookings.booking_page import BookingPage, find_booking_page
from hubsync.services.bookings.offered_times import load_offered_times
from hubsync.services.unwanted.submissions import take_turn_to_move
from hubsync.web.bookings.change_refusals import find_changeable, show_refusal
from hubsync.web.bookings.choice import PICK, SEE, START, ZONE, read_start, read_zone
from hubsync.web.bookings.choices import ShownTime
from hubsync.web.bookings.confirmation import address_of_booking
from hubsync.web.bookings.dead_ends import show_too_many
from hubsync.web.bookings.guest_formats import tell_appointment
from hubsync.web.bookings.month import list_times
from hubsync.web.bookings.page import NEAREST, Moving, pages, show_times

SEEN = "seen"
"""The field with the time that the booking had when the guest saw it."""


@pages.get("/book/<slug>/move/<token>")
def show_move(slug: str, token: str) -> ResponseReturnValue:
    """The free times, or a last look at the one that was chosen; nothing is moved before the press."""
    appointment = find_changeable(slug, token, BookingEvent.MOVED)
    if appointment.move_refusal is not None:
        return show_refusal(slug, appointment, appointment.move_refusal)
    page = find_booking_page(slug)
    if START not in request.args:
        return _show_times(page, appointment, token)
    start = read_start(request.args[START])
    if start == appointment.starts_at:
        return _show_times(page, appointment, token, same=True)
    offered = load_offered_times(page, without=appointment.booking_id)
    if start is None or not offered.is_offered(start):
        return _show_times(page, appointment, token, gone=start or now())
    return _show_last_look(page, appointment, start)


@pages.post("/book/<slug>/move/<token>")
def move(slug: str, token: str) -> ResponseReturnValue:
    """Move the booking and show its new time, or what is in the way, with everything that was typed."""
    appointment = find_changeable(slug, token, BookingEvent.MOVED)
    looks = SEE in request.form or PICK in request.form
    start = read_start(request.form.get(PICK) or request.form.get(START, ""))
    if start == appointment.starts_at and not looks and not appointment.is_cancelled:
        return redirect(address_of_booking(slug, appointment), 303)
    if appointment.move_refusal is not None:
        return show_refusal(slug, appointment, appointment.move_refusal)
    full = take_turn_to_move(appointment.booking_id) if start is not None and not looks else None
    if full is not None:
        return show_too_many(full, moves=True)
    page = find_booking_page(slug)
    if SEE in request.form:
        return _show_times(page, appointment, token, typed=request.form)
    if looks:
        return _show_last_look(page, appointment, start)
    if start is None:
        return _show_last_look(page, appointment, None, 409, _("Nothing was moved yet: choose a time."))
    return _move(page, appointment, start)


def _move(page: BookingPage, appointment: Appointment, start: datetime) -> ResponseReturnValue:
    seen, reason = read_start(request.form.get(SEEN, "")), request.form.get("reason", "")
    try:
        guest_changes.move(page.slug, appointment.booking_id, start, seen=seen, reason=reason)
    except BookingNotChangeable as fault:
        appointment = find_appointment(page.slug, appointment.booking_id)
        if fault.refusal != ChangeRefusal.MOVED_MEANWHILE:
            return show_refusal(page.slug, appointment, fault.refusal)
        other = _("Nothing was moved now: this booking has another time than when you opened this page.")
        return _show_last_look(page, appointment, start, 409, other)
    except TimeNotOffered:
        taken = _("Nothing was moved yet: this time is not free any more. Please choose another one.")
        return _show_last_look(page, appointment, None, 409, taken, wanted=start)
    except BookingNotKept:
        later = _("This could not be saved just now. Nothing was moved; please press again in a moment.")
        return _show_last_look(page, appointment, start, 503, later)
    return redirect(address_of_booking(page.slug, appointment), 303)


def _show_times(
    page: BookingPage,
    appointment: Appointment,
    token: str,
    *,
    typed: MultiDict[str, str] | None = None,
    gone: datetime | None = None,
    same: bool = False,
) -> ResponseReturnValue:
    """The month as on the booking page, in which the booking is not in its own way."""
    chosen = _chosen(appointment)
    zone = read_zone(chosen, page)
    starts, ends = appointment.starts_at.astimezone(zone), appointment.ends_at.astimezone(zone)
    if gone is None:
        chosen.setdefault(SEE, starts.date().isoformat())
    moving = Moving(
        address=url_for("bookings.show_move", slug=page.slug, token=token),
        words=tell_appointment(starts, ends),
        keep=address_of_booking(page.slug, appointment),
        same=same,
    )
    offered = load_offered_times(page, without=appointment.booking_id)
    return show_times(page, chosen, typed=typed, offered=offered, gone=gone, moving=moving)


def _show_last_look(
    page: BookingPage,
    appointment: Appointment,
    start: datetime | None,
    status: int = 200,
    message: str = "",
    *,
    wanted: datetime | None = None,
) -> ResponseReturnValue:
    """Both times and the button; without *start* the free times nearest to the *wanted* one to choose from."""
    zone = read_zone(_chosen(appointment), page)
    nearest: list[ShownTime] = []
    moment = ""
    if start is None:
        offered = load_offered_times(page, without=appointment.booking_id)
        around = offered.nearest(wanted or now(), NEAREST + 1)
        nearest = list_times([each for each in around if each.start != appointment.starts_at][:NEAREST], zone)
    else:
        ends = start + timedelta(minutes=page.duration_minutes)
        moment = tell_appointment(start.astimezone(zone), ends.astimezone(zone))
    present = appointment.starts_at.astimezone(zone), appointment.ends_at.astimezone(zone)
    return render_template(
        "bookings/move.html",
        page=page,
        appointment=appointment,
        present=tell_appointment(*present),
        start=start.astimezone(zone) if start is not None else None,
        moment=moment,
        zone=zone.key,
        nearest=nearest,
        seen=appointment.starts_at.isoformat(),
        keep=address_of_booking(page.slug, appointment),
        reason=request.form.get("reason", ""),
        message=message,
    ), status


def _chosen(appointment: Appointment) -> MultiDict[str, str]:
    """What the address or the form says, in the zone that the guest chose for the booking unless it names one."""
    chosen = MultiDict(request.form if request.method == "POST" else request.args)
    chosen.setdefault(ZONE, appointment.time_zone)
    return chosen
