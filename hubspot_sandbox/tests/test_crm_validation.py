"""Which values are refused, and how the refusal reads."""

import json

import pytest

CONTACTS, COMPANIES = "/crm/objects/2026-09/contacts", "/crm/objects/2026-09/companies"

REFUSED = [
    ("contacts", {"nonsense": "1"}, "PROPERTY_DOESNT_EXIST", 'Property "nonsense" does not exist'),
    ("contacts", {"old_list_name": "1"}, "PROPERTY_DOESNT_EXIST", 'Property "old_list_name" does not exist'),
    ("contacts", {"email": "jane@acme.con"}, "INVALID_EMAIL", "Email address jane@acme.con is invalid"),
    ("contacts", {"email": "jane@acme.example"}, "INVALID_EMAIL", "Email address jane@acme.example is invalid"),
    ("contacts", {"email": "jane"}, "INVALID_EMAIL", "Email address jane is invalid"),
    ("contacts", {"seminar_count": "5,333"}, "INVALID_INTEGER", "seminar_count was not a valid number"),
    ("companies", {"annualrevenue": "23.345.567"}, "INVALID_INTEGER", "annualrevenue was not a valid number"),
    ("companies", {"annualrevenue": "１２"}, "INVALID_INTEGER", "annualrevenue was not a valid number"),
    ("contacts", {"first_visit_date": "soon"}, "INVALID_LONG", "soon was not a valid long."),
    ("contacts", {"closedate": "2026-13-01"}, "INVALID_LONG", "2026-13-01 was not a valid long."),
    (
        "contacts",
        {"hubspotscore": "1"},
        "READ_ONLY_VALUE",
        '"hubspotscore" is a calculated property; its value cannot be set.',
    ),
    (
        "contacts",
        {"createdate": "2026-01-01"},
        "READ_ONLY_VALUE",
        '"createdate" is a read only property; its value cannot be set.',
    ),
    (
        "contacts",
        {"hs_language": "Japanese"},
        "INVALID_OPTION",
        "Japanese was not one of the allowed options: [ja, en, de, fr]",
    ),
]


@pytest.mark.parametrize(("kind", "values", "code", "message"), REFUSED)
def test_a_value_that_is_not_allowed_is_refused_with_hubspots_code_and_words(hubspot, kind, values, code, message):
    known_by = {"name": "Acme"} if kind == "companies" else {"firstname": "J"}
    answer = hubspot.post(f"/crm/objects/2026-09/{kind}", json={"properties": {**known_by, **values}})
    body = answer.json()
    name = next(iter(values))
    assert (answer.status_code, body["category"]) == (400, "VALIDATION_ERROR")
    assert body["errors"] == [{"message": message, "code": code, "context": {"propertyName": [name]}}]
    assert json.loads(body["message"].removeprefix("Property values were not valid: ")) == [
        {
            "isValid": False,
            "message": message,
            "error": code,
            "name": name,
            "localizedErrorMessage": message,
            "portalId": 1234567,
        }
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"email": "jane@example.com"},
        {"email": "jane.o'hara+x@mail.acme.co.jp"},
        {"seminar_count": "-12.5"},
        {"annualrevenue": "5,333 million"},
        {"first_visit_date": "2026-11-23"},
        {"first_visit_date": "1700006400000"},
        {"closedate": "2026-11-23T10:00:00Z"},
        {"hs_buying_role": "CHAMPION;END_USER"},
        {"hubspot_owner_id": "71001"},
        {"hs_internal_note": "hidden but writable"},
        {"message": "あ" * 65_536},
    ],
)
def test_an_allowed_value_is_written(hubspot, values):
    record = hubspot.make("contacts", {"firstname": "Jane", **values})
    name, value = next(iter(values.items()))
    assert record["properties"][name] == value


def test_a_string_beyond_the_longest_is_refused(hubspot):
    answer = hubspot.post(CONTACTS, json={"properties": {"firstname": "J", "message": "a" * 65_537}})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["context"] == {"propertyName": ["message"]}


def test_all_bad_values_of_a_request_are_named_together_and_nothing_is_written(hubspot):
    values = {"email": "jane@acme.con", "seminar_count": "1,2", "nonsense": "1", "firstname": "Jane"}
    body = hubspot.post(CONTACTS, json={"properties": values}).json()
    assert [one["context"]["propertyName"][0] for one in body["errors"]] == [
        "email",
        "seminar_count",
        "nonsense",
    ]
    assert hubspot.get(CONTACTS).json()["results"] == []


def test_the_list_of_errors_can_be_left_out(hubspot):
    hubspot.switch(errors_list_in_400=False)
    body = hubspot.post(CONTACTS, json={"properties": {"nonsense": "1"}}).json()
    assert "errors" not in body
    assert "PROPERTY_DOESNT_EXIST" in body["message"]


def test_the_code_for_numbers_can_be_the_other_observed_one(hubspot):
    hubspot.switch(number_error_code="INVALID_LONG")
    body = hubspot.post(CONTACTS, json={"properties": {"firstname": "J", "seminar_count": "x"}}).json()
    assert body["errors"][0]["code"] == "INVALID_LONG"


def test_a_bad_value_is_refused_in_an_update_too(hubspot):
    contact = hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    answer = hubspot.patch(f"{CONTACTS}/{contact['id']}", json={"properties": {"seminar_count": "x"}})
    assert answer.status_code == 400


def test_a_record_without_anything_to_know_it_by_is_refused_unless_switched_off(hubspot):
    assert hubspot.post(CONTACTS, json={"properties": {"city": "Osaka"}}).status_code == 400
    assert hubspot.post(COMPANIES, json={"properties": {"city": "Osaka"}}).status_code == 400
    hubspot.switch(require_minimum_properties=False)
    assert hubspot.post(COMPANIES, json={"properties": {"city": "Osaka"}}).status_code == 201


def test_a_sensitive_value_needs_its_own_scope(hubspot):
    values = {"firstname": "Jane", "passport_number": "X1"}
    answer = hubspot.post(CONTACTS, json={"properties": values})
    assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")
    number = hubspot.seed("contacts", values)
    read = hubspot.get(f"{CONTACTS}/{number}?properties=passport_number").json()["properties"]
    assert "passport_number" not in read
