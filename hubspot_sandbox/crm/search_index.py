"""The search index, which lags behind the records.

https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from dataclasses import dataclass
from typing import Any

from hubspot_sandbox.crm.definitions import Definition
from hubspot_sandbox.crm.filters import check_filter, passes, search_refused, sort_key
from hubspot_sandbox.crm.kinds import Kind
from hubspot_sandbox.entities import Record
from hubspot_sandbox.state import SandboxState
from hubspot_sandbox.switches import Switches

MOST_FILTERS, MOST_FILTERS_IN_ALL = 6, 18
LARGEST_PAGE, MOST_RESULTS, LONGEST_BODY = 200, 10_000, 3_000


@dataclass(frozen=True)
class Search:
    """A checked search. *groups* are alternatives of filters that must all pass; empty finds everything."""

    groups: list[list[dict[str, Any]]]
    query: str
    sort: str
    descending: bool
    limit: int
    after: int
    properties: list[str]


@dataclass(frozen=True)
class IndexedRecord:
    """A record as the index knows it."""

    record: Record
    values: dict[str, str]
    updated_at: float


def checked_search(body: dict[str, Any], known: dict[str, Definition], switches: Switches) -> Search:
    """The search a body asks for; raises ApiError 400 when HubSpot would refuse it."""
    limit, after = _number(body.get("limit"), 10, "limit"), _number(body.get("after"), 0, "after")
    limited = switches.search_limits_of_one_request
    if limited and limit > LARGEST_PAGE:
        raise search_refused(f"limit must be at most {LARGEST_PAGE}")
    if limited and after + limit > MOST_RESULTS:
        raise search_refused(f"paging beyond {MOST_RESULTS} results is not possible")
    sort, descending = _sort(body.get("sorts"), known)
    properties = body.get("properties") or []
    query = body.get("query") or ""
    if not isinstance(properties, list) or not isinstance(query, str):
        raise search_refused("properties must be a list and query a string")
    names = [name for name in properties if isinstance(name, str)]
    groups = _groups(body, known)
    if limited:
        _refuse_too_many(groups, switches.search_most_groups)
    return Search([filters for filters in groups if filters], query, sort, descending, limit, after, names)


def _groups(body: dict[str, Any], known: dict[str, Definition]) -> list[list[dict[str, Any]]]:
    groups = body.get("filterGroups") or []
    if body.get("filters") and not groups:
        groups = [{"filters": body["filters"]}]
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise search_refused("filterGroups must be a list")
    lists = [group.get("filters") or [] for group in groups]
    if not all(isinstance(filters, list) for filters in lists):
        raise search_refused("filters must be a list")
    for filters in lists:
        for wanted in filters:
            check_filter(wanted, known)
    return lists


def _refuse_too_many(groups: list[list[dict[str, Any]]], most_groups: int) -> None:
    if len(groups) > most_groups:
        raise search_refused(f"at most {most_groups} filterGroups are allowed")
    if any(len(filters) > MOST_FILTERS for filters in groups):
        raise search_refused(f"at most {MOST_FILTERS} filters are allowed in a group")
    if sum(map(len, groups)) > MOST_FILTERS_IN_ALL:
        raise search_refused(f"at most {MOST_FILTERS_IN_ALL} filters are allowed")


def _number(given: Any, default: int, field: str) -> int:
    if given in (None, ""):
        return default
    text = str(given)
    if isinstance(given, bool) or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise search_refused(f"{field} must be a number")
    return int(text)


def _sort(sorts: Any, known: dict[str, Definition]) -> tuple[str, bool]:
    """The guide sends objects, the published definition strings; both are taken."""
    if not sorts:
        return "createdate", False
    if not isinstance(sorts, list) or len(sorts) > 1:
        raise search_refused("only one sort is allowed")
    name: Any = sorts[0]
    descending = False
    if isinstance(name, dict):
        name, descending = name.get("propertyName"), name.get("direction") == "DESCENDING"
    elif isinstance(name, str) and name.startswith("-"):
        name, descending = name[1:], True
    if not isinstance(name, str) or name not in known:
        raise search_refused(f"Property {name} does not exist")
    return name, descending


def found_records(
    state: SandboxState, account_id: int, kind: Kind, search: Search, known: dict[str, Definition]
) -> list[IndexedRecord]:
    """Everything the search finds in the index as it stands now, in order."""
    moment = state.clock.now() - state.switches.search_lag_seconds
    with state.lock:
        seen = [_seen(record, moment) for record in state.records_of(account_id, kind.name)]
    found = [one for one in seen if one is not None and _matches(one, kind, search, state, known)]

    def order(one: IndexedRecord) -> tuple[Any, ...]:
        value = one.values.get(search.sort, "")
        return (*sort_key(value, known[search.sort]), int(one.record.id))

    return sorted(found, key=order, reverse=search.descending)


def _seen(record: Record, moment: float) -> IndexedRecord | None:
    """The newest revision the index has taken in; archived records never appear."""
    if record.archived:
        return None
    for written_at, values in reversed(record.revisions):
        if written_at <= moment:
            return IndexedRecord(record, values, written_at)
    return None


def _matches(
    one: IndexedRecord, kind: Kind, search: Search, state: SandboxState, known: dict[str, Definition]
) -> bool:
    if search.query and not _query_matches(one.values, kind, search.query):
        return False
    if not search.groups:
        return True
    return any(
        all(passes(one.values, wanted, known, state.switches) for wanted in filters) for filters in search.groups
    )


def _query_matches(values: dict[str, str], kind: Kind, query: str) -> bool:
    texts = [values.get(name, "").lower() for name in kind.searched_by_query]
    return all(any(word in text for text in texts) for word in query.lower().split())
