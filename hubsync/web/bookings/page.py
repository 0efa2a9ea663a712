"""The public booking pages. They use no cookie and no session: a signed form token protects them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from hubsync.errors import BookingNotKept, BookingPageClosed, GuestHasEnough, NotFound, TimeNotOffered
from hubsync.services import now
from hubsync.services.availability.offered_times import OfferedTimes
from hubsync.services.bookings import booking_page
from hubsync.services.bookings.booking_links import sign_booking
from hubsync.services.bookings.booking_page import BookingPage
from hubsync.services.bookings.offered_times import load_offered_times
from hubsync.services.unwanted.submissions import take_turn
from hubsync.store.calendars import Calendar
from hubsync.web.bookings.choice import PICK, SEE, START, ZONE, params_of, prefilled, read_start, read_zone
from hubsync.web.bookings.choices import Choices, ShownTime
from hubsync.web.bookings.dead_ends import show_blocked, show_paused, show_too_many, tell_paused
from hubsync.web.bookings.form import BookingForm
from hubsync.web.bookings.form_tokens import FormToken, new_form, read_form
from hubsync.web.bookings.guest_checks import check_guest, tell_enough
from hubsync.web.bookings.guest_formats import clock, guest_language, name_day, name_day_shortly, tell_appointment
from hubsync.web.bookings.guest_zones import choose_zone
from hubsync.web.bookings.month import list_times, show_month
from hubsync.web.bookings.turns import Turns
from hubsync.web.shell.headers import allow_frames
from hubsync.web.shell.i18n import LANG, language_in_address, speak_to_guest

NEAREST = 6
"""So many other times are shown to whoever was too late."""
NOT_TYPED = (SEE, START, PICK, ZONE)
"""What of a form is chosen anew where its answers go along."""

pages = Blueprint("bookings", __name__)
_turns = Turns(places=2)


@dataclass(frozen=True)
class Moving:
    """An appointment for which its guest chooses another time, under *address* and its query.

    *words* are the time that it has, *keep* is the address where it stays as it is. *same* is whether that very
    time was chosen.
    """

    address: str
    words: str
    keep: str
    same: bool = False


@pages.after_request
def keep_out_of_caches(response: Response) -> Response:
    """Two guests who got one copy of a form would share its id, and the second booking would be the first's."""
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@pages.get("/book/<slug>")
def show_page(slug: str) -> ResponseReturnValue:
    """The free times, or the form for the one that was chosen."""
    with _turns.turn():
        return _show_page(slug)


def _show_page(slug: str) -> ResponseReturnValue:
    page = booking_page.find_booking_page(slug, allow_frames, asks=START in request.args)
    speak_to_guest(page.language)
    if page.is_paused:
        return show_paused(page)
    if START not in request.args:
        return show_times(page, request.args)
    start = read_start(request.args[START])
    offered = load_offered_times(page)
    if start is None or not offered.is_offered(start):
        return show_times(page, request.args, offered=offered, gone=start or now())
    form = BookingForm(page, prefilled(request.args, page.questions))
    return show_form(page, form, new_form(params_of(request.args, page)), start)


@pages.post("/book/<slug>")
def complete(slug: str) -> ResponseReturnValue:
    """Complete the booking and go to its confirmation, or show the page again with everything that was typed."""
    full = None if SEE in request.form or PICK in request.form else take_turn(slug, request.remote_addr)
    if full is not None:
        speak_to_guest(request.form.get(LANG, ""))
        return show_too_many(full)
    page = booking_page.find_booking_page(slug)
    speak_to_guest(page.language)
    token = read_form(request.form.get("form_token", ""), slug, params_of(request.args, page))
    if SEE in request.form:
        return show_paused(page) if page.is_paused else show_times(page, request.form, typed=request.form)
    form = BookingForm(page, request.form)
    if PICK in request.form:
        return show_form(page, form, token, None if page.is_paused else read_start(request.form[PICK]))
    start = read_start(request.form.get(START, ""))
    form.check()
    if not token.fresh:
        stale = _("This form was open for too long and was not taken. Please send it again; nothing is lost.")
        return show_form(page, form, token, start, 422, stale)
    if form.trapped:
        trap = _(
            "Nothing was booked yet: a field that has to stay empty was filled in. Please send the form again."
        )
        return show_form(page, form, token, start, 422, trap)
    if token.is_too_quick:
        return show_form(page, form, token, start, 422, too_quick=True)
    if not check_guest(page, form):
        return show_blocked(page)
    if form.problems or form.asked_about:
        return show_form(page, form, token, start, 422)
    if start is None:
        return show_form(page, form, token, None, 409)
    zone = read_zone(request.form, page).key
    try:
        booking = page.make_booking(form.answers, start, zone, token.form_id, token.url_params, guest_language())
        kept = booking_page.keep_booking(page, booking)
    except TimeNotOffered:
        return show_form(page, form, token, None, 409, wanted=start)
    except GuestHasEnough:
        form.refuse_email(tell_enough(page))
        return show_form(page, form, token, start, 422)
    except BookingNotKept:
        later = _("Your booking could not be saved just now. Please send the form again in a moment.")
        return show_form(page, form, token, start, 503, later)
    signed = sign_booking(kept.id, as_sent=kept.as_sent)
    there = url_for("bookings.show_confirmation", slug=slug, token=signed, lang=language_in_address())
    return redirect(there, 303)


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
    speak_to_guest(booking_page.find_language((request.view_args or {}).get("slug", "")))
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
    """The questions of the booking page of *calendar* for its owner, empty and without a way to send them."""
    page = booking_page.show_booking_page(calendar)
    return render_template("bookings/show_form.html", page=page, form=BookingForm(page), preview=True)


