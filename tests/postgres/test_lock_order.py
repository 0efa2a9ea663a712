"""Units that change several rows lock them in one order, so that no two ever wait for each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, Table, select, text, update

from hubsync.domain.matching import CompanyKeys
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.bookings import erasure, held_bookings
from hubsync.services.bookings.completion import take_in
from hubsync.services.calendars.archive import delete_calendar
from hubsync.services.deliveries.dismissals import dismiss_these
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.replays import replay_these, stop
from hubsync.services.operations.team_deletion import delete_team
from hubsync.services.posting import company_memory, company_registry, forgotten_companies
from hubsync.store import Base, db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership, Team
from tests.kit.lock_waits import beside, until_somebody_waits_for_a_lock
from tests.kit.news_process import news
from tests.kit.replays import person_id

pytestmark = pytest.mark.slow

ACCOUNT = "1234567"
KEYS = CompanyKeys(domain="acme.com", name="acme")
DAY = timedelta(hours=24)
Act = Callable[[], object]


def assert_first_comes_first(app: Flask, table: Table, act: Act, last: Table | None = None) -> None:
    """While somebody has the first row of *table*, *act* waits for it without having locked the last one.

    That is the last one of *table*, or of another table that is locked after it.
    """
    first = _id_of(table, table.c.id)
    with write_transaction() as session:
        # An UPDATE by itself meets the others before it now: its new version lies behind them.
        session.execute(update(table).where(table.c.id == first).values(id=first))
        for way in ("indexscan", "bitmapscan"):
            session.execute(text(f"ALTER DATABASE {db.engine.url.database} SET enable_{way} TO off"))
    db.session.remove()
    db.engine.dispose()
    last = table if last is None else last
    behind = _id_of(last, last.c.id.desc())
    with write_transaction() as session:
        session.execute(select(table.c.id).where(table.c.id == first).with_for_update())
        thread, results = beside(app, act)
        until_somebody_waits_for_a_lock()
        session.execute(select(last.c.id).where(last.c.id == behind).with_for_update(nowait=True))
    thread.join()
    assert len(results) == 1  # it came to its end


def _id_of(table: Table, order: ColumnElement[int]) -> int:
    found = db.session.scalars(select(table.c.id).order_by(order).limit(1)).one()
    end_read()
    return found


@pytest.fixture
def remembered(acme: Any) -> None:
    """A company that is known by its name, and later by its domain, whose key comes first in the index."""
    for keys in (CompanyKeys(name="acme"), CompanyKeys(domain="acme.com")):
        with write_transaction() as session:
            company_memory.remember(session, ACCOUNT, keys, "42", now() - timedelta(hours=12))


@pytest.fixture
def holder(remembered: None) -> str:
    return company_registry.claim(ACCOUNT, KEYS, timedelta(hours=1), Deadline.after(1)).holder


def announce(holder: str) -> None:
    with write_transaction() as session:
        assert company_registry.announce_create(session, holder, "") == 2


def keep(_holder: str) -> None:
    with write_transaction() as session:
        company_memory.lock(session, ACCOUNT, KEYS)
        company_memory.remember(session, ACCOUNT, KEYS, "42")


def give_up(holder: str) -> None:
    company_registry.release(holder, keeps_note=False)


def leave_in_doubt(holder: str) -> None:
    company_registry.release(holder, keeps_note=True)


@pytest.mark.parametrize("act", [announce, keep, give_up, leave_in_doubt])
def test_the_keys_of_a_claim_are_locked_in_order(acme: Any, holder: str, act: Callable[[str], None]) -> None:
    assert_first_comes_first(acme.app, KnownCompany.__table__, partial(act, holder))


def doubt() -> None:
    forgotten_companies.doubt(ACCOUNT, "42")


def claim() -> None:
    company_registry.claim(ACCOUNT, KEYS, timedelta(hours=1), Deadline.after(1))


def forget() -> None:
    erasure.forget_old_companies(timedelta(days=-30))


@pytest.mark.parametrize("act", [doubt, claim, forget])
def test_remembered_companies_are_locked_in_order(acme: Any, remembered: None, act: Act) -> None:
    assert_first_comes_first(acme.app, KnownCompany.__table__, act)


def dismiss(acme: Any, ids: list[int]) -> None:
    membership = db.session.query(Membership).one()
    end_read()
    assert dismiss_these(membership, ids).number == 2


def post_held(acme: Any, ids: list[int]) -> None:
    membership = db.session.query(Membership).one()
    end_read()
    assert held_bookings.post_these(membership, ids).number == 2


def dismiss_held(acme: Any, ids: list[int]) -> None:
    membership = db.session.query(Membership).one()
    end_read()
    assert held_bookings.dismiss_these(membership, ids).number == 2


def begin_replay(acme: Any, ids: list[int]) -> None:
    replay = replay_these(acme.team_id, person_id(), ids)
    assert replay is not None
    assert replay.total == 2


def stop_replay(acme: Any, ids: list[int]) -> None:
    stop(acme.team_id, person_id())


def erase(acme: Any, ids: list[int]) -> None:
    assert erasure.erase_guest("mika@acme.co.jp", acme.team_id) == (2, 0)


def delete_their_calendar(acme: Any, ids: list[int]) -> None:
    delete_calendar(acme.calendar_id, "Intro call")


def delete_their_team(acme: Any, ids: list[int]) -> None:
    delete_team(acme.team_id, db.session.get_one(Team, acme.team_id).name, by=person_id())


@pytest.mark.parametrize(
    ("act", "last"),
    [
        (dismiss, Delivery),
        (post_held, BookingRecord),
        (dismiss_held, BookingRecord),
        (begin_replay, Delivery),
        (stop_replay, Delivery),
        (erase, Delivery),
        (delete_their_calendar, Calendar),
        (delete_their_team, BookingRecord),
    ],
)
def test_deliveries_are_locked_in_order_and_before_what_they_belong_to(
    acme: Any, act: Callable[[Any, list[int]], None], last: type[Base]
) -> None:
    acme.fault(action="status", status=403, times=None)
    held = act in (post_held, dismiss_held)
    ids = [acme.book(f"Sato {each}", "mika@acme.co.jp", "Acme", held=held).id for each in range(2)]
    with write_transaction() as session:  # the older one came later
        session.query(Delivery).filter_by(id=ids[0]).update({"created_at": now()})
    if act is stop_replay:
        begin_replay(acme, ids)
    assert_first_comes_first(acme.app, Delivery.__table__, partial(act, acme, ids), last.__table__)


def test_two_bookings_that_become_one_are_locked_after_their_deliveries(acme: Any) -> None:
    for each in (news("old"), news("third", "moved", day=2, replaces="new")):
        take_in(acme.team_id, each, at_most_seconds=0)
    middle = news("new", "moved", day=1, replaces="old")
    act = partial(take_in, acme.team_id, middle, at_most_seconds=0)
    assert_first_comes_first(acme.app, Delivery.__table__, act, BookingRecord.__table__)
    assert db.session.query(Delivery).count() == 1


def test_what_a_pause_held_back_is_due_at_once_but_for_what_somebody_has_locked(acme: Any, app: Flask) -> None:
    acme.fault(action="status", path="/companies", times=1, status=429, policy="DAILY")
    first, second, third = (acme.book(f"Sato {each}", f"mika{each}@acme.co.jp", "Acme").id for each in range(3))
    with write_transaction() as session:
        session.execute(select(Delivery.id).where(Delivery.id == second).with_for_update())
        thread, _results = beside(app, partial(retry, third))
        thread.join()
    end_read()
    due = {row.id: row.next_attempt_at for row in db.session.query(Delivery).populate_existing()}
    assert due[first] <= now() < due[second]
    assert db.session.query(Connection.paused_until).scalar() is None
