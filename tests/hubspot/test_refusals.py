"""What a 400 names is understood; what it does not name is not guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubsync.errors import (
    HubSpotError,
    PermissionMissing,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
)
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.replies import understand

CONTACT = Call("POST", "/crm/objects/2026-09/contacts", {}, writes=True, names="4711")
INSIDE = (
    'Property values were not valid: [{"isValid":false,"message":"Email address guest@example.con is invalid",'
    '"error":"INVALID_EMAIL","name":"email","portalId":1},'
    '{"isValid":false,"message":"x was not a valid number","error":"INVALID_INTEGER","name":"age"}]'
)


def refusal(body: dict[str, Any]) -> HubSpotError:
    with pytest.raises(HubSpotError) as caught:
        understand(CONTACT, Answer(400, {}, json.dumps({"category": "VALIDATION_ERROR"} | body).encode()))
    assert caught.value.status == 400
    assert caught.value.category == "VALIDATION_ERROR"
    assert "guest@" not in caught.value.message
    return caught.value


def error(code: str | None, *names: str) -> dict[str, Any]:
    return {"message": "about guest@example.com", "code": code, "context": {"propertyName": list(names)}}


def test_all_bad_properties_of_the_list_of_errors_are_named():
    fault = refusal(
        {"message": INSIDE, "errors": [error("INVALID_EMAIL", "email"), error("INVALID_OPTION", "industry")]}
    )
    assert isinstance(fault, ValuesRefused)
    assert fault.refused == {"email": "INVALID_EMAIL", "industry": "INVALID_OPTION"}
    assert "industry" in fault.message


def test_bad_properties_that_only_the_message_names_are_found():
    fault = refusal({"message": INSIDE})
    assert isinstance(fault, ValuesRefused)
    assert fault.refused == {"email": "INVALID_EMAIL", "age": "INVALID_INTEGER"}


def test_a_list_of_errors_without_names_leaves_the_message_its_say():
    fault = refusal({"message": INSIDE, "errors": [{"message": "INVALID"}]})
    assert isinstance(fault, ValuesRefused)
    assert set(fault.refused) == {"email", "age"}


def test_a_property_name_may_come_without_a_list_and_without_a_code():
    fault = refusal({"errors": [{"context": {"propertyName": "age"}}]})
    assert isinstance(fault, ValuesRefused)
    assert fault.refused == {"age": "INVALID"}


@pytest.mark.parametrize("code", ["MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY"])
def test_a_required_property_goes_before_bad_values(code):
    fault = refusal({"errors": [error("INVALID_EMAIL", "email"), error(code, "jobtitle")]})
    assert isinstance(fault, RequiredPropertyMissing)
    assert fault.required == ("jobtitle",)
    assert "jobtitle" in fault.message


def test_a_required_property_may_be_missing_without_its_name():
    fault = refusal({"errors": [{"code": "MISSING_REQUIRED_PROPERTY"}]})
    assert isinstance(fault, RequiredPropertyMissing)
    assert fault.required == ()


def test_a_right_that_a_user_lacks_is_a_missing_permission():
    fault = refusal({"message": "Missing 'Edit Associations' permission."})
    assert isinstance(fault, PermissionMissing)
    assert "Edit Associations" in fault.message


@pytest.mark.parametrize(
    "body",
    [
        {"message": "No object with id 4711 of type 0-2 exists"},
        {"message": "Bad input", "errors": [{"message": "COMPANY=4711 is not valid"}]},
        {"message": "Bad input", "errors": [{"message": "no such id", "context": {"objectId": ["4711"]}}]},
    ],
)
def test_a_company_that_is_named_as_bad_is_gone(body):
    assert type(refusal(body)) is RecordGone


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": "One of 47110 guest@example.com"},
        {"message": "One of 24711 guest@example.com"},
        {"message": "The type 0-4711 guest@example.com"},
        {"message": "were not valid: [{broken"},
        {"message": "were not valid: [" + "[" * 100_000},
        {"message": "were not valid: [{}]"},
        {"errors": [{"context": {"propertyName": ["two words", "", 5]}}]},
        {"errors": "text"},
    ],
)
def test_where_nothing_is_named_nothing_is_guessed(body):
    assert type(refusal(body)) is RecordRefused
