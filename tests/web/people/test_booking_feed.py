"""The feed of one's own bookings: its address on the account page, and what calendar programs get there."""

from __future__ import annotations

from flask import Flask

from tests.kit.browser import Browser
from tests.kit.page import read_page, words

ACCOUNT, MAKE, SHOWN = "/account", "/account/booking-feed", "/account/booking-feed/new"


def make(owner: Browser) -> str:
    """Press, and read the address where the press leads."""
    answer = owner.post(MAKE, page=ACCOUNT)
    assert answer.headers["Location"] == SHOWN
    address = owner.open(SHOWN).select_one("#feed-address")["value"]
    assert address.startswith("http://localhost:8000/feeds/")
    return str(address).removeprefix("http://localhost:8000")


def test_the_address_is_shown_once_and_reloading_makes_no_other(owner: Browser, app: Flask) -> None:
    assert owner.get(SHOWN).headers["Location"].startswith(ACCOUNT)
    address = make(owner)
    assert owner.get(SHOWN).headers["Location"].startswith(ACCOUNT)
    assert address not in owner.get(ACCOUNT).text
    assert "The address is not shown again." in words(owner.open(ACCOUNT))
    assert Browser(app).get(address).status_code == 200


def test_whoever_only_asks_for_the_head_of_the_page_takes_nothing(owner: Browser) -> None:
    owner.post(MAKE, page=ACCOUNT)
    owner.client.head(SHOWN, base_url="http://localhost:8000")
    assert owner.open(SHOWN).select_one("#feed-address")["value"]


def test_another_address_and_switching_off_stop_the_one_before(owner: Browser, app: Flask) -> None:
    program = Browser(app)
    first = make(owner)
    second = make(owner)
    assert [program.get(each).status_code for each in (first, second)] == [404, 200]
    assert owner.post(f"{MAKE}/off", page=ACCOUNT).headers["Location"].startswith(ACCOUNT)
    assert program.get(second).status_code == 404
    assert "Make the address" in words(owner.open(ACCOUNT))


def test_a_calendar_program_gets_a_calendar_without_a_cookie_and_only_news(owner: Browser, app: Flask) -> None:
    address, program = make(owner), Browser(app)
    answer = program.get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    again = program.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert program.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_the_feed_is_the_same_for_whoever_is_signed_in(owner: Browser, app: Flask) -> None:
    address = make(owner)
    mine = owner.get(address)
    assert mine.data == Browser(app).get(address).data
    assert mine.headers["Cache-Control"] == "private, no-cache"


def test_an_unknown_address_is_not_found_and_tells_nothing(app: Flask) -> None:
    answer = Browser(app).get(f"/feeds/{'x' * 43}.ics")
    assert (answer.status_code, answer.text) == (404, "Not found\n")
    assert "Set-Cookie" not in answer.headers
    assert read_page(Browser(app).get("/feeds/short")).select("main")
