"""Full and suspended accounts, erased persons and closed properties are known in whichever words HubSpot tells."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.errors import (
    AccessExpired,
    AccountFull,
    AccountProblem,
    AccountSuspended,
    HubSpotBusy,
    HubSpotError,
    PermissionMissing,
    PersonErased,
    RateLimited,
    RecordRefused,
    ValuesRefused,
)
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.complaints import LONGEST_SAID
from hubsync.hubspot.meanings import refused_for_good
from hubsync.hubspot.replies import understand
from tests.kit.hostile_texts import cost

SENT = {
    "email": "ann@mail.com",
    "firstname": "Ann",
    "jobtitle": "The account is suspended",
    "company": "Contact limit reached Ltd",
    "city": "GDPR blacklisted Town",
}
CONTACT = Call("POST", "/crm/objects/2026-09/contacts", {"properties": SENT}, writes=True)
COMPANY = Call("POST", "/crm/objects/2026-09/companies", {"properties": {"name": "Mail"}}, writes=True)
READ = Call("GET", "/crm/objects/2026-09/contacts/ann@mail.com", writes=False)


def fault_of(call: Call, status: int, body: Any) -> HubSpotError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(HubSpotError) as caught:
        understand(call, Answer(status, {}, data))
    return caught.value


def coded(code: str, *names: str, message: str = "not valid") -> dict[str, Any]:
    context = {"context": {"propertyName": list(names)}} if names else {}
    return {"status": "error", "message": "not valid", "errors": [{"message": message, "code": code, **context}]}


@pytest.mark.parametrize("body", [{}, b"", b"Payment Required", [], {"message": None}, coded("X", "email")])
@pytest.mark.parametrize("call", [CONTACT, COMPANY, READ])
def test_a_402_is_a_full_account_whatever_it_says(call: Call, body: Any) -> None:
    assert type(fault_of(call, 402, body)) is AccountFull


@pytest.mark.parametrize(
    "body",
    [
        {"category": "LIMIT_EXCEEDED"},
        {"category": "VALIDATION_ERROR", "subCategory": "CRM.OBJECT_LIMIT_EXCEEDED"},
        {"category": "contact-limit-reached"},
        {"errorType": "PORTAL_WIDE_CUSTOM_OBJECT_LIMIT_EXCEEDED"},
        {"error": "QUOTA_EXCEEDED"},
        {"category": "MAX_CONTACTS"},
        coded("RECORD_LIMIT_EXCEEDED"),
        coded("contactLimitExceeded"),
        {"errors": [{"errors": [{"code": "OBJECT_LIMIT_REACHED"}]}]},
        {"errors": {"code": "LIMIT_EXCEEDED"}},
        {"message": "You have reached the limit of 1,000,000 contacts."},
        {"message": "This request would exceed your account's maximum number of companies."},
        {"message": "Bad", "errors": [{"message": "Your plan is full: upgrade to add more records"}]},
    ],
)
@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_a_full_account_is_known_by_its_codes_and_words(status: int, body: dict[str, Any]) -> None:
    for call in (CONTACT, COMPANY):
        assert type(fault_of(call, status, body)) is AccountFull


@pytest.mark.parametrize(
    "body",
    [
        {"category": "ACCOUNT_SUSPENDED"},
        {"category": "PORTAL_DEACTIVATED"},
        {"category": "hub_is_not_active"},
        {"category": "FORBIDDEN", "subCategory": "SuspendedAccount"},
        {"errorType": "DEACTIVATED"},
        coded("ACCOUNT_CLOSED"),
        {"message": "This HubSpot account has been suspended."},
        {"message": "Portal 1234567 is currently inactive"},
        {"message": "x", "errors": [{"message": "The account was deactivated; ask its administrator"}]},
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 410, 423])
def test_a_suspended_account_is_known_by_its_codes_and_words(status: int, body: dict[str, Any]) -> None:
    for call in (CONTACT, COMPANY, READ):
        assert type(fault_of(call, status, body)) is AccountSuspended


@pytest.mark.parametrize(
    "body",
    [
        coded("GDPR_BLACKLISTED", "email"),
        coded("GDPR_BLACKLISTED_EMAIL", "email"),
        coded("gdpr-blocklisted"),
        coded("BLACKLISTED_BY_GDPR"),
        coded("gdprDeleted", "email"),
        {"category": "CONTACT_FORGOTTEN_GDPR_DELETE"},
        coded("INVALID_EMAIL", "email", message="email has been GDPR blacklisted"),
        {"message": "This contact was permanently deleted and cannot be recreated."},
        {"message": 'not valid: [{"isValid":false,"error":"GDPR_BLACKLISTED","name":"email"}]'},
    ],
)
@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_an_erased_person_is_known_in_any_spelling(status: int, body: dict[str, Any]) -> None:
    assert type(fault_of(CONTACT, status, body)) is PersonErased


@pytest.mark.parametrize(
    ("call", "status", "body", "kind"),
    [
        (CONTACT, 429, {"category": "LIMIT_EXCEEDED", "policyName": "DAILY"}, RateLimited),
        (CONTACT, 400, coded("PROPERTY_VALUE_LENGTH_LIMIT_EXCEEDED", "jobtitle"), ValuesRefused),
        (CONTACT, 400, coded("LIMIT_EXCEEDED", "jobtitle"), ValuesRefused),
        (CONTACT, 400, coded("ASSOCIATION_LIMIT_EXCEEDED"), RecordRefused),
        (CONTACT, 400, coded("GDPR_LEGAL_BASIS_INVALID", "jobtitle"), ValuesRefused),
        (CONTACT, 400, coded("GDPR_BLACKLISTED", "city"), ValuesRefused),
        (CONTACT, 400, {"message": "Bad value The account is suspended"}, RecordRefused),
        (CONTACT, 400, {"message": "Contact limit reached Ltd is odd, over the top"}, RecordRefused),
        (CONTACT, 400, {"message": "Odd: gdpr BLACKLISTED town"}, RecordRefused),
        (CONTACT, 403, {"message": "the filter limit is exceeded for this search of contacts"}, PermissionMissing),
        (COMPANY, 400, coded("GDPR_BLACKLISTED"), RecordRefused),
        (READ, 403, {"category": "MISSING_SCOPES", "message": "This account lacks a scope."}, PermissionMissing),
        (READ, 401, {"message": "The OAuth token used to make this call expired."}, AccessExpired),
        (READ, 423, {"message": "This resource is currently locked."}, HubSpotBusy),
        (READ, 402, b"<html>Payment Required</html>", HubSpotBusy),
    ],
)
def test_what_only_looks_like_it_is_what_it_was(call: Call, status: int, body: Any, kind: type) -> None:
    assert type(fault_of(call, status, body)) is kind


WORDS = st.sampled_from(
    [
        "the account",
        "is suspended",
        "limit of contacts reached",
        "GDPR blacklisted",
        "portal closed",
        "Ann",
        "x1y2",
    ]
)


@given(
    st.lists(WORDS, min_size=1, max_size=4).map(" ".join), st.sampled_from(["{}", "Bad: {}.", '"{}" is not valid'])
)
def test_no_guest_can_speak_for_hubspot(value: str, form: str) -> None:
    call = Call("POST", CONTACT.path, {"properties": {"email": "ann@mail.com", "lastname": value}}, writes=True)
    fault = fault_of(call, 400, {"message": form.format(value)})
    assert not isinstance(fault, (AccountProblem, PersonErased))


def test_answers_that_nearly_fit_a_sentence_cost_little_more_than_others() -> None:
    def seconds(letters: str) -> float:
        values = {f"field{number}": (letters * 1_000)[:2_000] + f"!{number}" for number in range(100)}
        call = Call("POST", CONTACT.path, {"properties": values}, writes=True)
        told = {"message": "a" * 4_000}
        return min(cost(lambda text: fault_of(call, 400, told), "") for _ in range(2))

    assert seconds("aa") < 10 * seconds("xy")


@pytest.mark.parametrize(
    ("code", "for_good"),
    [
        ("PROPERTY_DOESNT_EXIST", True),
        ("PropertyDoesNotExist", True),
        ("UNKNOWN_PROPERTY", True),
        ("PROPERTY_NOT_FOUND", True),
        ("PROPERTY_ARCHIVED", True),
        ("READ_ONLY_VALUE", True),
        ("read-only-property", True),
        ("CALCULATED_PROPERTY", True),
        ("PROPERTY_NOT_WRITABLE", True),
        ("FIELD_LEVEL_PERMISSION_MISSING", True),
        ("CANNOT_BE_EDITED", True),
        ("INVALID_OPTION", False),
        ("INVALID_INTEGER", False),
        ("INVALID_EMAIL", False),
        ("INVALID", False),
        ("OPTION_DOES_NOT_EXIST", False),
        ("OWNER_NOT_FOUND", False),
        ("CONFLICTING_UNIQUE_VALUE", False),
        ("FAILED_PROPERTY_VALIDATION", False),
        ("PROPERTY_VALUE_TOO_LONG", False),
        ("VALUE_NOT_ALLOWED", False),
    ],
)
def test_a_code_about_the_property_is_told_from_one_about_the_value(code: str, for_good: bool) -> None:
    assert refused_for_good(code) is for_good
    fault = fault_of(CONTACT, 400, coded(code, "jobtitle"))
    assert isinstance(fault, ValuesRefused)
    assert fault.for_good == ({"jobtitle"} if for_good else set())


def test_a_403_that_names_a_property_is_about_the_property() -> None:
    fault = fault_of(CONTACT, 403, coded("SOMETHING", "jobtitle"))
    assert isinstance(fault, ValuesRefused)
    assert fault.for_good == {"jobtitle"}
    assert type(fault_of(CONTACT, 403, coded("SOMETHING", "hs_other"))) is PermissionMissing


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "Bad\r\n input\x00", "errors": [{"message": "Ann is\u202e odd"}]}, "Bad input\nAnn is odd"),
        ({"message": "Same", "errors": [{"message": "Same"}, {"errors": [{"message": "Deep"}]}]}, "Same\nDeep"),
        (
            {"message": 'Not valid: [{"message":"Ann is odd","error":"X","name":"y"}]'},
            "Not valid\nAnn is odd",
        ),
        ({"message": ["no", "text"], "errors": [{"message": 5}, None, "x"]}, ""),
        ({}, ""),
        (b"<html>", ""),
        ({"message": "あ" * 3000}, "あ" * (LONGEST_SAID - 1) + "…"),
    ],
)
def test_hubspots_own_sentences_go_along_and_nowhere_else(body: Any, said: str) -> None:
    fault = fault_of(CONTACT, 422, body)
    assert fault.said.text == said
    assert "Ann" not in repr(fault) + str(fault) + repr(vars(fault)) + fault.message


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["message", "errors", "context", "propertyName", "code", "category", "subCategory"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=25,
    ),
    st.sampled_from([400, 401, 402, 403, 404, 409, 410, 422, 423]),
)
def test_any_body_is_understood_and_what_was_said_is_short(body: Any, status: int) -> None:
    fault = fault_of(CONTACT, status, body)
    assert fault.status == status
    assert len(fault.said.text) <= LONGEST_SAID
