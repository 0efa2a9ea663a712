"""The same calls without HubSync: by a bare ``requests.Session``, and by HubSpot's own two Python clients.

They do what a good script would do and no more: search, create the company if there is none, create the contact
with its association. Nothing is written down, so what they lose is lost.
"""

from __future__ import annotations

from typing import Any

import hubspot
import hubspot_sdk
import requests
from hubspot.crm.companies import (
    Filter,
    FilterGroup,
    PublicObjectSearchRequest,
)
from hubspot.crm.companies import SimplePublicObjectInputForCreate as NewCompany
from hubspot.crm.contacts import (
    AssociationSpec,
    PublicAssociationsForObject,
    PublicObjectId,
)
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as NewContact

from bench.installation import Guest
from bench.stand_in import COMPANIES, CONTACTS
from hubsync.domain.matching import search_alternatives

PROPERTIES = ["name", "domain", "hs_additional_domains"]
TYPES = (1, 279)


def company_of(who: Guest) -> dict[str, str]:
    return {"name": who.company, "domain": who.email.rpartition("@")[2]}


def contact_of(who: Guest) -> dict[str, str]:
    last, _, first = who.name.partition(" ")
    return {"email": who.email, "lastname": last, "firstname": first}


class BareLoop:
    """A ``requests.Session`` that keeps its connection."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {key}"

    def post(self, who: Guest, company_id: str | None = None) -> str:
        """Post the guest with the calls that a delivery makes; return the company's id, *company_id* if known."""
        if company_id is None:
            company_id = self._company(company_of(who))
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": each} for each in TYPES]
        link = {"to": {"id": company_id}, "types": types}
        self._call(CONTACTS, {"properties": contact_of(who), "associations": [link]})
        return company_id

    def _company(self, properties: dict[str, str]) -> str:
        groups = [
            {"filters": [{"propertyName": name, "operator": operator, "value": value}]}
            for name, operator, value in search_alternatives(properties)
        ]
        body = {"filterGroups": groups, "properties": PROPERTIES, "limit": 200}
        found = self._call(f"{COMPANIES}/search", body)["results"]
        if found:
            return str(found[0]["id"])
        return str(self._call(COMPANIES, {"properties": properties, "associations": []})["id"])

    def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._session.post(self._url + path, json=body, timeout=10)
        answer.raise_for_status()
        return dict(answer.json())

    def close(self) -> None:
        self._session.close()


class OfficialClient:
    """``hubspot-api-client``, which speaks ``/crm/v3``."""

    def __init__(self, url: str, key: str) -> None:
        self._client = hubspot.HubSpot(access_token=key, host=url)

    def post(self, who: Guest, company_id: str | None = None) -> str:
        """Post the guest with the calls that a delivery makes; return the company's id, *company_id* if known."""
        if company_id is None:
            company_id = self._company(company_of(who))
        types = [
            AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=each) for each in TYPES
        ]
        link = PublicAssociationsForObject(to=PublicObjectId(id=company_id), types=types)
        self._client.crm.contacts.basic_api.create(NewContact(properties=contact_of(who), associations=[link]))
        return company_id

    def _company(self, properties: dict[str, str]) -> str:
        groups = [
            FilterGroup(filters=[Filter(property_name=name, operator=operator, value=value)])
            for name, operator, value in search_alternatives(properties)
        ]
        request = PublicObjectSearchRequest(filter_groups=groups, properties=PROPERTIES, limit=200)
        companies = self._client.crm.companies
        found = companies.search_api.do_search(request).results
        if found:
            return str(found[0].id)
        return str(companies.basic_api.create(NewCompany(properties=properties, associations=[])).id)

    def close(self) -> None:
        """Its pools are closed by the garbage collector."""


class NewClient:
    """``hubspot-sdk``, HubSpot's coming client, so far in alpha releases; it speaks ``/crm/objects/2026-03``."""

    def __init__(self, url: str, key: str) -> None:
        self._client = hubspot_sdk.HubSpot(access_token=key, base_url=url, max_retries=0)

    def post(self, who: Guest, company_id: str | None = None) -> str:
        """Post the guest with the calls that a delivery makes; return the company's id, *company_id* if known."""
        if company_id is None:
            company_id = self._company(company_of(who))
        types = [{"association_category": "HUBSPOT_DEFINED", "association_type_id": each} for each in TYPES]
        link = {"to": {"id": company_id}, "types": types}
        self._client.crm.objects.contacts.create(properties=contact_of(who), associations=[link])
        return company_id

    def _company(self, properties: dict[str, str]) -> str:
        groups = [
            {"filters": [{"property_name": name, "operator": operator, "value": value}]}
            for name, operator, value in search_alternatives(properties)
        ]
        companies = self._client.crm.objects.companies
        found = companies.search(
            filter_groups=groups, properties=PROPERTIES, limit=200, after="0", sorts=[]
        ).results
        if found:
            return str(found[0].id)
        return str(companies.create(properties=properties, associations=[]).id)

    def close(self) -> None:
        self._client.close()
