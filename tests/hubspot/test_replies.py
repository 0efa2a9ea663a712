"""Every answer of HubSpot becomes JSON or the error that fits, and no word of a guest's gets into it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubsync.errors import (
    AccessExpired,
    AnswerLost,
    ContactExists,
    HubSpotBusy,
    HubSpotError,
    PermissionMissing,
    RateLimited,
    RecordGone,
    RecordRefused,
)
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.replies import understand

READ = Call("GET", "/crm/objects/2026-09/contacts/7", writes=False)
WRITE = Call("POST", "/crm/objects/2026-09/contacts", {}, writes=True)
SEARCH = Call("POST", "/crm/objects/2026-09/companies/search", {}, writes=False)
PAGE = b"<!doctype html><html><body>Welcome to the hotel</body></html>"


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


def fault_of(call: Call, given: Answer) -> HubSpotError:
    with pytest.raises(HubSpotError) as caught:
        understand(call, given)
    return caught.value


def test_a_success_is_its_json_and_204_is_empty():
    assert understand(WRITE, answer(201, {"id": "7"})) == {"id": "7"}
    assert understand(WRITE, answer(204, b"")) == {}


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        b"",
        b'{"id": ',
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"id": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_success_that_is_no_json_object_is_lost_for_a_write_and_passes_for_a_read(body):
    assert type(fault_of(WRITE, answer(201, body))) is AnswerLost
    assert type(fault_of(READ, answer(200, body))) is HubSpotBusy


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526])
@pytest.mark.parametrize("body", [PAGE, {"status": "error", "message": "internal error"}])
def test_a_5xx_may_have_written_and_passes_for_a_read(status, body):
    lost, busy = fault_of(WRITE, answer(status, body)), fault_of(READ, answer(status, body))
    assert (type(lost), type(busy)) == (AnswerLost, HubSpotBusy)
    assert (lost.status, busy.status) == (status, status)
    assert ("support" in busy.message) == (status in {522, 525, 526})
    assert not busy.permanent
    assert not lost.permanent


@pytest.mark.parametrize(
    ("status", "asked", "wait"),
    [
        (423, None, 2.0),
        (423, "5", 5.0),
        (477, "3600", 3600.0),
        (477, None, None),
        (503, "7", 7.0),
        (408, None, None),
    ],
)
def test_what_cannot_be_done_now_is_told_with_the_wait_that_hubspot_asks_for(status, asked, wait):
    headers = {"retry_after": asked} if asked else {}
    fault = fault_of(READ, answer(status, **headers))
    assert type(fault) is HubSpotBusy
    assert fault.retry_after == wait


def test_locked_and_moving_accounts_wrote_nothing():
    assert type(fault_of(WRITE, answer(423))) is HubSpotBusy
    assert type(fault_of(WRITE, answer(477))) is HubSpotBusy


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304, 101])
def test_a_redirect_is_a_failure_that_passes(status):
    for call in (READ, WRITE):
        fault = fault_of(call, answer(status, location="https://elsewhere.test/guest@example.com"))
        assert type(fault) is HubSpotBusy
        assert "elsewhere.test" not in fault.message


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 418])
def test_a_web_page_with_a_4xx_is_not_the_api_speaking(status):
    for given in (answer(status, PAGE), answer(status, b"Sign in", content_type="text/html; charset=utf-8")):
        assert type(fault_of(WRITE, given)) is HubSpotBusy


def test_401_means_that_the_token_is_not_accepted():
    fault = fault_of(
        READ,
        answer(
            401,
            {
                "status": "error",
                "message": "The OAuth token used to make this call expired 75 second(s) ago.",
                "correlationId": "8a3f6c3a-8296-4002-b0a6-2a06fecf7c0c",
                "category": "EXPIRED_AUTHENTICATION",
            },
        ),
    )
    assert type(fault) is AccessExpired
    assert (fault.status, fault.category) == (401, "EXPIRED_AUTHENTICATION")
    assert fault.correlation_id == "8a3f6c3a-8296-4002-b0a6-2a06fecf7c0c"
    assert type(fault_of(READ, answer(401, b""))) is AccessExpired


def test_403_names_the_scopes_that_are_missing():
    body = {
        "category": "MISSING_SCOPES",
        "errors": [
            {"message": "…", "context": {"requiredGranularScopes": ["crm.objects.contacts.write", "a b", 3]}},
            {"message": "…", "context": {"requiredGranularScopes": ["crm.objects.contacts.write", "oauth"]}},
            {"context": None},
            "rubbish",
        ],
    }
    fault = fault_of(WRITE, answer(403, body))
    assert isinstance(fault, PermissionMissing)
    assert fault.scopes == ("crm.objects.contacts.write", "oauth")
    assert "crm.objects.contacts.write" in fault.message


def test_404_means_that_the_record_is_gone():
    assert type(fault_of(READ, answer(404, {"message": "resource not found"}))) is RecordGone


@pytest.mark.parametrize(
    ("message", "contact_id"),
    [
        ("Contact already exists. Existing ID: 551", "551"),
        ("Contact already exists. Existing ID:551 (guest@example.com)", "551"),
        ("Contact already exists.", None),
        (None, None),
    ],
)
def test_409_names_the_contact_that_exists(message, contact_id):
    fault = fault_of(WRITE, answer(409, {"message": message, "category": "CONFLICT"}))
    assert isinstance(fault, ContactExists)
    assert fault.contact_id == contact_id


@pytest.mark.parametrize("status", [405, 413, 414, 415, 422])
def test_any_other_4xx_is_a_lasting_refusal(status):
    company = Call("POST", "/crm/objects/2026-09/companies", {}, writes=True)
    fault = fault_of(company, answer(status, {"message": "guest@example.com is odd"}))
    assert type(fault) is RecordRefused
    assert fault.permanent


@pytest.mark.parametrize(
    ("call", "body", "headers", "policy", "wait"),
    [
        (WRITE, {"policyName": "TEN_SECONDLY_ROLLING"}, {}, "TEN_SECONDLY_ROLLING", 10.0),
        (WRITE, {"policyName": "TEN_SECONDLY_ROLLING"}, {"retry_after": "3"}, "TEN_SECONDLY_ROLLING", 3.0),
        (
            WRITE,
            {"message": "You have reached your ten_secondly_rolling limit."},
            {},
            "TEN_SECONDLY_ROLLING",
            10.0,
        ),
        (SEARCH, {"policyName": "SECONDLY"}, {}, "SECONDLY", 1.0),
        (SEARCH, {"message": "You have reached your secondly limit."}, {}, "SECONDLY", 1.0),
        (SEARCH, {}, {}, "SECONDLY", 1.0),
        (WRITE, {"policyName": "DAILY"}, {}, "DAILY", None),
        (SEARCH, {"message": "You have reached your daily limit."}, {}, "DAILY", None),
        (WRITE, PAGE, {}, "TEN_SECONDLY_ROLLING", 10.0),
        (WRITE, {}, {"retry_after": "999999999"}, "TEN_SECONDLY_ROLLING", 86_400.0),
        (WRITE, {}, {"retry_after": "-5"}, "TEN_SECONDLY_ROLLING", 10.0),
        (WRITE, {}, {"retry_after": "nan"}, "TEN_SECONDLY_ROLLING", 10.0),
    ],
)
def test_429_says_which_limit_and_how_long_to_wait(call, body, headers, policy, wait):
    fault = fault_of(call, answer(429, body, **headers))
    assert isinstance(fault, RateLimited)
    assert (fault.policy, fault.retry_after) == (policy, wait)


GUEST = "Ichiro guest@example.com"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 423, 429, 500])
def test_no_error_carries_hubspots_own_words(status):
    body = {
        "message": GUEST,
        "category": GUEST,
        "correlationId": GUEST,
        "policyName": GUEST,
        "errors": [
            {
                "message": GUEST,
                "code": GUEST,
                "context": {"propertyName": [GUEST], "requiredGranularScopes": [GUEST]},
            }
        ],
    }
    fault = fault_of(WRITE, answer(status, body))
    assert "Ichiro" not in repr((fault, vars(fault)))


@pytest.mark.parametrize("junk", [1, "x", [1, "x", None], {"a": 1}, True])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500])
def test_odd_shapes_in_an_error_body_do_not_matter(status, junk):
    names = ("message", "category", "correlationId", "errors", "context", "policyName", "errorType")
    assert fault_of(WRITE, answer(status, dict.fromkeys(names, junk))).status == status
    nested = {"errors": [{"code": junk, "context": {"propertyName": junk, "requiredGranularScopes": junk}}]}
    assert fault_of(WRITE, answer(status, nested)).status == status
