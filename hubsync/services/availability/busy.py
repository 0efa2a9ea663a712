"""Busy calendars of hosts, as far as others may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.busy_calendars import keeps_times_back
from hubsync.services import now
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.people import Person


@dataclass(frozen=True)
class HostCalendar:
    """One busy calendar of a host: how old it is and what keeps it from being read.

    *name* is empty for everybody but the *host*, the id of a person. *keeps_back* is whether that host has no free
    times for that reason.
    """

    host: int
    name: str
    read_at: datetime | None
    fault_code: str
    faulty_since: datetime | None
    keeps_back: bool


def name_busy_calendars(session: Session, host_ids: Sequence[int], *, reader: int) -> dict[int, str]:
    """The names of these hosts' busy calendars by their ids: only those of the person who reads them."""
    rows = session.execute(
        select(BusyCalendar.id, BusyCalendar.name).where(
            BusyCalendar.person_id.in_(host_ids), BusyCalendar.person_id == reader
        )
    )
    return {row.id: row.name for row in rows}


def list_host_calendars(session: Session, hosts: Sequence[Person], *, reader: int) -> list[HostCalendar]:
    """The busy calendars of *hosts*, in their order; names are told to their own person alone."""
    ids = [each.id for each in hosts]
    rows = session.scalars(
        select(BusyCalendar)
        .where(BusyCalendar.person_id.in_(ids))
        .order_by(BusyCalendar.id)
        .execution_options(populate_existing=True)
    )
    found = [
        HostCalendar(
            row.person_id,
            row.name if row.person_id == reader else "",
            row.read_at,
            row.fault_code,
            row.faulty_since,
            keeps_times_back(row.when_unreadable, row.read_at, now()),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: ids.index(each.host))
