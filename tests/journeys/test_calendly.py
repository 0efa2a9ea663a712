"""From Calendly to HubSpot over real sockets: booked, repeated, moved, missed and cancelled at its stand-in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hubsync.net.deadline import Deadline
from hubsync.services.sources import endpoints
from hubsync.sources.calendly import SOURCE
from hubsync.sources.client import Route, SubscriptionState
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.teams import Team
from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.records import Invitee
from scheduler_sandbox.calendly.webhooks import CANCELED, CREATED, Signing
from scheduler_sandbox.sending import Delivery, Verdict
from tests.journeys.owner import Owner

pytestmark = pytest.mark.slow

AYA, KEN = "mori@kaede-foods.co.jp", "hayashi@kaede-foods.co.jp"
GUESTS = {AYA: "Aya Mori", KEN: "Ken Hayashi"}
ANSWERS = {"Company Name": "Kaede Foods", "Topics": "Pricing\nOnboarding"}
CONTACT = "POST /crm/objects/2026-09/contacts"


class Space:
    """An organisation at Calendly that posts to a team of HubSync, and that team's owner at a browser."""

    def __init__(self, installation: Any, browser: Any, calendly: CalendlyServer) -> None:
        self.installation, self.calendly = installation, calendly
        self.owner = Owner(installation, browser)
        self.owner.connect()
        with installation.app.app_context():
            team_id = db.session.query(Team.id).scalar()
            secret = endpoints.make_endpoint(team_id, "calendly")
            (endpoint,) = endpoints.list_endpoints(team_id, "calendly")
        assert SOURCE.api is not None
        self.client = SOURCE.api.make_client(Route(calendly.url))
        self.token = calendly.account.make_token()
        self.holder = self.client.look_up_holder(self.token, Deadline.after(10))
        self.subscription = self.client.subscribe(
            self.token, self.holder, endpoint.address, secret, Deadline.after(10)
        )

    def book(self, email: str = AYA, **more: Any) -> tuple[Invitee, dict[str, Any]]:
        invitee, deliveries = self.calendly.bookings.book(
            name=GUESTS[email], email=email, answers=ANSWERS, tracking={"utm_source": "card"}, **more
        )
        return invitee, answer(*deliveries)

    def map_calendar(self) -> None:
        """Save what the mapping editor proposes for the calendar that the first booking made."""
        browser = self.owner.browser
        browser.open(self.owner.calendars).follow("Product tour")
        browser.follow("Advanced settings").follow("HubSpot").press("Save")

    def bookings(self) -> list[BookingRecord]:
        with self.installation.app.app_context():
            found = db.session.query(BookingRecord).order_by(BookingRecord.id).all()
            db.session.expunge_all()
            return found

    def companies_of_contacts(self) -> dict[str, set[str]]:
        """By the address of each contact in HubSpot, the names of the companies that it belongs to."""
        names = {each["id"]: each["properties"]["name"] for each in self.installation.records("companies")}
        return {
            each["properties"]["email"]: {
                names[linked["id"]]
                for linked in each.get("associations", {}).get("companies", {}).get("results", [])
            }
            for each in self.installation.records("contacts")
        }


@pytest.fixture
def space(installation: Any, browser: Any) -> Iterator[Space]:
    with CalendlyServer() as calendly:
        yield Space(installation, browser, calendly)


def answer(*deliveries: Delivery) -> dict[str, Any]:
    """What HubSync said to the last of these, each of which was taken at once."""
    for each in deliveries:
        assert each.wait().outcome is Verdict.DELIVERED, [attempt.body for attempt in each.attempts]
        assert len(each.attempts) == 1
    said: dict[str, Any] = json.loads(deliveries[-1].attempts[-1].body)
    return said


