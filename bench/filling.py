"""Fill an installation with deliveries of the past year, by SQL, in seconds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bench.installation import Installation
from hubsync.domain.roles import Role
from hubsync.services.calendars import calendars
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.people.people import person_with
from hubsync.store import db, end_read, write_transaction
from hubsync.store.teams import Membership

CALENDARS = 10
DUE = 20
"""Deliveries that are due in every installation, however large it is."""
QUIET = 100
"""Deliveries of the calendar that nobody has booked for long; they are the oldest."""
MEMBER = "ken@demo.example"

_DAYS = 300
_MOMENT = f"strftime('%Y-%m-%d %H:%M:%S', 'now', '-{_DAYS} days', (n * {_DAYS * 86400.0} / :size) || ' seconds')"
_STATE = """CASE WHEN n * 37 % 100 < 10 THEN 'failed' WHEN n * 37 % 100 < 13 THEN 'partial'
    WHEN n * 37 % 100 < 15 THEN 'waiting' WHEN n * 37 % 100 < 17 THEN 'retrying'
    WHEN n * 37 % 100 < 22 THEN 'skipped' WHEN n * 37 % 100 < 32 THEN 'duplicate' ELSE 'posted' END"""
_CALENDAR = f"CASE WHEN n < {QUIET} THEN :quiet ELSE :first + n % {CALENDARS - 1} END"
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :size)"

_FILL = (
    f"""INSERT INTO bookings (id, team_id, calendar_id, source, external_id, guest_name, guest_email,
        guest_time_zone, starts_at, ends_at, host, answers, url_params, created_at)
    {_NUMBERS} SELECT n + 1, :team, {_CALENDAR}, 'page', 'bench-' || n, 'Sato Mika' || n,
        'guest' || n || '@company' || (n / 3) || '.co.jp', 'Asia/Tokyo', {_MOMENT} || '.000000',
        {_MOMENT} || '.000000', 'Mika Sato',
        '{{"1": "Company ' || (n / 3) || ' K.K.", "2": "Sato Mika' || n || '", "4": "We have some questions."}}',
        '{{"utm_source": "newsletter"}}', {_MOMENT} || '.000000' FROM numbers""",
    f"""INSERT INTO deliveries (id, team_id, calendar_id, booking_id, state, reason, created_at, finished_at,
        attempts_used, next_attempt_at, search_email, search_company, lease_owner, hubspot_account_id, company,
        company_id, company_matches, contact, contact_id, association, remarks)
    {_NUMBERS} SELECT n + 1, :team, {_CALENDAR}, n + 1, {_STATE}, '', {_MOMENT} || '.000000',
        {_MOMENT} || '.000000', 1,
        CASE WHEN {_STATE} = 'retrying' THEN strftime('%Y-%m-%d %H:%M:%S', 'now', '+2 days') || '.000000' END,
        'guest' || n || '@company' || (n / 3) || '.co.jp', 'company ' || (n / 3) || ' k.k.', '', '1234567',
        'created', CAST(n AS TEXT), 1, 'created', CAST(n AS TEXT), 'made', '[]' FROM numbers""",
    f"""INSERT INTO attempts (delivery_id, started_at, finished_at, step, outcome, code, message, correlation_id)
    {_NUMBERS} SELECT n + 1, {_MOMENT} || '.000000', {_MOMENT} || '.000000', 'contact', {_STATE}, '', '', ''
        FROM numbers""",
    f"""UPDATE deliveries SET state = 'pending'
        WHERE id IN (SELECT id FROM deliveries WHERE state = 'posted' ORDER BY id DESC LIMIT {DUE})""",
    """INSERT INTO delivery_counts (calendar_id, day, state, team_id, number)
        SELECT calendar_id, '', state, team_id, count(*) FROM deliveries GROUP BY calendar_id, state""",
    """INSERT INTO delivery_counts (calendar_id, day, state, team_id, number)
        SELECT calendar_id, date(created_at), state, team_id, count(*) FROM deliveries
        GROUP BY calendar_id, date(created_at), state""",
)


def fill(installation: Installation, size: int) -> int:
    """Give the installation *size* deliveries in ten calendars; return the id of the calendar that is quiet.

    The quiet one belongs to a member of the team, the others to its owner.
    """
    first, quiet = _make_calendars(installation)
    values = {"size": size, "team": installation.team_id, "first": first, "quiet": quiet}
    with installation.app.app_context():
        file = Path(str(db.engine.url.database))
        db.engine.dispose()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-200000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        made_after = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name IN ('bookings', 'deliveries', 'attempts')"
        ).fetchall()
        connection.execute("BEGIN")
        for name, _ in made_after:  # sorting all at once is quicker than finding each one's place
            connection.execute(f"DROP INDEX {name}")
        for statement in _FILL:
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(statement, named)
        for _, made in made_after:
            connection.execute(made)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return quiet


def _make_calendars(installation: Installation) -> tuple[int, int]:
    """Nine calendars of the owner and one of a member, with ids that follow each other; the first and the last."""
    with installation.app.app_context():
        with write_transaction() as session:
            member = person_with(session, MEMBER)
            session.add(Membership(team_id=installation.team_id, person_id=member.id, role=Role.MEMBER))
            owners = [installation.owner_id] * (CALENDARS - 1) + [member.id]
        made = [
            calendars.make_calendar(
                installation.team_id, owner, CalendarInput(f"Calendar {number}", 30, "Asia/Tokyo")
            ).id
            for number, owner in enumerate(owners)
        ]
        end_read()
    return made[0], made[-1]
