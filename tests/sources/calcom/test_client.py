"""The client of Cal.com's API against the stand-in over a socket; how answers are judged is in test_exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import (
    SourceBusy,
    SourceError,
    SourceRefused,
    SourceRightMissing,
    SourceTokenRefused,
    SourceUnreachable,
)
from hubsync.net.deadline import Deadline
from hubsync.sources.calcom import SOURCE
from hubsync.sources.calcom.client import PAGE
from hubsync.sources.client import AccountHolder, BookingList, Route, Subscription
from scheduler_sandbox.calcom.account import CalCom
from scheduler_sandbox.calcom.entities import EventType, Guest, User
from scheduler_sandbox.calcom.server import CalComServer
from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import Request
from tests.kit.http_server import Server, drip, http, serve

__all__ = ["serve"]

START = datetime(2026, 12, 14, 1, tzinfo=UTC)
SINCE, UNTIL = START - timedelta(days=1), START + timedelta(days=30)
ADDRESS = "http://localhost:1/intake/calcom/t"
SECRET = "our-own-secret"
TALK = EventType(31, "first-talk", "First talk", 45, {"company": "Company"})
GUEST = Guest("Ines Duarte", "ines@mar-azul.example", {"company": "Mar Azul", "guests": ["rui@mar-azul.example"]})


class Account:
    """An account at Cal.com, and HubSync's client with its key."""

    def __init__(self) -> None:
        self.now = START - timedelta(days=7)
        self.calcom = CalCom(Sender(), clock=lambda: self.now)
        self.server = CalComServer(self.calcom).start()
        assert SOURCE.api is not None
        self.client = SOURCE.api.make_client(Route(f"{self.server.url}/v2"))
        self.key = self.calcom.api_key
        self.holder = AccountHolder("12", "")

    def look_up_holder(self) -> AccountHolder:
        return self.client.look_up_holder(self.key, Deadline.after(5))

    def subscribe(self, secret: str = SECRET) -> Subscription:
        return self.client.subscribe(self.key, self.holder, ADDRESS, secret, Deadline.after(5))

    def find(self, subscription_id: str) -> Subscription:
        return self.client.find_subscription(self.key, self.holder, subscription_id, Deadline.after(5))

    def unsubscribe(self, subscription_id: str) -> None:
        self.client.unsubscribe(self.key, self.holder, subscription_id, Deadline.after(5))

    def page(self, cursor: str = "", known: Callable[[str], bool] = lambda _: False) -> BookingList:
        return self.client.list_bookings(self.key, self.holder, cursor, SINCE, UNTIL, known, Deadline.after(5))

    def bookings(self) -> tuple[Booking, ...]:
        page = self.page()
        assert page.cursor == ""
        return page.bookings

    def asked(self) -> list[Request]:
        return self.server.requests


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account()
    yield made
    made.server.stop()


# ---- the key


def test_a_key_says_whose_it_is(account: Account) -> None:
    holder = account.look_up_holder()
    assert (holder.account, holder.shown) == ("12", "nao@aoba-design.example")
    assert [each.path for each in account.asked()] == ["/v2/me", "/v2/webhooks", "/v2/bookings"]
    assert {each.headers["cal-api-version"] for each in account.asked()} == {"2024-08-13"}


def test_what_is_wrong_with_a_key_is_told_apart(account: Account) -> None:
    account.calcom.switches.refusal = (403, "Upgrade your plan")
    with pytest.raises(SourceRightMissing) as lacking:
        account.look_up_holder()
    assert lacking.value.missing == "Upgrade your plan"
    account.calcom.switches.refusal = (404, "Cannot GET /v2/me")
    with pytest.raises(SourceRefused):  # a self-hosted Cal.com without its API server
        account.look_up_holder()
    account.calcom.switches.refusal = (500, "Oh")
    with pytest.raises(SourceUnreachable):
        account.look_up_holder()
    account.key = "cal_live_other"
    with pytest.raises(SourceTokenRefused):
        account.look_up_holder()


