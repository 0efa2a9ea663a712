"""Dismiss, take back and Retry for many deliveries at once."""

from __future__ import annotations

import pytest

from hubsync.services import now
from hubsync.services.deliveries import dismissals, transitions
from hubsync.services.deliveries.search import DeliveryFilter
from hubsync.store import db, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.replays import Replay
from hubsync.store.teams import Membership
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log, begin_log
from tests.kit.page import page_of, words
from tests.web.deliveries.log_buttons import choose, counts, followed, marks, the_form, trail
from tests.web.deliveries.test_log import LIST, shown
from tests.web.deliveries.test_long_log import fill


def test_those_chosen_are_dismissed_after_a_page_that_says_how_many_and_undo_takes_them_back(
    log: Log, owner: Browser
) -> None:
    ids = [log.add("failed"), log.add("partial"), log.add("failed"), log.add("posted")]
    page = choose(owner, "Dismiss", ids[:2])
    assert "Dismiss 2 deliveries?" in words(page)
    assert marks(log) == {}
    page = followed(owner, owner.submit(the_form(page, "main form[method=post]")))
    assert set(marks(log)) == {*ids[:2]}
    assert "2 deliveries were dismissed." in words(page)
    assert "2 deliveries were dismissed." not in words(page_of(owner.get(LIST)))
    page = followed(owner, owner.submit(the_form(page, "main .notice form")))
    assert "The dismissal of 2 deliveries was taken back." in words(page)
    assert marks(log) == {}
    assert counts(log) == {"failed": 2, "partial": 1, "posted": 1}


def test_all_of_a_filter_are_dismissed_and_nothing_else(log: Log, owner: Browser) -> None:
    failed = [log.add("failed") for _ in range(60)]
    others = [log.add("partial"), log.add("failed", "member"), log.add("posted")]
    page = choose(owner, "Dismiss", None, f"{LIST}?state=failed&calendar={log.calendars['owner']}")
    assert "Dismiss 60 deliveries?" in words(page)
    assert "Calendar of the owner" in words(page.select_one(".panel"))
    page = followed(owner, owner.submit(the_form(page, "main form[method=post]")))
    assert set(marks(log)) == set(failed)
    assert counts(log) == {"dismissed": 60, "partial": 1, "failed": 1, "posted": 1}
    assert others[0] not in shown(page)
    assert trail(log) == [("dismissed", {"number": 60})]


def test_all_that_a_search_finds_are_dismissed_as_far_as_they_can_be(log: Log, owner: Browser) -> None:
    found = [log.add("failed", search_email="mika@a.com"), log.add("waiting", search_email="mika@b.com")]
    log.add("failed", search_email="ken@a.com")
    log.add("posted", search_email="mika@c.com")
    page = choose(owner, "Dismiss", None, f"{LIST}?q=mika")
    assert "Dismiss 2 deliveries?" in words(page)
    assert "e-mail begins with “mika”" in words(page)
    followed(owner, owner.submit(the_form(page, "main form[method=post]")))
    assert set(marks(log)) == set(found)


def test_the_tab_of_dismissed_ones_takes_them_back_in_bulk(log: Log, owner: Browser) -> None:
    ids = [log.add("failed") for _ in range(3)]
    followed(owner, owner.submit(the_form(choose(owner, "Dismiss", None), "main form[method=post]")))
    page = choose(owner, "Take back", None, f"{LIST}?state=dismissed")
    assert "Take the dismissal of 3 deliveries back?" in words(page)
    page = followed(owner, owner.submit(the_form(page, "main form[method=post]")))
    assert "The dismissal of 3 deliveries was taken back." in words(page)
    assert marks(log) == {}
    assert counts(log) == {"failed": 3}
    assert shown(page_of(owner.get(f"{LIST}?state=failed"))) == ids[::-1]


def test_retry_in_bulk_hands_them_to_a_replay_and_shows_how_far_it_is(log: Log, owner: Browser) -> None:
    log.connect()
    ids = [log.add("failed"), log.add("waiting", reason="not_connected"), log.add("posted")]
    page = choose(owner, "Retry", ids[:2])
    assert "Try 2 deliveries again?" in words(page)
    answer = owner.submit(the_form(page, "main form[method=post]"))
    assert answer.location == "/teams/acme/deliveries/missed"
    with log.app.app_context():
        replay = db.session.query(Replay).one()
        taken = {each.id for each in db.session.query(Delivery).filter_by(replay_id=replay.id)}
        assert (replay.total, taken) == (2, {*ids[:2]})


