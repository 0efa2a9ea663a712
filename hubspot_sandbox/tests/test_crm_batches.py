"""Batch calls about contacts and companies."""

import pytest

BASE = "/crm/objects/2026-09"
CONTACTS = f"{BASE}/contacts"


def batch(hubspot, call: str, inputs: list, *, kind: str = "contacts", **more: object):
    return hubspot.post(f"{BASE}/{kind}/batch/{call}", json={"inputs": inputs, **more})


def new(email: str, trace: str | None = None, **more: str) -> dict:
    return {"properties": {"email": email, **more}, **({"objectWriteTraceId": trace} if trace else {})}


def emails(hubspot) -> set[str]:
    return {one["properties"]["email"] for one in hubspot.get(f"{CONTACTS}?limit=100").json()["results"]}


def test_a_batch_creates_up_to_100_records_with_their_associations(hubspot):
    company = hubspot.make("companies", {"name": "Acme"})["id"]
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    inputs = [new(f"no{n}@acme.co.jp") for n in range(100)]
    inputs[7]["associations"] = [{"to": {"id": company}, "types": [spec]}]
    answer = batch(hubspot, "create", inputs)
    body = answer.json()
    assert (answer.status_code, body["status"], len(body["results"])) == (201, "COMPLETE", 100)
    assert {"startedAt", "completedAt"} <= body.keys()
    assert not {"errors", "numErrors"} & body.keys()
    linked = hubspot.get(f"{BASE}/companies/{company}/associations/contacts").json()["results"]
    assert [one["toObjectId"] for one in linked] == [body["results"][7]["id"]]


