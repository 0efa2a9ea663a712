"""Deleting a team takes everything it has, leaves everybody else alone, and ends HubSpot's access first."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.audit import AuditAction
from hubsync.domain.filling import FillOutcome, JoinOutcome
from hubsync.domain.mails import MailKind
from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import Expected
from hubsync.domain.undoing import UndoFate, UndoPart
from hubsync.errors import Refused, RoleTooLow
from hubsync.services import now
from hubsync.services.operations import team_deletion
from hubsync.services.people.sessions import start_session
from hubsync.services.teams import audit
from hubsync.store import Base, db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import ConnectAttempt, Connection
from hubsync.store.deliveries import Attempt
from hubsync.store.erased import ErasedBooking
from hubsync.store.fillings import ExistingAssociation, FilledValue, RecordClaim
from hubsync.store.free_times import CalendarHost, FreeTimes
from hubsync.store.mappings import CachedProperties
from hubsync.store.meetings import Meeting
from hubsync.store.outbox import OutboxMail
from hubsync.store.owners import GivenOwner, KnownOwner, OwnerReading
from hubsync.store.people import Person
from hubsync.store.replays import Replay
from hubsync.store.teams import Team
from hubsync.store.undoings import Undoing, UndonePart
from hubsync.store.unwanted_bookings import UnwantedBookingRules
from hubsync.store.watching import ForeseenRecord, OmittedRow, WatchedDelivery
from tests.kit.full_teams import ROLES, add_full_team
from tests.kit.world import grant_tokens

STAYS = {
    *(
        "people",
        "identities",
        "signin_links",
        "unconfirmed_identities",
        "person_sessions",
        "sign_ins",
        "counted_acts",
    ),
    *("busy_calendars", "busy_times", "booking_feeds", "kept_numbers", "background_rounds", "newest_release"),
}
"""Tables of people and of the installation; everything else belongs to a team, or to an account of a team's."""


class Teams:
    """Acme and Globex with one of everything, connected to an account each."""

    def __init__(self, app: Flask, sandbox: SandboxServer) -> None:
        self.app, self.people = app, dict[str, int]()
        with app.app_context():
            grant = grant_tokens(sandbox)
            with write_transaction() as session:
                for slug in ROLES:
                    things = add_full_team(session, slug, self.people, grant)
                    self._add_what_is_missing(session, slug, things)
            self.ids = {team.slug: team.id for team in db.session.query(Team)}
            end_read()

    def _add_what_is_missing(self, session: Any, slug: str, things: Any) -> None:
        team = session.query(Team).filter_by(slug=slug).one()
        owner = self.people["owner" if slug == "acme" else "foreign owner"]
        connection = session.query(Connection).filter_by(team_id=team.id).one()
        connection.hubspot_account_id = "1234567" if slug == "acme" else "7654321"
        account = connection.hubspot_account_id
        session.add_all(
            [
                Attempt(
                    delivery_id=things.delivery_id,
                    started_at=now(),
                    finished_at=now(),
                    step="contact",
                    outcome="posted",
                ),
                _undoing(things.delivery_id, owner),
                ConnectAttempt(state_hash=slug.ljust(64, "0"), team_id=team.id, person_id=owner, created_at=now()),
                Replay(team_id=team.id, started_by_id=owner, started_at=now()),
                ErasedBooking(
                    team_id=team.id,
                    source="page",
                    external_hash="0" * 64,
                    delivery_id=99,
                    state="posted",
                    erased_at=now(),
                ),
                CalendarHost(calendar_id=things.calendar_id, person_id=owner),
                FreeTimes(calendar_id=things.calendar_id, weekly=[[]] * 7, step_minutes=30, notice_minutes=0),
                UnwantedBookingRules(
                    calendar_id=things.calendar_id, typo_hint=True, work_email_only=False, version=1
                ),
                OutboxMail(
                    kind=MailKind.HOST_CONFIRMATION, key=slug, team_id=team.id, created_at=now(), content_sealed=""
                ),
                Meeting(delivery_id=things.delivery_id),
                FilledValue(
                    delivery_id=things.delivery_id,
                    section=Section.CONTACTS,
                    property_name="phone",
                    property_label="Phone",
                    record_id="101",
                    outcome=FillOutcome.WAS_SET,
                    decided_at=now(),
                ),
                ExistingAssociation(
                    delivery_id=things.delivery_id,
                    contact_id="101",
                    company_id="201",
                    outcome=JoinOutcome.WAS_THERE,
                    decided_at=now(),
                ),
                RecordClaim(
                    hubspot_account_id=account,
                    section=Section.CONTACTS,
                    record_id="101",
                    claim_owner="a worker",
                    claim_until=now(),
                ),
                KnownCompany(hubspot_account_id=account, key="name:acme", company_id="1", known_at=now()),
                WatchedDelivery(
                    delivery_id=things.delivery_id,
                    team_id=team.id,
                    hubspot_account_id=account,
                    day="2026-11-30",
                    watched_at=now(),
                    company=Expected.NEW,
                    contact=Expected.NEW,
                    associated=True,
                    omitted=1,
                ),
                ForeseenRecord(
                    team_id=team.id, hubspot_account_id=account, mark="0" * 64, delivery_id=things.delivery_id
                ),
                CachedProperties(hubspot_account_id=account, section="contacts", definitions=[], read_at=now()),
                KnownOwner(hubspot_account_id=account, owner_id="71001"),
                OwnerReading(hubspot_account_id=account, tried_at=now()),
                GivenOwner(delivery_id=things.delivery_id, section=Section.CONTACTS, owner_id="71001"),
            ]
        )
        session.flush()  # what would have been left out belongs to what was watched
        left_out = {"property_name": "numberofemployees", "code": "not_a_number"}
        session.add(OmittedRow(delivery_id=things.delivery_id, section=Section.COMPANIES, **left_out))
        audit.record(session, team.id, owner, AuditAction.CONNECTED, account=account)
        start_session(session, owner)

    def contents(self) -> dict[str, list[str]]:
        """Every row of every table."""
        with self.app.app_context(), db.engine.connect() as database:
            return {
                table.name: sorted(map(repr, database.exec_driver_sql(f"SELECT * FROM {table.name}")))
                for table in Base.metadata.sorted_tables
            }

    def delete(self, slug: str = "acme", typed: str = "Acme", who: str = "owner") -> None:
        with self.app.app_context():
            team_deletion.delete_team(self.ids[slug], typed, by=self.people[who])


