from __future__ import annotations

import pytest
import requests

from hubspot_sandbox.server import SandboxServer
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log, begin_log
from tests.kit.page import page_of, words
from tests.kit.world import service_key


def press_retry(owner: Browser, delivery_id: int) -> str:
    """Press the button as a person does; the message that comes back."""
    page = page_of(owner.get(f"/teams/acme/deliveries/{delivery_id}"))
    form, token = page.select_one(".page-actions form"), page.select_one(".page-actions [name=csrf_token]")
    assert form is not None
    assert token is not None
    answer = owner.send(str(form["action"]), {"csrf_token": token["value"]})
    assert answer.status_code == 302
    assert answer.location == f"/teams/acme/deliveries/{delivery_id}"
    return words(page_of(owner.get(answer.location)).select_one("main > .notice:not(.team-banner)"))


def ready_to_post(log: Log, sandbox: SandboxServer) -> int:
    """A failed delivery that would be posted now."""
    asked = log.questions()
    log.connect(service_key(sandbox))
    log.map(
        ("companies", "name", "Company name", f"question:{asked['Company Name']}"),
        ("contacts", "email", "Email", f"question:{asked['Email']}"),
    )
    answers = {str(asked["Company Name"]): "Acme", str(asked["Email"]): "mika@acme.example.com"}
    return log.add("failed", answers=answers, reason="record_refused")


def test_retry_posts_what_is_missing_and_tells_what_came_of_it(
    log: Log, owner: Browser, sandbox: SandboxServer
) -> None:
    delivery = ready_to_post(log, sandbox)
    assert "What HubSpot did not have yet was registered there." in press_retry(owner, delivery)
    assert log.state_of(delivery) == "posted"
    page = page_of(owner.get(f"/teams/acme/deliveries/{delivery}"))
    assert "Company posted Registered as a new company." in words(page.select_one(".parts"))
    company = page.select_one(".parts a")
    assert company is not None
    assert str(company["href"]).startswith(f"{sandbox.url}/contacts/1234567/record/0-2/")
    assert page.select_one(".page-actions button") is None


def test_a_retry_that_does_not_work_tells_why(log: Log, owner: Browser, sandbox: SandboxServer) -> None:
    delivery = ready_to_post(log, sandbox)
    rule = {"action": "status", "status": 403, "path": "/crm/", "times": None}
    answer = requests.post(f"{sandbox.url}/sandbox/api/faults", json=rule, timeout=60)
    assert answer.ok, answer.text
    told = press_retry(owner, delivery)
    assert "Nothing of this booking is in HubSpot" in told
    assert "A permission is missing in HubSpot." in told
    assert log.state_of(delivery) == "failed"


def test_a_retry_without_a_connection_waits_and_says_so(log: Log, owner: Browser) -> None:
    log.map(("contacts", "email", "Email", f"question:{log.questions()['Email']}"))
    delivery = log.add("failed", answers={str(log.questions()["Email"]): "mika@acme.example.com"})
    assert "not connected" in press_retry(owner, delivery)
    assert log.state_of(delivery) == "waiting"


def test_retry_needs_the_form_token(log: Log, owner: Browser) -> None:
    delivery = log.add("failed")
    assert owner.send(f"/teams/acme/deliveries/{delivery}/retry", {}).status_code == 400
    assert log.state_of(delivery) == "failed"


def test_retry_is_not_a_link(log: Log, owner: Browser) -> None:
    delivery = log.add("failed")
    assert owner.get(f"/teams/acme/deliveries/{delivery}/retry").status_code == 405


def test_nobody_retries_the_deliveries_of_others(log: Log, member: Browser) -> None:
    other = begin_log(log.app, "globex")
    page = page_of(member.get(f"/teams/acme/deliveries/{log.add('failed', 'member')}"))
    token = page.select_one("input[name=csrf_token]")
    assert token is not None
    others = ((log.add("failed", "owner"), log, 403), (other.add("failed"), other, 404))
    for delivery, its_log, refusal in others:
        answer = member.send(f"/teams/acme/deliveries/{delivery}/retry", {"csrf_token": token["value"]})
        assert answer.status_code == refusal
        assert its_log.state_of(delivery) == "failed"


@pytest.mark.parametrize("state", ["failed", "partial", "retrying", "waiting", "skipped"])
def test_retry_is_offered_where_it_can_help(log: Log, owner: Browser, state: str) -> None:
    page = page_of(owner.get(f"/teams/acme/deliveries/{log.add(state)}"))
    assert words(page.select_one(".page-actions")) == "Retry Dismiss"


@pytest.mark.parametrize("state", ["pending", "sending", "posted", "duplicate"])
def test_retry_is_not_offered_where_there_is_nothing_to_do(log: Log, owner: Browser, state: str) -> None:
    page = page_of(owner.get(f"/teams/acme/deliveries/{log.add(state)}"))
    assert "Retry" not in words(page.select_one(".page-head"))
