"""Records that were merged, and records that were archived."""

import pytest

BASE = "/crm/objects/2026-09"
CONTACTS, COMPANIES = f"{BASE}/contacts", f"{BASE}/companies"


def merge(hubspot, kind: str, gone: str, into: str) -> dict:
    answer = hubspot.post(f"/sandbox/api/records/{kind}/{gone}/merge", json={"into": into})
    assert answer.status_code == 200, answer.text
    return answer.json()


def associated(hubspot, kind: str, record_id: str) -> dict[str, bool]:
    """The far ends of a record, and whether each is the primary one."""
    records = hubspot.get(f"/sandbox/api/records/{kind}").json()["results"]
    (record,) = [one for one in records if one["id"] == record_id]
    return {far["id"]: far["primary"] for far in record["associated"]}


def link(hubspot, contact: str, company: str, type_id: int) -> None:
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
    hubspot.put(f"{CONTACTS}/{contact}/associations/companies/{company}", json=spec).raise_for_status()


@pytest.fixture
def two(hubspot) -> tuple[str, str]:
    """Two contacts: the one that stays, and the one that goes."""
    stays = hubspot.make("contacts", {"email": "jane@acme.co.jp", "city": "Osaka"})["id"]
    return stays, hubspot.make("contacts", {"email": "j@home.net", "city": "Kobe", "jobtitle": "Buyer"})["id"]


def test_an_old_id_is_answered_with_the_record_that_stayed_and_its_own_id(hubspot, two):
    stays, gone = two
    merge(hubspot, "contacts", gone, stays)
    read = hubspot.get(f"{CONTACTS}/{gone}?properties=email,city,jobtitle,hs_merged_object_ids").json()
    assert (read["id"], read["archived"]) == (stays, False)
    values = {name: read["properties"][name] for name in ("email", "city", "jobtitle", "hs_merged_object_ids")}
    assert values == {
        "email": "jane@acme.co.jp",
        "city": "Osaka",
        "jobtitle": "Buyer",
        "hs_merged_object_ids": gone,
    }


def test_a_single_update_accepts_an_old_id_and_a_delete_does_not(hubspot, two):
    stays, gone = two
    merge(hubspot, "contacts", gone, stays)
    changed = hubspot.patch(f"{CONTACTS}/{gone}", json={"properties": {"city": "Nara"}})
    assert (changed.status_code, changed.json()["id"]) == (200, stays)
    assert hubspot.get(f"{CONTACTS}/{stays}?properties=city").json()["properties"]["city"] == "Nara"
    assert hubspot.delete(f"{CONTACTS}/{gone}").status_code == 404
    assert hubspot.get(f"{CONTACTS}/{stays}").status_code == 200


def test_ids_of_records_merged_twice_lead_to_the_last_one(hubspot, two):
    stays, gone = two
    last = hubspot.make("contacts", {"email": "last@acme.co.jp"})["id"]
    merge(hubspot, "contacts", gone, stays)
    merge(hubspot, "contacts", stays, last)
    assert [hubspot.get(f"{CONTACTS}/{one}").json()["id"] for one in (gone, stays)] == [last, last]
    read = hubspot.get(f"{CONTACTS}/{last}?properties=hs_merged_object_ids").json()
    assert set(read["properties"]["hs_merged_object_ids"].split(";")) == {gone, stays}


def test_the_address_of_a_merged_contact_stays_taken_and_finds_the_one_that_stayed(hubspot, two):
    stays, gone = two
    merge(hubspot, "contacts", gone, stays)
    found = hubspot.get(f"{CONTACTS}/j%40home.net?idProperty=email&properties=email,hs_additional_emails").json()
    assert (found["id"], found["properties"]["email"]) == (stays, "jane@acme.co.jp")
    assert found["properties"]["hs_additional_emails"] == "j@home.net"
    refused = hubspot.post(CONTACTS, json={"properties": {"email": "j@home.net"}})
    assert refused.json()["message"] == f"Contact already exists. Existing ID: {stays}"


def test_lists_and_searches_show_only_the_record_that_stayed(hubspot, two):
    stays, gone = two
    merge(hubspot, "contacts", gone, stays)
    assert hubspot.find("contacts") == [stays]
    assert hubspot.find("contacts", ("jobtitle", "EQ", "Buyer")) == [stays]
    for archived in ("false", "true"):
        listed = hubspot.get(f"{CONTACTS}?archived={archived}").json()["results"]
        assert [one["id"] for one in listed] == ([stays] if archived == "false" else [])


