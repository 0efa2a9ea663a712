"""Which contact belongs to which company.

Type 279 (from the company: 280) is the unlabelled association, always there; type 1 (2) marks the company
as the contact's primary one, of which there is at most one.
https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
"""

from typing import Any

from hubsync.sandbox.answers import ApiError
from hubsync.sandbox.crm.kinds import COMPANIES, CONTACTS, KINDS, Kind
from hubsync.sandbox.entities import Association, Record
from hubsync.sandbox.state import SandboxState

#: from kind -> (type id of the primary label, type id of the unlabelled association)
TYPE_IDS = {"contacts": (1, 279), "companies": (2, 280)}
CATEGORY = "HUBSPOT_DEFINED"


def associations_of(state: SandboxState, record: Record) -> list[Association]:
    """The associations of a contact or company, oldest first."""
    wanted = "contact_id" if record.object_type == "contacts" else "company_id"
    with state.lock:
        return [
            a for a in state.associations if a.account_id == record.account_id and getattr(a, wanted) == record.id
        ]


def other_id(association: Association, kind_name: str) -> str:
    """The id at the far end, seen from a record of *kind_name*."""
    return association.company_id if kind_name == "contacts" else association.contact_id


def type_ids(association: Association, kind_name: str) -> list[int]:
    """The association's type ids, seen from *kind_name*: the primary label first if it has it."""
    primary, unlabelled = TYPE_IDS[kind_name]
    return [primary, unlabelled] if association.primary else [unlabelled]


def wanted_primary(kind_name: str, types: Any) -> bool:
    """Whether a list of types from a body asks for the primary label; raises ApiError for other types."""
    if not isinstance(types, list) or not types or not all(isinstance(t, dict) for t in types):
        raise ApiError(400, "At least one association type is required", category="VALIDATION_ERROR")
    primary, unlabelled = TYPE_IDS[kind_name]
    asked = {str(t.get("associationTypeId")) for t in types}
    categories = {t.get("associationCategory") for t in types}
    if not asked <= {str(primary), str(unlabelled)} or categories != {CATEGORY}:
        words = f"Invalid association types from {kind_name}: {sorted(asked)} in {sorted(map(str, categories))}"
        raise ApiError(
            400,
            words,
            category="VALIDATION_ERROR",
            subCategory="crm.associations.INVALID_ASSOCIATION_TYPE",
        )
    return str(primary) in asked


def inline_targets(state: SandboxState, account_id: int, kind: Kind, wanted: Any) -> list[tuple[str, bool]]:
    """The (id, primary) pairs of a create's ``associations``, all checked; raises ApiError.

    How HubSpot words the refusal of an id that does not exist is not known; this body is a guess.
    """
    if wanted is None:
        return []
    if not isinstance(wanted, list) or not all(isinstance(entry, dict) for entry in wanted):
        raise ApiError(400, "associations must be a list", category="VALIDATION_ERROR")
    targets = []
    for entry in wanted:
        to = entry.get("to")
        to_id = str(to.get("id")) if isinstance(to, dict) else ""
        targets.append((to_id, wanted_primary(kind.name, entry.get("types"))))
    refuse_unknown_ids(state, account_id, _far_kind(kind), [to_id for to_id, _ in targets])
    return targets


def refuse_unknown_ids(state: SandboxState, account_id: int, kind: Kind, ids: list[str]) -> None:
    """Raise ApiError 400 naming every id that is no live record of *kind*."""
    unknown = []
    for record_id in ids:
        record = state.records.get(f"{account_id}:{kind.name}:{record_id}")
        if record is None or record.archived:
            unknown.append(record_id)
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


def _far_kind(kind: Kind) -> Kind:
    return COMPANIES if kind is CONTACTS else CONTACTS


def associate(
    state: SandboxState, account_id: int, contact_id: str, company_id: str, *, primary: bool, replace: bool = False
) -> Association:
    """Associate the two. *replace* (labelled PUT) also takes the primary label away when it is not asked for."""
    with state.lock:
        key = f"{account_id}:{contact_id}:{company_id}"
        contact = state.records.get(f"{account_id}:contacts:{contact_id}")
        siblings = associations_of(state, contact) if contact else []
        association = state.associations.get(key)
        if association is None:
            first = not siblings and state.switches.first_company_becomes_primary
            association = Association(account_id, contact_id, company_id, first, state.clock.now())
        elif replace:
            association.primary = False
        if primary:
            association.primary = True
            for sibling in siblings:
                if sibling.primary and sibling.company_id != company_id:
                    sibling.primary = False
                    state.associations.put(sibling)
        state.associations.put(association)
        _refresh(state, account_id, contact_id, company_id)
        return association


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
    contact = state.records.get(f"{account_id}:{KINDS['contacts'].name}:{contact_id}")
    if contact is not None:
        primary = [a.company_id for a in associations_of(state, contact) if a.primary]
        contact.properties.pop("associatedcompanyid", None)
        if primary:
            contact.properties["associatedcompanyid"] = primary[0]
        state.records.put(contact)
    company = state.records.get(f"{account_id}:{KINDS['companies'].name}:{company_id}")
    if company is not None:
        company.properties["num_associated_contacts"] = str(len(associations_of(state, company)))
        state.records.put(company)
