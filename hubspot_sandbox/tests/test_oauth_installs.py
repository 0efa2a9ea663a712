"""Account details, and apps that leave an account from either side."""

from typing import Any

import pytest
import requests

from hubspot_sandbox import SandboxServer, SandboxSettings
from hubspot_sandbox.grants import connect_app, exchange_code

APP = {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret"}
CALLBACK = "http://localhost:8000/integrations/hubspot/callback"


class Connected:
    """An app that went through consent, with its tokens."""

    def __init__(
        self, sandbox: SandboxServer, scopes: tuple[str, ...] = ("oauth",), account_id: int = 1234567
    ) -> None:
        state = sandbox.state
        app, account = state.apps.get(APP["client_id"]), state.accounts.get(account_id)
        assert app is not None
        assert account is not None
        code = connect_app(state, app, account, "mika@acme.co.jp", list(scopes), CALLBACK, None)
        granted = exchange_code(state, app, code, CALLBACK, None)
        self.url, self.access, self.kept = sandbox.url, granted.access.token, granted.refresh.token

    def call(self, method: str, path: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.access}"}
        return requests.request(method, self.url + path, headers=headers, timeout=10)

    def refreshed(self) -> Any:
        form = {**APP, "grant_type": "refresh_token", "refresh_token": self.kept}
        return requests.post(f"{self.url}/oauth/2026-09/token", data=form, timeout=10).json()


@pytest.fixture
def app(sandbox: SandboxServer) -> Connected:
    return Connected(sandbox)


DETAILS = "/account-info/2026-09/details"
UNINSTALL = "/appinstalls/2026-09/external-install"


def test_account_details_name_the_account_and_this_sandbox_as_its_screens(app: Connected) -> None:
    details = app.call("GET", DETAILS).json()
    assert details["portalId"] == 1234567
    assert details["uiDomain"] == app.url.removeprefix("http://")
    assert (details["timeZone"], details["utcOffset"]) == ("Asia/Tokyo", "+09:00")
    assert details["utcOffsetMilliseconds"] == 9 * 3_600_000
    assert (details["accountType"], details["companyCurrency"]) == ("STANDARD", "USD")
    assert details["dataHostingLocation"] == "na1"


def test_account_details_name_the_public_address_when_there_is_one() -> None:
    settings = SandboxSettings(redirect_urls=[CALLBACK], public_url="https://sandbox.test:9443")
    with SandboxServer(settings) as sandbox:
        assert Connected(sandbox).call("GET", DETAILS).json()["uiDomain"] == "sandbox.test:9443"


def test_a_service_key_reads_account_details_but_cannot_uninstall(sandbox: SandboxServer, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(sandbox.url + DETAILS, headers=headers, timeout=10).json()["portalId"] == 1234567
    answer = requests.delete(sandbox.url + UNINSTALL, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")


@pytest.mark.parametrize(("method", "path"), [("GET", DETAILS), ("DELETE", UNINSTALL)])
def test_account_details_and_uninstall_need_the_scope_oauth(
    sandbox: SandboxServer, method: str, path: str
) -> None:
    answer = Connected(sandbox, ("crm.objects.contacts.read",)).call(method, path)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == ["oauth"]


def test_an_uninstalled_app_loses_both_tokens(sandbox: SandboxServer, app: Connected) -> None:
    answer = app.call("DELETE", UNINSTALL)
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(sandbox.state.installs) == 0
    assert app.call("GET", DETAILS).status_code == 401
    assert app.refreshed()["status"] == "BAD_REFRESH_TOKEN"


def test_access_tokens_outlive_an_uninstall_when_told_to(sandbox: SandboxServer, app: Connected) -> None:
    sandbox.state.change_switches(tokens_survive_uninstall=True)
    app.call("DELETE", UNINSTALL)
    assert app.call("GET", DETAILS).status_code == 200
    assert app.refreshed()["status"] == "BAD_REFRESH_TOKEN"


def test_a_refresh_after_an_uninstall_answers_bad_hub_when_told_to(sandbox: SandboxServer, app: Connected) -> None:
    sandbox.state.change_switches(bad_hub_after_uninstall=True)
    app.call("DELETE", UNINSTALL)
    refused = app.refreshed()
    assert (refused["status"], refused["error"]) == ("BAD_HUB", "access_denied")


def test_an_uninstall_in_one_account_leaves_the_other_connected(sandbox: SandboxServer, app: Connected) -> None:
    other = Connected(sandbox, account_id=7654321)
    app.call("DELETE", UNINSTALL)
    assert other.call("GET", DETAILS).json()["portalId"] == 7654321
    assert other.refreshed()["hub_id"] == 7654321