@pytest.mark.parametrize("call", ["create", "read", "update", "upsert", "archive"])
@pytest.mark.parametrize(
    "inputs", [[], None, "all", [1], [{"id": str(n), "idProperty": "email"} for n in range(101)]]
)
def test_a_batch_of_none_or_more_than_100_is_refused(hubspot, call: str, inputs):
    answer = hubspot.post(f"{CONTACTS}/batch/{call}", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_one_bad_input_refuses_a_batch_without_trace_ids(hubspot):
    hubspot.make("contacts", {"email": "known@acme.co.jp"})
    bad = batch(hubspot, "create", [new("a@acme.co.jp"), new("b@acme.co.jp", nonsense="1")])
    assert (bad.status_code, "PROPERTY_DOESNT_EXIST" in bad.text) == (400, True)
    half = batch(hubspot, "create", [new("a@acme.co.jp", "t1"), new("b@acme.con")])
    assert (half.status_code, "INVALID_EMAIL" in half.text) == (400, True)
    taken = batch(hubspot, "create", [new("a@acme.co.jp"), new("known@acme.co.jp")])
    assert (taken.status_code, taken.json()["category"]) == (409, "CONFLICT")
    assert emails(hubspot) == {"known@acme.co.jp"}


def test_with_trace_ids_the_good_inputs_are_written_and_the_bad_ones_named(hubspot):
    known = hubspot.make("contacts", {"email": "known@acme.co.jp"})["id"]
    inputs = [new("a@acme.co.jp", "t1"), new("b@acme.con", "t2"), new("known@acme.co.jp", "t3")]
    answer = batch(hubspot, "create", inputs)
    body = answer.json()
    assert (answer.status_code, body["numErrors"]) == (207, 2)
    assert [(one["properties"]["email"], one["objectWriteTraceId"]) for one in body["results"]] == [
        ("a@acme.co.jp", "t1")
    ]
    told = {one["context"]["objectWriteTraceId"][0]: (one["category"], one["message"]) for one in body["errors"]}
    assert told["t3"] == ("CONFLICT", f"Contact already exists. Existing ID: {known}")
    assert told["t2"][0] == "VALIDATION_ERROR"
    assert "INVALID_EMAIL" in told["t2"][1]
    assert emails(hubspot) == {"known@acme.co.jp", "a@acme.co.jp"}


def test_one_address_twice_in_a_batch_is_refused_whole(hubspot):
    answer = batch(hubspot, "create", [new("a@acme.co.jp", "t1"), new("A@acme.co.jp", "t2")])
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Duplicate IDs found in batch input: [a@acme.co.jp]")
    assert emails(hubspot) == set()


def test_a_batch_reads_by_id_or_by_address_and_names_what_is_not_there(hubspot):
    jane = hubspot.seed(
        "contacts", {"email": "jane@acme.co.jp", "hs_additional_emails": "j@home.net", "city": "Ise"}
    )
    joe = hubspot.make("contacts", {"email": "joe@acme.co.jp"})["id"]
    full = batch(hubspot, "read", [{"id": jane}, {"id": joe}], properties=["city"], propertiesWithHistory=["city"])
    assert (full.status_code, [one["id"] for one in full.json()["results"]]) == (200, [jane, joe])
    first = full.json()["results"][0]
    assert (first["properties"]["city"], first["propertiesWithHistory"]["city"][0]["value"]) == ("Ise", "Ise")
    assert "associations" not in first
    inputs = [{"id": "j@home.net"}, {"id": "nobody@acme.co.jp"}]
    part = batch(hubspot, "read", inputs, idProperty="email")
    body = part.json()
    assert (part.status_code, body["numErrors"], [one["id"] for one in body["results"]]) == (207, 1, [jane])
    (error,) = body["errors"]
    assert (error["category"], error["context"]) == ("OBJECT_NOT_FOUND", {"ids": ["nobody@acme.co.jp"]})
    assert batch(hubspot, "read", [{"id": "x"}], idProperty="city").status_code == 400


def test_a_batch_updates_what_is_there_and_names_what_is_not(hubspot):
    jane = hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"]
    change = {"properties": {"city": "Ise"}}
    answer = batch(hubspot, "update", [{"id": jane, **change}, {"id": "7", **change}])
    body = answer.json()
    assert (answer.status_code, [one["id"] for one in body["results"]]) == (207, [jane])
    assert body["errors"][0]["context"] == {"ids": ["7"]}
    by_email = batch(hubspot, "update", [{"id": "jane@acme.co.jp", "idProperty": "email", **change}])
    assert (by_email.status_code, by_email.json()["results"][0]["id"]) == (200, jane)
    assert batch(hubspot, "update", [{"id": jane, **change}, {"id": jane, **change}]).status_code == 400
    bad = batch(hubspot, "update", [{"id": jane, "properties": {"city": "Tsu", "nonsense": "1"}}])
    assert bad.status_code == 400
    assert hubspot.get(f"{CONTACTS}/{jane}?properties=city").json()["properties"]["city"] == "Ise"


def test_batch_updates_refuse_ids_of_merged_records_and_batch_reads_follow_the_switch(hubspot):
    stays = hubspot.make("contacts", {"email": "jane@acme.co.jp"})["id"]
    gone = hubspot.make("contacts", {"email": "j@home.net"})["id"]
    hubspot.post(f"/sandbox/api/records/contacts/{gone}/merge", json={"into": stays})
    update = batch(hubspot, "update", [{"id": gone, "properties": {"city": "Ise"}}])
    assert (update.status_code, update.json()["results"]) == (207, [])
    assert update.json()["errors"][0]["context"] == {"ids": [gone]}
    read = batch(hubspot, "read", [{"id": gone}, {"id": stays}])
    assert (read.status_code, [one["id"] for one in read.json()["results"]]) == (200, [stays])
    hubspot.switch(batch_reads_accept_merged_ids=False)
    assert batch(hubspot, "read", [{"id": gone}]).json()["errors"][0]["context"] == {"ids": [gone]}


def test_an_upsert_changes_the_known_and_creates_the_new_and_says_which(hubspot):
    jane = hubspot.seed("contacts", {"email": "jane@acme.co.jp", "hs_additional_emails": "j@home.net"})
    inputs = [
        {"id": "J@home.net", "idProperty": "email", "properties": {"city": "Ise"}},
        {"id": "new@acme.co.jp", "idProperty": "email", "properties": {"city": "Tsu"}, "objectWriteTraceId": "t"},
    ]
    answer = batch(hubspot, "upsert", inputs)
    first, second = answer.json()["results"]
    assert (answer.status_code, first["id"], first["new"], second["new"]) == (200, jane, False, True)
    assert second["objectWriteTraceId"] == "t"
    assert emails(hubspot) == {"jane@acme.co.jp", "new@acme.co.jp"}
    read = hubspot.get(f"{CONTACTS}/{jane}?properties=city,email").json()["properties"]
    assert (read["city"], read["email"]) == ("Ise", "jane@acme.co.jp")


def upserts(id_property: str, *keys: str) -> list[dict]:
    """One per key, each with a trace id; the last one has a bad value."""
    inputs = [
        {"id": key, "idProperty": id_property, "objectWriteTraceId": key, "properties": {"lastname": "Doe"}}
        for key in keys
    ]
    inputs[-1]["properties"]["seminar_count"] = "many"
    return inputs


def test_an_upsert_by_address_is_never_done_in_part_but_one_by_another_property_is(hubspot):
    by_email = batch(hubspot, "upsert", upserts("email", "a@acme.co.jp", "b@acme.co.jp"))
    assert (by_email.status_code, emails(hubspot)) == (400, set())
    by_number = batch(hubspot, "upsert", upserts("member_number", "M1", "M2"))
    body = by_number.json()
    assert (by_number.status_code, len(body["results"]), body["results"][0]["new"]) == (207, 1, True)
    assert body["results"][0]["properties"]["member_number"] == "M1"
    assert body["errors"][0]["context"] == {"objectWriteTraceId": ["M2"]}
    again = batch(hubspot, "upsert", upserts("member_number", "M1", "M2"))
    assert again.json()["results"][0]["new"] is False


@pytest.mark.parametrize(
    "inputs",
    [
        [{"id": "a@acme.co.jp", "properties": {}}],
        [{"id": "501", "idProperty": "hs_object_id", "properties": {}}],
        [{"id": "Ise", "idProperty": "city", "properties": {}}],
        [{"id": "a@b.co", "idProperty": "email"}, {"id": "M1", "idProperty": "member_number"}],
        [{"id": "a@b.co", "idProperty": "email"}, {"id": "A@b.co", "idProperty": "email"}],
    ],
)
def test_an_upsert_needs_one_unique_property_and_every_value_once(hubspot, inputs):
    assert batch(hubspot, "upsert", inputs).status_code == 400
    assert emails(hubspot) == set()


def test_companies_are_upserted_by_a_unique_property_of_the_accounts_own(hubspot):
    inputs = [{"id": "E1", "idProperty": "erp_number", "properties": {"name": "Acme"}}]
    told = [batch(hubspot, "upsert", inputs, kind="companies").json()["results"][0] for _ in range(2)]
    assert [one["new"] for one in told] == [True, False]
    assert told[0]["id"] == told[1]["id"]
    by_domain = [{"id": "acme.com", "idProperty": "domain", "properties": {}}]
    assert batch(hubspot, "upsert", by_domain, kind="companies").status_code == 400


def test_a_batch_archives_what_is_there_and_passes_over_the_rest(hubspot):
    ids = [hubspot.make("companies", {"name": f"No {n}"})["id"] for n in range(3)]
    answer = batch(hubspot, "archive", [{"id": ids[0]}, {"id": ids[1]}, {"id": "7"}], kind="companies")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [one["id"] for one in hubspot.get(f"{BASE}/companies").json()["results"]] == [ids[2]]


def test_batches_obey_the_accounts_rules_under_the_current_version_only(hubspot):
    rule = {"kind": "required", "object": "contacts", "property": "jobtitle"}
    hubspot.post("/sandbox/api/rules", json=rule)
    answer = batch(hubspot, "create", [new("a@acme.co.jp", "t1"), new("b@acme.co.jp", "t2", jobtitle="Buyer")])
    (error,) = answer.json()["errors"]
    assert (error["context"], error["errors"][0]["code"]) == (
        {"objectWriteTraceId": ["t1"]},
        "MISSING_REQUIRED_PROPERTY",
    )
    upsert = {"id": "c@acme.co.jp", "idProperty": "email", "properties": {}}
    assert batch(hubspot, "upsert", [upsert]).status_code == 400
    old = hubspot.post("/crm/v3/objects/contacts/batch/create", json={"inputs": [new("a@acme.co.jp")]})
    assert old.status_code == 201


def test_batches_need_the_scopes_of_their_kind(hubspot):
    body = {"scopes": ["crm.objects.contacts.read"]}
    key = hubspot.post("/sandbox/api/service-keys", json=body).json()["token"]
    hubspot.headers["Authorization"] = f"Bearer {key}"
    made = {
        call: batch(hubspot, call, [{"id": "7", "idProperty": "email"}]).status_code for call in ("read", "upsert")
    }
    assert made == {"read": 207, "upsert": 403}
