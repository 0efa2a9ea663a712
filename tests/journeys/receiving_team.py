"""A team of HubSync that a scheduler posts to: what it has then, and its owner at a browser."""

from __future__ import annotations

import json
from typing import Any

from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.teams import Team
from scheduler_sandbox.sending import Delivery, Verdict
from tests.journeys.owner import Owner

CONTACT = "POST /crm/objects/2026-09/contacts"


class ReceivingTeam:
    """The installation's team, connected with HubSpot."""

    def __init__(self, installation: Any, browser: Any) -> None:
        self.installation = installation
        self.owner = Owner(installation, browser)
        self.owner.connect()

    @property
    def team_id(self) -> int:
        """To be asked for in the app's context."""
        return int(db.session.query(Team.id).scalar())

    def map_calendar(self, name: str) -> None:
        """Save what the mapping editor proposes for the calendar that the first booking made."""
        browser = self.owner.browser
        browser.open(self.owner.calendars).follow(name)
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


def answer(*told: Delivery) -> dict[str, Any]:
    """What HubSync said to the last of these deliveries, each of which was taken at once."""
    for each in told:
        assert each.wait().outcome is Verdict.DELIVERED, [attempt.body for attempt in each.attempts]
        assert len(each.attempts) == 1
    said: dict[str, Any] = json.loads(told[-1].attempts[-1].body)
    return said
