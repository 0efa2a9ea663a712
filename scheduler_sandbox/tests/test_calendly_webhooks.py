"""Webhooks of Calendly's stand-in and its pages: who gets which, how it is signed, what ends a subscription."""

import time
from collections.abc import Iterator

import pytest
import requests

from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.webhooks import CANCELED, CREATED, HEADER, Signing
from scheduler_sandbox.sending import Verdict
from scheduler_sandbox.signing import time_stamped
from scheduler_sandbox.tests.calendly import KEY, Caller, Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.stop()


@pytest.fixture
def calendly(receiver: Receiver) -> Iterator[CalendlyServer]:
    """With a subscription of the organisation."""
    with CalendlyServer() as server, Caller(server, server.account.make_token()) as owner:
        assert owner.subscribe(receiver.address).status_code == 201
        yield server


def test_a_booking_is_posted_signed(calendly: CalendlyServer, receiver: Receiver) -> None:
    invitee, (delivery,) = calendly.bookings.book()
    assert delivery.wait().outcome is Verdict.DELIVERED
    (came,), (message,) = receiver.came, receiver.messages
    signed_at = int(came.headers[HEADER.lower()].partition(",")[0].removeprefix("t="))
    assert abs(time.time() - signed_at) < 60
    assert came.headers[HEADER.lower()] == time_stamped(KEY, came.body, signed_at)
    payload = message["payload"]
    assert (message["event"], payload["uri"], payload["status"]) == (CREATED, invitee.uri, "active")
    assert payload["scheduled_event"]["uri"] == payload["event"] == invitee.event.uri
    assert payload["questions_and_answers"][1] == {
        "question": "Topics",
        "answer": "Pricing\nOnboarding",
        "position": 1,
    }


@pytest.mark.parametrize("order", [(CREATED, CANCELED), (CANCELED, CREATED)])
def test_a_reschedule_is_a_pair_in_either_order(
    calendly: CalendlyServer, receiver: Receiver, order: tuple[str, ...]
) -> None:
    former, (first,) = calendly.bookings.book()
    first.wait()
    moved, _ = calendly.bookings.reschedule(former, order=order)
    sides = {each["event"]: each["payload"] for each in receiver.messages[1:]}
    assert tuple(sides) == order
    assert (sides[CANCELED]["uri"], sides[CANCELED]["rescheduled"], sides[CANCELED]["new_invitee"]) == (
        *(former.uri, True, moved.uri),
    )
    assert (sides[CREATED]["uri"], sides[CREATED]["old_invitee"], sides[CREATED]["status"]) == (
        *(moved.uri, former.uri, "active"),
    )


def test_both_sides_can_come_at_one_instant(calendly: CalendlyServer, receiver: Receiver) -> None:
    former, (first,) = calendly.bookings.book()
    first.wait()
    _, pair = calendly.bookings.reschedule(former, together=True)
    assert [each.wait().status for each in pair] == [200, 200]
    assert {each["event"] for each in receiver.messages[1:]} == {CREATED, CANCELED}


def test_a_cancellation_and_a_no_show_say_what_they_are(calendly: CalendlyServer, receiver: Receiver) -> None:
    invitee, deliveries = calendly.bookings.book()
    for missed in (True, False):
        deliveries += calendly.bookings.mark_no_show(invitee, missed=missed)
        deliveries[-1].wait()
    calendly.bookings.cancel(invitee, "Illness", by="host")[0].wait()
    shown = {each["event"]: each["payload"] for each in receiver.messages}
    assert shown["invitee_no_show.created"]["no_show"]["uri"].startswith(
        "https://api.calendly.com/invitee_no_shows/"
    )
    assert shown["invitee_no_show.deleted"]["no_show"] is None
    cancellation = shown[CANCELED]["cancellation"]
    assert (cancellation["canceled_by"], cancellation["reason"]) == ("Ren Host", "Illness")
    assert shown[CANCELED]["scheduled_event"]["cancellation"] == cancellation


def test_a_subscription_of_a_user_gets_its_own_bookings_only(calendly: CalendlyServer, receiver: Receiver) -> None:
    account = calendly.account
    account.subscriptions.clear()
    member = account.member
    with Caller(calendly, account.make_token(member)) as caller:
        assert caller.subscribe(receiver.address, scope="user", user=member.uri, events=[CREATED]).ok
    assert calendly.bookings.book()[1] == []
    mine, (delivery,) = calendly.bookings.book(account.event_types[2])
    assert delivery.wait().status == 200
    assert calendly.bookings.cancel(mine) == []


