"""The call that deletes a record permanently, as privacy law wants it ("GDPR delete").

An address that no contact has is put on a list that keeps it from being used in the future. What this does to an
address that a contact has is not in the definition; HubSpot's import names it ``GDPR_BLACKLISTED_EMAIL``.
https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
https://knowledge.hubspot.com/privacy-and-consent/how-do-i-perform-a-gdpr-delete-in-hubspot
"""

from typing import Any

from flask import Blueprint

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import authenticate, sandbox_state
from hubspot_sandbox.crm.kinds import CONTACTS, kind_named
from hubspot_sandbox.crm.records import erase_record, find_record, refuse_for_ever
from hubspot_sandbox.crm.write_requests import json_object
from hubspot_sandbox.limits import count_call
from hubspot_sandbox.versions import under_versions

erasures = Blueprint("hubspot_erasures", __name__)


@under_versions(
    erasures,
    "/crm/objects/{v}/<object_name>/gdpr-delete",
    legacy=("/crm/v3/objects/<object_name>/gdpr-delete",),
    methods=("POST",),
)
def erase(object_name: str) -> Any:
    """Delete ``objectId``, or with ``idProperty`` the contact of an e-mail address, for good; 204."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_write)
    count_call(state, caller)
    body = json_object()
    key, id_property = body.get("objectId"), body.get("idProperty")
    if not isinstance(key, str) or not key:
        raise ApiError(400, "objectId is required", category="VALIDATION_ERROR")
    with state.lock:
        try:
            record = find_record(state, caller.account.id, kind, key, id_property, merged_ids=False)
        except ApiError as fault:
            if fault.status != 404 or kind is not CONTACTS or id_property != "email":
                raise
            refuse_for_ever(state, caller.account.id, {key.strip().lower()})
        else:
            erase_record(state, record)
    return "", 204
