"""Cal.com's stand-in as people use it: get the key, make a webhook, book, and go on with a booking."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup
from flask import Flask, Response

from scheduler_sandbox.calcom import EVENT_TYPES, CalCom, CalComServer
from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import SchedulerServer

NOW = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
WEBHOOKS = "/settings/developer/webhooks"
GUEST = {"name": "Ines Duarte", "email": "ines@mar-azul.example", "company": "Mar Azul", "notes": "Hello"}
START = "2026-12-14T10:00"


class Visitor:
    """Somebody at the pages, whose account has a webhook."""

    def __init__(self) -> None:
        self.calcom = CalCom(Sender(), lambda: NOW, EVENT_TYPES, "cal_live_key")
        self.server = CalComServer(self.calcom).start()
        app = Flask("receiver")
        app.add_url_rule("/in", "take", lambda: Response(status=200), methods=["POST"])
        self.receiver = SchedulerServer(app, Sender()).start()
        self.address = f"{self.receiver.url}/in"

    def open(self, path: str, status: int = 200) -> BeautifulSoup:
        return self._page(requests.get(self.server.url + path, timeout=60), status)

    def press(self, path: str, status: int = 200, **fields: str) -> BeautifulSoup:
        return self._page(requests.post(self.server.url + path, fields, timeout=60), status)

    def book(self, slug: str, **more: str) -> tuple[BeautifulSoup, str]:
        """The page of a new booking, and its uid."""
        page = self.press(f"/nao/{slug}", **{**GUEST, "starts_at": START, **more})
        return page, self.newest()

    def newest(self) -> str:
        return list(self.calcom.bookings)[-1]

    def told(self) -> list[str]:
        """The triggers of all that was delivered, and forget them."""
        triggers = [json.loads(each.wait().body)["triggerEvent"] for each in self.calcom.sender.deliveries]
        self.calcom.sender.forget()
        return triggers

    def states(self) -> list[str]:
        """What the list says of each booking, the newest first."""
        return [each.select("td")[-1].text for each in self.open("/").select("tr")[1:]]

    def _page(self, answer: requests.Response, status: int) -> BeautifulSoup:
        assert answer.status_code == status, answer.text
        return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    made = Visitor()
    yield made
    made.server.stop()
    made.receiver.stop()


def steps(page: BeautifulSoup) -> list[str]:
    return [str(each["action"]).rsplit("/", 1)[-1] for each in page.select("main form")]


def test_the_key_is_given_out_and_webhooks_are_made_by_hand_tried_and_deleted(visitor: Visitor) -> None:
    path = "/settings/developer/api-keys"
    assert visitor.open(path).select("#key") == []
    assert [each.text for each in visitor.press(path).select("#key")] == ["cal_live_key"]
    refused = visitor.press(WEBHOOKS, 400, url="mailto:me", secret="kept")
    assert (str(refused.select("#secret")[0]["value"]), visitor.calcom.webhooks) == ("kept", {})
    visitor.press(WEBHOOKS, url=f" {visitor.address} ", secret="shared")
    (webhook,) = visitor.calcom.webhooks.values()
    assert (webhook.address, webhook.secret, webhook.template) == (visitor.address, "shared", None)
    assert "Passed (200)" in visitor.press(f"{WEBHOOKS}/{webhook.id}/ping").select("[role=status]")[0].text
    visitor.receiver.stop()
    assert "Failed" in visitor.press(f"{WEBHOOKS}/{webhook.id}/ping").select("[role=status]")[0].text
    assert visitor.address not in visitor.press(f"{WEBHOOKS}/{webhook.id}/deletion").text


def test_a_guest_books_moves_and_cancels_and_the_host_says_who_did_not_come(visitor: Visitor) -> None:
    visitor.calcom.make_webhook(visitor.address)
    shown = visitor.open("/nao/first-talk").select("#starts_at")[0]
    assert str(shown["value"]) == "2026-12-03T10:00"
    page, first = visitor.book("first-talk?utm_source=mail", guests="rui@mar-azul.example, nobody")
    assert (page.select("h1")[0].text, visitor.told()) == ("This meeting is confirmed", ["BOOKING_CREATED"])
    booking = visitor.calcom.bookings[first]
    assert booking.starts_at == datetime(2026, 12, 14, 1, tzinfo=UTC)
    assert booking.guests[0].answers == {
        "company": "Mar Azul",
        "notes": "Hello",
        "utm_source": "mail",
        "guests": ["rui@mar-azul.example"],
    }
    visitor.press(f"/booking/{first}/reschedule", starts_at="soon")
    assert visitor.told() == []
    visitor.press(f"/booking/{first}/reschedule", starts_at="2026-12-15T11:00", reason="A fair")
    second = visitor.newest()
    assert (visitor.told(), visitor.states()) == (["BOOKING_RESCHEDULED"], ["confirmed", "moved"])
    assert f"/booking/{second}" in str(visitor.open(f"/booking/{first}"))
    visitor.press(f"/booking/{first}/cancel", 409)
    absent = visitor.press(f"/booking/{second}/no-show", guest=GUEST["email"])
    assert "(no-show)" in absent.text
    assert "(no-show)" not in visitor.press(f"/booking/{second}/no-show", guest=GUEST["email"]).text
    visitor.press(f"/booking/{second}/no-show", guest="somebody@else.example")
    assert "Reason: Ill" in visitor.press(f"/booking/{second}/cancel", reason="Ill").text
    assert visitor.told() == ["BOOKING_NO_SHOW_UPDATED", "BOOKING_NO_SHOW_UPDATED", "BOOKING_CANCELLED"]
    assert visitor.states() == ["cancelled", "moved"]


def test_what_waits_is_confirmed_rejected_or_paid(visitor: Visitor) -> None:
    visitor.calcom.make_webhook(visitor.address)
    page, first = visitor.book("consultation")
    assert (steps(page), visitor.told()) == (["confirm", "reject"], ["BOOKING_REQUESTED"])
    page = visitor.press(f"/booking/{first}/confirm")
    assert (steps(page), visitor.told()) == (
        ["reschedule", "cancel", "reschedule-request", "no-show"],
        ["BOOKING_CREATED"],
    )
    visitor.press(f"/booking/{first}/reschedule-request")
    _, second = visitor.book("consultation")
    assert steps(visitor.press(f"/booking/{second}/reject", reason="Full")) == []
    page, third = visitor.book("paid-advice")
    assert steps(page) == ["pay"]
    visitor.press(f"/booking/{third}/pay")
    assert visitor.told() == [
        *("BOOKING_CANCELLED", "BOOKING_REQUESTED", "BOOKING_REJECTED"),
        *("BOOKING_PAYMENT_INITIATED", "BOOKING_PAID", "BOOKING_CREATED"),
    ]
    assert visitor.states() == ["confirmed", "rejected", "cancelled"]


def test_guests_share_a_time_with_seats_and_a_series_is_a_booking_for_each_of_its_times(visitor: Visitor) -> None:
    visitor.calcom.make_webhook(visitor.address)
    _, shared = visitor.book("open-hour")
    free = str(visitor.open("/nao/open-hour").select("#starts_at")[0]["value"])
    assert free == START
    page, same = visitor.book("open-hour", name="Rui Alves", email="rui@mar-azul.example")
    assert (shared, steps(page)) == (same, ["reschedule", "cancel", "no-show", "no-show"])
    visitor.press(f"/booking/{shared}/reschedule", starts_at="2026-12-15T11:00")
    visitor.press(f"/booking/{shared}/cancel", guest="rui@mar-azul.example")
    assert [each.name for each in visitor.calcom.bookings[shared].guests] == ["Ines Duarte"]
    assert visitor.told() == ["BOOKING_CREATED"] * 2 + ["BOOKING_RESCHEDULED", "BOOKING_CANCELLED"]
    page, _ = visitor.book("weekly-review")
    assert (visitor.told(), len(page.select("main ul:last-of-type li"))) == (["BOOKING_CREATED"] * 3, 3)
    times = [each.starts_at.day for each in visitor.calcom.bookings.values() if each.series]
    assert times == [14, 21, 28]


@pytest.mark.parametrize("wrong", [{"name": " "}, {"email": "ines"}, {"starts_at": "0001-01-01T00:00"}])
def test_what_is_not_filled_in_comes_back_as_it_was(visitor: Visitor, wrong: dict[str, Any]) -> None:
    form = visitor.press("/nao/first-talk", 400, **{**GUEST, "starts_at": START, **wrong})
    assert form.select("[role=alert]") != []
    assert (str(form.select("#company")[0]["value"]), visitor.calcom.bookings) == ("Mar Azul", {})
    for path in ("/nao/unknown", "/booking/unknown"):
        visitor.open(path, 404)
