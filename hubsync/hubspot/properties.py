"""Property definitions: which ones a mapping can point to, and in which order they are offered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from hubsync.domain.mapping import PropertyType, Section
from hubsync.domain.sorting import name_order
from hubsync.errors import N_
from hubsync.hubspot.bodies import Json, text

STREET = "address"
#: Internal names with the names they are offered under. They come first, in this order.
ARTICLE_COMPANY: tuple[tuple[str, str], ...] = (
    ("name", N_("Company name")),
    ("phone", N_("Phone Number")),
    (STREET, N_("Street Address")),
    ("address2", N_("Street Address 2")),
    ("city", N_("City")),
    ("state", N_("State/Region")),
    ("country", N_("Country/Region")),
    ("zip", N_("Postal Code")),
    ("website", N_("Website URL")),
    ("domain", N_("Company Domain Name")),
    ("numberofemployees", N_("Number of Employees")),
    ("annualrevenue", N_("Annual Revenue")),
    ("description", N_("Description")),
    ("founded_year", N_("Year Founded")),
)
ARTICLE_CONTACT: tuple[tuple[str, str], ...] = (
    ("lastname", N_("Last Name")),
    ("firstname", N_("First Name")),
    ("salutation", N_("Salutation")),
    ("email", N_("Email(Required)")),
    ("mobilephone", N_("Mobile Phone Number")),
    ("phone", N_("Phone Number")),
    ("fax", N_("Fax Number")),
    (STREET, N_("Street Address")),
    ("city", N_("City")),
    ("state", N_("State/Region")),
    ("country", N_("Country/Region")),
    ("zip", N_("Postal Code")),
    ("jobtitle", N_("Job Title")),
    ("company", N_("Company Name")),
    ("website", N_("Website URL")),
    ("annualrevenue", N_("Annual Revenue")),
    ("industry", N_("Industry")),
    ("twitterhandle", N_("Twitter Username")),
    ("hs_whatsapp_phone_number", N_("WhatsApp Phone Number")),
)

COMMON = N_("Common properties")
OTHERS = N_("Other properties")


@dataclass(frozen=True, slots=True)
class Property:
    """A HubSpot property that we may write; ``label`` is what people call it."""

    name: str
    label: str
    type: PropertyType
    group: str = ""
    field_type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class PropertyGroup:
    """Properties offered together; ``label_key`` is translated when it is shown.

    So are the labels of the group `COMMON`. Those of `OTHERS` are the account's own words.
    """

    label_key: str
    properties: list[Property]


# Of the ways in which HubSpot shows a string or a number, those that hold what somebody types. A property that is
# a file holds the file's id, rich text is HTML, and what is calculated or chosen from elsewhere takes no text.
_TYPED = {
    "string": frozenset({"text", "textarea", "phonenumber"}),
    "number": frozenset({"number", "text"}),
}
_BARRED = ("archived", "hidden", "calculated", "externalOptions")


def writable(definition: Json) -> bool:
    """Say whether a text or a number can be written to the property, as HubSpot defines it.

    https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide ; most marks may be missing.
    """
    modification = definition.get("modificationMetadata")
    read_only = isinstance(modification, dict) and modification.get("readOnlyValue") is True
    kind, shown_as = text(definition.get("type")) or "", text(definition.get("fieldType"))
    return (
        kind in _TYPED
        and (not shown_as or shown_as in _TYPED[kind])
        and not any(definition.get(mark) is True for mark in _BARRED)
        and not any(definition.get(mark) for mark in ("calculationFormula", "referencedObjectType"))
        and not read_only
        and definition.get("dataSensitivity") in (None, "non_sensitive")
    )


def read_definitions(definitions: Iterable[Json]) -> list[Property]:
    """Return the writable ones of HubSpot's property *definitions*."""
    found = []
    for each in definitions:
        name = text(each.get("name"))
        if name and writable(each):
            found.append(
                Property(
                    name=name,
                    label=text(each.get("label")) or name,
                    type=cast(PropertyType, each["type"]),
                    group=text(each.get("groupName")) or "",
                    field_type=text(each.get("fieldType")) or "",
                    description=text(each.get("description")) or "",
                )
            )
    return found


def arrange(properties: Sequence[Property], section: Section) -> list[PropertyGroup]:
    """Return *properties* as the pull-down offers them: the common ones first, the others by label.

    A common one that the account does not have, or that cannot be written there, is omitted, and so is a
    group with nothing in it.
    """
    article = ARTICLE_COMPANY if section is Section.COMPANIES else ARTICLE_CONTACT
    known = {each.name: each for each in properties}
    common = [replace(known[name], label=label) for name, label in article if name in known]
    first = {each.name for each in common}
    others = sorted(
        (each for each in known.values() if each.name not in first),
        key=lambda each: (name_order(each.label), each.name),
    )
    groups = [PropertyGroup(COMMON, common), PropertyGroup(OTHERS, others)]
    return [group for group in groups if group.properties]
