"""Batch calls about associations."""

import pytest

BASE = "/crm/associations/2026-09/contacts/companies/batch"


def primary() -> dict[str, object]:
    return {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}


def unlabelled() -> dict[str, object]:
    return {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}


def both(contact: str, company: str, *types: dict) -> dict:
    return {"from": {"id": contact}, "to": {"id": company}, **({"types": list(types)} if types else {})}


@pytest.fixture
def known(hubspot) -> tuple[list[str], list[str]]:
    """Two contacts and two companies, strangers to each other."""
    people = [hubspot.make("contacts", {"email": f"no{n}@acme.co.jp"})["id"] for n in range(2)]
    return people, [hubspot.make("companies", {"name": f"No {n}"})["id"] for n in range(2)]


def types_of(hubspot, contact: str) -> dict[str, list[int]]:
    results = hubspot.get(f"/crm/objects/2026-09/contacts/{contact}/associations/companies").json()["results"]
    return {one["toObjectId"]: [each["typeId"] for each in one["associationTypes"]] for one in results}


def test_many_pairs_are_associated_with_labels_and_each_list_replaces_the_old_one(hubspot, known):
    (ann, joe), (first, second) = known
    inputs = [both(ann, first, primary(), unlabelled()), both(joe, second, primary())]
    answer = hubspot.post(f"{BASE}/create", json={"inputs": inputs})
    body = answer.json()
    assert (answer.status_code, body["status"]) == (201, "COMPLETE")
    assert [(one["fromObjectId"], one["toObjectId"], one["labels"]) for one in body["results"]] == [
        (ann, first, ["Primary"]),
        (joe, second, ["Primary"]),
    ]
    hubspot.post(f"{BASE}/create", json={"inputs": [both(ann, first, unlabelled())]})
    assert (types_of(hubspot, ann), types_of(hubspot, joe)) == ({first: [279]}, {second: [1, 279]})


def test_pairs_that_cannot_be_are_named_and_the_others_made(hubspot, known):
    (ann, joe), (first, _) = known
    inputs = [both(ann, first, unlabelled()), both(joe, "7", unlabelled())]
    answer = hubspot.post(f"{BASE}/create", json={"inputs": inputs})
    body = answer.json()
    assert (answer.status_code, body["numErrors"], len(body["results"])) == (207, 1, 1)
    assert body["errors"][0]["context"] == {"fromObjectId": [joe], "toObjectId": ["7"]}
    assert list(types_of(hubspot, ann)) == [first]


def test_many_pairs_are_associated_without_a_label(hubspot, known):
    people, companies = known
    inputs = [both(*pair) for pair in zip(people, companies, strict=True)]
    answer = hubspot.post(f"{BASE}/associate/default", json={"inputs": inputs})
    results = answer.json()["results"]
    assert (answer.status_code, len(results)) == (200, 4)
    assert {one["associationSpec"]["associationTypeId"] for one in results} == {279, 280}
    assert list(types_of(hubspot, people[1])) == [companies[1]]


def test_many_records_are_read_and_those_without_any_named(hubspot, known):
    (ann, joe), companies = known
    for company in companies:
        hubspot.put(f"/crm/objects/2026-09/contacts/{ann}/associations/default/companies/{company}")
    answer = hubspot.post(f"{BASE}/read", json={"inputs": [{"id": ann}, {"id": joe}, {"id": "7"}]})
    body = answer.json()
    (result,) = body["results"]
    assert (answer.status_code, result["from"], body["numErrors"]) == (207, {"id": ann}, 2)
    assert [one["toObjectId"] for one in result["to"]] == companies
    assert [one["subCategory"] for one in body["errors"]] == ["crm.associations.NO_ASSOCIATIONS_FOUND"] * 2
    assert body["errors"][0]["context"]["fromObjectId"] == [joe]
    after = hubspot.post(f"{BASE}/read", json={"inputs": [{"id": ann, "after": companies[0]}]}).json()
    assert [one["toObjectId"] for one in after["results"][0]["to"]] == companies[1:]


def test_archiving_ends_associations_and_taking_labels_leaves_the_rest(hubspot, known):
    (ann, joe), (first, second) = known
    pairs = [both(ann, first, primary()), both(ann, second, unlabelled()), both(joe, first, primary())]
    hubspot.post(f"{BASE}/create", json={"inputs": pairs})
    labels = hubspot.post(f"{BASE}/labels/archive", json={"inputs": [both(joe, first, primary())]})
    assert (labels.status_code, types_of(hubspot, joe)) == (200, {first: [279]})
    ends = {"from": {"id": ann}, "to": [{"id": first}, {"id": second}, {"id": "7"}]}
    answer = hubspot.post(f"{BASE}/archive", json={"inputs": [ends]})
    assert (answer.status_code, types_of(hubspot, ann)) == (200, {})
    hubspot.post(f"{BASE}/labels/archive", json={"inputs": [both(joe, first, unlabelled())]})
    assert types_of(hubspot, joe) == {}
    assert hubspot.get(f"/crm/objects/2026-09/contacts/{joe}").status_code == 200


def test_v4_answers_204_where_the_dated_paths_answer_200(hubspot, known):
    (ann, _), (first, _) = known
    bodies = {
        "archive": {"inputs": [{"from": {"id": ann}, "to": [{"id": first}]}]},
        "labels/archive": {"inputs": [both(ann, first, primary())]},
    }
    met = {
        (place, call): hubspot.post(
            f"/crm/associations/{place}/contacts/companies/batch/{call}", json=body
        ).status_code
        for place in ("2026-09", "2026-03")
        for call, body in bodies.items()
    }
    assert set(met.values()) == {200}
    for call, body in bodies.items():
        assert hubspot.post(f"/crm/v4/associations/contacts/companies/batch/{call}", json=body).status_code == 204


@pytest.mark.parametrize(("call", "most"), [("read", 1000), ("create", 2000), ("archive", 2000)])
def test_a_batch_has_a_greatest_number_of_inputs(hubspot, known, call: str, most: int):
    (ann, _), (first, _) = known
    one = {"read": {"id": ann}, "create": both(ann, first, primary()), "archive": {**both(ann, first), "to": []}}[
        call
    ]
    assert hubspot.post(f"{BASE}/{call}", json={"inputs": [one] * (most + 1)}).status_code == 400
    if call != "create":
        assert hubspot.post(f"{BASE}/{call}", json={"inputs": [one] * most}).status_code in (200, 207)


@pytest.mark.parametrize("call", ["create", "associate/default", "archive", "labels/archive", "read"])
@pytest.mark.parametrize("wrong", [{}, {"from": "501"}, {"from": {"id": "501"}}])
@pytest.mark.quick_cases(5)
def test_an_input_without_its_ends_refuses_the_batch_and_writes_nothing(hubspot, known, call: str, wrong: dict):
    (ann, _), (first, _) = known
    good = {"id": ann, **both(ann, first, primary())}
    good = {**good, "to": [{"id": first}]} if call == "archive" else good
    hubspot.put(f"/crm/objects/2026-09/contacts/{ann}/associations/companies/{first}", json=[primary()])
    before = types_of(hubspot, ann)
    answer = hubspot.post(f"{BASE}/{call}", json={"inputs": [good, wrong]})
    assert (answer.status_code, types_of(hubspot, ann)) == (400, before)
