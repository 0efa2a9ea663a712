"""Pages of the stand-in for people: what can be booked, a booking's own page, and where a token is made."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from scheduler_sandbox.calendly.bookings import Bookings
from scheduler_sandbox.calendly.records import EventType, Invitee
from scheduler_sandbox.sending import Sender

ZONE = "Asia/Tokyo"
QUESTIONS = {"company": "Company", "topics": "Topics", "note": "Anything we should know?"}
TOPICS = ("Pricing", "Onboarding", "Something else")
"""The account's own questions and choices, which are told as its owner wrote them."""


class Pages:
    """The pages over *bookings*, which go out as webhooks at once; *sender* lists the deliveries."""

    def __init__(self, bookings: Bookings, sender: Sender) -> None:
        self._bookings, self._account, self._sender = bookings, bookings.account, sender

    def blueprint(self) -> Blueprint:
        """The pages under their paths, which are Calendly's where it has such ones."""
        pages = Blueprint("pages", __name__, template_folder="templates")
        for rule, methods, view in (
            ("/", ["GET"], self.show_home),
            ("/book", ["GET", "POST"], self.book),
            ("/bookings/<id>", ["GET"], self.show_booking),
            ("/cancellations/<id>", ["POST"], self.cancel),
            ("/reschedulings/<id>", ["POST"], self.reschedule),
            ("/no_shows/<id>", ["POST"], self.mark_no_show),
            ("/integrations/api_webhooks", ["GET", "POST"], self.make_token),
        ):
            pages.add_url_rule(rule, view.__name__, view, methods=methods)
        return pages

    def show_home(self) -> str:
        account = self._account
        with account.lock:
            return render_template(
                "calendly/home.html",
                invitees=list(account.invitees.values())[::-1],
                subscriptions=list(account.subscriptions.values()),
                deliveries=self._sender.deliveries[::-1][:20],
                zone=ZoneInfo(ZONE),
            )

    def book(self) -> str | Response | tuple[str, int]:
        account, form = self._account, request.form
        if request.method == "GET":
            return self._show_form({})
        starts_at = _moment(form.get("starts_at", ""))
        name, email = form.get("name", "").strip(), form.get("email", "").strip()
        if not name or "@" not in email or starts_at is None:
            return self._show_form(
                form.to_dict(), _("Please enter your name, your e-mail address and a time.")
            ), 400
        answers = {
            QUESTIONS["company"]: form.get("company", "").strip(),
            QUESTIONS["topics"]: "\n".join(form.getlist("topics")),
            QUESTIONS["note"]: form.get("note", "").strip(),
        }
        tracking = {key: value for key, value in request.args.items() if key.startswith("utm_")}
        invitee, _deliveries = self._bookings.book(
            self._event_type(form.get("event_type", "")),
            name=name,
            email=email,
            answers=answers,
            starts_at=starts_at,
            time_zone=ZONE,
            tracking=tracking,
        )
        with account.lock:
            return redirect(f"/bookings/{invitee.id}", 303)

    def show_booking(self, id: str) -> str:
        return render_template("calendly/booking.html", invitee=self._invitee(id), zone=ZoneInfo(ZONE))

    def cancel(self, id: str) -> Response:
        self._bookings.cancel(self._invitee(id), request.form.get("reason", "").strip())
        return redirect(f"/bookings/{id}", 303)

    def reschedule(self, id: str) -> Response:
        starts_at = _moment(request.form.get("starts_at", ""))
        moved, _deliveries = self._bookings.reschedule(self._invitee(id), starts_at, together=True)
        return redirect(f"/bookings/{moved.id}", 303)

    def mark_no_show(self, id: str) -> Response:
        invitee = self._invitee(id)
        self._bookings.mark_no_show(invitee, missed=invitee.no_show is None)
        return redirect(f"/bookings/{id}", 303)

    def make_token(self) -> str:
        token = (self._account.token or self._account.make_token()) if request.method == "POST" else ""
        return render_template("calendly/tokens.html", token=token)

    def _show_form(self, filled: dict[str, str], problem: str = "") -> str:
        account = self._account
        free = account.free_time().astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
        return render_template(
            "calendly/book.html",
            event_types=account.event_types,
            questions=QUESTIONS,
            topics=TOPICS,
            filled={"starts_at": free, **filled},
            problem=problem,
        )

    def _event_type(self, id: str) -> EventType:
        types = self._account.event_types
        return next((each for each in types if each.id == id), types[0])

    def _invitee(self, id: str) -> Invitee:
        with self._account.lock:
            return self._account.invitees.get(id) or abort(404)


def _moment(text: str) -> datetime | None:
    """What a field of the form says, which is in the zone of the pages."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    except ValueError:
        return None
