"""The running sandbox: connections, restarts, ports, the log and the control API's fence."""

import os
import signal
import subprocess
import sys

import pytest
import requests

from hubspot_sandbox import SandboxServer, SandboxSettings

BASE = "/crm/objects/2026-09"

SERVE_AND_SAY = """
import sys, time
from pathlib import Path
from hubspot_sandbox import SandboxServer, SandboxSettings
server = SandboxServer(SandboxSettings(data_file=Path(sys.argv[1]))).start()
print(server.url, flush=True)
time.sleep(60)
"""


def test_a_connection_is_used_again(hubspot):
    for _ in range(3):
        hubspot.get(f"{BASE}/contacts")
    hubspot.post(f"{BASE}/companies", json={"properties": {"name": "Acme"}})
    assert len({call["connection"] for call in hubspot.calls()}) == 1


def test_a_stopped_sandbox_is_gone_for_open_connections_too():
    with requests.Session() as client:
        with SandboxServer(SandboxSettings()) as server:
            assert client.get(f"{server.url}{BASE}/contacts", timeout=5).status_code == 401
        with pytest.raises(requests.ConnectionError):
            client.get(f"{server.url}{BASE}/contacts", timeout=5)


def test_a_taken_port_is_an_error_that_can_be_caught(sandbox):
    with pytest.raises(OSError, match="in use"):
        SandboxServer(SandboxSettings(), port=sandbox.port).start()


def test_everything_survives_a_killed_process(tmp_path):
    file = tmp_path / "kept" / "sandbox.sqlite3"
    command = [sys.executable, "-c", SERVE_AND_SAY, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            token = requests.post(f"{url}/sandbox/api/service-keys", json={}, timeout=10).json()["token"]
            headers = {"Authorization": f"Bearer {token}"}
            requests.put(f"{url}/sandbox/api/settings", json={"search_lag_seconds": 0.25}, timeout=10)
            requests.put(f"{url}/sandbox/api/properties/companies/rank", json={}, timeout=10)
            body = {"properties": {"name": "Acme", "rank": "A"}}
            company = requests.post(f"{url}{BASE}/companies", json=body, headers=headers, timeout=10).json()
        finally:
            os.kill(process.pid, signal.SIGKILL)
    with SandboxServer(SandboxSettings(data_file=file)) as server:
        path = f"{server.url}{BASE}/companies/{company['id']}?properties=rank,name"
        read = requests.get(path, headers=headers, timeout=10).json()
        assert (read["properties"]["rank"], read["createdAt"]) == ("A", company["createdAt"])
        body = {"properties": {"name": "Acme"}}
        second = requests.post(f"{server.url}{BASE}/companies", json=body, headers=headers, timeout=10).json()
        assert int(second["id"]) > int(company["id"])
        assert server.state.switches.search_lag_seconds == 0.25


def test_a_reset_forgets_everything_but_the_settings(hubspot, sandbox):
    hubspot.make("companies", {"name": "Acme"})
    hubspot.switch(search_lag_seconds=9.0)
    hubspot.fault(action="status", status=500)
    assert hubspot.post("/sandbox/api/reset").status_code == 204
    assert hubspot.get("/sandbox/api/records/companies").json()["results"] == []
    assert hubspot.get("/sandbox/api/faults").json()["results"] == []
    assert hubspot.get("/sandbox/api/settings").json()["search_lag_seconds"] == 0
    assert hubspot.calls() == []
    assert hubspot.get(f"{BASE}/contacts").status_code == 401


def test_the_log_tells_every_call_and_no_secret(hubspot, token):
    company = hubspot.make("companies", {"name": "Acme"})
    hubspot.get(f"{BASE}/companies/{company['id']}?properties=name")
    first, second = hubspot.calls()
    assert (first["method"], first["path"], first["status"]) == ("POST", f"{BASE}/companies", 201)
    assert second["number"] == first["number"] + 1
    assert (second["path"], second["query"]) == (f"{BASE}/companies/{company['id']}", "properties=name")
    assert first["account_id"] == 1234567
    assert "Acme" in first["request_body"]
    assert company["id"] in first["response_body"]
    assert first["duration_ms"] > 0
    assert token not in str(hubspot.calls())
    requests.post(
        f"{hubspot.base}/oauth/2026-09/token",
        data={"client_secret": "s3cret", "refresh_token": "r3fresh", "code": "c0de"},
        timeout=10,
    )
    last = str(hubspot.calls()[-1])
    assert not any(secret in last for secret in ("s3cret", "r3fresh", "c0de"))


def test_the_log_can_be_read_from_a_number_on_and_cleared(hubspot):
    for _ in range(2):
        hubspot.get(f"{BASE}/contacts")
    first = hubspot.calls()[0]["number"]
    later = hubspot.get(f"/sandbox/api/calls?after={first}").json()["results"]
    assert [one["number"] for one in later] == [first + 1]
    hubspot.delete("/sandbox/api/calls")
    assert hubspot.calls() == []


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.com"}, {"Host": "127.0.0.1.evil.com"}, {"Origin": "http://evil.com"}, {"Origin": "null"}],
)
def test_the_control_api_refuses_foreign_hosts_and_pages(sandbox, headers):
    answer = requests.post(f"{sandbox.url}/sandbox/api/reset", headers=headers, timeout=10)
    assert answer.status_code == 403


def test_the_control_api_answers_its_own_pages(sandbox):
    headers = {"Origin": sandbox.url}
    assert requests.get(f"{sandbox.url}/sandbox/api/calls", headers=headers, timeout=10).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{"nonsense": 1}, {"search_lag_seconds": "2"}, {"auto_companies": 1}, {"account": 5}, {"name": "x"}, []],
)
def test_a_switch_that_makes_no_sense_is_refused(hubspot, body):
    assert hubspot.put("/sandbox/api/settings", json=body).status_code == 400


def test_an_unknown_path_and_method_answer_json(hubspot):
    for answer, status in ((hubspot.get("/crm/nonsense"), 404), (hubspot.put(f"{BASE}/contacts"), 405)):
        assert (answer.status_code, answer.json()["status"]) == (status, "error")


def test_the_demo_settings_let_search_lag():
    assert SandboxSettings.demo(None, []).search_lag_seconds == 2.0
    assert SandboxSettings().search_lag_seconds == 0


def test_who_waits_for_callers_goes_on_when_the_last_of_them_is_gone() -> None:
    with SandboxServer(SandboxSettings()) as server:
        with requests.Session() as caller:
            caller.get(f"{server.url}/sandbox/api/settings", timeout=60).raise_for_status()
            assert not server.wait_for_callers(0), "its connection is kept"
        assert server.wait_for_callers(60)
