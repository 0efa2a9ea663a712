"""Recipients of a team's mails, by the language that each of them reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hubsync.domain.roles import Role
from hubsync.services.people.languages import language_of
from hubsync.store import db
from hubsync.store.connections import Connection
from hubsync.store.people import Person
from hubsync.store.teams import Membership

ELSEWHERE, READERS, LANGUAGE = "elsewhere", "readers", "language"
"""Keys of what a mail is made of: people who are told by another mail, and those and the language of that one."""


@dataclass(frozen=True)
class Recipients:
    """The addresses, each once, the owner's first where it is among them, and the language that they all read.

    The time zone is the owner's.
    """

    addresses: tuple[str, ...]
    language: str
    time_zone: str


def recipients_of(team_id: int, content: Mapping[str, Any]) -> Recipients | None:
    """Whom the mail of *content* is for, as they belong to the team by now; None when nobody is left of them.

    The mail in the owner's language is for everybody who is not told *elsewhere*, whoever joined since too.
    """
    people = [each.person for each in _addressed(team_id)]
    owner = people[0]
    if READERS in content:
        people = [each for each in people if each.id in content[READERS]]
    else:
        people = [each for each in people if each.id not in content.get(ELSEWHERE, ())]
    if not people:
        return None
    language = content.get(LANGUAGE) or language_of(owner, team_id)
    return Recipients(tuple(dict.fromkeys(each.email for each in people)), language, owner.time_zone)


def contents_by_language(team_id: int, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """*content* once for each language that the team's addressees read, the owner's first.

    People are named in it, and not languages alone, so that nobody who chooses another language before the mails
    leave is told twice or not at all.
    """
    readers: dict[str, list[int]] = {}
    for each in _addressed(team_id):
        readers.setdefault(language_of(each.person, team_id), []).append(each.person_id)
    _owners, *others = readers.items()
    elsewhere = [person_id for _language, people in others for person_id in people]
    return [
        {**content, **({ELSEWHERE: elsewhere} if elsewhere else {})},
        *({**content, LANGUAGE: language, READERS: people} for language, people in others),
    ]


def owner_of(team_id: int) -> Person:
    """The team's owner."""
    return _addressed(team_id)[0].person


def _addressed(team_id: int) -> Sequence[Membership]:
    """Owner, administrators and whoever connected, as long as that person belongs to the team; the owner first."""
    connected_by = db.session.scalar(select(Connection.connected_by_id).where(Connection.team_id == team_id))
    members = db.session.scalars(
        select(Membership).where(Membership.team_id == team_id).order_by(Membership.id),
        execution_options={"populate_existing": True},
    ).all()
    addressed = [each for each in members if each.role != Role.MEMBER or each.person_id == connected_by]
    return sorted(addressed, key=lambda each: each.role != Role.OWNER)
