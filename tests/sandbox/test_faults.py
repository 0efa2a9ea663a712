"""Faults on demand."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import requests

from hubsync.sandbox.entities import AccessToken, Install, RefreshToken

BASE = "/crm/objects/2026-09"
PERSON = {"properties": {"email": "jane@acme.co.jp"}}


def contacts(hubspot) -> list[dict]:
    return hubspot.get("/sandbox/api/records/contacts").json()["results"]


def test_a_fault_strikes_once_and_is_gone(hubspot):
    number = hubspot.fault(action="status", status=503, method="post", path="contacts")
    assert hubspot.get(f"{BASE}/contacts").status_code == 200
    assert hubspot.post(f"{BASE}/companies", json={"properties": {"name": "A"}}).status_code == 201
    assert hubspot.post(f"{BASE}/contacts", json=PERSON).status_code == 503
    assert contacts(hubspot) == []
    assert hubspot.post(f"{BASE}/contacts", json=PERSON).status_code == 201
    assert [one["fault"] for one in hubspot.calls() if one["fault"]] == [number]


def test_a_fault_can_skip_some_calls_and_strike_several_times(hubspot):
    hubspot.fault(action="status", status=500, skip=1, times=2)
    assert [hubspot.get(f"{BASE}/contacts").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_fault_without_an_end_lasts_until_it_is_removed(hubspot):
    number = hubspot.fault(action="status", status=502, times=None)
    assert {hubspot.get(f"{BASE}/contacts").status_code for _ in range(3)} == {502}
    assert hubspot.delete(f"/sandbox/api/faults/{number}").status_code == 204
    assert hubspot.get(f"{BASE}/contacts").status_code == 200
    assert hubspot.delete(f"/sandbox/api/faults/{number}").status_code == 404


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 401}, {"category": "INVALID_AUTHENTICATION"}),
        ({"status": 401, "policy": "EXPIRED"}, {"category": "EXPIRED_AUTHENTICATION"}),
        ({"status": 403}, {"category": "MISSING_SCOPES"}),
        ({"status": 404}, {"message": "resource not found"}),
        ({"status": 409}, {"message": "Contact already exists. Existing ID: 551"}),
        ({"status": 423}, {"status": "error"}),
        ({"status": 429}, {"policyName": "TEN_SECONDLY_ROLLING", "errorType": "RATE_LIMIT"}),
        ({"status": 429, "policy": "SECONDLY"}, {"message": "You have reached your secondly limit."}),
        ({"status": 429, "policy": "DAILY"}, {"message": "You have reached your daily limit."}),
        ({"status": 477}, {"status": "error"}),
        ({"status": 524}, {"status": "error"}),
        ({"status": 400, "body": {"message": "Conflict"}}, {"message": "Conflict"}),
    ],
)
def test_a_status_comes_with_hubspots_body(hubspot, fault, expected):
    hubspot.fault(action="status", **fault)
    answer = hubspot.get(f"{BASE}/contacts")
    assert answer.status_code == fault["status"]
    assert expected.items() <= answer.json().items()
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize("status", [429, 477, 423, 503])
def test_a_status_can_say_when_to_come_back(hubspot, status):
    hubspot.fault(action="status", status=status, retry_after=7)
    assert hubspot.get(f"{BASE}/contacts").headers["Retry-After"] == "7"


def test_a_status_after_the_write_leaves_the_record(hubspot):
    hubspot.fault(action="status", status=504, when="after", method="POST")
    assert hubspot.post(f"{BASE}/contacts", json=PERSON).status_code == 504
    assert len(contacts(hubspot)) == 1


@pytest.mark.parametrize(("when", "written"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_gives_no_answer(hubspot, when, written):
    hubspot.fault(action="drop", when=when, method="POST")
    with pytest.raises(requests.ConnectionError):
        hubspot.post(f"{BASE}/contacts", json=PERSON)
    assert len(contacts(hubspot)) == written
    (call,) = [one for one in hubspot.calls() if one["fault"]]
    assert call["status"] is None
    assert hubspot.get(f"{BASE}/contacts").status_code == 200


def test_a_delay_makes_a_client_time_out_while_the_work_is_done(hubspot):
    hubspot.fault(action="delay", delay=0.6, method="POST")
    with pytest.raises(requests.Timeout):
        hubspot.post(f"{BASE}/contacts", json=PERSON, timeout=0.2)
    time.sleep(0.8)
    assert len(contacts(hubspot)) == 1


def test_html_comes_instead_of_json_with_any_status(hubspot):
    for status in (200, 502):
        hubspot.fault(action="html", status=status)
        answer = hubspot.get(f"{BASE}/contacts")
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert answer.text.startswith("<!DOCTYPE html>")


def test_a_slow_body_drips_so_that_no_single_read_times_out(hubspot):
    hubspot.fault(action="slow_body", seconds=0.02)
    began = time.monotonic()
    answer = hubspot.get(f"{BASE}/contacts", timeout=0.3)
    assert answer.json() == {"results": []}
    assert time.monotonic() - began > 0.2


def test_a_huge_body_is_as_long_as_said(hubspot):
    hubspot.fault(action="huge_body", size=3_000_000)
    answer = hubspot.get(f"{BASE}/contacts")
    assert len(answer.content) == 3_000_000
    assert answer.json() == {"results": []}


def test_a_redirect_points_where_it_is_told(hubspot):
    hubspot.fault(action="redirect", location="http://127.0.0.1:9/elsewhere")
    answer = hubspot.post(f"{BASE}/contacts", json=PERSON)
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://127.0.0.1:9/elsewhere")


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"action": "explode"},
        {"action": "status", "colour": "red"},
        {"action": "status", "status": "503"},
        {"action": "status", "status": 99},
        {"action": "drop", "when": "later"},
        {"action": "drop", "times": 0},
        {"action": "drop", "skip": True},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_a_sentence(hubspot, fault):
    answer = hubspot.post("/sandbox/api/faults", json=fault)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert hubspot.get("/sandbox/api/faults").json()["results"] == []


def test_searches_are_limited_per_second_without_headers_when_switched_on(hubspot):
    hubspot.switch(search_limit_per_second=5)
    answers = [hubspot.post(f"{BASE}/contacts/search", json={}) for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[-1].json()["message"] == "You have reached your secondly limit."
    assert not any(name.startswith("X-HubSpot") for name in answers[0].headers)
    hubspot.switch(clock_offset_seconds=1.1)
    assert hubspot.post(f"{BASE}/contacts/search", json={}).status_code == 200


def test_calls_are_limited_per_ten_seconds_with_headers_when_switched_on(hubspot):
    hubspot.switch(burst_limit_per_ten_seconds=3)
    answers = [hubspot.get(f"{BASE}/contacts") for _ in range(4)]
    left = [one.headers.get("X-HubSpot-RateLimit-Remaining") for one in answers[:3]]
    assert left == ["2", "1", "0"]
    assert answers[0].headers["X-HubSpot-RateLimit-Max"] == "3"
    assert answers[0].headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    refused = answers[3]
    assert (refused.status_code, refused.json()["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
    assert "Retry-After" not in refused.headers
    hubspot.switch(retry_after_on_429=True)
    assert hubspot.get(f"{BASE}/contacts").headers["Retry-After"] == "10"


def test_calls_are_limited_per_day_when_switched_on(hubspot):
    hubspot.switch(daily_limit=1)
    hubspot.get(f"{BASE}/contacts")
    assert hubspot.get(f"{BASE}/contacts").json()["policyName"] == "DAILY"


def test_the_burst_limit_is_each_apps_own_and_a_refusal_has_headers(hubspot):
    hubspot.switch(burst_limit_per_ten_seconds=1)
    other = hubspot.post("/sandbox/api/service-keys", json={}).json()["token"]
    answers = [hubspot.get(f"{BASE}/contacts") for _ in range(2)]
    answers.append(hubspot.get(f"{BASE}/contacts", headers={"Authorization": f"Bearer {other}"}))
    assert [one.status_code for one in answers] == [200, 429, 200]
    assert answers[1].headers["X-HubSpot-RateLimit-Remaining"] == "0"
    assert answers[1].json()["errorType"] == "RATE_LIMIT"
    assert "category" not in answers[1].json()
    hubspot.switch(clock_offset_seconds=10.5)
    assert hubspot.get(f"{BASE}/contacts").status_code == 200


def test_the_limit_of_searches_is_shared_by_all_apps_of_an_account(hubspot):
    hubspot.switch(search_limit_per_second=1)
    other = hubspot.post("/sandbox/api/service-keys", json={}).json()["token"]
    elsewhere = hubspot.post("/sandbox/api/service-keys", json={"account": 7654321}).json()["token"]
    met = []
    for token in (None, other, elsewhere):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        met.append(hubspot.post(f"{BASE}/contacts/search", json={}, headers=headers).status_code)
    assert met == [200, 429, 200]


def test_searches_count_for_the_day_but_not_for_ten_seconds(hubspot):
    hubspot.switch(burst_limit_per_ten_seconds=1, daily_limit=3)
    met = [hubspot.post(f"{BASE}/contacts/search", json={}) for _ in range(2)]
    assert [one.status_code for one in met] == [200, 200]
    assert hubspot.get(f"{BASE}/contacts").headers["X-HubSpot-RateLimit-Daily-Remaining"] == "0"
    assert hubspot.post(f"{BASE}/contacts/search", json={}).json()["policyName"] == "DAILY"


def test_a_day_ends_at_the_accounts_midnight(hubspot):
    hubspot.switch(daily_limit=1, retry_after_on_429=True)
    hubspot.get(f"{BASE}/contacts")
    refused = hubspot.get(f"{BASE}/contacts")
    wait = int(refused.headers["Retry-After"])
    tokyo = datetime.now(ZoneInfo("Asia/Tokyo")) + timedelta(seconds=wait)
    assert (tokyo.hour, tokyo.minute) == (0, 0)
    hubspot.switch(clock_offset_seconds=float(wait))
    assert hubspot.get(f"{BASE}/contacts").status_code == 200


def test_association_calls_have_a_limit_of_their_own_when_switched_on(hubspot):
    hubspot.switch(association_limit_per_ten_seconds=1, burst_limit_per_ten_seconds=2)
    labels = "/crm/associations/2026-09/contacts/companies/labels"
    assert [hubspot.get(labels).status_code for _ in range(2)] == [200, 429]
    assert [hubspot.get(f"{BASE}/contacts").status_code for _ in range(3)] == [200, 200, 429]
    hubspot.switch(association_limit_per_ten_seconds=0, clock_offset_seconds=11.0)
    assert [hubspot.get(labels).status_code for _ in range(3)] == [200, 200, 429]


def test_oauth_apps_are_not_told_of_the_daily_limit(sandbox, hubspot):
    now = time.time()
    scopes = ["crm.objects.contacts.read"]
    token = AccessToken("t-1", 1234567, "sandbox-client-id", scopes, "a@b.co", 1, now, now + 1800)
    sandbox.state.access_tokens.put(token)
    assert "X-HubSpot-RateLimit-Daily" in hubspot.get(f"{BASE}/contacts").headers
    headers = hubspot.get(f"{BASE}/contacts", headers={"Authorization": "Bearer t-1"}).headers
    assert "X-HubSpot-RateLimit-Daily" not in headers
    assert "X-HubSpot-RateLimit-Max" in headers


@pytest.mark.parametrize("action", ["revoke_tokens", "uninstall"])
def test_access_can_end_in_the_middle_of_the_work(sandbox, hubspot, action):
    state, client = sandbox.state, sandbox.settings.client_id
    scopes, now = ["crm.objects.contacts.read"], time.time()
    state.installs.put(Install(1234567, client, scopes, "a@b.co", 1, now))
    state.access_tokens.put(AccessToken("t-1", 1234567, client, scopes, "a@b.co", 1, now, now + 1800))
    state.refresh_tokens.put(RefreshToken("r-1", 1234567, client, scopes, "a@b.co", 1, now))
    hubspot.headers["Authorization"] = "Bearer t-1"
    hubspot.fault(action=action, skip=1)
    assert [hubspot.get(f"{BASE}/contacts").status_code for _ in range(3)] == [200, 401, 401]
    assert state.refresh_tokens.get("r-1").revoked
    assert len(state.installs) == (1 if action == "revoke_tokens" else 0)
