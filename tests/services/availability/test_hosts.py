"""Hosts of a calendar: who they are and what blocks them, wherever it was booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete

from hubsync.domain.availability.refusals import Reason
from hubsync.errors import Refused
from hubsync.services.availability.free_times import load_offers
from hubsync.services.availability.hosts import list_hosts
from hubsync.services.teams.members import remove_member
from hubsync.store import db, end_read, write_transaction
from hubsync.store.teams import Membership
from tests.kit import rows
from tests.kit.free_times import DAY, NOW, PageTeam, at, make_page_team


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with app.app_context():
        yield make_page_team()


def hosts(team: PageTeam) -> list[int]:
    found = [person.id for person in list_hosts(db.session(), team.calendar())]
    end_read()
    return found


def said(team: PageTeam, hour: int, *, without: int | None = None) -> list[Reason]:
    """What is in the way of a meeting at that hour; nothing if it is offered."""
    with time_machine.travel(NOW, tick=False):
        offers = load_offers(db.session(), team.calendar(), DAY.date(), DAY.date(), without=without)
        found = offers.at(at(hour))
    end_read()
    assert found.is_offered or found.refusals
    return [each.reason for each in found.refusals]


def test_the_owner_is_the_host_until_others_are_chosen(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    assert hosts(team) == [team.owner_id]
    team.choose_hosts(ken)
    assert hosts(team) == [ken]


def test_whoever_has_left_the_team_is_no_host_any_more(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    team.choose_hosts(ken)
    with write_transaction() as session:
        session.execute(delete(Membership).where(Membership.person_id == ken))
    assert hosts(team) == [team.owner_id]


def test_whoever_comes_back_is_no_host_unless_chosen_again(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    team.choose_hosts(team.owner_id, ken)
    remove_member(team.team_id, ken, by=ken)
    with write_transaction() as session:
        rows.add_member(session, team.team_id, ken, "member")
    assert hosts(team) == [team.owner_id]


def test_hosts_are_members_of_the_team_and_at_least_one(team: PageTeam) -> None:
    stranger = make_page_team("other", "o@other.example").owner_id
    for chosen in ((), (stranger,), (team.owner_id, stranger)):
        with pytest.raises(Refused) as refused:
            team.choose_hosts(*chosen)
        assert refused.value.field == "hosts"
    assert hosts(team) == [team.owner_id]


def test_a_booking_of_another_calendar_or_team_takes_its_hosts_time(team: PageTeam) -> None:
    other = make_page_team("other", "o@other.example")
    with write_transaction() as session:
        session.add(Membership(team_id=other.team_id, person_id=team.owner_id, role="member"))
    other.choose_hosts(team.owner_id)
    with time_machine.travel(NOW, tick=False):
        other.book(at(10))
        team.book(at(11), calendar_id=team.add_calendar())
    assert [said(team, hour) for hour in (10, 11, 12)] == [[Reason.BOOKED], [Reason.BOOKED], []]


def test_a_cancelled_booking_and_one_that_is_being_moved_block_nothing(team: PageTeam) -> None:
    with time_machine.travel(NOW, tick=False):
        moving, cancelled = team.book(at(10)), team.book(at(11))
    team.cancel(cancelled)
    assert said(team, 11) == []
    assert (said(team, 10), said(team, 10, without=moving.id)) == ([Reason.BOOKED], [])


def test_a_busy_time_that_began_days_before_is_in_the_way_until_it_ends(team: PageTeam) -> None:
    team.busy(team.owner_id, DAY - timedelta(days=3), at(10))
    assert (said(team, 9), said(team, 10)) == ([Reason.BUSY], [])


def test_busy_calendars_speak_for_their_person_alone(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    team.busy(ken, at(10), at(11))
    assert said(team, 10) == []
    team.busy(team.owner_id, at(10), at(11))
    assert said(team, 10) == [Reason.BUSY]
    team.choose_hosts(ken, team.owner_id)
    assert said(team, 10) == [Reason.BUSY, Reason.BUSY]


@pytest.mark.parametrize(("chosen", "reasons"), [("show_none", [Reason.UNREADABLE]), ("show_times", [])])
def test_what_counts_of_a_calendar_not_read_for_a_day_is_its_owners_choice(
    team: PageTeam, chosen: str, reasons: list[Reason]
) -> None:
    long_ago = NOW - timedelta(days=1, minutes=1)
    team.busy(team.owner_id, at(14), at(15), when_unreadable=chosen, read_at=long_ago)
    assert said(team, 10) == reasons
    assert said(team, 14) == (reasons or [Reason.BUSY])
