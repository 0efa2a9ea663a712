"""Cal.com's stand-in over real sockets: what it posts of a booking's life, how it is signed and labelled."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Response

from scheduler_sandbox.calcom.account import PAUSES, CalCom
from scheduler_sandbox.calcom.entities import EventType, Guest, User
from scheduler_sandbox.sending import Sender, Verdict
from scheduler_sandbox.server import Request, SchedulerServer
from scheduler_sandbox.signing import hex_of_body

START = datetime(2026, 12, 14, 1, tzinfo=UTC)
LATER = START + timedelta(days=1)
SECRET = "stand-in-secret"
TALK = EventType(
    31, "first-talk", "First talk", 45, {"company": "Company", "utm_source": "utm_source"}, ["utm_source"]
)
GUEST = Guest("Ines Duarte", "ines@mar-azul.example", {"company": "Mar Azul", "guests": ["rui@mar-azul.example"]})


class Desk:
    """An account at Cal.com and the address that it posts to."""

    def __init__(self) -> None:
        self.status = 200
        app = Flask("receiver")
        app.add_url_rule("/in", "take", lambda: Response(status=self.status), methods=["POST"])
        self.server = SchedulerServer(app, Sender()).start()
        self.address = f"{self.server.url}/in"
        self.calcom = CalCom(Sender((0.0, 0.0)), clock=lambda: START - timedelta(days=7))
        self.webhook = self.calcom.make_webhook(self.address, SECRET)

    def received(self) -> list[Request]:
        """What came, once every delivery has ended."""
        for each in self.calcom.sender.deliveries:
            each.wait()
        return self.server.requests

    def bodies(self) -> dict[str, dict[str, Any]]:
        """What came, by its trigger."""
        return {body["triggerEvent"]: body for body in (json.loads(each.body) for each in self.received())}

    def last(self) -> dict[str, Any]:
        """The payload of the last delivery that was made; deliveries overtake each other."""
        self.received()
        payload: dict[str, Any] = json.loads(self.calcom.sender.deliveries[-1].body)["payload"]
        return payload


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.calcom.stop()
    made.server.stop()


def test_a_booking_is_posted_signed_and_with_its_answers_by_slug(desk: Desk) -> None:
    booking, [delivery] = desk.calcom.book(TALK, GUEST, START)
    assert delivery.wait().outcome is Verdict.DELIVERED
    (request,) = desk.received()
    assert request.headers["x-cal-signature-256"] == hex_of_body(SECRET, request.body)
    assert request.headers["x-cal-webhook-version"] == "2021-10-20"
    assert request.headers["content-type"] == "application/json"
    body = json.loads(request.body)
    payload = body["payload"]
    assert (body["triggerEvent"], body["createdAt"]) == ("BOOKING_CREATED", "2026-12-07T01:00:00.000Z")
    assert (payload["uid"], payload["status"], payload["eventTypeId"]) == (booking.uid, "ACCEPTED", 31)
    assert (payload["startTime"], payload["endTime"]) == ("2026-12-14T01:00:00Z", "2026-12-14T01:45:00Z")
    assert [each["email"] for each in payload["attendees"]] == ["ines@mar-azul.example", "rui@mar-azul.example"]
    responses = payload["responses"]
    assert responses["email"] == {"label": "email_address", "value": "ines@mar-azul.example", "isHidden": False}
    assert responses["company"] == {"label": "Company", "value": "Mar Azul", "isHidden": False}
    assert responses["notes"] == {"label": "additional_notes", "isHidden": False}
    assert responses["utm_source"] == {"label": "utm_source", "isHidden": True}
    assert responses["attendeePhoneNumber"]["isHidden"] is True
    assert (payload["metadata"], payload.get("rescheduleUid", "")) == (
        {"videoCallUrl": booking.video},
        "",
    )


def test_a_moved_booking_has_another_uid_and_names_the_former(desk: Desk) -> None:
    former, _ = desk.calcom.book(TALK, GUEST, START)
    new, [_] = desk.calcom.reschedule(former.uid, LATER, "A fair")
    payload = desk.bodies()["BOOKING_RESCHEDULED"]["payload"]
    assert (payload["uid"], payload["rescheduleUid"], payload["rescheduleId"]) == (new.uid, former.uid, former.id)
    assert new.uid != former.uid
    assert payload["responses"]["rescheduleReason"]["value"] == "A fair"
    assert "BOOKING_CANCELLED" not in desk.bodies()
    desk.calcom.switches.tells_former = True
    newest, told = desk.calcom.reschedule(new.uid, START)
    assert len(told) == 2
    assert desk.bodies()["BOOKING_CANCELLED"]["payload"]["uid"] == new.uid
    assert desk.calcom.bookings[new.uid].later_uid == newest.uid


def test_a_cancelled_booking_has_slugs_for_labels_and_another_spelling_of_time(desk: Desk) -> None:
    booking, _ = desk.calcom.book(TALK, GUEST, START)
    desk.calcom.cancel(booking.uid, "Ill")
    payload = desk.bodies()["BOOKING_CANCELLED"]["payload"]
    assert (payload["status"], payload["cancellationReason"], payload["requestReschedule"]) == (
        "CANCELLED",
        "Ill",
        False,
    )
    assert payload["responses"]["company"] == {"label": "company", "value": "Mar Azul"}
    assert payload["responses"]["notes"] == {"label": "notes"}
    assert (payload["startTime"], payload["destinationCalendar"], payload["price"]) == (
        *("2026-12-14T01:00:00.000Z", [], None),
    )
    assert "phoneNumber" in payload["attendees"][0]
    asked, _ = desk.calcom.book(TALK, GUEST, LATER)
    desk.calcom.ask_for_another_time(asked.uid)
    assert desk.last()["requestReschedule"] is True


def test_one_that_needs_confirming_is_requested_first(desk: Desk) -> None:
    wary = EventType(32, "wary", "Wary talk", needs_confirmation=True)
    first, _ = desk.calcom.book(wary, GUEST, START)
    second, _ = desk.calcom.book(wary, GUEST, LATER)
    assert set(desk.bodies()) == {"BOOKING_REQUESTED"}
    assert desk.last()["status"] == "PENDING"
    desk.calcom.reject(second.uid, "Full")
    assert (desk.last()["status"], desk.last()["rejectionReason"]) == ("REJECTED", "Full")
    desk.calcom.confirm(first.uid)
    created = desk.bodies()["BOOKING_CREATED"]["payload"]
    assert (created["uid"], created["status"]) == (first.uid, "ACCEPTED")
    moved, _ = desk.calcom.reschedule(first.uid, LATER)
    assert (desk.last()["uid"], desk.last()["status"], desk.last()["rescheduleUid"]) == (
        moved.uid,
        "PENDING",
        first.uid,
    )
    assert "BOOKING_RESCHEDULED" not in desk.bodies()


def test_one_that_is_paid_is_told_of_twice(desk: Desk) -> None:
    dear = EventType(33, "dear", "Dear talk", price=5000)
    booking, _ = desk.calcom.book(dear, GUEST, START)
    assert list(desk.bodies()) == ["BOOKING_PAYMENT_INITIATED"]
    _, told = desk.calcom.pay(booking.uid)
    assert len(told) == 2
    paid, created = (desk.bodies()[each]["payload"] for each in ("BOOKING_PAID", "BOOKING_CREATED"))
    assert (paid["uid"], paid["status"], paid["paymentId"]) == (created["uid"], "ACCEPTED", 77)
    assert isinstance(paid["organizer"]["timeFormat"], int)


def test_guests_with_seats_share_a_uid_and_an_id_of_the_seat_may_be_missing(desk: Desk) -> None:
    hour = EventType(34, "hour", "Open hour", seats=2)
    lena = Guest("Lena Brandt", "lena@brandt.example")
    first, _ = desk.calcom.book(hour, GUEST, START)
    one = desk.last()
    desk.calcom.switches.seat_ids = False
    second, _ = desk.calcom.book(hour, lena, START)
    two = desk.last()
    assert first.uid == second.uid == one["uid"] == two["uid"]
    assert (bool(one["attendeeSeatId"]), "attendeeSeatId" in two) == (True, False)
    assert (one["responses"]["email"]["value"], two["responses"]["email"]["value"]) == (GUEST.email, lena.email)
    assert [each["email"] for each in two["attendees"]] == [GUEST.email, lena.email]
    third, _ = desk.calcom.book(hour, lena, START)
    assert third.uid != first.uid  # there were two seats
    desk.calcom.cancel(first.uid, "No time", email=lena.email)
    gone = desk.last()
    assert [each["email"] for each in gone["attendees"]] == [lena.email]
    assert gone["responses"]["email"]["value"] == GUEST.email
    assert [each.email for each in desk.calcom.bookings[first.uid].guests] == [GUEST.email]


def test_a_host_moves_and_cancels_all_seats_in_one_delivery(desk: Desk) -> None:
    hour = EventType(34, "hour", "Open hour", seats=2)
    lena = Guest("Lena Brandt", "lena@brandt.example")
    booking, _ = desk.calcom.book(hour, GUEST, START)
    desk.calcom.book(hour, lena, START)
    _, [_] = desk.calcom.move_time(booking.uid, LATER)
    moved = desk.last()
    assert (moved["uid"], moved["rescheduleUid"]) == (booking.uid, booking.uid)
    assert (moved["startTime"], moved["rescheduledBy"]) == ("2026-12-15T01:00:00Z", desk.calcom.user.email)
    _, [_] = desk.calcom.cancel(booking.uid)
    for told in (moved, desk.last()):
        assert [each["email"] for each in told["attendees"]] == [GUEST.email, lena.email]


def test_other_triggers_have_other_shapes(desk: Desk) -> None:
    booking, _ = desk.calcom.book(TALK, GUEST, START)
    desk.calcom.mark_no_show(booking.uid, GUEST.email)
    assert desk.last()["attendees"] == [{"email": GUEST.email, "noShow": True}]
    assert desk.last()["bookingUid"] == booking.uid
    desk.calcom.mark_no_show(booking.uid, GUEST.email, no_show=False)
    assert desk.last()["attendees"] == [{"email": GUEST.email, "noShow": False}]
    desk.calcom.end_meeting(booking.uid)
    assert ("payload" in desk.bodies()["MEETING_ENDED"], desk.bodies()["MEETING_ENDED"]["uid"]) == (
        False,
        booking.uid,
    )
    desk.calcom.submit_form()
    assert desk.bodies()["FORM_SUBMITTED"]["Size"] == "Large"
    desk.calcom.ping(desk.webhook)
    assert (desk.last()["attendees"][0]["name"], "uid" in desk.last()) == ("John Doe", False)


def test_a_webhook_hears_its_own_triggers_while_it_is_on(desk: Desk) -> None:
    desk.calcom.webhooks.clear()
    desk.calcom.make_webhook(desk.address, SECRET, ["BOOKING_CANCELLED"])
    booking, told = desk.calcom.book(TALK, GUEST, START)
    assert told == []
    assert len(desk.calcom.cancel(booking.uid)[1]) == 1
    assert desk.calcom.book(TALK, GUEST, START, host=User(99, "Someone else"))[1] == []


def test_without_a_secret_the_signature_says_so(desk: Desk) -> None:
    desk.calcom.webhooks.clear()
    desk.calcom.make_webhook(desk.address)
    desk.calcom.book(TALK, GUEST, START)
    assert desk.received()[0].headers["x-cal-signature-256"] == "no-secret-provided"


def test_json_may_be_labelled_as_a_form_and_a_template_may_be_none(desk: Desk) -> None:
    desk.calcom.switches.form_labelled = True
    desk.calcom.book(TALK, GUEST, START)
    (form,) = desk.received()
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert json.loads(form.body)["triggerEvent"] == "BOOKING_CREATED"
    desk.calcom.webhooks.clear()
    desk.calcom.make_webhook(desk.address, SECRET, template="{{title}} with {{attendees.0.name}}{{nothing.here}}")
    desk.calcom.make_webhook(desk.address, SECRET, template='{"who": "{{attendees.0.name}}"}')
    desk.calcom.book(TALK, GUEST, LATER)
    made = {each.headers["content-type"]: each.body for each in desk.received()[1:]}
    assert made == {
        "application/x-www-form-urlencoded": b"First talk between Nao Fujii and Ines Duarte with Ines Duarte",
        "application/json": b'{"who": "Ines Duarte"}',
    }


def test_it_is_tried_three_times(desk: Desk) -> None:
    assert len(PAUSES) == 2
    desk.status = 503
    booking, [delivery] = desk.calcom.book(TALK, GUEST, START)
    assert [each.status for each in delivery.wait().attempts] == [503] * 3
    assert delivery.outcome is Verdict.GIVE_UP
    desk.status = 200
    (again,) = desk.calcom.repeat(booking.uid)
    assert again.wait().outcome is Verdict.DELIVERED
