"""Response bodies of records.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
"""

from typing import Any

from flask import request

from hubspot_sandbox.authentication import Caller
from hubspot_sandbox.clock import iso
from hubspot_sandbox.crm.association_types import labels_of
from hubspot_sandbox.crm.associations import associations_of, other_id
from hubspot_sandbox.crm.definitions import all_definitions
from hubspot_sandbox.crm.kinds import BESIDE, MEETINGS, Kind, kind_named, type_beside
from hubspot_sandbox.crm.meeting_links import far_ids, type_name
from hubspot_sandbox.entities import Record
from hubspot_sandbox.state import SandboxState

ASSOCIATIONS_WITH_A_RECORD = 100
"""So many of each kind the read of a record names."""


def record_shape(record: Record, properties: dict[str, str | None]) -> dict[str, Any]:
    """A record with these properties."""
    shape: dict[str, Any] = {
        "id": record.id,
        "properties": properties,
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
        "archived": record.archived,
    }
    if record.archived_at is not None:
        shape["archivedAt"] = iso(record.archived_at)
    return shape


def chosen_properties(
    state: SandboxState, caller: Caller, kind: Kind, values: dict[str, str], asked: list[str]
) -> dict[str, str | None]:
    """The properties a caller gets: the asked ones (none asked: the kind's default ones) and the dates and id.

    Undefined names are left out; empty ones are null or left out as the switch says; sensitive values need
    the sensitive scope.
    """
    known = all_definitions(state, caller.account.id, kind.name)
    names = {*(asked or kind.default_properties), kind.created, "hs_object_id", kind.modified}
    chosen: dict[str, str | None] = {}
    for name in sorted(names):
        if not _may_see(known.get(name), caller, kind):
            continue
        value = values.get(name)
        if value is not None or state.switches.empty_properties_are_null:
            chosen[name] = value
    return chosen


def history_shape(
    state: SandboxState, caller: Caller, kind: Kind, record: Record, asked: list[str]
) -> dict[str, list[dict[str, Any]]]:
    """The ``propertiesWithHistory`` of a record: for each asked property its values, newest first."""
    known = all_definitions(state, caller.account.id, kind.name)
    return {name: record.history.get(name, []) for name in asked if _may_see(known.get(name), caller, kind)}


def written_properties(kind: Kind, record: Record, values: dict[str, str]) -> dict[str, str | None]:
    """What the answer to a write carries: what was written, and the system properties."""
    names = {*values, kind.created, "hs_object_id", kind.modified}
    names.update(name for name in record.properties if name.startswith("hs_object_source"))
    return {name: record.properties.get(name) for name in sorted(names)}


def association_shapes(state: SandboxState, record: Record, asked: list[str]) -> dict[str, Any]:
    """The ``associations`` of a record with the kinds asked for; a kind without any is left out."""
    shapes: dict[str, Any] = {}
    for name in asked:
        if name in BESIDE:
            of_type = type_beside(record.object_type, name)
            beside = [{"id": each, "type": of_type} for each in record.beside.get(name, [])]
            shapes.update({name: {"results": beside}} if beside else {})
            continue
        far = kind_named(name)
        if far.name == record.object_type:
            continue
        entries: list[dict[str, str]] = []
        if MEETINGS.name in (far.name, record.object_type):
            of_type = type_name(record.object_type, far.name)
            entries = [{"id": far_id, "type": of_type} for far_id in far_ids(state, record, far.name)]
            if entries:
                shapes[far.name] = _first_page(record, far, entries)
            continue
        stem = "contact_to_company" if record.object_type == "contacts" else "company_to_contact"
        for association in associations_of(state, record):
            far_id = other_id(association, record.object_type)
            types = [stem] if association.primary else []
            names = [
                label.name for label in labels_of(state, record.account_id) if label.number in association.labels
            ]
            types += [f"{stem}_unlabeled", *names]
            entries.extend({"id": far_id, "type": type_name} for type_name in types)
        if entries:
            shapes[far.name] = _first_page(record, far, entries)
    return shapes


def _first_page(record: Record, far: Kind, entries: list[dict[str, str]]) -> dict[str, Any]:
    """The first of *entries*, by rising id, and where the rest is to be had; HubSpot's cursor is opaque.

    https://developers.hubspot.com/changelog/announcing-a-change-to-how-v3-crm-apis-return-association-data
    """
    page = sorted(entries, key=lambda each: int(each["id"]))[:ASSOCIATIONS_WITH_A_RECORD]
    if len(page) == len(entries):
        return {"results": entries}
    near, after = kind_named(record.object_type), page[-1]["id"]
    link = f"{request.host_url}crm/v3/objects/{near.type_id}/{record.id}/associations/{far.type_id}?after={after}"
    return {"results": page, "paging": {"next": {"after": after, "link": link}}}


def _may_see(definition: dict[str, Any] | None, caller: Caller, kind: Kind) -> bool:
    if definition is None or definition.get("archived"):
        return False
    open_to_all = definition.get("dataSensitivity", "non_sensitive") == "non_sensitive"
    return open_to_all or f"crm.objects.{kind.name}.sensitive.read.v2" in caller.scopes