def test_too_many_calls_are_told_with_the_pause_of_the_whole_window(account: Account) -> None:
    account.calcom.switches.calls_left = 0
    with pytest.raises(SourceBusy) as busy:
        account.look_up_holder()
    assert busy.value.pause_seconds == 60.0


# ---- the webhook


def test_a_webhook_is_made_with_our_secret_and_without_a_template(account: Account) -> None:
    made = account.subscribe()
    assert made == Subscription(made.id, ADDRESS, SubscriptionState.ACTIVE)
    (webhook,) = account.calcom.webhooks.values()
    assert (webhook.id, webhook.address, webhook.secret, webhook.template) == (made.id, ADDRESS, SECRET, None)
    assert set(webhook.triggers) == set(SOURCE.events)
    assert account.find(made.id) == made
    assert SECRET not in repr(made)


def test_one_that_is_there_already_is_put_right_however_far_down_the_list(account: Account) -> None:
    for port in range(2, 2 + PAGE):
        account.calcom.make_webhook(f"http://localhost:{port}/in")
    there = account.calcom.make_webhook(ADDRESS, "older", ["MEETING_ENDED"], template="{{title}}")
    account.calcom.webhooks[there.id] = replace(there, active=False)
    again = account.subscribe("newer")
    assert again == Subscription(there.id, ADDRESS, SubscriptionState.ACTIVE)
    webhook = account.calcom.webhooks[there.id]
    assert (webhook.secret, webhook.template, webhook.active) == ("newer", None, True)
    assert set(webhook.triggers) == set(SOURCE.events)
    assert len(account.calcom.webhooks) == PAGE + 1


@pytest.mark.parametrize(
    "change", [{"active": False}, {"template": "{{title}}"}, {"triggers": ("BOOKING_CANCELLED",)}]
)
def test_one_that_sends_no_whole_bookings_any_more_is_to_be_made_anew(
    account: Account, change: dict[str, object]
) -> None:
    made = account.subscribe()
    account.calcom.webhooks[made.id] = replace(account.calcom.webhooks[made.id], **change)  # type: ignore[arg-type]
    assert account.find(made.id).state is SubscriptionState.DISABLED
    assert account.subscribe().state is SubscriptionState.ACTIVE
    assert account.find(made.id).state is SubscriptionState.ACTIVE


def test_one_that_is_ended_is_gone_and_ending_it_again_does_no_harm(account: Account) -> None:
    made = account.subscribe()
    account.unsubscribe(made.id)
    assert account.calcom.webhooks == {}
    assert account.find(made.id).state is SubscriptionState.GONE
    account.unsubscribe(made.id)


def test_somebody_elses_webhook_is_not_ours(account: Account) -> None:
    made = account.subscribe()
    account.calcom.webhooks[made.id] = replace(account.calcom.webhooks[made.id], user_id=99)
    for call in (account.find, account.unsubscribe):
        with pytest.raises(SourceRightMissing):
            call(made.id)


@pytest.mark.parametrize("odd_id", ["../me", "a/b", "?x=1", "é"])
def test_an_id_leads_nowhere_else(account: Account, odd_id: str) -> None:
    assert account.find(odd_id).state is SubscriptionState.GONE
    assert all(each.path.startswith("/v2/webhooks/") for each in account.asked())


def test_a_conflict_without_a_webhook_in_the_list_is_refused(serve: Callable[..., Server]) -> None:
    def answer(sock, request) -> None:  # type: ignore[no-untyped-def]
        sock.sendall(http(409, b"{}") if request.line.startswith("POST") else http(200, b'{"data":[]}'))

    with pytest.raises(SourceRefused):
        client_of(serve(answer)).subscribe("key", AccountHolder("1", ""), ADDRESS, SECRET, Deadline.after(5))


# ---- the list of bookings


