"""The batch calls about associations: 1,000 inputs to read, 2,000 to write.

https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.crm.association_calls import LARGEST_PAGE
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
from hubspot_sandbox.crm.association_types import TYPE_IDS, Types, wanted_types
from hubspot_sandbox.crm.associations import associate, dissociate, take_labels
from hubspot_sandbox.crm.batches import Input, batch_answer, batch_inputs, part_of_batch, text_of
from hubspot_sandbox.crm.kinds import SINGULAR
from hubspot_sandbox.crm.records import find_record
from hubspot_sandbox.crm.write_requests import json_object
from hubspot_sandbox.versions import under_versions

association_batches = Blueprint("hubspot_association_batches", __name__)

MOST_READ, MOST_WRITTEN = 1_000, 2_000
_DATED, _LEGACY = (
    "/crm/associations/{v}/<from_name>/<to_name>/batch",
    "/crm/v4/associations/<from_name>/<to_name>/batch",
)


def _end(one: Input, field: str) -> str:
    end = one.get(field)
    if not isinstance(end, dict):
        raise ApiError(400, f"Some required fields were not set: [{field}]", category="VALIDATION_ERROR")
    return text_of(end, "id")


@under_versions(association_batches, f"{_DATED}/read", legacy=(f"{_LEGACY}/read",), methods=("POST",))
def read(from_name: str, to_name: str) -> Any:
    """What each record is associated with; records without any are named in a 207."""
    state, caller = sandbox_state(), entered()
    ends = ends_named(from_name, to_name, meetings=True)
    results, errors = [], []
    with state.lock:
        started = state.clock.now_iso()
        for one in batch_inputs(json_object(), MOST_READ):
            record_id, after = text_of(one, "id"), str(one.get("after") or "0")
            try:
                record = find_record(state, caller.account.id, ends[0], record_id, None)
            except ApiError:
                errors.append(_without_any(ends, record_id))
                continue
            after_id = int(after) if after.isascii() and after.isdigit() else 0
            shapes, rest = page_of(record, ends, after_id, LARGEST_PAGE)
            if not shapes:
                errors.append(_without_any(ends, record_id))
                continue
            result: dict[str, Any] = {"from": {"id": record.id}, "to": shapes}
            if rest is not None:
                result["paging"] = {"next": {"after": rest, "link": request.base_url}}
            results.append(result)
    return batch_answer(results, errors, started)


def _without_any(ends: Ends, record_id: str) -> dict[str, Any]:
    near, far = (SINGULAR[kind.name] for kind in ends)
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {far} is associated with {near} {record_id}.",
        "context": {"fromObjectId": [record_id], "fromObjectType": [near], "toObjectType": [far]},
    }


@under_versions(association_batches, f"{_DATED}/create", legacy=(f"{_LEGACY}/create",), methods=("POST",))
def create(from_name: str, to_name: str) -> Any:
    """Associate with labels, 201; each list replaces the labels of its pair."""
    state, caller = sandbox_state(), entered()
    ends = ends_named(from_name, to_name)

    def make(one: Input) -> list[dict[str, Any]]:
        types = wanted_types(state, caller.account.id, ends[0].name, one.get("types"))
        near, far = both_known(caller, ends, _end(one, "from"), _end(one, "to"))
        made = associate(state, caller.account.id, *pair(ends[0], near, far), types, replace=True)
        return [labelled_shape(made, ends)]

    return _each(make, done=201)


@under_versions(
    association_batches,
    f"{_DATED}/associate/default",
    legacy=(f"{_LEGACY}/associate/default",),
    methods=("POST",),
)
def associate_default(from_name: str, to_name: str) -> Any:
    """Associate without a label; answers both directions of each pair."""
    state, caller = sandbox_state(), entered()
    ends = ends_named(from_name, to_name)

    def make(one: Input) -> list[dict[str, Any]]:
        near, far = both_known(caller, ends, _end(one, "from"), _end(one, "to"))
        associate(state, caller.account.id, *pair(ends[0], near, far), Types())
        return default_shapes(ends, near, far)

    return _each(make)


def _each(make: Callable[[Input], list[dict[str, Any]]], *, done: int = 200) -> Any:
    """Do what can be done; the inputs that were refused are named in a 207."""
    state = sandbox_state()
    results: list[dict[str, Any]] = []
    errors = []
    with state.lock:
        started = state.clock.now_iso()
        inputs = batch_inputs(json_object(), MOST_WRITTEN)
        named = [{"fromObjectId": [_end(one, "from")], "toObjectId": [_end(one, "to")]} for one in inputs]
        for one, ids in zip(inputs, named, strict=True):
            try:
                results += make(one)
            except ApiError as problem:
                errors.append(part_of_batch(problem, **ids))
    return batch_answer(results, errors, started, done=done)


@under_versions(association_batches, f"{_DATED}/archive", legacy=(f"{_LEGACY}/archive",), methods=("POST",))
def archive(from_name: str, to_name: str) -> Any:
    """End associations, every type of them; pairs that are not associated are passed over."""
    state, caller = sandbox_state(), entered()
    ends = ends_named(from_name, to_name)
    pairs = []
    for one in batch_inputs(json_object(), MOST_WRITTEN):
        to = one.get("to")
        if not isinstance(to, list) or not all(isinstance(end, dict) for end in to):
            raise ApiError(400, "Some required fields were not set: [to]", category="VALIDATION_ERROR")
        pairs += [pair(ends[0], _end(one, "from"), text_of(end, "id")) for end in to]
    with state.lock:
        for both in pairs:
            dissociate(state, caller.account.id, *both)
    return _gone()


@under_versions(
    association_batches, f"{_DATED}/labels/archive", legacy=(f"{_LEGACY}/labels/archive",), methods=("POST",)
)
def archive_labels(from_name: str, to_name: str) -> Any:
    """Take labels away; without its unlabelled type an association ends."""
    state, caller = sandbox_state(), entered()
    ends = ends_named(from_name, to_name)
    account_id, unlabelled = caller.account.id, str(TYPE_IDS[ends[0].name][1])
    with state.lock:
        inputs = batch_inputs(json_object(), MOST_WRITTEN)
        pairs = [pair(ends[0], _end(one, "from"), _end(one, "to")) for one in inputs]
        asked = [wanted_types(state, account_id, ends[0].name, one.get("types")) for one in inputs]
        for one, both, types in zip(inputs, pairs, asked, strict=True):
            if any(str(each["associationTypeId"]) == unlabelled for each in one["types"]):
                dissociate(state, account_id, *both)
            else:
                take_labels(state, account_id, *both, types)
    return _gone()


def _gone() -> tuple[str, int]:
    """The published definitions answer 200 under the dated paths and 204 under v4."""
    return "", 204 if request.path.startswith("/crm/v4/") else 200
