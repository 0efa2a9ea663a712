"""What a HubSpot account has and what the token may do there: properties, owners, permissions."""

from __future__ import annotations

from contextlib import suppress

from hubsync.errors import RecordGone, RecordRefused, RequiredPropertyMissing, ValuesRefused
from hubsync.hubspot.bodies import listed, words
from hubsync.hubspot.caller import LIST_CAP_BYTES, Caller, ObjectName
from hubsync.hubspot.calls import Call
from hubsync.hubspot.owners import PAGE_SIZE as OWNERS_PAGE_SIZE
from hubsync.hubspot.owners import OwnerPage
from hubsync.hubspot.owners import read_page as read_owner_page
from hubsync.hubspot.properties import Property, read_definitions
from hubsync.hubspot.records import Account, read_account_details
from hubsync.hubspot.replies import understand, unreadable
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path

#: HubSpot's ids are positive.
NO_RECORD = "0"


class AccountClient(Caller):
    """The account, its properties and users, and what the token may do."""

    def read_properties(self, object_name: ObjectName, deadline: Deadline) -> list[Property]:
        """Return the properties that a text or number can be written to, as HubSpot orders them."""
        call = Call(
            "GET",
            path("crm", "properties", self._version, object_name),
            writes=False,
            cap_bytes=LIST_CAP_BYTES,
        )
        return read_definitions(listed(self._ask_list(call, deadline), "results"))

    def list_owners(self, deadline: Deadline, *, archived: bool = False, after: str = "") -> OwnerPage:
        """Return a page of the users whom records can belong to; *archived* are those who were deactivated.

        Raises PermissionMissing without the scope `OWNERS_READ`, whatever scope HubSpot names then.
        """
        query = {"limit": str(OWNERS_PAGE_SIZE), "archived": "true" if archived else "false"}
        query |= {"after": after} if after else {}
        where = path("crm", "owners", self._version)
        call = Call("GET", where, query=query, writes=False, cap_bytes=LIST_CAP_BYTES)
        return read_owner_page(self._ask_list(call, deadline))

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
