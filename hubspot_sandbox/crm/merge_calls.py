"""The call that merges two records.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
"""

from typing import Any

from flask import Blueprint, jsonify

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import authenticate, sandbox_state
from hubspot_sandbox.crm.kinds import kind_named
from hubspot_sandbox.crm.record_merge import merge_records
from hubspot_sandbox.crm.records import find_record
from hubspot_sandbox.crm.shapes import chosen_properties, record_shape
from hubspot_sandbox.crm.write_requests import json_object
from hubspot_sandbox.limits import count_call
from hubspot_sandbox.versions import under_versions

merges = Blueprint("hubspot_merges", __name__)


@under_versions(
    merges,
    "/crm/objects/{v}/<object_name>/merge",
    legacy=("/crm/v3/objects/<object_name>/merge",),
    methods=("POST",),
)
def merge(object_name: str) -> Any:
    """Merge ``objectIdToMerge`` into ``primaryObjectId``; answers the record that stays."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_write)
    count_call(state, caller)
    body = json_object()
    ids = [body.get("primaryObjectId"), body.get("objectIdToMerge")]
    if not all(isinstance(one, (str, int)) and not isinstance(one, bool) for one in ids):
        raise ApiError(400, "primaryObjectId and objectIdToMerge are required", category="VALIDATION_ERROR")
    with state.lock:
        pair = [find_record(state, caller.account.id, kind, str(one), None) for one in ids]
        record = merge_records(state, kind, *pair)
        return jsonify(record_shape(record, chosen_properties(state, caller, kind, record.properties, [])))