def test_a_booking_becomes_a_company_and_a_contact_once_and_associated(space: Space) -> None:
    invitee, first = space.book()
    assert first["state"] == "waiting"  # its calendar was made just now, nobody mapped it
    assert space.installation.records("contacts") == []
    space.map_calendar()
    space.owner.retry()
    assert space.companies_of_contacts() == {AYA: {"Kaede Foods"}}

    space.installation.calls()
    again = answer(*space.calendly.webhooks.send(CREATED, invitee))
    assert (again, space.installation.calls()) == ({**first, "state": "posted"}, [])

    _, second = space.book(KEN)
    assert (second["state"], space.installation.calls()) == ("posted", [CONTACT])  # the company is remembered
    assert space.companies_of_contacts() == {AYA: {"Kaede Foods"}, KEN: {"Kaede Foods"}}
    assert space.book()[1]["state"] == "duplicate"
    assert len(space.installation.records("companies")) == 1
    assert len(space.installation.records("contacts")) == 2
    stored = space.bookings()[0]
    assert (stored.host, stored.location, stored.url_params) == (
        *("Ren Host", "https://zoom.example/j/1", {"utm_source": "card"}),
    )
    assert "Pricing\nOnboarding" in stored.answers.values()


@pytest.mark.parametrize("order", [(CREATED, CANCELED), (CANCELED, CREATED), None])
def test_what_is_moved_missed_and_cancelled_goes_on_under_its_delivery(space: Space, order: Any) -> None:
    first, kept = space.book()
    space.map_calendar()
    space.owner.retry()
    space.installation.calls()
    moves = {"order": order} if order else {"together": True}
    second, deliveries = space.calendly.bookings.reschedule(first, **moves)
    third, more = space.calendly.bookings.reschedule(second, **moves)
    again = [each for side in (first, second) for each in space.calendly.webhooks.send(CANCELED, side)]
    for each in (*deliveries, *more, *again):
        assert answer(each)["delivery"] == kept["delivery"]
    (booking,) = space.bookings()
    assert (booking.starts_at, booking.cancelled_at) == (third.event.starts_at, None)

    for missed in (True, False):
        assert answer(*space.calendly.bookings.mark_no_show(third, missed=missed))["delivery"] == kept["delivery"]
        assert (space.bookings()[0].no_show_at is not None) is missed
    assert answer(*space.calendly.bookings.cancel(third, "Illness"))["delivery"] == kept["delivery"]
    (booking,) = space.bookings()
    assert (booking.starts_at, booking.cancelled_at is not None) == (third.event.starts_at, True)
    assert space.installation.calls() == []
    assert space.companies_of_contacts() == {AYA: {"Kaede Foods"}}


def test_every_guest_of_a_group_event_is_a_booking(space: Space) -> None:
    group = space.calendly.account.event_types[1]
    first, _ = space.book(AYA, event_type=group)
    second, _ = space.book(KEN, at=first.event)
    assert {each.external_id for each in space.bookings()} == {first.id, second.id}
    answer(*space.calendly.bookings.cancel(first))
    assert {each.external_id: bool(each.cancelled_at) for each in space.bookings()} == {
        first.id: True,
        second.id: False,
    }


def test_what_is_not_proved_is_refused_until_calendly_gives_up(space: Space) -> None:
    invitee = space.calendly.account.book()
    for signing in (Signing(signed=False), Signing(key="other"), Signing(seconds_ago=200)):
        (delivery,) = space.calendly.webhooks.send(CREATED, invitee, signing)
        assert {each.status for each in delivery.wait().attempts} == {401}
        if space.subscription.id in space.calendly.account.subscriptions:
            space.calendly.account.subscriptions[space.subscription.id].state = "active"
    assert space.bookings() == []
    assert answer(*space.calendly.webhooks.send_raw({"event": "routing_form_submission.created"})) == {
        "ignored": "This event is not about a booking that was made, moved or cancelled."
    }
    found = space.client.find_subscription(space.token, space.holder, space.subscription.id, Deadline.after(10))
    assert found.state is SubscriptionState.ACTIVE
