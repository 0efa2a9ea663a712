"""Other booking: the id of the one before or after a move, as its other side names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hubsync.domain.notes import Note, NoteCode
from hubsync.sources import fields
from hubsync.sources.fields import FieldError
from hubsync.sources.texts import as_written


def read_other_id(
    sent: Any, own_id: str, place: str, read_id: Callable[[Any], str] = fields.identifier
) -> tuple[str, list[Note]]:
    """The id of another booking than *own_id*; empty where none is named, and where it is this one.

    One that can be no id costs the booking nothing, and is noted.
    """
    if sent in (None, ""):
        return "", []
    try:
        other = read_id(sent)
    except FieldError:
        return "", [Note(NoteCode.UNREADABLE, place, shown=as_written(sent))]
    return other if other != own_id else "", []
