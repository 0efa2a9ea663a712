"""A record's past and neighbours as HubSync reads them from HubSpot's JSON: who set what, and what belongs to it.

https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from __future__ import annotations

from hubsync.domain.undoing import CompanyLinks, PastValue, RecordLinks
from hubsync.hubspot.bodies import Json, listed, record_id, text
from hubsync.hubspot.records import moment_of

MAKER_PROPERTIES = ("createdate", "hs_object_source", "hs_object_source_id")
NEIGHBOURS = ("companies", "contacts", "meetings", "notes", "calls", "emails", "tasks")
"""Kinds of records that the permissions for contacts and companies tell of."""
FURTHER_NEIGHBOURS = ("deals", "tickets")
"""Those that may take permissions of their own; which is not documented."""


def editable_names(definitions: list[Json]) -> list[str]:
    """The properties that people and apps can write, whatever kind of value they take."""
    return [name for each in definitions if (name := text(each.get("name"))) and _is_editable(each)]


def read_links(record: Json) -> RecordLinks | None:
    """Return who made the record and what is associated with it, None where it has no id."""
    found, properties = record_id(record.get("id")), record.get("properties")
    if found is None:
        return None
    said = properties if isinstance(properties, dict) else {}
    associations = record.get("associations")
    return RecordLinks(
        id=found,
        created_at=moment_of(said.get("createdate")) or moment_of(record.get("createdAt")),
        source=text(said.get("hs_object_source")) or "",
        source_id=text(said.get("hs_object_source_id")) or "",
        linked={
            str(kind): tuple(dict.fromkeys(str(each.get("id")) for each in listed(ends, "results")))
            for kind, ends in (associations if isinstance(associations, dict) else {}).items()
            if isinstance(ends, dict)
        },
    )


def read_company_links(record: Json) -> CompanyLinks | None:
    """Return how the contact is associated with companies, None where it has no id."""
    found, associations = record_id(record.get("id")), record.get("associations")
    if found is None:
        return None
    ends = associations.get("companies") if isinstance(associations, dict) else None
    types: dict[str, set[str]] = {}
    for each in listed(ends if isinstance(ends, dict) else {}, "results"):
        company = record_id(each.get("id"))
        if company is not None:  # there is an entry for each type
            types.setdefault(company, set()).add(text(each.get("type")) or "")
    return CompanyLinks(found, {company: frozenset(names) for company, names in types.items()})


def read_past(record: Json) -> tuple[PastValue, ...]:
    """Every value in the histories of the record's properties."""
    kept = record.get("propertiesWithHistory")
    histories: Json = kept if isinstance(kept, dict) else {}
    return tuple(
        PastValue(
            property_name=str(name),
            at=moment_of(entry.get("timestamp")),
            source=text(entry.get("sourceType")) or "",
            source_id=text(entry.get("sourceId")) or "",
            by_user=entry.get("updatedByUserId") is not None,
        )
        for name in histories
        for entry in listed(histories, name)
    )


def _is_editable(definition: Json) -> bool:
    modification = definition.get("modificationMetadata")
    read_only = isinstance(modification, dict) and modification.get("readOnlyValue") is True
    return not read_only and not any(definition.get(mark) is True for mark in ("archived", "calculated"))