def test_what_a_merge_changed_reaches_searches_after_the_lag(hubspot, two):
    stays, gone = two
    hubspot.switch(search_lag_seconds=30.0, clock_offset_seconds=60.0)
    merge(hubspot, "contacts", gone, stays)
    wanted = ("hs_additional_emails", "CONTAINS_TOKEN", "j@home.net")
    assert hubspot.find("contacts", wanted) == []
    hubspot.switch(clock_offset_seconds=100.0)
    assert hubspot.find("contacts", wanted) == [stays]


def test_the_domains_of_a_merged_company_become_additional_domains(hubspot):
    stays = hubspot.make("companies", {"name": "Acme", "domain": "acme.co.jp"})["id"]
    gone = hubspot.seed("companies", {"domain": "acme.com", "hs_additional_domains": "acme.jp;acme.co.jp"})
    merged = merge(hubspot, "companies", gone, stays)["properties"]
    assert (merged["domain"], merged["hs_additional_domains"]) == ("acme.co.jp", "acme.com;acme.jp")
    assert hubspot.get(f"{COMPANIES}/{gone}").json()["id"] == stays


def test_a_record_without_a_domain_takes_the_other_ones(hubspot):
    stays = hubspot.make("companies", {"name": "Acme"})["id"]
    gone = hubspot.make("companies", {"domain": "acme.com"})["id"]
    merged = merge(hubspot, "companies", gone, stays)["properties"]
    assert (merged["domain"], "hs_additional_domains" in merged) == ("acme.com", False)


def test_the_contacts_of_a_merged_company_move_with_their_primary_mark(hubspot, two):
    ann, joe = two
    stays, gone = (hubspot.make("companies", {"name": name})["id"] for name in ("Acme", "ACME Inc"))
    link(hubspot, ann, gone, 1)
    link(hubspot, joe, stays, 1)
    link(hubspot, joe, gone, 279)
    merge(hubspot, "companies", gone, stays)
    assert associated(hubspot, "companies", stays) == {ann: True, joe: True}
    assert associated(hubspot, "companies", gone) == {}
    read = hubspot.get(f"{COMPANIES}/{stays}?properties=num_associated_contacts").json()
    assert read["properties"]["num_associated_contacts"] == "2"


def test_a_merged_contact_keeps_its_own_primary_company_and_gains_the_others(hubspot, two):
    stays, gone = two
    first, second = (hubspot.make("companies", {"name": name})["id"] for name in ("Acme", "Blue"))
    link(hubspot, stays, first, 1)
    link(hubspot, gone, second, 1)
    merge(hubspot, "contacts", gone, stays)
    assert associated(hubspot, "contacts", stays) == {first: True, second: False}
    read = hubspot.get(f"{CONTACTS}/{stays}?properties=associatedcompanyid").json()
    assert read["properties"]["associatedcompanyid"] == first


def test_a_contact_without_companies_takes_the_primary_one_too(hubspot, two):
    stays, gone = two
    company = hubspot.make("companies", {"name": "Acme"})["id"]
    link(hubspot, gone, company, 1)
    merge(hubspot, "contacts", gone, stays)
    assert associated(hubspot, "contacts", stays) == {company: True}


def test_an_old_id_is_taken_in_associations_only_as_the_switch_says(hubspot, two):
    contact = two[0]
    stays, gone = (hubspot.make("companies", {"name": name})["id"] for name in ("Acme", "ACME Inc"))
    merge(hubspot, "companies", gone, stays)
    path = f"{CONTACTS}/{contact}/associations/default/companies/{gone}"
    assert (hubspot.put(path).status_code, associated(hubspot, "contacts", contact)) == (400, {})
    hubspot.switch(associations_accept_merged_ids=True)
    assert (hubspot.put(path).status_code, associated(hubspot, "contacts", contact)) == (200, {stays: True})


def test_a_merge_makes_a_third_record_as_the_switch_says(hubspot, two):
    hubspot.switch(merge_makes_new_record=True)
    merged = merge(hubspot, "contacts", two[1], two[0])
    assert merged["id"] not in two
    assert [hubspot.get(f"{CONTACTS}/{one}").json()["id"] for one in two] == [merged["id"]] * 2
    assert merged["properties"]["email"] == "jane@acme.co.jp"
    assert merged["properties"]["hs_additional_emails"] == "j@home.net"
    assert set(merged["properties"]["hs_merged_object_ids"].split(";")) == set(two)
    assert hubspot.find("contacts") == [merged["id"]]


