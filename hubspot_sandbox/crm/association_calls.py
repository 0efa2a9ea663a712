"""The calls that associate a contact with a company or a meeting with either, and the labels that can be used.

https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
"""

from typing import Any

from flask import Blueprint, jsonify, request

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.crm.association_ends import (
    Ends,
    both_known,
    default_shapes,
    ends_named,
    entered,
    labelled_shape,
    page_of,
    pair,
)
from hubspot_sandbox.crm.association_types import Types, add_label, known_types, wanted_types
from hubspot_sandbox.crm.associations import associate, dissociate
from hubspot_sandbox.crm.kinds import MEETINGS
from hubspot_sandbox.crm.meeting_links import link, unlink
from hubspot_sandbox.crm.query_parameters import number_asked
from hubspot_sandbox.crm.records import find_record
from hubspot_sandbox.crm.write_requests import json_body, json_object
from hubspot_sandbox.versions import under_versions

associations = Blueprint("hubspot_associations", __name__)

LARGEST_PAGE = 500
_DATED = "/crm/objects/{v}/<from_name>/<from_id>/associations"
_LEGACY = "/crm/v4/objects/<from_name>/<from_id>/associations"
_LABELS = "/crm/associations/{v}/<from_name>/<to_name>/labels"
_LABELS_LEGACY = "/crm/v4/associations/<from_name>/<to_name>/labels"


@under_versions(
    associations,
    f"{_DATED}/default/<to_name>/<to_id>",
    legacy=(f"{_LEGACY}/default/<to_name>/<to_id>",),
    methods=("PUT",),
)
def put_default(from_name: str, from_id: str, to_name: str, to_id: str) -> Any:
    """Associate without a label; answers both directions."""
    state, caller = sandbox_state(), entered()
    ends = ends_named(from_name, to_name, meetings=True)
    with state.lock:
        started = state.clock.now_iso()
        near, far = both_known(caller, ends, from_id, to_id)
        if MEETINGS in ends:
            link(state, caller.account.id, *_link_ends(ends, near, far))
        else:
            associate(state, caller.account.id, *pair(ends[0], near, far), Types())
    results = default_shapes(ends, near, far)
    return jsonify(status="COMPLETE", results=results, startedAt=started, completedAt=state.clock.now_iso())


@under_versions(
    associations, f"{_DATED}/<to_name>/<to_id>", legacy=(f"{_LEGACY}/<to_name>/<to_id>",), methods=("PUT",)
)
def put_labelled(from_name: str, from_id: str, to_name: str, to_id: str) -> Any:
    """Associate with the labels of the body, in place of those there were; 201."""
    state, caller = sandbox_state(), entered()
    ends = ends_named(from_name, to_name)
    types = wanted_types(state, caller.account.id, ends[0].name, json_body())
    with state.lock:
        near, far = both_known(caller, ends, from_id, to_id)
        association = associate(state, caller.account.id, *pair(ends[0], near, far), types, replace=True)
        return jsonify(labelled_shape(association, ends)), 201


@under_versions(associations, f"{_DATED}/<to_name>", legacy=(f"{_LEGACY}/<to_name>",), methods=("GET",))
def read(from_name: str, from_id: str, to_name: str) -> Any:
    """The records associated with one, and the types, in pages."""
    state, caller = sandbox_state(), entered()
    from_kind, to_kind = ends_named(from_name, to_name, meetings=True)
    limit, after = number_asked("limit", LARGEST_PAGE), number_asked("after", 0)
    if not 1 <= limit <= LARGEST_PAGE:
        raise ApiError(400, f"limit must be between 1 and {LARGEST_PAGE}", category="VALIDATION_ERROR")
    with state.lock:
        record = find_record(state, caller.account.id, from_kind, from_id, None)
        results, rest = page_of(record, (from_kind, to_kind), after, limit)
    return _page(results, rest)


def _page(results: list[dict[str, Any]], rest: str | None) -> Any:
    answer: dict[str, Any] = {"results": results}
    if rest is not None:
        answer["paging"] = {"next": {"after": rest, "link": request.base_url}}
    return jsonify(answer)


@under_versions(
    associations, f"{_DATED}/<to_name>/<to_id>", legacy=(f"{_LEGACY}/<to_name>/<to_id>",), methods=("DELETE",)
)
def delete(from_name: str, from_id: str, to_name: str, to_id: str) -> Any:
    """End the association, every type of it; 204."""
    state, caller = sandbox_state(), entered()
    from_kind, _ = ends = ends_named(from_name, to_name, meetings=True)
    if MEETINGS in ends:
        unlink(state, caller.account.id, *_link_ends(ends, from_id, to_id))
        return "", 204
    dissociate(state, caller.account.id, *pair(from_kind, from_id, to_id))
    return "", 204


def _link_ends(ends: Ends, near: str, far: str) -> tuple[str, str, str]:
    """(meeting id, kind of the record, its id), whichever end the call came from."""
    return (near, ends[1].name, far) if ends[0] is MEETINGS else (far, ends[0].name, near)


@under_versions(associations, _LABELS, legacy=(_LABELS_LEGACY,), methods=("GET",))
def list_labels(from_name: str, to_name: str) -> Any:
    """Every type an association in this direction can have."""
    state, caller = sandbox_state(), entered()
    from_kind, _ = ends_named(from_name, to_name)
    return jsonify(results=known_types(state, caller.account.id, from_kind.name))


@under_versions(associations, _LABELS, legacy=(_LABELS_LEGACY,), methods=("POST",))
def create_label(from_name: str, to_name: str) -> Any:
    """A label of the account's own; answers its types, this direction first."""
    state, caller = sandbox_state(), entered()
    ends = ends_named(from_name, to_name)
    with state.lock:
        add_label(state, caller.account.id, ends[0].name, json_object())
        made = [known_types(state, caller.account.id, kind.name)[-1] for kind in ends]
    return jsonify(results=made)
