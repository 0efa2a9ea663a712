"""One button posts what was missed: in order, in the background, each booking once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from hubsync.domain.audit import AuditAction
from hubsync.domain.questions import Part
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.deliveries import replays, transitions
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.replays import count_missed, replay_missed, replay_these
from hubsync.services.teams.audit import read_trail
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.people import Person
from hubsync.store.replays import Replay
from hubsync.store.teams import Team
from tests.kit import rows
from tests.kit.replays import begin, missed, person_id, progress, states, switch
from tests.kit.source_bookings import source_booking

__all__ = ["missed"]


def test_what_was_missed_is_posted_in_the_order_it_came(acme: Any, missed: Callable[[int], None]) -> None:
    missed(4)
    assert count_missed(acme.team_id) == 4
    begin(acme)
    assert (progress(acme).state, progress(acme).left, count_missed(acme.team_id)) == ("running", 4, 0)
    work_on_replays()
    assert states() == ["posted"] * 4
    tried = [row.delivery_id for row in db.session.query(Attempt).filter_by(outcome="posted").order_by(Attempt.id)]
    assert tried == sorted(tried)
    ended = progress(acme)
    assert (ended.state, ended.done, ended.replay.posted) == ("finished", 4, 4)
    assert len(acme.records("contacts")) == 4
    assert len(acme.records("companies")) == 1
    assert {row.attempts_used for row in db.session.query(Delivery)} == {1}


def test_pressed_twice_nothing_is_posted_twice(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    first, again = begin(acme), begin(acme)
    assert (first.id, again.total) == (again.id, 2)
    work_on_replays()
    assert len(acme.records("contacts")) == 2
    assert replay_missed(acme.team_id, person_id()) is None
    assert db.session.query(Replay).count() == 1


def test_what_comes_to_wait_meanwhile_is_taken_up_by_another_press(
    acme: Any, missed: Callable[[int], None]
) -> None:
    missed(1)
    begin(acme)
    missed(1)
    assert begin(acme).total == 2
    work_on_replays()
    assert "waiting" not in states()


def test_paused_it_rests_and_goes_on_where_it_was(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    begin(acme)
    replays.pause(acme.team_id, person_id())
    assert work_on_replays() == []
    assert (progress(acme).state, states()) == ("paused", ["waiting"] * 2)
    replays.go_on(acme.team_id, person_id())
    work_on_replays()
    assert states() == ["posted"] * 2


def test_a_pause_is_heard_between_two_deliveries(acme: Any, missed: Callable[[int], None], app: Flask) -> None:
    missed(3)
    begin(acme)
    asked = iter([False, False, True])

    def pausing() -> bool:
        if next(asked, True):
            replays.pause(acme.team_id, person_id())
        return False

    work_on_replays(pausing)
    assert states() == ["posted", "waiting", "waiting"]
    assert progress(acme).state == "paused"


def test_stopped_the_rest_goes_on_waiting_and_can_be_replayed(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    begin(acme)
    replays.stop(acme.team_id, person_id())
    assert progress(acme).state == "stopped"
    assert work_on_replays() == []
    assert count_missed(acme.team_id) == 2
    begin(acme)
    work_on_replays()
    assert states() == ["posted"] * 2


def test_access_lost_again_ends_it_and_the_rest_waits(acme: Any, missed: Callable[[int], None]) -> None:
    missed(3)
    begin(acme)
    switch("lost")
    work_on_replays()
    ended = progress(acme)
    assert (ended.state, ended.replay.ended_code) == ("stopped", "access_lost")
    assert states() == ["waiting"] * 3
    assert db.session.query(Attempt).filter_by(outcome="waiting").count() == 4  # one more, not three
    switch("connected")
    assert count_missed(acme.team_id) == 3


def test_what_a_made_mapping_was_missing_for_is_replayed_too(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).delete()
    with write_transaction() as session:
        calendar = session.query(Calendar).one()
        calendar.source, calendar.external_id = "signed_json", "demo"
    complete(acme.team_id, source_booking())
    assert states() == ["waiting"]
    assert count_missed(acme.team_id) == 0  # nothing says yet what to post
    with write_transaction() as session:
        rows.add_mapping(session, acme.calendar_id)
    acme.map("contacts", "email", f"question:{acme.question(Part.EMAIL).id}")
    assert count_missed(acme.team_id) == count_missed(acme.team_id, acme.calendar_id) == 1
    begin(acme)
    work_on_replays()
    assert states() != ["waiting"]


def test_what_a_person_dismissed_is_not_posted(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    begin(acme)
    with write_transaction() as session:
        first = session.query(Delivery).order_by(Delivery.id).first()
        transitions.dismiss(session, [first], person_id_in(session))
    work_on_replays()
    assert states() == ["waiting", "posted"]


def person_id_in(session: Any) -> int:
    found: int = session.query(Person.id).scalar()
    return found


def test_chosen_ones_are_tried_anew_with_all_their_attempts(acme: Any) -> None:
    acme.fault(action="status", status=400, body={"message": "m", "category": "X"}, times=None)
    refused = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert refused.state == "failed"
    posted_elsewhere = 99_999
    acme.sandbox.state.faults.clear()
    replay = replay_these(acme.team_id, person_id(), [refused.id, posted_elsewhere])
    assert replay is not None
    assert replay.total == 1
    work_on_replays()
    assert states() == ["posted"]


def test_another_teams_deliveries_are_left_alone(acme: Any, missed: Callable[[int], None]) -> None:
    missed(1)
    with write_transaction() as session:
        other = Team(slug="globex", name="Globex", plan="premium", created_at=now())
        session.add(other)
    assert replay_these(other.id, person_id(), [1]) is None
    assert replay_missed(other.id, person_id()) is None
    assert count_missed(acme.team_id) == 1


def test_who_started_and_stopped_it_is_written_down(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    begin(acme)
    for press in (replays.pause, replays.pause, replays.go_on, replays.stop, replays.stop):
        press(acme.team_id, person_id())
    actions = [entry.action for entry in read_trail(acme.team_id, 50)]
    for action in (
        AuditAction.REPLAY_STARTED,
        AuditAction.REPLAY_PAUSED,
        AuditAction.REPLAY_CONTINUED,
        AuditAction.REPLAY_STOPPED,
    ):
        assert actions.count(action) == 1


def plan(name: str) -> None:
    with write_transaction() as session:
        session.query(Team).update({"plan": name})


def test_without_the_plan_what_waits_goes_on_waiting(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    plan("basic")
    assert count_missed(acme.team_id) == 0
    assert replay_missed(acme.team_id, person_id()) is None
    delivery_id = db.session.query(Delivery.id).order_by(Delivery.id).limit(1).scalar()
    assert retry(delivery_id).state == "waiting"
    end_read()
    assert states() == ["waiting"] * 2
    plan("premium")
    assert count_missed(acme.team_id) == 2


def test_a_plan_that_ends_meanwhile_ends_it_and_the_rest_waits(acme: Any, missed: Callable[[int], None]) -> None:
    missed(3)
    begin(acme)
    plan("basic")
    work_on_replays()
    ended = progress(acme)
    assert (ended.state, ended.replay.ended_code) == ("stopped", "plan")
    assert states() == ["waiting"] * 3


def test_pressed_again_a_paused_one_goes_on_though_nothing_is_new(
    acme: Any, missed: Callable[[int], None]
) -> None:
    missed(1)
    begin(acme)
    replays.pause(acme.team_id, person_id())
    begin(acme)
    assert progress(acme).state == "running"
