"""Pages of the stand-in for people: where a key is given out and webhooks are made, an event type's booking page,
and a booking's own page, on which guest and host do what they do with one.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from scheduler_sandbox.calcom.account import CalCom
from scheduler_sandbox.calcom.entities import ACCEPTED, PENDING, Booking, EventType, Guest
from scheduler_sandbox.calcom.webhooks import Webhook
from scheduler_sandbox.sending import Delivery

WEBHOOKS = "/settings/developer/webhooks"


class Pages:
    """The pages over *account*, whose webhooks hear at once of what is done here."""

    def __init__(self, account: CalCom) -> None:
        self._account = account

    def blueprint(self) -> Blueprint:
        """The pages under their paths, which are Cal.com's where it has such ones."""
        pages = Blueprint("pages", __name__, template_folder="templates")
        user = self._account.user.username
        for rule, methods, view in (
            ("/", ["GET"], self.show_home),
            ("/settings/developer/api-keys", ["GET", "POST"], self.give_key),
            (WEBHOOKS, ["GET", "POST"], self.make_webhook),
            (f"{WEBHOOKS}/<id>/ping", ["POST"], self.ping),
            (f"{WEBHOOKS}/<id>/deletion", ["POST"], self.delete_webhook),
            (f"/{user}/<slug>", ["GET", "POST"], self.book),
            ("/booking/<uid>", ["GET"], self.show_booking),
            ("/booking/<uid>/<step>", ["POST"], self.go_on),
        ):
            pages.add_url_rule(rule, view.__name__, view, methods=methods)
        pages.context_processor(lambda: {"user": self._account.user, "local": self._local})
        return pages

    def show_home(self) -> str:
        account = self._account
        with account.lock:
            return render_template(
                "calcom/home.html",
                trigger_of=_trigger_of,
                event_types=account.event_types,
                bookings=list(account.bookings.values())[::-1],
                webhooks=list(account.webhooks.values()),
                deliveries=account.sender.deliveries[::-1][:20],
            )

    def give_key(self) -> str:
        key = self._account.api_key if request.method == "POST" else ""
        return render_template("calcom/api_keys.html", key=key)

    def make_webhook(self) -> str | Response | tuple[str, int]:
        """A webhook is made by hand here; those that are made through the API are listed beside it."""
        form = request.form
        if request.method == "GET":
            return self._show_webhooks({})
        address = form.get("url", "").strip()
        # Cal.com takes nothing but https from its hosted users: here that would shut out every demo.
        if not address.startswith(("http://", "https://")):
            return self._show_webhooks(
                form.to_dict(), _("Please enter an address that begins with https://.")
            ), 400
        self._account.make_webhook(address, form.get("secret", "").strip())
        return redirect(WEBHOOKS, 303)

    def ping(self, id: str) -> str:
        """Press *Ping test*: what is answered is shown."""
        delivery = self._account.ping(self._webhook(id))
        attempt = delivery.wait_for_attempt()
        return self._show_webhooks({}, pinged=id, answer=str(attempt.status or attempt.failure))

    def delete_webhook(self, id: str) -> Response:
        self._account.delete_webhook(id)
        return redirect(WEBHOOKS, 303)

    def book(self, slug: str) -> str | Response | tuple[str, int]:
        """An event type's booking page. Parameters of its address answer hidden questions of their name."""
        account, form = self._account, request.form
        event_type = next((each for each in account.event_types if each.slug == slug), None) or abort(404)
        if request.method == "GET":
            return self._show_form(event_type, {"starts_at": self._free_time(event_type)})
        starts_at = self._moment(form.get("starts_at", ""))
        name, email = form.get("name", "").strip(), form.get("email", "").strip()
        if not name or "@" not in email or starts_at is None:
            problem = _("Please enter your name, your e-mail address and a time.")
            return self._show_form(event_type, form.to_dict(), problem), 400
        guest = Guest(name, email, _answers(event_type), account.user.time_zone, "en")
        if event_type.times > 1:
            bookings, _deliveries = account.book_series(event_type, guest, starts_at)
            return redirect(f"/booking/{bookings[0].uid}", 303)
        booking, _deliveries = account.book(event_type, guest, starts_at)
        return redirect(f"/booking/{booking.uid}", 303)

    def show_booking(self, uid: str) -> str:
        account = self._account
        with account.lock:
            booking = self._booking(uid)
            series = [
                each for each in account.bookings.values() if booking.series and each.series == booking.series
            ]
        return render_template("calcom/booking.html", booking=booking, series=series)

    def go_on(self, uid: str, step: str) -> Response:
        """What guest or host do next with a booking that allows it."""
        with self._account.lock:
            steps = self._steps(self._booking(uid))
            if step not in steps:
                abort(409)
            reached = steps[step]()
        return redirect(f"/booking/{reached.uid}", 303)

    def _steps(self, booking: Booking) -> dict[str, Callable[[], Booking]]:
        account, uid, form = self._account, booking.uid, request.form
        reason, email = form.get("reason", "").strip(), form.get("guest", "")

        def move() -> Booking:
            starts_at = self._moment(form.get("starts_at", ""))
            if starts_at is None:
                return booking
            seated = booking.event_type.seats
            return (account.move_time(uid, starts_at) if seated else account.reschedule(uid, starts_at, reason))[0]

        def mark_no_show() -> Booking:
            absent = next((each.absent for each in booking.guests if each.email == email), None)
            if absent is not None:
                account.mark_no_show(uid, email, not absent)
            return booking

        if booking.status == PENDING and booking.event_type.price:
            return {"pay": lambda: account.pay(uid)[0]}
        if booking.status == PENDING:
            return {"confirm": lambda: account.confirm(uid)[0], "reject": lambda: account.reject(uid, reason)[0]}
        if booking.status != ACCEPTED:
            return {}
        return {
            "reschedule": move,
            "cancel": lambda: account.cancel(uid, reason, email)[0],
            "reschedule-request": lambda: account.ask_for_another_time(uid, reason)[0],
            "no-show": mark_no_show,
        }

    def _show_webhooks(self, filled: dict[str, str], problem: str = "", **more: Any) -> str:
        with self._account.lock:
            webhooks = list(self._account.webhooks.values())
        return render_template(
            "calcom/webhooks.html", webhooks=webhooks, filled=filled, problem=problem, path=WEBHOOKS, **more
        )

    def _show_form(self, event_type: EventType, filled: dict[str, str], problem: str = "") -> str:
        return render_template("calcom/book.html", event_type=event_type, filled=filled, problem=problem)

    def _free_time(self, event_type: EventType) -> str:
        """A time that is free as the form has it: with seats one that others have, so that they share it."""
        account = self._account
        with account.lock:
            bookings = list(account.bookings.values())
        open_times = [
            each.starts_at
            for each in bookings
            if each.event_type == event_type and each.status == ACCEPTED and len(each.guests) < event_type.seats
        ]
        day = self._local(account.clock()) + timedelta(days=2 + len(bookings))
        starts_at = min(open_times, default=day.replace(hour=10, minute=0))
        return self._local(starts_at).strftime("%Y-%m-%dT%H:%M")

    def _webhook(self, id: str) -> Webhook:
        with self._account.lock:
            return self._account.webhooks.get(id) or abort(404)

    def _booking(self, uid: str) -> Booking:
        return self._account.bookings.get(uid) or abort(404)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self._account.user.time_zone))

    def _moment(self, text: str) -> datetime | None:
        """What a field of a form says, which is in the zone of the account's user."""
        try:
            local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self._account.user.time_zone))
            return local.astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def _trigger_of(delivery: Delivery) -> str:
    """What a delivery tells of; nothing where a template made something else of its body."""
    try:
        body = json.loads(delivery.body)
    except ValueError:
        return ""
    return str(body.get("triggerEvent", "")) if isinstance(body, dict) else ""


def _answers(event_type: EventType) -> dict[str, Any]:
    """What was typed, by slug; a question that was not answered has no value."""
    typed = {slug: request.form.get(slug, "").strip() for slug in ("notes", *event_type.questions)}
    typed |= {slug: request.args.get(slug, "") for slug in event_type.hidden}
    brought = [each.strip() for each in request.form.get("guests", "").split(",") if "@" in each]
    return {slug: value for slug, value in typed.items() if value} | ({"guests": brought} if brought else {})
