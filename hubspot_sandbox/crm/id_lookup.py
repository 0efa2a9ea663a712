"""Lookup of records by the ids of a call, old ids of merged records among them."""

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.crm.kinds import Kind
from hubspot_sandbox.entities import Record
from hubspot_sandbox.state import SandboxState


def record_with_id(
    state: SandboxState, account_id: int, kind: Kind, record_id: str, *, merged_ids: bool
) -> Record | None:
    """The record of this id, archived or not; None if there never was one.

    With *merged_ids* the id of a record that was merged away means the one it became part of.
    """
    record = state.records.get(f"{account_id}:{kind.name}:{record_id}")
    while merged_ids and record is not None and record.merged_into is not None:
        record = state.records.get(f"{account_id}:{kind.name}:{record.merged_into}")
    return record


def live_id(state: SandboxState, account_id: int, kind: Kind, record_id: str) -> str | None:
    """The id of the live record that an association call means; old ids of merged ones as the switch says."""
    merged_ids = state.switches.associations_accept_merged_ids
    record = record_with_id(state, account_id, kind, record_id, merged_ids=merged_ids)
    return None if record is None or record.archived else record.id


def checked_ids(state: SandboxState, account_id: int, kind: Kind, ids: list[str]) -> list[str]:
    """The ids of the live records meant; raises ApiError 400 naming every id that means none.

    How HubSpot words the refusal of an id that does not exist is not known; this body is a guess.
    """
    found = [live_id(state, account_id, kind, record_id) for record_id in ids]
    unknown = [given for given, one in zip(ids, found, strict=True) if one is None]
    if unknown:
        raise ApiError(
            400,
            f"One or more object ids are invalid: {kind.type_id}: [{', '.join(unknown)}]",
            category="VALIDATION_ERROR",
            subCategory="crm.associations.INVALID_OBJECT_IDS",
            errors=[
                {
                    "message": f"{unknown_id} is not a valid {kind.type_id} object id",
                    "code": "INVALID_OBJECT_IDS",
                    "context": {"objectId": [unknown_id], "objectTypeId": [kind.type_id]},
                }
                for unknown_id in unknown
            ],
        )
    return [one for one in found if one is not None]
