"""What became of a record of ours in HubSpot, and taking it away again: for undoing and for erasing."""

from __future__ import annotations

from collections.abc import Sequence

from hubsync.domain.undoing import CompanyLinks, PastValue, RecordLinks
from hubsync.hubspot.bodies import listed
from hubsync.hubspot.caller import LIST_CAP_BYTES, AnyObject, Caller
from hubsync.hubspot.calls import Call
from hubsync.hubspot.record_pasts import (
    FURTHER_NEIGHBOURS,
    MAKER_PROPERTIES,
    NEIGHBOURS,
    editable_names,
    read_company_links,
    read_links,
    read_past,
)
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path


class PastClient(Caller):
    """Who touched a record, what it had before, and its end."""

    def archive_record(self, object_name: AnyObject, record_id: str, deadline: Deadline) -> None:
        """Archive the record; in HubSpot it can be restored for 90 days. RecordGone when it is not there."""
        self._ask(Call("DELETE", self._objects(object_name, record_id), writes=True), deadline)

    def erase_contact(self, contact_id: str, deadline: Deadline) -> None:
        """Delete the contact permanently, with all that HubSpot has of it. RecordGone when it is not there.

        By its id and never by the address: an address that HubSpot does not know would be put on its list of those
        that nobody may have again.
        https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
        """
        body = {"objectId": contact_id}
        self._ask(Call("POST", self._objects("contacts", "gdpr-delete"), body, writes=True), deadline)

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
        return self._read_one(call, deadline, read_links)

    def read_company_links(self, contact_id: str, deadline: Deadline) -> CompanyLinks | None:
        """Return how a contact is associated with companies, None when HubSpot has no such contact.

        By a read of the contact: the call for associations alone is not in HubSpot's definition of this version.
        """
        query = {"properties": "hs_object_id", "associations": "companies"}
        call = Call("GET", self._objects("contacts", contact_id), query=query, writes=False)
        return self._read_one(call, deadline, read_company_links)

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
        call = Call("POST", path_, body, writes=False, cap_bytes=LIST_CAP_BYTES)
        return tuple(
            value for each in listed(self._ask_list(call, deadline), "results") for value in read_past(each)
        )

    def list_editable(self, object_name: AnyObject, deadline: Deadline) -> list[str]:
        """Return the names of the properties that people can write, whatever kind of value they take."""
        path_ = path("crm", "properties", self._version, object_name)
        call = Call("GET", path_, writes=False, cap_bytes=LIST_CAP_BYTES)
        return editable_names(listed(self._ask_list(call, deadline), "results"))
