"""What a calendar does about unwanted bookings, as its owner chose. Out of the box it does nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnwantedRules:
    """The rules of one calendar, all of them off unless somebody turned them on.

    *hourly_ceiling* is after how many bookings within an hour further ones are held for a look, None for never.
    *most_per_guest* is how many appointments to come one e-mail address may have, None for any number.
    *typo_hint* asks a guest whether a mistyped mail domain is meant; *work_email_only* refuses free mail domains.
    """

    hourly_ceiling: int | None = None
    most_per_guest: int | None = None
    typo_hint: bool = False
    work_email_only: bool = False


LIMITS = {"hourly_ceiling": (1, 10_000), "most_per_guest": (1, 100)}
"""The least and the most of each number."""
