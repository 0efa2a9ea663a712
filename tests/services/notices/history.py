"""Histories of notices: what fails and is mailed when, counted from one moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hubsync.services.notices.sender import send_due_notices
from hubsync.store import db, end_read
from hubsync.store.notices import Notice
from tests.kit.clock import at
from tests.kit.failed_deliveries import fail

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
"""When the histories of notices begin; `mail_after` and `fail_after` count from it."""


def stored_notice(acme: Any) -> Notice:
    """What is written down about the team's notices."""
    row = db.session.query(Notice).populate_existing().filter_by(team_id=acme.team_id).one()
    end_read()
    return row


def mail_after(**after: float) -> int:
    """How many teams are mailed then."""
    with at(START + timedelta(**after)):
        return len(send_due_notices())


def fail_after(acme: Any, state: str = "failed", reason: str = "record_refused", **after: float) -> int:
    """A delivery that fails then."""
    with at(START + timedelta(**after)):
        return fail(acme, state, reason)
