"""Roles and permissions: who may do what in a team."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in a team; exactly one is the owner."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"


class Action(StrEnum):
    """What needs a role."""

    CHANGE_PLAN = "change_plan"
    HAND_OVER_TEAM = "hand_over_team"
    DELETE_TEAM = "delete_team"
    TEAM_SETTINGS = "team_settings"
    MANAGE_MEMBERS = "manage_members"
    CONNECT = "connect"
    SEE_ALL_DELIVERIES = "see_all_deliveries"
    EDIT_ANY_CALENDAR = "edit_any_calendar"
    CREATE_CALENDAR = "create_calendar"


_MEMBER = frozenset({Action.CREATE_CALENDAR})
_OWNER_ONLY = frozenset({Action.CHANGE_PLAN, Action.HAND_OVER_TEAM, Action.DELETE_TEAM})

_ALLOWED = {
    Role.OWNER: frozenset(Action),
    Role.ADMINISTRATOR: frozenset(Action) - _OWNER_ONLY,
    Role.MEMBER: _MEMBER,
}


def may(role: Role, action: Action) -> bool:
    """Whether *role* allows *action*."""
    return action in _ALLOWED[role]
