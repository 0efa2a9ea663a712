from __future__ import annotations

from hubsync.domain.roles import Action, Role, may


def test_an_owner_may_everything():
    assert all(may(Role.OWNER, action) for action in Action)


def test_an_administrator_may_everything_but_change_the_plan_hand_the_team_over_and_delete_it():
    refused = {action for action in Action if not may(Role.ADMINISTRATOR, action)}
    assert refused == {Action.CHANGE_PLAN, Action.HAND_OVER_TEAM, Action.DELETE_TEAM}


def test_a_member_may_only_make_calendars_of_their_own():
    allowed = {action for action in Action if may(Role.MEMBER, action)}
    assert allowed == {Action.CREATE_CALENDAR}
