"""Companies and contacts in HubSpot: found, read, created, filled in and associated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hubsync.domain.filling import ExistingRecord
from hubsync.domain.matching import Alternative, FoundCompany
from hubsync.errors import DetailCode, RecordRefused, tell
from hubsync.hubspot.bodies import listed
from hubsync.hubspot.caller import Caller, ObjectName
from hubsync.hubspot.calls import Call
from hubsync.hubspot.records import (
    COMPANY_PROPERTIES,
    CONTACT_PROPERTIES,
    FoundContact,
    read_company,
    read_contact,
    read_existing,
    read_written,
)
from hubsync.hubspot.searches import search_body
from hubsync.net.deadline import Deadline

#: contact to primary company, and contact to company without a label:
#: https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
ASSOCIATION_TYPES = (1, 279)


class RecordClient(Caller):
    """What a booking needs of companies and contacts."""

    def search_companies(self, alternatives: Sequence[Alternative], deadline: Deadline) -> list[FoundCompany]:
        """Return the companies that fit any of *alternatives*, (property, operator, value) each.

        The alternatives come with the most important first: HubSpot takes five, in at most 3,000 characters,
        and what goes beyond is cut off at the end. With none left nothing is sent and nothing found.
        HubSpot's search sees a record only some moments after it was written.
        """
        body = search_body(alternatives)
        if body is None:
            return []
        answer = self._ask_list(Call("POST", self._objects("companies", "search"), body, writes=False), deadline)
        return [company for record in listed(answer, "results") if (company := read_company(record))]

    def read_company(self, company_id: str, deadline: Deadline) -> FoundCompany | None:
        """Return the company, None when HubSpot has none; the id of one that was merged answers with another id.

        https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
        """
        query = {"properties": ",".join(COMPANY_PROPERTIES)}
        call = Call("GET", self._objects("companies", company_id), query=query, writes=False)
        return self._read_one(call, deadline, read_company)

    def create_company(self, properties: Mapping[str, str], deadline: Deadline) -> str:
        """Create a company and return its id; HubSpot never says that there is one already."""
        return self._create(Call("POST", self._objects("companies"), _record(properties), writes=True), deadline)

    def create_contact(self, properties: Mapping[str, str], deadline: Deadline, company_id: str | None) -> str:
        """Create a contact, associated with *company_id* as its primary company, and return its id.

        Raises ContactExists when HubSpot has one with this e-mail, and RecordGone when the company is gone.
        """
        body = _record(properties, company_id)
        call = Call("POST", self._objects("contacts"), body, writes=True, names=company_id)
        return self._create(call, deadline)

    def find_contact(self, email: str, deadline: Deadline, *, meetings: bool = False) -> FoundContact | None:
        """Return the contact with this main or secondary address, None when HubSpot has none.

        With *meetings* it says which ones are on its timeline, too. This read does not go through the search
        index, so it sees a record at once.
        https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
        """
        query = {"idProperty": "email", "properties": ",".join(CONTACT_PROPERTIES)}
        query |= {"associations": "meetings"} if meetings else {}
        call = Call("GET", self._objects("contacts", email), query=query, writes=False)
        return self._read_one(call, deadline, read_contact)

    def read_existing(
        self,
        object_name: ObjectName,
        existing_id: str,
        names: Sequence[str],
        deadline: Deadline,
        *,
        companies: bool = False,
    ) -> ExistingRecord | None:
        """Return these properties of a record and who changed them last, None when HubSpot has no such record.

        With *companies* also the companies that it is associated with. The id of one that was merged answers with
        another id. This read does not go through the search index.
        """
        query = {"properties": ",".join(names), "propertiesWithHistory": ",".join(names)} if names else {}
        query |= {"associations": "companies"} if companies else {}
        call = Call("GET", self._objects(object_name, existing_id), query=query, writes=False)
        return self._read_one(call, deadline, lambda body: read_existing(body, names))

    def update_record(
        self, object_name: ObjectName, existing_id: str, properties: Mapping[str, str], deadline: Deadline
    ) -> dict[str, str]:
        """Write these properties over a record, and no others; return what HubSpot says that it has now."""
        call = Call(
            "PATCH", self._objects(object_name, existing_id), {"properties": dict(properties)}, writes=True
        )
        return read_written(self._ask(call, deadline))

    def associate(self, contact_id: str, company_id: str, deadline: Deadline) -> None:
        """Associate the two without a label; done twice it is the same as once."""
        end = ("associations", "default", "companies", company_id)
        call = Call("PUT", self._objects("contacts", contact_id, *end), writes=True, names=company_id)
        answer = self._ask(call, deadline)
        if answer.get("numErrors") or listed(answer, "errors"):
            raise RecordRefused(tell(DetailCode.NOT_ASSOCIATED))

    def dissociate(self, contact_id: str, company_id: str, deadline: Deadline) -> None:
        """End the association of the two, with its labels; done twice it is the same as once."""
        end = ("associations", "companies", company_id)
        self._ask(Call("DELETE", self._objects("contacts", contact_id, *end), writes=True), deadline)


def _record(properties: Mapping[str, str], company_id: str | None = None) -> dict[str, Any]:
    """The body of a create; the published definition requires ``associations``, be it an empty list."""
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": each} for each in ASSOCIATION_TYPES]
    associations = [{"to": {"id": company_id}, "types": types}] if company_id is not None else []
    return {"properties": dict(properties), "associations": associations}