def test_retry_of_a_whole_list_takes_only_what_it_shows(log: Log, owner: Browser) -> None:
    failed = [log.add("failed") for _ in range(3)]
    log.add("partial")
    followed(
        owner,
        owner.submit(
            the_form(choose(owner, "Retry", None, f"{LIST}?state=failed"), "main form.x, main form[method=post]"),
        ),
    )
    with log.app.app_context():
        assert {each.id for each in db.session.query(Delivery) if each.replay_id} == set(failed)


def test_a_member_chooses_only_from_own_calendars(log: Log, member: Browser) -> None:
    theirs, own = log.add("failed", "owner"), log.add("failed", "member")
    token = the_form(page_of(member.get(LIST)), "input[name=csrf_token]")["value"]
    for action in ("dismiss", "retry"):
        sent = {"csrf_token": token, "do": action, "which": "chosen", "id": [theirs]}
        assert member.send(f"{LIST}/many", sent).status_code == 302
    assert marks(log) == {}
    with log.app.app_context():
        assert db.session.query(Replay).count() == 0
    page = choose(member, "Dismiss", None)
    assert "Dismiss 1 delivery?" in words(page)
    followed(member, member.submit(the_form(page, "main form[method=post]")))
    assert set(marks(log)) == {own}


def test_nothing_of_another_team_is_touched(log: Log, owner: Browser) -> None:
    other = begin_log(log.app, "globex")
    theirs = other.add("failed")
    log.add("failed")
    token = the_form(page_of(owner.get(LIST)), "input[name=csrf_token]")["value"]
    for action in ("dismiss", "take_back", "retry"):
        owner.send(f"{LIST}/many", {"csrf_token": token, "do": action, "which": "chosen", "id": [theirs]})
    assert marks(other) == {}


def test_undo_takes_back_only_what_this_person_dismissed_then(log: Log, owner: Browser, member: Browser) -> None:
    first = log.add("failed", "member")
    followed(member, member.submit(the_form(choose(member, "Dismiss", [first]), "main form[method=post]")))
    second = log.add("failed", "member")
    page = followed(owner, owner.submit(the_form(choose(owner, "Dismiss", [second]), "main form[method=post]")))
    form = the_form(page, "main .notice form")
    the_form(page, "input[name=since]")["value"] = "2000-01-01T00:00:00+00:00"
    followed(owner, owner.submit(form))
    assert set(marks(log)) == {first}


def test_choosing_nothing_says_what_to_do(log: Log, owner: Browser) -> None:
    log.add("failed")
    page = choose(owner, "Dismiss", [])
    assert "Choose deliveries in the list first" in words(page)
    assert page.select("main form[method=post]") == []


def test_what_cannot_be_done_with_some_of_the_chosen_is_said(log: Log, owner: Browser) -> None:
    ids = [log.add("failed"), log.add("posted")]
    page = page_of(owner.get(f"{LIST}/many", query_string={"do": "dismiss", "which": "chosen", "id": ids}))
    assert "Dismiss 1 delivery?" in words(page)
    assert "1 of those you chose, for which it cannot be done" in words(page)


@pytest.mark.parametrize("asked", ["do=erase&which=all", "do=dismiss", "do=dismiss&which=some"])
def test_what_no_button_sends_is_refused(log: Log, owner: Browser, asked: str) -> None:
    assert owner.get(f"{LIST}/many?{asked}").status_code == 400


@pytest.mark.parametrize(
    "since", ["", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_an_undo_of_no_moment_is_refused(log: Log, owner: Browser, since: str) -> None:
    log.add("failed")
    token = the_form(page_of(owner.get(LIST)), "input[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "since": since, "until": since}
    assert owner.send(f"{LIST}/undo", sent).status_code == 400


def test_strange_numbers_choose_nothing(log: Log, owner: Browser) -> None:
    ids = ["-1", "0", "x", str(2**31), str(10**30)]
    page = page_of(owner.get(f"{LIST}/many", query_string={"do": "dismiss", "which": "chosen", "id": ids}))
    assert "Nothing to do" in words(page)


def test_more_than_a_portion_is_dismissed_in_several_and_all_are_counted(log: Log, owner: Browser) -> None:
    fill(log, 1, 5 * dismissals.PORTION + 7)
    with log.app.app_context():
        with write_transaction() as session:
            transitions.recount(session)
        membership = db.session.query(Membership).filter_by(team_id=log.team_id, role="owner").one()
        before = counts(log)
        done = dismissals.dismiss_all(membership, DeliveryFilter(("failed", "partial")), now())
        after = counts(log)
        assert done.number == before["failed"] + before["partial"]
        assert after == {"posted": before["posted"], "dismissed": before["dismissed"] + done.number}
        assert dismissals.take_back_since(membership, done.since, done.until).number == done.number
        assert counts(log) == before
