"""The three object types, under all the names that HubSpot's paths have for them.

https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from dataclasses import dataclass

from hubspot_sandbox.api_errors import ApiError


@dataclass(frozen=True)
class Kind:
    """*first_id* keeps the ids of the kinds apart, so that mixing them up shows.

    *created* and *modified* are the properties with these moments, *scoped_as* is the kind whose scopes count.
    """

    name: str
    type_id: str
    modified: str
    default_properties: tuple[str, ...]
    at_least_one_of: tuple[str, ...]
    searched_by_query: tuple[str, ...]
    first_id: int
    created: str = "createdate"
    scoped_as: str = ""

    @property
    def scope_read(self) -> str:
        """The scope for reading records of this kind."""
        return f"crm.objects.{self.scoped_as or self.name}.read"

    @property
    def schema_read(self) -> str:
        """The scope for reading property definitions of this kind."""
        return f"crm.schemas.{self.scoped_as or self.name}.read"

    @property
    def schema_write(self) -> str:
        """The scope for changing property definitions of this kind."""
        return f"crm.schemas.{self.scoped_as or self.name}.write"

    @property
    def scope_write(self) -> str:
        """The scope for writing records of this kind."""
        return f"crm.objects.{self.scoped_as or self.name}.write"


CONTACTS = Kind(
    "contacts",
    "0-1",
    "lastmodifieddate",
    ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    ("email", "firstname", "lastname"),
    (
        "firstname",
        "lastname",
        "email",
        "phone",
        "hs_additional_emails",
        "fax",
        "mobilephone",
        "company",
        "hs_marketable_until_renewal",
    ),
    501,
)
COMPANIES = Kind(
    "companies",
    "0-2",
    "hs_lastmodifieddate",
    ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    ("name", "domain"),
    ("website", "phone", "name", "domain"),
    90001,
)

#: A meeting is read and written with the scopes for contacts, and nothing of it has to be given.
#: https://developers.hubspot.com/docs/api-reference/latest/crm/activities/meetings/guide
MEETINGS = Kind(
    "meetings",
    "0-47",
    "hs_lastmodifieddate",
    ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    (),
    ("hs_meeting_title", "hs_meeting_body"),
    700001,
    created="hs_createdate",
    scoped_as="contacts",
)

#: Objects that a record can be associated with and that are not kept themselves.
BESIDE = {each: each[:-1] for each in ("deals", "tickets", "notes", "calls", "emails", "tasks")}
SINGULAR = {"contacts": "contact", "companies": "company", "meetings": "meeting_event"}


def type_beside(object_name: str, beside: str) -> str:
    """The word for an association with one of these, as the older definitions have it: ``contact_to_deal``."""
    return f"{SINGULAR.get(object_name, object_name)}_to_{BESIDE[beside]}"


KINDS = {"contacts": CONTACTS, "companies": COMPANIES, "meetings": MEETINGS}
_NAMES = {
    "contacts": CONTACTS,
    "contact": CONTACTS,
    "0-1": CONTACTS,
    "companies": COMPANIES,
    "company": COMPANIES,
    "0-2": COMPANIES,
    "meetings": MEETINGS,
    "meeting": MEETINGS,
    "meeting_event": MEETINGS,
    "0-47": MEETINGS,
}


def kind_named(name: str) -> Kind:
    """The kind a path names: plural, singular or type id. Raises ApiError for any other object."""
    kind = _NAMES.get(name.lower())
    if kind is None:
        raise ApiError(400, f"Unable to infer object type from: {name}", category="VALIDATION_ERROR")
    return kind
