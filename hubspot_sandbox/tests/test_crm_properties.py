"""Property definitions."""

import pytest

PATH = "/crm/properties/2026-09"

ARTICLE = {
    "companies": "name phone address address2 city state country zip website domain numberofemployees "
    "annualrevenue description founded_year",
    "contacts": "lastname firstname salutation email mobilephone phone fax address city state country zip "
    "jobtitle company website annualrevenue industry twitterhandle hs_whatsapp_phone_number",
}


def definitions(hubspot, kind: str, query: str = "") -> dict[str, dict]:
    return {one["name"]: one for one in hubspot.get(f"{PATH}/{kind}{query}").json()["results"]}


def can_be_mapped(definition: dict) -> bool:
    return (
        definition["type"] in ("string", "number")
        and not definition.get("hidden")
        and not definition.get("calculated")
        and not definition.get("modificationMetadata", {}).get("readOnlyValue")
    )


@pytest.mark.parametrize("kind", ["companies", "contacts"])
def test_the_articles_properties_are_there_and_can_be_written(hubspot, kind):
    found = definitions(hubspot, kind)
    assert len(found) >= 40
    assert all(can_be_mapped(found[name]) for name in ARTICLE[kind].split())


def test_types_differ_between_companies_and_contacts_as_at_hubspot(hubspot):
    companies, contacts = definitions(hubspot, "companies"), definitions(hubspot, "contacts")
    assert (companies["industry"]["type"], contacts["industry"]["type"]) == ("enumeration", "string")
    assert (companies["annualrevenue"]["type"], contacts["annualrevenue"]["type"]) == ("number", "string")


def test_every_kind_of_definition_is_met(hubspot):
    found = definitions(hubspot, "companies").values()
    assert any(one.get("hidden") for one in found)
    assert any(one.get("calculated") for one in found)
    assert any(one.get("modificationMetadata", {}).get("readOnlyValue") for one in found)
    assert any("modificationMetadata" not in one for one in found)
    assert any(one.get("externalOptions") and not one["options"] for one in found)
    assert any(one["label"] == "取引先ランク" and not one.get("hubspotDefined") for one in found)
    kinds = {(one["type"], one["fieldType"]) for one in found}
    assert {("string", "file"), ("string", "html"), ("date", "date"), ("datetime", "date")} <= kinds
    assert {("bool", "booleancheckbox"), ("enumeration", "checkbox"), ("number", "number")} <= kinds
    always = {"name", "label", "type", "fieldType", "groupName", "description", "options"}
    assert all(always <= one.keys() for one in found)


def test_archived_and_sensitive_ones_are_listed_only_when_asked_for(hubspot):
    assert not {"old_crm_code", "bank_account_number"} & definitions(hubspot, "companies").keys()
    assert set(definitions(hubspot, "companies", "?archived=true")) == {"old_crm_code"}
    assert set(definitions(hubspot, "companies", "?dataSensitivity=sensitive")) == {"bank_account_number"}


def test_a_created_property_can_be_written_changed_and_archived(hubspot):
    wanted = {
        "name": "rank",
        "label": "Rank",
        "type": "enumeration",
        "fieldType": "select",
        "groupName": "companyinformation",
        "options": [{"label": "A", "value": "a", "displayOrder": 0, "hidden": False}],
    }
    made = hubspot.post(f"{PATH}/companies", json=wanted)
    assert (made.status_code, made.json()["archived"]) == (201, False)
    assert hubspot.make("companies", {"name": "Acme", "rank": "a"})["properties"]["rank"] == "a"
    again = hubspot.post(f"{PATH}/companies", json=wanted)
    assert (again.status_code, again.json()["subCategory"]) == (409, "Properties.PROPERTY_WITH_NAME_EXISTS")
    assert hubspot.patch(f"{PATH}/companies/rank", json={"label": "Level"}).json()["label"] == "Level"
    assert hubspot.delete(f"{PATH}/companies/rank").status_code == 204
    assert "rank" not in definitions(hubspot, "companies")
    refused = hubspot.post("/crm/objects/2026-09/companies", json={"properties": {"name": "A", "rank": "a"}})
    assert refused.json()["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"


def test_hubspots_own_properties_cannot_be_changed_through_the_api(hubspot):
    assert hubspot.patch(f"{PATH}/companies/createdate", json={"label": "X"}).status_code == 400
    assert hubspot.delete(f"{PATH}/companies/zip").status_code == 400


def test_the_control_api_changes_any_definition_so_that_a_mapping_can_go_stale(hubspot):
    hubspot.put("/sandbox/api/properties/companies/phone", json={"archived": True})
    assert "phone" not in definitions(hubspot, "companies")
    hubspot.put("/sandbox/api/properties/companies/brand_new", json={"type": "number", "fieldType": "number"})
    assert definitions(hubspot, "companies")["brand_new"]["type"] == "number"
    assert "brand_new" not in definitions(hubspot, "contacts")


def test_an_unknown_definition_is_404(hubspot):
    assert hubspot.get(f"{PATH}/contacts/nonsense").status_code == 404
    assert hubspot.get(f"{PATH}/contacts/email").json()["label"] == "Email"
