"""What several workers do at one instant. SQLite lets them write one after the other; PostgreSQL does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from hubsync.domain.booking import GivenAnswer
from hubsync.domain.matching import CompanyKeys
from hubsync.domain.roles import Role
from hubsync.errors import CompanyBusy, HubSyncError, InvitationSpent, LinkSpent, NotFound
from hubsync.identity import GOOGLE, Proof
from hubsync.net.deadline import Deadline
from hubsync.services.bookings.completion import complete
from hubsync.services.connection.token_refresh import take_lease
from hubsync.services.deliveries.dispatch import deliver, retry
from hubsync.services.people.sessions import find_signed_in
from hubsync.services.posting import company_memory, company_registry, forgotten_companies
from hubsync.services.signin import invitation_claims, links, one_time_links
from hubsync.services.signin.identities import recognize
from hubsync.services.signin.mail_limits import TO_MAILBOX, Requester, allow
from hubsync.services.teams.invitations import invite, withdraw
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.limits import CountedAct
from hubsync.store.people import Identity, Person
from hubsync.store.teams import InvitationClaim, Membership
from tests.kit.at_one_instant import at_once
from tests.kit.source_bookings import source_booking

pytestmark = pytest.mark.slow

WORKERS, ROUNDS = 8, 5
DAY = timedelta(hours=24)


def test_these_tests_run_on_postgresql(acme: Any) -> None:
    assert db.engine.dialect.name == "postgresql"


def test_a_booking_on_the_page_becomes_a_company_and_a_contact(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme 株式会社")
    assert (delivery.state, delivery.company, delivery.association) == ("posted", "created", "made")
    again = acme.book("Kato Rei", "rei@acme.co.jp", "Acme 株式会社")
    assert (again.state, again.company, again.company_id) == ("posted", "duplicate", delivery.company_id)
    assert acme.book("Sato Mika", "mika@acme.co.jp", "").state == "duplicate"
    assert [acme.companies_of(each) for each in acme.records("contacts")] == [{delivery.company_id}] * 2


def test_one_booking_that_arrives_eight_times_at_once_is_delivered_once(acme: Any) -> None:
    for number in range(ROUNDS):
        booking = source_booking(f"same {number}")
        found = at_once(acme.app, [partial(deliver_id, acme, booking)] * WORKERS)
        assert len(set(found)) == 1
    assert db.session.query(Delivery).count() == db.session.query(BookingRecord).count() == ROUNDS


def test_the_first_bookings_of_new_calendars_at_once_share_a_calendar_and_its_questions(acme: Any) -> None:
    answers = (GivenAnswer("Topics", ("A", "B")), GivenAnswer("Note", "x"), GivenAnswer("Agree", True))
    for number in range(ROUNDS):
        bookings = [
            replace(
                source_booking(f"{number}/{worker}", answers[worker % 3 :]),
                calendar_external_id=f"calendar {number}",
            )
            for worker in range(WORKERS)
        ]
        found = at_once(acme.app, [partial(deliver_id, acme, booking) for booking in bookings])
        assert len(set(found)) == WORKERS
    end_read()
    calendars = db.session.query(Calendar).filter_by(source="signed_json").all()
    assert len(calendars) == ROUNDS
    for calendar in calendars:
        labels = [row.label for row in db.session.query(QuestionRow).filter_by(calendar_id=calendar.id)]
        assert sorted(labels) == ["Agree", "Comment", "Company Name", "Email", "Name", "Note", "Topics"]


def test_repeated_first_bookings_of_a_new_calendar_at_once_are_delivered_once_each(acme: Any) -> None:
    """Some lose the race for the calendar first, and then the one for their booking."""
    for number in range(ROUNDS * 2):
        bookings = [
            replace(source_booking(f"{number}/{each}"), calendar_external_id=f"calendar {number}")
            for each in range(WORKERS // 2)
        ]
        found = at_once(acme.app, [partial(deliver_id, acme, booking) for booking in bookings * 2])
        assert found[: WORKERS // 2] == found[WORKERS // 2 :]
    assert db.session.query(Delivery).count() == ROUNDS * WORKERS


def deliver_id(acme: Any, booking: Any) -> int:
    return complete(acme.team_id, booking).id


def test_a_company_is_claimed_by_one_of_all_who_want_it(acme: Any) -> None:
    for number in range(ROUNDS):
        keys = [CompanyKeys(domain=f"acme{number}.com", name=f"{word} {number}") for word in ("acme", "other")]
        found = at_once(acme.app, [partial(claim, keys[worker % 2]) for worker in range(WORKERS)], CompanyBusy)
        assert [each for each in found if not isinstance(each, CompanyBusy)] == ["claimed"]


def claim(keys: CompanyKeys) -> str:
    assert company_registry.claim("1234567", keys, DAY, Deadline.after(0.2)).company_id is None
    return "claimed"


def test_claims_with_crossing_keys_wait_for_each_other_and_never_in_a_circle(acme: Any) -> None:
    """Each round remembers four companies under crossing keys, claims them, gives them up and doubts them."""

    def cross(worker: int) -> str:
        for number in range(ROUNDS * 4):
            keys = CompanyKeys(domain=f"{worker % 2}.com", name=f"acme {number % 2}")
            try:
                holder, company_id, *_ = company_registry.claim("1234567", keys, DAY, Deadline.after(0.3))
            except CompanyBusy:
                continue
            if company_id is None:
                retry_on_conflict(partial(announce, holder))
                if worker % 3:
                    retry_on_conflict(partial(remember, keys, str(worker + 1)))
                else:
                    company_registry.release(holder, keeps_note=False)
            else:
                forgotten_companies.doubt("1234567", company_id)
        return "well"

    faults: list[str] = []

    @event.listens_for(db.engine, "handle_error")
    def note(context: ExceptionContext) -> None:
        faults.append(getattr(context.original_exception, "sqlstate", ""))

    assert at_once(acme.app, [partial(cross, worker) for worker in range(WORKERS)]) == ["well"] * WORKERS
    assert "40P01" not in faults  # deadlock_detected


def announce(holder: str) -> None:
    with write_transaction() as session:
        company_registry.announce_create(session, holder, "")


def remember(keys: CompanyKeys, company_id: str) -> None:
    with write_transaction() as session:
        company_memory.lock(session, "1234567", keys)
        company_memory.remember(session, "1234567", keys, company_id)


def test_a_delivery_is_taken_by_one_of_all_who_find_it_due(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": "disconnected"})
    delivery_id = acme.book("Sato Mika", "mika@acme.co.jp", "Acme").id
    attempts = db.session.query(Attempt).count()
    with write_transaction() as session:
        session.query(Connection).update({"state": "connected"})
        session.query(Delivery).update({"state": "pending"})
    acts: list[Callable[[], object]] = [lambda: deliver(delivery_id, Deadline.after(20))] * WORKERS
    at_once(acme.app, [*acts, lambda: retry(delivery_id)])
    end_read()
    assert db.session.query(Attempt).count() == attempts + 1
    assert len(acme.records("companies")) == len(acme.records("contacts")) == 1


def test_a_refresh_is_leased_to_one(acme: Any) -> None:
    connection_id = db.session.query(Connection.id).scalar()
    end_read()
    for _ in range(ROUNDS):
        with write_transaction() as session:
            session.query(Connection).update({"refresh_until": None})
        taken = at_once(acme.app, [partial(take_lease, connection_id, str(worker)) for worker in range(WORKERS)])
        assert sorted(taken, key=bool) == [False] * (WORKERS - 1) + [True]


def test_first_sign_ins_of_one_new_person_at_once_make_one_person(acme: Any) -> None:
    owner_id = db.session.query(Person.id).scalar()
    end_read()
    for number in range(ROUNDS):
        email = f"new{number}@acme.example"
        invite(acme.team_id, email, Role.MEMBER, by=owner_id)
        proof = Proof(GOOGLE, "https://accounts.google.com", str(number), email, True, "Rei Kato")
        found = at_once(acme.app, [partial(signed_in, proof)] * WORKERS)
        assert found == [email] * WORKERS
    assert db.session.query(Person).count() == 1 + ROUNDS
    assert db.session.query(Identity).filter_by(issuer="https://accounts.google.com").count() == ROUNDS


def signed_in(proof: Proof) -> str:
    recognized = recognize(proof)
    assert recognized is not None
    person = find_signed_in(recognized.session_token)
    assert person is not None
    return person.email


def test_a_sign_in_link_signs_one_browser_in(acme: Any) -> None:
    for _ in range(ROUNDS):
        token = links.make_link("owner@acme.example").rsplit("/", 1)[1]
        found = at_once(acme.app, [partial(links.redeem, token)] * WORKERS, LinkSpent)
        assert len([each for each in found if not isinstance(each, HubSyncError)]) == 1


def test_mails_asked_for_at_once_are_counted_one_after_the_other(acme: Any) -> None:
    for number in range(ROUNDS):
        ask = partial(allow, Requester(), "signin_link", f"mailbox{number}@acme.example", is_somebodys=True)
        with write_transaction() as session:
            session.query(CountedAct).delete()
        assert at_once(acme.app, [ask] * WORKERS * 2).count(True) == TO_MAILBOX


def test_an_invitation_that_is_claimed_and_withdrawn_at_once_lets_in_one_or_nobody(acme: Any) -> None:
    owner_id = db.session.query(Person.id).scalar()
    end_read()
    for number in range(ROUNDS):
        email = f"claimed{number}@acme.example"
        invited = invite(acme.team_id, email, Role.MEMBER, by=owner_id)
        with write_transaction() as session:
            fields = {"invitation_id": invited.id, "invitation_hash": invited.token_hash}
            tokens = [one_time_links.make(session, InvitationClaim, "secret", **fields) for _ in range(2)]
        claims = [
            partial(invitation_claims.claim, token, "secret", None)
            for token in tokens
            for _ in range(WORKERS // 2)
        ]
        *claimed, withdrawn = at_once(
            acme.app,
            [*claims, partial(withdraw, acme.team_id, invited.id, by=owner_id)],
            LinkSpent,
            InvitationSpent,
            NotFound,
        )
        let_in = [each for each in claimed if isinstance(each, invitation_claims.ClaimResult)]
        assert not any(isinstance(each, NotFound) for each in claimed)
        assert len(let_in) == (1 if isinstance(withdrawn, NotFound) else 0)
        found = db.session.query(Membership).join(Person).filter(Person.email == email).count()
        assert found == len(let_in)
        end_read()


def test_bookings_of_one_guest_at_once_make_one_company_and_one_contact(acme: Any) -> None:
    at_once(acme.app, [lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme")] * WORKERS)
    assert len(acme.records("companies")) == len(acme.records("contacts")) == 1
    end_read()
    assert {row.state for row in db.session.query(Delivery)} == {"posted", "duplicate"}
