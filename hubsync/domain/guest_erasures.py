"""Erasures of guests at HubSpot: what somebody wants done to the contact there, and what became of it."""

from __future__ import annotations

from enum import StrEnum


class ContactWish(StrEnum):
    """What is to become of the contact. The values are stored; none is ever renamed."""

    LEFT = "left_there"
    """Nothing: HubSpot is not called."""
    ARCHIVED = "archive_there"
    """It is archived, and somebody can restore it in HubSpot for 90 days."""
    ERASED = "erase_there"
    """It is deleted permanently, and HubSpot takes nobody with this address any more."""


class ContactFate(StrEnum):
    """What became of the contact. The values are stored; none is ever renamed."""

    NOT_ASKED = "hubspot_not_asked"
    OPEN = "hubspot_to_ask"
    """HubSpot is yet to be asked, or could not be."""
    DONE = "contact_gone"
    """What was wished was done."""
    NOT_THERE = "no_contact"
    """HubSpot had no contact with this address."""
    NOT_THEIRS = "another_contact"
    """The address is a further one of a contact with another main address, which HubSync did not register."""
    REFUSED = "hubspot_refused"
    """HubSpot said no, or could not be asked for days; the contact may be there."""
