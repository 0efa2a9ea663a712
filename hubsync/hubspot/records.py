"""Records and account details as HubSync reads them from HubSpot's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hubsync.domain.filling import ExistingRecord, LastChange
from hubsync.domain.matching import FoundCompany
from hubsync.hubspot.bodies import Json, listed, record_id, text
from hubsync.hubspot.meetings import more_ids, read_meeting_ids

COMPANY_PROPERTIES = ("name", "domain", "hs_additional_domains")
CONTACT_PROPERTIES = (
    "email",
    "createdate",
    "hs_object_source",
    "hs_object_source_id",
    "hs_object_source_label",
    "hs_object_source_detail_1",
)
BY_NO_APP = ("CRM_UI", "FORM", "IMPORT")
"""What HubSpot says of the source of a record or a value that a person made; it does not document the values."""
BY_APP = "INTEGRATION"
"""What it says of one that came through its API, also where it names the person who had installed the app."""
MOST_OF_A_QUERY = 3_000
"""Characters of property names in one query, in which each stands twice; of longer ones HubSpot says 414."""


@dataclass(frozen=True, slots=True)
class FoundContact:
    """A contact as HubSpot's read by e-mail returned it.

    ``email`` is the contact's main address, which need not be the one asked for: the read finds secondary ones
    too. ``created_at`` is aware, None where HubSpot did not say. The sources tell who made the record; their
    values are not documented. ``meetings`` are the ids of those on its timeline, where they were asked for; of
    over a hundred the first ones, and ``has_more_meetings``.
    """

    id: str
    email: str | None = field(default=None, repr=False)
    created_at: datetime | None = None
    source: str | None = None
    source_id: str | None = None
    source_label: str | None = None
    source_detail: str | None = None
    meetings: tuple[str, ...] = ()
    has_more_meetings: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """The HubSpot account behind a token: https://developers.hubspot.com/docs/api-reference/latest/account/

    ``id`` is HubSpot's portal id, ``ui_domain`` the host its screens are on (such as ``app-eu1.hubspot.com``),
    ``time_zone`` an IANA name.
    """

    id: str
    ui_domain: str | None = None
    time_zone: str | None = None


def read_company(record: Json) -> FoundCompany | None:
    """Return the company in a search result, None where it has no id."""
    company_id, properties = record_id(record.get("id")), _properties(record)
    if company_id is None:
        return None
    further = (text(properties.get("hs_additional_domains")) or "").split(";")
    return FoundCompany(
        id=company_id,
        name=text(properties.get("name")),
        domain=text(properties.get("domain")),
        additional_domains=tuple(domain.strip() for domain in further if domain.strip()),
        created_at=moment_of(record.get("createdAt")),
    )


def read_contact(record: Json) -> FoundContact | None:
    """Return the contact in *record*, None where it has no id."""
    contact_id, properties = record_id(record.get("id")), _properties(record)
    if contact_id is None:
        return None
    return FoundContact(
        id=contact_id,
        email=text(properties.get("email")),
        created_at=moment_of(properties.get("createdate")) or moment_of(record.get("createdAt")),
        source=text(properties.get("hs_object_source")),
        source_id=text(properties.get("hs_object_source_id")),
        source_label=text(properties.get("hs_object_source_label")),
        source_detail=text(properties.get("hs_object_source_detail_1")),
        meetings=tuple(read_meeting_ids(record)),
        has_more_meetings=more_ids(record),
    )


def portion_names(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """*names* in as many portions as queries are needed: one, as long as nobody has a hundred long ones."""
    portion: list[str] = []
    for name in names:
        if portion and sum(map(len, portion)) + len(portion) + len(name) > MOST_OF_A_QUERY:
            yield tuple(portion)
            portion = []
        portion.append(name)
    yield tuple(portion)


def read_existing(record: Json, names: Iterable[str]) -> ExistingRecord | None:
    """Return the record with its properties of *names*, None where it has no id or no properties.

    What is not there is empty; a truth value or number is told as HubSpot writes it elsewhere.
    """
    found = record_id(record.get("id"))
    if found is None or not isinstance(record.get("properties"), dict):
        return None
    properties = _properties(record)
    associations = record.get("associations")
    linked = associations.get("companies") if isinstance(associations, dict) else None
    companies = (
        record_id(each.get("id")) for each in listed(linked if isinstance(linked, dict) else {}, "results")
    )
    return ExistingRecord(
        id=found,
        values={name: _written(properties.get(name)) for name in names},
        changes=_changes(record.get("propertiesWithHistory")),
        companies=tuple(dict.fromkeys(filter(None, companies))),
    )


def read_written(record: Json) -> dict[str, str]:
    """The properties in the answer to a write, empty ones as ""."""
    return {name: _written(value) for name, value in _properties(record).items()}


def _changes(histories: object) -> dict[str, LastChange]:
    """The newest entry of each property's history; HubSpot does not promise their order."""
    changes: dict[str, LastChange] = {}
    if not isinstance(histories, dict):
        return changes
    for name in histories:
        known = [(moment_of(each.get("timestamp")), each) for each in listed(histories, name)]
        dated = [(moment, each) for moment, each in known if moment is not None]
        if dated:
            _, newest = max(dated, key=lambda entry: entry[0])
            changes[name] = LastChange(_written(newest.get("value")), _is_by_person(newest))
    return changes


def _is_by_person(entry: Json) -> bool:
    source = entry.get("sourceType")
    return source in BY_NO_APP or (source != BY_APP and entry.get("updatedByUserId") is not None)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def read_account_details(body: Json) -> Account | None:
    """Return the account in the answer of ``/account-info/…/details``, None where it has no id."""
    account_id = record_id(body.get("portalId"))
    if account_id is None:
        return None
    return Account(
        id=account_id,
        ui_domain=text(body.get("uiDomain")),
        time_zone=text(body.get("timeZone")),
    )


def _properties(record: Json) -> Json:
    properties = record.get("properties")
    return properties if isinstance(properties, dict) else {}


def moment_of(value: object) -> datetime | None:
    """The moment that HubSpot writes as ISO 8601 with its offset; None for anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
