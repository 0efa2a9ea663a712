"""Bookings that are held for a look: where they are announced, and what Post and Dismiss say and do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hubsync.services import now
from hubsync.services.bookings.held_bookings import PORTION
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log
from tests.kit.page import Element, page_of, words
from tests.web.deliveries.log_buttons import choose, counts, followed, marks, the_form, trail
from tests.web.deliveries.test_log import LIST

HELD = f"{LIST}?state=held"
STARTS = datetime(2037, 3, 2, 9, tzinfo=UTC)


def hold(log: Log, calendar: str = "owner", number: int = 0) -> int:
    """A held booking whose appointment is to come."""
    return log.add("held", calendar, reason="hourly_ceiling", starts_at=STARTS + timedelta(hours=number))


def cancelled(log: Log) -> int:
    with log.app.app_context():
        return db.session.query(BookingRecord).filter(BookingRecord.cancelled_at.is_not(None)).count()


def confirm(reader: Browser, page: Element) -> Element:
    return followed(reader, reader.submit(the_form(page, "main form[method=post]")))


def test_what_is_held_is_announced_by_itself_and_not_among_what_failed(
    log: Log, owner: Browser, member: Browser
) -> None:
    for calendar in ("owner", "owner", "member"):
        hold(log, calendar)
    for address in (LIST, "/teams/acme/calendars"):
        assert "3 bookings are held for a look." in words(page_of(owner.get(address)))
    page = page_of(owner.get(f"/teams/acme/calendars/{log.calendars['owner']}"))
    assert "2 bookings are held for a look." in words(page)
    (link,) = page.select("main .notice a")
    assert f"state=held&calendar={log.calendars['owner']}" in str(link["href"])
    assert page.select_one(".side-bar .count") is None, "a flood must not hide what failed"
    assert "1 booking is held for a look." in words(page_of(member.get(LIST)))
    assert "bookings are held for a look." not in words(page_of(owner.get(HELD)))
    log.connect()
    page = page_of(owner.get("/teams/acme/settings/integrations/hubspot"))
    assert [words(each) for each in page.select(".counts a[href$='state=held']")] == ["3 held for a look"]


def test_post_lets_one_go_on_and_says_what_became_of_it(log: Log, owner: Browser) -> None:
    delivery = hold(log)
    page = page_of(owner.get(f"/teams/acme/deliveries/{delivery}"))
    assert "more bookings were made on the page of this calendar within an hour" in words(page).lower()
    assert words(page.select_one(".page-actions")) == "Post Dismiss …"
    page = followed(owner, owner.submit(the_form(page, "form[action$=post]")))
    assert "HubSpot was not added to this calendar." in words(page)
    assert (counts(log), trail(log)) == ({"skipped": 1}, [("held_posted", {"number": 1, "delivery": delivery})])


def test_dismiss_asks_first_and_frees_the_time(log: Log, owner: Browser) -> None:
    delivery = hold(log)
    page = page_of(owner.get(f"/teams/acme/deliveries/{delivery}"))
    assert page.select("form[action$=dismiss]") == []
    (link,) = [each for each in page.select(".page-actions a") if "Dismiss" in words(each)]
    page = page_of(owner.get(str(link["href"])))
    assert "The appointment is cancelled for good, and its time is free again." in words(page)
    assert cancelled(log) == 0
    page = confirm(owner, page)
    assert "1 held booking was dismissed. Its time is free again." in words(page)
    assert (cancelled(log), counts(log)) == (1, {"dismissed": 1})
    page = page_of(owner.get(f"/teams/acme/deliveries/{delivery}"))
    assert "Its time was freed with it, and stays free whatever you press." in words(page)
    page = followed(owner, owner.submit(the_form(page, "form[action$=take-back]")))
    assert (cancelled(log), counts(log)) == (1, {"held": 1})


def test_all_held_of_one_calendar_are_dismissed_and_nothing_else(log: Log, owner: Browser) -> None:
    held = [hold(log, number=number) for number in range(60)]
    others = [hold(log, "member"), log.add("failed")]
    page = choose(owner, "Dismiss", None, f"{HELD}&calendar={log.calendars['owner']}")
    assert "Dismiss 60 held bookings?" in words(page)
    log.add("held", created_at=now())  # it comes in while the person reads
    page = confirm(owner, page)
    assert "60 held bookings were dismissed. Their times are free again." in words(page)
    assert (set(marks(log)), cancelled(log)) == (set(held), 60)
    assert counts(log) == {"dismissed": 60, "held": 2, "failed": 1}
    assert others[1] not in marks(log)


def test_its_answers_can_be_corrected_before_it_is_posted(log: Log, owner: Browser) -> None:
    delivery = hold(log)
    page = page_of(owner.get(f"/teams/acme/deliveries/{delivery}/answers"))
    assert [words(each) for each in page.select("main form button")] == ["Save"]
    page = followed(owner, owner.submit(the_form(page, "main form[method=post]")))
    assert counts(log) == {"held": 1}


def test_those_chosen_are_posted_in_the_background(log: Log, owner: Browser) -> None:
    ids = [hold(log, number=number) for number in range(3)]
    page = confirm(owner, choose(owner, "Post", ids[:2], HELD))
    assert "2 bookings go on" in words(page)
    assert counts(log) == {"pending": 2, "held": 1}


@pytest.mark.parametrize(("action", "ended"), [("dismiss", "dismissed"), ("retry", "")])
def test_buttons_of_other_lists_leave_what_is_held_alone(
    log: Log, owner: Browser, action: str, ended: str
) -> None:
    held, failed = hold(log), log.add("failed")
    page = page_of(owner.get(LIST))
    assert [int(str(each["value"])) for each in page.select("input[name=id]")] == [failed]
    token = the_form(page, "input[name=csrf_token]")["value"]
    asked = (now() + timedelta(minutes=1)).isoformat()
    sent = {"csrf_token": token, "do": action, "which": "all", "asked": asked}
    owner.send("/teams/acme/deliveries/many", sent)
    owner.send("/teams/acme/deliveries/many", {**sent, "which": "chosen", "id": str(held)})
    owner.send(f"/teams/acme/deliveries/{held}/{action}", {"csrf_token": token})
    with log.app.app_context():
        row = db.session.get_one(Delivery, held)
        assert (row.state, row.dismissed_at, row.replay_id) == ("held", None, None)


@pytest.mark.slow
def test_too_many_for_one_go_say_how_far_it_is(log: Log, owner: Browser, slow_disk: Callable[[], None]) -> None:
    for number in range(PORTION + 1):
        hold(log, number=number)
    page = choose(owner, "Post", None, HELD)
    slow_disk()
    page = confirm(owner, page)
    assert f"{PORTION} of {PORTION + 1} are done; there were too many for one go." in words(page)
    bar = the_form(page, "progress")
    assert (bar["max"], bar["value"]) == (str(PORTION + 1), str(PORTION))
    assert "Post 1 held booking?" in words(page)
    page = confirm(owner, page)
    assert f"{PORTION + 1} bookings go on" in words(page)
    assert counts(log) == {"pending": PORTION + 1}
