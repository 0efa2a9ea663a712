"""HubSpot's rate limits, switched on."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hubspot_sandbox.entities import AccessToken

BASE = "/crm/objects/2026-09"


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


def test_the_window_of_the_burst_limit_can_be_shorter_and_the_headers_say_so(hubspot):
    hubspot.switch(burst_limit_per_ten_seconds=1, burst_window_seconds=1.5)
    answers = [hubspot.get(f"{BASE}/contacts") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 429]
    assert answers[0].headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "1500"
    hubspot.switch(clock_offset_seconds=1.6)
    assert hubspot.get(f"{BASE}/contacts").status_code == 200


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
