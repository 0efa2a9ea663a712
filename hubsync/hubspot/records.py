"""Records and account details as HubSync reads them from HubSpot's JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hubsync.domain.matching import FoundCompany
from hubsync.hubspot.bodies import Json, record_id, text

COMPANY_PROPERTIES = ("name", "domain", "hs_additional_domains")
CONTACT_PROPERTIES = (
    "email",
    "createdate",
    "hs_object_source",
    "hs_object_source_id",
    "hs_object_source_label",
    "hs_object_source_detail_1",
)


@dataclass(frozen=True, slots=True)
class FoundContact:
    """A contact as HubSpot's read by e-mail returned it.

    ``email`` is the contact's main address, which need not be the one asked for: the read finds secondary ones
    too. ``created_at`` is aware, None where HubSpot did not say. The sources tell who made the record; their
    values are not documented.
    """

    id: str
    email: str | None = field(default=None, repr=False)
    created_at: datetime | None = None
    source: str | None = None
    source_id: str | None = None
    source_label: str | None = None
    source_detail: str | None = None


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
        created_at=_moment(record.get("createdAt")),
    )


def read_contact(record: Json) -> FoundContact | None:
    """Return the contact in *record*, None where it has no id."""
    contact_id, properties = record_id(record.get("id")), _properties(record)
    if contact_id is None:
        return None
    return FoundContact(
        id=contact_id,
        email=text(properties.get("email")),
        created_at=_moment(properties.get("createdate")) or _moment(record.get("createdAt")),
        source=text(properties.get("hs_object_source")),
        source_id=text(properties.get("hs_object_source_id")),
        source_label=text(properties.get("hs_object_source_label")),
        source_detail=text(properties.get("hs_object_source_detail_1")),
    )


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


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
