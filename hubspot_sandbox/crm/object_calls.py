"""The calls that create, read, list, update and archive records.

https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from typing import Any

from flask import Blueprint, jsonify, request

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import Caller, authenticate, sandbox_state
from hubspot_sandbox.crm.associations import inline_targets
from hubspot_sandbox.crm.auto_companies import company_by_setting
from hubspot_sandbox.crm.calendar_sync import sync_beside
from hubspot_sandbox.crm.kinds import CONTACTS, MEETINGS, kind_named
from hubspot_sandbox.crm.meeting_links import link, meeting_targets
from hubspot_sandbox.crm.query_parameters import names_asked, number_asked
from hubspot_sandbox.crm.records import archive_record, change_record, create_record, find_record
from hubspot_sandbox.crm.rule_checks import check_rules
from hubspot_sandbox.crm.shapes import (
    association_shapes,
    chosen_properties,
    history_shape,
    record_shape,
    written_properties,
)
from hubspot_sandbox.crm.sources import source_of
from hubspot_sandbox.crm.write_requests import check_minimum, check_values, json_object, written_values
from hubspot_sandbox.entities import Record
from hubspot_sandbox.limits import count_call
from hubspot_sandbox.versions import under_versions

objects = Blueprint("hubspot_objects", __name__)

LONGEST_URL = 8000


@under_versions(
    objects, "/crm/objects/{v}/<object_name>", legacy=("/crm/v3/objects/<object_name>",), methods=("POST",)
)
def create(object_name: str) -> Any:
    """A new record, 201; validation answers 400, a known e-mail 409."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_write)
    count_call(state, caller)
    body = json_object()
    values = written_values(body)
    if kind is MEETINGS:
        return _create_meeting(caller, body, values)
    with state.lock:
        check_values(state, caller, kind, values)
        check_minimum(state, kind, values)
        check_rules(state, caller.account.id, kind, values, None)
        targets = inline_targets(state, caller.account.id, kind, body.get("associations"))
        record = create_record(state, caller.account.id, kind, values, source_of(caller), targets)
        shape = record_shape(record, written_properties(kind, record, values))
        if kind is CONTACTS:
            company_by_setting(state, caller.account, record, has_inline=bool(targets))
    return jsonify(shape), 201


def _create_meeting(caller: Caller, body: dict[str, Any], values: dict[str, str]) -> Any:
    """A new meeting on the timelines of the records that it names; the answer does not name them."""
    state, account_id = sandbox_state(), caller.account.id
    if "properties" not in body:
        words = "Invalid input JSON: some of required attributes are not set [properties]"
        raise ApiError(400, words, category="VALIDATION_ERROR")
    with state.lock:
        check_values(state, caller, MEETINGS, values)
        targets = meeting_targets(state, account_id, body.get("associations"))
        record = create_record(state, account_id, MEETINGS, values, source_of(caller))
        for target in targets:
            link(state, account_id, record.id, target.kind.name, target.id)
        sync_beside(state, record, targets)
        return jsonify(record_shape(record, written_properties(MEETINGS, record, values))), 201


@under_versions(
    objects, "/crm/objects/{v}/<object_name>", legacy=("/crm/v3/objects/<object_name>",), methods=("GET",)
)
def list_records(object_name: str) -> Any:
    """Records by rising id, in pages."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_read)
    count_call(state, caller)
    limit, after = number_asked("limit", 10), number_asked("after", 0)
    if not 1 <= limit <= 100:
        raise ApiError(400, "limit must be between 1 and 100", category="VALIDATION_ERROR")
    archived = request.args.get("archived") == "true"
    with state.lock:
        records = [r for r in state.records_of(caller.account.id, kind.name) if r.merged_into is None]
        records = [r for r in records if r.archived == archived and int(r.id) > after]
        records = sorted(records, key=lambda r: int(r.id))
        page = records[:limit]
        answer: dict[str, Any] = {"results": [_read_shape(caller, record) for record in page]}
        if len(records) > limit:
            answer["paging"] = {"next": {"after": page[-1].id, "link": request.base_url}}
    return jsonify(answer)


_ONE, _ONE_LEGACY = "/crm/objects/{v}/<object_name>/<record_id>", "/crm/v3/objects/<object_name>/<record_id>"


@under_versions(objects, _ONE, legacy=(_ONE_LEGACY,), methods=("GET",))
def read(object_name: str, record_id: str) -> Any:
    """One record by id, or with ``idProperty`` by e-mail or a unique property."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_read)
    count_call(state, caller)
    if len(request.url) > LONGEST_URL:
        raise ApiError(414, "URI Too Long")
    with state.lock:
        record = find_record(
            state,
            caller.account.id,
            kind,
            record_id,
            request.args.get("idProperty"),
            archived=request.args.get("archived") == "true",
        )
        return jsonify(_read_shape(caller, record))


def _read_shape(caller: Caller, record: Record) -> dict[str, Any]:
    state, kind = sandbox_state(), kind_named(record.object_type)
    shape = record_shape(
        record, chosen_properties(state, caller, kind, record.properties, names_asked("properties"))
    )
    history = history_shape(state, caller, kind, record, names_asked("propertiesWithHistory"))
    if history:
        shape["propertiesWithHistory"] = history
    associations = association_shapes(state, record, names_asked("associations"))
    if associations:
        shape["associations"] = associations
    return shape


@under_versions(objects, _ONE, legacy=(_ONE_LEGACY,), methods=("PATCH",))
def update(object_name: str, record_id: str) -> Any:
    """Change some properties; an empty string clears one."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_write)
    count_call(state, caller)
    values = written_values(json_object())
    with state.lock:
        record = find_record(state, caller.account.id, kind, record_id, request.args.get("idProperty"))
        check_values(state, caller, kind, values)
        check_rules(state, caller.account.id, kind, values, record)
        record = change_record(state, record, kind, values, source_of(caller))
        return jsonify(record_shape(record, written_properties(kind, record, values)))


@under_versions(objects, _ONE, legacy=(_ONE_LEGACY,), methods=("DELETE",))
def archive(object_name: str, record_id: str) -> Any:
    """Archive a record, 204."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_write)
    count_call(state, caller)
    with state.lock:
        archive_record(state, find_record(state, caller.account.id, kind, record_id, None, merged_ids=False))
    return "", 204