def test_a_record_cannot_be_merged_with_itself_or_with_what_is_not_there(hubspot, two):
    stays, gone = two
    assert hubspot.post(f"/sandbox/api/records/contacts/{stays}/merge", json={"into": stays}).status_code == 400
    merge(hubspot, "contacts", gone, stays)
    for one, into, status in ((gone, stays, 404), (stays, gone, 400), ("7", stays, 404)):
        path = f"/sandbox/api/records/contacts/{one}/merge"
        assert hubspot.post(path, json={"into": into}).status_code == status


def test_the_call_of_the_api_merges_too(hubspot, two):
    stays, gone = two
    body = {"primaryObjectId": stays, "objectIdToMerge": gone}
    answer = hubspot.post(f"{CONTACTS}/merge", json=body)
    assert (answer.status_code, answer.json()["id"]) == (200, stays)
    assert hubspot.get(f"{CONTACTS}/{gone}").json()["id"] == stays
    assert hubspot.post(f"{CONTACTS}/merge", json={"primaryObjectId": stays}).status_code == 400


def test_merges_survive_a_restart(tmp_path):
    import requests

    from hubspot_sandbox import SandboxServer, SandboxSettings
    from hubspot_sandbox.tests.conftest import Caller

    settings = SandboxSettings(data_file=tmp_path / "sandbox.sqlite")
    with SandboxServer(settings) as server:
        token = requests.post(f"{server.url}/sandbox/api/service-keys", json={}, timeout=10).json()["token"]
        with Caller(server.url, token) as hubspot:
            stays = hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"]
            gone = hubspot.make("contacts", {"email": "j@home.net"})["id"]
            merge(hubspot, "contacts", gone, stays)
    with SandboxServer(settings) as server, Caller(server.url, token) as hubspot:
        assert hubspot.get(f"{CONTACTS}/{gone}").json()["id"] == stays


def test_an_archived_record_is_404_unless_archived_ones_are_asked_for(hubspot, two):
    stays, gone = two
    hubspot.delete(f"{CONTACTS}/{gone}")
    for answer in (
        hubspot.get(f"{CONTACTS}/{gone}"),
        hubspot.get(f"{CONTACTS}/j%40home.net?idProperty=email"),
        hubspot.patch(f"{CONTACTS}/{gone}", json={"properties": {"city": "Nara"}}),
        hubspot.delete(f"{CONTACTS}/{gone}"),
        hubspot.get(f"{CONTACTS}/{stays}?archived=true"),
    ):
        body = answer.json()
        assert (answer.status_code, body["status"]) == (404, "error")
        assert (body["message"], body["category"]) == ("resource not found", "OBJECT_NOT_FOUND")
    read = hubspot.get(f"{CONTACTS}/{gone}?archived=true").json()
    assert (read["id"], read["archived"], "archivedAt" in read) == (gone, True, True)
    by_email = hubspot.get(f"{CONTACTS}/j%40home.net?idProperty=email&archived=true").json()
    assert by_email["id"] == gone
    assert [one["id"] for one in hubspot.get(f"{CONTACTS}?archived=true").json()["results"]] == [gone]


def test_the_address_of_an_archived_contact_is_free_again(hubspot, two):
    hubspot.delete(f"{CONTACTS}/{two[1]}")
    assert hubspot.make("contacts", {"email": "j@home.net"})["id"] not in two


def test_an_archived_company_cannot_be_associated_in_any_way(hubspot, two):
    company = hubspot.make("companies", {"name": "Acme"})["id"]
    hubspot.delete(f"{COMPANIES}/{company}")
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    inline = [{"to": {"id": company}, "types": [spec]}]
    for answer in (
        hubspot.put(f"{CONTACTS}/{two[0]}/associations/default/companies/{company}"),
        hubspot.put(f"{CONTACTS}/{two[0]}/associations/companies/{company}", json=[spec]),
        hubspot.post(CONTACTS, json={"properties": {"email": "new@acme.co.jp"}, "associations": inline}),
    ):
        assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
        assert company in answer.json()["message"]
    assert hubspot.get(f"{COMPANIES}/{company}/associations/contacts").status_code == 404
