"""Property history: every value that a record had, by whom, newest first.

The guides promise 45 values for contacts and 20 for other objects.
https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from typing import Any

from hubspot_sandbox.clock import iso
from hubspot_sandbox.crm.sources import Source
from hubspot_sandbox.entities import Record

KEPT_VALUES = {"contacts": 45, "companies": 20, "meetings": 20}


def note_changes(record: Record, before: dict[str, str], source: Source) -> None:
    """Write down what changed since *before*; a cleared value is kept as an empty one."""
    for name in {*before, *record.properties}:
        value = record.properties.get(name, "")
        if value != before.get(name, ""):
            entry: dict[str, Any] = {
                "value": value,
                "timestamp": iso(record.updated_at),
                "sourceType": source.name,
                "sourceId": source.source_id,
                "sourceLabel": source.detail,
                "updatedByUserId": source.user_id,
            }
            past = record.history.setdefault(name, [])
            past.insert(0, {field: text for field, text in entry.items() if text or field == "value"})
            del past[KEPT_VALUES[record.object_type] :]
