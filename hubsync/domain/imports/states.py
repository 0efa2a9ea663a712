"""States of an import, from the upload of its file to the last of its bookings."""

from __future__ import annotations

from enum import StrEnum


class ImportState(StrEnum):
    """How far an import is. The values are stored; none is ever renamed."""

    UPLOADING = "uploading"
    """Its file is not here as a whole; that of an upload that broke off never is."""
    ASKING = "encoding_open"
    """A person has to say in which encoding the file is."""
    READING = "reading"
    """Its records are being made out."""
    CHECKING = "checking"
    """Every row is being checked as the columns are matched now."""
    READY = "ready"
    """A person has seen what would become of it, or can; nothing is taken in yet."""
    UNREADABLE = "unreadable"
    TAKING_IN = "taking_in"
    """Its rows become bookings, some at a time."""
    FINISHED = "finished"
    CUT_SHORT = "cut_short"
    """A person stopped it before the end."""
    DISCARDED = "discarded"
    """It was never begun: a person wanted none of it, or it was forgotten."""


BEFORE = frozenset(
    {ImportState.UPLOADING, ImportState.ASKING, ImportState.READING, ImportState.CHECKING, ImportState.READY}
)
"""Nothing of it is taken in yet."""
BEFORE_ROWS = (ImportState.UPLOADING, ImportState.ASKING, ImportState.READING)
"""Its file, or a part of it, is here and is not made out into rows."""
OPEN = BEFORE | {ImportState.TAKING_IN}
"""It is not over; a team has one such import at most. The rows of all others are gone."""
WORKED_AT = (ImportState.READING, ImportState.CHECKING, ImportState.TAKING_IN)
"""The background has something to do for it."""
