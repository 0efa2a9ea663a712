"""The account setting "Create and associate companies with contacts"."""

import pytest

BASE = "/crm/objects/2026-09"


def companies(hubspot) -> list[dict]:
    return hubspot.get("/sandbox/api/records/companies").json()["results"]


@pytest.fixture
def setting_on(hubspot):
    """The setting switched on in every account."""
    hubspot.switch(auto_companies=True)


def test_the_setting_is_off_at_first(hubspot):
    hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    assert companies(hubspot) == []


@pytest.mark.usefixtures("setting_on")
def test_a_new_contact_makes_a_nameless_company_with_its_domain(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@mail.acme.co.jp"})
    (company,) = companies(hubspot)
    assert company["properties"]["domain"] == "mail.acme.co.jp"
    assert "name" not in company["properties"]
    assert company["properties"]["hs_object_source_label"] == "CRM_SETTING"
    assert company["properties"]["hs_object_source_detail_1"] == (
        '"Create and associate companies with contacts" setting'
    )
    assert [one["id"] for one in company["associated"]] == [contact["id"]]


@pytest.mark.usefixtures("setting_on")
@pytest.mark.parametrize(
    "known",
    [{"domain": "https://www.Acme.co.jp/"}, {"domain": "x.com", "hs_additional_domains": "y.com;acme.co.jp"}],
)
def test_a_company_with_the_domain_is_used(hubspot, known):
    number = hubspot.seed("companies", {"name": "Acme", **known})
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    (company,) = companies(hubspot)
    assert (company["id"], company["associated"][0]["id"]) == (number, contact["id"])


@pytest.mark.usefixtures("setting_on")
def test_free_mail_is_skipped_and_the_website_tried_instead(hubspot):
    hubspot.make("contacts", {"email": "jane@gmail.com"})
    assert companies(hubspot) == []
    hubspot.make("contacts", {"email": "joe@gmail.com", "website": "https://www.acme.co.jp/about"})
    assert [one["properties"]["domain"] for one in companies(hubspot)] == ["acme.co.jp"]


@pytest.mark.usefixtures("setting_on")
@pytest.mark.parametrize(("holds_back", "expected"), [(True, 1), (False, 2)])
def test_an_inline_association_holds_it_back_as_the_switch_says(hubspot, holds_back, expected):
    hubspot.switch(inline_association_holds_back=holds_back)
    company = hubspot.make("companies", {"name": "Acme", "domain": "acme.com"})
    to = {"id": company["id"]}
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    hubspot.make("contacts", {"email": "jane@acme.co.jp"}, associations=[{"to": to, "types": types}])
    assert len(companies(hubspot)) == expected


def test_the_setting_belongs_to_one_account(hubspot):
    hubspot.switch(auto_companies=True, account=7654321)
    hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    assert companies(hubspot) == []
