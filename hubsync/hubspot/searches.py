"""Request body of a search: as many alternatives as HubSpot takes.

https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hubsync.domain.matching import Alternative
from hubsync.hubspot.calls import encode_json
from hubsync.hubspot.records import COMPANY_PROPERTIES

GROUPS = 5
BODY = 3_000
LIMIT = 200


def search_body(alternatives: Sequence[Alternative]) -> dict[str, Any] | None:
    """The body of a search with as many of *alternatives*, from the first on, as HubSpot takes; None for none."""
    groups = [{"filters": _filters(each)} for each in alternatives[:GROUPS]]
    while groups:
        body = {"filterGroups": groups, "properties": list(COMPANY_PROPERTIES), "limit": LIMIT}
        # Bytes, never fewer than characters: the page does not say which of the two it counts.
        if len(encode_json(body)) <= BODY:
            return body
        groups = groups[:-1]
    return None


def _filters(alternative: Alternative) -> list[dict[str, Any]]:
    """The filters of one group, all of which have to pass."""
    name, operator, value = alternative
    if operator == "IN":
        return [{"propertyName": name, "operator": operator, "values": list(value)}]
    values = (value,) if isinstance(value, str) else value
    return [{"propertyName": name, "operator": operator, "value": each} for each in values]
