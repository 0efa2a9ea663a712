"""Kinds of remarks that a delivery carries beside its state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hubsync.domain.mapping import Section


class RemarkKind(StrEnum):
    """What a remark is about. The values are stored; none is ever renamed."""

    LEFT_OUT = "left_out"
    """A row that we could not send as the guest answered."""
    DROPPED = "dropped"
    """A row that HubSpot did not take; the rest of the record was posted."""
    REFUSED = "refused"
    """A record, or the association, that HubSpot refused."""
    SEVERAL_COMPANIES = "several_companies"
    NOT_LOOKED_UP = "not_looked_up"
    """A company that was registered although HubSpot could not be asked whether it has it."""
    NO_COMPANY_KEY = "no_company_key"
    NO_EMAIL = "no_email"
    HUBSPOT_MAY_ADD_COMPANY = "hubspot_may_add_company"
    NO_OWNER = "no_owner"
    """A record that was posted without the owner that the calendar asks for."""
    CANCELLED = "cancelled"
    """The booking had been cancelled before it was posted; a lead stays a lead."""
    NOT_DONE = "not_done"
    """A further step that came to nothing; company, contact and association stand as they are."""


class FurtherStep(StrEnum):
    """What may follow once company, contact and association are dealt with. The values are stored."""

    FILL = "fill"
    """Filling what is empty of a record that HubSpot had already."""
    JOIN = "join"
    """Associating a contact that HubSpot had already and that had no company."""
    MEETING = "meeting"
    """Putting the booking on the timeline."""


SECTION_OF: Mapping[RemarkKind, Section] = {
    RemarkKind.SEVERAL_COMPANIES: Section.COMPANIES,
    RemarkKind.NOT_LOOKED_UP: Section.COMPANIES,
    RemarkKind.NO_COMPANY_KEY: Section.COMPANIES,
    RemarkKind.NO_EMAIL: Section.CONTACTS,
    RemarkKind.HUBSPOT_MAY_ADD_COMPANY: Section.CONTACTS,
}
"""The record that a remark is about which does not say so itself."""
