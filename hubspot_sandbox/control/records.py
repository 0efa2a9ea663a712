"""Calls about records and property definitions, set and read past HubSpot's rules."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import jsonify, request

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.control.blueprint import account_named, body_object, control
from hubspot_sandbox.crm.calendar_sync import sync_meeting
from hubspot_sandbox.crm.definitions import all_definitions, change_definition, create_definition
from hubspot_sandbox.crm.kinds import BESIDE, MEETINGS, kind_named
from hubspot_sandbox.crm.meeting_links import Target, links_of
from hubspot_sandbox.crm.record_merge import merge_records
from hubspot_sandbox.crm.records import change_record, create_record, find_record
from hubspot_sandbox.crm.sources import BY_HAND
from hubspot_sandbox.entities import Association, Record
from hubspot_sandbox.state import SandboxState

Beside = defaultdict[tuple[int, str, str], list[dict[str, Any]]]


@control.get("/records/<object_name>")
def list_records(object_name: str) -> Any:
    """Every record of a kind with all its values and associations, archived ones too."""
    state, kind = sandbox_state(), kind_named(object_name)
    account = account_named(request.args.get("account"))
    with state.lock:
        beside = _associated(state.associations)
        return jsonify(results=[seen(state, r, beside) for r in state.records_of(account.id, kind.name)])


def seen(state: SandboxState, record: Record, beside: Beside | None = None) -> dict[str, Any]:
    """The record with all its values and associations, past HubSpot's rules; *state* is locked.

    *beside* is what `_associated` makes of all associations, for whoever looks at many records.
    """
    if record.object_type == MEETINGS.name:
        links = links_of(state, record)
        return {
            "id": record.id,
            "properties": record.properties,
            "archived": record.archived,
            "associated": [{"object": one.object_type, "id": one.record_id} for one in links],
        }
    associated = (beside or _associated(state.associations))[record.account_id, record.object_type, record.id]
    return {
        "id": record.id,
        "properties": record.properties,
        "history": record.history,
        "archived": record.archived,
        "merged_into": record.merged_into,
        "associated": associated,
    }


def _associated(associations: Iterable[Association]) -> Beside:
    """What each record is associated with, by account, kind and id."""
    beside: Beside = defaultdict(list)
    for each in associations:
        contact, company = each.contact_id, each.company_id
        beside[each.account_id, "contacts", contact].append({"id": company, "primary": each.primary})
        beside[each.account_id, "companies", company].append({"id": contact, "primary": each.primary})
    return beside


@control.post("/records/<object_name>")
def seed_record(object_name: str) -> Any:
    """A record as if made by hand, 201: no validation, and visible to searches at once."""
    state, kind, body = sandbox_state(), kind_named(object_name), body_object()
    account = account_named(body.get("account"))
    values = {str(name): str(value) for name, value in (body.get("properties") or {}).items()}
    with state.lock:
        record = create_record(state, account.id, kind, values, BY_HAND)
        record.revisions[0][0] -= state.switches.search_lag_seconds
        state.records.put(record)
        return jsonify(seen(state, record)), 201


@control.post("/records/<object_name>/<record_id>/synced-meetings")
def sync(object_name: str, record_id: str) -> Any:
    """A meeting on the record's timeline as a host's synchronised calendar makes it, 201."""
    state, kind, body = sandbox_state(), kind_named(object_name), body_object()
    account = account_named(body.get("account"))
    values = {str(name): str(value) for name, value in (body.get("properties") or {}).items()}
    with state.lock:
        return jsonify(seen(state, sync_meeting(state, account.id, Target(kind, record_id), values))), 201


@control.patch("/records/<object_name>/<record_id>")
def edit_record(object_name: str, record_id: str) -> Any:
    """Change values of a record as a person does on its page; an empty text clears one. No validation."""
    state, kind, body = sandbox_state(), kind_named(object_name), body_object()
    account = account_named(body.get("account"))
    values = {str(name): str(value) for name, value in (body.get("properties") or {}).items()}
    with state.lock:
        record = find_record(state, account.id, kind, record_id, None)
        return jsonify(seen(state, change_record(state, record, kind, values, BY_HAND)))


@control.post("/records/<object_name>/<record_id>/beside")
def stand_beside(object_name: str, record_id: str) -> Any:
    """Associate a deal, a ticket, a note or its like (``object``, ``id``) with a record, as a person does."""
    state, kind, body = sandbox_state(), kind_named(object_name), body_object()
    account, beside = account_named(body.get("account")), str(body.get("object"))
    if beside not in BESIDE:
        raise ApiError(400, f"object must be one of {', '.join(BESIDE)}", category="VALIDATION_ERROR")
    with state.lock:
        record = find_record(state, account.id, kind, record_id, None, merged_ids=False)
        record.beside.setdefault(beside, []).append(str(body.get("id") or 1))
        return jsonify(seen(state, state.records.put(record)))


@control.post("/records/<object_name>/<record_id>/merge")
def merge(object_name: str, record_id: str) -> Any:
    """Merge the record into the one named by ``into``, as a person does on its page; answers what stays."""
    state, kind, body = sandbox_state(), kind_named(object_name), body_object()
    account = account_named(body.get("account"))
    with state.lock:
        into = find_record(state, account.id, kind, str(body.get("into")), None)
        gone = find_record(state, account.id, kind, record_id, None, merged_ids=False)
        return jsonify(seen(state, merge_records(state, kind, into, gone)))


@control.put("/properties/<object_name>/<name>")
def set_property(object_name: str, name: str) -> Any:
    """Create a property or change any field of one, HubSpot's own included."""
    state, kind, body = sandbox_state(), kind_named(object_name), body_object()
    account = account_named(body.pop("account", None))
    with state.lock:
        known = all_definitions(state, account.id, kind.name)
        if name not in known:
            minimum = {"label": name, "type": "string", "fieldType": "text", "groupName": "custom"}
            create_definition(state, account.id, kind.name, {**minimum, **body, "name": name})
        return jsonify(change_definition(state, account.id, kind.name, name, body, force=True))
