"""Connected apps, service keys and the companies setting of an account."""

from collections.abc import Iterator

import pytest
import requests

from hubspot_sandbox import SandboxServer
from hubspot_sandbox.grants import connect_app, exchange_code
from hubspot_sandbox.tests.browsing import Browser

CALLBACK = "http://localhost:8000/integrations/hubspot/callback"


@pytest.fixture
def person(sandbox: SandboxServer) -> Iterator[Browser]:
    with Browser(sandbox.url) as browser:
        yield browser


def connect(sandbox: SandboxServer) -> str:
    """An access token of the app in the first account."""
    state = sandbox.state
    app, account = state.apps.get("sandbox-client-id"), state.accounts.get(1234567)
    assert app is not None
    assert account is not None
    code = connect_app(state, app, account, "mika@acme.co.jp", ["oauth"], CALLBACK, None)
    return exchange_code(state, app, code, CALLBACK, None).access.token


def details_status(sandbox: SandboxServer, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{sandbox.url}/account-info/2026-09/details", headers=headers, timeout=10).status_code


def test_uninstalling_a_connected_app_ends_its_access(sandbox: SandboxServer, person: Browser) -> None:
    token = connect(sandbox)
    person.open("/integrations-settings/1234567/installed")
    assert "by mika@acme.co.jp" in person.words
    assert "Know which account it is connected to" in person.words
    assert "1 working" in person.words
    assert details_status(sandbox, token) == 200
    person.press("Uninstall HubSync")
    assert "HubSync was uninstalled" in person.words
    assert "No app is connected" in person.words
    assert details_status(sandbox, token) == 401


def test_a_service_key_has_the_chosen_permissions_until_it_is_deleted(
    sandbox: SandboxServer, person: Browser
) -> None:
    person.open("/service-keys/1234567")
    person.press("Make the key", name="For the team", scope=["crm.objects.companies.read"])
    assert "For the team" in person.words
    token = person.page.find("code", class_="key").get_text()
    assert token.startswith("pat-na1-")
    headers = {"Authorization": f"Bearer {token}"}

    def read(kind: str) -> int:
        url = f"{sandbox.url}/crm/objects/2026-09/{kind}"
        return requests.get(url, headers=headers, timeout=10).status_code

    assert (read("companies"), read("contacts")) == (200, 403)
    person.press("Delete For the team")
    assert "For the team" not in person.words
    assert read("companies") == 401


def test_a_key_without_permissions_comes_back_with_what_was_typed(sandbox: SandboxServer, person: Browser) -> None:
    person.open("/service-keys/1234567").press("Make the key", name="Empty", scope=[])
    assert person.answer.status_code == 400
    assert "Choose at least one permission" in person.words
    assert person.page.find("input", id="name")["value"] == "Empty"
    assert len(sandbox.state.service_keys) == 0


def test_the_companies_setting_is_switched_for_one_account(
    hubspot, sandbox: SandboxServer, person: Browser
) -> None:
    person.open("/settings/1234567/companies").press("Save", auto_companies="on")
    assert "Saved" in person.words
    assert [account.auto_companies for account in sandbox.state.accounts] == [True, False]
    hubspot.make("contacts", {"email": "mika@acme.co.jp"}, associations=[])
    assert "1 company" in person.open("/").words
    person.open("/settings/1234567/companies").press("Save", auto_companies=[])
    assert not any(account.auto_companies for account in sandbox.state.accounts)
