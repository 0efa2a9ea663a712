"""Going live: what was watched is posted, each booking once, whoever presses and whatever is under way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hubsync.domain.audit import AuditAction
from hubsync.domain.watched import Watched
from hubsync.errors import AnotherAccount, Refused
from hubsync.services.connection import watch_only
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.going_live import go_live
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.watched import count_to_be_posted
from hubsync.services.teams.audit import read_trail
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.replays import Replay
from hubsync.store.watching import ForeseenRecord, WatchedDelivery
from tests.kit import rows
from tests.kit.held_calls import while_held
from tests.kit.replays import person_id, states
from tests.kit.watching import live, sums, watching

__all__ = ["watching"]


def test_two_presses_at_one_instant_post_each_booking_once(watching: Any) -> None:
    for number in range(3):
        watching.book("Sato", f"mika{number}@acme.co.jp", "Acme")
    by = person_id()

    def press(_: int) -> None:
        with watching.app.app_context():
            go_live(watching.team_id, by, rows.ACCOUNT, post_watched=True)

    with ThreadPoolExecutor(2) as both:
        list(both.map(press, range(2)))
    work_on_replays()
    assert states() == ["posted"] * 3
    assert (len(watching.records("companies")), len(watching.records("contacts"))) == (1, 3)
    assert (sums(watching), db.session.query(ForeseenRecord).count()) == ({}, 0)
    assert db.session.query(Replay).one().total == 3
    actions = [entry.action for entry in read_trail(watching.team_id, 20)]
    assert actions.count(AuditAction.WENT_LIVE) == 1


def test_without_them_they_stay_and_can_be_posted_later(watching: Any) -> None:
    watching.book("Sato", "mika@acme.co.jp", "Acme")
    live(watching, post_watched=False)
    assert watching.book("Abe", "abe@acme.co.jp", "Acme").state == "posted"
    assert (states(), count_to_be_posted(watching.team_id, rows.ACCOUNT)) == (["skipped", "posted"], 1)
    live(watching)
    assert states() == ["posted", "posted"]
    assert len(watching.records("companies")) == 1


def test_what_is_looked_up_while_the_team_goes_live_is_posted(watching: Any) -> None:
    watching.fault(action="delay", hold=True, path="/companies/search", times=1)
    going = while_held(watching, lambda: go_live(watching.team_id, person_id(), rows.ACCOUNT, post_watched=True))
    watching.book("Sato", "mika@acme.co.jp", "Acme")
    going.join()
    run_due()
    assert (states(), sums(watching)) == (["posted"], {})


def test_switched_on_again_the_rest_of_the_replay_is_not_posted(watching: Any) -> None:
    watching.book("Sato", "mika@acme.co.jp", "Acme")
    go_live(watching.team_id, person_id(), rows.ACCOUNT, post_watched=True)
    watch_only.switch_on(watching.team_id, person_id())
    work_on_replays()
    assert (states(), sums(watching)[Watched.BOOKINGS]) == (["skipped"], 1)
    assert watching.records("contacts") == []


def test_another_account_than_the_one_that_was_asked_about_is_refused(watching: Any) -> None:
    with pytest.raises(Refused):
        go_live(watching.team_id, person_id(), "7654321", post_watched=True)
    assert db.session.query(Connection).one().watching_since is not None
    end_read()


def test_what_was_begun_in_a_former_account_is_left_to_a_person_when_the_team_goes_live(watching: Any) -> None:
    delivery = watching.book("Sato", "mika@acme.co.jp", "Acme")
    begun = {"state": "waiting", "reason": "watch_only", "company": "created", "company_id": "1"}
    with write_transaction() as session:
        session.query(WatchedDelivery).delete()
        session.query(Delivery).update({**begun, "hubspot_account_id": "7654321"})
    live(watching)
    after = read_delivery(delivery.id)
    assert (after.state, after.reason) == ("waiting", AnotherAccount.code)
