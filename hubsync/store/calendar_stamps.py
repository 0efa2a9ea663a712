"""Stamps of calendars: another one after each change of what their bookings are posted by.

A delivery reads the stamp alone and knows questions and mapping by it (`services/posting/mapped_calendars`), so
every change has to be stamped in its own transaction, whoever makes it. That is seen to here, for rows of a
session and for statements that change several at once. A stamp never comes again: what was read in a transaction
that was given up is known by one that nobody else will read.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Delete, Insert, Select, Update, bindparam, event, select, true, update
from sqlalchemy.orm import ORMExecuteState, Session

from hubsync.store import run
from hubsync.store.calendars import Calendar, QuestionRow, new_stamp
from hubsync.store.mappings import MappingRecord, MappingRow

_CALENDARS = Calendar.__table__
_STAMP = update(_CALENDARS).where(_CALENDARS.c.id == bindparam("this")).values(stamp=bindparam("another"))
_MAPPINGS = MappingRecord.__table__
_OF_MAPPINGS = select(_MAPPINGS.c.calendar_id).where(_MAPPINGS.c.id.in_(bindparam("mappings", expanding=True)))
_CONCERNED: dict[type[Any], Select[int]] = {
    QuestionRow: select(QuestionRow.calendar_id),
    MappingRecord: select(MappingRecord.calendar_id),
    MappingRow: select(MappingRecord.calendar_id).join(MappingRow, MappingRow.mapping_id == MappingRecord.id),
}


def stamp(session: Session, calendar_ids: Collection[int]) -> None:
    """Give these calendars another stamp each; the caller commits."""
    for each in sorted(calendar_ids):
        run(session, _STAMP, {"this": each, "another": new_stamp()})


def watch_changes() -> None:
    """Have every session of this process stamp the calendars whose questions or mapping it changes.

    Once is enough, for all apps of the process: SQLAlchemy calls a listener of a class as often as it was named.
    """
    for name, listener in (("after_flush", _stamp_flushed), ("do_orm_execute", _stamp_changed)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def _stamp_flushed(session: Session, _flush: object) -> None:
    rows = [each for each in (*session.new, *session.dirty, *session.deleted) if type(each) in _CONCERNED]
    if rows:
        _stamp_of(
            session,
            calendars={each.calendar_id for each in rows if not isinstance(each, MappingRow)},
            mappings={each.mapping_id for each in rows if isinstance(each, MappingRow)},
        )


def _stamp_changed(execution: ORMExecuteState) -> None:
    changes, session = execution.statement, execution.session
    if not isinstance(changes, Insert | Update | Delete) or execution.bind_mapper is None:
        return
    concerned = _CONCERNED.get(execution.bind_mapper.class_)
    if concerned is None:
        return
    given = execution.parameters or {}
    if isinstance(changes, Insert):
        rows: list[Any] = [given] if isinstance(given, dict) else list(given)
        _stamp_of(
            session,
            calendars={each["calendar_id"] for each in rows if "calendar_id" in each},
            mappings={each["mapping_id"] for each in rows if "mapping_id" in each},
        )
    else:
        condition = true() if changes.whereclause is None else changes.whereclause
        found = session.scalars(concerned.where(condition), given if isinstance(given, dict) else None)
        stamp(session, set(found))


def _stamp_of(session: Session, calendars: set[int], mappings: set[int]) -> None:
    if mappings:
        calendars |= set(run(session, _OF_MAPPINGS, {"mappings": list(mappings)}).scalars())
    stamp(session, calendars)
