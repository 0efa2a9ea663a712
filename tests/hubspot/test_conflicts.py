"""A 409 names a contact, or properties whose values another record has, or neither; nothing else is guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.errors import ContactExists, HubSpotBusy, HubSpotError, RecordConflict, ValuesRefused
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.replies import understand

SENT = {"properties": {"email": "ann@mail.com", "member_no": "M-77", "firstname": "Ann"}}
CONTACT = Call("POST", "/crm/objects/2026-09/contacts", SENT, writes=True)
COMPANY = Call("POST", "/crm/objects/2026-09/companies", {"properties": {"name": "Mail", "vat": "7"}}, writes=True)
SEARCH = Call("POST", "/crm/objects/2026-09/companies/search", {}, writes=False)
INSIDE = (
    'Property values were not valid: [{"isValid":false,"error":"CONFLICTING_UNIQUE_VALUE","name":"member_no"}]'
)
COORDINATES = (
    "Cannot set PropertyValueCoordinates{portalId=1, objectTypeId=0-1, propertyName=member_no, value=M-77} "
    "on null. 551 already has that value."
)


def fault_of(call: Call, body: Any, status: int = 409, content_type: str = "application/json") -> HubSpotError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(HubSpotError) as caught:
        understand(call, Answer(status, {"content-type": content_type}, data))
    return caught.value


@pytest.mark.parametrize(
    ("body", "contact_id"),
    [
        ({"message": "Contact already exists. Existing ID: 551"}, "551"),
        ({"message": "Contact already exists. existing id:551."}, "551"),
        ({"message": "Contact already exists. Existing contact ID: 551"}, "551"),
        ({"message": "Contact already exists. Existing object id = '551'"}, "551"),
        ({"message": "Contact already exists. Existing VID (551)"}, "551"),
        ({"message": "Contact already exists", "identityProfile": {"vid": 551, "identity": []}}, "551"),
        ({"message": 5, "errors": [{"message": "… already exists. Existing ID: 551", "in": "email"}]}, "551"),
        ({"errors": [{"context": {"existingObjectId": ["551"]}}]}, "551"),
        ({"context": {"existingId": 551}}, "551"),
        ({"message": "Contact already exists."}, None),
        ({"message": "Contact already exists. Existing ID: 0"}, None),
        ({"message": "Contact already exists. Existing ID: "}, None),
        ({"message": "Contact already exists. Existing ID: ５５１"}, None),
        ({"message": f"Contact already exists. Existing ID: {'9' * 400}"}, None),
        ({"message": "Conflict", "correlationId": "551", "portalId": 551}, None),
        ({"identityProfile": {"vid": None}}, None),
        ({"identityProfile": [551], "errors": "551", "context": 551}, None),
        ({}, None),
        ([], None),
        (b"", None),
        (b"Conflict", None),
        (b"\xff\xfe", None),
        (b"[" * 100_000, None),
    ],
)
def test_a_contact_is_named_by_an_id_or_not_at_all(body: Any, contact_id: str | None) -> None:
    fault = fault_of(CONTACT, body)
    assert isinstance(fault, ContactExists)
    assert fault.contact_id == contact_id


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"code": "CONFLICTING_UNIQUE_VALUE", "context": {"propertyName": ["member_no"]}}]},
        {"errors": [{"context": {"propertyName": "member_no"}}], "message": "… Existing ID: 551"},
        {"errors": [{"context": {"propertyName": ["email", "member_no"]}}]},
        {"errors": [{"errors": [{"errors": [{"context": {"propertyNames": ["member_no"]}}]}]}]},
        {"errors": {"context": {"propertyName": ["member_no"]}}},
        {"errors": [{"message": "taken", "in": "member_no"}]},
        {"context": {"propertyName": ["member_no"]}, "category": "CONFLICT"},
        {"message": INSIDE},
        {"message": COORDINATES, "category": "CONFLICT"},
    ],
)
def test_other_properties_than_the_e_mail_are_refused_values(body: dict[str, Any]) -> None:
    fault = fault_of(CONTACT, body)
    assert isinstance(fault, ValuesRefused)
    assert list(fault.refused) == ["member_no"]


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"message": "taken", "in": "email"}]},
        {"errors": [{"context": {"propertyName": ["email"]}}]},
        {"errors": [{"message": "taken", "in": "properties"}]},
        {"errors": [{"context": {"propertyName": ["hs_object_id"]}}]},
        {"errors": [{"context": {"propertyName": [None, 7, "two words"]}}]},
    ],
)
def test_what_names_nothing_else_that_was_sent_is_about_the_contact(body: dict[str, Any]) -> None:
    assert isinstance(fault_of(CONTACT, body), ContactExists)


@pytest.mark.parametrize("body", [{}, b"", [], {"message": "Company already exists. Existing ID: 9"}])
@pytest.mark.parametrize("call", [COMPANY, SEARCH])
def test_a_conflict_elsewhere_passes(call: Call, body: Any) -> None:
    fault = fault_of(call, body)
    assert type(fault) is RecordConflict
    assert not fault.permanent


def test_a_company_in_conflict_over_a_property_does_without_it() -> None:
    fault = fault_of(COMPANY, {"errors": [{"code": "CONFLICT", "context": {"propertyName": ["vat"]}}]})
    assert isinstance(fault, ValuesRefused)
    assert fault.refused == {"vat": "CONFLICT"}


def test_a_web_page_in_place_of_a_conflict_is_not_the_api_speaking() -> None:
    page = b"<html>Contact already exists. Existing ID: 551</html>"
    assert type(fault_of(CONTACT, page, content_type="text/html")) is HubSpotBusy


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.sampled_from(["email", "member_no"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "errors", "context", "propertyName", "in", "code", "category", "name", "vid"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_no_body_of_whatever_shape_makes_a_duplicate_of_nothing(body: Any) -> None:
    fault = fault_of(CONTACT, body)
    assert isinstance(fault, (ContactExists, ValuesRefused))
    assert "email" not in getattr(fault, "refused", {})
    if isinstance(fault, ContactExists) and fault.contact_id is not None:
        assert fault.contact_id.isdigit()
        assert int(fault.contact_id) > 0


@given(
    st.integers(min_value=1, max_value=10**19),
    st.sampled_from(["Existing ID: {}", "existing id:{}", "(Existing ID {})"]),
)
def test_any_id_is_read_whole(number: int, form: str) -> None:
    fault = fault_of(CONTACT, {"message": f"Contact already exists. {form.format(number)}"})
    assert isinstance(fault, ContactExists)
    assert fault.contact_id == str(number)
