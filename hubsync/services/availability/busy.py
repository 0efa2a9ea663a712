"""Busy calendars of hosts, as far as others may know of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.store.busy_calendars import BusyCalendar


def name_busy_calendars(session: Session, host_ids: Sequence[int], *, reader: int) -> dict[int, str]:
    """The names of these hosts' busy calendars by their ids: only those of the person who reads them."""
    rows = session.execute(
        select(BusyCalendar.id, BusyCalendar.name).where(
            BusyCalendar.person_id.in_(host_ids), BusyCalendar.person_id == reader
        )
    )
    return {row.id: row.name for row in rows}
