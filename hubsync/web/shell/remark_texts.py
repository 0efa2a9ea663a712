"""Texts of remarks: what is said of rows, of parts and of a whole booking.

Codes are stored, sentences are not: these tables are read when a page is shown, in the reader's language.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from hubsync.domain.mapping import LeftOutCode, Section
from hubsync.domain.meetings import NoMeeting
from hubsync.domain.outcomes import Foretold
from hubsync.domain.owners import OwnerProblem
from hubsync.domain.remarks import FurtherStep, RemarkKind
from hubsync.hubspot.meanings import NO_PERMISSION

LEFT_OUT: dict[str, Any] = {
    LeftOutCode.NOT_A_NUMBER: lazy_gettext("“%(shown)s” is not a number."),
    LeftOutCode.FREE_EMAIL_DOMAIN: lazy_gettext(
        "“%(shown)s” is a free e-mail domain, which belongs to no company."
    ),
    LeftOutCode.SHARED_HOST: lazy_gettext(
        "“%(shown)s” is a site where many have a page, so it belongs to no company here."
    ),
    LeftOutCode.NO_DOMAIN_IN_IT: lazy_gettext("“%(shown)s” has no domain in it."),
    LeftOutCode.NO_COMPANY_NAME: lazy_gettext("“%(shown)s” is not the name of a company."),
    LeftOutCode.QUESTION_DELETED: lazy_gettext("The question it came from was deleted."),
    LeftOutCode.UNREADABLE: lazy_gettext(
        "What the booking source sent is no answer: neither text, number nor choice."
    ),
    LeftOutCode.NO_TIME: lazy_gettext("The booking has no appointment, so there is no date and time to send."),
    LeftOutCode.NO_GIVEN_NAME: lazy_gettext(
        "The name has one word, or it is not certain where to divide it, so all of it counts as the family name."
    ),
    LeftOutCode.CUT: lazy_gettext("The answer was too long; only its beginning was posted."),
}
"""Why a row is not posted as the guest's words would have it; *shown* is how those begin."""

OMITTED: dict[str, Any] = {
    **LEFT_OUT,
    LeftOutCode.NOT_A_NUMBER: lazy_gettext("The answer is not a number."),
    LeftOutCode.FREE_EMAIL_DOMAIN: lazy_gettext("A free e-mail domain belongs to no company."),
    LeftOutCode.SHARED_HOST: lazy_gettext("A site where many have a page belongs to no company."),
    LeftOutCode.NO_DOMAIN_IN_IT: lazy_gettext("The answer has no domain in it."),
    LeftOutCode.NO_COMPANY_NAME: lazy_gettext("The answer is not the name of a company."),
}
"""The same of many bookings, whose guests gave different answers."""

TAKEN = lazy_gettext("Another record in HubSpot has this value, and no two may have the same one here.")
DROPPED = {
    "INVALID_EMAIL": lazy_gettext("HubSpot does not take this e-mail address."),
    "PROPERTY_DOESNT_EXIST": lazy_gettext("HubSpot has no such property any more."),
    "INVALID_INTEGER": lazy_gettext("HubSpot wants a whole number here."),
    "INVALID_LONG": lazy_gettext("HubSpot wants a whole number here."),
    "INVALID_DATE": lazy_gettext("HubSpot wants a date here."),
    "INVALID_OPTION": lazy_gettext("The answer is none of the options that HubSpot offers."),
    "READ_ONLY_VALUE": lazy_gettext("HubSpot lets nobody write this property."),
    NO_PERMISSION: lazy_gettext("HubSpot does not let HubSync write this property: a permission is missing."),
    "CONFLICTING_UNIQUE_VALUE": TAKEN,
    "CONFLICT": TAKEN,
}
"""HubSpot's codes for a value that it does not take."""

REMARKS = {
    RemarkKind.CANCELLED: lazy_gettext("The booking had been cancelled by then. It was posted all the same."),
    RemarkKind.NO_EMAIL: lazy_gettext("No contact was posted: the booking gave no e-mail address for it."),
    RemarkKind.NO_COMPANY_KEY: lazy_gettext(
        "No company was posted: the booking gave neither its name nor its domain."
    ),
}
"""Remarks that are about the whole booking."""

