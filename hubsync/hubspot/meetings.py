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
MOST_PAGES = 20
"""So many pages of one timeline are read; one that goes on is not known as a whole."""


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


def more_ids(record: Json) -> bool:
    """Whether the record has more meetings than its ``associations`` name, which are the first hundred.

    https://developers.hubspot.com/changelog/announcing-a-change-to-how-v3-crm-apis-return-association-data
    """
    associations = record.get("associations")
    of_meetings = associations.get("meetings") if isinstance(associations, dict) else None
    return bool(_next(of_meetings)) if isinstance(of_meetings, dict) else False


def page_body(record: str, after: str) -> dict[str, Any]:
    """The body of the batch that reads the associations of one record, from the cursor *after* on."""
    return {"inputs": [{"id": record, **({"after": after} if after else {})}]}


def read_page(body: Json) -> tuple[list[str], str] | None:
    """The ids of one page of associations, and the cursor of the next one, "" at the end.

    None where the answer does not tell. A record without any is named among the errors.
    """
    for each in listed(body, "results"):
        start = each.get("from")
        if isinstance(start, dict) and record_id(start.get("id")) is not None and isinstance(each.get("to"), list):
            ids = [one for to in listed(each, "to") if (one := record_id(to.get("toObjectId"))) is not None]
            return ids, _next(each)
    has_none = any(each.get("category") == "OBJECT_NOT_FOUND" for each in listed(body, "errors"))
    return ([], "") if has_none else None


def _next(page: Json) -> str:
    """The cursor of the next page. Its link is deprecated, and followed by nobody."""
    paging = page.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return (text(following.get("after")) or "") if isinstance(following, dict) else ""


def read_options(definition: Json) -> list[str]:
    """The values of the options that a property offers."""
    shown = (each for each in listed(definition, "options") if each.get("hidden") is not True)
    return [value for each in shown if (value := text(each.get("value"))) is not None]
