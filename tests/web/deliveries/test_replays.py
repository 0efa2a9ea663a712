"""Posting what was missed: the button, the page that shows how far it is, pause and stop."""

from __future__ import annotations

from datetime import timedelta

from hubsync.services import now
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log
from tests.kit.page import Element, page_of, words

PAGE = "/teams/acme/deliveries/missed"
HUBSPOT = "/teams/acme/settings/integrations/hubspot"


def shown(browser: Browser, address: str = PAGE) -> Element:
    return page_of(browser.get(address))


def test_nothing_missed_says_so(log: Log, owner: Browser) -> None:
    assert "Nothing was missed" in words(shown(owner))


def test_the_hubspot_page_posts_all_with_one_press(log: Log, owner: Browser) -> None:
    log.connect()
    for _each in range(3):
        log.add("waiting", reason="access_lost")
    offer = shown(owner, HUBSPOT)
    assert "3 bookings were missed" in words(offer)
    answer = owner.submit(offer, "Post all 3 missed bookings")
    assert answer.status_code == 302
    begun = shown(owner, answer.location)
    assert "0 of 3 bookings" in words(begun)
    bar = begun.select_one("progress")
    assert bar is not None
    assert bar["max"] == "3"
    assert "Show how far it is" in words(shown(owner, HUBSPOT))
    told = owner.get(f"{PAGE}/progress.json").json
    assert (told["state"], told["total"], told["done"]) == ("running", 3, 0)


def test_pause_continue_and_stop_are_on_the_page(log: Log, owner: Browser) -> None:
    log.connect()
    log.add("waiting", reason="access_lost")
    owner.submit(shown(owner), "Post 1 missed booking")
    owner.submit(shown(owner), "Pause")
    assert "Paused" in words(shown(owner))
    owner.submit(shown(owner), "Continue")
    assert "Posting to HubSpot" in words(shown(owner))
    owner.submit(shown(owner), "Stop; the rest goes on waiting")
    told = words(shown(owner))
    assert "Stopped before the end" in told
    assert "1 booking waits" in told


def test_what_stopped_it_is_said_in_plain_words(log: Log, owner: Browser) -> None:
    log.connect()
    log.add("waiting", reason="access_lost")
    log.map(("contacts", "lastname", "Last Name", "fact:start"))
    owner.submit(shown(owner), "Post 1 missed booking")
    with log.app.app_context():
        with write_transaction() as session:
            session.query(Connection).update({"state": "lost", "lost_code": "access_lost", "lost_at": now()})
        work_on_replays()
    told = words(shown(owner))
    assert "HubSync has no access to the HubSpot account any more." in told
    assert "What was not tried goes on waiting." in told
    assert "Post 1 missed booking" not in told  # Connect comes first
    assert "Go to the HubSpot page" in told


def test_a_member_sees_how_far_it_is_and_cannot_stop_it(log: Log, owner: Browser, member: Browser) -> None:
    log.connect()
    log.add("waiting", reason="access_lost")
    owner.submit(shown(owner), "Post 1 missed booking")
    seen = shown(member)
    assert "0 of 1 booking" in words(seen)
    assert not seen.select("main form")
    assert member.get(f"{PAGE}/progress.json").status_code == 200


def test_a_member_is_told_of_the_missed_bookings_of_own_calendars(
    log: Log, owner: Browser, member: Browser
) -> None:
    log.connect()
    for calendar in ("owner", "owner", "member"):
        log.add("waiting", calendar, reason="access_lost")
    for address, told in (("/teams/acme/deliveries", "1 booking was missed"), (PAGE, "1 booking waits")):
        assert told in words(shown(member, address))
    assert "3 bookings wait" in words(shown(owner))


def test_pressing_with_nothing_to_post_says_so(log: Log, owner: Browser) -> None:
    log.connect()
    log.add("waiting", reason="access_lost")
    stale = shown(owner)
    owner.submit(stale, "Post 1 missed booking")
    with log.app.app_context():
        work_on_replays()
    answer = owner.submit(stale, "Post 1 missed booking")
    assert "No booking waits" in words(shown(owner, answer.location))


def test_the_page_shows_the_account_that_they_go_to(log: Log, owner: Browser) -> None:
    log.connect()
    log.add("waiting", reason="idle_expired")
    assert "1234567" in words(shown(owner))


def test_the_log_offers_the_same_button_while_hubspot_can_be_posted_to(log: Log, owner: Browser) -> None:
    log.add("waiting", reason="access_lost")
    assert "Post 1 missed booking" not in words(shown(owner, "/teams/acme/deliveries"))
    log.connect()
    answer = owner.submit(shown(owner, "/teams/acme/deliveries"), "Post 1 missed booking")
    assert answer.status_code == 302
    assert "Show how far it is" in words(shown(owner, "/teams/acme/deliveries"))


def test_a_delivery_leads_owners_to_erasing_its_guest(log: Log, owner: Browser, member: Browser) -> None:
    delivery = log.add("posted", calendar="member")
    address = f"/teams/acme/deliveries/{delivery}"
    assert "Erase this guest" in words(shown(owner, address))
    assert "Erase this guest" not in words(shown(member, address))


def test_why_it_stands_still_is_said(log: Log, owner: Browser) -> None:
    log.connect()
    log.add("waiting", reason="access_lost")
    owner.submit(shown(owner), "Post 1 missed booking")
    assert "goes on by itself" not in words(shown(owner))
    for values, told in (
        ({"circuit_until": now() + timedelta(seconds=30), "unanswered": 3}, "HubSpot did not answer a moment ago"),
        ({"paused_until": now() + timedelta(hours=3), "paused_code": "daily_limit"}, "no more calls today"),
    ):
        with log.app.app_context(), write_transaction() as session:
            session.query(Connection).update(values)
        assert told in words(shown(owner))
        assert "It goes on by itself at:" in words(shown(owner))


def test_without_the_plan_nothing_is_offered_and_nothing_given_up(log: Log, owner: Browser) -> None:
    log.connect()
    waiting = log.add("waiting", reason="access_lost")
    begun = shown(owner)
    address = f"/teams/acme/deliveries/{waiting}"
    token = page_of(owner.get(address)).select_one("input[name=csrf_token]")
    with log.app.app_context(), write_transaction() as session:
        session.query(Team).update({"plan": "basic"})
    for page in (PAGE, HUBSPOT, "/teams/acme/deliveries"):
        assert "Post 1 missed booking" not in words(shown(owner, page)), page
    told = words(shown(owner))
    assert "Nothing was missed" not in told
    assert "1 booking waits" in told
    assert "available with the Premium Plan" in told
    page = page_of(owner.get(address))
    assert "Retry" not in words(page.select_one(".page-head"))
    assert "access to HubSpot was lost. Now the team does not have the Premium Plan." in words(page)
    assert "Press Connect" not in words(page)
    owner.submit(begun, "Post 1 missed booking")
    assert token is not None
    answer = owner.send(f"{address}/retry", {"csrf_token": token["value"]}, follow_redirects=True)
    assert "available with the Premium Plan" in words(page_of(answer))
    assert log.state_of(waiting) == "waiting"


def test_what_waits_for_a_mapping_is_not_called_nothing(log: Log, owner: Browser) -> None:
    log.connect()
    log.add("waiting", reason="another_account")
    told = words(shown(owner))
    assert "Nothing was missed" not in told
    assert "1 booking waits" in told
    assert "None of them can be posted from here now" in told
