"""Age of a signature: how far the time stamp in a proof may be from now, whichever way it was signed."""

from __future__ import annotations

from datetime import datetime

from hubsync.errors import N_, ProofMissing

TOLERANCE_SECONDS = 300
TOO_FAR = N_("The signature is older or newer than five minutes.")


def require_recent(time_stamp: int, now: datetime) -> None:
    """Return when *time_stamp* (unix seconds) is within five minutes of *now* (aware); else ProofMissing."""
    if abs(now.timestamp() - time_stamp) > TOLERANCE_SECONDS:
        raise ProofMissing(TOO_FAR)