def test_what_is_signed_badly_or_not_at_all_can_be_sent(calendly: CalendlyServer, receiver: Receiver) -> None:
    invitee = calendly.account.book()
    for signing in (Signing(signed=False), Signing(key="other"), Signing(seconds_ago=3_600)):
        calendly.webhooks.send(CREATED, invitee, signing)[0].wait()
    calendly.webhooks.send_raw({"event": "routing_form_submission.created"})[0].wait()
    unsigned, wrong, old, raw = receiver.came
    assert HEADER.lower() not in unsigned.headers
    for came, key, ago in ((wrong, "other", 0), (old, KEY, 3_600), (raw, KEY, 0)):
        signed_at = int(came.headers[HEADER.lower()].partition(",")[0].removeprefix("t="))
        assert came.headers[HEADER.lower()] == time_stamped(key, came.body, signed_at)
        assert abs(time.time() - ago - signed_at) < 60


def test_410_deletes_the_subscription_at_once(calendly: CalendlyServer, receiver: Receiver) -> None:
    receiver.status = 410
    _, (delivery,) = calendly.bookings.book()
    assert (delivery.wait().outcome, len(receiver.came)) == (Verdict.GIVE_UP, 1)
    assert calendly.account.subscriptions == {}
    assert calendly.bookings.book()[1] == []


@pytest.mark.parametrize("status", [302, 401, 503])
def test_a_subscription_is_disabled_when_a_second_message_is_lost(
    calendly: CalendlyServer, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    (subscription,) = calendly.account.subscriptions.values()
    calendly.bookings.book()[1][0].wait()
    assert (len(receiver.came), subscription.state) == (3, "active")
    assert subscription.shown()["retry_started_at"] is not None
    calendly.bookings.book()[1][0].wait()
    assert subscription.state == "disabled"
    assert calendly.bookings.book()[1] == []


def test_a_message_that_is_taken_at_last_ends_the_trouble(calendly: CalendlyServer, receiver: Receiver) -> None:
    receiver.status = 503
    (subscription,) = calendly.account.subscriptions.values()
    calendly.bookings.book()[1][0].wait()
    receiver.status = 200
    calendly.bookings.book()[1][0].wait()
    assert (subscription.shown()["retry_started_at"], subscription.lost) == (None, 0)


# ---- pages


def test_a_person_books_reschedules_misses_and_cancels(calendly: CalendlyServer, receiver: Receiver) -> None:
    form = {
        "event_type": "ET0CLASS",
        "starts_at": "2026-12-08T10:00",
        "name": "Nao Ito",
        "email": "ito@kaede-foods.example",
        "company": "Kaede Foods",
        "topics": ["Pricing", "Onboarding"],
    }
    with requests.Session() as browser:
        assert "Class for beginners" in browser.get(f"{calendly.url}/book", timeout=60).text
        booked = browser.post(f"{calendly.url}/book?utm_source=card&x=1", data=form, timeout=60)
        assert "You are scheduled" in booked.text
        assert "2026-12-08 10:00" in booked.text
        (first,) = calendly.account.invitees.values()
        again = {"starts_at": "2026-12-09T11:30"}
        moved = browser.post(f"{calendly.url}/reschedulings/{first.id}", data=again, timeout=60)
        second = calendly.account.invitees[moved.url.rpartition("/")[2]]
        missed = browser.post(f"{calendly.url}/no_shows/{second.id}", timeout=60)
        assert "Undo no-show" in missed.text
        ended = browser.post(f"{calendly.url}/cancellations/{second.id}", data={"reason": "Illness"}, timeout=60)
        assert "This event is canceled" in ended.text
        for delivery in calendly.sender.deliveries:
            delivery.wait()
        home = browser.get(f"{calendly.url}/", timeout=60).text
        assert (home.count("Nao Ito"), receiver.address in home) == (2, True)
        assert browser.get(f"{calendly.url}/bookings/nowhere", timeout=60).status_code == 404
    booked_first = (CREATED, first.uri)  # several may be under way at once
    (created,) = (m["payload"] for m in receiver.messages if (m["event"], m["payload"]["uri"]) == booked_first)
    assert created["tracking"]["utm_source"] == "card"
    assert [each["answer"] for each in created["questions_and_answers"]] == [
        "Kaede Foods",
        "Pricing\nOnboarding",
        "",
    ]
    assert created["scheduled_event"]["start_time"] == "2026-12-08T01:00:00.000000Z"
    assert len(receiver.messages) == 5


@pytest.mark.parametrize("field", ["name", "email", "starts_at"])
def test_a_form_that_is_not_whole_is_shown_again(calendly: CalendlyServer, field: str) -> None:
    form = {"starts_at": "2026-12-08T10:00", "name": "Nao <Ito>", "email": "ito@kaede-foods.example", field: ""}
    answer = requests.post(f"{calendly.url}/book", data=form, timeout=60)
    assert (answer.status_code, "Please enter" in answer.text) == (400, True)
    assert "<Ito>" not in answer.text
    assert calendly.account.invitees == {}


def test_a_person_gets_a_token(calendly: CalendlyServer) -> None:
    page = f"{calendly.url}/integrations/api_webhooks"
    assert "Get a token now" in requests.get(page, timeout=60).text
    token = requests.post(page, timeout=60).text.partition('id="token">')[2].partition("<")[0]
    with Caller(calendly, token) as caller:
        assert caller.get("/users/me").status_code == 200
