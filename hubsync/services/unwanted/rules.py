"""Rules of a calendar about unwanted bookings: read, and saved as a whole or not at all."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hubsync.domain.unwanted_bookings import UnwantedRules
from hubsync.errors import UnwantedRulesChanged
from hubsync.services.calendars.source_calendars import hold_calendar
from hubsync.store import write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.unwanted_bookings import UnwantedBookingRules

NEVER_SAVED = 0
"""The version of rules that nobody has changed."""


def load_rules(session: Session, calendar_id: int) -> tuple[UnwantedRules, int]:
    """The rules of a calendar and their version, which `save_rules` takes."""
    row = _find_row(session, calendar_id)
    if row is None:
        return UnwantedRules(), NEVER_SAVED
    rules = UnwantedRules(
        hourly_ceiling=row.hourly_ceiling,
        most_per_guest=row.most_per_guest,
        typo_hint=row.typo_hint,
        work_email_only=row.work_email_only,
    )
    return rules, row.version


def save_rules(calendar_id: int, rules: UnwantedRules, version: int) -> None:
    """Save the *rules* of a calendar; *version* is the one that was seen before.

    Raises UnwantedRulesChanged when somebody else saved since; nothing is saved then.
    """
    try:
        with write_transaction() as session:
            hold_calendar(session, session.get_one(Calendar, calendar_id))
            row = _find_row(session, calendar_id)
            if version != (row.version if row is not None else NEVER_SAVED):
                raise UnwantedRulesChanged
            if row is None:
                row = UnwantedBookingRules(calendar_id=calendar_id)
                session.add(row)
            row.hourly_ceiling, row.most_per_guest = rules.hourly_ceiling, rules.most_per_guest
            row.typo_hint, row.work_email_only = rules.typo_hint, rules.work_email_only
            row.version = version + 1
    except IntegrityError as fault:  # both were the first
        raise UnwantedRulesChanged from fault


def _find_row(session: Session, calendar_id: int) -> UnwantedBookingRules | None:
    of_calendar = UnwantedBookingRules.calendar_id == calendar_id
    return session.scalar(select(UnwantedBookingRules).where(of_calendar))
