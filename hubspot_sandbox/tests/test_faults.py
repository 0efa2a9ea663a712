"""Faults on demand."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from hubspot_sandbox.entities import AccessToken, Install, RefreshToken

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


@pytest.mark.parametrize(("when", "read"), [("before", "Kobe"), ("after", "Osaka")])
def test_somebody_changes_a_record_before_or_after_the_work_of_a_call(hubspot, when, read):
    contact = hubspot.seed("contacts", {"email": "jane@acme.co.jp", "city": "Osaka"})
    edit = {"object": "contacts", "record": contact, "properties": {"city": "Kobe"}}
    hubspot.fault(action="edit", method="GET", when=when, **edit)
    answers = [hubspot.get(f"{BASE}/contacts/{contact}?properties=city").json() for _ in range(2)]
    assert [each["properties"]["city"] for each in answers] == [read, "Kobe"]


def test_a_person_changes_a_record_by_hand(hubspot):
    contact = hubspot.seed("contacts", {"email": "jane@acme.co.jp", "city": "Osaka"})
    changed = hubspot.patch(f"/sandbox/api/records/contacts/{contact}", json={"properties": {"city": ""}}).json()
    assert "city" not in changed["properties"]
    assert [(each["value"], each["sourceType"]) for each in changed["history"]["city"]] == [
        ("", "CRM_UI"),
        ("Osaka", "CRM_UI"),
    ]


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
    ends = time.monotonic() + 60
    while not contacts(hubspot) and time.monotonic() < ends:
        time.sleep(0.02)
    assert len(contacts(hubspot)) == 1


@pytest.mark.parametrize(("when", "written"), [("before", 0), ("after", 1)])
def test_a_held_call_is_answered_when_it_is_released(sandbox, hubspot, when, written):
    hubspot.fault(action="delay", hold=True, when=when, method="POST", path="contacts")
    with ThreadPoolExecutor(1) as caller:
        held = caller.submit(hubspot.post, f"{BASE}/contacts", json=PERSON)
        assert sandbox.state.faults.wait_until_held()
        assert (held.done(), len(contacts(hubspot))) == (False, written)
        assert hubspot.get(f"{BASE}/contacts").status_code == 200  # only that call
        assert hubspot.post("/sandbox/api/faults/release").json() == {"released": 1}
        assert held.result(timeout=60).status_code == 201
    assert len(contacts(hubspot)) == 1
    assert hubspot.post("/sandbox/api/faults/release").json() == {"released": 0}
    assert not sandbox.state.faults.wait_until_held(0.01)


@pytest.mark.parametrize("end", ["clear", "reset"])
def test_a_held_call_goes_on_when_the_faults_end(sandbox, hubspot, end):
    hubspot.fault(action="delay", hold=True, path="contacts")
    with ThreadPoolExecutor(1) as caller:
        held = caller.submit(hubspot.get, f"{BASE}/contacts")
        assert sandbox.state.faults.wait_until_held()
        ended = hubspot.delete("/sandbox/api/faults") if end == "clear" else hubspot.post("/sandbox/api/reset")
        assert ended.ok
        assert held.result(timeout=60).status_code in (200, 401)  # a reset forgets the key


def test_html_comes_instead_of_json_with_any_status(hubspot):
    for status in (200, 502):
        hubspot.fault(action="html", status=status)
        answer = hubspot.get(f"{BASE}/contacts")
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert answer.text.startswith("<!DOCTYPE html>")


def test_a_slow_body_drips_so_that_no_single_read_times_out(hubspot):
    hubspot.fault(action="slow_body", seconds=0.02)
    began = time.monotonic()
    answer = hubspot.get(f"{BASE}/contacts", timeout=10)
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
