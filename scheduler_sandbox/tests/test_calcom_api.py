"""The API of Cal.com's stand-in over real sockets."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from scheduler_sandbox.calcom.account import CalCom
from scheduler_sandbox.calcom.api import CURSORS, PAGES
from scheduler_sandbox.calcom.entities import EventType, Guest
from scheduler_sandbox.calcom.server import CalComServer

START = datetime(2026, 12, 14, 1, tzinfo=UTC)
TALK = EventType(31, "first-talk", "First talk", 45, {"company": "Company"})
GUEST = Guest("Ines Duarte", "ines@mar-azul.example", {"company": "Mar Azul"})
WANTED = {"active": True, "subscriberUrl": "http://localhost:1/in", "triggers": ["BOOKING_CREATED"], "secret": "s"}


class Api:
    """Somebody who calls the API with the account's key."""

    def __init__(self) -> None:
        self.calcom = CalCom(clock=lambda: START - timedelta(days=7))
        self.server = CalComServer(self.calcom).start()
        self.headers = {"Authorization": f"Bearer {self.calcom.api_key}", "cal-api-version": PAGES}

    def call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        answer = requests.request(method, f"{self.server.url}/v2{path}", headers=self.headers, timeout=60, **more)
        return answer.status_code, answer.json()

    def refusal(self, method: str, path: str, **more: Any) -> tuple[int, str]:
        status, said = self.call(method, path, **more)
        assert (said["status"], said["path"]) == ("error", f"/v2{path}")
        return status, said["error"]["message"]


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    yield made
    made.server.stop()


def test_a_key_is_its_users(api: Api) -> None:
    status, said = api.call("GET", "/me")
    assert (status, said["data"]["id"], said["data"]["email"]) == (200, 12, "nao@aoba-design.example")
    api.headers["Authorization"] = "Bearer cal_live_other"
    assert api.refusal("GET", "/me") == (401, "Invalid API Key")


def test_webhooks_are_made_shown_changed_and_deleted(api: Api) -> None:
    status, made = api.call("POST", "/webhooks", json=WANTED)
    webhook = made["data"]
    assert (status, webhook["active"], webhook["secret"], webhook["payloadTemplate"]) == (201, True, "s", None)
    assert api.refusal("POST", "/webhooks", json=WANTED) == (
        *(409, "Webhook with this subscriber url already exists for this user"),
    )
    changed = {"active": False, "payloadTemplate": "x", "secret": "t"}
    assert api.call("PATCH", f"/webhooks/{webhook['id']}", json=changed)[1]["data"] == webhook | changed
    assert api.call("GET", f"/webhooks/{webhook['id']}")[1]["data"] == webhook | changed
    assert api.call("PATCH", f"/webhooks/{webhook['id']}", json={"payloadTemplate": None})[1]["data"] == (
        webhook | changed | {"payloadTemplate": None}
    )
    assert api.call("DELETE", f"/webhooks/{webhook['id']}")[1]["data"]["id"] == webhook["id"]
    for method in ("GET", "PATCH", "DELETE"):
        assert api.refusal(method, f"/webhooks/{webhook['id']}", json={})[0] == 404
    assert api.call("GET", "/webhooks") == (200, {"status": "success", "data": []})


def test_webhooks_are_listed_page_by_page(api: Api) -> None:
    ids = [api.calcom.make_webhook(f"http://localhost:{port}/in").id for port in range(1, 6)]
    pages = [api.call("GET", "/webhooks", params={"take": 2, "skip": skip})[1]["data"] for skip in (0, 2, 4, 6)]
    assert [[each["id"] for each in page] for page in pages] == [ids[:2], ids[2:4], ids[4:], []]
    assert api.refusal("GET", "/webhooks", params={"take": 251})[0] == 400


def test_what_is_no_webhook_is_refused(api: Api) -> None:
    odd = WANTED | {"triggers": ["BOOKING_CREATED", "BOOKING_CONFIRMED"]}
    status, message = api.refusal("POST", "/webhooks", json=odd)
    assert (status, message.partition(": ")[0]) == (
        400,
        "each value in triggers must be one of the following values",
    )
    assert api.refusal("POST", "/webhooks", json={"active": True}) == (400, "subscriberUrl should not be empty")
    assert api.refusal("POST", "/webhooks", data=b"[]")[0] == 400
    assert api.call("GET", "/webhooks")[1]["data"] == []
    webhook = api.calcom.make_webhook("http://localhost:1/in")
    api.calcom.webhooks[webhook.id] = type(webhook)(webhook.id, 99, webhook.address, ())
    assert api.refusal("GET", f"/webhooks/{webhook.id}")[0] == 403


