"""TimeRex's stand-in over real sockets: what it posts, with which token, and when it gives up."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, Response

from scheduler_sandbox.sending import Sender, Verdict
from scheduler_sandbox.server import Request, SchedulerServer
from scheduler_sandbox.timerex import HEADER, OLDER_HEADER, PAUSES, Calendar, Guest, TimeRex, take_200

START = datetime(2026, 12, 8, 1, tzinfo=UTC)
CALENDAR = Calendar("導入相談", questions=["部署", "ご興味"])
GUEST = Guest(
    "小林 美咲",
    "kobayashi@aoba-logi.example",
    "あおば物流",
    "よろしく",
    {"部署": "営業", "ご興味": ["在庫", "配車"]},
)


class Space:
    """A space at TimeRex and the address that it posts to."""

    def __init__(self) -> None:
        self.status = 200
        app = Flask("receiver")
        app.add_url_rule("/in", "take", lambda: Response(status=self.status), methods=["POST"])
        self.server = SchedulerServer(app, Sender()).start()
        self.timerex = TimeRex(Sender((0.0, 0.0), take_200), clock=lambda: START - timedelta(days=7))
        self.token = self.timerex.make_webhook(f"{self.server.url}/in")

    def received(self) -> list[Request]:
        """What came, once every delivery has ended."""
        for each in self.timerex.sender.deliveries:
            each.wait()
        return self.server.requests


@pytest.fixture
def space() -> Iterator[Space]:
    made = Space()
    yield made
    made.timerex.stop()
    made.server.stop()


def test_a_booking_is_posted_with_the_token_that_timerex_made(space: Space) -> None:
    booking, [delivery] = space.timerex.book(CALENDAR, GUEST, START, {"utm_source": "mail"})
    assert delivery.wait().outcome is Verdict.DELIVERED
    (request,) = space.received()
    assert (request.headers[HEADER], OLDER_HEADER in request.headers) == (space.token, False)
    assert request.headers["content-type"] == "application/json"
    body = json.loads(request.body)
    event = body["event"]
    assert (body["webhook_type"], body["calendar_url_path"]) == ("event_confirmed", CALENDAR.path)
    assert (event["id"], event["start_datetime"]) == (booking.id, "2026-12-08T01:00:00+00:00")
    assert event["local_end_datetime"] == "2026-12-08T10:30:00+09:00"
    assert event["url_params"] == [{"utm_source": "mail"}]
    assert {each["label"]: each["value"] for each in event["form"]} == {
        "会社名": "あおば物流",
        "名前": "小林 美咲",
        "メールアドレス": "kobayashi@aoba-logi.example",
        "部署": "営業",
        "ご興味": ["在庫", "配車"],
        "コメント": "よろしく",
    }
    assert (event["is_changed"], event["old_event_id"], event["new_event_id"]) == (False, None, None)


@pytest.mark.parametrize("status", [201, 204, 302, 404, 500])
def test_anything_but_200_comes_twice_more_and_is_given_up(space: Space, status: int) -> None:
    space.status = status
    _, [delivery] = space.timerex.book(CALENDAR, GUEST, START)
    assert delivery.wait().outcome is Verdict.GIVE_UP
    first, *again = space.received()
    assert [each.body for each in again] == [first.body] * 2
    assert TimeRex().sender.pauses == PAUSES == (10.0, 10.0)


def test_a_change_is_a_new_event_that_names_the_former_one(space: Space) -> None:
    booking, [told] = space.timerex.book(CALENDAR, GUEST, START)
    told.wait()
    new, [told] = space.timerex.change(booking.id, START + timedelta(days=1))
    body = json.loads(told.wait().body)
    assert (body["webhook_type"], body["event"]["id"]) == ("event_confirmed", new.id)
    assert (body["event"]["is_changed"], body["event"]["old_event_id"]) == (True, booking.id)
    assert body["event"]["start_datetime"] == "2026-12-09T01:00:00+00:00"
    space.timerex.switches.tells_former = True
    newest, [of_former, of_new] = space.timerex.change(new.id, START + timedelta(days=2))
    former, latest = json.loads(of_former.body), json.loads(of_new.body)
    assert (former["webhook_type"], former["event"]["id"]) == ("event_cancelled", new.id)
    assert (former["event"]["old_event_id"], former["event"]["new_event_id"]) == (booking.id, newest.id)
    assert (latest["event"]["old_event_id"], latest["event"]["new_event_id"]) == (new.id, None)


def test_a_cancellation_says_when_why_and_by_whom(space: Space) -> None:
    booking, _ = space.timerex.book(CALENDAR, GUEST, START)
    for by_host, status in ((True, 2), (False, 3)):
        [told] = space.timerex.cancel(booking.id, "Illness", by_host=by_host)
        body = json.loads(told.wait().body)
        assert (body["webhook_type"], body["event"]["id"]) == ("event_cancelled", booking.id)
        assert (body["event"]["status"], body["event"]["cancellation_reason"]) == (status, "Illness")
        assert body["event"]["canceled_at"] == "2026-12-01T01:00:00+00:00"
    [again] = space.timerex.repeat(booking.id)
    assert json.loads(again.wait().body)["webhook_type"] == "event_confirmed"


def test_each_switch_changes_what_it_names(space: Space) -> None:
    switches = space.timerex.switches
    switches.header, switches.bearer = OLDER_HEADER, True
    switches.without_email = switches.list_values = switches.calendar_in_event = True
    space.timerex.book(CALENDAR, GUEST, START)
    (request,) = space.received()
    assert (request.headers[OLDER_HEADER], HEADER in request.headers) == (f"Bearer {space.token}", False)
    body = json.loads(request.body)
    assert ("calendar_url_path" in body, body["event"]["calendar_url_path"]) == (False, CALENDAR.path)
    values = {each["field_type"]: each["value"] for each in body["event"]["form"]}
    assert (values["guest_email"], values["guest_name"]) == ("", "小林 美咲")
    assert [each["value"] for each in body["event"]["form"] if each["field_type"] == "text"] == [
        ["営業"],
        ["在庫", "配車"],
    ]


def test_a_new_webhook_has_another_token_and_none_posts_nothing(space: Space) -> None:
    address, token = space.timerex.address, space.timerex.make_webhook(space.timerex.address)
    assert token != space.token
    booking, [delivery] = space.timerex.book(CALENDAR, GUEST, START)
    assert (delivery.address, delivery.wait().outcome) == (address, Verdict.DELIVERED)
    assert space.received()[-1].headers[HEADER] == token
    space.timerex.delete_webhook()
    assert space.timerex.cancel(booking.id) == []
