"""Creating, reading, changing and archiving records."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import requests

CONTACTS, COMPANIES = "/crm/objects/2026-09/contacts", "/crm/objects/2026-09/companies"


def inline(company_id: str, *types: int) -> list:
    return [
        {
            "to": {"id": company_id},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": t} for t in types or (279,)],
        }
    ]


def test_a_created_record_carries_what_was_written_and_system_properties_as_strings(hubspot):
    record = hubspot.make("companies", {"name": "Acme", "numberofemployees": 12, "is_public": True})
    properties = record["properties"]
    assert (properties["numberofemployees"], properties["is_public"]) == ("12", "true")
    assert properties["hs_object_id"] == record["id"]
    assert properties["hs_object_source_label"] == "INTEGRATION"
    assert {"createdate", "hs_lastmodifieddate"} <= properties.keys()
    assert set(record) == {"id", "properties", "createdAt", "updatedAt", "archived"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["createdAt"])


def test_a_known_email_is_a_conflict_that_names_the_existing_contact(hubspot):
    first = hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    answer = hubspot.post(CONTACTS, json={"properties": {"email": "JANE@Acme.co.jp"}})
    body = answer.json()
    assert answer.status_code == 409
    assert body["message"] == f"Contact already exists. Existing ID: {first['id']}"
    assert (body["status"], body["category"]) == ("error", "CONFLICT")
    assert body["correlationId"]


def test_an_additional_email_is_a_conflict_too_and_finds_its_contact(hubspot):
    number = hubspot.seed(
        "contacts", {"email": "jane@acme.co.jp", "hs_additional_emails": "j@home.net;Jane@Other.org"}
    )
    answer = hubspot.post(CONTACTS, json={"properties": {"email": "jane@other.org"}})
    assert answer.json()["message"].endswith(f"Existing ID: {number}")
    found = hubspot.get(f"{CONTACTS}/{quote('jane@other.org')}?idProperty=email").json()
    assert (found["id"], found["properties"]["email"]) == (number, "jane@acme.co.jp")


def test_companies_with_the_same_domain_are_never_refused(hubspot):
    ids = {hubspot.make("companies", {"name": "Acme", "domain": "acme.co.jp"})["id"] for _ in range(3)}
    assert len(ids) == 3


def test_contacts_and_companies_never_share_an_id(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    company = hubspot.make("companies", {"name": "Acme"})
    assert hubspot.get(f"{COMPANIES}/{contact['id']}").status_code == 404
    assert hubspot.get(f"{CONTACTS}/{company['id']}").status_code == 404


def test_a_contact_is_created_with_its_company(hubspot):
    company = hubspot.make("companies", {"name": "Acme"})
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"}, associations=inline(company["id"], 1, 279))
    read = hubspot.get(f"{CONTACTS}/{contact['id']}?associations=companies").json()
    assert read["associations"]["companies"]["results"] == [
        {"id": company["id"], "type": "contact_to_company"},
        {"id": company["id"], "type": "contact_to_company_unlabeled"},
    ]
    back = hubspot.get(f"{COMPANIES}/{company['id']}?associations=contacts").json()
    assert back["associations"]["contacts"]["results"][0]["id"] == contact["id"]


def test_an_inline_association_with_an_unknown_company_creates_nothing(hubspot):
    answer = hubspot.post(
        CONTACTS, json={"properties": {"email": "jane@acme.co.jp"}, "associations": inline("99999999")}
    )
    body = answer.json()
    assert (answer.status_code, body["category"]) == (400, "VALIDATION_ERROR")
    assert "99999999" in body["message"]
    assert hubspot.get(CONTACTS).json()["results"] == []


def test_the_company_property_of_a_contact_creates_no_association(hubspot):
    hubspot.make("companies", {"name": "Acme"})
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp", "company": "Acme"})
    read = hubspot.get(f"{CONTACTS}/{contact['id']}?associations=companies").json()
    assert "associations" not in read


def test_default_properties_come_when_none_are_asked_for(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp", "city": "Osaka"})
    company = hubspot.make("companies", {"name": "Acme", "city": "Osaka"})
    read = hubspot.get(f"{CONTACTS}/{contact['id']}").json()["properties"]
    assert set(read) == {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}
    read = hubspot.get(f"{COMPANIES}/{company['id']}").json()["properties"]
    assert set(read) == {"createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"}


def test_asked_properties_come_undefined_names_do_not_and_empty_ones_as_the_switch_says(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp", "city": "Osaka"})
    path = f"{CONTACTS}/{contact['id']}?properties=city,fax&properties=nonsense"
    read = hubspot.get(path).json()["properties"]
    assert (read["city"], read["fax"]) == ("Osaka", None)
    assert "nonsense" not in read
    hubspot.switch(empty_properties_are_null=False)
    assert "fax" not in hubspot.get(path).json()["properties"]


def test_an_update_writes_clears_and_moves_the_modification_date(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp", "city": "Osaka", "fax": "1"})
    hubspot.switch(clock_offset_seconds=60.0)
    path = f"{CONTACTS}/jane%40acme.co.jp?idProperty=email"
    changed = hubspot.patch(path, json={"properties": {"city": "Kobe", "fax": ""}}).json()
    assert changed["properties"]["city"] == "Kobe"
    read = hubspot.get(f"{CONTACTS}/{contact['id']}?properties=city,fax").json()
    assert (read["properties"]["city"], read["properties"]["fax"]) == ("Kobe", None)
    assert read["updatedAt"] > contact["updatedAt"] == read["createdAt"]


def test_an_update_to_another_contacts_email_is_a_conflict(hubspot):
    first = hubspot.make("contacts", {"email": "a@acme.co.jp"})
    second = hubspot.make("contacts", {"email": "b@acme.co.jp"})
    answer = hubspot.patch(f"{CONTACTS}/{second['id']}", json={"properties": {"email": "a@acme.co.jp"}})
    assert answer.status_code == 409
    assert answer.json()["message"].endswith(first["id"])
    same = hubspot.patch(f"{CONTACTS}/{first['id']}", json={"properties": {"email": "A@acme.co.jp"}})
    assert same.status_code == 200


def test_an_archived_record_is_gone_and_its_email_free_again(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    assert hubspot.delete(f"{CONTACTS}/{contact['id']}").status_code == 204
    missing = hubspot.get(f"{CONTACTS}/{contact['id']}")
    assert (missing.status_code, missing.json()["message"]) == (404, "resource not found")
    archived = hubspot.get(f"{CONTACTS}/{contact['id']}?archived=true").json()
    assert archived["archived"]
    assert archived["archivedAt"]
    assert hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"] != contact["id"]


def test_a_list_comes_in_pages(hubspot):
    made = [hubspot.make("companies", {"name": f"Company {n}"})["id"] for n in range(5)]
    first = hubspot.get(f"{COMPANIES}?limit=3").json()
    rest = hubspot.get(f"{COMPANIES}?limit=3&after={first['paging']['next']['after']}").json()
    assert [one["id"] for one in first["results"] + rest["results"]] == made
    assert "paging" not in rest
    assert hubspot.get(f"{COMPANIES}?limit=101").status_code == 400


def test_a_lookup_by_domain_works_only_when_switched_on(hubspot):
    company = hubspot.make("companies", {"name": "Acme", "domain": "acme.co.jp"})
    path = f"{COMPANIES}/acme.co.jp?idProperty=domain"
    assert hubspot.get(path).status_code == 400
    hubspot.switch(find_company_by_domain=True)
    assert hubspot.get(path).json()["id"] == company["id"]


def test_broken_bodies_are_refused_with_400(hubspot):
    for raw in (b"", b"{", b"[]", b'{"properties":{"name":["a"]}}', b'{"properties":7}'):
        answer = hubspot.post(COMPANIES, data=raw, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["status"]) == (400, "error"), raw


def test_object_names_may_be_singular_plural_or_type_ids(hubspot):
    company = hubspot.make("companies", {"name": "Acme"})
    for name in ("company", "companies", "0-2"):
        assert hubspot.get(f"/crm/objects/2026-09/{name}/{company['id']}").json()["id"] == company["id"]
    assert hubspot.get("/crm/objects/2026-09/sprockets/1").status_code == 400


def test_of_many_at_once_with_one_email_only_one_is_created(hubspot):
    def create(_: int) -> int:
        body = {"properties": {"email": "jane@acme.co.jp"}}
        return requests.post(hubspot.base + CONTACTS, json=body, headers=hubspot.headers, timeout=10).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(create, range(16)))
    assert statuses == [201] + [409] * 15