NOT_LOOKED_UP = {
    "name": lazy_gettext(
        "HubSpot's search did not take this company's name, so only its domain was looked for. If HubSpot has a "
        "company of this name already, merge the two in HubSpot."
    ),
    "all": lazy_gettext(
        "HubSpot's search did not take this company's name or domain, so nobody could look first. If HubSpot has "
        "this company already, merge the two in HubSpot."
    ),
}
"""What HubSpot could not be asked for before a company was registered."""
FORETOLD = {
    Foretold.NO_ADDRESS: lazy_gettext(
        "What the guest gave as e-mail is not an e-mail address, so the contact cannot be registered."
    ),
    Foretold.RESERVED_DOMAIN: lazy_gettext(
        "The ending of this e-mail address is kept for tests and documents. HubSpot refuses such an address."
    ),
}
"""Why a contact would certainly be refused."""

WITHOUT_OWNER = {
    Section.COMPANIES: lazy_gettext("The company was posted without an owner."),
    Section.CONTACTS: lazy_gettext("The contact was posted without an owner."),
}
BOTH_WITHOUT_OWNER = lazy_gettext("The company and the contact were posted without an owner.")
OWNER_PROBLEMS = {
    OwnerProblem.NO_HOST: lazy_gettext("The booking does not tell the e-mail address of its host."),
    OwnerProblem.NO_USER: lazy_gettext("HubSpot has no user with the e-mail address of the host."),
    OwnerProblem.SEVERAL_USERS: lazy_gettext("HubSpot has several users with the e-mail address of the host."),
    OwnerProblem.DEACTIVATED: lazy_gettext("The user is deactivated in HubSpot."),
    OwnerProblem.GONE: lazy_gettext("HubSpot does not have the chosen user any more."),
    OwnerProblem.NOT_CHOSEN: lazy_gettext("No user has been chosen yet."),
    OwnerProblem.PERMISSION: lazy_gettext(
        "HubSpot has not given HubSync the permission to read its users. The HubSpot page says what to press."
    ),
    OwnerProblem.UNREAD: lazy_gettext("HubSpot's users could not be read at that moment."),
    OwnerProblem.REFUSED: lazy_gettext("HubSpot did not take the user as the owner."),
}
"""Why a record has not the owner that the calendar asks for."""

PARTS = {
    "company": lazy_gettext("Company"),
    "contact": lazy_gettext("Contact"),
    "association": lazy_gettext("Association"),
    FurtherStep.FILL: lazy_gettext("Filling of what is empty"),
    FurtherStep.JOIN: lazy_gettext("Association of an existing contact"),
    FurtherStep.MEETING: lazy_gettext("Meeting"),
}
SECTIONS = {"companies": PARTS["company"], "contacts": PARTS["contact"]}

NOT_DONE: dict[tuple[str, str], Any] = {
    (FurtherStep.FILL, "companies"): lazy_gettext(
        "What is empty of the company in HubSpot was not filled: %(why)s"
    ),
    (FurtherStep.FILL, "contacts"): lazy_gettext(
        "What is empty of the contact in HubSpot was not filled: %(why)s"
    ),
    (FurtherStep.FILL, ""): lazy_gettext("What is empty in HubSpot was not filled: %(why)s"),
    (FurtherStep.JOIN, ""): lazy_gettext(
        "The existing contact was not associated with the booking's company: %(why)s"
    ),
    (FurtherStep.MEETING, ""): lazy_gettext("No meeting was put on the timeline: %(why)s"),
}
"""What a further step came to, by its name and the section that it is about; *why* is a sentence."""

NO_MEETING = {
    NoMeeting.NO_TIME: lazy_gettext("The booking has no appointment, so there is no time to put there."),
    NoMeeting.CANCELLED: lazy_gettext("The booking had been cancelled by then."),
    NoMeeting.NO_RECORD: lazy_gettext("Neither a contact nor a company of the booking is in HubSpot."),
    NoMeeting.OFF: lazy_gettext("The calendar puts no bookings on the timeline any more."),
}
"""Why there is nothing to put on the timeline."""
