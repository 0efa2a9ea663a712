"""The owner of a team at a browser, with HubSpot's control desk at hand."""

from __future__ import annotations

from typing import Any

import requests

from hubsync.services.operations.background_jobs import do_due_work
from hubsync.store import db
from hubsync.store.connections import Connection
from tests.journeys.conftest import first_delivery
from tests.kit.installation import Installation
from tests.kit.tab import Tab


class Owner:
    """The owner at a browser, the team's addresses, and what HubSync and HubSpot think of the connection."""

    def __init__(self, installation: Installation, browser: Tab) -> None:
        self.installation, self.browser = installation, browser
        browser.open(installation.signin_link()).press("Sign in")
        self.calendars = browser.url
        self.hubspot = browser.url.replace("/calendars", "/settings/integrations/hubspot")

    def connect(self, account: str = "") -> None:
        self.browser.open(self.hubspot).press("Connect")
        if any("Sign in" in button.get_text() for button in self.browser.page.select("button")):
            self.browser.press("Sign in")
        fields = {"account": account} if account else {}
        self.browser.press("Choose account", **fields).press("Connect app")

    def sign_in_again(self) -> None:
        """Sessions end after twelve idle hours."""
        self.browser.open(self.installation.signin_link()).press("Sign in")

    def make_calendar(self) -> str:
        """A mapped calendar; returns its booking page."""
        self.browser.open(self.calendars).follow("New calendar")
        self.browser.press("calendar", name="Intro call", duration_minutes="30", time_zone="Asia/Tokyo")
        link = self.browser.page.select_one("a[href*='/book/']")
        assert link is not None
        address = str(link["href"])
        self.browser.follow("Advanced settings").follow("HubSpot").press("Save")
        return address

    def page(self) -> str:
        return self.browser.open(self.hubspot).text

    def banner(self) -> str:
        banner = self.browser.open(self.calendars).page.select_one(".team-banner")
        return " ".join(banner.get_text(" ").split()) if banner else ""

    def latest_delivery(self) -> str:
        log = self.browser.open(self.calendars.replace("/calendars", "/deliveries"))
        return self.browser.open(first_delivery(log.page)).text

    def retry(self) -> str:
        self.latest_delivery()
        return self.browser.press("Retry").text

    def due(self) -> list[str]:
        with self.installation.app.app_context():
            return list(do_due_work())

    def control(self, what: str, **body: Any) -> None:
        url = f"{self.installation.sandbox.url}/sandbox/api/{what}"
        requests.post(url, json=body, timeout=60).raise_for_status()

    def connection(self) -> Connection:
        with self.installation.app.app_context():
            found = db.session.query(Connection).one()
            db.session.expunge_all()
            return found

    def names(self) -> list[str]:
        return sorted(each["properties"]["name"] for each in self.installation.records("companies"))

    def calls(self) -> list[str]:
        """Every call of HubSync's to HubSpot since the last look."""
        log = f"{self.installation.sandbox.url}/sandbox/api/calls"
        found = requests.get(log, timeout=60).json()["results"]
        requests.delete(log, timeout=60).raise_for_status()
        return [f"{call['method']} {call['path']}" for call in found]
