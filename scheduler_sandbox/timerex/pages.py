"""Pages for people: where the webhook is made, a calendar's booking page, and a booking's own page."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from scheduler_sandbox.timerex.records import Booking, Calendar, Guest
from scheduler_sandbox.timerex.space import TimeRex


class Pages:
    """The pages over *space*, whose bookings go out at once."""

    def __init__(self, space: TimeRex) -> None:
        self._space = space

    def blueprint(self) -> Blueprint:
        """The pages under their paths."""
        pages = Blueprint("pages", __name__, template_folder="templates")
        for rule, methods, view in (
            ("/", ["GET"], self.show_home),
            ("/settings/integrations/webhook", ["GET", "POST"], self.make_webhook),
            ("/settings/integrations/webhook/deletion", ["POST"], self.delete_webhook),
            ("/s/<path>", ["GET", "POST"], self.book),
            ("/schedule/<id>", ["GET"], self.show_booking),
            ("/schedule/change/<id>", ["POST"], self.change),
            ("/schedule/cancel/<id>", ["POST"], self.cancel),
        ):
            pages.add_url_rule(rule, view.__name__, view, methods=methods)
        return pages

    def show_home(self) -> str:
        space = self._space
        with space.lock:
            return render_template(
                "timerex/home.html",
                calendars=space.calendars,
                bookings=list(space.bookings.values())[::-1],
                deliveries=space.sender.deliveries[::-1][:20],
                address=space.address,
                local=_local,
            )

    def make_webhook(self) -> str | tuple[str, int]:
        """The webhook's URL is entered here, and its token shown."""
        space, problem = self._space, ""
        if request.method == "POST":
            address = request.form.get("url", "").strip()
            # TimeRex itself takes nothing but https on port 443: here that would shut out every demo.
            if address.startswith(("http://", "https://")):
                space.make_webhook(address)
            else:
                problem = _("Please enter an address that begins with https://.")
        shown = render_template("timerex/webhook.html", address=space.address, token=space.token, problem=problem)
        return (shown, 400) if problem else shown

    def delete_webhook(self) -> Response:
        self._space.delete_webhook()
        return redirect("/settings/integrations/webhook", 303)

    def book(self, path: str) -> str | Response | tuple[str, int]:
        """A calendar's booking page."""
        calendar, form = self._calendar(path), request.form
        if request.method == "GET":
            soon = self._space.clock().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
            return self._show_form(calendar, {"starts_at": _local(soon, calendar).strftime("%Y-%m-%dT%H:%M")})
        starts_at = _moment(form.get("starts_at", ""), calendar)
        guest = Guest(
            name=form.get("name", "").strip(),
            email=form.get("email", "").strip(),
            company=form.get("company", "").strip(),
            comment=form.get("comment", "").strip(),
            answers={label: form.get(f"q{n}", "").strip() for n, label in enumerate(calendar.questions)},
        )
        if not guest.name or "@" not in guest.email or starts_at is None:
            problem = _("Please enter your name, your e-mail address and a time.")
            return self._show_form(calendar, form.to_dict(), problem), 400
        booking, _deliveries = self._space.book(calendar, guest, starts_at, request.args.to_dict())
        return redirect(f"/schedule/{booking.id}", 303)

    def show_booking(self, id: str) -> str:
        return render_template("timerex/booking.html", booking=self._booking(id), local=_local)

    def change(self, id: str) -> Response:
        booking = self._open(id)
        starts_at = _moment(request.form.get("starts_at", ""), booking.calendar)
        if starts_at is None:
            return redirect(f"/schedule/{id}", 303)
        new, _deliveries = self._space.change(id, starts_at)
        return redirect(f"/schedule/{new.id}", 303)

    def cancel(self, id: str) -> Response:
        self._open(id)
        self._space.cancel(id, request.form.get("reason", "").strip())
        return redirect(f"/schedule/{id}", 303)

    def _show_form(self, calendar: Calendar, filled: dict[str, str], problem: str = "") -> str:
        return render_template("timerex/book.html", calendar=calendar, filled=filled, problem=problem)

    def _calendar(self, path: str) -> Calendar:
        return next((each for each in self._space.calendars if each.path == path), None) or abort(404)

    def _booking(self, id: str) -> Booking:
        with self._space.lock:
            return self._space.bookings.get(id) or abort(404)

    def _open(self, id: str) -> Booking:
        """The booking if it is still on."""
        booking = self._booking(id)
        if booking.cancelled_at is not None:
            abort(409)
        return booking


def _local(moment: datetime, calendar: Calendar) -> datetime:
    return moment.astimezone(ZoneInfo(calendar.time_zone))


def _moment(text: str, calendar: Calendar) -> datetime | None:
    """What a field of a form says, which is in the calendar's zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(calendar.time_zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
