"""Associations: which contact belongs to which company.

At most one company is a contact's primary one; a new list of labels replaces the old one.
https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
"""

from typing import Any

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.crm.association_types import Types, wanted_types
from hubspot_sandbox.crm.id_lookup import checked_ids
from hubspot_sandbox.crm.kinds import COMPANIES, CONTACTS, Kind
from hubspot_sandbox.entities import Association, Record
from hubspot_sandbox.state import SandboxState


def associations_of(state: SandboxState, record: Record) -> list[Association]:
    """The associations of a contact with companies, or of a company with contacts, oldest first."""
    if record.object_type not in ("contacts", "companies"):
        return []
    wanted = "contact_id" if record.object_type == "contacts" else "company_id"
    with state.lock:
        return [
            a for a in state.associations if a.account_id == record.account_id and getattr(a, wanted) == record.id
        ]


def other_id(association: Association, kind_name: str) -> str:
    """The id at the far end, seen from a record of *kind_name*."""
    return association.company_id if kind_name == "contacts" else association.contact_id


def far_kind(kind: Kind) -> Kind:
    """The kind at the other end of an association."""
    return COMPANIES if kind is CONTACTS else CONTACTS


def inline_targets(state: SandboxState, account_id: int, kind: Kind, wanted: Any) -> list[tuple[str, Types]]:
    """The (id, types) pairs of a create's ``associations``, all checked; raises ApiError."""
    if wanted is None:
        return []
    if not isinstance(wanted, list) or not all(isinstance(entry, dict) for entry in wanted):
        raise ApiError(400, "associations must be a list", category="VALIDATION_ERROR")
    ids, types = [], []
    for entry in wanted:
        to = entry.get("to")
        ids.append(str(to.get("id")) if isinstance(to, dict) else "")
        types.append(wanted_types(state, account_id, kind.name, entry.get("types")))
    return list(zip(checked_ids(state, account_id, far_kind(kind), ids), types, strict=True))


def associate(
    state: SandboxState, account_id: int, contact_id: str, company_id: str, types: Types, *, replace: bool = False
) -> Association:
    """Associate the two. *replace* (labelled calls) also takes away what *types* does not ask for."""
    with state.lock:
        key = f"{account_id}:{contact_id}:{company_id}"
        contact = state.records.get(f"{account_id}:contacts:{contact_id}")
        siblings = associations_of(state, contact) if contact else []
        association = state.associations.get(key)
        most = state.switches.most_companies_of_a_contact
        if association is None and most and len(siblings) >= most:
            words = f"Contact {contact_id} would have more than {most} associated companies, which is the limit"
            raise ApiError(400, words, category="VALIDATION_ERROR")
        if association is None:
            first = not siblings and state.switches.first_company_becomes_primary
            association = Association(account_id, contact_id, company_id, first, state.clock.now())
        elif replace:
            association.primary, association.labels = False, []
        association.labels = sorted({*association.labels, *types.labels})
        if types.primary:
            association.primary = True
            for sibling in siblings:
                if sibling.primary and sibling.company_id != company_id:
                    sibling.primary = False
                    state.associations.put(sibling)
        state.associations.put(association)
        _refresh(state, account_id, contact_id, company_id)
        return association


def take_labels(state: SandboxState, account_id: int, contact_id: str, company_id: str, types: Types) -> None:
    """Take labels off an association and leave the rest of it; nothing happens when there is none."""
    with state.lock:
        association = state.associations.get(f"{account_id}:{contact_id}:{company_id}")
        if association is None:
            return
        association.primary = association.primary and not types.primary
        association.labels = [label for label in association.labels if label not in types.labels]
        state.associations.put(association)
        _refresh(state, account_id, contact_id, company_id)


def dissociate(state: SandboxState, account_id: int, contact_id: str, company_id: str) -> None:
    """End the association, every type of it; nothing happens when there is none."""
    with state.lock:
        state.associations.remove(f"{account_id}:{contact_id}:{company_id}")
        _refresh(state, account_id, contact_id, company_id)


def dissociate_all(state: SandboxState, record: Record) -> None:
    """End all associations of a record that is archived."""
    for association in associations_of(state, record):
        dissociate(state, record.account_id, association.contact_id, association.company_id)


def _refresh(state: SandboxState, account_id: int, contact_id: str, company_id: str) -> None:
    """Keep the properties that HubSpot derives from associations."""
    contact = state.records.get(f"{account_id}:contacts:{contact_id}")
    if contact is not None:
        primary = [a.company_id for a in associations_of(state, contact) if a.primary]
        contact.properties.pop("associatedcompanyid", None)
        if primary:
            contact.properties["associatedcompanyid"] = primary[0]
        state.records.put(contact)
    company = state.records.get(f"{account_id}:companies:{company_id}")
    if company is not None:
        company.properties["num_associated_contacts"] = str(len(associations_of(state, company)))
        state.records.put(company)
