"""Rules of free times: the usual ones, what was saved, and two who save at one time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from flask import Flask

from hubsync.domain.availability.opening_hours import USUAL_HOURS, Interval, OpeningHours
from hubsync.domain.availability.rules import Fixed, FreeTimeRules, Rolling
from hubsync.errors import FreeTimesChanged
from hubsync.services.availability.rules import load_rules
from hubsync.services.availability.saving import pause, resume, save_free_times
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.free_times import FreeTimes
from tests.kit.at_one_instant import at_once
from tests.kit.free_times import TOKYO, PageTeam, change_rules, make_page_team

HOURS = OpeningHours(
    ((Interval(540, 720), Interval(780, 1080)), (), (), (), (), (), (Interval(1320, 120),)),
    {date(2026, 12, 24): (), date(2026, 12, 31): (Interval(540, 600),)},
)


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with app.app_context():
        yield make_page_team()


def read(team: PageTeam) -> tuple[FreeTimeRules, int]:
    found = load_rules(team.calendar())
    end_read()
    return found


def test_a_calendar_that_nobody_set_up_is_open_on_working_days(team: PageTeam) -> None:
    rules, version = read(team)
    assert (rules.hours, rules.zone, rules.duration_minutes, rules.step_minutes) == (USUAL_HOURS, TOKYO, 30, 30)
    assert (rules.notice_minutes, rules.period, rules.most_a_day, version) == (240, Rolling(60), None, 0)


@pytest.mark.parametrize(("minutes", "step"), [(1, 5), (15, 15), (30, 30), (90, 30)])
def test_the_usual_step_is_never_longer_than_the_meeting_nor_than_half_an_hour(
    team: PageTeam, minutes: int, step: int
) -> None:
    with write_transaction() as session:
        session.get_one(Calendar, team.calendar_id).duration_minutes = minutes
    assert read(team)[0].step_minutes == step


@pytest.mark.parametrize("period", [Rolling(14), Fixed(date(2026, 12, 1), date(2026, 12, 31))])
def test_what_is_saved_is_read_again(team: PageTeam, period: Rolling | Fixed) -> None:
    saved = FreeTimeRules(TOKYO, HOURS, 45, 15, 5, 10, 60, period, 8)
    save_free_times(team.calendar_id, saved, 0)
    assert read(team) == (saved, 1)
    assert team.calendar().duration_minutes == 45


def test_another_period_takes_the_place_of_the_one_before(team: PageTeam) -> None:
    change_rules(team.calendar_id, period=Fixed(date(2026, 12, 1), date(2026, 12, 31)))
    assert change_rules(team.calendar_id, period=Rolling(7)) == read(team)[0]


def test_whoever_has_not_seen_what_a_colleague_saved_overwrites_nothing(team: PageTeam) -> None:
    rules, version = read(team)
    save_free_times(team.calendar_id, replace(rules, most_a_day=8), version)
    with pytest.raises(FreeTimesChanged):
        save_free_times(team.calendar_id, replace(rules, most_a_day=3), version)
    assert read(team)[0].most_a_day == 8


def test_of_two_who_save_at_one_instant_one_is_told(app: Flask, team: PageTeam, database: dict[str, str]) -> None:
    rules, version = read(team)
    ways = [replace(rules, most_a_day=number) for number in (1, 2)]
    acts = [partial(save_free_times, team.calendar_id, way, version) for way in ways]
    came = at_once(app, acts, FreeTimesChanged)
    assert sorted(type(each).__name__ for each in came) == ["FreeTimesChanged", "NoneType"]


def test_a_page_is_paused_and_goes_on_with_the_same_rules(team: PageTeam) -> None:
    before = read(team)[0]
    pause(team.calendar_id)
    assert db.session.query(FreeTimes).one().paused_at is not None
    resume(team.calendar_id)
    assert db.session.query(FreeTimes).one().paused_at is None
    assert read(team)[0] == before
