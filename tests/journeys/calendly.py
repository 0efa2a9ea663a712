"""An organisation at Calendly's stand-in that is connected with a team of HubSync."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hubsync.services.sources import endpoint_setup, endpoints, subscriptions
from hubsync.services.sources.status import SourceStatus, status_of
from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.records import Invitee, Subscription
from tests.journeys.receiving_team import ReceivingTeam, answer

AYA, KEN = "mori@kaede-foods.co.jp", "hayashi@kaede-foods.co.jp"
GUESTS = {AYA: "Aya Mori", KEN: "Ken Hayashi"}
ANSWERS = {"Company": "Kaede Foods", "Topics": "Pricing\nOnboarding"}


class Space(ReceivingTeam):
    """An organisation at Calendly that posts to a team of HubSync, and that team's owner at a browser."""

    def __init__(self, installation: Any, browser: Any, calendly: CalendlyServer) -> None:
        super().__init__(installation, browser)
        self.calendly = calendly
        with installation.app.app_context():
            team_id = self.team_id
            endpoint_setup.make_endpoint(team_id, "calendly")
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