def test_a_listed_booking_is_the_one_that_the_webhook_sends(account: Account) -> None:
    account.calcom.make_webhook(ADDRESS)
    booked, [delivery] = account.calcom.book(TALK, GUEST, START)
    sent = SOURCE.read(SOURCE.parse(delivery.body))
    (listed,) = account.bookings()
    assert isinstance(sent, Booking)
    assert (listed.external_id, listed.calendar_external_id) == (booked.uid, "31")
    same = ("external_id", "calendar_external_id", "guest", "starts_at", "ends_at", "host", "location", "locale")
    assert [getattr(listed, each) for each in same] == [getattr(sent, each) for each in same]
    assert {each.key: each.value for each in listed.answers} == {
        each.key: each.value for each in sent.answers if each.value is not None
    }
    assert (listed.event, listed.occurred_at) == (BookingEvent.COMPLETED, sent.occurred_at)


def test_each_seat_is_listed_under_the_id_that_its_webhook_has(account: Account) -> None:
    account.calcom.make_webhook(ADDRESS)
    hour = EventType(34, "hour", "Open hour", seats=5)
    guests = [GUEST, Guest("Lena Brandt", "lena@brandt.example", {"company": "Brandt"})]
    sent = [SOURCE.read(SOURCE.parse(account.calcom.book(hour, each, START)[1][0].body)) for each in guests]
    listed = account.bookings()
    assert len({each.external_id for each in listed}) == 2
    assert [each.external_id for each in listed] == [
        each.external_id for each in sent if isinstance(each, Booking)
    ]
    assert [[each.value for each in booking.answers if each.key == "company"] for booking in listed] == [
        *(["Mar Azul"], ["Brandt"]),
    ]


def test_only_what_was_confirmed_and_is_hosted_here_is_listed(account: Account) -> None:
    calcom, wary = account.calcom, EventType(32, "wary", "Wary talk", needs_confirmation=True)
    calcom.book(wary, GUEST, START)
    calcom.reject(calcom.book(wary, GUEST, START)[0].uid)
    calcom.book(TALK, Guest("Nao Fujii", calcom.user.email), START, host=User(99, "Someone", "s@else.example"))
    assert account.bookings() == ()
    confirmed, _ = calcom.confirm(calcom.book(wary, GUEST, START)[0].uid)
    assert [each.external_id for each in account.bookings()] == [confirmed.uid]


def test_a_cancelled_booking_is_listed_as_one_with_its_reason_since_it_was_changed(account: Account) -> None:
    booked, _ = account.calcom.book(TALK, GUEST, START)
    account.now += timedelta(days=1)
    account.calcom.cancel(booked.uid, "Ill")
    (listed,) = account.bookings()
    assert (listed.external_id, listed.event, listed.reason) == (booked.uid, BookingEvent.CANCELLED, "Ill")
    assert listed.occurred_at == account.now


def test_all_seats_of_a_time_that_its_host_cancelled_are_listed_as_cancelled(account: Account) -> None:
    hour = EventType(34, "hour", "Open hour", seats=5)
    booked, _ = account.calcom.book(hour, GUEST, START)
    account.calcom.book(hour, Guest("Lena Brandt", "lena@brandt.example"), START)
    account.calcom.cancel(booked.uid)
    listed = account.bookings()
    assert [each.event for each in listed] == [BookingEvent.CANCELLED] * 2
    assert len({each.external_id for each in listed}) == 2


def test_both_times_of_a_move_are_listed_and_name_each_other(account: Account) -> None:
    former, _ = account.calcom.book(TALK, GUEST, START)
    new, _ = account.calcom.reschedule(former.uid, START + timedelta(days=1))
    account.calcom.cancel(new.uid)
    told = [(each.external_id, each.event, each.replaces, each.replaced_by) for each in account.bookings()]
    assert told == [
        (former.uid, BookingEvent.MOVED, "", new.uid),
        (new.uid, BookingEvent.CANCELLED, former.uid, ""),
    ]
    assert account.bookings()[0].occurred_at is None


def test_the_list_goes_on_page_by_page_and_leaves_out_what_is_known(account: Account) -> None:
    account.calcom.switches.most_a_page = 2
    booked = [account.calcom.book(TALK, GUEST, START + timedelta(hours=each))[0].uid for each in range(5)]
    pages, cursor = [], ""
    while not pages or cursor:
        page = account.page(cursor, known=lambda each: each == booked[1])
        pages.append([each.external_id for each in page.bookings])
        cursor = page.cursor
        assert page.pause_seconds == 0.0
    assert pages == [booked[:1], booked[2:4], booked[4:]]


