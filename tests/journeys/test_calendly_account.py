"""What HubSync does at Calendly by itself, over sockets: the subscription, and the booking that never came."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests

from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import Refused
from hubsync.services.sources import comparison, subscriptions, upkeep
from hubsync.services.sources.status import AccountStage, status_of
from hubsync.store import end_read
from scheduler_sandbox.calendly.webhooks import CREATED
from tests.journeys.calendly import ANSWERS, GUESTS, KEN, Space, calendly, given, space
from tests.journeys.receiving_team import answer
from tests.kit.clock import later

__all__ = ["calendly", "given", "space"]

pytestmark = pytest.mark.slow


def test_whose_token_it_is_and_how_the_subscription_stands_is_shown(space: Space) -> None:
    told = space.status()
    assert (told.stage, told.subscription, told.fault) == (AccountStage.CONNECTED, SubscriptionState.ACTIVE, "")
    assert (told.shown, told.scope) == ("Ren Host (ren@tenji.example)", "organization")
    assert (told.token_label, told.compares) == ("Personal access token", True)


def test_a_subscription_that_was_disabled_is_made_anew_and_what_was_missed_is_found(space: Space) -> None:
    first, _ = space.book()
    lost = space.subscription
    lost.state = "disabled"
    missed, none = space.calendly.bookings.book(name=GUESTS[KEN], email=KEN, answers=ANSWERS)
    moved, none_either = space.calendly.bookings.reschedule(first)
    cancelled = space.calendly.account.book(email="sato@kaede-foods.co.jp", answers=ANSWERS)
    space.calendly.account.cancel(cancelled, "Illness")
    assert none == none_either == []
    with space.installation.app.app_context(), later(hours=25):
        upkeep.check_due()
        assert space.subscription.id != lost.id
        assert (space.subscription.address, space.subscription.state) == (lost.address, "active")
        comparison.compare_due()
    assert space.status().comparison.found == 2
    found = {each.external_id: each for each in space.bookings()}
    assert {key: each.by_comparison for key, each in found.items()} == {
        first.id: False,
        missed.id: True,
        cancelled.id: True,
    }
    assert (found[first.id].starts_at, found[first.id].cancelled_at) == (moved.event.starts_at, None)
    assert found[cancelled.id].cancelled_at is not None
    assert answer(*space.calendly.webhooks.send(CREATED, missed))["delivery"]
    assert len(space.bookings()) == 3


def test_a_new_secret_is_a_new_subscription_at_a_new_address_and_nothing_is_lost_between(space: Space) -> None:
    old = space.subscription
    with space.installation.app.app_context():
        subscriptions.renew(space.endpoint_id, by=None)
    new = space.subscription
    assert old.id != new.id
    assert old.address != new.address
    assert old.key != new.key
    invitee, first = space.book()
    space.calendly.account.subscriptions[old.id] = old  # a delivery that was under way goes to the old address
    late = space.calendly.webhooks.send(CREATED, invitee)
    assert {answer(each)["delivery"] for each in late} == {first["delivery"]}
    assert len(late) == 2


def test_what_is_disconnected_leaves_nothing_at_calendly(space: Space) -> None:
    with space.installation.app.app_context():
        subscriptions.disconnect(space.endpoint_id, by=None)
    assert space.calendly.account.subscriptions == {}
    assert space.status().stage is AccountStage.NONE
    calls = [f"{each.method} {each.path.partition('/WH')[0]}" for each in space.calendly.requests]
    assert calls[-1] == "DELETE /webhook_subscriptions"


def test_a_token_that_does_not_do_is_said_in_calendlys_words_and_not_kept(space: Space) -> None:
    account = space.calendly.account
    tokens = {
        "Please upgrade to a paid Calendly account.": account.make_token(),
        "webhooks:write": account.make_token(scopes={"users:read", "webhooks:read", "scheduled_events:read"}),
        "": "a-token-of-nobody",
    }
    with space.installation.app.app_context():
        subscriptions.disconnect(space.endpoint_id, by=None)
        for said, token in tokens.items():
            account.switches.plan_allows = said != "Please upgrade to a paid Calendly account."
            with pytest.raises(Refused) as refused:
                subscriptions.connect(space.endpoint_id, token, by=None)
            assert (refused.value.field, said in refused.value.message) == ("token", True)
            assert token not in refused.value.message
            assert status_of(space.endpoint_id).stage is AccountStage.NONE
            end_read()
    assert account.subscriptions == {}


def test_a_person_books_at_calendlys_page_and_the_booking_is_there(space: Space) -> None:
    form = {"starts_at": "2027-01-08T10:00", "name": "Nao Ito", "email": "ito@kaede-foods.co.jp"}
    requests.post(f"{space.calendly.url}/book", data=form, timeout=60).raise_for_status()
    answer(*space.calendly.sender.deliveries)
    (booking,) = space.bookings()
    assert booking.guest_email == "ito@kaede-foods.co.jp"
    assert booking.starts_at == datetime(2027, 1, 8, 1, tzinfo=UTC)
