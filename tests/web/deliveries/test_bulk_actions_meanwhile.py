"""What happens between the page that asks and the press, and when a press has not time enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event

from hubsync.services import now
from hubsync.services.deliveries import bulk_retry, portions, transitions
from hubsync.services.deliveries.search import DeliveryFilter
from hubsync.store import db, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log
from tests.kit.page import page_of, words
from tests.web.deliveries.log_buttons import choose, counts, followed, marks, the_form, trail
from tests.web.deliveries.test_log import LIST
from tests.web.deliveries.test_long_log import fill


def test_what_came_in_or_failed_after_the_page_asked_is_not_dismissed_unseen(log: Log, owner: Browser) -> None:
    seen = [log.add("failed") for _ in range(2)]
    tried = log.add("retrying")
    page = choose(owner, "Dismiss", None, f"{LIST}?state=failed")
    assert "Dismiss 2 deliveries?" in words(page)
    came_in = log.add("failed")
    with log.app.app_context(), write_transaction() as session:
        session.get_one(Delivery, came_in).created_at = now()
        delivery = session.get_one(Delivery, tried)
        assert transitions.move(session, delivery, "sending")
        assert transitions.move(session, delivery, "failed", finished_at=now())
    page = followed(owner, owner.submit(the_form(page, "main form[method=post]")))
    assert "2 deliveries were dismissed." in words(page)
    assert set(marks(log)) == {*seen}
    assert counts(log) == {"failed": 2, "dismissed": 2}


@pytest.mark.parametrize("asked", [None, "", "now", "2026-01-01T00:00:00"])
def test_all_are_dismissed_only_by_a_page_that_says_when_it_asked(
    log: Log, owner: Browser, asked: str | None
) -> None:
    log.add("failed")
    form = the_form(choose(owner, "Dismiss", None), "main form[method=post]")
    field = the_form(form, "input[name=asked]")
    if asked is None:
        field.remove()
    else:
        field["value"] = asked
    assert owner.submit(form, "Dismiss").status_code == 400
    assert marks(log) == {}


@pytest.mark.slow
def test_an_undo_that_has_not_time_enough_says_so_and_can_be_pressed_once_more(
    log: Log, owner: Browser, slow_disk: Callable[[], None]
) -> None:
    fill(log, 1, 6 * portions.PORTION)
    with log.app.app_context(), write_transaction() as session:
        transitions.recount(session)
    before = counts(log)
    page = choose(owner, "Dismiss", None, f"{LIST}?state=failed")
    page = followed(owner, owner.submit(the_form(page, "main form[method=post]")))
    assert f"{before['failed']} deliveries were dismissed." in words(page)
    slow_disk()
    page = followed(owner, owner.submit(the_form(page, "main .notice form")))
    assert "There were too many for one go; some are left. Press Undo once more." in words(page)
    while (notice := page.select_one("main .notice form")) is not None:
        page = followed(owner, owner.submit(notice))
    assert counts(log) == before
    assert (
        sum(each["number"] for action, each in trail(log) if action == "dismissal_taken_back") == before["failed"]
    )


def test_a_members_retry_joins_a_paused_replay_and_does_not_let_it_go_on(
    log: Log, owner: Browser, member: Browser
) -> None:
    theirs, own = log.add("failed", "owner"), log.add("failed", "member")
    owner.submit(the_form(choose(owner, "Retry", [theirs]), "main form[method=post]"))
    page = page_of(owner.get(f"{LIST}/missed"))
    owner.submit(the_form(page, "form[action$=pause]"))
    page = followed(member, member.submit(the_form(choose(member, "Retry", [own]), "main form[method=post]")))
    assert "Paused" in words(page)
    assert "0 of 2 bookings" in words(page)
    assert "The owner or an administrator of the team can let it go on." in words(page)
    third = log.add("failed", "owner")
    page = followed(owner, owner.submit(the_form(choose(owner, "Retry", [third]), "main form[method=post]")))
    assert "Posting to HubSpot" in words(page)


def test_a_whole_list_is_handed_over_without_reading_its_bookings(log: Log) -> None:
    ids = [log.add("failed") for _ in range(3)]
    asked: list[str] = []
    with log.app.app_context():
        membership = db.session.query(Membership).filter_by(team_id=log.team_id, role="owner").one()
        event.listen(db.engine, "before_cursor_execute", note := lambda *facts: asked.append(facts[2]))
        assert bulk_retry.retry_all(membership, DeliveryFilter(("failed",)))
        event.remove(db.engine, "before_cursor_execute", note)
        assert db.session.query(Delivery).filter(Delivery.replay_id.is_not(None)).count() == len(ids)
    assert any("FROM deliveries" in each for each in asked)
    assert [each for each in asked if "bookings" in each] == []