def _undoing(delivery_id: int, person_id: int) -> Undoing:
    undone = Undoing(delivery_id=delivery_id, asked_by_id=person_id, asked_at=now())
    undone.parts = [UndonePart(part=UndoPart.CONTACT, record_id="1", fate=UndoFate.ARCHIVED)]
    return undone


@pytest.fixture
def two(app: Flask, sandbox: SandboxServer) -> Teams:
    return Teams(app, sandbox)


def test_no_row_of_the_team_is_left_and_no_row_of_another_is_touched(two: Teams) -> None:
    before = two.contents()
    belonging = {name: rows for name, rows in before.items() if name not in STAYS}
    assert all(len(rows) >= 2 for rows in belonging.values()), {
        name: len(rows) for name, rows in belonging.items() if len(rows) < 2
    }
    two.delete()
    between = two.contents()
    for name in STAYS:
        assert between[name] == before[name], name
    for name, rows in belonging.items():
        assert set(between[name]) < set(rows), f"{name}: nothing went, or something of the other team changed"
        assert between[name], f"{name}: the other team's rows went too"
    two.delete("globex", "Globex", "foreign owner")
    after = two.contents()
    assert {name: rows for name, rows in after.items() if name not in STAYS and rows} == {}


def test_hubspot_is_disconnected(two: Teams, sandbox: SandboxServer) -> None:
    two.delete()
    calls = requests.get(f"{sandbox.url}/sandbox/api/calls", timeout=60).json()["results"]
    told = [f"{call['method']} {call['path']}" for call in calls]
    assert any(call.startswith("DELETE /appinstalls/") for call in told), told
    assert any("revoke" in call for call in told), told


def test_a_hubspot_that_is_down_holds_nobody_up(two: Teams, sandbox: SandboxServer) -> None:
    rule = {"action": "status", "status": 503, "times": None}
    assert requests.post(f"{sandbox.url}/sandbox/api/faults", json=rule, timeout=60).ok
    two.delete()
    assert len(two.contents()["teams"]) == 1


def test_the_memory_of_an_account_stays_while_another_team_uses_it(two: Teams) -> None:
    with two.app.app_context(), write_transaction() as session:
        session.query(Connection).filter_by(team_id=two.ids["globex"]).one().hubspot_account_id = "1234567"
    before = two.contents()
    two.delete()
    after = two.contents()
    assert after["known_companies"] == before["known_companies"]
    assert after["cached_properties"] == before["cached_properties"]


@pytest.mark.parametrize(("typed", "who"), [("acme", "owner"), ("", "owner"), ("Globex", "owner")])
def test_the_name_has_to_be_typed(two: Teams, typed: str, who: str) -> None:
    before = two.contents()
    with pytest.raises(Refused):
        two.delete(typed=typed, who=who)
    assert two.contents() == before


@pytest.mark.parametrize("who", ["administrator", "member", "foreign owner", "outsider"])
def test_nobody_but_the_owner_deletes(two: Teams, who: str) -> None:
    if who == "outsider":
        with two.app.app_context(), write_transaction() as session:
            person = Person(email="outsider@nowhere.example", created_at=now())
            session.add(person)
            session.flush()
            two.people[who] = person.id
    before = two.contents()
    with pytest.raises(RoleTooLow):
        two.delete(who=who)
    assert two.contents() == before


def test_many_bookings_go_in_portions(two: Teams) -> None:
    with two.app.app_context(), write_transaction() as session:
        calendar = session.query(BookingRecord).filter_by(team_id=two.ids["acme"]).one().calendar_id
        session.add_all(
            BookingRecord(
                team_id=two.ids["acme"],
                calendar_id=calendar,
                source="page",
                external_id=f"many-{number}",
                starts_at=now(),
                ends_at=now(),
                created_at=now(),
            )
            for number in range(team_deletion.AT_ONCE + 3)
        )
    two.delete()
    assert len(two.contents()["bookings"]) == 1


def test_what_goes_is_counted(two: Teams) -> None:
    with two.app.app_context():
        found = team_deletion.count_belongings(two.ids["acme"])
    assert (found.calendars, found.deliveries, found.others) == (2, 1, 3)
    assert found.connected_to == "Acme Trading (sandbox)"
