"""Shared steps of the calls about associations: the caller, the two kinds that a path joins, response bodies."""

from collections.abc import Sequence
from typing import Any

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import Caller, authenticate, sandbox_state
from hubspot_sandbox.crm.association_types import HUBSPOT, TYPE_IDS, types_of
from hubspot_sandbox.crm.associations import associations_of, other_id
from hubspot_sandbox.crm.id_lookup import checked_ids
from hubspot_sandbox.crm.kinds import CONTACTS, MEETINGS, Kind, kind_named
from hubspot_sandbox.crm.meeting_links import MEETING_TYPE_IDS, far_ids
from hubspot_sandbox.entities import Association, Record
from hubspot_sandbox.limits import count_association_call

Ends = tuple[Kind, Kind]


def entered() -> Caller:
    """The caller; associations need no scope of their own."""
    caller = authenticate()
    count_association_call(sandbox_state(), caller)
    return caller


def ends_named(from_name: str, to_name: str, *, meetings: bool = False) -> Ends:
    """The two kinds a path joins; raises ApiError 400 for two of the same.

    *meetings* says that the call knows what to do with one: most here know labels, which meetings have not.
    """
    from_kind, to_kind = kind_named(from_name), kind_named(to_name)
    if from_kind is to_kind or (MEETINGS in (from_kind, to_kind) and not meetings):
        words = f"The sandbox does not associate {from_name} with {to_name}"
        raise ApiError(400, words, category="VALIDATION_ERROR")
    return from_kind, to_kind


def pair(from_kind: Kind, from_id: str, to_id: str) -> tuple[str, str]:
    """(contact id, company id), whichever end the call came from."""
    return (from_id, to_id) if from_kind is CONTACTS else (to_id, from_id)


def both_known(caller: Caller, ends: Ends, from_id: str, to_id: str) -> tuple[str, str]:
    """The ids of the live records at both ends; raises ApiError 400 naming one that is none."""
    state, account_id = sandbox_state(), caller.account.id
    (near,) = checked_ids(state, account_id, ends[0], [from_id])
    (far,) = checked_ids(state, account_id, ends[1], [to_id])
    return near, far


def default_shapes(ends: Ends, from_id: str, to_id: str) -> list[dict[str, Any]]:
    """What associating without a label answers: both directions."""
    return [
        {
            "from": {"id": near},
            "to": {"id": far},
            "associationSpec": {
                "associationCategory": HUBSPOT,
                "associationTypeId": _unlabelled(kind, other),
            },
        }
        for kind, other, near, far in ((*ends, from_id, to_id), (ends[1], ends[0], to_id, from_id))
    ]


def _unlabelled(kind: Kind, other: Kind) -> int:
    if MEETINGS in (kind, other):
        return MEETING_TYPE_IDS[kind.name, other.name]
    return TYPE_IDS[kind.name][1]


def labelled_shape(association: Association, ends: Ends) -> dict[str, Any]:
    """What associating with labels answers: both ends and the labels there are now."""
    far_id, near_id = other_id(association, ends[0].name), other_id(association, ends[1].name)
    types = types_of(sandbox_state(), association, ends[0].name)
    return {
        "fromObjectTypeId": ends[0].type_id,
        "fromObjectId": near_id,
        "toObjectTypeId": ends[1].type_id,
        "toObjectId": far_id,
        "labels": [one["label"] for one in types if one["label"] is not None],
    }


def page_of(record: Record, ends: Ends, after: int, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """One page of a record's associations and their types, by rising id, and the ``after`` of the next one."""
    state = sandbox_state()
    if MEETINGS not in ends:
        return _page_shape(associations_of(state, record), ends[0], after, limit)
    type_id = MEETING_TYPE_IDS[ends[0].name, ends[1].name]
    types = [{"category": HUBSPOT, "typeId": type_id, "label": None}]
    ids = sorted(int(one) for one in far_ids(state, record, ends[1].name) if int(one) > after)
    found = [{"toObjectId": str(one), "associationTypes": types} for one in ids[:limit]]
    return found, str(ids[limit - 1]) if len(ids) > limit else None


def _page_shape(
    associations: Sequence[Association], from_kind: Kind, after: int, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    state, near = sandbox_state(), from_kind.name
    left = sorted(
        (a for a in associations if int(other_id(a, near)) > after), key=lambda a: int(other_id(a, near))
    )
    page = left[:limit]
    shapes = [{"toObjectId": other_id(a, near), "associationTypes": types_of(state, a, near)} for a in page]
    return shapes, other_id(page[-1], near) if len(left) > limit else None
