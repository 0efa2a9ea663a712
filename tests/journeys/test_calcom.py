"""From Cal.com to HubSpot over real sockets: booked, paid, moved, cancelled and missed at its stand-in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hubsync.net.deadline import Deadline
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.calcom import SOURCE
from hubsync.sources.client import Route
from scheduler_sandbox.calcom.account import CalCom
from scheduler_sandbox.calcom.entities import EventType, Guest
from scheduler_sandbox.calcom.server import CalComServer
from scheduler_sandbox.sending import Delivery, Sender, Verdict
from tests.journeys.receiving_team import CONTACT, ReceivingTeam, answer

pytestmark = pytest.mark.slow

QUESTIONS = {"company": "Company Name", "topics": "Topics", "utm_source": "utm_source"}
TALK = EventType(31, "first-talk", "First talk", 45, QUESTIONS, ["utm_source"])
WARY = EventType(31, "first-talk", "First talk", 45, QUESTIONS, needs_confirmation=True)
DEAR = EventType(31, "first-talk", "First talk", 45, QUESTIONS, price=5000)
HOUR = EventType(31, "first-talk", "First talk", 45, QUESTIONS, seats=5)
START = datetime(2026, 12, 14, 1, tzinfo=UTC)
LATER = START + timedelta(days=1)


def guest(name: str, email: str, **more: Any) -> Guest:
    return Guest(name, email, {"company": "Mar Azul", "topics": ["Pricing", "Onboarding"], **more})


INES = guest("Ines Duarte", "ines@mar-azul.pt", utm_source="newsletter", guests=["rui@mar-azul.pt"])
RUI = guest("Rui Alves", "rui@mar-azul.pt")


class Account(ReceivingTeam):
    """An account at Cal.com whose webhook posts to a team of HubSync, and the owner of that team at a browser."""

    def __init__(self, installation: Any, browser: Any) -> None:
        super().__init__(installation, browser)
        self.calcom = CalCom(Sender((0.05, 0.05)))
        with installation.app.app_context():
            team_id = self.team_id
            self.secret = endpoint_setup.make_endpoint(team_id, "calcom")
            (endpoint,) = endpoints.list_endpoints(team_id, "calcom")
            self.address = endpoint.address
        self.webhook = self.calcom.make_webhook(self.address, self.secret)

    def begin(self) -> int:
        """Let Ines book and post that; return her delivery's number."""
        _, told = self.calcom.book(TALK, INES, START)
        first = answer(*told)
        assert first["state"] == "waiting"  # its calendar was made just now, nobody mapped it
        assert self.installation.records("contacts") == []
        self.map_calendar(TALK.title)
        self.owner.retry()
        self.installation.calls()
        return int(first["delivery"])


@pytest.fixture
def account(installation: Any, browser: Any) -> Iterator[Account]:
    made = Account(installation, browser)
    yield made
    made.calcom.stop()


def refused(told: Delivery) -> tuple[list[int | None], dict[str, Any]]:
    """The statuses of a delivery that was given up, and what was said at last."""
    assert told.wait().outcome is Verdict.GIVE_UP
    return [each.status for each in told.attempts], json.loads(told.attempts[-1].body)


def test_a_booking_becomes_a_company_and_a_contact_once_and_associated(account: Account) -> None:
    first = account.begin()
    assert account.companies_of_contacts() == {"ines@mar-azul.pt": {"Mar Azul"}}
    stored = account.bookings()[0]
    again = answer(*account.calcom.repeat(stored.external_id))
    assert (again, account.installation.calls()) == ({"delivery": first, "state": "posted"}, [])

    _, told = account.calcom.book(TALK, RUI, LATER)
    second = answer(*told)
    assert (second["state"], account.installation.calls()) == ("posted", [CONTACT])  # the company is remembered
    assert account.companies_of_contacts() == {"ines@mar-azul.pt": {"Mar Azul"}, "rui@mar-azul.pt": {"Mar Azul"}}
    _, told = account.calcom.book(TALK, INES, LATER + timedelta(days=1))
    assert answer(*told)["state"] == "duplicate"
    assert len(account.installation.records("companies")) == 1
    assert len(account.installation.records("contacts")) == 2
    assert (stored.host, stored.locale, stored.url_params) == ("Nao Fujii", "ja", {"utm_source": "newsletter"})
    assert stored.location.startswith("https://cal.aoba-design.example/video/")
    assert ["Pricing", "Onboarding"] in stored.answers.values()
    assert "rui@mar-azul.pt" in stored.answers.values()


@pytest.mark.parametrize("tells_former", [False, True])
def test_what_is_moved_missed_and_cancelled_goes_on_under_its_delivery(
    account: Account, tells_former: bool
) -> None:
    calcom = account.calcom
    calcom.switches.tells_former = tells_former
    delivery = account.begin()
    first = next(iter(calcom.bookings.values()))
    second, told = calcom.reschedule(first.uid, LATER, "A fair")
    assert [answer(each)["delivery"] for each in told] == [delivery] * len(told)
    _, told = calcom.ask_for_another_time(second.uid)
    assert "another time" in answer(*told)["ignored"]
    third, told = calcom.reschedule(second.uid, LATER + timedelta(days=1))
    assert [answer(each)["delivery"] for each in told] == [delivery] * len(told)
    for former in (first, second):  # a former time comes once more
        assert answer(*calcom.repeat(former.uid, "BOOKING_CANCELLED"))["delivery"] == delivery
    (booking,) = account.bookings()
    assert (booking.starts_at, booking.cancelled_at) == (third.starts_at, None)

    assert answer(*calcom.mark_no_show(third.uid, INES.email.upper()))["delivery"] == delivery
    assert account.bookings()[0].no_show_at is not None
    assert answer(*calcom.mark_no_show(third.uid, INES.email, no_show=False))["delivery"] == delivery
    assert account.bookings()[0].no_show_at is None
    _, told = calcom.cancel(third.uid, "Ill")
    assert answer(*told)["delivery"] == delivery
    (booking,) = account.bookings()
    assert (booking.starts_at, booking.cancelled_at is not None) == (third.starts_at, True)
    assert account.installation.calls() == []
    assert account.companies_of_contacts() == {"ines@mar-azul.pt": {"Mar Azul"}}


