"""Dismiss and Undo for one delivery."""

from __future__ import annotations

import pytest

from hubsync.domain.delivery_states import DISMISSABLE, DeliveryState
from hubsync.services.deliveries import dismissals
from hubsync.services.deliveries.dispatch import due_deliveries
from hubsync.store import db
from hubsync.store.teams import Membership
from tests.kit.browser import Browser
from tests.kit.delivery_log import STARTS, Log
from tests.kit.page import page_of, words
from tests.web.deliveries.log_buttons import counts, followed, marks, the_form, trail


def test_a_dismissed_delivery_says_by_whom_and_undo_takes_it_back(log: Log, owner: Browser) -> None:
    delivery = log.add("failed")
    where = f"/teams/acme/deliveries/{delivery}"
    page = followed(owner, owner.submit(the_form(page_of(owner.get(where)), "form[action$=dismiss]")))
    assert "Dismissed by owner@acme.example." in words(page)
    assert words(page.select_one(".page-actions")) == "Retry"
    assert counts(log) == {"dismissed": 1}
    assert page.select_one(".side-bar .count") is None
    page = followed(owner, owner.submit(the_form(page, "form[action$=take-back]")))
    assert "Dismissed" not in words(page)
    assert counts(log) == {"failed": 1}
    assert trail(log) == [
        ("dismissed", {"number": 1, "delivery": delivery}),
        ("dismissal_taken_back", {"number": 1, "delivery": delivery}),
    ]


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.quick_cases(4)
def test_dismiss_is_offered_for_what_can_be_dismissed(log: Log, owner: Browser, state: DeliveryState) -> None:
    delivery = log.add(state)
    page = page_of(owner.get(f"/teams/acme/deliveries/{delivery}"))
    assert bool(page.select("form[action$=dismiss]")) == (state in DISMISSABLE)
    token = the_form(page, "input[name=csrf_token]")["value"]
    owner.send(f"/teams/acme/deliveries/{delivery}/dismiss", {"csrf_token": token})
    assert bool(marks(log)) == (state in DISMISSABLE)


def test_what_is_dismissed_is_not_tried_again_by_itself(log: Log, owner: Browser) -> None:
    ids = [log.add("retrying", next_attempt_at=STARTS) for _ in range(2)]
    with log.app.app_context():
        membership = db.session.query(Membership).filter_by(team_id=log.team_id, role="owner").one()
        assert [due for due, _team in due_deliveries(10)] == ids
        dismissals.dismiss_these(membership, ids[:1])
        assert [due for due, _team in due_deliveries(10)] == ids[1:]
    told = words(owner.open(f"/teams/acme/deliveries/{ids[0]}").select_one(".outcome"))
    assert "It was dismissed, so HubSync does not try it again by itself." in told
    assert "posts it again" not in told
