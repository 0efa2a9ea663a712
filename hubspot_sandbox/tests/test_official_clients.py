"""HubSpot's own Python clients, written by people who do not know the sandbox, drive it."""

import re

import hubspot_sdk
import pytest
from hubspot.crm.associations.v4 import AssociationSpec as LegacySpec
from hubspot.crm.companies import SimplePublicObjectInputForCreate as LegacyCompany
from hubspot.crm.contacts import ApiException as LegacyContactRefused
from hubspot.crm.contacts import (
    AssociationSpec,
    Filter,
    FilterGroup,
    PublicAssociationsForObject,
    PublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectInput,
)
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as LegacyContact


def legacy_contact(email: str, company_id: str | None = None) -> LegacyContact:
    spec = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=279)
    inline = PublicAssociationsForObject(to=PublicObjectId(id=company_id), types=[spec])
    return LegacyContact(properties={"email": email}, associations=[inline] if company_id else [])


def test_the_legacy_client_creates_a_company_and_its_contact_and_reads_both(legacy):
    company = legacy.crm.companies.basic_api.create(
        LegacyCompany(properties={"name": "Acme", "domain": "acme.co.jp"}, associations=[])
    )
    contact = legacy.crm.contacts.basic_api.create(legacy_contact("jane@acme.co.jp", company.id))
    found = legacy.crm.contacts.basic_api.get_by_id(
        "jane@acme.co.jp", id_property="email", associations=["companies"]
    )
    assert (found.id, found.properties["email"]) == (contact.id, "jane@acme.co.jp")
    assert {one.id for one in found.associations["companies"].results} == {company.id}
    read = legacy.crm.companies.basic_api.get_by_id(company.id, properties=["name"])
    assert read.properties["name"] == "Acme"
    assert read.created_at is not None


def test_the_legacy_client_understands_both_refusals(legacy):
    first = legacy.crm.contacts.basic_api.create(legacy_contact("jane@acme.co.jp"))
    with pytest.raises(LegacyContactRefused) as refused:
        legacy.crm.contacts.basic_api.create(legacy_contact("JANE@acme.co.jp"))
    assert refused.value.status == 409
    assert f"Existing ID: {first.id}" in refused.value.body
    with pytest.raises(LegacyContactRefused) as refused:
        legacy.crm.contacts.basic_api.create(legacy_contact("jane@acme.con"))
    assert refused.value.status == 400
    assert "INVALID_EMAIL" in refused.value.body


def test_the_legacy_client_searches_updates_and_archives(legacy):
    contact = legacy.crm.contacts.basic_api.create(legacy_contact("jane@acme.co.jp"))
    by_email = Filter(property_name="email", operator="EQ", value="Jane@acme.co.jp")
    request = PublicObjectSearchRequest(filter_groups=[FilterGroup(filters=[by_email])], limit=5)
    assert [one.id for one in legacy.crm.contacts.search_api.do_search(request).results] == [contact.id]
    legacy.crm.contacts.basic_api.update(contact.id, SimplePublicObjectInput(properties={"city": "Osaka"}))
    assert legacy.crm.contacts.basic_api.get_page(properties=["city"]).results[0].properties["city"] == "Osaka"
    asked = {"properties": ["city"], "properties_with_history": ["city"], "associations": ["companies"]}
    whole = legacy.crm.contacts.basic_api.get_by_id(contact.id, **asked)
    assert [each.source_type for each in whole.properties_with_history["city"]] == ["INTEGRATION"]
    assert whole.associations is None
    legacy.crm.contacts.basic_api.archive(contact.id)
    assert legacy.crm.contacts.search_api.do_search(request).total == 0


def test_the_legacy_client_associates_and_reads_associations(legacy):
    company = legacy.crm.companies.basic_api.create(LegacyCompany(properties={"name": "Acme"}, associations=[]))
    contact = legacy.crm.contacts.basic_api.create(legacy_contact("jane@acme.co.jp"))
    api = legacy.crm.associations.v4.basic_api
    done = api.create_default("contacts", contact.id, "companies", company.id)
    assert done.status == "COMPLETE"
    spec = LegacySpec(association_category="HUBSPOT_DEFINED", association_type_id=1)
    labelled = api.create("contacts", contact.id, "companies", company.id, association_spec=[spec])
    assert labelled.labels == ["Primary"]
    page = api.get_page("contacts", contact.id, "companies")
    types = {one.type_id: one.label for one in page.results[0].association_types}
    assert (page.results[0].to_object_id, types) == (company.id, {1: "Primary", 279: None})
    api.archive("contacts", contact.id, "companies", company.id)
    assert api.get_page("contacts", contact.id, "companies").results == []


def test_the_legacy_client_reads_property_definitions(legacy):
    found = {one.name: one for one in legacy.crm.properties.core_api.get_all("companies").results}
    assert len(found) >= 40
    assert (found["industry"].type, found["annualrevenue"].type) == ("enumeration", "number")
    assert legacy.crm.properties.core_api.get_by_name("contacts", "industry").type == "string"


def test_the_current_client_creates_a_company_and_its_contact_and_reads_both(current):
    company = current.crm.objects.companies.create(
        properties={"name": "Acme", "domain": "acme.co.jp"}, associations=[]
    )
    contact = current.crm.objects.contacts.create(
        properties={"email": "jane@acme.co.jp"},
        associations=[
            {
                "to": {"id": company.id},
                "types": [{"association_category": "HUBSPOT_DEFINED", "association_type_id": 279}],
            }
        ],
    )
    found = current.crm.objects.contacts.get(
        "jane@acme.co.jp", id_property="email", associations=["companies"], properties=["email"]
    )
    assert (found.id, found.properties["email"]) == (contact.id, "jane@acme.co.jp")
    assert {one.id for one in found.associations["companies"].results} == {company.id}


def test_the_current_client_understands_both_refusals(current):
    first = current.crm.objects.contacts.create(properties={"email": "jane@acme.co.jp"}, associations=[])
    with pytest.raises(hubspot_sdk.ConflictError) as refused:
        current.crm.objects.contacts.create(properties={"email": "jane@acme.co.jp"}, associations=[])
    assert re.search(rf"Existing ID: {first.id}\b", str(refused.value.body))
    with pytest.raises(hubspot_sdk.BadRequestError) as invalid:
        current.crm.objects.companies.create(properties={"nonsense": "1", "name": "A"}, associations=[])
    assert "PROPERTY_DOESNT_EXIST" in str(invalid.value.body)


def test_the_current_client_searches(current):
    company = current.crm.objects.companies.create(properties={"name": "Acme"}, associations=[])
    found = current.crm.objects.companies.search(
        filter_groups=[{"filters": [{"property_name": "name", "operator": "EQ", "value": "ACME"}]}],
        properties=["name"],
        limit=5,
        after="0",
        sorts=[],
    )
    assert (found.total, found.results[0].id) == (1, company.id)


def test_the_current_client_associates_and_reads_property_definitions(current):
    company = current.crm.objects.companies.create(properties={"name": "Acme"}, associations=[])
    contact = current.crm.objects.contacts.create(properties={"email": "a@acme.co.jp"}, associations=[])
    current.crm.associations.create(
        company.id,
        from_object_type="contacts",
        from_object_id=contact.id,
        to_object_type="companies",
    )
    page = current.crm.associations.list("companies", object_type="contacts", object_id=contact.id)
    assert [one.to_object_id for one in page.results] == [company.id]
    names = {one.name for one in current.crm.properties.list("contacts").results}
    assert {"email", "firstname", "katakana_name"} <= names