def test_each_seat_is_a_delivery_of_its_own(account: Account) -> None:
    account.begin()
    calcom = account.calcom
    shared, told = calcom.book(HOUR, INES, LATER)
    first = answer(*told)
    calcom.switches.seat_ids = False
    same, told = calcom.book(HOUR, RUI, LATER)
    second = answer(*told)
    assert shared.uid == same.uid
    assert first["delivery"] != second["delivery"]
    assert (first["state"], second["state"]) == ("duplicate", "posted")
    assert answer(*calcom.mark_no_show(shared.uid, INES.email))["delivery"] == first["delivery"]
    _, told = calcom.cancel(shared.uid, "No time", email=RUI.email)
    assert answer(*told)["delivery"] == second["delivery"]
    marks = [(each.no_show_at is not None, each.cancelled_at is not None) for each in account.bookings()]
    assert marks == [(False, False), (True, False), (False, True)]


def test_a_host_moves_and_cancels_every_seat_of_a_time(account: Account) -> None:
    account.begin()
    calcom = account.calcom
    at = START + timedelta(hours=3)
    shared, told = calcom.book(HOUR, INES, at)
    first = answer(*told)
    answer(*calcom.book(HOUR, RUI, at)[1])
    assert answer(*calcom.move_time(shared.uid, LATER)[1])["delivery"] == first["delivery"]
    assert [each.starts_at for each in account.bookings()[1:]] == [LATER, LATER]
    assert answer(*calcom.cancel(shared.uid, "Ill")[1])["delivery"] == first["delivery"]
    marks = [each.cancelled_at is not None for each in account.bookings()]
    assert marks == [False, True, True]


def test_what_has_to_be_confirmed_or_paid_comes_once_it_is(account: Account) -> None:
    account.begin()
    calcom = account.calcom
    asked, told = calcom.book(WARY, RUI, START)
    assert "confirmed" in answer(*told)["ignored"]
    declined, _ = calcom.book(WARY, RUI, LATER)
    assert "declined" in answer(*calcom.reject(declined.uid)[1])["ignored"]
    assert len(account.bookings()) == 1
    delivery = answer(*calcom.confirm(asked.uid)[1])
    assert delivery["state"] == "posted"
    moved, told = calcom.reschedule(asked.uid, LATER)
    assert "confirmed" in answer(*told)["ignored"]
    assert answer(*calcom.confirm(moved.uid)[1])["delivery"] == delivery["delivery"]
    assert account.bookings()[1].starts_at == LATER

    dear, told = calcom.book(DEAR, RUI, START)
    assert "payment" in answer(*told)["ignored"]
    paid, created = calcom.pay(dear.uid)[1]
    assert answer(paid)["delivery"] == answer(created)["delivery"]
    assert len(account.bookings()) == 3


def test_what_is_no_booking_and_what_is_not_proved_leaves_nothing(account: Account) -> None:
    calcom = account.calcom
    assert "works" in answer(calcom.ping(account.webhook))["ignored"]
    assert "not about a booking" in answer(*calcom.submit_form())["ignored"]
    calcom.webhooks.clear()
    calcom.make_webhook(account.address)  # nobody entered the secret
    booking, [unsigned] = calcom.book(TALK, INES, START)
    assert refused(unsigned)[0] == [401] * 3
    calcom.webhooks.clear()
    calcom.make_webhook(account.address, account.secret, template="{{title}}: {{attendees.0.name}}")
    (templated,) = calcom.repeat(booking.uid)
    statuses, said = refused(templated)
    assert statuses == [422] * 3
    assert any("take the custom payload template away" in each["reason"] for each in said["faults"])
    assert "Ines" not in json.dumps(said)
    assert account.bookings() == []

    calcom.webhooks.clear()
    calcom.make_webhook(account.address, account.secret)
    calcom.switches.form_labelled, calcom.switches.version = True, "2031-01-01"
    assert answer(*calcom.repeat(booking.uid))["state"] == "waiting"
    assert answer(*calcom.end_meeting(booking.uid)).keys() == {"ignored"}


def test_a_webhook_that_hubsync_makes_itself_brings_bookings(account: Account) -> None:
    calcom = account.calcom
    with CalComServer(calcom) as server:
        assert SOURCE.api is not None
        client = SOURCE.api.make_client(Route(f"{server.url}/v2"))
        holder = client.look_up_holder(calcom.api_key, Deadline.after(10))
        calcom.webhooks[account.webhook.id] = type(account.webhook)(
            account.webhook.id, calcom.user.id, account.address, ("MEETING_ENDED",), "another secret"
        )
        made = client.subscribe(calcom.api_key, holder, account.address, account.secret, Deadline.after(10))
        assert made.id == account.webhook.id  # the one that was there is put right
        _, told = calcom.book(TALK, INES, START)
        assert answer(*told)["state"] == "waiting"
        client.unsubscribe(calcom.api_key, holder, made.id, Deadline.after(10))
        assert calcom.book(TALK, RUI, LATER)[1] == []
