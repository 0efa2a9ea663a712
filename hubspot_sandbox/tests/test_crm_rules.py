"""What an account's administrators demand, and which versions of the paths have to obey."""

import pytest

CURRENT = "/crm/objects/2026-09"
OTHERS = ("/crm/objects/2026-03", "/crm/v3/objects")
JANE = {"email": "jane@acme.co.jp"}


def rule(hubspot, kind: str, property_name: str, **more: object) -> int:
    body = {"kind": kind, "object": "contacts", "property": property_name, **more}
    answer = hubspot.post("/sandbox/api/rules", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["number"]


def codes(answer) -> dict[str, str]:
    """property -> code of a refusal."""
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    return {name: one["code"] for one in answer.json()["errors"] for name in one["context"]["propertyName"]}


def test_a_required_property_is_demanded_of_new_records_of_the_current_version_only(hubspot):
    rule(hubspot, "required", "jobtitle")
    rule(hubspot, "required", "city")
    refused = hubspot.post(f"{CURRENT}/contacts", json={"properties": {**JANE, "city": ""}})
    assert refused.json()["message"] == "The property values provided are invalid"
    assert codes(refused) == {"jobtitle": "MISSING_REQUIRED_PROPERTY", "city": "MISSING_REQUIRED_PROPERTY"}
    assert hubspot.find("contacts") == []
    made = hubspot.make("contacts", {**JANE, "city": "Osaka", "jobtitle": "Buyer"})
    change = {"properties": {"jobtitle": ""}}
    assert hubspot.patch(f"{CURRENT}/contacts/{made['id']}", json=change).status_code == 200
    for place, number in zip(OTHERS, range(2), strict=True):
        body = {"properties": {"email": f"no{number}@acme.co.jp"}}
        assert hubspot.post(f"{place}/contacts", json=body).status_code == 201
    assert hubspot.post(f"{CURRENT}/companies", json={"properties": {"name": "Acme"}}).status_code == 201


def test_a_conditional_rule_is_demanded_when_its_condition_holds(hubspot):
    rule(hubspot, "conditional", "fax", when_property="hs_lead_status", when_value="OPEN")
    made = hubspot.make("contacts", {**JANE, "hs_lead_status": "NEW"})["id"]
    path = f"{CURRENT}/contacts/{made}"
    opened = {"properties": {"hs_lead_status": "OPEN"}}
    refused = hubspot.patch(path, json=opened)
    assert codes(refused) == {"fax": "MISSING_CONDITIONAL_REQUIRED_PROPERTY"}
    new = {"properties": {"email": "b@acme.co.jp", "hs_lead_status": "OPEN"}}
    assert codes(hubspot.post(f"{CURRENT}/contacts", json=new)) == codes(refused)
    both = {"properties": {"hs_lead_status": "OPEN", "fax": "03-1234"}}
    assert hubspot.patch(path, json=both).status_code == 200
    assert hubspot.patch(path, json=opened).status_code == 200
    assert codes(hubspot.patch(path, json={"properties": {"fax": ""}})) == codes(refused)
    for place in OTHERS:
        answer = hubspot.patch(f"{place}/contacts/{made}", json={"properties": {"fax": ""}})
        assert answer.status_code == 200
    assert hubspot.patch(path, json={"properties": {"city": "Osaka"}}).status_code == 200


def test_a_condition_without_a_value_holds_for_any(hubspot):
    rule(hubspot, "conditional", "fax", when_property="jobtitle")
    assert hubspot.post(f"{CURRENT}/contacts", json={"properties": JANE}).status_code == 201
    buyer = {"properties": {"email": "b@acme.co.jp", "jobtitle": "Buyer"}}
    assert set(codes(hubspot.post(f"{CURRENT}/contacts", json=buyer))) == {"fax"}


def test_bad_values_are_named_before_missing_ones(hubspot):
    rule(hubspot, "required", "jobtitle")
    refused = hubspot.post(f"{CURRENT}/contacts", json={"properties": {**JANE, "seminar_count": "many"}})
    assert codes(refused) == {"seminar_count": "INVALID_INTEGER"}


@pytest.mark.parametrize(
    ("rule_type", "arguments", "property_name", "good", "bad"),
    [
        ("REGEX", ["[0-9-]+"], "phone", "03-1234", "03-1234x"),
        ("MIN_LENGTH", ["3"], "city", "Ise", "Tu"),
        ("MAX_LENGTH", ["3"], "city", "Ise", "Nara"),
        ("MIN_NUMBER", ["2"], "seminar_count", "2", "1.5"),
        ("MAX_NUMBER", ["2"], "seminar_count", "2", "3"),
        ("EMAIL_ALLOWED_DOMAINS", ["acme.co.jp", "acme.com"], "email", "a@ACME.com", "a@home.net"),
        ("EMAIL_BLOCKED_DOMAINS", ["home.net"], "email", "a@acme.com", "a@home.net"),
    ],
)
def test_a_validation_is_enforced_by_the_current_version(
    hubspot, rule_type: str, arguments: list[str], property_name: str, good: str, bad: str
):
    rule(hubspot, "validation", property_name, rule_type=rule_type, arguments=arguments)
    for place in (CURRENT, *OTHERS):
        answer = hubspot.post(f"{place}/contacts", json={"properties": {"lastname": "Doe", property_name: bad}})
        if place == CURRENT:
            assert set(codes(answer)) == {property_name}
            assert answer.json()["message"].startswith("Property values were not valid: [{")
        else:
            assert answer.status_code in (201, 409)
    body = {"properties": {"lastname": "Doe", property_name: good}}
    assert hubspot.post(f"{CURRENT}/contacts", json=body).status_code == 201


def test_which_versions_enforce_validations_is_a_switch(hubspot):
    rule(hubspot, "validation", "city", rule_type="MAX_LENGTH", arguments=["3"])
    wrong = {"properties": {"lastname": "Doe", "city": "Osaka"}}
    met = {}
    for enforced in ("2026-09", "always", "never"):
        hubspot.switch(property_validations_enforced=enforced)
        met[enforced] = [hubspot.post(f"{place}/contacts", json=wrong).status_code for place in (CURRENT, *OTHERS)]
    assert met == {"2026-09": [400, 201, 201], "always": [400, 400, 400], "never": [201, 201, 201]}


def test_validations_are_read_and_set_by_calls(hubspot):
    rule(hubspot, "validation", "city", rule_type="MAX_LENGTH", arguments=["3"])
    base = "/crm/property-validations/2026-09/0-1"
    written = hubspot.put(f"{base}/city/rule-type/REGEX", json={"ruleArguments": ["[a-z]+"]})
    assert (written.status_code, written.content) == (204, b"")
    longest, pattern = (
        {"ruleType": "MAX_LENGTH", "ruleArguments": ["3"]},
        {"ruleType": "REGEX", "ruleArguments": ["[a-z]+"]},
    )
    everything = hubspot.get(base).json()["results"]
    assert everything == [{"propertyName": "city", "propertyValidationRules": [longest, pattern]}]
    assert hubspot.get(f"{base}/city").json()["results"] == [longest, pattern]
    assert hubspot.get(f"{base}/fax").json()["results"] == []
    assert hubspot.get(f"{base}/city/rule-type/REGEX").json() == pattern
    assert hubspot.get(f"{base}/fax/rule-type/REGEX").status_code == 404
    assert hubspot.get(f"{base}/nonsense").status_code == 404
    assert hubspot.put(f"{base}/city/rule-type/REGEX", json={"ruleArguments": ["["]}).status_code == 400
    assert hubspot.get("/crm/property-validations/2026-09/companies").json()["results"] == []


def test_rules_belong_to_one_account_and_go_one_by_one_or_all(hubspot):
    hubspot.post(
        "/sandbox/api/rules",
        json={"kind": "required", "object": "contacts", "property": "fax", "account": 7654321},
    )
    assert hubspot.post(f"{CURRENT}/contacts", json={"properties": JANE}).status_code == 201
    first, second = rule(hubspot, "required", "jobtitle"), rule(hubspot, "required", "city")
    assert hubspot.delete(f"/sandbox/api/rules/{first}").status_code == 204
    assert [one["number"] for one in hubspot.get("/sandbox/api/rules").json()["results"]] == [second]
    assert hubspot.delete(f"/sandbox/api/rules/{first}").status_code == 404
    hubspot.delete("/sandbox/api/rules")
    assert hubspot.get("/sandbox/api/rules?account=7654321").json()["results"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "wish", "object": "contacts", "property": "fax"},
        {"kind": "required", "object": "deals", "property": "fax"},
        {"kind": "required", "object": "contacts", "property": "nonsense"},
        {"kind": "required", "object": "contacts", "property": "old_list_name"},
        {"kind": "conditional", "object": "contacts", "property": "fax", "when_property": "fax"},
        {"kind": "validation", "object": "contacts", "property": "fax", "rule_type": "URL", "arguments": ["x"]},
        {"kind": "validation", "object": "contacts", "property": "fax", "rule_type": "REGEX", "arguments": ["("]},
        {"kind": "validation", "object": "contacts", "property": "fax", "rule_type": "REGEX", "arguments": []},
        {
            "kind": "validation",
            "object": "contacts",
            "property": "fax",
            "rule_type": "MAX_LENGTH",
            "arguments": "9",
        },
        {
            "kind": "validation",
            "object": "contacts",
            "property": "fax",
            "rule_type": "MIN_NUMBER",
            "arguments": ["x"],
        },
    ],
)
def test_a_rule_that_makes_no_sense_is_not_set(hubspot, body):
    answer = hubspot.post("/sandbox/api/rules", json=body)
    assert (answer.status_code, answer.json()["message"] != "") == (400, True)
    assert hubspot.get("/sandbox/api/rules").json()["results"] == []
