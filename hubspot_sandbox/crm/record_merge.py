"""Merge of two records: the old ids still resolve, to a record that answers with its own id.

Single reads and updates accept the ids in ``hs_merged_object_ids``, batch updates do not.
https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.clock import iso
from hubspot_sandbox.crm.association_types import Types
from hubspot_sandbox.crm.associations import associate, associations_of, dissociate
from hubspot_sandbox.crm.kinds import CONTACTS, Kind
from hubspot_sandbox.crm.meeting_links import move_links
from hubspot_sandbox.crm.records import keep_record
from hubspot_sandbox.crm.sources import BY_MERGE
from hubspot_sandbox.entities import Record
from hubspot_sandbox.state import SandboxState

#: What every record has for itself, and what is derived from its associations.
_NOT_TAKEN_OVER = {"createdate", "hs_object_id", "associatedcompanyid", "num_associated_contacts"}
#: kind -> the property that identifies a record, and the one for further values of it.
_IDENTITY = {"contacts": ("email", "hs_additional_emails"), "companies": ("domain", "hs_additional_domains")}


def merge_records(state: SandboxState, kind: Kind, primary: Record, other: Record) -> Record:
    """Merge *other* into *primary* and return the record that stays; raises ApiError 400 when they are one.

    Values of *primary* win, *other* fills what is empty. With the switch ``merge_makes_new_record`` both
    become part of a third record with an id of its own.
    """
    with state.lock:
        if kind.name not in _IDENTITY:
            raise ApiError(400, f"The sandbox merges no {kind.name}", category="VALIDATION_ERROR")
        if primary.id == other.id:
            raise ApiError(400, "Cannot merge an object with itself", category="VALIDATION_ERROR")
        survivor = primary
        if state.switches.merge_makes_new_record:
            survivor = _fresh(state, kind, primary)
            _absorb(state, kind, survivor, primary)
        _absorb(state, kind, survivor, other)
        return survivor


def _fresh(state: SandboxState, kind: Kind, primary: Record) -> Record:
    now = state.clock.now()
    record_id = state.next_record_id(primary.account_id, kind.name, kind.first_id)
    values = {"hs_object_id": record_id, "createdate": primary.properties.get("createdate", iso(now))}
    return state.records.put(Record(primary.account_id, kind.name, record_id, values, primary.created_at, now))


def _absorb(state: SandboxState, kind: Kind, survivor: Record, gone: Record) -> None:
    _move_associations(state, kind, survivor, gone)
    move_links(state, survivor, gone)
    values = dict(survivor.properties)
    for name, value in gone.properties.items():
        if name not in _NOT_TAKEN_OVER and name != kind.modified:
            values.setdefault(name, value)
    name, further = _IDENTITY[kind.name]
    known = _parts(survivor, name) + _parts(survivor, further) + _parts(gone, name) + _parts(gone, further)
    first, *rest = dict.fromkeys(known or [""])
    values.update({name: first, further: ";".join(rest)})
    old_ids = [*_parts(survivor, "hs_merged_object_ids"), *_parts(gone, "hs_merged_object_ids"), gone.id]
    values["hs_merged_object_ids"] = ";".join(old_ids)
    survivor.updated_at = state.clock.now()
    survivor.properties = {**values, kind.modified: iso(survivor.updated_at)}
    keep_record(state, survivor, BY_MERGE)
    gone.merged_into, gone.archived_at = survivor.id, survivor.updated_at
    state.records.put(gone)


def _parts(record: Record, name: str) -> list[str]:
    return [part.strip() for part in record.properties.get(name, "").split(";") if part.strip()]


def _move_associations(state: SandboxState, kind: Kind, survivor: Record, gone: Record) -> None:
    """Every association of *gone* moves; a contact keeps the primary company it has."""
    has_primary = any(association.primary for association in associations_of(state, survivor))
    for old in associations_of(state, gone):
        dissociate(state, old.account_id, old.contact_id, old.company_id)
        contact, company = old.contact_id, old.company_id
        if kind is CONTACTS:
            contact, primary = survivor.id, old.primary and not has_primary
        else:
            company, primary = survivor.id, old.primary
        associate(state, old.account_id, contact, company, Types(primary, tuple(old.labels)))
