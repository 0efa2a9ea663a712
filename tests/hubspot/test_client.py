"""What the client says on the line and how it reads what comes back; answers here are scripted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hubsync.domain.matching import FoundCompany
from hubsync.errors import AnswerLost, HubSpotBusy, PermissionMissing, RecordRefused
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline


@pytest.fixture
def asked(serve, wire) -> Callable[..., tuple[HubSpotClient, Any]]:
    """A client of a server that always gives the same answer."""

    def start(body: Any = None, status: int = 200) -> tuple[HubSpotClient, Any]:
        server = serve(status=status, body=b"" if status == 204 else json.dumps(body).encode())
        return HubSpotClient(wire(server.url), "pat-na1-token", "2026-09"), server

    return start


def soon() -> Deadline:
    return Deadline.after(30)


def sent(server: Any) -> Any:
    assert server.requests[0].headers["authorization"] == "Bearer pat-na1-token"
    return json.loads(server.requests[0].body)


def test_a_company_is_created_with_texts_and_an_empty_list_of_associations(asked):
    client, server = asked({"id": "12", "properties": {}}, 201)
    assert client.create_company({"name": "Acme", "numberofemployees": "5"}, soon()) == "12"
    assert server.requests[0].line == "POST /crm/objects/2026-09/companies HTTP/1.1"
    assert sent(server) == {"properties": {"name": "Acme", "numberofemployees": "5"}, "associations": []}


def test_a_contact_is_created_with_its_primary_company_inside(asked):
    client, server = asked({"id": 7}, 201)
    assert client.create_contact({"email": "a@example.com"}, soon(), company_id="12") == "7"
    (association,) = sent(server)["associations"]
    assert association["to"] == {"id": "12"}
    assert [(each["associationCategory"], each["associationTypeId"]) for each in association["types"]] == [
        ("HUBSPOT_DEFINED", 1),
        ("HUBSPOT_DEFINED", 279),
    ]


@pytest.mark.parametrize("body", [{}, {"id": None}, {"id": True}, {"id": "x"}, {"id": ""}])
def test_a_create_whose_answer_has_no_id_may_have_happened(asked, body):
    client, _ = asked(body, 201)
    with pytest.raises(AnswerLost):
        client.create_contact({"email": "a@example.com"}, soon(), None)


@pytest.mark.parametrize(
    "read",
    [
        lambda client: client.read_company("1", soon()),
        lambda client: client.find_contact("a@example.com", soon()),
        lambda client: client.read_existing("contacts", "1", ["phone"], soon()),
        lambda client: client.read_links("contacts", "1", soon()),
        lambda client: client.read_company_links("1", soon()),
    ],
    ids=["company", "contact", "existing", "links", "company links"],
)
def test_a_record_that_cannot_be_read_is_not_taken_for_one_that_is_gone(asked, read):
    client, _server = asked({"properties": {}})
    with pytest.raises(HubSpotBusy):
        read(client)
    gone, _server = asked({"status": "error", "category": "OBJECT_NOT_FOUND", "message": "not found"}, 404)
    assert read(gone) is None


@pytest.mark.parametrize("body", [{}, {"results": None}, {"total": 0, "results": {}}])
def test_an_answer_that_lists_nothing_does_not_say_that_there_is_nothing(asked, body):
    client, _ = asked(body)
    for ask in (
        lambda: client.search_companies([("name", "EQ", "Acme")], soon()),
        lambda: client.read_meetings(["1"], soon()),
        lambda: client.read_past("contacts", "1", ["phone"], soon()),
        lambda: client.list_editable("contacts", soon()),
    ):
        with pytest.raises(HubSpotBusy):
            ask()


@pytest.mark.parametrize(
    "page",
    [
        {"results": [{"from": {"id": "1"}, "to": [], "paging": {"next": {"after": "again"}}}]},
        {"results": []},
        {"results": [], "errors": [{"category": "INTERNAL_ERROR"}]},
    ],
    ids=["no end", "not told", "failed"],
)
def test_meetings_that_are_not_told_to_the_end_are_not_taken_for_all(asked, page):
    more = {"results": [{"id": "5"}], "paging": {"next": {"after": "MC0yLTU%3D"}}}
    client, server = asked({"id": "1", "associations": {"meetings": more}, **page})
    turns = []
    with pytest.raises(HubSpotBusy):
        client.list_meetings("contacts", "1", soon(), lambda: turns.append(1))
    assert 1 <= len(turns) == len(server.requests) - 1 <= 20


def test_a_search_asks_for_any_of_the_alternatives_in_one_call(asked):
    record = {"name": "Acme", "domain": "acme.com", "hs_additional_domains": "acme.jp; acme.de;"}
    client, server = asked(
        {"total": 2, "results": [{"id": "1", "properties": record}, {"id": 2, "properties": {}}]}
    )
    found = client.search_companies([("domain", "EQ", "acme.com"), ("name", "EQ", "Acme")], soon())
    assert found == [FoundCompany("1", "Acme", "acme.com", ("acme.jp", "acme.de")), FoundCompany("2")]
    assert server.requests[0].line == "POST /crm/objects/2026-09/companies/search HTTP/1.1"
    body = sent(server)
    assert body["filterGroups"] == [
        {"filters": [{"propertyName": "domain", "operator": "EQ", "value": "acme.com"}]},
        {"filters": [{"propertyName": "name", "operator": "EQ", "value": "Acme"}]},
    ]
    assert body["properties"] == ["name", "domain", "hs_additional_domains"]


def test_several_values_are_any_of_which_in_takes_one_and_words_that_are_all_wanted(asked):
    client, server = asked({"total": 0, "results": []})
    client.search_companies([("hs_object_id", "IN", ("1", "2")), ("name", "CONTAINS_TOKEN", ("a", "b"))], soon())
    assert sent(server)["filterGroups"] == [
        {"filters": [{"propertyName": "hs_object_id", "operator": "IN", "values": ["1", "2"]}]},
        {
            "filters": [
                {"propertyName": "name", "operator": "CONTAINS_TOKEN", "value": "a"},
                {"propertyName": "name", "operator": "CONTAINS_TOKEN", "value": "b"},
            ]
        },
    ]


def test_a_search_stays_within_five_groups_and_three_thousand_characters(asked):
    client, server = asked({"total": 0, "results": []})
    assert client.search_companies([("name", "EQ", str(number)) for number in range(7)], soon()) == []
    assert [group["filters"][0]["value"] for group in sent(server)["filterGroups"]] == ["0", "1", "2", "3", "4"]


def test_the_least_important_alternatives_give_way_to_the_length_of_a_search(asked):
    client, server = asked({"total": 0, "results": []})
    client.search_companies(
        [("domain", "EQ", "acme.com"), ("name", "EQ", "株" * 600), ("name", "EQ", "社" * 600)], soon()
    )
    assert len(server.requests[0].body) <= 3_000
    assert len(sent(server)["filterGroups"]) == 2


@pytest.mark.parametrize("alternatives", [[], [("name", "EQ", "x" * 4_000)]])
def test_a_search_for_nothing_sends_nothing(asked, alternatives):
    client, server = asked({})
    assert client.search_companies(alternatives, soon()) == []
    assert server.connections == 0


def test_a_contact_is_found_by_an_address_that_is_not_its_main_one(asked):
    properties = {
        "email": "main@example.com",
        "createdate": "2026-11-01T10:00:00.123Z",
        "hs_object_source": "INTEGRATION",
        "hs_object_source_id": "99",
        "hs_object_source_label": None,
    }
    client, server = asked({"id": "7", "properties": properties})
    contact = client.find_contact("o'neil+x@example.com", soon())
    assert contact is not None
    assert (contact.id, contact.email) == ("7", "main@example.com")
    assert contact.created_at == datetime(2026, 11, 1, 10, 0, 0, 123_000, tzinfo=UTC)
    assert (contact.source, contact.source_id, contact.source_label) == ("INTEGRATION", "99", None)
    target = server.requests[0].line.split(" ")[1]
    assert target.startswith(
        "/crm/objects/2026-09/contacts/o%27neil%2Bx%40example.com?idProperty=email&properties="
    )


def test_a_contact_that_hubspot_does_not_know_is_none(asked):
    client, _ = asked({"message": "resource not found"}, 404)
    assert client.find_contact("a@example.com", soon()) is None


def test_a_page_instead_of_an_answer_does_not_mean_that_there_is_no_contact(serve, wire):
    server = serve(status=404, body=b"<html>Wrong way</html>", content_type="text/html")
    with pytest.raises(HubSpotBusy):
        HubSpotClient(wire(server.url), "token", "2026-09").find_contact("a@example.com", soon())


def test_an_association_is_put_without_a_label(asked):
    client, server = asked({"status": "COMPLETE", "results": []})
    client.associate("7", "12", soon())
    assert (
        server.requests[0].line == "PUT /crm/objects/2026-09/contacts/7/associations/default/companies/12 HTTP/1.1"
    )


def test_an_association_that_hubspot_did_not_make_is_refused(asked):
    client, _ = asked({"status": "COMPLETE", "numErrors": 1, "errors": [{"message": "no"}]}, 207)
    with pytest.raises(RecordRefused):
        client.associate("7", "12", soon())


def test_properties_are_read_up_to_eight_megabytes(asked):
    definition = {
        "name": "city",
        "label": "City",
        "type": "string",
        "fieldType": "text",
        "description": "x" * 2_000_000,
    }
    client, server = asked({"results": [definition]})
    (found,) = client.read_properties("companies", soon())
    assert (found.name, found.label, found.type) == ("city", "City", "string")
    assert server.requests[0].line.startswith("GET /crm/properties/2026-09/companies ")


def test_an_answer_without_a_list_does_not_mean_that_no_property_is_left(asked):
    client, _ = asked({"results": None})
    with pytest.raises(HubSpotBusy):
        client.read_properties("contacts", soon())


def test_the_account_is_read(asked):
    client, server = asked({"portalId": 123, "uiDomain": "app-eu1.hubspot.com", "timeZone": "Asia/Tokyo"})
    account = client.read_account(soon())
    assert (account.id, account.ui_domain, account.time_zone) == ("123", "app-eu1.hubspot.com", "Asia/Tokyo")
    assert server.requests[0].line == "GET /account-info/2026-09/details HTTP/1.1"


def test_an_account_without_its_id_is_no_answer(asked):
    client, _ = asked({"uiDomain": "app.hubspot.com"})
    with pytest.raises(HubSpotBusy):
        client.read_account(soon())


def test_uninstalling_takes_an_empty_204_for_done(asked):
    client, server = asked(status=204)
    client.uninstall(soon())
    assert server.requests[0].line == "DELETE /appinstalls/2026-09/external-install HTTP/1.1"


def test_errors_come_through_the_client(asked):
    client, _ = asked({"category": "MISSING_SCOPES"}, 403)
    with pytest.raises(PermissionMissing):
        client.find_contact("a@example.com", soon())
