"""From Calendly to HubSpot over real sockets: booked, repeated, moved, missed and cancelled at its stand-in."""

from __future__ import annotations

from typing import Any

import pytest

from scheduler_sandbox.calendly.webhooks import CANCELED, CREATED, Signing
from tests.journeys.calendly import AYA, KEN, Space, calendly, given, space
from tests.journeys.receiving_team import answer

__all__ = ["calendly", "given", "space"]

pytestmark = pytest.mark.slow

CONTACT = "POST /crm/objects/2026-09/contacts"


def test_a_booking_becomes_a_company_and_a_contact_once_and_associated(space: Space) -> None:
    invitee, first = space.book()
    assert first["state"] == "waiting"  # its calendar was made just now, nobody mapped it
    assert space.installation.records("contacts") == []
    space.map_calendar("Product tour")
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
    space.map_calendar("Product tour")
    space.owner.retry()
    space.installation.calls()
    moves = {"order": order} if order else {"together": True}
    second, deliveries = space.calendly.bookings.reschedule(first, **moves)
    third, more = space.calendly.bookings.reschedule(second, **moves)
    for each in (*deliveries, *more):  # the second move may overtake the first one
        answer(each)
    for side in (first, second):
        for each in space.calendly.webhooks.send(CANCELED, side):
            assert answer(each)["delivery"] == kept["delivery"]
    (booking,) = space.bookings()
    assert (booking.starts_at, booking.cancelled_at) == (third.event.starts_at, None)
    space.installation.calls()  # what overtook was posted as well, and found its contact there

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
        space.subscription.state = "active"  # two that are lost disable it
    assert space.bookings() == []
    assert answer(*space.calendly.webhooks.send_raw({"event": "routing_form_submission.created"})) == {
        "ignored": "This event is not about a booking that was made, moved or cancelled."
    }