def test_it_slows_down_before_the_calls_are_used_up(account: Account, serve: Callable[..., Server]) -> None:
    account.calcom.switches.calls_left = 5
    assert account.page().pause_seconds == 60.0
    untold = serve(body=b'{"data":[],"pagination":{"hasNextPage":false}}')
    assert list_bookings(untold).pause_seconds == 0.5


def test_bookings_count_by_their_start(account: Account) -> None:
    long = EventType(35, "day", "A day", minutes=23 * 60)
    for moment in (SINCE - timedelta(seconds=1), UNTIL + timedelta(seconds=1)):
        account.calcom.book(long, GUEST, moment)
    within = [account.calcom.book(long, GUEST, moment)[0].uid for moment in (SINCE, UNTIL)]
    assert [each.external_id for each in account.bookings()] == within


def test_a_booking_that_cannot_be_read_does_not_stand_in_the_way(serve: Callable[..., Server]) -> None:
    body = b"""{"status":"success","pagination":{"hasNextPage":true},"data":[5,null,{"status":"accepted"},
      {"status":"accepted","uid":["x"],"start":"2026-12-14T01:00:00Z","eventTypeId":1},
      {"status":"accepted","uid":"u-1","start":"2026-12-14T01:00:00Z","eventTypeId":1,"attendees":"x","hosts":7,
       "eventType":[],"bookingFieldsResponses":"x"},{"status":{},"uid":"u-3"},
      {"status":"cancelled","uid":"u-2","start":"2026-12-14T01:00:00Z","eventTypeId":1,"updatedAt":{},
       "cancellationReason":[{}],"rescheduledToUid":7.5}]}"""
    page = list_bookings(serve(body=body))
    assert [each.external_id for each in page.bookings] == ["u-1", "u-2"]
    assert page.cursor == "7"


def test_the_shape_of_an_older_version_is_not_taken_for_an_empty_list(serve: Callable[..., Server]) -> None:
    with pytest.raises(SourceUnreachable):
        list_bookings(serve(body=b'{"status":"success","data":{"bookings":[],"nextCursor":null}}'))


def test_an_empty_page_ends_the_list_whatever_it_says(serve: Callable[..., Server]) -> None:
    assert list_bookings(serve(body=b'{"data":[],"pagination":{"hasNextPage":true}}')).cursor == ""


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 302, "location": "http://localhost:1/", "body": b""},
        {"status": 200, "body": b"<html>"},
        {"status": 200, "body": b"[]"},
        {"status": 200, "body": b'{"data":' + b" " * 3_000_000 + b"[]}"},
        {"status": 503, "body": b"{}"},
    ],
)
def test_what_is_no_answer_is_nothing_to_go_by(serve: Callable[..., Server], answer: dict[str, object]) -> None:
    server = serve(**answer)
    with pytest.raises(SourceUnreachable):
        list_bookings(server)
    with pytest.raises(SourceError):
        client_of(server).subscribe("key", AccountHolder("1", ""), ADDRESS, SECRET, Deadline.after(5))


def test_an_answer_that_drips_ends_with_the_deadline(serve: Callable[..., Server]) -> None:
    server = serve(drip(http(200, b'{"data":[],"pagination":{"hasNextPage":false}}' + b" " * 500), 200))
    with pytest.raises(SourceUnreachable):
        list_bookings(server, seconds=0.3)


def client_of(server: Server):  # type: ignore[no-untyped-def]
    assert SOURCE.api is not None
    return SOURCE.api.make_client(Route(server.url))


def list_bookings(server: Server, seconds: float = 5.0) -> BookingList:
    page = client_of(server).list_bookings(
        "key", AccountHolder("12", ""), "", SINCE, UNTIL, lambda _: False, Deadline.after(seconds)
    )
    assert isinstance(page, BookingList)
    return page
