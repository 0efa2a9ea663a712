"""Times that cost no booking: an appointment's end, and since when something is so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hubsync.domain.notes import Note, NoteCode
from hubsync.sources import fields
from hubsync.sources.fields import FieldError
from hubsync.sources.texts import as_written

USUAL_LENGTH = timedelta(minutes=30)


def read_end(sent: Any, starts_at: datetime, zone: str, place: str = "end") -> tuple[datetime, list[Note]]:
    """When the appointment ends; half an hour after its start, with a note, when that is not said.

    A time without an offset is read in *zone*.
    """
    try:
        ends_at = fields.place_in_time(fields.moment(sent), zone, place)
    except FieldError:
        pass
    else:
        if ends_at >= starts_at:
            return ends_at, []
    return starts_at + USUAL_LENGTH, [
        Note(NoteCode.UNREADABLE, place, shown="" if sent is None else as_written(sent))
    ]


def read_occurrence(sent: Any, zone: str, place: str) -> tuple[datetime | None, list[Note]]:
    """Since when something is so; None where that is not said, with a note where it is said unreadably.

    A time without an offset is read in *zone*.
    """
    if sent is None:
        return None, []
    try:
        return fields.place_in_time(fields.moment(sent), zone, place), []
    except FieldError:
        return None, [Note(NoteCode.UNREADABLE, place, shown=as_written(sent))]
