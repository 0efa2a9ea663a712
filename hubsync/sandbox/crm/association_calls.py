"""The calls that associate a contact with a company, from either side.

https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
"""

from typing import Any

from flask import Blueprint, jsonify

from hubsync.sandbox.answers import ApiError
from hubsync.sandbox.authentication import Caller, authenticate, sandbox_state
from hubsync.sandbox.crm.associations import (
    CATEGORY,
    TYPE_IDS,
    associate,
    associations_of,
    dissociate,
    other_id,
    refuse_unknown_ids,
    type_ids,
    wanted_primary,
)
from hubsync.sandbox.crm.kinds import CONTACTS, Kind, kind_named
from hubsync.sandbox.crm.records import find_record
from hubsync.sandbox.crm.written import json_body
from hubsync.sandbox.limits import count_call
from hubsync.sandbox.versions import under_versions

associations = Blueprint("hubspot_associations", __name__)

_DATED = "/crm/objects/{v}/<from_name>/<from_id>/associations"
_LEGACY = "/crm/v4/objects/<from_name>/<from_id>/associations"


def _entered() -> Caller:
    """Associations need no scope of their own."""
    caller = authenticate()
    count_call(sandbox_state(), caller)
    return caller


def _ends(from_name: str, to_name: str) -> tuple[Kind, Kind]:
    from_kind, to_kind = kind_named(from_name), kind_named(to_name)
    if from_kind is to_kind:
        words = f"The sandbox associates contacts with companies only, not {from_name} with {to_name}"
        raise ApiError(400, words, category="VALIDATION_ERROR")
    return from_kind, to_kind


def _pair(from_kind: Kind, from_id: str, to_id: str) -> tuple[str, str]:
    return (from_id, to_id) if from_kind is CONTACTS else (to_id, from_id)


def _both_known(caller: Caller, ends: tuple[Kind, Kind], from_id: str, to_id: str) -> None:
    state, account_id = sandbox_state(), caller.account.id
    refuse_unknown_ids(state, account_id, ends[0], [from_id])
    refuse_unknown_ids(state, account_id, ends[1], [to_id])


@under_versions(
    associations,
    f"{_DATED}/default/<to_name>/<to_id>",
    legacy=(f"{_LEGACY}/default/<to_name>/<to_id>",),
    methods=("PUT",),
)
def put_default(from_name: str, from_id: str, to_name: str, to_id: str) -> Any:
    """Associate without a label; answers both directions."""
    state, caller = sandbox_state(), _entered()
    ends = _ends(from_name, to_name)
    with state.lock:
        started = state.clock.now_iso()
        _both_known(caller, ends, from_id, to_id)
        associate(state, caller.account.id, *_pair(ends[0], from_id, to_id), primary=False)
    results = [
        {
            "from": {"id": near},
            "to": {"id": far},
            "associationSpec": {
                "associationCategory": CATEGORY,
                "associationTypeId": TYPE_IDS[kind.name][1],
            },
        }
        for kind, near, far in ((ends[0], from_id, to_id), (ends[1], to_id, from_id))
    ]
    return jsonify(status="COMPLETE", results=results, startedAt=started, completedAt=state.clock.now_iso())


@under_versions(
    associations, f"{_DATED}/<to_name>/<to_id>", legacy=(f"{_LEGACY}/<to_name>/<to_id>",), methods=("PUT",)
)
def put_labelled(from_name: str, from_id: str, to_name: str, to_id: str) -> Any:
    """Associate with the labels of the body, in place of those there were; 201."""
    state, caller = sandbox_state(), _entered()
    ends = _ends(from_name, to_name)
    primary = wanted_primary(ends[0].name, json_body())
    with state.lock:
        _both_known(caller, ends, from_id, to_id)
        association = associate(
            state, caller.account.id, *_pair(ends[0], from_id, to_id), primary=primary, replace=True
        )
    shape = {
        "fromObjectTypeId": ends[0].type_id,
        "fromObjectId": from_id,
        "toObjectTypeId": ends[1].type_id,
        "toObjectId": to_id,
        "labels": ["Primary"] if association.primary else [],
    }
    return jsonify(shape), 201


@under_versions(associations, f"{_DATED}/<to_name>", legacy=(f"{_LEGACY}/<to_name>",), methods=("GET",))
def read(from_name: str, from_id: str, to_name: str) -> Any:
    """The records associated with one, and the types."""
    state, caller = sandbox_state(), _entered()
    from_kind, _ = _ends(from_name, to_name)
    with state.lock:
        record = find_record(state, caller.account.id, from_kind, from_id, None)
        results = [
            {
                "toObjectId": other_id(association, from_kind.name),
                "associationTypes": [
                    {
                        "category": CATEGORY,
                        "typeId": type_id,
                        "label": "Primary" if type_id == TYPE_IDS[from_kind.name][0] else None,
                    }
                    for type_id in type_ids(association, from_kind.name)
                ],
            }
            for association in associations_of(state, record)
        ]
    return jsonify(results=results)


@under_versions(
    associations, f"{_DATED}/<to_name>/<to_id>", legacy=(f"{_LEGACY}/<to_name>/<to_id>",), methods=("DELETE",)
)
def delete(from_name: str, from_id: str, to_name: str, to_id: str) -> Any:
    """End the association, every type of it; 204."""
    state, caller = sandbox_state(), _entered()
    from_kind, _ = _ends(from_name, to_name)
    dissociate(state, caller.account.id, *_pair(from_kind, from_id, to_id))
    return "", 204
