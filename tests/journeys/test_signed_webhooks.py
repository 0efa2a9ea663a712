"""From Typeform, Zoom Scheduler and a taught sender to HubSpot over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.registry import SOURCES
from hubsync.sources.teachable import Role
from scheduler_sandbox.forms import Filled, FormSender, check_url, moved
from tests.journeys.receiving_team import CONTACT, ReceivingTeam, answer

pytestmark = pytest.mark.slow

NAME = "signed_webhook"
SECRET = "what-the-sender-made"
START = datetime(2026, 12, 9, 1, tzinfo=UTC)
CANCELLED = "scheduler.scheduled_event_canceled"
NOOR = Filled("Noor Haddad", "noor@birch-tools.co.uk", "Birch Tools", ["Pricing", "Support"])
OMAR = Filled("Omar Aziz", "omar@birch-tools.co.uk", "Birch Tools", ["Support"])


class Receiving(ReceivingTeam):
    """A team with addresses for senders of signed webhooks, and its owner at a browser."""

    def __init__(self, installation: Any, browser: Any) -> None:
        super().__init__(installation, browser)
        self.senders: list[FormSender] = []

    def address(self, options: Mapping[str, Any], secret: str = SECRET) -> str:
        """A new address with these options."""
        with self.installation.app.app_context():
            team_id = self.team_id
            endpoint_setup.add_endpoint(team_id, NAME, secret=secret, options=options)
            return endpoints.list_endpoints(team_id, NAME)[-1].address

    def sender(self, vendor: str) -> FormSender:
        """A webhook of *vendor* that posts to an address of its own."""
        made = FormSender(vendor, self.address({"preset": vendor}), SECRET, pauses=(0.05, 0.05), seconds=30)
        self.senders.append(made)
        return made


@pytest.fixture
def receiving(installation: Any, browser: Any) -> Iterator[Receiving]:
    made = Receiving(installation, browser)
    yield made
    for each in made.senders:
        each.stop()


def test_a_filled_in_form_becomes_a_company_and_a_contact_once_and_associated(receiving: Receiving) -> None:
    typeform = receiving.sender("typeform")
    first = answer(typeform.send(NOOR))
    assert first["state"] == "waiting"  # its form was seen just now, nobody mapped it
    receiving.map_calendar(NOOR.form)
    receiving.owner.retry()
    assert receiving.companies_of_contacts() == {NOOR.email: {"Birch Tools"}}
    receiving.installation.calls()
    assert answer(typeform.send(NOOR)) == {**first, "state": "posted"}
    assert receiving.installation.calls() == []

    assert answer(typeform.send(OMAR))["state"] == "posted"
    assert receiving.installation.calls() == [CONTACT]  # the company is remembered
    assert answer(typeform.send(replace(NOOR, id="another-time")))["state"] == "duplicate"
    assert receiving.companies_of_contacts() == {NOOR.email: {"Birch Tools"}, OMAR.email: {"Birch Tools"}}
    assert [each.starts_at for each in receiving.bookings()] == [None] * 3
    assert ["Pricing", "Support"] in receiving.bookings()[0].answers.values()


def test_what_is_moved_and_cancelled_at_zoom_goes_on_under_its_delivery(receiving: Receiving) -> None:
    zoom = receiving.sender("zoom")
    assert check_url(zoom)
    booked = replace(NOOR, starts_at=START, form="Product tour")
    delivery = answer(zoom.send(booked))["delivery"]
    receiving.map_calendar("Product tour")
    receiving.owner.retry()
    receiving.installation.calls()

    later = moved(booked, START + timedelta(days=1), new_id=True)
    for told in (zoom.send(later), zoom.send(replace(booked, next_id=later.id), CANCELLED), zoom.send(booked)):
        assert answer(told)["delivery"] == delivery
    (booking,) = receiving.bookings()
    assert (booking.starts_at, booking.cancelled_at) == (later.starts_at, None)

    assert answer(zoom.send(later, CANCELLED))["delivery"] == delivery
    (booking,) = receiving.bookings()
    assert booking.cancelled_at is not None
    assert receiving.installation.calls() == []
    assert receiving.companies_of_contacts() == {NOOR.email: {"Birch Tools"}}
    assert check_url(zoom)  # again, as every 72 hours
    zoom.secret = "another"
    assert not check_url(zoom)


def test_each_address_has_its_own_preset_and_its_own_bookings(receiving: Receiving) -> None:
    one, two = receiving.sender("tally"), receiving.sender("tally")
    jicoo, opnform = receiving.sender("jicoo"), receiving.sender("opnform")
    told = [
        one.send(NOOR), two.send(NOOR), jicoo.send(replace(NOOR, starts_at=START)), opnform.send(NOOR)
    ]  # fmt: skip
    assert len({answer(each)["delivery"] for each in told}) == 4
    assert {each.guest_email for each in receiving.bookings()} == {NOOR.email}
    crossed = FormSender("jicoo", one.address, SECRET, pauses=())
    receiving.senders.append(crossed)
    assert [each.status for each in crossed.send(NOOR).wait().attempts] == [401]


def test_a_sender_that_nobody_knows_is_taught_by_a_sample(receiving: Receiving) -> None:
    teachable = SOURCES[NAME].teachable
    assert teachable is not None
    body = {
        "kind": "visit.created",
        "visit": {"ticket": "T-1", "when": "2026-12-09T10:00:00+09:00"},
        "form": [
            {"label": "Your name", "value": NOOR.name},
            {"label": "E-mail", "value": NOOR.email},
            {"label": "Company", "value": NOOR.company},
        ],
    }
    options: Any = teachable.set_scheme(
        {"preset": "another"}, {"header": "X-Visit-Signature", "encoding": "base64"}
    )
    options = teachable.propose(options, body)
    paths = {each.path[-1]: each.written for each in teachable.draw_tree(body).walk()}
    for role, name in ((Role.ID, "ticket"), (Role.START, "when")):
        options = teachable.point(options, role, paths[name], body)
    address = receiving.address(options)
    webhook = endpoints.configured(SOURCES[NAME], options).prove(
        SECRET, json.dumps(body).encode(), datetime.now(UTC)
    )
    first, again = (
        requests.post(address, data=webhook.body, headers=dict(webhook.headers), timeout=60) for _ in range(2)
    )
    assert (first.status_code, first.json()["state"]) == (200, "waiting")
    assert again.json() == first.json()
    (booking,) = receiving.bookings()
    assert (booking.guest_name, booking.guest_email, booking.starts_at) == (NOOR.name, NOOR.email, START)
