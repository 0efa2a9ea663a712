"""Who may call: tokens, scopes, and the bodies of 401 and 403."""

import time

import pytest
import requests

from hubspot_sandbox.entities import AccessToken

CONTACTS = "/crm/objects/2026-09/contacts"
NOT_FOUND = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
    "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer nonsense", "Basic abc"])
def test_a_call_without_a_known_token_is_401(sandbox, header):
    headers = {"Authorization": header} if header else {}
    answer = requests.get(sandbox.url + CONTACTS, headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.json()["message"] == NOT_FOUND
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"


def give_token(sandbox, expires_at: float, scopes: list[str]) -> dict[str, str]:
    sandbox.state.access_tokens.put(
        AccessToken("t-1", 1234567, "sandbox-client-id", scopes, "a@b.co", 1, expires_at - 1800, expires_at)
    )
    return {"Authorization": "Bearer t-1"}


def test_an_expired_token_is_401_and_says_since_when(sandbox, hubspot):
    headers = give_token(sandbox, time.time() + 1800, ["crm.objects.contacts.read"])
    assert requests.get(sandbox.url + CONTACTS, headers=headers, timeout=10).status_code == 200
    hubspot.switch(clock_offset_seconds=1875.5)
    answer = requests.get(sandbox.url + CONTACTS, headers=headers, timeout=10)
    body = answer.json()
    assert (answer.status_code, body["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert body["message"] == "The OAuth token used to make this call expired 75 second(s) ago."
    assert len(body["context"]["expire time"]) == 1


def test_a_missing_scope_is_403_and_named(sandbox):
    headers = give_token(sandbox, time.time() + 1800, ["oauth", "crm.objects.contacts.read"])
    answer = requests.post(
        sandbox.url + CONTACTS, json={"properties": {"email": "a@b.co"}}, headers=headers, timeout=10
    )
    body = answer.json()
    assert (answer.status_code, body["category"]) == (403, "MISSING_SCOPES")
    assert body["errors"][0]["context"] == {"requiredGranularScopes": ["crm.objects.contacts.write"]}
    assert body["links"] == {"scopes": "https://developers.hubspot.com/scopes"}


def test_definitions_can_be_read_with_either_scope_and_created_with_the_schema_scope_only(sandbox):
    path = sandbox.url + "/crm/properties/2026-09/contacts"
    for scope in ("crm.objects.contacts.read", "crm.schemas.contacts.read"):
        headers = give_token(sandbox, time.time() + 1800, [scope])
        assert requests.get(path, headers=headers, timeout=10).status_code == 200
    assert requests.post(path, json={}, headers=headers, timeout=10).status_code == 403


def test_uninstalling_ends_the_tokens_as_the_switch_says(sandbox, hubspot):
    headers = give_token(sandbox, time.time() + 1800, ["crm.objects.contacts.read"])
    hubspot.switch(tokens_survive_uninstall=True)
    hubspot.post("/sandbox/api/uninstall", json={})
    assert requests.get(sandbox.url + CONTACTS, headers=headers, timeout=10).status_code == 200
    hubspot.switch(tokens_survive_uninstall=False)
    hubspot.post("/sandbox/api/uninstall", json={})
    assert requests.get(sandbox.url + CONTACTS, headers=headers, timeout=10).status_code == 401


def test_an_account_does_not_see_another_accounts_records(sandbox, hubspot):
    hubspot.make("contacts", {"email": "jane@acme.co.jp"})
    other = hubspot.post("/sandbox/api/service-keys", json={"account": 7654321}).json()["token"]
    headers = {"Authorization": f"Bearer {other}"}
    assert requests.get(sandbox.url + CONTACTS, headers=headers, timeout=10).json()["results"] == []
