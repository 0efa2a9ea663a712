"""The calls of Calendly's stand-in: what is answered, and what is refused as Calendly refuses it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.account import ORGANIZATION, SCOPES
from scheduler_sandbox.tests.calendly import KEY, OF_INVITEES, Caller

ADDRESS = "https://hubsync.example/intake/calendly/1"


@pytest.fixture(scope="module")
def shared() -> Iterator[CalendlyServer]:
    with CalendlyServer() as server:
        yield server


@pytest.fixture
def calendly(shared: CalendlyServer) -> CalendlyServer:
    shared.empty()
    return shared


@pytest.fixture
def owner(calendly: CalendlyServer) -> Iterator[Caller]:
    with Caller(calendly, calendly.account.make_token()) as caller:
        yield caller


@pytest.fixture
def member(calendly: CalendlyServer) -> Iterator[Caller]:
    with Caller(calendly, calendly.account.make_token(calendly.account.member)) as caller:
        yield caller


def said(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["title"], answer.json()["message"]


def test_a_token_shows_whose_it_is(calendly: CalendlyServer, owner: Caller) -> None:
    me = owner.get("/users/me").json()["resource"]
    assert (me["name"], me["uri"], me["current_organization"]) == (
        "Ren Host",
        "https://api.calendly.com/users/USR0OWNER",
        ORGANIZATION,
    )
    assert {*me} >= {"slug", "email", "scheduling_url", "timezone", "created_at", "updated_at"}


def test_no_token_and_a_revoked_one_are_refused(calendly: CalendlyServer, owner: Caller) -> None:
    token = owner.headers["Authorization"].partition(" ")[2]
    calendly.account.revoke(str(token))
    unauthenticated = (401, "Unauthenticated", "The access token is invalid")
    assert said(owner.get("/users/me")) == unauthenticated
    del owner.headers["Authorization"]
    assert said(owner.get("/scheduled_events")) == unauthenticated


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("users:read", "GET", "/users/me"),
        ("webhooks:read", "GET", "/webhook_subscriptions"),
        ("webhooks:read", "GET", "/webhook_subscriptions/x"),
        ("webhooks:write", "POST", "/webhook_subscriptions"),
        ("webhooks:write", "DELETE", "/webhook_subscriptions/x"),
        ("webhooks:read", "GET", "/sample_webhook_data"),
        ("scheduled_events:read", "GET", "/scheduled_events"),
        ("scheduled_events:read", "GET", "/scheduled_events/x/invitees"),
    ],
)
def test_each_call_needs_its_scope(calendly: CalendlyServer, scope: str, method: str, path: str) -> None:
    lacking = Caller(calendly, calendly.account.make_token(scopes=set(SCOPES) - {scope}))
    answer = lacking.request(method, path)
    assert (answer.status_code, answer.json()["title"]) == (403, "Permission Denied")
    lacking.close()


def test_limits_are_counted_and_said(calendly: CalendlyServer, owner: Caller) -> None:
    answer = owner.get("/users/me")
    assert answer.headers["X-RateLimit-Limit"] == "500"
    assert int(answer.headers["X-RateLimit-Remaining"]) < 500
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) <= 60
    calendly.account.switches.busy = [13]
    busy = owner.get("/users/me")
    assert (busy.status_code, busy.headers["X-RateLimit-Reset"]) == (429, "13")
    assert owner.get("/users/me").status_code == 200


# ---- subscriptions


def test_a_subscription_is_made_found_and_ended_and_its_key_never_shown(owner: Caller) -> None:
    made = owner.subscribe(ADDRESS)
    assert made.status_code == 201
    assert KEY not in made.text
    resource = made.json()["resource"]
    assert (resource["callback_url"], resource["state"], resource["retry_started_at"]) == (ADDRESS, "active", None)
    path = resource["uri"].removeprefix("https://api.calendly.com")
    assert owner.get(path).json()["resource"] == resource
    listed = owner.get("/webhook_subscriptions", params={"organization": ORGANIZATION, "scope": "organization"})
    assert listed.json()["collection"] == [resource]
    assert [owner.delete(path).status_code for _ in range(2)] == [204, 404]
    assert said(owner.get(path))[:2] == (404, "Resource Not Found")


def test_one_address_has_one_subscription_of_a_user_and_one_of_the_organization(owner: Caller) -> None:
    user = {"scope": "user", "user": "https://api.calendly.com/users/USR0OWNER"}
    assert [owner.subscribe(ADDRESS, **more).status_code for more in ({}, {}, user, user)] == [201, 409, 201, 409]
    assert said(owner.subscribe(ADDRESS)) == (409, "Already Exists", "Hook with this url already exists")


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"url": ""}, "url"), ({"url": "http://hubsync.example"}, "url"), ({"events": []}, "events"),
        ({"events": ["invitee.created"] * 2}, "events"), ({"events": ["invitee.moved"]}, "events"),
        ({"scope": "team"}, "scope"), ({"scope": "user"}, "user"), ({"organization": None}, "organization"),
        ({"scope": "user", "user": "x", "events": ["routing_form_submission.created"]}, "events"),
        ({"signing_key": 5}, "signing_key"),
    ],
)  # fmt: skip
def test_a_subscription_that_cannot_be_is_refused(owner: Caller, changes: dict[str, Any], parameter: str) -> None:
    answer = owner.subscribe(changes.pop("url", ADDRESS), **changes)
    assert said(answer) == (400, "Invalid Argument", "The supplied parameters are invalid.")
    assert [each["parameter"] for each in answer.json()["details"]] == [parameter]


def test_a_member_has_a_subscription_of_its_own_and_none_of_the_organization(
    calendly: CalendlyServer, owner: Caller, member: Caller
) -> None:
    mine = {"scope": "user", "user": calendly.account.member.uri}
    assert said(member.subscribe(ADDRESS))[:2] == (403, "Permission Denied")
    assert said(member.subscribe(ADDRESS, scope="user", user=calendly.account.owner.uri))[:1] == (403,)
    made = member.subscribe(ADDRESS, **mine)
    assert made.status_code == 201
    of_owner = owner.subscribe(ADDRESS).json()["resource"]["uri"].removeprefix("https://api.calendly.com")
    assert member.get(of_owner).status_code == 403
    query = {"organization": ORGANIZATION}
    assert member.get("/webhook_subscriptions", params={**query, "scope": "organization"}).status_code == 403
    listed = member.get("/webhook_subscriptions", params={**query, **mine}).json()["collection"]
    assert [each["user"] for each in listed] == [calendly.account.member.uri]


def test_a_plan_may_not_have_webhooks(calendly: CalendlyServer, owner: Caller) -> None:
    calendly.account.switches.plan_allows = False
    upgrade = (403, "Permission Denied", "Please upgrade to a paid Calendly account.")
    assert said(owner.subscribe(ADDRESS)) == upgrade


@pytest.mark.parametrize(
    "query", [{}, {"organization": ORGANIZATION}, {"organization": ORGANIZATION, "scope": "user"}]
)
def test_a_list_of_subscriptions_says_of_whom(owner: Caller, query: dict[str, str]) -> None:
    assert owner.get("/webhook_subscriptions", params=query).status_code == 400


def test_sample_data_is_of_the_latest_booking(calendly: CalendlyServer, owner: Caller) -> None:
    query = {"event": OF_INVITEES[0], "organization": ORGANIZATION, "scope": "organization"}
    assert owner.get("/sample_webhook_data", params=query).status_code == 404
    invitee = calendly.account.book()
    sample = owner.get("/sample_webhook_data", params=query).json()
    assert (sample["event"], sample["payload"]["uri"]) == (OF_INVITEES[0], invitee.uri)
    assert owner.get("/sample_webhook_data").status_code == 400


# ---- bookings


def test_events_are_listed_by_time_page_by_page_without_their_guests(
    calendly: CalendlyServer, owner: Caller
) -> None:
    begin = datetime(2026, 12, 8, 1, tzinfo=UTC)
    made = [calendly.account.book(starts_at=begin + timedelta(days=days)).event for days in (2, 0, 1, 9)]
    calendly.account.switches.most_per_page = 2
    query: dict[str, Any] = {
        "organization": ORGANIZATION,
        "min_start_time": "2026-12-08T01:00:00Z",
        "max_start_time": "2026-12-10T01:00:00Z",
        "sort": "start_time:asc",
    }
    first = owner.get("/scheduled_events", params=query)
    assert "mori.aya" not in first.text
    token = first.json()["pagination"]["next_page_token"]
    assert f"page_token={token}" in first.json()["pagination"]["next_page"]
    second = owner.get("/scheduled_events", params={**query, "page_token": token}).json()
    assert second["pagination"]["next_page_token"] is None
    listed = first.json()["collection"] + second["collection"]
    assert [each["uri"] for each in listed] == [made[1].uri, made[2].uri, made[0].uri]
    assert listed[0]["invitees_counter"] == {"total": 1, "active": 1, "limit": 1}
    backwards = owner.get("/scheduled_events", params={**query, "sort": "start_time:desc"}).json()
    assert backwards["collection"][0]["uri"] == made[0].uri


def test_events_are_listed_by_state_and_guest(calendly: CalendlyServer, owner: Caller) -> None:
    first, second = calendly.account.book(), calendly.account.book(email="ito@kaede-foods.example")
    calendly.account.cancel(first, "Illness")

    def listed(**query: str) -> list[str]:
        answer = owner.get("/scheduled_events", params={"organization": ORGANIZATION, **query})
        return [each["uri"] for each in answer.json()["collection"]]

    assert listed(status="canceled") == [first.event.uri]
    assert listed(status="active") == [second.event.uri]
    assert listed(invitee_email="ito@kaede-foods.example") == [second.event.uri]
    assert listed(user=calendly.account.member.uri) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400), ({"organization": ORGANIZATION, "count": 0}, 400), ({"organization": "other"}, 403),
        ({"organization": ORGANIZATION, "page_token": "x"}, 400),
        ({"user": "https://api.calendly.com/users/X"}, 403),
        ({"organization": ORGANIZATION, "min_start_time": "soon"}, 400),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_is_refused(owner: Caller, query: dict[str, Any], status: int) -> None:
    assert owner.get("/scheduled_events", params=query).status_code == status


def test_a_member_sees_its_own_events_only(calendly: CalendlyServer, owner: Caller, member: Caller) -> None:
    account = calendly.account
    theirs, mine = account.book().event, account.book(account.event_types[2]).event
    assert member.get("/scheduled_events", params={"organization": ORGANIZATION}).status_code == 403
    listed = member.get("/scheduled_events", params={"user": account.member.uri}).json()["collection"]
    assert [each["uri"] for each in listed] == [mine.uri]
    assert member.get(f"/scheduled_events/{mine.id}/invitees").status_code == 200
    refused = (403, "Permission Denied", "You are not allowed to view this event")
    assert said(member.get(f"/scheduled_events/{theirs.id}/invitees")) == refused
    assert owner.get("/scheduled_events/nowhere/invitees").status_code == 404


def test_guests_of_a_group_event_are_its_invitees(calendly: CalendlyServer, owner: Caller) -> None:
    account = calendly.account
    first = account.book(account.event_types[1])
    second = account.book(at=first.event, name="Nao Ito", email="ito@kaede-foods.example")
    account.cancel(first)
    path = f"/scheduled_events/{first.event.id}/invitees"
    listed = owner.get(path).json()["collection"]
    assert [(each["uri"], each["status"]) for each in listed] == [(first.uri, "canceled"), (second.uri, "active")]
    assert "scheduled_event" not in listed[0]
    assert [each["uri"] for each in owner.get(path, params={"status": "active"}).json()["collection"]] == [
        second.uri
    ]
    assert first.event.shown()["invitees_counter"] == {"total": 2, "active": 1, "limit": 8}


def test_what_is_booked_after_a_restart_has_an_id_of_its_own() -> None:
    began = datetime(2026, 12, 1, 9, tzinfo=UTC)
    uris = {
        CalendlyServer(now=lambda at=at: at).account.book().uri for at in (began, began + timedelta(minutes=1))
    }
    assert len(uris) == 2
