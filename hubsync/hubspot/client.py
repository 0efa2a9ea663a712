"""API client: records, properties and the account, asked for with one team's access token.

Every method sends exactly one call and raises the errors of `hubsync.errors`. Paths carry the version:
https://developers.hubspot.com/docs/developer-tooling/platform/versioning
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from hubsync.domain.filling import ExistingRecord
from hubsync.domain.matching import Alternative, FoundCompany
from hubsync.domain.meetings import OUTCOME, FoundMeeting
from hubsync.domain.undoing import PastValue, RecordLinks
from hubsync.errors import (
    DetailCode,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
    WatchOnly,
    tell,
)
from hubsync.hubspot.bodies import Json, listed, record_id, words
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.limits import CallCounter, read_limit, read_remaining
from hubsync.hubspot.meetings import (
    batch_body,
    meeting_body,
    read_meeting,
    read_meeting_ids,
    read_options,
)
from hubsync.hubspot.owners import PAGE_SIZE as OWNERS_PAGE_SIZE
from hubsync.hubspot.owners import OwnerPage
from hubsync.hubspot.owners import read_page as read_owner_page
from hubsync.hubspot.properties import Property, read_definitions
from hubsync.hubspot.record_pasts import (
    FURTHER_NEIGHBOURS,
    MAKER_PROPERTIES,
    NEIGHBOURS,
    editable_names,
    read_links,
    read_past,
)
from hubsync.hubspot.records import (
    COMPANY_PROPERTIES,
    CONTACT_PROPERTIES,
    Account,
    FoundContact,
    read_account_details,
    read_company,
    read_contact,
    read_existing,
    read_written,
)
from hubsync.hubspot.replies import understand, unreadable
from hubsync.hubspot.searches import search_body
from hubsync.hubspot.wire import Wire
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path

#: The kind of call that lists owners, as `HubSpotClient.asked` names it.
READING_OWNERS = "read owners"
ObjectName = Literal["companies", "contacts"]
AnyObject = ObjectName | Literal["meetings"]

#: contact to primary company, and contact to company without a label:
#: https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
ASSOCIATION_TYPES = (1, 279)
PROPERTIES_CAP_BYTES = 8_000_000
#: HubSpot's ids are positive.
NO_RECORD = "0"


class HubSpotClient:
    """One HubSpot account, as long as its access token lasts.

    *asked* is the kind of the last call, such as ``write contacts`` or ``read companies``: permissions are given
    for these. *counting* is notified of each call. One that *only_reads* raises WatchOnly instead of sending what
    may change something.
    """

    def __init__(self, wire: Wire, token: str, version: str, *, only_reads: bool = False) -> None:
        self._wire = wire
        self._token = token
        self._version = version
        self._only_reads = only_reads
        self.asked = ""
        self.counting: CallCounter | None = None

    def require_writing(self) -> None:
        """Raise WatchOnly where nothing may be written; for whoever writes down beforehand what is about to be."""
        if self._only_reads:
            raise WatchOnly("the connection is on watch only")

    def search_companies(self, alternatives: Sequence[Alternative], deadline: Deadline) -> list[FoundCompany]:
        """Return the companies that fit any of *alternatives*, (property, operator, value) each.

        The alternatives come with the most important first: HubSpot takes five, in at most 3,000 characters,
        and what goes beyond is cut off at the end. With none left nothing is sent and nothing found.
        HubSpot's search sees a record only some moments after it was written.
        """
        body = search_body(alternatives)
        if body is None:
            return []
        answer = self._ask(Call("POST", self._objects("companies", "search"), body, writes=False), deadline)
        return [company for record in listed(answer, "results") if (company := read_company(record))]

    def read_company(self, company_id: str, deadline: Deadline) -> FoundCompany | None:
        """Return the company, None when HubSpot has none; the id of one that was merged answers with another id.

        https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
        """
        query = {"properties": ",".join(COMPANY_PROPERTIES)}
        call = Call("GET", self._objects("companies", company_id), query=query, writes=False)
        answer = self._send(call, deadline)
        try:
            company = read_company(understand(call, answer))
        except RecordGone:
            return None
        if company is None:
            raise unreadable(call, answer)
        return company

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
        answer = self._send(call, deadline)
        try:
            contact = read_contact(understand(call, answer))
        except RecordGone:
            return None
        if contact is None:
            raise unreadable(call, answer)
        return contact

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
        answer = self._send(call, deadline)
        try:
            record = read_existing(understand(call, answer), names)
        except RecordGone:
            return None
        if record is None:
            raise unreadable(call, answer)
        return record

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

    def archive_record(self, object_name: AnyObject, record_id: str, deadline: Deadline) -> None:
        """Archive the record; in HubSpot it can be restored for 90 days. RecordGone when it is not there."""
        self._ask(Call("DELETE", self._objects(object_name, record_id), writes=True), deadline)

    def read_links(
        self, object_name: AnyObject, record_id: str, deadline: Deadline, *, further: bool = True
    ) -> RecordLinks | None:
        """Return who made the record and what is associated with it, None when HubSpot has none.

        One that was merged answers with another id. *further* kinds may take permissions that HubSync has not:
        PermissionMissing says so.
        """
        kinds = [each for each in NEIGHBOURS + (FURTHER_NEIGHBOURS if further else ()) if each != object_name]
        query = {"properties": ",".join(MAKER_PROPERTIES), "associations": ",".join(kinds)}
        call = Call("GET", self._objects(object_name, record_id), query=query, writes=False)
        answer = self._send(call, deadline)
        try:
            links = read_links(understand(call, answer))
        except RecordGone:
            return None
        if links is None:
            raise unreadable(call, answer)
        return links

    def read_past(
        self, object_name: AnyObject, record_id: str, names: Sequence[str], deadline: Deadline
    ) -> tuple[PastValue, ...]:
        """Return every value that these properties of the record had, as far as HubSpot keeps them.

        By a batch read, whose body has room for hundreds of names, which an address has not.
        """
        body = {
            "inputs": [{"id": record_id}],
            "properties": ["hs_object_id"],
            "propertiesWithHistory": list(names),
        }
        path_ = self._objects(object_name, "batch", "read")
        call = Call("POST", path_, body, writes=False, cap_bytes=PROPERTIES_CAP_BYTES)
        return tuple(value for each in listed(self._ask(call, deadline), "results") for value in read_past(each))

    def list_editable(self, object_name: AnyObject, deadline: Deadline) -> list[str]:
        """Return the names of the properties that people can write, whatever kind of value they take."""
        path_ = path("crm", "properties", self._version, object_name)
        call = Call("GET", path_, writes=False, cap_bytes=PROPERTIES_CAP_BYTES)
        return editable_names(listed(self._ask(call, deadline), "results"))

    def create_meeting(
        self, properties: Mapping[str, str], timelines: Mapping[str, str], deadline: Deadline
    ) -> str:
        """Create a meeting on the *timelines* of these records (object name to id) and return its id.

        Sent twice it makes two. Raises RecordGone when the company among them is gone.
        """
        body = meeting_body(properties, timelines)
        call = Call("POST", self._objects("meetings"), body, writes=True, names=timelines.get("companies"))
        return self._create(call, deadline)

    def change_meeting(self, meeting_id: str, properties: Mapping[str, str], deadline: Deadline) -> None:
        """Write these properties of the meeting; done twice it is the same as once. RecordGone when it is gone."""
        body = {"properties": dict(properties)}
        self._ask(Call("PATCH", self._objects("meetings", meeting_id), body, writes=True), deadline)

    def list_meetings(self, object_name: ObjectName, record: str, deadline: Deadline) -> list[str]:
        """Return the ids of the meetings on the record's timeline, none when HubSpot has no such record.

        This read does not go through the search index, so it sees a meeting at once.
        """
        query = {"associations": "meetings", "properties": "hs_object_id"}
        call = Call("GET", self._objects(object_name, record), query=query, writes=False)
        try:
            return read_meeting_ids(self._ask(call, deadline))
        except RecordGone:
            return []

    def read_meetings(self, ids: Sequence[str], deadline: Deadline) -> list[FoundMeeting]:
        """Return the meetings of these ids (at most `MOST_READ`) that are there."""
        call = Call("POST", self._objects("meetings", "batch", "read"), batch_body(ids), writes=False)
        answer = self._ask(call, deadline)
        return [meeting for record in listed(answer, "results") if (meeting := read_meeting(record))]

    def read_meeting_outcomes(self, deadline: Deadline) -> list[str]:
        """Return the values that the outcome of a meeting may have in this account."""
        call = Call("GET", path("crm", "properties", self._version, "meetings", OUTCOME), writes=False)
        return read_options(self._ask(call, deadline))

    def erase_contact(self, contact_id: str, deadline: Deadline) -> None:
        """Delete the contact permanently, with all that HubSpot has of it. RecordGone when it is not there.

        By its id and never by the address: an address that HubSpot does not know would be put on its list of those
        that nobody may have again.
        https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
        """
        body = {"objectId": contact_id}
        self._ask(Call("POST", self._objects("contacts", "gdpr-delete"), body, writes=True), deadline)

    def read_properties(self, object_name: ObjectName, deadline: Deadline) -> list[Property]:
        """Return the properties that a text or number can be written to, as HubSpot orders them."""
        call = Call(
            "GET",
            path("crm", "properties", self._version, object_name),
            writes=False,
            cap_bytes=PROPERTIES_CAP_BYTES,
        )
        answer = self._send(call, deadline)
        body = understand(call, answer)
        if not isinstance(body.get("results"), list):
            raise unreadable(call, answer)  # an empty list would mark every mapped property as gone
        return read_definitions(listed(body, "results"))

    def list_owners(self, deadline: Deadline, *, archived: bool = False, after: str = "") -> OwnerPage:
        """Return a page of the users whom records can belong to; *archived* are those who were deactivated.

        Raises PermissionMissing without the scope `OWNERS_READ`, whatever scope HubSpot names then.
        """
        query = {"limit": str(OWNERS_PAGE_SIZE), "archived": "true" if archived else "false"}
        query |= {"after": after} if after else {}
        where = path("crm", "owners", self._version)
        call = Call("GET", where, query=query, writes=False, cap_bytes=PROPERTIES_CAP_BYTES)
        answer = self._send(call, deadline)
        body = understand(call, answer)
        if not isinstance(body.get("results"), list):
            raise unreadable(call, answer)
        return read_owner_page(body)

    def prove_owners(self, deadline: Deadline) -> None:
        """Raise PermissionMissing unless the token may read owners; the cheapest call that shows it."""
        query = {"limit": "1"}
        self._ask(Call("GET", path("crm", "owners", self._version), query=query, writes=False), deadline)

    def read_key_scopes(self, deadline: Deadline) -> tuple[str, ...]:
        """Return what the service key may do, by a call that was made for the tokens of private apps.

        It works with service keys too, but stands in no definition, so whatever it raises proves nothing.
        https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview
        """
        where = path("oauth", "v2", "private-apps", "get", "access-token-info")
        call = Call("POST", where, {"tokenKey": self._token}, writes=False)
        answer = self._send(call, deadline)
        scopes = words(understand(call, answer).get("scopes"))
        if not scopes:
            raise unreadable(call, answer)
        return scopes

    def read_account(self, deadline: Deadline) -> Account:
        """Return the account that the token is for."""
        call = Call("GET", path("account-info", self._version, "details"), writes=False)
        answer = self._send(call, deadline)
        account = read_account_details(understand(call, answer))
        if account is None:
            raise unreadable(call, answer)
        return account

    def prove_reading(self, object_name: ObjectName, deadline: Deadline) -> None:
        """Raise PermissionMissing unless the token may read these records.

        Definitions prove nothing about records: ``crm.schemas.*.read`` is enough for them.
        """
        query = {"limit": "1", "properties": "hs_object_id"}
        self._ask(Call("GET", self._objects(object_name), query=query, writes=False), deadline)

    def try_writing(self, object_name: ObjectName, deadline: Deadline) -> None:
        """Raise PermissionMissing when HubSpot says that the token may not write these records.

        Nothing is written: no value, and to a record that cannot exist. Whether HubSpot looks at the permission
        before the record is not documented, so silence proves nothing; the first record posted does.
        """
        call = Call("PATCH", self._objects(object_name, NO_RECORD), {"properties": {}}, writes=False)
        with suppress(RecordGone, RecordRefused, RequiredPropertyMissing, ValuesRefused):
            self._ask(call, deadline)

    def uninstall(self, deadline: Deadline) -> None:
        """Uninstall the app from the account; only an OAuth token can, a service key cannot.

        https://developers.hubspot.com/docs/api-reference/latest/app-management/app-uninstalls/guide
        """
        self._ask(Call("DELETE", path("appinstalls", self._version, "external-install"), writes=True), deadline)

    def _objects(self, object_name: AnyObject, *parts: str) -> str:
        return path("crm", "objects", self._version, object_name, *parts)

    def _ask(self, call: Call, deadline: Deadline) -> Json:
        return understand(call, self._send(call, deadline))

    def _send(self, call: Call, deadline: Deadline) -> Answer:
        if call.writes:
            self.require_writing()
        self.asked = _kind(call)
        if self.counting is None:
            return self._wire.send(call, deadline, self._token)
        search = call.path.endswith("/search")
        headers: Mapping[str, str] = {}
        self.counting.sends(search=search)
        try:
            answer = self._wire.send(call, deadline, self._token)
            headers = answer.headers
            return answer
        finally:
            self.counting.answered(search=search, limit=read_limit(headers), remaining=read_remaining(headers))

    def _create(self, call: Call, deadline: Deadline) -> str:
        answer = self._send(call, deadline)
        created = record_id(understand(call, answer).get("id"))
        if created is None:
            raise unreadable(call, answer)
        return created


def _kind(call: Call) -> str:
    """What *call* needs a permission for; its path is ``/crm/objects/<version>/contacts/…`` for records."""
    parts = call.path.split("/")
    if parts[2:3] == ["owners"]:
        return READING_OWNERS
    what = "associations" if "associations" in parts[5:] else parts[4] if len(parts) > 4 else parts[1]
    return f"{'write' if call.writes else 'read'} {what}"


def _record(properties: Mapping[str, str], company_id: str | None = None) -> dict[str, Any]:
    """The body of a create; the published definition requires ``associations``, be it an empty list."""
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": each} for each in ASSOCIATION_TYPES]
    associations = [{"to": {"id": company_id}, "types": types}] if company_id is not None else []
    return {"properties": dict(properties), "associations": associations}
