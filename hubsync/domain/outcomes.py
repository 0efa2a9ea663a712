"""Outcomes of the three remote facts of a delivery: company, contact, and their association."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one of them. The values are stored; none is ever renamed."""

    UNTRIED = ""
    INTENT = "intent"
    """A create was sent, or was about to be, and its answer is not stored; of an association: its contact was sent
    beside another company than the one that the delivery has by now."""
    NONE = "none"
    """There is nothing to post."""
    CREATED = "created"
    """A record that we registered."""
    DUPLICATE = "duplicate"
    """A record that HubSpot had already."""
    MADE = "made"
    """An association that we made."""
    REFUSED = "refused"


OPEN = (Outcome.UNTRIED, Outcome.INTENT)
"""What the next attempt has yet to do, or to find out."""
AT_HUBSPOT = (Outcome.CREATED, Outcome.DUPLICATE)


def is_at_hubspot(company: Outcome, contact: Outcome) -> bool:
    """Whether something of the booking is at HubSpot, so that it cannot count as skipped."""
    return company in AT_HUBSPOT or contact in AT_HUBSPOT


def is_begun(company: Outcome, contact: Outcome) -> bool:
    """Whether posting has got so far that something was written to HubSpot for the booking, or may have been."""
    return not {company, contact}.isdisjoint({Outcome.INTENT, *AT_HUBSPOT})


class Expected(StrEnum):
    """What would become of a record if the booking were posted now, as a preview says it."""

    NEW = "new"
    DUPLICATE = "duplicate"
    BY_THEN = "by_then"
    """What an earlier booking would have created, had it not been watched only."""
    NONE = "none"
    """There is nothing to post."""
    NO_KEY = "no_key"
    """There are values, but nothing that makes the record."""
    UNKNOWN = "unknown"
    """HubSpot could not be asked."""
    REFUSED = "refused"
    """What HubSync knows of the values says that the record would be refused. The reason is a `Foretold`."""


class Foretold(StrEnum):
    """Why a record would certainly be refused. The values are stored; none is ever renamed."""

    NO_ADDRESS = "no_address"
    """The answer for the contact's e-mail is no address; posting does not even ask HubSpot."""
    RESERVED_DOMAIN = "reserved_domain"
    """The address has an ending of tests and documents; HubSpot calls such an address invalid."""
