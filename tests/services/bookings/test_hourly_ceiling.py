"""The hourly ceiling: so many bookings of a page pass within any 60 minutes, the others are held for a look."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
import time_machine

from hubsync.domain.roles import Role
from hubsync.services import tools
from hubsync.services.bookings.held_bookings import dismiss_all
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.services.teams.members import remove_member
from hubsync.store import db, end_read
from hubsync.store.outbox import OutboxMail
from tests.kit.at_one_instant import at_once
from tests.kit.held_bookings import HELD, HOST, NOW, HeldTeam
from tests.kit.mail_server import MailServer, body
from tests.kit.members import join


def book_at(team: HeldTeam, number: int, moment: datetime, **more: Any) -> str:
    """The state of a booking that is made exactly then."""
    with time_machine.travel(moment, tick=False):
        return team.book(number, **more).state


def test_what_comes_above_the_ceiling_within_sixty_minutes_is_held(acme: Any) -> None:
    team = HeldTeam.of(acme, ceiling=2)
    numbers = count()

    def passes(moment: datetime) -> bool:
        return book_at(team, next(numbers), moment) != "held"

    minute, hour, instant = timedelta(minutes=1), timedelta(hours=1), timedelta(microseconds=1)
    assert [passes(NOW), passes(NOW + minute), passes(NOW + hour - instant)] == [True, True, False]
    # The second one was made exactly an hour ago then, and the held one counts.
    assert [passes(NOW + hour + minute), passes(NOW + hour + minute)] == [True, False]
    tomorrow = NOW + timedelta(days=1)
    made = [tomorrow, tomorrow + minute, tomorrow + hour, tomorrow + hour]
    assert [passes(each) for each in made] == [True, True, True, False], "made exactly an hour ago does not count"


def test_a_clock_that_was_set_back_holds_nobody_and_is_told_of_what_is_held(acme: Any, smtp: MailServer) -> None:
    team = HeldTeam.of(acme, ceiling=1)
    for number, moment in enumerate([NOW, NOW]):
        book_at(team, number, moment)
    before = NOW - timedelta(days=2)
    assert [book_at(team, number, before) != "held" for number in (2, 3)] == [True, False]
    with time_machine.travel(before, tick=False):
        send_mails()
    assert sum("held for a look" in str(mail["Subject"]) for mail in smtp.mails) == 2


def test_nobody_is_mailed_of_what_is_not_held_any_more_or_not_theirs_to_see(acme: Any, smtp: MailServer) -> None:
    admin = join(acme.team_id, "admin@acme.example", Role.ADMINISTRATOR).id
    team = HeldTeam.of(acme)
    held = book_at(team, 0, NOW, email="jun@guest.example")
    remove_member(acme.team_id, admin)
    with time_machine.travel(NOW, tick=False):
        send_mails()
    assert ([mail["To"] for mail in smtp.mails], held) == ([HOST], "held")
    tomorrow = NOW + timedelta(days=1)
    book_at(team, 1, tomorrow)
    dismiss_all(team.by, HELD, tomorrow)
    with time_machine.travel(tomorrow, tick=False):
        send_mails()
    assert len(smtp.mails) == 1


def test_without_a_ceiling_and_for_the_same_form_again_nothing_is_held(acme: Any) -> None:
    team = HeldTeam.of(acme, ceiling=1)
    first = book_at(team, 0, NOW)
    assert book_at(team, 0, NOW) == first == "posted"
    team = HeldTeam.of(acme, ceiling=None)
    assert book_at(team, 1, NOW) == "duplicate", "the guest is known by now"


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_two_at_one_instant_never_both_slip_under(acme: Any, database: dict[str, str]) -> None:
    team = HeldTeam.of(acme, ceiling=3)
    with time_machine.travel(NOW, tick=True):
        at_once(acme.app, [partial(team.book, number) for number in range(6)])
    assert Counter(state == "held" for state in team.states()) == {True: 3, False: 3}


def test_a_held_booking_has_its_time_and_nothing_else_is_done_for_it(acme: Any, smtp: MailServer) -> None:
    team = HeldTeam.of(acme)
    with time_machine.travel(NOW, tick=False):
        held = team.book(0)
        assert acme.calls_of(run_due) == []
        kinds = {kind for (kind,) in db.session.query(OutboxMail.kind)}
    assert (held.state, held.reason, team.booking(held).host_id) == ("held", "hourly_ceiling", team.by.person_id)
    assert kinds == {"bookings_held"}, "whoever floods a page makes nobody's mailbox full"
    end_read()


@pytest.mark.parametrize("given", [{"SYNC_BUDGET_SECONDS": "0"}])
def test_no_worker_is_woken_for_a_held_booking(acme: Any) -> None:
    tools().wake.clear()
    assert book_at(HeldTeam.of(acme), 0, NOW) == "held"
    assert not tools().wake.is_set()


def test_the_owner_and_administrators_are_mailed_once_a_day_for_a_calendar(acme: Any, smtp: MailServer) -> None:
    join(acme.team_id, "admin@acme.example", Role.ADMINISTRATOR)
    join(acme.team_id, "member@acme.example", Role.MEMBER)
    team = HeldTeam.of(acme)
    day = timedelta(days=1)
    for number, moment in enumerate([NOW, NOW, NOW + day - timedelta(seconds=1)]):
        book_at(team, number, moment)
        with time_machine.travel(moment, tick=False):
            send_mails()
    assert sorted(mail["To"] for mail in smtp.mails) == ["admin@acme.example", HOST]
    mail = smtp.mails[0]
    assert mail["Subject"] == "Bookings of “Intro call” are held for a look"
    assert f"/teams/acme/deliveries?state=held&calendar={acme.calendar_id}" in body(mail)
    assert "jun" not in mail.as_string().lower(), "nothing of any guest"
    book_at(team, 8, NOW + day)
    with time_machine.travel(NOW + day, tick=False):
        send_mails()
    assert len(smtp.mails) == 4
