"""Every lease: nobody takes what another worker has, and a clock that is set back keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Table, update

from hubsync.domain.booking import BookingEvent
from hubsync.domain.mapping import Section
from hubsync.domain.matching import CompanyKeys
from hubsync.errors import CompanyBusy, NotAsked, RecordBusy
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.bookings.completion import take_in
from hubsync.services.bookings.erasure import forget_old_companies
from hubsync.services.connection import account_switch
from hubsync.services.connection.activation import AuthorizedAccount
from hubsync.services.connection.parked_tokens import park
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.meeting_changes import run_due_meetings
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.undoing import undo
from hubsync.services.imports.worker import work_on_imports
from hubsync.services.operations.daily_check import check_due
from hubsync.services.outbox.sender import send_due_mails
from hubsync.services.posting import company_registry, record_claims
from hubsync.store import end_read, leases, tables, write_transaction
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection, ParkedConnection
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import RecordClaim
from hubsync.store.imports import BookingImport
from hubsync.store.leases import Lease, is_over
from hubsync.store.meetings import Meeting
from hubsync.store.replays import Replay
from hubsync.store.undoings import Undoing
from tests.kit import imports, rows
from tests.kit.connections import change, expire_token, read_account
from tests.kit.meetings import switch_meetings_on
from tests.kit.outbox_mails import WRITERS, put_due_now
from tests.kit.replays import begin, missed, person_id
from tests.kit.source_bookings import source_booking

__all__ = ["missed"]

LONG_AGO = timedelta(days=400)
PAUSES = {"circuit_until", "paused_until", "pace_until"}
"""Columns of `connections` that say for how long HubSpot is left alone by everybody."""
NO_LEASES = PAUSES | {"told_until", "former_until"}
ELSEWHERE = {
    ("source_accounts", "worker_until"),
    ("source_comparisons", "worker_until"),
    ("busy_calendars", "worker_until"),
}
"""Leases whose work needs a server that answers: tests/services/sources and .../busy_calendars have it."""


class Way(NamedTuple):
    """How some work is prepared, so that only its lease decides, and done; *work* tells whether it was done."""

    table: Table
    until: str
    length: timedelta
    prepare: Callable[[Any], Any]
    work: Callable[[Any], bool]


def book(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.hubspot_recovers()
    with write_transaction() as session:
        session.query(Delivery).update({"state": "sending", "lease_owner": "another"})


def is_posted(acme: Any) -> bool:
    run_due()
    return bool(acme.records("contacts"))


def is_posted_by_hand(acme: Any) -> bool:
    retry(1)
    return bool(acme.records("contacts"))


def begin_replay(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": "lost", "lost_code": "access_lost"})
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Connection).update({"state": "connected", "lost_code": ""})
    begin(acme)
    with write_transaction() as session:
        session.query(Replay).update({"worker": "another"})


def claim_company(acme: Any) -> None:
    company_registry.claim("1234567", CompanyKeys("acme.com", ""), timedelta(hours=1), Deadline.after(1))


def is_claimed_anew(acme: Any) -> bool:
    try:
        claim_company(acme)
    except CompanyBusy:
        return False
    return True


def leave_an_old_claim(acme: Any) -> None:
    claim_company(acme)
    with write_transaction() as session:
        session.query(KnownCompany).update({"sent_at": now() - LONG_AGO})


def is_forgotten(acme: Any) -> bool:
    forget_old_companies(timedelta(days=30))
    with write_transaction() as session:
        return session.query(KnownCompany).count() == 0


def is_refreshed(acme: Any) -> bool:
    try:
        return bool(read_account(acme, seconds=1))
    except NotAsked:
        return False


def park_another_account(acme: Any) -> None:
    key = AuthorizedAccount("service_key", "7654321", "", "", "", (), now(), "pat-na1-another")
    with write_transaction() as session:
        park(session, acme.team_id, person_id(), key)
    with write_transaction() as session:
        session.query(ParkedConnection).update({"expires_at": now() - timedelta(minutes=1)})


def claim_record(acme: Any) -> None:
    record_claims.take("1234567", Section.CONTACTS, "101", Deadline.after(0.1), lambda session: None)


def is_record_claimed_anew(acme: Any) -> bool:
    try:
        claim_record(acme)
    except RecordBusy:
        return False
    return True


def is_record_claim_forgotten(acme: Any) -> bool:
    record_claims.forget_ended()
    with write_transaction() as session:
        return session.query(RecordClaim).count() == 0


def move_a_meeting(acme: Any) -> None:
    first = source_booking("old")
    delivery = take_in(acme.team_id, first).delivery
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    assert retry(delivery.id).state == "posted"
    take_in(acme.team_id, replace(first, event=BookingEvent.CANCELLED, occurred_at=now()))
    with write_transaction() as session:
        session.query(Meeting).update({"lease_owner": "another"})


def begin_import(acme: Any) -> None:
    imports.begin(acme, imports.file_of([1]))
    with write_transaction() as session:
        session.query(BookingImport).update({"worker": "another"})


def post_and_ask_to_undo(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.add(Undoing(delivery_id=delivery.id, asked_at=now(), worker="another"))


def of(lease: Lease, prepare: Callable[[Any], Any], work: Callable[[Any], bool]) -> Way:
    return Way(lease.table, lease.until, lease.length, prepare, work)


WAYS = {
    "due deliveries": of(leases.DELIVERY, book, is_posted),
    "Retry": of(leases.DELIVERY, book, is_posted_by_hand),
    "replays": of(leases.REPLAY, begin_replay, lambda acme: bool(work_on_replays())),
    "claims on a company": of(leases.COMPANY_CLAIM, claim_company, is_claimed_anew),
    "claims to be forgotten": of(leases.COMPANY_CLAIM, leave_an_old_claim, is_forgotten),
    "claims on a record": of(leases.RECORD_CLAIM, claim_record, is_record_claimed_anew),
    "claims on a record that ended": of(leases.RECORD_CLAIM, claim_record, is_record_claim_forgotten),
    "meetings": of(leases.MEETING, move_a_meeting, lambda acme: bool(run_due_meetings())),
    "imports": of(leases.IMPORT, begin_import, lambda acme: bool(work_on_imports(seconds=30))),
    "undoing": of(leases.UNDOING, post_and_ask_to_undo, lambda acme: undo(1, person_id())),
    "token refresh": of(leases.TOKEN_REFRESH, expire_token, is_refreshed),
    "daily check": of(leases.DAILY_CHECK, lambda acme: change(next_check_at=None), lambda acme: bool(check_due())),
    "parked accounts": of(
        leases.REVOCATION, park_another_account, lambda acme: bool(account_switch.drop_expired())
    ),
    "the outbox": of(leases.OUTBOX, lambda acme: put_due_now(), lambda acme: bool(send_due_mails(WRITERS))),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("set_back", [False, True], ids=["held", "clock set back"])
@pytest.mark.quick_cases(6)
def test_a_lease_binds_unless_it_ends_later_than_any_can(oauth_acme: Any, way: str, set_back: bool) -> None:
    table, until, length, prepare, work = WAYS[way]
    prepare(oauth_acme)
    with write_transaction() as session:
        session.execute(update(table).values({until: now() + length + (LONG_AGO if set_back else timedelta(0))}))
    assert work(oauth_acme) is set_back
    end_read()


def test_every_lease_has_its_way_above() -> None:
    known = {(way.table.name, way.until) for way in WAYS.values()}
    columns = {
        (table.name, column.name)
        for table in tables.METADATA.sorted_tables
        for column in table.columns
        if column.name.endswith("_until") and column.name not in NO_LEASES
    }
    assert known | ELSEWHERE == columns
    declared = [each for each in vars(leases).values() if isinstance(each, Lease)]
    assert {(lease.table.name, lease.until) for lease in declared} == known | ELSEWHERE


@pytest.mark.parametrize("ends", [-60, -1, 0, 1, 60, 120, 120 + 300, 120 + 301, 10**8, None])
def test_the_database_and_the_rule_agree_on_who_is_over(acme: Any, ends: int | None) -> None:
    moment = datetime(2027, 3, 1, 12, tzinfo=now().tzinfo)
    until = None if ends is None else moment + timedelta(seconds=ends)
    change(check_until=until)
    with write_transaction() as session:
        connection = session.query(Connection).one()
        over = is_over(Connection.check_until, moment, leases.DAILY_CHECK.length)
        assert session.query(Connection).filter(over).count() != leases.DAILY_CHECK.is_held(connection, moment)
        assert session.query(Connection).filter(leases.DAILY_CHECK.free(moment)).count() == (
            ends not in (1, 60, 120, 420)
        )


def test_only_who_has_a_lease_keeps_and_releases_it(acme: Any) -> None:
    lease = leases.TOKEN_REFRESH
    with write_transaction() as session:
        assert lease.acquire(session, now(), worker="one")
        assert not lease.acquire(session, now(), worker="two")
        assert not lease.renew(session, now(), worker="two")
        lease.release(session, "two")
        assert lease.renew(session, now(), worker="one")
        lease.release(session, "one")
        assert lease.acquire(session, now(), worker="two")
