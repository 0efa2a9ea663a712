"""An organisation at Calendly's stand-in that is connected with a team of HubSync."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hubsync.services.sources import endpoints, subscriptions
from hubsync.services.sources.status import SourceStatus, status_of
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.teams import Team
from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.records import Invitee, Subscription
from scheduler_sandbox.sending import Delivery, Verdict
from tests.journeys.owner import Owner

AYA, KEN = "mori@kaede-foods.co.jp", "hayashi@kaede-foods.co.jp"
GUESTS = {AYA: "Aya Mori", KEN: "Ken Hayashi"}
ANSWERS = {"Company": "Kaede Foods", "Topics": "Pricing\nOnboarding"}


class Space:
    """An organisation at Calendly that posts to a team of HubSync, and that team's owner at a browser."""

    def __init__(self, installation: Any, browser: Any, calendly: CalendlyServer) -> None:
        self.installation, self.calendly = installation, calendly
        self.owner = Owner(installation, browser)
        self.owner.connect()
        with installation.app.app_context():
            team_id = db.session.query(Team.id).scalar()
            endpoints.make_endpoint(team_id, "calendly")
            (endpoint,) = endpoints.list_endpoints(team_id, "calendly")
            self.endpoint_id = endpoint.id
            subscriptions.connect(endpoint.id, calendly.account.make_token(), by=None)

    @property
    def subscription(self) -> Subscription:
        """The one that there is at Calendly."""
        (only,) = self.calendly.account.subscriptions.values()
        return only

    def status(self) -> SourceStatus:
        with self.installation.app.app_context():
            return status_of(self.endpoint_id)

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
def calendly() -> Iterator[CalendlyServer]:
    with CalendlyServer() as server:
        yield server


@pytest.fixture
def given(calendly: CalendlyServer) -> dict[str, str]:
    return {"SOURCE_API_URLS": f"calendly={calendly.url}"}


@pytest.fixture
def space(installation: Any, browser: Any, calendly: CalendlyServer) -> Space:
    return Space(installation, browser, calendly)


def answer(*deliveries: Delivery) -> dict[str, Any]:
    """What HubSync said to the last of these, each of which was taken at once."""
    for each in deliveries:
        assert each.wait().outcome is Verdict.DELIVERED, [attempt.body for attempt in each.attempts]
        assert len(each.attempts) == 1
    said: dict[str, Any] = json.loads(deliveries[-1].attempts[-1].body)
    return said
