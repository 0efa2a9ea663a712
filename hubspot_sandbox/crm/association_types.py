"""The types an association of a contact and a company can have: HubSpot's own, and the labels an account made.

Type 279 (from the company: 280) is the unlabelled association, always there; type 1 (2) marks the company
as the contact's primary one. A label of the account has a type id for each direction too.
https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-schema/guide
"""

from dataclasses import dataclass
from typing import Any

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.entities import Association, AssociationLabel
from hubspot_sandbox.state import SandboxState

#: from kind -> (type id of the primary label, type id of the unlabelled association)
TYPE_IDS = {"contacts": (1, 279), "companies": (2, 280)}
HUBSPOT, OWN = "HUBSPOT_DEFINED", "USER_DEFINED"
FIRST_OWN = 1001


@dataclass(frozen=True)
class Types:
    """What an association is asked to carry besides the unlabelled type: the primary mark, own labels."""

    primary: bool = False
    labels: tuple[int, ...] = ()


def labels_of(state: SandboxState, account_id: int) -> list[AssociationLabel]:
    """The labels an account made, oldest first."""
    with state.lock:
        return [label for label in state.association_labels if label.account_id == account_id]


def known_types(state: SandboxState, account_id: int, kind_name: str) -> list[dict[str, Any]]:
    """Every type an association from *kind_name* can have."""
    primary, unlabelled = TYPE_IDS[kind_name]
    own = [_own_shape(label, kind_name) for label in labels_of(state, account_id)]
    return [_shape(HUBSPOT, primary, "Primary"), _shape(HUBSPOT, unlabelled, None), *own]


def types_of(state: SandboxState, association: Association, kind_name: str) -> list[dict[str, Any]]:
    """The types an association has, seen from *kind_name*."""
    primary, unlabelled = TYPE_IDS[kind_name]
    first = [_shape(HUBSPOT, primary, "Primary")] if association.primary else []
    labels = labels_of(state, association.account_id)
    own = [_own_shape(label, kind_name) for label in labels if label.number in association.labels]
    return [*first, _shape(HUBSPOT, unlabelled, None), *own]


def _shape(category: str, type_id: int, label: str | None) -> dict[str, Any]:
    return {"category": category, "typeId": type_id, "label": label}


def _own_shape(label: AssociationLabel, kind_name: str) -> dict[str, Any]:
    words = label.from_contact if kind_name == "contacts" else label.from_company
    return _shape(OWN, _type_id(label, kind_name), words)


def _type_id(label: AssociationLabel, kind_name: str) -> int:
    return label.number if kind_name == "contacts" else label.number + 1


def add_label(state: SandboxState, account_id: int, kind_name: str, body: dict[str, Any]) -> AssociationLabel:
    """A label of the account's own, from ``label``, ``name`` and maybe ``inverseLabel``; ApiError 400 or 409."""
    words, name = body.get("label"), body.get("name")
    inverse = body.get("inverseLabel") or words
    if not all(isinstance(one, str) and one for one in (words, name, inverse)):
        raise ApiError(400, "label and name are required", category="VALIDATION_ERROR")
    with state.lock:
        labels = labels_of(state, account_id)
        if any(label.name == name for label in labels):
            raise ApiError(409, f"A label named '{name}' already exists.", category="OBJECT_ALREADY_EXISTS")
        number = max((label.number for label in labels), default=FIRST_OWN - 2) + 2
        pair = (words, inverse) if kind_name == "contacts" else (inverse, words)
        return state.association_labels.put(AssociationLabel(account_id, number, str(name), *map(str, pair)))


def wanted_types(state: SandboxState, account_id: int, kind_name: str, types: Any) -> Types:
    """What a list of types in a body asks for; raises ApiError 400 for none and for types that do not exist."""
    if not isinstance(types, list) or not types or not all(isinstance(t, dict) for t in types):
        raise ApiError(400, "At least one association type is required", category="VALIDATION_ERROR")
    asked = {(str(t.get("associationCategory")), str(t.get("associationTypeId"))) for t in types}
    primary, unlabelled = TYPE_IDS[kind_name]
    own = {(OWN, str(_type_id(label, kind_name))): label.number for label in labels_of(state, account_id)}
    unknown = asked - {(HUBSPOT, str(primary)), (HUBSPOT, str(unlabelled))} - own.keys()
    if unknown:
        named = ", ".join(f"{category} {type_id}" for category, type_id in sorted(unknown))
        raise ApiError(
            400,
            f"Invalid association types from {kind_name}: {named}",
            category="VALIDATION_ERROR",
            subCategory="crm.associations.INVALID_ASSOCIATION_TYPE",
        )
    labels = tuple(sorted(own[one] for one in asked & own.keys()))
    return Types((HUBSPOT, str(primary)) in asked, labels)
