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
    NOT_UNDERSTOOD = "not_understood"
    """Another version of HubSync has set it up, in a way that this one does not know."""
    NOT_CONNECTED = "not_connected"
    """Its source sends by its API alone, and no account is connected."""
    CONNECTING = "connecting"
    """The source has not made the subscription yet."""
    TROUBLED = "troubled"
    """Something keeps the account at the source from being as it should."""
    SUBSCRIPTION_FAILING = "subscription_failing"
    SUBSCRIPTION_ENDED = "subscription_ended"
    QUIET = "quiet"
    """Nothing has come for longer than is usual for the source."""
    READY = "ready"
    """Nothing has come yet."""
    RECEIVING = "receiving"
    REFUSING = "refusing"
    """What came last was refused: it had no proof, or could not be read."""
