"""Audit trail: who did what in a team, written in the same transaction as the action itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.security_events import OF_AUDIT
from hubsync.services import now
from hubsync.services.security_log import write_after_commit
from hubsync.store import db
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry, Membership


def record(session: Session, team_id: int, by: int | None, action: AuditAction, **details: Any) -> None:
    """Note that the person *by* did *action* just now; None stands for HubSync itself.

    Called inside `write_transaction`, with its *session*, so that no action is without its entry. *details* are
    names, roles, plans and account ids as JSON; never a secret, never a guest's answer.
    """
    person = session.get(Person, by) if by is not None else None
    session.add(
        AuditEntry(
            team_id=team_id,
            at=now(),
            person_id=by,
            person_shown=person.shown if person is not None else "",
            action=action.value,
            details=details,
        )
    )
    if event := OF_AUDIT.get(action):
        write_after_commit(session, event, person=by, team=team_id, what=action)


def record_everywhere(session: Session, person_id: int, action: AuditAction, **details: Any) -> None:
    """Note in all teams of the person what they did that concerns no single one. Called as `record` is."""
    for team_id in session.scalars(select(Membership.team_id).where(Membership.person_id == person_id)).all():
        record(session, team_id, person_id, action, **details)


def read_trail(team_id: int, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
    """The newest entries of a team first; *before* is the id to go on from."""
    query = select(AuditEntry).where(AuditEntry.team_id == team_id)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()
