"""Rules about unwanted bookings: off at first, saved as a whole, and two who save at one time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from flask import Flask

from hubsync.domain.unwanted_bookings import UnwantedRules
from hubsync.errors import UnwantedRulesChanged
from hubsync.services.unwanted.rules import load_rules, save_rules
from hubsync.store import db, end_read
from tests.kit.at_one_instant import at_once
from tests.kit.free_times import PageTeam, make_page_team


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with app.app_context():
        yield make_page_team()


def read(team: PageTeam) -> tuple[UnwantedRules, int]:
    found = load_rules(db.session(), team.calendar_id)
    end_read()
    return found


def test_everything_is_off_until_somebody_turns_it_on(team: PageTeam) -> None:
    assert read(team) == (UnwantedRules(None, None, typo_hint=False, work_email_only=False), 0)


def test_what_is_saved_is_read_again(team: PageTeam) -> None:
    first = UnwantedRules(20, 2, typo_hint=True, work_email_only=True)
    save_rules(team.calendar_id, first, 0)
    assert read(team) == (first, 1)
    save_rules(team.calendar_id, UnwantedRules(), 1)
    assert read(team) == (UnwantedRules(), 2)


def test_of_two_who_save_at_one_instant_one_is_told(app: Flask, team: PageTeam, database: dict[str, str]) -> None:
    ways = [UnwantedRules(hourly_ceiling=10), UnwantedRules(hourly_ceiling=20)]
    acts = [partial(save_rules, team.calendar_id, rules, 0) for rules in ways]
    came = at_once(app, acts, UnwantedRulesChanged)
    assert sorted(type(each).__name__ for each in came) == ["NoneType", "UnwantedRulesChanged"]
    assert read(team) == (ways[came.index(None)], 1)