def show_times(
    page: BookingPage,
    chosen: MultiDict[str, str],
    *,
    typed: MultiDict[str, str] | None = None,
    offered: OfferedTimes | None = None,
    gone: datetime | None = None,
    moving: Moving | None = None,
) -> ResponseReturnValue:
    """The month and its free times, as *chosen*; what was *typed* already goes along from here to the form.

    *gone* is a time that was asked for and is not offered; *moving* an appointment that is to have another one.
    """
    zone = read_zone(chosen, page)
    offered = offered or load_offered_times(page)
    gone_near = gone.astimezone(zone).date().isoformat() if gone is not None else ""
    month = show_month(offered, zone, chosen.get(SEE, "") or gone_near)
    address = moving.address if moving is not None else url_for("bookings.show_page", slug=page.slug)
    kept = [each for each in request.args.items(multi=True) if each[0] not in (SEE, START, ZONE)]

    choices = Choices(address, [*kept, (ZONE, zone.key)], typed=typed is not None)
    return render_template(
        "bookings/show_times.html",
        page=page,
        month=month,
        zones=choose_zone(zone, page.time_zone, (month and month.day) or now().date()),
        zone_is_guessed=ZONE not in chosen,
        kept=kept,
        choices=choices,
        typed=None if typed is None else [each for each in typed.items(multi=True) if each[0] not in NOT_TYPED],
        gone=gone is not None,
        address=address,
        moving=moving,
        opens=_opening(offered),
        clock=clock,
        name_day=name_day_shortly,
    )


def show_form(
    page: BookingPage,
    form: BookingForm,
    token: FormToken,
    start: datetime | None,
    status: int = 200,
    message: str = "",
    *,
    wanted: datetime | None = None,
    too_quick: bool = False,
) -> ResponseReturnValue:
    """The questions for the time *start*; without one, beside the free times nearest to the *wanted* one.

    *too_quick* asks for another press, which is nobody's mistake. A page that is paused has none: what was typed
    stays, and it says so.
    """
    zone = read_zone(request.values, page)
    nearest: list[ShownTime] = []
    if start is None and page.is_paused:
        message = message or tell_paused(page)
    elif start is None:
        nearest = list_times(load_offered_times(page).nearest(wanted or now(), NEAREST), zone)
        message = message or _(
            "Nothing was booked yet: this time is not free any more. Please choose another one."
        )
    return render_template(
        "bookings/show_form.html",
        page=page,
        form=form,
        form_token=token.sign(page.slug),
        message=message,
        start=start.astimezone(zone) if start is not None else None,
        moment=_in_words(start.astimezone(zone), page.duration_minutes) if start is not None else "",
        zone=zone.key,
        nearest=nearest,
        too_quick=too_quick,
        preview=False,
    ), status


def _in_words(start: datetime, minutes: int) -> str:
    """A time as the guest reads it, from its beginning to its end."""
    ends = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)
    return tell_appointment(start, ends)


def _opening(offered: OfferedTimes) -> str:
    """The day from which on times can be booked, if that is still to come."""
    if offered.first is None or offered.first <= now().astimezone(UTC).date() + timedelta(days=1):
        return ""
    return name_day(offered.first)
