"""Cal.com set up by an API key, against its stand-in: made, renewed, compared with, ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.comparison import compare_due, compare_now
from hubsync.services.sources.status import AccountStage, status_of
from hubsync.services.sources.subscriptions import connect, disable
from hubsync.services.sources.upkeep import check_due
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from scheduler_sandbox.calcom.account import CalCom
from scheduler_sandbox.calcom.entities import EventType, Guest
from scheduler_sandbox.calcom.server import CalComServer
from scheduler_sandbox.sending import Sender
from tests.kit.clock import later

TALK = EventType(31, "first-talk", "First talk", 45)
HOUR = EventType(32, "open-hour", "Open hour", seats=5)
INES, RUI = Guest("Ines Duarte", "ines@mar-azul.example"), Guest("Rui Alves", "rui@mar-azul.example")


@pytest.fixture
def calcom() -> CalCom:
    return CalCom(Sender(), clock=now)


@pytest.fixture
def given(calcom: CalCom) -> Iterator[dict[str, str]]:
    with CalComServer(calcom) as server:
        yield {"SOURCE_API_URLS": f"calcom={server.api_url}"}


@pytest.fixture
def endpoint(acme: Any) -> int:
    endpoint_setup.make_endpoint(acme.team_id, "calcom")
    (view,) = endpoints.list_endpoints(acme.team_id, "calcom")
    end_read()
    return view.id


def kept() -> list[tuple[str, bool]]:
    """The address of each booking's guest, and whether a comparison found it."""
    found = [(each.guest_email, each.by_comparison) for each in db.session.query(BookingRecord)]
    end_read()
    return sorted(found)


def test_a_key_makes_the_webhook_and_a_wrong_one_keeps_nothing(acme: Any, calcom: CalCom, endpoint: int) -> None:
    with pytest.raises(Refused, match="does not take the token"):
        connect(endpoint, "cal_live_other", by=None)
    assert calcom.webhooks == {}
    connect(endpoint, calcom.api_key, by=None)
    told = status_of(endpoint)
    end_read()
    assert (told.stage, told.shown, told.token_label) == (AccountStage.CONNECTED, calcom.user.email, "API key")
    (webhook,) = calcom.webhooks.values()
    assert webhook.address.startswith("http://localhost:8000/intake/calcom/")
    assert webhook.secret
    disable(endpoint, by=None)
    assert calcom.webhooks == {}


def test_a_webhook_that_was_switched_off_there_is_switched_on_again(
    acme: Any, calcom: CalCom, endpoint: int
) -> None:
    connect(endpoint, calcom.api_key, by=None)
    (webhook,) = calcom.webhooks.values()
    calcom.webhooks[webhook.id] = replace(webhook, active=False, template="{{title}}")
    with later(days=1, minutes=1):
        assert len(check_due()) == 1
    told = status_of(endpoint)
    end_read()
    assert told.subscription is SubscriptionState.ACTIVE
    assert calcom.webhooks == {webhook.id: webhook}


def test_bookings_whose_webhook_was_lost_are_found_each_seat_for_itself(
    acme: Any, calcom: CalCom, endpoint: int
) -> None:
    connect(endpoint, calcom.api_key, by=None)
    calcom.webhooks.clear()  # so that nothing of what follows is sent
    at = now() + timedelta(days=3)
    calcom.book(HOUR, INES, at)
    calcom.book(HOUR, RUI, at)
    compare_now(endpoint, by=None)
    (line,) = compare_due()
    assert "; 2 had not come." in line
    assert kept() == [("ines@mar-azul.example", True), ("rui@mar-azul.example", True)]
    compare_now(endpoint, by=None)
    assert "; 0 had not come." in compare_due()[0]


def test_what_was_cancelled_or_moved_meanwhile_is_found_as_it_is_now_and_once(
    acme: Any, calcom: CalCom, endpoint: int
) -> None:
    connect(endpoint, calcom.api_key, by=None)
    calcom.webhooks.clear()
    at = now().replace(microsecond=0) + timedelta(days=3)
    calcom.cancel(calcom.book(TALK, RUI, at)[0].uid, "Ill")
    first, _ = calcom.book(TALK, INES, at)
    second, _ = calcom.reschedule(first.uid, at + timedelta(days=2))
    third, _ = calcom.reschedule(second.uid, at + timedelta(days=1))
    calcom.cancel(third.uid)
    compare_now(endpoint, by=None)
    assert "; 2 had not come." in compare_due()[0]
    assert kept() == [("ines@mar-azul.example", True), ("rui@mar-azul.example", True)]
    ines, rui = db.session.query(BookingRecord).order_by(BookingRecord.guest_email)
    assert (ines.starts_at, bool(ines.cancelled_at)) == (third.starts_at, True)
    assert rui.cancelled_at is not None
    assert {each.booking_id for each in db.session.query(Delivery)} == {rui.id, ines.id}
    end_read()
    compare_now(endpoint, by=None)
    assert "; 0 had not come." in compare_due()[0]
