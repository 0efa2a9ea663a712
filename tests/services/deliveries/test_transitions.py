"""Deliveries change their state in one place: once each, and the kept counts follow."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from hubsync.domain.delivery_states import DeliveryState
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.dispatch import deliver, new_lease, read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import db, end_read, write_transaction
from hubsync.store.counts import ALL_DAYS, DeliveryCount
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from hubsync.web.shell.reasons import explain_state


def kept() -> dict[tuple[str, str], int]:
    """(day, state): number, of what is kept."""
    found = {(row.day, row.state): row.number for row in db.session.query(DeliveryCount) if row.number}
    end_read()
    return found


def counted() -> dict[tuple[str, str], int]:
    """The same, counted now."""
    counts: Counter[tuple[str, str]] = Counter()
    for each in db.session.query(Delivery):
        state = "dismissed" if each.dismissed_at is not None else each.state
        counts.update([(ALL_DAYS, state), (transitions.day_of(each.created_at), state)])
    end_read()
    return dict(counts)


def test_the_kept_counts_are_what_counting_would_say(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.book("Kato Rei", "mika@acme.co.jp", "Acme")
    acme.fault(action="status", status=503, times=1)
    late = acme.book("Ito Ken", "ken@other.co.jp", "Other")
    assert kept() == counted()
    assert {state for day, state in kept() if day == ALL_DAYS} == {"posted", "duplicate", "retrying"}
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        assert run_due() == [(late.id, "posted")]
    assert kept() == counted()  # the day is that of the booking


def test_dismissed_is_counted_apart_and_taken_back(acme: Any) -> None:
    acme.fault(action="status", status=403, times=None)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    person = db.session.query(Person.id).scalar()
    end_read()
    with write_transaction() as session:
        found = [session.get_one(Delivery, delivery.id)]
        assert transitions.dismiss(session, found, person) == [delivery.id]
        assert transitions.dismiss(session, found, person) == []
    assert kept() == counted()
    assert (ALL_DAYS, "dismissed") in kept()
    with write_transaction() as session:
        found = [session.get_one(Delivery, delivery.id)]
        assert transitions.take_back_dismissal(session, found) == [delivery.id]
        assert transitions.take_back_dismissal(session, found) == []
    assert kept() == counted()
    assert (ALL_DAYS, "dismissed") not in kept()


def test_a_retry_takes_the_dismissal_off(acme: Any) -> None:
    acme.fault(action="status", status=403, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    person = db.session.query(Person.id).scalar()
    end_read()
    with write_transaction() as session:
        transitions.dismiss(session, [session.get_one(Delivery, delivery.id)], person)
    assert retry(delivery.id).dismissed_at is None
    assert kept() == counted()


def test_what_is_posted_cannot_be_dismissed(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        assert transitions.dismiss(session, [session.get_one(Delivery, delivery.id)], 1) == []


def test_of_two_who_take_a_delivery_at_one_instant_one_has_it(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        read = session.get_one(Delivery, delivery.id)
        session.expunge(read)
    with write_transaction() as session:
        assert transitions.move(session, session.get_one(Delivery, delivery.id), **new_lease())
    with write_transaction() as session:
        assert not transitions.move(session, read, **new_lease())
    assert kept() == counted()


def test_a_final_state_ends_by_no_retry(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session, pytest.raises(ValueError, match="cannot go from posted to retrying"):
        transitions.move(session, session.get_one(Delivery, delivery.id), DeliveryState.RETRYING)
    assert retry(delivery.id).state == "posted"


def test_a_transition_that_the_table_does_not_have_is_refused_and_changes_nothing(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session, pytest.raises(ValueError, match="cannot go from retrying to posted"):
        transitions.move(session, session.get_one(Delivery, delivery.id), DeliveryState.POSTED)
    assert read_delivery(delivery.id).state == DeliveryState.RETRYING
    assert kept() == counted()


def test_a_state_that_is_none_is_not_stored(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with pytest.raises(StatementError, match="is not a valid DeliveryState"), write_transaction() as session:
        session.get_one(Delivery, delivery.id).state = "done"
    assert read_delivery(delivery.id).state is DeliveryState.POSTED


def test_a_state_of_another_version_is_read_as_it_is(acme: Any) -> None:
    """Such as a newer one that was taken back: its rows are shown, and the others are posted."""
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.execute(text("UPDATE deliveries SET state = 'parked' WHERE id = :id"), {"id": delivery.id})
    assert read_delivery(delivery.id).state == "parked"
    assert explain_state(read_delivery(delivery.id).state) == ""
    assert acme.book("Ito Ken", "ken@acme.co.jp", "Acme").state == "posted"


def test_erasing_leaves_the_numbers_of_the_days(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    day = transitions.day_of(delivery.created_at)
    with write_transaction() as session:
        transitions.erase(session, [session.get_one(Delivery, delivery.id)])
    assert kept() == {(day, "posted"): 1}


def test_counting_anew_finds_the_same(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.book("Kato Rei", "mika@acme.co.jp", "Acme")
    before = kept()
    with write_transaction() as session:
        transitions.recount(session)
    assert kept() == before


def test_a_delivery_that_kills_every_worker_ends(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    left = {"state": "sending", "lease_owner": "dead", "lease_until": now() - timedelta(minutes=5)}
    with write_transaction() as session:
        transitions.move(session, session.get_one(Delivery, delivery.id), attempts_used=11, **left)
    deliver(delivery.id, Deadline.after(5))
    ended = read_delivery(delivery.id)
    assert (ended.state, ended.reason, ended.attempts_used) == ("failed", "abandoned", 12)
    assert [attempt.code for attempt in ended.attempts][-1] == "abandoned"
    assert ended.troubled_at is not None
    assert kept() == counted()


def test_whoever_presses_retry_takes_a_delivery_that_its_worker_left_behind(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    left = {"state": "sending", "lease_owner": "dead", "lease_until": now() + timedelta(minutes=1)}
    with write_transaction() as session:
        transitions.move(session, session.get_one(Delivery, delivery.id), **left)
    assert retry(delivery.id).state == "sending"  # it may be alive
    end_read()
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        assert retry(delivery.id).state == "posted"


def test_since_when_a_delivery_is_in_trouble_is_kept_until_it_is_posted(acme: Any) -> None:
    acme.fault(action="status", status=503, times=2)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    since = delivery.troubled_at
    assert since is not None
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert run_due() == [(delivery.id, "retrying")]
    assert read_delivery(delivery.id).troubled_at == since
    end_read()
    with time_machine.travel(now() + timedelta(hours=2), tick=True):
        assert run_due() == [(delivery.id, "posted")]
    assert read_delivery(delivery.id).troubled_at is None
