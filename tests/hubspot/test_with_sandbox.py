"""The client against HubSpot's stand-in, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.mapping import Section
from hubsync.errors import (
    AccessExpired,
    AnswerLost,
    ContactExists,
    HubSpotBusy,
    HubSpotUnreachable,
    PermissionMissing,
    RateLimited,
    RecordGone,
    RequiredPropertyMissing,
    ValuesRefused,
)
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.oauth import SCOPES
from hubsync.hubspot.properties import ARTICLE_COMPANY, ARTICLE_CONTACT, arrange
from hubsync.hubspot.wire import Wire
from hubsync.net.deadline import Deadline


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(SandboxSettings()) as server:
        yield server


@pytest.fixture
def client(sandbox: SandboxServer, wire: Callable[..., Wire]) -> HubSpotClient:
    key = sandbox.state.add_service_key(DEFAULT_ACCOUNT, "Test", list(SCOPES))
    return HubSpotClient(wire(sandbox.url), key.token, "2026-09")


def soon() -> Deadline:
    return Deadline.after(30)


def companies_of(sandbox: SandboxServer, contact_id: str) -> list[str]:
    """The ids of the companies that the contact is associated with, as the API tells."""
    key = sandbox.state.add_service_key(DEFAULT_ACCOUNT, "Looks", list(SCOPES))
    address = f"{sandbox.url}/crm/v4/objects/contacts/{contact_id}/associations/companies"
    answer = requests.get(address, headers={"Authorization": f"Bearer {key.token}"}, timeout=60)
    answer.raise_for_status()
    return [str(each["toObjectId"]) for each in answer.json()["results"]]


def test_a_company_and_its_contact_are_created_and_found_again(client: HubSpotClient, sandbox: SandboxServer):
    company_id = client.create_company({"name": "株式会社アクメ", "domain": "acme.com"}, soon())
    contact_id = client.create_contact({"email": "ichiro@acme.com", "lastname": "鈴木"}, soon(), company_id)
    (company,) = client.search_companies([("domain", "EQ", "ACME.com"), ("name", "EQ", "other")], soon())
    assert (company.id, company.name, company.domain) == (company_id, "株式会社アクメ", "acme.com")
    contact = client.find_contact("Ichiro@acme.com", soon())
    assert contact is not None
    assert (contact.id, contact.email) == (contact_id, "ichiro@acme.com")
    assert contact.created_at is not None
    assert abs(contact.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert (contact.source, contact.source_detail) == ("INTEGRATION", "Test")
    assert companies_of(sandbox, contact_id) == [company_id]


def test_a_contact_that_exists_is_named_by_the_refusal(client: HubSpotClient):
    contact_id = client.create_contact({"email": "a@acme.com"}, soon(), None)
    with pytest.raises(ContactExists) as caught:
        client.create_contact({"email": "A@acme.com"}, soon(), None)
    assert caught.value.contact_id == contact_id


def test_nobody_and_nothing_is_found_where_there_is_none(client: HubSpotClient):
    assert client.find_contact("nobody@acme.com", soon()) is None
    assert client.search_companies([("name", "EQ", "None")], soon()) == []


def test_an_association_made_afterwards_can_be_made_twice(client: HubSpotClient, sandbox: SandboxServer):
    company_id = client.create_company({"name": "Acme"}, soon())
    contact_id = client.create_contact({"email": "a@acme.com"}, soon(), None)
    for _ in range(2):
        client.associate(contact_id, company_id, soon())
    assert companies_of(sandbox, contact_id) == [company_id]


def test_a_company_that_is_gone_is_told_from_a_bad_contact(client: HubSpotClient):
    with pytest.raises(RecordGone):
        client.create_contact({"email": "a@acme.com"}, soon(), "99999999")
    assert client.find_contact("a@acme.com", soon()) is None


@pytest.mark.parametrize("listed", [True, False])
def test_all_bad_values_are_named_whichever_form_the_answer_has(sandbox, client, listed):
    sandbox.state.change_switches(errors_list_in_400=listed)
    with pytest.raises(ValuesRefused) as caught:
        client.create_company({"name": "Acme", "numberofemployees": "many", "no_such_property": "x"}, soon())
    assert set(caught.value.refused) == {"numberofemployees", "no_such_property"}
    assert caught.value.refused["no_such_property"] == "PROPERTY_DOESNT_EXIST"
    assert caught.value.correlation_id
    assert "many" not in caught.value.message


def test_a_record_without_what_identifies_it_lacks_a_required_property(client: HubSpotClient):
    with pytest.raises(RequiredPropertyMissing):
        client.create_company({"city": "Tokyo"}, soon())


def test_all_of_the_common_properties_are_writable_and_come_first(client: HubSpotClient):
    for section, article in ((Section.COMPANIES, ARTICLE_COMPANY), (Section.CONTACTS, ARTICLE_CONTACT)):
        common, others = arrange(client.read_properties(section.value, soon()), section)
        assert [(each.name, each.label) for each in common.properties] == list(article)
        assert others.properties
        assert "hs_object_id" not in {each.name for each in others.properties}


def test_a_key_that_nobody_issued_is_not_accepted(sandbox, wire):
    with pytest.raises(AccessExpired):
        HubSpotClient(wire(sandbox.url), "pat-na1-made-up", "2026-09").find_contact("a@example.com", soon())


def test_a_key_without_a_scope_is_told_which_one(sandbox, wire):
    key = sandbox.state.add_service_key(DEFAULT_ACCOUNT, "Test", ["oauth", "crm.objects.contacts.read"])
    with pytest.raises(PermissionMissing) as caught:
        HubSpotClient(wire(sandbox.url), key.token, "2026-09").create_company({"name": "Acme"}, soon())
    assert caught.value.scopes == ("crm.objects.companies.write",)


@pytest.mark.parametrize("action", ["drop", "html"])
def test_a_company_whose_answer_is_lost_was_created_all_the_same(sandbox, client, action):
    sandbox.state.faults.add(action=action, path="/companies", when="after")
    with pytest.raises(AnswerLost):
        client.create_company({"name": "Acme"}, soon())
    assert len(client.search_companies([("name", "EQ", "Acme")], soon())) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"action": "drop"}, HubSpotUnreachable),
        ({"action": "html"}, HubSpotBusy),
        ({"action": "redirect"}, HubSpotBusy),
        ({"action": "huge_body", "size": 3_000_000}, HubSpotUnreachable),
        ({"action": "slow_body", "seconds": 0.3}, HubSpotUnreachable),
        ({"action": "status", "status": 503}, HubSpotBusy),
        ({"action": "status", "status": 423}, HubSpotBusy),
        ({"action": "status", "status": 477, "retry_after": 60}, HubSpotBusy),
        ({"action": "status", "status": 429, "policy": "DAILY"}, RateLimited),
        ({"action": "status", "status": 401}, AccessExpired),
        ({"action": "status", "status": 403}, PermissionMissing),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)
def test_the_faults_that_can_be_asked_for_are_told_apart(sandbox, client, fault, error):
    client.create_contact({"email": "a@acme.com"}, soon(), None)
    sandbox.state.faults.add(**fault)
    with pytest.raises(error) as caught:
        client.find_contact("a@acme.com", Deadline.after(1))
    assert type(caught.value) is error
    assert client.find_contact("a@acme.com", soon()) is not None


def test_the_limit_of_search_says_to_wait_a_second(sandbox, client):
    sandbox.state.change_switches(search_limit_per_second=2)
    with pytest.raises(RateLimited) as caught:
        for _ in range(5):
            client.search_companies([("name", "EQ", "Acme")], soon())
    assert caught.value.retry_after == 1.0
    assert caught.value.policy == "SECONDLY"