def test_bookings_are_listed_by_their_start_in_pages(api: Api) -> None:
    booked = [api.calcom.book(TALK, GUEST, START + timedelta(days=day))[0] for day in (2, 0, 1)]
    uids = [each.uid for each in sorted(booked, key=lambda each: each.starts_at)]
    status, said = api.call("GET", "/bookings", params={"take": 2})
    assert (status, [each["uid"] for each in said["data"]]) == (200, uids[:2])
    assert (said["pagination"]["hasNextPage"], said["pagination"]["returnedItems"]) == (True, 2)
    status, said = api.call("GET", "/bookings", params={"take": 2, "skip": 2})
    assert ([each["uid"] for each in said["data"]], said["pagination"]["hasNextPage"]) == (uids[2:], False)
    window = {"afterStart": "2026-12-15T01:00:00Z", "beforeEnd": "2026-12-15T01:45:00Z"}
    assert [each["uid"] for each in api.call("GET", "/bookings", params=window)[1]["data"]] == [uids[1]]


def test_a_listed_booking_has_its_answers_by_slug(api: Api) -> None:
    former, _ = api.calcom.book(TALK, GUEST, START)
    new, _ = api.calcom.reschedule(former.uid, START + timedelta(days=1))
    first, second = api.call("GET", "/bookings")[1]["data"]
    assert (first["status"], first["rescheduledToUid"], second["rescheduledFromUid"]) == (
        *("cancelled", new.uid, former.uid),
    )
    assert (second["uid"], second["status"], second["start"]) == (new.uid, "accepted", "2026-12-15T01:00:00.000Z")
    assert second["bookingFieldsResponses"] == {"name": GUEST.name, "email": GUEST.email, "company": "Mar Azul"}
    assert (second["eventType"], second["hosts"][0]["id"]) == ({"id": 31, "slug": "first-talk"}, 12)


def test_seats_have_their_own_answers(api: Api) -> None:
    hour = EventType(34, "hour", "Open hour", seats=5)
    api.calcom.book(hour, GUEST, START)
    api.calcom.book(hour, Guest("Lena Brandt", "lena@brandt.example", {"company": "Brandt"}), START)
    (item,) = api.call("GET", "/bookings")[1]["data"]
    assert "bookingFieldsResponses" not in item
    assert [each["bookingFieldsResponses"]["company"] for each in item["attendees"]] == ["Mar Azul", "Brandt"]
    assert len({each["seatUid"] for each in item["attendees"]}) == 2


def test_other_versions_answer_in_other_shapes(api: Api) -> None:
    booked = [api.calcom.book(TALK, GUEST, START + timedelta(days=day))[0].uid for day in range(3)]
    del api.headers["cal-api-version"]
    assert [each["uid"] for each in api.call("GET", "/bookings")[1]["data"]["bookings"]] == booked
    api.headers["cal-api-version"] = CURSORS
    said = api.call("GET", "/bookings", params={"take": 2})[1]
    assert said["pagination"] == {"hasMore": True, "nextCursor": "2"}
    said = api.call("GET", "/bookings", params={"take": 2, "cursor": "2"})[1]
    assert ([each["uid"] for each in said["data"]], said["pagination"]["nextCursor"]) == (booked[2:], None)


def test_calls_can_be_refused_and_used_up(api: Api) -> None:
    api.calcom.switches.refusal = (403, "Upgrade your plan")
    assert api.refusal("GET", "/me") == (403, "Upgrade your plan")
    api.calcom.switches.refusal = None
    api.calcom.switches.calls_left = 1
    assert api.call("GET", "/me")[0] == 200
    answer = requests.get(f"{api.server.url}/v2/me", headers=api.headers, timeout=60)
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining-Default"]) == (429, "0")
    assert int(answer.headers["X-RateLimit-Reset-Default"]) > 1_790_000_000
