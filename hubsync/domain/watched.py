"""What the sums of watch only count, and the log of deliveries can be narrowed to."""

from __future__ import annotations

from enum import StrEnum


class Watched(StrEnum):
    """Watched deliveries of one kind. The values stand in addresses; none is ever renamed."""

    BOOKINGS = "all-bookings"
    """All of them."""
    NEW_COMPANIES = "new-companies"
    PRESENT_COMPANIES = "present-companies"
    """HubSpot has the company, or would have it by then."""
    FORESEEN_COMPANIES = "foreseen-companies"
    """HubSpot would have it by then, of an earlier watched booking."""
    NEW_CONTACTS = "new-contacts"
    PRESENT_CONTACTS = "present-contacts"
    FORESEEN_CONTACTS = "foreseen-contacts"
    ASSOCIATED = "new-associations"
    FILLED = "filled-records"
    """Some value of a record that HubSpot has would be filled in."""
    MEETINGS = "new-meetings"
    OMITTED = "omitted-rows"
    """Some row would be left out."""
    REFUSED = "refused-contacts"
    """The contact would certainly be refused."""
    UNKNOWN = "open-questions"
    """HubSpot could not be asked about the company or the contact."""
