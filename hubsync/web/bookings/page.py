"""The public booking pages. They use no cookie and no session: a signed form token protects them."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import get_timezone_name
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time, get_locale
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from hubsync.errors import BookingNotKept, BookingPageClosed, NotFound
from hubsync.services import now
from hubsync.services.bookings import booking_page
from hubsync.services.bookings.booking_page import BookingPage
from hubsync.store.calendars import Calendar
from hubsync.web.bookings.form import BookingForm
from hubsync.web.bookings.form_tokens import FormToken, new_form, read_booking, read_form, sign_booking
from hubsync.web.bookings.start_time import FARTHEST
from hubsync.web.shell.time_zone_choices import zones_beside, zones_by_region

pages = Blueprint("bookings", __name__)


@pages.after_request
def keep_out_of_caches(response: Response) -> Response:
    """Two guests who got one copy of a form would share its id, and the second booking would be the first's."""
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@pages.get("/book/<slug>")
def show_page(slug: str) -> ResponseReturnValue:
    """The empty form."""
    page = booking_page.find_booking_page(slug)
    return _show_form(page, BookingForm(page), new_form(request.args.items(multi=True)), 200)


@pages.post("/book/<slug>")
def complete(slug: str) -> ResponseReturnValue:
    """Complete the booking and go to its confirmation, or show the form again with what is wrong."""
    page = booking_page.find_booking_page(slug)
    form = BookingForm(page, request.form)
    token = read_form(request.form.get("form_token", ""), slug, request.args.items(multi=True))
    in_order = form.check(now())
    if not token.fresh:
        stale = _("This form was open for too long and was not taken. Please send it again; nothing is lost.")
        return _show_form(page, form, token, 422, stale)
    if form.trapped:
        trap = _(
            "Nothing was booked yet: a field that has to stay empty was filled in. Please send the form again."
        )
        return _show_form(page, form, token, 422, trap)
    if not in_order or form.starts_at is None:
        return _show_form(page, form, token, 422)
    try:
        booking = page.make_booking(form.answers, form.starts_at, form.time_zone, token.form_id, token.url_params)
        kept = booking_page.keep_booking(page, booking)
    except BookingNotKept:
        later = _("Your booking could not be saved just now. Please send the form again in a moment.")
        return _show_form(page, form, token, 503, later)
    signed = sign_booking(kept.id, as_sent=kept.as_sent)
    return redirect(url_for("bookings.show_confirmation", slug=slug, token=signed), 303)


@pages.get("/book/<slug>/confirmed/<token>")
def show_confirmation(slug: str, token: str) -> ResponseReturnValue:
    """Date, time and zone of a booking, for whoever has the address."""
    read = read_booking(token)
    if read is None:
        raise NotFound("no such booking")
    booking_id, as_sent = read
    appointment = booking_page.find_appointment(slug, booking_id)
    starts, ends = appointment.starts_at, appointment.ends_at
    return render_template(
        "bookings/show_confirmation.html",
        slug=slug,
        appointment=appointment,
        day=format_date(starts, "full", rebase=False),
        clock=f"{format_time(starts, 'short', rebase=False)} – {format_time(ends, 'short', rebase=False)}",
        zone_name=get_timezone_name(starts, locale=get_locale()),
        as_sent=as_sent,
    )


@pages.errorhandler(NotFound)
def show_not_found(fault: NotFound) -> ResponseReturnValue:
    """The page for a link that leads nowhere."""
    sentence = _("Please check the link, or ask whoever sent it to you for a new one.")
    return render_template(
        "bookings/dead_end.html", title=_("There is no booking page here"), sentence=sentence
    ), 404


@pages.errorhandler(BookingPageClosed)
def show_closed(fault: BookingPageClosed) -> ResponseReturnValue:
    """The page of an archived calendar."""
    sentence = _("It takes no bookings for the time being. Please ask whoever sent you the link.")
    return render_template(
        "bookings/dead_end.html", title=_("This booking page is closed"), sentence=sentence
    ), 410


@pages.errorhandler(RequestEntityTooLarge)
def show_too_large(fault: RequestEntityTooLarge) -> ResponseReturnValue:
    """The page for a form that is larger than we read; the browser still has what was typed."""
    title = _("That was too much text")
    sentence = _("Nothing was booked. Go back, shorten your answers and send the form again.")
    return render_template("bookings/dead_end.html", title=title, sentence=sentence), 413


def preview_page(calendar: Calendar) -> str:
    """The booking page of *calendar* for its owner, empty and without a way to send it."""
    page = booking_page.show_booking_page(calendar)
    return _render_form(page, BookingForm(page), preview=True)


def _show_form(
    page: BookingPage, form: BookingForm, token: FormToken, status: int, message: str = ""
) -> ResponseReturnValue:
    return _render_form(page, form, form_token=token.sign(page.slug), message=message), status


def _render_form(
    page: BookingPage, form: BookingForm, *, form_token: str = "", message: str = "", preview: bool = False
) -> str:
    moment = now()
    return render_template(
        "bookings/show_page.html",
        page=page,
        form=form,
        form_token=form_token,
        message=message,
        zones=zones_by_region(),
        zones_beside=zones_beside(page.time_zone),
        # Somewhere on earth it is still yesterday, or tomorrow already.
        first_day=(moment - timedelta(hours=12)).date(),
        last_day=(moment + timedelta(hours=14) + FARTHEST).date(),
        first_visit=request.method == "GET",
        preview=preview,
    )
