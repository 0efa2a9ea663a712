"""Owners: read by who may, in pages; written to records by their ids."""

import hubspot as legacy_package
import hubspot_sdk
import pytest
import requests
from hubspot.crm.owners import ApiException

from hubspot_sandbox import SandboxServer
from hubspot_sandbox.crm.owners import add_owner
from hubspot_sandbox.tests.conftest import Caller

LISTED = "/crm/owners/2026-09"
OWNERS = "crm.objects.owners.read"


@pytest.fixture
def people(sandbox: SandboxServer) -> dict[str, str]:
    """The ids of one owner of each sort, beside the account's own user."""
    state = sandbox.state
    return {
        "mika": add_owner(state, 1234567, "mika@acme.co.jp", first_name="Mika", last_name="Sato").id,
        "again": add_owner(state, 1234567, "MIKA@acme.co.jp").id,
        "queue": add_owner(state, 1234567, "", kind="QUEUE", first_name="Sales").id,
        "gone": add_owner(state, 1234567, "ken@acme.co.jp", archived=True).id,
        "elsewhere": add_owner(state, 7654321, "mika@acme.co.jp").id,
    }


def test_active_owners_come_in_pages_and_archived_ones_when_asked_for(
    hubspot: Caller, people: dict[str, str]
) -> None:
    first = hubspot.get(f"{LISTED}?limit=3").json()
    assert [one["id"] for one in first["results"]] == ["71001", people["mika"], people["again"]]
    after = first["paging"]["next"]["after"]
    last = hubspot.get(f"{LISTED}?limit=3&after={after}").json()
    assert [(one["id"], one["type"]) for one in last["results"]] == [(people["queue"], "QUEUE")]
    assert "paging" not in last
    (gone,) = hubspot.get(f"{LISTED}?archived=true").json()["results"]
    assert (gone["id"], gone["archived"], gone["userId"]) == (people["gone"], True, None)
    assert gone["userIdIncludingInactive"] > 0
    assert hubspot.get(f"{LISTED}?limit=501").status_code == 400


def test_an_owner_is_found_by_its_address_its_id_and_its_users_id(hubspot: Caller, people: dict[str, str]) -> None:
    listed = hubspot.get(f"{LISTED}?email=mika@acme.co.jp").json()["results"]
    assert [one["id"] for one in listed] == [people["mika"], people["again"]]
    hubspot.switch(owner_email_filter_ignores_case=False)
    assert len(hubspot.get(f"{LISTED}?email=mika@acme.co.jp").json()["results"]) == 1
    mika = hubspot.get(f"{LISTED}/{people['mika']}").json()
    assert (mika["firstName"], mika["lastName"]) == ("Mika", "Sato")
    assert hubspot.get(f"{LISTED}/{mika['userId']}?idProperty=userId").json() == mika
    assert hubspot.get(f"{LISTED}/{people['gone']}").status_code == 404
    assert hubspot.get(f"{LISTED}/{people['gone']}?archived=true").status_code == 200


def test_owners_need_a_scope_of_their_own_which_the_refusal_does_not_name(hubspot: Caller) -> None:
    hubspot.put("/sandbox/api/scopes", json={"take": [OWNERS]})
    refused = hubspot.get(LISTED)
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")
    assert refused.json()["errors"][0]["context"] == {"requiredScopes": ["contacts"]}
    hubspot.put("/sandbox/api/scopes", json={"give": [OWNERS]})
    assert hubspot.get(LISTED).status_code == 200


@pytest.mark.parametrize("owner", ["unknown", "a user's id", "gone", "elsewhere"])
def test_a_record_is_refused_as_a_whole_for_an_owner_that_the_account_has_not(
    hubspot: Caller, people: dict[str, str], owner: str
) -> None:
    owner_id = {**people, "unknown": "5", "a user's id": "9001"}[owner]
    values = {"email": "jane@acme.co.jp", "hubspot_owner_id": owner_id}
    answer = hubspot.post("/crm/objects/2026-09/contacts", json={"properties": values})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["context"] == {"propertyName": ["hubspot_owner_id"]}
    assert answer.json()["errors"][0]["code"] == "INVALID_OWNER_ID"
    hubspot.switch(archived_owner_ids_refused=False)
    again = hubspot.post("/crm/objects/2026-09/contacts", json={"properties": values})
    assert again.status_code == (201 if owner == "gone" else 400)


def test_an_owner_is_written_and_cleared(hubspot: Caller, people: dict[str, str]) -> None:
    made = hubspot.make("companies", {"name": "Acme", "hubspot_owner_id": people["mika"]})
    assert made["properties"]["hubspot_owner_id"] == people["mika"]
    cleared = hubspot.patch(
        f"/crm/objects/2026-09/companies/{made['id']}", json={"properties": {"hubspot_owner_id": ""}}
    )
    assert cleared.status_code == 200


def test_the_control_api_makes_and_deactivates_owners(hubspot: Caller) -> None:
    made = hubspot.post("/sandbox/api/owners", json={"email": "mika@acme.co.jp", "first_name": "Mika"}).json()
    assert [one["email"] for one in hubspot.get(LISTED).json()["results"]][-1] == "mika@acme.co.jp"
    hubspot.put(f"/sandbox/api/owners/{made['id']}", json={"archived": True})
    assert hubspot.get(f"{LISTED}?archived=true").json()["results"][0]["id"] == made["id"]
    assert len(hubspot.get("/sandbox/api/owners").json()["results"]) == 2
    assert hubspot.post("/sandbox/api/owners", json={"kind": "TEAM"}).status_code == 400


def test_the_legacy_client_reads_owners(legacy: legacy_package.HubSpot, people: dict[str, str]) -> None:
    page = legacy.crm.owners.owners_api.get_page(limit=2)
    assert [(one.id, one.type) for one in page.results] == [("71001", "PERSON"), (people["mika"], "PERSON")]
    rest = legacy.crm.owners.owners_api.get_page(limit=500, after=page.paging.next.after)
    assert [one.id for one in rest.results] == [people["again"], people["queue"]]
    with pytest.raises(ApiException) as refused:
        legacy.crm.owners.owners_api.get_by_id(owner_id=5)
    assert refused.value.status == 404


def test_the_current_client_reads_owners(current: hubspot_sdk.HubSpot, people: dict[str, str]) -> None:
    listed = list(current.crm.owners.list(limit=2))
    assert [one.id for one in listed] == ["71001", people["mika"], people["again"], people["queue"]]
    archived = current.crm.owners.list(archived=True).results
    assert [(one.id, one.user_id) for one in archived] == [(people["gone"], None)]


def test_a_service_key_is_told_apart_by_what_it_may_do(sandbox: SandboxServer, token: str) -> None:
    where = f"{sandbox.url}/oauth/v2/private-apps/get/access-token-info"
    told = requests.post(where, json={"tokenKey": token}, timeout=10)
    assert told.json()["hubId"] == 1234567
    assert OWNERS in told.json()["scopes"]
    assert requests.post(where, json={"tokenKey": "pat-na1-none"}, timeout=10).status_code == 401
    assert token not in str([call.request_body for call in sandbox.state.calls.all()])
    sandbox.state.change_switches(token_info_of_service_keys=False)
    assert requests.post(where, json={"tokenKey": token}, timeout=10).status_code == 404
