"""The migrations make the tables that the code uses, on an empty database and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from hubsync.app import create_app
from hubsync.domain.mails import MailState
from hubsync.domain.searching import as_searched
from hubsync.paths import FILES
from hubsync.services import now
from hubsync.services.calendars.calendars import CalendarInput, make_calendar
from hubsync.services.notices.notices import put_due_notices
from hubsync.services.teams.members import create_team
from hubsync.store import Base, db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import QuestionRow
from hubsync.store.deliveries import Delivery
from hubsync.store.migrations import newest_in
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit import rows
from tests.kit.databases import BOTH, USUAL
from tests.kit.settings import change_settings, make_settings


@pytest.fixture
def unmigrated(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An app over a database without tables, on what all tests run on unless one asks for another."""
    with ExitStack() as stack:
        uri = {}
        if getattr(request, "param", USUAL) == "postgresql":
            server = request.getfixturevalue("postgresql")
            uri = {"SQLALCHEMY_DATABASE_URI": stack.enter_context(server.database(tables=False))}
        app = create_app(make_settings(**uri), instance_path=tmp_path / "instance")
        stack.enter_context(app.app_context())
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrating_an_empty_database_gives_what_the_code_expects(unmigrated: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.sqlite("is about a pragma")
def test_foreign_keys_are_on_after_migrating_even_when_all_was_up_to_date(unmigrated: Flask) -> None:
    for _ in ("all of them", "none any more"):
        upgrade()
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_newest_migration_is_the_one_that_alembic_finds(tmp_path: Path) -> None:
    folder = FILES / "migrations"
    assert newest_in(str(folder)) == ScriptDirectory(str(folder)).get_current_head()
    assert newest_in(str(tmp_path)) is None


def test_the_first_migration_can_be_taken_back(unmigrated: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


@pytest.mark.slow
def test_a_migration_and_its_way_back_lose_no_row(unmigrated: Flask) -> None:
    upgrade(revision="0001")
    rows = (
        "INSERT INTO people (id, email, name, time_zone, created_at) "
        "VALUES (1, 'o@acme.example', '', 'UTC', '2026-01-01')",
        "INSERT INTO teams (id, slug, name, plan, created_at) VALUES (1, 'acme', 'Acme', 'premium', '2026-01-01')",
        "INSERT INTO memberships (id, team_id, person_id, role) VALUES (1, 1, 1, 'owner')",
        "INSERT INTO connections (id, team_id, state, hubspot_account_id, account_name, ui_domain, scopes, "
        "connected_at, lost_code, access_sealed, refresh_sealed, refresh_owner) "
        "VALUES (1, 1, 'connected', '7', '', '', '[]', '2026-01-01', '', '', '', '')",
    )
    with db.engine.begin() as connection:
        for row in rows:
            connection.execute(text(row))
    upgrade()
    assert counted() == [1, 1, 1, 1]
    downgrade(revision="0001")
    assert counted() == [1, 1, 1, 1]


@pytest.mark.slow
def test_a_team_from_before_has_no_free_domains_of_its_own_and_loses_nothing_on_the_way_back(
    unmigrated: Flask,
) -> None:
    upgrade(revision="0002")
    row = (
        "INSERT INTO teams (id, slug, name, plan, created_at) VALUES (1, 'acme', 'Acme', 'premium', '2026-01-01')"
    )
    member = "INSERT INTO memberships (team_id, person_id, role) VALUES (1, 1, 'owner')"
    person = (
        "INSERT INTO people (id, email, name, time_zone, created_at) "
        "VALUES (1, 'o@acme.example', '', 'UTC', '2026-01-01')"
    )
    with db.engine.begin() as connection:
        for each in (person, row, member):
            connection.execute(text(each))
    upgrade()
    assert db.session.get_one(Team, 1).own_free_domains == []
    db.session.remove()
    downgrade(revision="0002")
    assert "own_free_domains" not in {column["name"] for column in inspect(db.engine).get_columns("teams")}
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM teams")).scalar_one() == "Acme"
        assert connection.execute(text("SELECT count(*) FROM memberships")).scalar_one() == 1


READ_AGAIN = {
    "mika@acme.example": "mika@acme.example",
    "mika sato <mika@acme.example>": "mika@acme.example",
    "mailto:mika@acme.example": "mika@acme.example",
    "ｍｉｋａ＠acme.example.": "mika@acme.example",
    "mika@アクメ.jp": "mika@xn--cck0a4k.jp",
    "a@x.test\nbcc: b@y.test": "a@x.test bcc: b@y.test",
    "a@x.test, b@x.test": "a@x.test, b@x.test",
    "no address": "no address",
    "": "",
}


@pytest.mark.slow
def test_addresses_of_bookings_from_before_are_read_again(unmigrated: Flask) -> None:
    upgrade()
    team_id = create_team("Acme", "owner@acme.example", "premium").id
    owner_id = db.session.scalars(select(Person.id)).one()
    calendar_id = make_calendar(team_id, owner_id, CalendarInput("Intro", 30, "UTC")).id
    with write_transaction() as session:
        for email in READ_AGAIN:
            columns = {"source": "signed_json", "external_id": email, "guest_email": email}
            booking = rows.add_booking(session, team_id, calendar_id, **columns)
            rows.add_delivery(session, booking, "posted", search_email=as_searched(email))
    db.session.remove()
    downgrade(revision="hubspots_own_words")
    upgrade()
    for found in db.session.scalars(select(Delivery)):
        email = READ_AGAIN[found.booking.external_id]
        assert (found.booking.guest_email, found.search_email) == (email, as_searched(email))
    db.session.remove()
    downgrade(revision="hubspots_own_words")
    with db.engine.connect() as connection:
        kept = connection.execute(text("SELECT guest_email FROM bookings")).scalars().all()
        assert sorted(kept) == sorted(READ_AGAIN.values())


@pytest.mark.slow
def test_companies_of_deliveries_from_before_lose_their_legal_form(unmigrated: Flask) -> None:
    upgrade()
    team_id = create_team("Acme", "owner@acme.example", "premium").id
    owner_id = db.session.scalars(select(Person.id)).one()
    calendar_id = make_calendar(team_id, owner_id, CalendarInput("Intro", 30, "UTC")).id
    of_before = {
        "株式会社アクメ": "アクメ",
        "アクメ(株)": "アクメ",
        "株式会社": "株式会社",
        "acme inc": "acme inc",
        "": "",
    }
    with write_transaction() as session:
        for company in of_before:
            booking = rows.add_booking(session, team_id, calendar_id, external_id=company or "none")
            rows.add_delivery(session, booking, "posted", search_company=company)
    db.session.remove()
    downgrade(revision="filled_records")
    upgrade()
    found = {each.booking.external_id: each.search_company for each in db.session.scalars(select(Delivery))}
    assert found == {company or "none": key for company, key in of_before.items()}


@pytest.mark.slow
def test_questions_from_before_have_no_key_and_are_kept_with_their_labels(unmigrated: Flask) -> None:
    upgrade()
    team_id = create_team("Acme", "owner@acme.example", "premium").id
    owner_id = db.session.scalars(select(Person.id)).one()
    calendar_id = make_calendar(team_id, owner_id, CalendarInput("Intro", 30, "UTC")).id
    db.session.remove()
    downgrade(revision="told_by_sources")
    question = (
        "INSERT INTO questions (calendar_id, position, label, kind, required, choices, supplement, source_label, "
        f"source_number, renamed) VALUES ({calendar_id}, 9, 'Team', 'text', false, '[]', '', 'Staff', 1, true)"
    )
    with db.engine.begin() as connection:
        connection.execute(text(question))
    upgrade()
    row = db.session.scalars(select(QuestionRow).where(QuestionRow.position == 9)).one()
    assert (row.source_key, row.former_label, row.relabelled_at) == ("", "", None)
    assert (row.label, row.source_label, row.source_number, row.renamed) == ("Team", "Staff", 1, True)
    db.session.remove()
    downgrade(revision="told_by_sources")
    assert "source_key" not in {column["name"] for column in inspect(db.engine).get_columns("questions")}
    with db.engine.connect() as connection:
        labels = connection.execute(text("SELECT label FROM questions ORDER BY position")).scalars().all()
    assert labels == ["Company Name", "Name", "Email", "Comment", "Team"]


@pytest.mark.slow
def test_an_appointment_from_before_takes_the_time_of_its_calendars_owner(unmigrated: Flask) -> None:
    upgrade()
    team_id = create_team("Acme", "owner@acme.example", "premium").id
    owner_id = db.session.scalars(select(Person.id)).one()
    calendar_id = make_calendar(team_id, owner_id, CalendarInput("Intro", 30, "UTC")).id
    with write_transaction() as session:
        rows.add_booking(session, team_id, calendar_id, source="page", external_id="page")
        rows.add_booking(session, team_id, calendar_id, source="signed_json", external_id="elsewhere")
    db.session.remove()
    downgrade(revision="watched_sources")
    upgrade()
    hosts = {each.external_id: each.host_id for each in db.session.scalars(select(BookingRecord))}
    assert hosts == {"page": owner_id, "elsewhere": None}


NOTICES = text(
    "SELECT team_id, sent_at, unconfirmed, failures, tries, last_error, handing_over_at, composed_at, told_until "
    "FROM notices ORDER BY team_id"
)


@pytest.mark.slow
@pytest.mark.parametrize("unmigrated", BOTH, indirect=True)
def test_no_team_is_mailed_twice_in_a_week_for_having_upgraded(unmigrated: Flask) -> None:
    upgrade()
    told, unsure, new, again = (
        create_team(name, f"owner@{name}.example", "premium").id for name in ("told", "unsure", "new", "again")
    )
    with write_transaction() as session:
        for team_id in (told, unsure, new, again):
            rows.add_connection(
                session,
                team_id,
                hubspot_account_id=str(team_id),
                state="lost",
                lost_code="access_lost",
                lost_at=now(),
            )
    db.session.remove()
    downgrade(revision="index_of_host_times")
    notices = text(
        "INSERT INTO notices (team_id, sent_at, unconfirmed, failures, tries, last_error, handing_over_at, "
        "composed_at, told_until, worker, worker_until) VALUES (:team_id, :sent_at, :unconfirmed, 2, 0, :fault, "
        ":handing_over_at, :composed_at, :told_until, '', NULL)"
    )
    ages = (timedelta(days=3), timedelta(minutes=3), timedelta(days=8))
    lately, just_now, long_ago = (f"{now() - age:%Y-%m-%d %H:%M:%S.%f}" for age in ages)
    nothing = dict.fromkeys(("sent_at", "handing_over_at", "composed_at", "told_until")) | {
        "unconfirmed": False,
        "fault": "",
    }
    sent = {"sent_at": lately, "told_until": lately, "unconfirmed": True, "fault": "stopped"}
    with db.engine.begin() as connection:
        connection.execute(notices, nothing | sent | {"team_id": told})
        under_way = {"handing_over_at": just_now, "composed_at": just_now}
        connection.execute(notices, nothing | under_way | {"team_id": unsure})
        connection.execute(notices, nothing | {"team_id": again, "sent_at": long_ago, "told_until": long_ago})
        kept = connection.execute(NOTICES).mappings().all()
    upgrade()
    with write_transaction() as session:
        (row,) = session.query(OutboxMail).filter_by(team_id=told)
        assert (row.state, row.unconfirmed, row.fault, row.number) == (MailState.SENT, True, "stopped", 2)
    change_settings(unmigrated, mail_default_sender="hubsync@acme.example")
    assert put_due_notices() == ["new", "again"]
    db.session.remove()
    downgrade(revision="index_of_host_times")
    with db.engine.connect() as connection:
        left = connection.execute(NOTICES).mappings().all()
    assert [each for each in left if each["team_id"] != new] == kept


def counted() -> list[int]:
    with db.engine.connect() as connection:
        tables = ("people", "teams", "memberships", "connections")
        return [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]


def test_the_numbers_of_the_files_follow_the_chain() -> None:
    """Whoever writes the next one finds the newest by its name."""
    scripts = ScriptDirectory(str(FILES / "migrations"))
    newest_first = [Path(revision.path).name for revision in scripts.walk_revisions()]
    numbers = [name.partition("_")[0] for name in reversed(newest_first)]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
