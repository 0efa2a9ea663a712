"""The search call.

https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from typing import Any

from flask import Blueprint, jsonify, request

from hubspot_sandbox.authentication import authenticate, sandbox_state
from hubspot_sandbox.clock import iso
from hubspot_sandbox.crm.definitions import all_definitions
from hubspot_sandbox.crm.filters import search_refused
from hubspot_sandbox.crm.kinds import kind_named
from hubspot_sandbox.crm.search_index import LONGEST_BODY, checked_search, found_records
from hubspot_sandbox.crm.shapes import chosen_properties, record_shape
from hubspot_sandbox.crm.write_requests import json_object
from hubspot_sandbox.limits import count_search
from hubspot_sandbox.versions import under_versions

search = Blueprint("hubspot_search", __name__)


@under_versions(
    search,
    "/crm/objects/{v}/<object_name>/search",
    legacy=("/crm/v3/objects/<object_name>/search",),
    methods=("POST",),
)
def find(object_name: str) -> Any:
    """The records that match, as the lagging index knows them; none found is 200 with total 0."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_read)
    count_search(state, caller)
    if state.switches.search_limits_of_one_request and len(request.get_data(as_text=True)) > LONGEST_BODY:
        raise search_refused(f"the body may have at most {LONGEST_BODY} characters")
    known = all_definitions(state, caller.account.id, kind.name)
    wanted = checked_search(json_object(), known, state.switches)
    found = found_records(state, caller.account.id, kind, wanted, known)
    end = wanted.after + wanted.limit
    results = []
    for one in found[wanted.after : end]:
        shape = record_shape(one.record, chosen_properties(state, caller, kind, one.values, wanted.properties))
        results.append({**shape, "updatedAt": iso(one.updated_at)})
    answer: dict[str, Any] = {"total": len(found), "results": results}
    if len(found) > end:
        answer["paging"] = {"next": {"after": str(end)}}
    return jsonify(answer)
