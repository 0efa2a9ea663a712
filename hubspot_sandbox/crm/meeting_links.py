"""Meetings and the records whose timelines they are on: associations of two fixed types, without labels.

https://developers.hubspot.com/docs/api-reference/latest/crm/activities/meetings/guide
"""

from dataclasses import dataclass
from typing import Any

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.crm.association_types import HUBSPOT
from hubspot_sandbox.crm.id_lookup import live_id
from hubspot_sandbox.crm.kinds import COMPANIES, CONTACTS, MEETINGS, SINGULAR, Kind
from hubspot_sandbox.entities import MeetingLink, Record
from hubspot_sandbox.state import SandboxState

#: (from kind, to kind) -> type id
MEETING_TYPE_IDS = {
    ("meetings", "contacts"): 200,
    ("contacts", "meetings"): 199,
    ("meetings", "companies"): 188,
    ("companies", "meetings"): 187,
}


@dataclass(frozen=True)
class Target:
    """A record on whose timeline a new meeting is to be."""

    kind: Kind
    id: str


def type_name(near: str, far: str) -> str:
    """The name of the type in the ``associations`` of a read."""
    return f"{SINGULAR[near]}_to_{SINGULAR[far]}"


def meeting_targets(state: SandboxState, account_id: int, wanted: Any) -> list[Target]:
    """The records that a new meeting's ``associations`` name, all checked; raises ApiError."""
    if wanted is None:
        return []
    if not isinstance(wanted, list) or not all(isinstance(entry, dict) for entry in wanted):
        raise ApiError(400, "associations must be a list", category="VALIDATION_ERROR")
    targets = []
    for entry in wanted:
        to = entry.get("to")
        targets.append(Target(_far_kind(entry.get("types")), str(to.get("id")) if isinstance(to, dict) else ""))
    return [Target(one.kind, found) for one, found in zip(targets, _live(state, account_id, targets), strict=True)]


def _far_kind(types: Any) -> Kind:
    """The kind that the type ids lead to; raises ApiError for none, for incomplete ones and wrong directions."""
    if not isinstance(types, list) or not types or not all(isinstance(one, dict) for one in types):
        raise ApiError(400, "At least one association type is required", category="VALIDATION_ERROR")
    kinds = set()
    for one in types:
        if "associationCategory" not in one or "associationTypeId" not in one:
            words = "Some required fields were not set: [associationCategory, associationTypeId]"
            raise ApiError(400, f"Invalid input JSON on line 1, column 3. {words}", category="VALIDATION_ERROR")
        asked = (str(one["associationCategory"]), str(one["associationTypeId"]))
        far = {(HUBSPOT, "200"): CONTACTS, (HUBSPOT, "188"): COMPANIES}.get(asked)
        if far is None:
            words = "invalid from object type 0-47 for associations to be created. expected: 0-1"
            raise ApiError(400, words, category="VALIDATION_ERROR")
        kinds.add(far.name)
    if len(kinds) > 1:
        raise ApiError(400, "types lead to different object types", category="VALIDATION_ERROR")
    return CONTACTS if kinds == {"contacts"} else COMPANIES


def _live(state: SandboxState, account_id: int, targets: list[Target]) -> list[str]:
    """The ids of the live records meant; the refusal is the one of HubSpot/hubspot-api-nodejs#646."""
    found = [live_id(state, account_id, one.kind, one.id) for one in targets]
    unknown = [one for one, there in zip(targets, found, strict=True) if there is None]
    if unknown:
        names = [SINGULAR[one.kind.name].upper() for one in unknown]
        raise ApiError(
            400,
            "One or more associations are invalid",
            category="VALIDATION_ERROR",
            context={
                "INVALID_OBJECT_IDS": [
                    f"{name}={one.id} is not valid" for name, one in zip(names, unknown, strict=True)
                ],
                "objectId": [one.id for one in unknown],
                "objectType": names,
            },
        )
    return [one for one in found if one is not None]


def link(state: SandboxState, account_id: int, meeting_id: str, kind_name: str, record_id: str) -> None:
    """Put a meeting on the timeline of a contact or company; nothing changes when it is there."""
    with state.lock:
        state.meeting_links.put(MeetingLink(account_id, meeting_id, kind_name, record_id))


def unlink(state: SandboxState, account_id: int, meeting_id: str, kind_name: str, record_id: str) -> None:
    """Take a meeting off a timeline."""
    state.meeting_links.remove(f"{account_id}:{meeting_id}:{kind_name}:{record_id}")


def unlink_all(state: SandboxState, record: Record) -> None:
    """End all links of a meeting, or of a record with meetings, that is archived."""
    with state.lock:
        for one in links_of(state, record):
            unlink(state, one.account_id, one.meeting_id, one.object_type, one.record_id)


def links_of(state: SandboxState, record: Record) -> list[MeetingLink]:
    """The links of a meeting to records, or of a record to meetings, oldest first."""
    with state.lock:
        of_account = [one for one in state.meeting_links if one.account_id == record.account_id]
        if record.object_type == MEETINGS.name:
            return [one for one in of_account if one.meeting_id == record.id]
        return [one for one in of_account if (one.object_type, one.record_id) == (record.object_type, record.id)]


def far_ids(state: SandboxState, record: Record, far: str) -> list[str]:
    """The ids of the kind *far* at the other ends of a record's links."""
    if record.object_type == MEETINGS.name:
        return [one.record_id for one in links_of(state, record) if one.object_type == far]
    return [one.meeting_id for one in links_of(state, record)] if far == MEETINGS.name else []


def move_links(state: SandboxState, survivor: Record, gone: Record) -> None:
    """Every meeting of a record that is merged away goes over to the one that stays."""
    for one in links_of(state, gone):
        unlink(state, one.account_id, one.meeting_id, one.object_type, one.record_id)
        link(state, one.account_id, one.meeting_id, one.object_type, survivor.id)
