"""The calls that create, read, list, update and archive records.

https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from typing import Any

from flask import Blueprint, jsonify, request

from hubsync.sandbox.answers import ApiError
from hubsync.sandbox.authentication import Caller, authenticate, sandbox_state
from hubsync.sandbox.crm.associations import inline_targets
from hubsync.sandbox.crm.auto_companies import company_by_setting
from hubsync.sandbox.crm.kinds import CONTACTS, kind_named
from hubsync.sandbox.crm.records import Source, archive_record, change_record, create_record, find_record
from hubsync.sandbox.crm.shapes import association_shapes, chosen_properties, record_shape, written_properties
from hubsync.sandbox.crm.written import check_minimum, check_values, json_object, written_values
from hubsync.sandbox.entities import Record
from hubsync.sandbox.limits import count_call
from hubsync.sandbox.versions import under_versions

objects = Blueprint("hubspot_objects", __name__)

LONGEST_URL = 8000


def _names(field: str) -> list[str]:
    """A comma-separated query field, which may also be repeated."""
    return [name for value in request.args.getlist(field) for name in value.split(",") if name]


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
    with state.lock:
        check_values(state, caller, kind, values)
        check_minimum(state, kind, values)
        targets = inline_targets(state, caller.account.id, kind, body.get("associations"))
        record = create_record(state, caller.account.id, kind, values, source_of(caller), targets)
        shape = record_shape(record, written_properties(kind, record, values))
        if kind is CONTACTS:
            company_by_setting(state, caller.account, record, has_inline=bool(targets))
    return jsonify(shape), 201


def source_of(caller: Caller) -> Source:
    """The source of what this caller creates."""
    state = sandbox_state()
    if caller.token is None:
        key = caller.service_key
        return Source("INTEGRATION", str(key.key_id if key else ""), key.name if key else "")
    app = state.apps.get(caller.token.client_id)
    return Source("INTEGRATION", str(app.app_id if app else ""), caller.app_name)


@under_versions(
    objects, "/crm/objects/{v}/<object_name>", legacy=("/crm/v3/objects/<object_name>",), methods=("GET",)
)
def list_records(object_name: str) -> Any:
    """Records by rising id, in pages."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_read)
    count_call(state, caller)
    limit, after = _number("limit", 10), _number("after", 0)
    if not 1 <= limit <= 100:
        raise ApiError(400, "limit must be between 1 and 100", category="VALIDATION_ERROR")
    archived = request.args.get("archived") == "true"
    with state.lock:
        records = [r for r in state.records_of(caller.account.id, kind.name) if r.archived == archived]
        records = sorted((r for r in records if int(r.id) > after), key=lambda r: int(r.id))
        page = records[:limit]
        answer: dict[str, Any] = {"results": [_read_shape(caller, record) for record in page]}
        if len(records) > limit:
            answer["paging"] = {"next": {"after": page[-1].id, "link": request.base_url}}
    return jsonify(answer)


def _number(field: str, default: int) -> int:
    text = request.args.get(field) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ApiError(400, f"{field} must be a number", category="VALIDATION_ERROR")
    return int(text)


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
    shape = record_shape(record, chosen_properties(state, caller, kind, record.properties, _names("properties")))
    associations = association_shapes(state, record, _names("associations"))
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
        record = change_record(state, record, kind, values)
        return jsonify(record_shape(record, written_properties(kind, record, values)))


@under_versions(objects, _ONE, legacy=(_ONE_LEGACY,), methods=("DELETE",))
def archive(object_name: str, record_id: str) -> Any:
    """Archive a record, 204."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller = authenticate(kind.scope_write)
    count_call(state, caller)
    with state.lock:
        archive_record(state, find_record(state, caller.account.id, kind, record_id, None))
    return "", 204
