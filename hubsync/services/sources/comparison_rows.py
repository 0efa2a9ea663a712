"""Rows of comparisons: when the next one is due, by a person or by the night, and what counts as found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hubsync.domain.comparisons import ComparisonState, next_night
from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.sources.endpoints import require_endpoint
from hubsync.store import changed, db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.people import Person
from hubsync.store.sources import IntakeEndpoint, SourceComparison
from hubsync.store.teams import Membership


def comparison_of(endpoint_id: int) -> SourceComparison | None:
    """The comparison of an endpoint as it is stored now."""
    query = select(SourceComparison).where(SourceComparison.endpoint_id == endpoint_id)
    return db.session.scalar(query, execution_options={"populate_existing": True})


def locked_comparison(session: Session, endpoint_id: int) -> SourceComparison | None:
    """The same, locked until the transaction ends where the database locks rows."""
    query = select(SourceComparison).where(SourceComparison.endpoint_id == endpoint_id)
    return session.scalar(query.with_for_update(of=SourceComparison))


def schedule(session: Session, endpoint: IntakeEndpoint) -> SourceComparison:
    """Let the endpoint be compared from the next night on; the caller commits."""
    row = locked_comparison(session, endpoint.id)
    if row is None:
        row = SourceComparison(endpoint_id=endpoint.id, state=ComparisonState.RESTING, next_at=night_of(endpoint))
        session.add(row)
    return row


def request(session: Session, endpoint_id: int) -> None:
    """Let the endpoint be compared at once, unless it is already; the caller commits."""
    row = schedule(session, require_endpoint(session, endpoint_id))
    row.requested_at = now()
    if row.state != ComparisonState.RUNNING:
        row.next_at = now()


def give_up(session: Session, endpoint_id: int) -> None:
    """Begin anew next time: another account has another list. The caller commits."""
    row = locked_comparison(session, endpoint_id)
    if row is not None:
        row.state, row.cursor, row.requested_at = ComparisonState.RESTING, "", None


def came_after_all(endpoint_id: int, booking: BookingRecord) -> None:
    """Take it back that a comparison found *booking*: it was on its way, and has come by itself.

    It is counted no more. A count is below 0 for a moment where the page on which it was found has not been
    written down yet.
    """
    with write_transaction() as session:
        found = BookingRecord.id == booking.id, BookingRecord.by_comparison.is_(True)
        if not changed(session, update(BookingRecord).where(*found).values(by_comparison=False)):
            return
        row = locked_comparison(session, endpoint_id)
        if row is None:
            return
        row.found_in_all -= 1
        if row.started_at is not None and booking.created_at >= row.started_at:
            row.found -= 1


def night_of(endpoint: IntakeEndpoint) -> datetime:
    """When the next comparison of the endpoint is due: in the night of the team's owner."""
    zone = db.session.scalar(
        select(Person.time_zone)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.team_id == endpoint.team_id, Membership.role == Role.OWNER)
    )
    return next_night(now(), zone or "UTC", endpoint.id)
