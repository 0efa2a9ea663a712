"""Associations between contacts and companies."""

import pytest

BASE = "/crm/objects/2026-09"


@pytest.fixture
def pair(hubspot):
    """A contact and a company that are strangers."""
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    return contact["id"], hubspot.make("companies", {"name": "Acme"})["id"]


def types_of(hubspot, path: str) -> dict[str, dict[int, str | None]]:
    results = hubspot.get(f"{BASE}/{path}").json()["results"]
    return {one["toObjectId"]: {t["typeId"]: t["label"] for t in one["associationTypes"]} for one in results}


def spec(type_id: int) -> dict[str, object]:
    return {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}


def test_the_default_association_answers_both_directions(hubspot, pair):
    contact, company = pair
    answer = hubspot.put(f"{BASE}/contacts/{contact}/associations/default/companies/{company}")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "COMPLETE")
    assert [(r["from"]["id"], r["to"]["id"], r["associationSpec"]) for r in body["results"]] == [
        (contact, company, spec(279)),
        (company, contact, spec(280)),
    ]
    assert {"startedAt", "completedAt"} <= body.keys()


def test_a_first_company_becomes_primary_as_the_switch_says(hubspot, pair):
    contact, company = pair
    hubspot.switch(first_company_becomes_primary=False)
    hubspot.put(f"{BASE}/contacts/{contact}/associations/default/companies/{company}")
    assert types_of(hubspot, f"contacts/{contact}/associations/companies") == {company: {279: None}}
    hubspot.delete(f"{BASE}/contacts/{contact}/associations/companies/{company}")
    hubspot.switch(first_company_becomes_primary=True)
    hubspot.put(f"{BASE}/contacts/{contact}/associations/default/companies/{company}")
    assert types_of(hubspot, f"contacts/{contact}/associations/companies") == {company: {1: "Primary", 279: None}}
    assert types_of(hubspot, f"companies/{company}/associations/contact") == {contact: {2: "Primary", 280: None}}


def test_a_limit_of_an_account_refuses_one_company_too_many_and_not_the_one_that_is_there(hubspot, pair):
    contact, company = pair
    hubspot.switch(most_companies_of_a_contact=1)
    joining = f"{BASE}/contacts/{contact}/associations/default/companies"
    assert [hubspot.put(f"{joining}/{company}").status_code for _ in range(2)] == [200, 200]
    another = hubspot.seed("companies", {"name": "Another"})
    refused = hubspot.put(f"{joining}/{another}")
    assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")


def test_only_one_company_is_primary(hubspot, pair):
    contact, first = pair
    second = hubspot.make("companies", {"name": "Other"})["id"]
    for company in (first, second):
        answer = hubspot.put(f"{BASE}/contacts/{contact}/associations/companies/{company}", json=[spec(1)])
        assert (answer.status_code, answer.json()["labels"]) == (201, ["Primary"])
    assert types_of(hubspot, f"contacts/{contact}/associations/companies") == {
        first: {279: None},
        second: {1: "Primary", 279: None},
    }
    read = hubspot.get(f"{BASE}/contacts/{contact}?properties=associatedcompanyid").json()
    assert read["properties"]["associatedcompanyid"] == second


def test_a_labelled_association_replaces_the_labels(hubspot, pair):
    contact, company = pair
    path = f"{BASE}/contacts/{contact}/associations/companies/{company}"
    hubspot.put(path, json=[spec(1), spec(279)])
    assert hubspot.put(path, json=[spec(279)]).json()["labels"] == []
    assert types_of(hubspot, f"contacts/{contact}/associations/companies") == {company: {279: None}}


def test_the_answer_of_a_labelled_association_names_both_ends(hubspot, pair):
    contact, company = pair
    answer = hubspot.put(f"{BASE}/company/{company}/associations/contact/{contact}", json=[spec(2)])
    assert answer.json() == {
        "fromObjectTypeId": "0-2",
        "fromObjectId": company,
        "toObjectTypeId": "0-1",
        "toObjectId": contact,
        "labels": ["Primary"],
    }


