"""What a person sees of bookings that were moved, cancelled or missed, and of those without a time."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from hubsync.domain.booking import GivenAnswer
from hubsync.services.bookings.completion import take_in
from tests.kit.browser import Browser
from tests.kit.delivery_log import STARTS, Log
from tests.kit.news_process import news
from tests.kit.page import Element, page_of, words

LIST = "/teams/acme/deliveries"
LATER = STARTS + timedelta(days=1)
NO_TIME = {"starts_at": None, "ends_at": None}


def opened(browser: Browser, delivery_id: int) -> Element:
    return page_of(browser.get(f"{LIST}/{delivery_id}"))


def story(page: Element) -> list[str]:
    """What happened, newest first, without the times of it."""
    return [words(row.select("td")[1]) for row in page.select("section[aria-labelledby=history] tbody tr")]


def marks(page: Element) -> list[str]:
    return [words(each) for each in page.select(".outcome-head .badge-state")]


def test_a_booking_to_which_nothing_happened_says_where_it_came_from(log: Log, owner: Browser) -> None:
    page = opened(owner, log.add("posted"))
    assert story(page) == ["It came in from: booking page."]
    assert marks(page) == ["posted"]


def test_a_booking_that_was_found_by_comparison_says_so(log: Log, owner: Browser) -> None:
    page = opened(owner, log.add("posted", source="signed_json", by_comparison=True))
    assert story(page) == [
        "It came in by comparison: the list of Signed JSON had it, and HubSync had not been told."
    ]


def test_the_story_is_told_newest_first_with_the_reasons_that_were_given(log: Log, owner: Browser) -> None:
    delivery = log.add(
        "posted", source="signed_json", starts_at=LATER, cancelled_at=LATER, no_show_at=LATER, host="Ren"
    )
    moved = {"started_before": STARTS, "starts_after": LATER, "reason": "A train was late"}
    log.happen(delivery, "moved", **moved)
    log.happen(delivery, "cancelled", at=STARTS + timedelta(hours=1), reason="Illness <b>")
    log.happen(delivery, "no_show", at=STARTS + timedelta(hours=2))
    log.happen(delivery, "showed", at=STARTS + timedelta(hours=3))
    page = opened(owner, delivery)
    told = story(page)
    assert told[0] == "“The guest did not come” was taken back."
    assert told[1] == "The guest did not come."
    assert told[2] == "The booking was cancelled. Reason given: Illness <b>"
    assert told[3] == (
        "The booking was moved from Nov 23, 2026, 10:00 AM to Nov 24, 2026, 10:00 AM . "
        "Reason given: A train was late"
    )
    assert told[4] == "It came in from: Signed JSON."
    assert marks(page) == ["posted", "cancelled", "did not come", "moved"]


def test_a_lead_that_got_a_time_says_so(log: Log, owner: Browser) -> None:
    delivery = log.add("posted", source="signed_json", starts_at=LATER)
    log.happen(delivery, "moved", starts_after=LATER)
    assert story(opened(owner, delivery))[0].startswith("The booking got a time: Nov 24, 2026, 10:00 AM")


@pytest.mark.parametrize(
    ("state", "told"),
    [("posted", "The first answers stay posted."), ("failed", "The first answers are those that are posted.")],
)
def test_answers_that_came_with_a_move_are_shown_and_the_first_ones_count(
    log: Log, owner: Browser, state: str, told: str
) -> None:
    delivery = log.add(state, source="signed_json", answers={str(log.questions()["Comment"]): "Price"})
    differing = [{"label": "Comment", "value": "Support <b>"}, {"label": "Size", "value": ""}]
    log.happen(delivery, "moved", started_before=STARTS, starts_after=LATER, differing=differing)
    page = opened(owner, delivery)
    assert f"These answers came with it and differ. {told} Comment Support <b> Size no answer" in story(page)[0]
    assert "Price" in words(page.select_one("section[aria-labelledby=answers]"))


def test_place_and_language_are_among_the_facts(log: Log, owner: Browser) -> None:
    delivery = log.add("posted", location='https://meet.example/<"x">', locale="ja")
    about = words(opened(owner, delivery).select_one(".about"))
    assert 'https://meet.example/<"x">' in about
    assert "Japanese" in about
    odd = log.add("posted", locale="x-klingon")
    assert "x-klingon" in words(opened(owner, odd).select_one(".about"))


def test_a_cancelled_booking_is_said_to_be_posted_all_the_same_only_when_it_is(log: Log, owner: Browser) -> None:
    columns = {"cancelled_at": STARTS, "remarks": [{"kind": "cancelled"}]}
    sentence = "The booking had been cancelled by then. It was posted all the same."
    assert sentence in words(opened(owner, log.add("posted", **columns)).select_one(".outcome"))
    for state in ("failed", "duplicate"):
        assert sentence not in words(opened(owner, log.add(state, **columns)))


def test_the_lists_mark_what_happened_and_leads(log: Log, owner: Browser) -> None:
    log.add("posted", cancelled_at=STARTS)
    log.add("failed", no_show_at=STARTS)
    log.happen(log.add("posted"), "moved", started_before=STARTS, starts_after=LATER)
    log.happen(log.add("posted", **NO_TIME), "showed")
    marked = ["posted No appointment", "posted moved", "failed did not come", "posted cancelled"]
    page = page_of(owner.get(LIST))
    for row, expected in zip(page.select(".log tbody tr"), marked, strict=True):
        found = [words(each) for each in row.select(".badge-state, [data-label=Appointment] .soft")]
        assert " ".join(found) == expected
    page = page_of(owner.get(f"/teams/acme/calendars/{log.calendars['owner']}"))
    for row, expected in zip(page.select("tbody tr"), marked, strict=True):
        found = [words(each) for each in row.select(".badge-state, [data-label=Appointment] .soft")]
        assert " ".join(found) == expected


def test_the_file_has_the_marks_behind_its_former_columns(log: Log, owner: Browser) -> None:
    moved = log.add("posted", starts_at=LATER, cancelled_at=STARTS, no_show_at=LATER)
    log.happen(moved, "moved", started_before=STARTS, starts_after=LATER)
    log.add("posted", **NO_TIME)
    answer = owner.get(f"{LIST}/export.csv")
    head, lead, other = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert head[16:] == ["Booking source", "Starts at", "Ends at", "Moved at", "Cancelled at", "No-show at"]
    assert lead[17:] == ["", "", "", "", ""]
    start, end = LATER.isoformat(), (LATER + timedelta(minutes=30)).isoformat()
    assert other[17:] == [start, end, STARTS.isoformat(), STARTS.isoformat(), start]


def test_what_a_source_tells_one_after_the_other_is_the_story_of_one_delivery(log: Log, owner: Browser) -> None:
    told = [
        news("old", label="Topic"),
        replace(news("new", "moved", day=1, minute=5, replaces="old"), answers=(GivenAnswer("Topic", "no"),)),
        news("new", "cancelled", day=1, minute=9),
    ]
    with log.app.app_context():
        delivery, *others = {take_in(log.team_id, each).delivery.id for each in told}
    assert others == []
    page = opened(owner, delivery)
    assert story(page) == [
        "The booking was cancelled. Reason given: cancelled",
        "The booking was moved from Dec 8, 2026, 10:00 AM to Dec 9, 2026, 10:00 AM . Reason given: moved "
        "These answers came with it and differ. The first answers are those that are posted. Topic no",
        "It came in from: Signed JSON.",
    ]
    assert marks(page) == ["waiting", "cancelled", "moved"]


@pytest.mark.parametrize("page", ["", "/answers", "/erase-guest"])
def test_every_page_of_a_lead_can_be_opened(log: Log, owner: Browser, page: str) -> None:
    delivery = log.add("failed", source="signed_json", **NO_TIME)
    answer = owner.get(f"{LIST}/{delivery}{page}")
    assert answer.status_code == 200
    if not page:
        assert "No appointment" in words(page_of(answer).select_one(".about"))
