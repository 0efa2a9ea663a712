"""States of a booking source's address, as its card and its page show them. None is stored."""

from __future__ import annotations

from enum import StrEnum


class EndpointState(StrEnum):
    """How an address of a booking source stands."""

    NOT_SET_UP = "not_set_up"
    SECRET_MISSING = "secret_missing"  # noqa: S105  # a state
    """The sender's secret has not been entered: nothing that comes can be proved."""
    SECRET_LOST = "secret_lost"  # noqa: S105  # a state
    """No key of this installation opens the secret."""
    SWITCHED_OFF = "switched_off"
    READY = "ready"
    """Nothing has come yet."""
    RECEIVING = "receiving"
    REFUSING = "refusing"
    """What came last was refused: it had no proof, or could not be read."""