@pytest.mark.parametrize("body", [None, [], [{"associationCategory": "USER_DEFINED", "associationTypeId": 1}]])
def test_an_association_without_usable_types_is_refused(hubspot, pair, body):
    contact, company = pair
    answer = hubspot.put(f"{BASE}/contacts/{contact}/associations/companies/{company}", json=body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_a_type_of_the_other_direction_is_refused(hubspot, pair):
    contact, company = pair
    answer = hubspot.put(f"{BASE}/contacts/{contact}/associations/companies/{company}", json=[spec(280)])
    assert answer.status_code == 400


def test_deleting_removes_every_type_and_can_be_repeated(hubspot, pair):
    contact, company = pair
    path = f"{BASE}/contacts/{contact}/associations/companies/{company}"
    hubspot.put(path, json=[spec(1)])
    assert [hubspot.delete(path).status_code for _ in range(2)] == [204, 204]
    assert types_of(hubspot, f"companies/{company}/associations/contacts") == {}


def test_an_unknown_end_is_refused_and_named(hubspot, pair):
    contact, _ = pair
    answer = hubspot.put(f"{BASE}/contacts/{contact}/associations/default/companies/7")
    assert (answer.status_code, "7" in answer.json()["message"]) == (400, True)
    assert hubspot.get(f"{BASE}/contacts/7/associations/companies").status_code == 404


def label(hubspot, **body: object) -> tuple[int, int]:
    """A label of the account's own: its type ids from the contact and from the company."""
    answer = hubspot.post("/crm/associations/2026-09/contacts/companies/labels", json=body)
    assert answer.status_code == 200, answer.text
    near, far = (one["typeId"] for one in answer.json()["results"])
    return near, far


def own(type_id: int) -> dict[str, object]:
    return {"associationCategory": "USER_DEFINED", "associationTypeId": type_id}


def test_the_types_of_a_direction_are_listed_with_the_accounts_own_labels(hubspot):
    buyer, employer = label(hubspot, label="Buyer", name="buyer", inverseLabel="Buys through")
    listed = {}
    for path in ("contacts/companies", "company/contact"):
        results = hubspot.get(f"/crm/associations/2026-09/{path}/labels").json()["results"]
        listed[path] = {(one["category"], one["typeId"]): one["label"] for one in results}
    assert listed == {
        "contacts/companies": {
            ("HUBSPOT_DEFINED", 1): "Primary",
            ("HUBSPOT_DEFINED", 279): None,
            ("USER_DEFINED", buyer): "Buyer",
        },
        "company/contact": {
            ("HUBSPOT_DEFINED", 2): "Primary",
            ("HUBSPOT_DEFINED", 280): None,
            ("USER_DEFINED", employer): "Buys through",
        },
    }


def test_a_new_list_of_labels_replaces_the_old_one(hubspot, pair):
    contact, company = pair
    (buyer, _), (payer, payed) = (label(hubspot, label=one.title(), name=one) for one in ("buyer", "payer"))
    path = f"{BASE}/contacts/{contact}/associations/companies/{company}"
    assert hubspot.put(path, json=[spec(1), own(buyer)]).json()["labels"] == ["Primary", "Buyer"]
    assert hubspot.put(path, json=[own(payer)]).json()["labels"] == ["Payer"]
    assert types_of(hubspot, f"contacts/{contact}/associations/companies") == {
        company: {279: None, payer: "Payer"}
    }
    assert types_of(hubspot, f"companies/{company}/associations/contacts") == {
        contact: {280: None, payed: "Payer"}
    }


def test_a_default_association_leaves_the_labels_there_are(hubspot, pair):
    contact, company = pair
    buyer, _ = label(hubspot, label="Buyer", name="buyer")
    path = f"{BASE}/contacts/{contact}/associations"
    hubspot.put(f"{path}/companies/{company}", json=[spec(1), own(buyer)])
    hubspot.put(f"{path}/default/companies/{company}")
    assert types_of(hubspot, f"contacts/{contact}/associations/companies") == {
        company: {1: "Primary", 279: None, buyer: "Buyer"}
    }


def test_labels_of_another_account_or_direction_are_refused(hubspot, pair):
    contact, company = pair
    _, from_company = label(hubspot, label="Buyer", name="buyer")
    path = f"{BASE}/contacts/{contact}/associations/companies/{company}"
    for wrong in (own(from_company), own(1), {**own(279), "associationCategory": "USER_DEFINED"}):
        assert hubspot.put(path, json=[wrong]).status_code == 400
    again = hubspot.post(
        "/crm/associations/2026-09/contacts/companies/labels", json={"label": "B", "name": "buyer"}
    )
    assert again.status_code == 409


def test_many_associations_come_in_pages(hubspot, pair):
    contact, first = pair
    companies = [first, *(hubspot.make("companies", {"name": f"No {n}"})["id"] for n in range(2))]
    for company in reversed(companies):
        hubspot.put(f"{BASE}/contacts/{contact}/associations/default/companies/{company}")
    path = f"{BASE}/contacts/{contact}/associations/companies"
    page = hubspot.get(f"{path}?limit=2").json()
    assert [one["toObjectId"] for one in page["results"]] == companies[:2]
    rest = hubspot.get(f"{path}?limit=2&after={page['paging']['next']['after']}").json()
    assert ([one["toObjectId"] for one in rest["results"]], "paging" in rest) == (companies[2:], False)
    assert hubspot.get(f"{path}?limit=501").status_code == 400


def test_an_archived_record_loses_its_associations(hubspot, pair):
    contact, company = pair
    hubspot.put(f"{BASE}/contacts/{contact}/associations/default/companies/{company}")
    hubspot.delete(f"{BASE}/companies/{company}")
    assert types_of(hubspot, f"contacts/{contact}/associations/companies") == {}
