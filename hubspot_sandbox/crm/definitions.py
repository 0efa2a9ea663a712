"""The property definitions of an account: the catalogue plus what was created, changed or archived."""

from typing import Any

from hubspot_sandbox.api_errors import ApiError, not_found
from hubspot_sandbox.catalogue import CATALOGUE
from hubspot_sandbox.entities import DefinitionChange
from hubspot_sandbox.state import SandboxState

Definition = dict[str, Any]

_CREATE_FIELDS = {
    "description",
    "displayOrder",
    "externalOptions",
    "fieldType",
    "formField",
    "groupName",
    "hasUniqueValue",
    "hidden",
    "label",
    "name",
    "options",
    "type",
    "dataSensitivity",
    "numberDisplayHint",
    "textDisplayHint",
    "calculationFormula",
    "showCurrencySymbol",
    "currencyPropertyName",
    "referencedObjectType",
}
_FIELD_TYPES = {
    "string": {"text", "textarea", "phonenumber", "html", "file", "calculation_equation"},
    "number": {"number", "calculation_equation"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox", "calculation_equation"},
    "bool": {"booleancheckbox", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
}


def all_definitions(state: SandboxState, account_id: int, kind: str) -> dict[str, Definition]:
    """Every definition by name, archived ones too."""
    with state.lock:
        changes = {
            change.name: change.definition
            for change in state.definition_changes
            if (change.account_id, change.object_type) == (account_id, kind)
        }
    return {**CATALOGUE[kind], **changes}


def is_live(definition: Definition) -> bool:
    """Whether records can have the property: it is not archived."""
    return not definition.get("archived")


def listed_definitions(
    state: SandboxState, account_id: int, kind: str, *, archived: bool, sensitivity: str
) -> list[Definition]:
    """What the list call answers: live or archived ones, of one sensitivity."""
    return [
        definition
        for definition in all_definitions(state, account_id, kind).values()
        if bool(definition.get("archived")) == archived
        and definition.get("dataSensitivity", "non_sensitive") == sensitivity
    ]


def definition_named(state: SandboxState, account_id: int, kind: str, name: str) -> Definition:
    """One definition; raises ApiError 404 when there is none."""
    found = all_definitions(state, account_id, kind).get(name)
    if found is None:
        raise not_found()
    return found


def create_definition(state: SandboxState, account_id: int, kind: str, wanted: Definition) -> Definition:
    """A new custom property; raises ApiError 400 or 409.

    https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide
    """
    for field in ("name", "label", "type", "fieldType", "groupName"):
        if not isinstance(wanted.get(field), str) or not wanted[field]:
            raise ApiError(400, f"Some required fields were not set: [{field}]", category="VALIDATION_ERROR")
    if wanted["fieldType"] not in _FIELD_TYPES.get(wanted["type"], set()):
        raise ApiError(
            400,
            f"Invalid fieldType {wanted['fieldType']} for type {wanted['type']}",
            category="VALIDATION_ERROR",
        )
    name = wanted["name"].lower()
    with state.lock:
        existing = all_definitions(state, account_id, kind).get(name)
        if existing is not None and is_live(existing):
            raise ApiError(
                409,
                f"A property named '{name}' already exists.",
                category="OBJECT_ALREADY_EXISTS",
                subCategory="Properties.PROPERTY_WITH_NAME_EXISTS",
            )
        now = state.clock.now_iso()
        return _keep(
            state,
            account_id,
            kind,
            {
                "description": "",
                "options": [],
                "displayOrder": -1,
                "calculated": wanted["fieldType"] == "calculation_equation",
                "externalOptions": False,
                "archived": False,
                "hasUniqueValue": False,
                "hidden": False,
                "formField": False,
                "dataSensitivity": "non_sensitive",
                "modificationMetadata": {
                    "archivable": True,
                    "readOnlyDefinition": False,
                    "readOnlyValue": wanted["fieldType"] == "calculation_equation",
                },
                **{field: value for field, value in wanted.items() if field in _CREATE_FIELDS},
                "name": name,
                "createdAt": now,
                "updatedAt": now,
            },
        )


def change_definition(
    state: SandboxState, account_id: int, kind: str, name: str, changes: Definition, *, force: bool = False
) -> Definition:
    """Change label, options and so on; *force* (control API) may change what HubSpot itself defined."""
    with state.lock:
        definition = definition_named(state, account_id, kind, name)
        if not force:
            _refuse_read_only(definition)
            allowed = _CREATE_FIELDS - {"name", "hasUniqueValue", "dataSensitivity"}
            changes = {field: value for field, value in changes.items() if field in allowed}
        return _keep(state, account_id, kind, {**definition, **changes, "updatedAt": state.clock.now_iso()})


def archive_definition(state: SandboxState, account_id: int, kind: str, name: str, *, force: bool = False) -> None:
    """Archive a property; those HubSpot defined are refused unless *force*."""
    with state.lock:
        definition = definition_named(state, account_id, kind, name)
        if not force:
            _refuse_read_only(definition)
        archived = {**definition, "archived": True, "archivedAt": state.clock.now_iso()}
        _keep(state, account_id, kind, archived)


def _refuse_read_only(definition: Definition) -> None:
    meta = definition.get("modificationMetadata") or {"readOnlyDefinition": True}
    if meta.get("readOnlyDefinition"):
        raise ApiError(400, f"Property {definition['name']} is read only.", category="VALIDATION_ERROR")


def _keep(state: SandboxState, account_id: int, kind: str, definition: Definition) -> Definition:
    state.definition_changes.put(DefinitionChange(account_id, kind, definition["name"], definition))
    return definition
