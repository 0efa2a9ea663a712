"""The batch calls about records: at most 100 inputs each.

https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
https://developers.hubspot.com/docs/api-reference/error-handling
"""

from typing import Any

from flask import Blueprint, request

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import Caller, authenticate, sandbox_state
from hubspot_sandbox.crm.batch_writes import CreateInputs, UpdateInputs, UpsertInputs, written
from hubspot_sandbox.crm.batches import batch_answer, batch_inputs, not_there, refuse_repeated, text_of
from hubspot_sandbox.crm.kinds import Kind, kind_named
from hubspot_sandbox.crm.records import archive_record, find_record
from hubspot_sandbox.crm.shapes import chosen_properties, history_shape, record_shape
from hubspot_sandbox.crm.write_requests import json_object
from hubspot_sandbox.entities import Record
from hubspot_sandbox.limits import count_call
from hubspot_sandbox.versions import under_versions

batches = Blueprint("hubspot_batches", __name__)

MOST_INPUTS = 100
_DATED, _LEGACY = "/crm/objects/{v}/<object_name>/batch", "/crm/v3/objects/<object_name>/batch"


def _entered(scope: str) -> tuple[Caller, dict[str, Any], list[dict[str, Any]]]:
    caller = authenticate(scope)
    count_call(sandbox_state(), caller)
    body = json_object()
    return caller, body, batch_inputs(body, MOST_INPUTS)


@under_versions(batches, f"{_DATED}/create", legacy=(f"{_LEGACY}/create",), methods=("POST",))
def create(object_name: str) -> Any:
    """New records, 201; with a trace id on every input also some of them, 207."""
    kind = kind_named(object_name)
    caller, _, inputs = _entered(kind.scope_write)
    return written(CreateInputs(sandbox_state(), caller, kind), inputs, done=201)


@under_versions(batches, f"{_DATED}/update", legacy=(f"{_LEGACY}/update",), methods=("POST",))
def update(object_name: str) -> Any:
    """Change records by id or a unique property; those that are not there are named in a 207."""
    kind = kind_named(object_name)
    caller, _, inputs = _entered(kind.scope_write)
    return written(UpdateInputs(sandbox_state(), caller, kind), inputs)


@under_versions(batches, f"{_DATED}/upsert", legacy=(f"{_LEGACY}/upsert",), methods=("POST",))
def upsert(object_name: str) -> Any:
    """Change records or create them, found by e-mail or a unique property; ``new`` tells which."""
    kind = kind_named(object_name)
    caller, _, inputs = _entered(kind.scope_write)
    return written(UpsertInputs(sandbox_state(), caller, kind), inputs)


@under_versions(batches, f"{_DATED}/read", legacy=(f"{_LEGACY}/read",), methods=("POST",))
def read(object_name: str) -> Any:
    """Records by id or by ``idProperty``; those that are not there are named in a 207."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller, body, inputs = _entered(kind.scope_read)
    archived = request.args.get("archived") == "true"
    found: dict[str, Record] = {}
    missing: list[str] = []
    with state.lock:
        started = state.clock.now_iso()
        for key in dict.fromkeys(text_of(one, "id") for one in inputs):
            try:
                record = find_record(
                    state,
                    caller.account.id,
                    kind,
                    key,
                    body.get("idProperty"),
                    archived=archived,
                    merged_ids=state.switches.batch_reads_accept_merged_ids,
                )
            except ApiError as problem:
                if problem.status != 404:
                    raise
                missing.append(key)
            else:
                found[record.id] = record
        results = [_read_shape(caller, kind, record, body) for record in found.values()]
    return batch_answer(results, not_there(kind, missing), started)


def _read_shape(caller: Caller, kind: Kind, record: Record, body: dict[str, Any]) -> dict[str, Any]:
    state = sandbox_state()
    asked, with_history = (_names(body, field) for field in ("properties", "propertiesWithHistory"))
    shape = record_shape(record, chosen_properties(state, caller, kind, record.properties, asked))
    history = history_shape(state, caller, kind, record, with_history)
    return {**shape, "propertiesWithHistory": history} if history else shape


def _names(body: dict[str, Any], field: str) -> list[str]:
    return [name for name in body.get(field) or [] if isinstance(name, str)]


@under_versions(batches, f"{_DATED}/archive", legacy=(f"{_LEGACY}/archive",), methods=("POST",))
def archive(object_name: str) -> Any:
    """Archive records, 204; those that are not there are passed over."""
    state, kind = sandbox_state(), kind_named(object_name)
    caller, _, inputs = _entered(kind.scope_write)
    ids = [text_of(one, "id") for one in inputs]
    refuse_repeated(ids)
    with state.lock:
        for record_id in ids:
            record = state.records.get(f"{caller.account.id}:{kind.name}:{record_id}")
            if record is not None and not record.archived:
                archive_record(state, record)
    return "", 204
