"""A guest cancels a booking; a link is good for one booking and one purpose."""

from __future__ import annotations

import time_machine

from hubsync.store import write_transaction
from tests.kit.broken_tables import refuse_writing
from tests.kit.free_times import NOW, at
from tests.kit.guest import ADDRESS, Guest, guest
from tests.kit.tab import Tab
from tests.web.bookings.test_moving import booked

__all__ = ["booked", "guest"]


def token(url: str) -> str:
    return url.rpartition("/")[2]


def test_a_booking_is_cancelled_by_one_press_and_its_time_is_free_again(guest: Guest, booked: Tab) -> None:
    booked.follow("Cancel")
    assert "Cancel this booking?" in booked.text
    assert "Thursday, December 3, 2026 9:00 AM – 9:30 AM" in booked.text
    assert guest.bookings()[0].cancelled_at is None, "nothing is cancelled before the press"
    booked.press("Cancel the booking", reason="Not needed")
    assert "Your booking is cancelled" in booked.text
    assert guest.bookings()[0].cancelled_at == NOW
    booked.follow("Book another time").follow("December 3,")
    assert "9:00 AM" in booked.text
    assert "Your booking is confirmed" in guest.tab.open(guest.send(date="2026-12-03", time="09:00").location).text


def test_the_same_press_again_says_the_same(guest: Guest, booked: Tab) -> None:
    address = booked.follow("Cancel").url
    answers = [guest.post({"reason": "x"}, address) for _ in range(2)]
    assert [(each.status_code, each.location) for each in answers] == [(303, answers[0].location)] * 2
    assert "This booking is cancelled already" in booked.open(address).text
    assert booked.status == 409


def test_what_is_cancelled_is_so_on_each_of_its_pages(guest: Guest, booked: Tab) -> None:
    confirmation, move = booked.url, next(each["href"] for each in booked.page.select("a[href*='/move/']"))
    booked.follow("Cancel").press("Cancel the booking")
    assert "Your booking is cancelled" in booked.open(confirmation).text
    assert not booked.page.select("a[href*='/move/'], a[href*='/cancel/']")
    assert "This booking is cancelled already" in booked.open(move).text
    form = {"seen": at(9).isoformat(), "start": at(9).isoformat(), "time_zone": "Asia/Tokyo"}
    assert guest.post(form, move).status_code == 409


def test_it_cannot_be_cancelled_sooner_than_the_least_notice(guest: Guest, booked: Tab) -> None:
    address = booked.follow("Cancel").url
    with time_machine.travel(at(5, 1), tick=False):
        for status in (booked.open(address).status, guest.post({}, address).status_code):
            assert status == 409
        assert "That was possible until Thursday, December 3, 2026, 5:00 AM" in booked.text
    assert guest.bookings()[0].cancelled_at is None


def test_a_link_is_good_for_one_booking_of_one_page_and_one_purpose(guest: Guest, booked: Tab) -> None:
    links = {each.words: each["href"] for each in booked.page.select("a")}
    confirmation, move, cancel = token(booked.url), token(links["Move"]), token(links["Cancel"])
    wrong = [
        *(f"{ADDRESS}/move/{each}" for each in (cancel, confirmation, move[:-1], "x", f"MQ{move[2:]}x")),
        *(f"{ADDRESS}/cancel/{each}" for each in (move, confirmation, cancel[:-1] + "A" * 3)),
        f"{ADDRESS}/confirmed/{move}",
        f"/book/another/move/{move}",
        f"/book/another/cancel/{cancel}",
    ]
    for address in wrong:
        answer = guest.get(address)
        assert (address, answer.status_code) == (address, 404)
        assert "There is no booking page here" in answer.text
        assert "/confirmed/" in address or guest.post({"start": at(9, 30).isoformat()}, address).status_code == 404
    assert guest.bookings()[0].cancelled_at is None


def test_no_page_of_a_booking_sets_a_cookie_or_is_kept_by_a_cache(guest: Guest, booked: Tab) -> None:
    links = [each["href"] for each in booked.page.select("a[href*='/move/'], a[href*='/cancel/']")]
    assert len(links) == 2
    for answer in (*map(guest.get, links), guest.post({}, links[1])):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_database_that_does_not_take_it_keeps_the_reason(guest: Guest, booked: Tab) -> None:
    address = booked.follow("Cancel").url
    with guest.app.app_context(), write_transaction() as session:
        refuse_writing(session, "booking_history")
    answer = guest.post({"reason": "typed with care"}, address)
    assert (answer.status_code, "typed with care" in answer.text) == (503, True)
    assert guest.bookings()[0].cancelled_at is None
