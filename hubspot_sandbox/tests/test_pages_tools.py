"""Call log, faults, settings and the mailbox, and what all pages promise."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import requests

from hubspot_sandbox import SandboxServer, SandboxSettings
from hubspot_sandbox.tests.browsing import Browser

CONTACTS = "/crm/objects/2026-09/contacts"
PAGES = [
    "/",
    "/contacts/1234567/objects/0-1",
    "/integrations-settings/1234567/installed",
    "/service-keys/1234567",
    "/settings/1234567/companies",
    "/sandbox/calls",
    "/sandbox/faults",
    "/sandbox/settings",
    "/sandbox/mails",
    "/oauth/authorize",
]


@pytest.fixture
def person(sandbox: SandboxServer) -> Iterator[Browser]:
    with Browser(sandbox.url) as browser:
        yield browser


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_it_is_not_hubspot_and_runs_no_script(person: Browser, path: str) -> None:
    person.open(path)
    assert "not HubSpot" in person.page.find("header").get_text()
    assert "script-src" not in person.answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in person.answer.headers["Content-Security-Policy"]
    assert person.page.find(["script", "style"]) is None
    assert person.page.find(style=True) is None
    assert person.get(person.base + "/static/sandbox.css", timeout=10).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_only_to_this_machines_names(person: Browser, path: str) -> None:
    answer = person.get(person.base + path, headers={"Host": "evil.test"}, timeout=10)
    assert answer.status_code == 403


def test_forms_of_other_sites_change_nothing(sandbox: SandboxServer, person: Browser) -> None:
    headers = {"Origin": "https://evil.test"}
    for path in ("/sandbox/reset", "/sandbox/faults", "/service-keys/1234567", "/sandbox/settings"):
        data = {"preset": "down", "scope": "oauth"}
        assert person.post(person.base + path, headers=headers, data=data, timeout=10).status_code == 403
    assert sandbox.state.faults.all() == []
    assert len(sandbox.state.service_keys) == 0


def test_the_call_log_shows_requests_and_answers_newest_first(hubspot, person: Browser) -> None:
    hubspot.make("contacts", {"email": "mika@acme.co.jp"}, associations=[])
    hubspot.get(f"{CONTACTS}/42")
    person.open("/sandbox/calls")
    calls = [" ".join(call.get_text(" ").split()) for call in person.page.select("details.call > summary")]
    assert "404 Not found GET" in calls[0]
    assert "201 Created POST" in calls[1]
    assert '"email": "mika@acme.co.jp"' in person.words
    assert "resource not found" in person.words
    assert "1 mention" in person.press("Search", q="404").words
    assert "No call yet" in person.press("Clear").words


def test_a_token_in_the_call_log_cannot_be_used_again(hubspot, token: str, person: Browser) -> None:
    hubspot.get(CONTACTS)
    assert token not in person.open("/sandbox/calls").answer.text


@pytest.mark.parametrize(
    ("preset", "status"), [("down", 503), ("burst", 429), ("expired", 401), ("forbidden", 403), ("moving", 477)]
)
def test_a_fault_chosen_in_words_strikes_the_next_call_only(
    hubspot, person: Browser, preset: str, status: int
) -> None:
    person.open("/sandbox/faults")
    assert "No fault in force" in person.words
    person.press("Add this fault", preset=preset, times="1")
    assert "once more" in person.words
    assert [hubspot.get(CONTACTS).status_code for _ in range(2)] == [status, 200]
    assert "No fault in force" in person.open("/sandbox/faults").words


def test_a_connection_dropped_after_the_write_lets_searches_pass(
    hubspot, sandbox: SandboxServer, person: Browser
) -> None:
    person.open("/sandbox/faults").press("Add this fault", preset="lost", times="1")
    assert "without /search" in person.words
    by_email = {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}]}]}
    assert hubspot.post(f"{CONTACTS}/search", json=by_email).status_code == 200
    with pytest.raises(requests.ConnectionError):
        hubspot.post(CONTACTS, json={"properties": {"email": "mika@acme.co.jp"}})
    assert hubspot.get(f"{CONTACTS}/mika@acme.co.jp", params={"idProperty": "email"}).status_code == 200


def test_every_offered_fault_can_be_set_and_removed(sandbox: SandboxServer, person: Browser) -> None:
    person.open("/sandbox/faults")
    presets = [field["value"] for field in person.page.select("input[name=preset]")]
    for preset in presets:
        person.open("/sandbox/faults").press("Add this fault", preset=preset, times="")
    assert len(sandbox.state.faults.all()) == len(presets) > 10
    assert person.words.count("until removed") == len(presets)
    person.press(f"Remove fault {sandbox.state.faults.all()[0].id}")
    assert len(sandbox.state.faults.all()) == len(presets) - 1
    person.press("Remove all")
    assert sandbox.state.faults.all() == []


def test_a_fault_of_ones_own_is_set_from_its_fields(sandbox: SandboxServer, hubspot, person: Browser) -> None:
    person.open("/sandbox/faults")
    own = {"action": "status", "status": "502", "path": "/contacts", "method": "GET", "times": "2", "skip": "1"}
    person.post(person.base + "/sandbox/faults/own", data=own, timeout=10)
    assert [hubspot.get(CONTACTS).status_code for _ in range(4)] == [200, 502, 502, 200]
    wrong = person.post(person.base + "/sandbox/faults/own", data={**own, "status": "many"}, timeout=10)
    assert wrong.status_code == 400
    assert "status must be a number" in wrong.text
    assert sandbox.state.faults.all() == []


def test_the_clock_and_the_switches_are_set_together_or_not_at_all(
    sandbox: SandboxServer, person: Browser
) -> None:
    person.open("/sandbox/settings")
    person.press("Save", clock_offset_seconds="1800", search_lag_seconds="2.5", rotate_refresh_tokens="on")
    switches = sandbox.state.switches
    assert "Saved" in person.words
    assert (switches.clock_offset_seconds, switches.search_lag_seconds) == (1800.0, 2.5)
    assert switches.rotate_refresh_tokens is True
    assert switches.oauth_v3_error_bodies is True
    person.press("Save", search_lag_seconds="soon", daily_limit="7")
    assert person.answer.status_code == 400
    assert "A number is expected here" in person.words
    assert person.page.find("input", id="search_lag_seconds")["value"] == "soon"
    assert sandbox.state.switches.daily_limit == 0


@pytest.mark.parametrize("typed", ["nan", "inf", "1e300"])
def test_a_clock_that_could_not_tell_the_time_is_refused(
    sandbox: SandboxServer, person: Browser, typed: str
) -> None:
    person.open("/sandbox/settings").press("Save", clock_offset_seconds=typed)
    assert person.answer.status_code == 400
    assert sandbox.state.switches.clock_offset_seconds == 0.0


def test_every_switch_can_be_set_on_the_page(sandbox: SandboxServer, person: Browser) -> None:
    person.open("/sandbox/settings")
    names = requests.get(f"{sandbox.url}/sandbox/api/settings", timeout=10).json()
    accounts_own = {"auto_companies", "inline_association_holds_back"}
    missing = [name for name in set(names) - accounts_own if person.page.find("input", id=name) is None]
    assert missing == []


def test_emptying_the_sandbox_removes_records_and_mails(sandbox: SandboxServer, hubspot, person: Browser) -> None:
    hubspot.make("contacts", {"email": "mika@acme.co.jp"}, associations=[])
    assert "1 contact" in person.open("/").words
    person.open("/sandbox/settings").press("Empty the sandbox")
    assert "0 contacts" in person.words


def send_mail(sandbox: SandboxServer) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "HubSync <noreply@hubsync.test>", "mika@acme.co.jp"
    message["Subject"] = "Your <b>link</b>"
    message.set_content("Open http://localhost:8000/signin/abc?x=1&y=2.\n")
    message.add_alternative("<h1>Hello</h1><script>alert(1)</script>", subtype="html")
    assert sandbox.smtp_port is not None
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as line:
        line.send_message(message)


def test_a_mail_can_be_read_and_its_links_followed() -> None:
    with SandboxServer(SandboxSettings(smtp_port=0)) as sandbox, Browser(sandbox.url) as person:
        send_mail(sandbox)
        person.open("/sandbox/mails").follow("Your <b>link</b>")
        assert person.page.find("h1").get_text() == "Your <b>link</b>"
        assert person.page.select("pre a")[0]["href"] == "http://localhost:8000/signin/abc?x=1&y=2"
        frame = person.page.find("iframe")
        assert "allow-scripts" not in frame["sandbox"]
        letter = person.open(frame["src"]).answer
        assert "<h1>Hello</h1>" in letter.text
        assert letter.headers["Content-Security-Policy"].startswith("sandbox ")
        assert "default-src 'none'" in letter.headers["Content-Security-Policy"]
        person.open("/sandbox/mails").press("Empty the mailbox")
        assert "No mail yet" in person.words


def test_mails_are_listed_and_cleared_through_the_api_and_survive_a_restart(tmp_path) -> None:
    settings = SandboxSettings(data_file=tmp_path / "sandbox.db", smtp_port=0)
    with SandboxServer(settings) as sandbox:
        send_mail(sandbox)
    with SandboxServer(settings) as sandbox:
        url = f"{sandbox.url}/sandbox/api/mails"
        (mail,) = requests.get(url, timeout=10).json()["results"]
        assert (mail["number"], mail["subject"], mail["to"]) == (1, "Your <b>link</b>", "mika@acme.co.jp")
        assert mail["text"].startswith("Open http://localhost:8000/signin/abc")
        assert requests.delete(url, timeout=10).status_code == 204
        assert requests.get(url, timeout=10).json() == {"results": []}


def test_the_mail_server_makes_trouble_when_told_through_api_or_page() -> None:
    with SandboxServer(SandboxSettings(smtp_port=0)) as sandbox, Browser(sandbox.url) as person:
        url = f"{sandbox.url}/sandbox/api/mails/trouble"
        assert requests.put(url, json={"trouble": "reject"}, timeout=10).json() == {"trouble": "reject"}
        with pytest.raises(smtplib.SMTPDataError):
            send_mail(sandbox)
        assert "told to make trouble" in person.open("/sandbox/mails").words
        person.open("/sandbox/settings").press("Set", trouble="")
        send_mail(sandbox)
        assert requests.put(url, json={"trouble": "sulk"}, timeout=10).status_code == 400
