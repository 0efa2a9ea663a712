"""Histories of notices: what fails and is mailed when, counted from one moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hubsync.domain.mails import MailKind
from hubsync.store import db, end_read
from hubsync.store.outbox import OutboxMail
from tests.kit.clock import at
from tests.kit.failed_deliveries import fail
from tests.kit.notices import send_notices

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
"""When the histories of notices begin; `mail_after` and `fail_after` count from it."""


def stored_notice(acme: Any) -> OutboxMail:
    """The team's notice that was put last."""
    notices = db.session.query(OutboxMail).populate_existing()
    of_team = notices.filter_by(team_id=acme.team_id, kind=MailKind.NOTICE)
    row: OutboxMail = of_team.order_by(OutboxMail.id.desc()).first()
    end_read()
    return row


def mail_after(**after: float) -> int:
    """How many teams are mailed then."""
    with at(START + timedelta(**after)):
        return send_notices()


def fail_after(acme: Any, state: str = "failed", reason: str = "record_refused", **after: float) -> int:
    """A delivery that fails then."""
    with at(START + timedelta(**after)):
        return fail(acme, state, reason)
