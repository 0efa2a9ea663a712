"""Erasing a person who left: nothing names them any more, what was theirs is somebody's, and others keep all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.audit import AuditAction
from hubsync.domain.mails import MailKind
from hubsync.domain.mapping import Section
from hubsync.domain.roles import Role
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.services.operations.person_erasure import count_belongings, erase_person
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.teams import audit, members
from hubsync.store import Base, db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.free_times import CalendarHost
from hubsync.store.mappings import MappingRecord
from hubsync.store.meetings import Meeting
from hubsync.store.owners import GivenOwner, KnownOwner
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry, Invitation
from hubsync.web.teams.audit_text import describe
from tests.kit import rows
from tests.kit.full_teams import add_full_team
from tests.kit.world import grant_tokens

NAME, EMAIL = "Keiko Leaver", "keeper@acme.example"
OWNER = "owner@acme.example"


@pytest.fixture
def people(app: Flask, sandbox: SandboxServer) -> dict[str, int]:
    """Acme and Globex with one of everything; the keeper of Acme, who leaves, is called Keiko."""
    found: dict[str, int] = {}
    with app.app_context():
        grant = grant_tokens(sandbox)
        with write_transaction() as session:
            calendar_id = add_full_team(session, "acme", found, grant).calendar_id
            add_full_team(session, "globex", found, grant)
            keeper = session.get_one(Person, found["keeper"])
            assert keeper.email == EMAIL
            keeper.name = NAME
            session.add(CalendarHost(calendar_id=calendar_id, person_id=keeper.id))
            for number, days in enumerate((-3, 3)):
                ends = now() + timedelta(days=days)
                when = {"starts_at": ends - timedelta(hours=1), "ends_at": ends, "created_at": now()}
                host = {"host_id": keeper.id, "host": NAME, "external_id": f"hosted-{number}"}
                rows.add_booking(session, 1, calendar_id, **when, **host)
            session.add(
                Invitation(
                    team_id=2,
                    email=EMAIL,
                    role=Role.MEMBER,
                    token_hash="h" * 64,
                    created_at=now(),
                    expires_at=now() + timedelta(days=1),
                )
            )
            shown = f"{NAME} ({EMAIL})"
            audit.record(session, 1, found["owner"], AuditAction.JOINED, person=shown, role="member")
            audit.record(session, 1, keeper.id, AuditAction.MAPPING_SAVED, calendar="Intro call")
            put(session, MailToPut(MailKind.HOST_CANCELLED, "to-keiko", {}, 1, keeper.id))
        end_read()
    return found


def everything() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    return {
        name: [json.dumps(list(row), default=str, ensure_ascii=False) for row in db.session.execute(text(query))]
        for name in Base.metadata.tables
        for query in [f'SELECT * FROM "{name}"']
    }


def whose(column: Any, **which: Any) -> set[Any]:
    return {getattr(row, column.key) for row in db.session.query(column.class_).filter_by(**which)}


def test_nothing_in_the_database_names_the_person_any_more(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        before = everything()
        assert any(NAME in row or EMAIL in row for table in before.values() for row in table)
        erase_person(people["keeper"])
        named = [
            (table, row) for table, rows in everything().items() for row in rows if NAME in row or EMAIL in row
        ]
        assert named == []
        assert db.session.get(Person, people["keeper"]) is None
        assert db.session.query(BusyCalendar).filter_by(person_id=people["keeper"]).count() == 0


def test_as_a_hubspot_user_too_they_are_known_by_their_id_alone(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        delivery_id = db.session.query(Delivery.id).filter_by(team_id=1).first()[0]
        with write_transaction() as session:
            user = {"hubspot_account_id": rows.ACCOUNT, "owner_id": "71009", "address_key": EMAIL, "email": EMAIL}
            session.add(KnownOwner(**user, name="Keiko in HubSpot"))
            for section, name in ((Section.COMPANIES, "Keiko in HubSpot"), (Section.CONTACTS, "Mika Sato")):
                session.add(
                    GivenOwner(delivery_id=delivery_id, section=section, owner_id="71009", owner_name=name)
                )
            session.query(MappingRecord).filter(MappingRecord.id == 1).update({"owner_name": NAME})
            session.add(Meeting(delivery_id=delivery_id, owner_id="71009", owner_name=NAME))
        erase_person(people["keeper"])
        given = db.session.query(GivenOwner).filter_by(owner_id="71009").order_by(GivenOwner.section)
        assert [each.owner_name for each in given] == ["", "Mika Sato"]
        known = db.session.query(KnownOwner).filter_by(owner_id="71009").one()
        assert (known.name, known.email, known.address_key) == ("", "", "")
        assert db.session.get_one(MappingRecord, 1).owner_name == ""
        assert db.session.query(Meeting.owner_name).scalar() == ""


def test_what_was_theirs_is_the_owners_and_guests_keep_their_bookings(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        bookings = db.session.query(BookingRecord).count()
        had = count_belongings(people["keeper"])
        assert (had.owned, had.others, had.calendars, had.appointments) == ([], ["Acme"], 2, 1)
        erase_person(people["keeper"])
        assert whose(Calendar.owner_id, team_id=1) == {people["owner"]}
        assert db.session.query(BookingRecord).count() == bookings
        past, coming = (
            db.session.query(BookingRecord).filter_by(external_id=f"hosted-{number}").one() for number in range(2)
        )
        assert (past.host_id, past.host) == (None, "")
        assert (coming.host_id, coming.host) == (people["owner"], OWNER)


def test_the_trail_keeps_what_was_done_under_a_mark(app: Flask, people: dict[str, int]) -> None:
    with app.test_request_context():
        erase_person(people["keeper"])
        told = [describe(each) for each in db.session.query(AuditEntry).filter_by(team_id=1)]
        mark = f"an erased person ({people['keeper']})"
        assert f"{mark} saved the mapping of the calendar Intro call." in told
        assert f"{mark} joined the team as member." in [each.replace("Member", "member") for each in told]
        assert f"HubSync removed {mark} from the team." in told


def of_globex() -> dict[str, list[str]]:
    """All rows of the other team, but for the invitation of the person who goes."""
    tables = [name for name, table in Base.metadata.tables.items() if "team_id" in table.columns]
    return {
        name: [json.dumps(list(row), default=str) for row in db.session.execute(text(query)) if EMAIL not in row]
        for name in tables
        for query in [f'SELECT * FROM "{name}" WHERE team_id = 2']
    }


def test_other_people_and_teams_keep_everything(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        of_others = [each.email for each in db.session.query(Person) if each.email != EMAIL]
        before = of_globex()
        erase_person(people["keeper"])
        assert [each.email for each in db.session.query(Person)] == of_others
        assert of_globex() == before


def test_a_team_is_not_left_without_an_owner(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        before = everything()
        for new_owner, why in [(None, "Say who is to own it"), (people["foreign owner"], "not in the team Acme")]:
            with pytest.raises(Refused, match=why):
                erase_person(people["owner"], new_owner)
            assert everything() == before
        erase_person(people["owner"], people["member"])
        roles = {each.person_id: each.role for each in members.list_members(1)}
        assert roles[people["member"]] == Role.OWNER
        assert people["owner"] not in roles
