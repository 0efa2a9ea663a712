"""Meetings as HubSync writes them to HubSpot and reads them there.

https://developers.hubspot.com/docs/api-reference/latest/crm/activities/meetings/guide
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hubsync.domain.meetings import NOTES, OUTCOME, START, TITLE, FoundMeeting, read_time
from hubsync.hubspot.bodies import Json, listed, record_id, text, words

#: from a meeting to the record on whose timeline it is:
#: https://developers.hubspot.com/docs/api-reference/latest/crm/activities/meetings/guide
TYPES = {"contacts": 200, "companies": 188}
MEETING_PROPERTIES = (START, TITLE, NOTES, OUTCOME, "hs_meeting_source")
MOST_READ = 100
"""So many records one batch takes."""


def meeting_body(properties: Mapping[str, str], timelines: Mapping[str, str]) -> dict[str, Any]:
    """The body of a create: on the *timelines* of these records, object name to id."""
    associations = [
        {
            "to": {"id": record},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TYPES[name]}],
        }
        for name, record in timelines.items()
    ]
    return {"properties": dict(properties), "associations": associations}


def batch_body(ids: Iterable[str]) -> dict[str, Any]:
    """The body of the batch that reads the meetings of these ids."""
    return {"inputs": [{"id": each} for each in ids], "properties": list(MEETING_PROPERTIES)}


def read_meeting(record: Json) -> FoundMeeting | None:
    """The meeting in *record*, None where it has no id."""
    meeting_id, properties = record_id(record.get("id")), record.get("properties")
    if meeting_id is None:
        return None
    values: Json = properties if isinstance(properties, dict) else {}
    return FoundMeeting(
        id=meeting_id,
        starts_at=read_time(values.get(START)),
        title=text(values.get(TITLE)) or "",
        notes=text(values.get(NOTES)) or "",
        outcome=text(values.get(OUTCOME)) or "",
        source=text(values.get("hs_meeting_source")) or "",
    )


def passes_over(body: Json, asked: Iterable[str], found: Iterable[str]) -> bool:
    """Whether the answer to a batch read has no list, or has errors and passes an id over that was *asked* for.

    What is not there it names, in a 207, as ``OBJECT_NOT_FOUND``.
    """
    if not isinstance(body.get("results"), list):
        return True
    errors = listed(body, "errors")
    told = set(found)
    for each in errors:
        context = each.get("context")
        if each.get("category") == "OBJECT_NOT_FOUND" and isinstance(context, dict):
            told |= {*words(context.get("ids"))}
    return bool(errors) and not told.issuperset(asked)


def read_meeting_ids(record: Json) -> list[str]:
    """The ids of the meetings in the ``associations`` of a contact or company, each once."""
    associations = record.get("associations")
    of_meetings = associations.get("meetings") if isinstance(associations, dict) else None
    found = listed(of_meetings, "results") if isinstance(of_meetings, dict) else []
    return list(dict.fromkeys(one for each in found if (one := record_id(each.get("id"))) is not None))


def read_options(definition: Json) -> list[str]:
    """The values of the options that a property offers."""
    shown = (each for each in listed(definition, "options") if each.get("hidden") is not True)
    return [value for each in shown if (value := text(each.get("value"))) is not None]
