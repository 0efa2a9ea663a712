"""Silence of sources: each team's are looked at a few times a day, and one that is quiet too long is noted.

What is noted goes into the next notice (`notices`), once for each silence; the page of the source shows it until a
booking comes by itself. Bookings that a comparison found do not end a silence: they never came.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from hubsync.domain.silence import HISTORY, MOST_READ, silent_since
from hubsync.services import now
from hubsync.services.isolation import log_unexpected
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.leases import is_over
from hubsync.store.sources import IntakeEndpoint, SourceSilence
from hubsync.store.teams import Team

EVERY = timedelta(hours=6)
LONGEST_BREAK = timedelta(days=2)
"""Whatever was not looked at for longer was switched off, or HubSync was not running."""
BATCH = 200


def silence_of(team_id: int, source: str) -> datetime | None:
    """When the source's last booking came, if it has been noted as silent and none has come since; else None."""
    since = db.session.scalar(select(SourceSilence.since).where(*_named(team_id, source)))
    if since is None:
        return None
    last = db.session.scalar(_last_of(team_id, source))
    return since if last is None or last <= since else None


def look_at_due(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Look at every source of every team that is due, until *stopped*; return a sentence for each new silence."""
    told = []
    for team_id, slug, source in _due():
        if stopped():
            break
        with log_unexpected(f"looking whether {source} of team {slug} is silent"):
            since = retry_on_conflict(partial(_look, team_id, source, _moments(team_id, source)))
            if since is not None:
                told.append(f"No booking of {source} has come to team {slug} since {since:%Y-%m-%d %H:%M} UTC.")
    return told


def _due() -> list[tuple[int, str, str]]:
    """The sources with an address that is switched on."""
    in_use = (
        select(IntakeEndpoint.team_id, Team.slug, IntakeEndpoint.source)
        .join(Team, Team.id == IntakeEndpoint.team_id)
        .outerjoin(
            SourceSilence,
            (SourceSilence.team_id == IntakeEndpoint.team_id) & (SourceSilence.source == IntakeEndpoint.source),
        )
        .where(IntakeEndpoint.disabled_at.is_(None), is_over(SourceSilence.next_look_at, now(), EVERY))
        .distinct()
        .limit(BATCH)
    )
    due = [(row.team_id, row.slug, row.source) for row in db.session.execute(in_use)]
    end_read()
    return due


def _moments(team_id: int, source: str) -> list[datetime]:
    last = db.session.scalar(_last_of(team_id, source))
    if last is None:
        end_read()
        return []
    moments = db.session.scalars(
        select(BookingRecord.created_at)
        .where(*_came(team_id, source), BookingRecord.created_at > last - HISTORY)
        .order_by(BookingRecord.created_at.desc())
        .limit(MOST_READ)
    ).all()
    end_read()
    return list(moments)


def _look(team_id: int, source: str, moments: Sequence[datetime]) -> datetime | None:
    """Write down whether the source is silent; since when, if that was not noted yet."""
    with write_transaction() as session:
        row, moment = _row_of(session, team_id, source), now()
        if row.next_look_at is None or moment - row.next_look_at > LONGEST_BREAK:
            row.watched_since = moment
        since = silent_since(moments, moment, row.watched_since)
        is_new = row.since != since
        if is_new:
            row.since, row.noticed_at = since, moment if since is not None else None
        row.next_look_at = moment + EVERY
        return since if is_new else None


def _row_of(session: Session, team_id: int, source: str) -> SourceSilence:
    row = session.scalar(select(SourceSilence).where(*_named(team_id, source)).with_for_update())
    if row is None:
        row = SourceSilence(team_id=team_id, source=source)
        session.add(row)
    return row


def _last_of(team_id: int, source: str) -> Select[datetime]:
    """The newest one, read from the end of the index."""
    newest = BookingRecord.created_at.desc()
    return select(BookingRecord.created_at).where(*_came(team_id, source)).order_by(newest).limit(1)


def _came(team_id: int, source: str) -> tuple[ColumnElement[bool], ...]:
    """The condition for bookings that the source sent."""
    return (
        BookingRecord.team_id == team_id,
        BookingRecord.source == source,
        BookingRecord.by_comparison.is_(False),
    )


def _named(team_id: int, source: str) -> tuple[ColumnElement[bool], ...]:
    return SourceSilence.team_id == team_id, SourceSilence.source == source
