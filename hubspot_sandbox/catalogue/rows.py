"""Builder of property definitions in HubSpot's shape from compact rows."""

from typing import Any

#: name, label, "type/fieldType", flags (see ``_FLAGS``), options as "value=Label|value=Label".
Row = tuple[str, str, str, str, str]

CREATED = "2019-08-06T02:41:08.029Z"
CUSTOM_CREATED = "2024-05-10T04:12:33.871Z"


def definitions(group: str, rows: list[Row]) -> dict[str, dict[str, Any]]:
    """The rows as definitions by name, in the order of the rows."""
    return {row[0]: _definition(group, position, row) for position, row in enumerate(rows)}


def _definition(group: str, position: int, row: Row) -> dict[str, Any]:
    name, label, kind, flag_words, option_words = row
    flags = set(flag_words.split())
    unknown = flags - {"ro", "calc", "hidden", "custom", "archived", "sensitive", "external", "bare", "unique"}
    if unknown:
        raise ValueError(f"{name}: unknown flags {unknown}")
    type_, field_type = kind.split("/")
    always = {
        "name": name,
        "label": label,
        "type": type_,
        "fieldType": field_type,
        "description": "",
        "groupName": group,
        "options": options(option_words),
    }
    # The API leaves every other field out now and then; "bare" rows keep clients honest about that.
    return always if "bare" in flags else always | _optional(position, flags)


def _optional(position: int, flags: set[str]) -> dict[str, Any]:
    custom, read_only = "custom" in flags, bool(flags & {"ro", "calc"})
    fields: dict[str, Any] = {
        "updatedAt": CUSTOM_CREATED if custom else CREATED,
        "createdAt": CUSTOM_CREATED if custom else CREATED,
        "displayOrder": -1 if custom else position,
        "calculated": "calc" in flags,
        "externalOptions": "external" in flags,
        "archived": "archived" in flags,
        "hasUniqueValue": "unique" in flags,
        "hidden": "hidden" in flags,
        "modificationMetadata": {
            "archivable": custom,
            "readOnlyDefinition": not custom,
            "readOnlyValue": read_only,
        },
        "formField": not read_only and "hidden" not in flags,
        "dataSensitivity": "sensitive" if "sensitive" in flags else "non_sensitive",
    }
    if not custom:
        fields["hubspotDefined"] = True
    if "archived" in flags:
        fields["archivedAt"] = "2025-02-03T09:00:00.000Z"
    return fields


def options(words: str) -> list[dict[str, Any]]:
    """Options from "value=Label|value=Label"; without "=" the label is the value."""
    found = []
    for position, word in enumerate(part for part in words.split("|") if part):
        value, _, label = word.partition("=")
        found.append({"label": label or value, "value": value, "displayOrder": position, "hidden": False})
    return found
