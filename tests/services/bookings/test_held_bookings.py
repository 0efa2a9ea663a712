"""Held bookings: *Post* lets one go on, once, *Dismiss* frees its time, and nothing else does either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from hubsync.errors import BookingNotChangeable
from hubsync.services import now
from hubsync.services.bookings import guest_changes, held_bookings
from hubsync.services.bookings.booking_feed import make_address, open_address, read_feed
from hubsync.services.bookings.erasure import erase_old
from hubsync.services.deliveries import dismissals
from hubsync.services.deliveries.bulk_retry import retry_all
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.search import DeliveryFilter
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.outbox import OutboxMail
from hubsync.store.teams import Team
from tests.kit.at_one_instant import at_once
from tests.kit.calendar_files import read_calendar
from tests.kit.held_bookings import GUEST, HELD, HOST, NOW, STARTS, HeldTeam
from tests.kit.mail_server import MailServer


@pytest.fixture
def team(acme: Any) -> Iterator[HeldTeam]:
    with time_machine.travel(NOW, tick=True):
        yield HeldTeam.of(acme)


def mailed(smtp: MailServer) -> Counter[str]:
    """Who was mailed of an appointment; the notice that something is held is no such mail."""
    send_mails()
    return Counter(mail["To"] for mail in smtp.mails if "held for a look" not in mail["Subject"])


def emails(team: HeldTeam) -> list[str]:
    return [each["properties"]["email"] for each in team.acme.records("contacts")]


def move(team: HeldTeam, delivery: Delivery, to: datetime) -> None:
    slug = team.acme.calendar().slug
    end_read()
    guest_changes.move(slug, delivery.booking_id, to, seen=team.booking(delivery).starts_at)


def cancel(team: HeldTeam, delivery: Delivery) -> None:
    slug = team.acme.calendar().slug
    end_read()
    guest_changes.cancel(slug, delivery.booking_id)


def test_post_posts_it_and_confirms_it_once_however_often_it_is_pressed(team: HeldTeam, smtp: MailServer) -> None:
    held = team.book(0)
    assert held_bookings.post(team.by, held.id).state == "posted"
    assert held_bookings.post(team.by, held.id).state == "posted"
    assert emails(team) == [GUEST]
    assert mailed(smtp) == {GUEST: 1, HOST: 1}


def test_post_goes_the_ordinary_way_without_the_plan_too(team: HeldTeam, smtp: MailServer) -> None:
    with write_transaction() as session:
        session.get_one(Team, team.acme.team_id).plan = "free"
    posted = held_bookings.post(team.by, team.book(0).id)
    assert (posted.state, posted.reason) == ("skipped", "plan")
    assert mailed(smtp) == {GUEST: 1, HOST: 1}, "the appointment has nothing to do with HubSpot"


def test_nothing_but_post_posts_it(team: HeldTeam) -> None:
    held = team.book(0)
    retry(held.id)
    assert not retry_all(team.by, DeliveryFilter())
    work_on_replays()
    run_due()
    dismissals.dismiss_these(team.by, [held.id])
    dismissals.dismiss_all(team.by, DeliveryFilter(), now())
    assert (team.states(), emails(team)) == (["held"], [])


def test_dismiss_frees_the_time_and_mails_nobody(team: HeldTeam, smtp: MailServer) -> None:
    held = team.book(0)
    assert held_bookings.dismiss_these(team.by, [held.id]).number == 1
    assert held_bookings.dismiss_these(team.by, [held.id]).number == 0
    assert team.booking(held).cancelled_at is not None
    again = team.book(0, form="another guest has the time")
    assert held_bookings.post(team.by, again.id).state == "posted"
    assert mailed(smtp) == {GUEST: 1, HOST: 1}, "of the second one"
    assert team.states() == ["held dismissed", "posted"]


def test_a_dismissal_that_is_taken_back_brings_the_guest_back_and_not_the_time(
    team: HeldTeam, smtp: MailServer
) -> None:
    held = team.book(0)
    held_bookings.dismiss_these(team.by, [held.id])
    assert held_bookings.post(team.by, held.id).state == "held", "dismissed is dismissed"
    dismissals.take_back_these(team.by, [held.id])
    posted = held_bookings.post(team.by, held.id)
    assert (posted.state, [each["kind"] for each in posted.remarks]) == ("posted", ["cancelled"])
    assert team.booking(held).cancelled_at is not None
    assert mailed(smtp) == {}


def test_what_is_over_is_dismissed_without_being_called_cancelled(team: HeldTeam) -> None:
    held = team.book(0)
    with time_machine.travel(STARTS + timedelta(days=1)):
        held_bookings.dismiss_these(team.by, [held.id])
    assert team.booking(held).cancelled_at is None


def test_what_its_guest_moves_while_it_is_held_is_confirmed_at_its_new_time(
    team: HeldTeam, smtp: MailServer
) -> None:
    held = team.book(0)
    move(team, held, STARTS + timedelta(hours=5))
    assert mailed(smtp) == {}
    held_bookings.post(team.by, held.id)
    assert mailed(smtp) == {GUEST: 1, HOST: 1}
    (mail,) = [each for each in smtp.mails if each["To"] == GUEST]
    event = read_calendar(mail)
    assert (event.starts_at, event.lines["SEQUENCE"].value) == (STARTS + timedelta(hours=5), "1")


def test_what_its_guest_cancels_while_it_is_held_is_a_lead_that_can_be_posted(
    team: HeldTeam, smtp: MailServer
) -> None:
    held = team.book(0)
    cancel(team, held)
    assert (team.states(), mailed(smtp)) == (["held"], {})
    assert held_bookings.post(team.by, held.id).state == "posted"
    assert mailed(smtp) == {}


def test_many_are_posted_in_the_background_each_once_and_what_came_in_since_stays_held(team: HeldTeam) -> None:
    guests = [f"guest{number}@x{number}.com" for number in range(3)]
    for number, email in enumerate(guests):
        team.book(number, email)
    asked = now()
    team.book(7)
    done = held_bookings.post_all(team.by, HELD, asked)
    assert (done.number, done.finished) == (3, True)
    assert team.states() == ["pending", "pending", "pending", "held"]
    run_due()
    assert held_bookings.post_all(team.by, HELD, asked).number == 0
    assert sorted(emails(team)) == guests


def test_of_one_address_ten_are_confirmed_to_it_however_many_are_posted(team: HeldTeam, smtp: MailServer) -> None:
    ids = [team.book(number).id for number in range(12)]
    with write_transaction() as session:
        session.get_one(Team, team.acme.team_id).plan = "free"  # nothing of it goes to HubSpot
    held_bookings.post_these(team.by, ids)
    assert mailed(smtp) == {GUEST: 10, HOST: 12}


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_people_who_press_at_one_instant_do_one_thing(
    team: HeldTeam, smtp: MailServer, database: dict[str, str]
) -> None:
    for number in range(4):
        held = team.book(number)
        posts, dismisses = partial(_post, team, held.id), partial(_dismiss, team, held.id)
        moves = partial(move, team, held, STARTS + timedelta(days=1, hours=number))
        at_once(team.acme.app, [posts, dismisses, posts, moves], BookingNotChangeable)
        ended = team.delivery(held.booking_id)
        was_dismissed = ended.dismissed_at is not None
        assert (ended.state, team.booking(held).cancelled_at is not None) == (
            ("held", True) if was_dismissed else (ended.state, False)
        )
        assert was_dismissed or ended.state in ("posted", "duplicate")
    run_due()
    confirmed = db.session.query(OutboxMail).filter(OutboxMail.kind == "guest_confirmation").count()
    end_read()
    assert confirmed == sum("dismissed" not in state for state in team.states())


def _post(team: HeldTeam, delivery_id: int) -> None:
    held_bookings.post(team.by, delivery_id)


def _dismiss(team: HeldTeam, delivery_id: int) -> None:
    held_bookings.dismiss_these(team.by, [delivery_id])


@pytest.mark.parametrize("given", [{"RETENTION_DAYS": "30"}])
def test_what_is_held_is_kept_until_somebody_looked_at_it(team: HeldTeam) -> None:
    held, rubbish = team.book(0), team.book(1)
    held_bookings.dismiss_these(team.by, [rubbish.id])
    with time_machine.travel(NOW + timedelta(days=40)):
        assert erase_old() == 1
    assert team.states() == [held.state]


def test_the_feed_of_the_host_has_it_once_it_was_posted(team: HeldTeam) -> None:
    person_id = team.by.person_id
    token = open_address(person_id, make_address(person_id)).rsplit("/", 1)[1].removesuffix(".ics")
    end_read()
    held = team.book(0)
    assert b"VEVENT" not in read_feed(token)
    held_bookings.post(team.by, held.id)
    assert read_feed(token).count(b"BEGIN:VEVENT") == 1
