"""Problems of a row of a file of bookings, or of one of its cells."""

from __future__ import annotations

from enum import StrEnum


class RowProblem(StrEnum):
    """What is wrong with a row or a cell, beside `MomentProblem`, `NoAddress` and `Problem`.

    The values are stored.
    """

    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"
    UNREADABLE_SIGN = "unreadable_sign"
    """A sign that has no meaning in the encoding, or one that no text has, such as NUL."""
    NOBODY = "no_guest"
    """Neither name nor address nor company."""
    ENDS_BEFORE = "ends_before"
    NOT_MINUTES = "not_minutes"
    NOT_A_TICK = "not_a_tick"
    SAME_ID = "same_id"
    """A row before has this id and another guest."""
