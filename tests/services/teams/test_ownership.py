"""A team has exactly one owner at any instant, however often it is handed over at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from hubsync.domain.roles import Role
from hubsync.errors import HubSyncError, NotFound, Refused, RoleTooLow
from hubsync.services.people import sessions
from hubsync.services.teams import members, ownership
from hubsync.store import db, end_read, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team
from tests.kit.members import join

MIKA, KENJI, AIKO = "mika@acme.example", "kenji@acme.example", "aiko@acme.example"


@pytest.fixture
def people(app: Flask) -> dict[str, int]:
    """Acme, owned by Mika, with two administrators: everybody's id by address, the team's under ``team``."""
    with app.app_context():
        team = members.create_team("Acme", MIKA, "premium")
        for email in (KENJI, AIKO):
            join(team.id, email, Role.ADMINISTRATOR)
        found = {person.email: person.id for person in db.session.scalars(select(Person))}
        end_read()
        return {**found, "team": team.id}


def roles(team_id: int) -> dict[str, str]:
    found = {member.person.email: member.role for member in members.list_members(team_id)}
    end_read()
    return found


def test_the_old_owner_becomes_an_administrator(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        ownership.hand_over(people["team"], people[KENJI], " Acme ", by=people[MIKA])
        assert roles(people["team"]) == {KENJI: "owner", AIKO: "administrator", MIKA: "administrator"}
        ownership.hand_over(people["team"], people[MIKA], "Acme", by=people[KENJI])
        assert roles(people["team"])[MIKA] == "owner"


@pytest.mark.parametrize("typed", ["", "acme", "Acme Inc."])
def test_the_name_has_to_be_typed(app: Flask, people: dict[str, int], typed: str) -> None:
    with app.app_context():
        with pytest.raises(Refused) as caught:
            ownership.hand_over(people["team"], people[KENJI], typed, by=people[MIKA])
        assert caught.value.field == "typed_name"
        assert roles(people["team"])[MIKA] == "owner"


def test_nobody_but_the_owner_hands_over(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        for to in (KENJI, AIKO):
            with pytest.raises(RoleTooLow):
                ownership.hand_over(people["team"], people[to], "Acme", by=people[KENJI])
        with pytest.raises(Refused):
            ownership.hand_over(people["team"], people[MIKA], "Acme", by=people[MIKA])
        assert roles(people["team"])[MIKA] == "owner"


def test_a_team_is_not_handed_to_somebody_outside_it(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        other = members.create_team("Other", "stranger@other.example", "premium")
        stranger = members.list_members(other.id)[0].person_id
        end_read()
        for nobody in (stranger, 987654):
            with pytest.raises(NotFound):
                ownership.hand_over(people["team"], nobody, "Acme", by=people[MIKA])
        assert roles(people["team"]) == {MIKA: "owner", AIKO: "administrator", KENJI: "administrator"}


def test_both_are_signed_out_everywhere(app: Flask, people: dict[str, int]) -> None:
    with app.app_context():
        with write_transaction() as session:
            tokens = {email: sessions.start_session(session, people[email]) for email in (MIKA, KENJI, AIKO)}
        ownership.hand_over(people["team"], people[KENJI], "Acme", by=people[MIKA])
        assert sessions.find_signed_in(tokens[MIKA]) is None
        assert sessions.find_signed_in(tokens[KENJI]) is None
        assert sessions.find_signed_in(tokens[AIKO]) is not None


def test_hand_overs_at_once_leave_one_owner_at_every_instant(app: Flask, people: dict[str, int]) -> None:
    """In each round the owner's name is used twice at once, both chosen ones are demoted, and somebody counts."""
    counts, over = set(), threading.Event()

    def count() -> None:
        with app.app_context():
            while not over.is_set():
                counts.add(list(roles(people["team"]).values()).count("owner"))
                time.sleep(0.001)

    def act(together: threading.Barrier, came_of_it: list[HubSyncError | None], work: Callable[[], None]) -> None:
        with app.app_context():
            together.wait()
            try:
                work()
            except HubSyncError as fault:
                came_of_it.append(fault)
            else:
                came_of_it.append(None)

    def give(owner: str, to: str) -> None:
        ownership.hand_over(people["team"], people[to], "Acme", by=people[owner])

    def demote(who: str) -> None:
        members.change_role(people["team"], people[who], Role.MEMBER)
        members.change_role(people["team"], people[who], Role.ADMINISTRATOR)

    counter = threading.Thread(target=count)
    counter.start()
    for _ in range(6):
        with app.app_context():
            owner, *others = sorted(
                roles(people["team"]), key=lambda email: roles(people["team"])[email] != "owner"
            )
        gifts: list[HubSyncError | None] = []
        demotions: list[HubSyncError | None] = []
        together = threading.Barrier(4)
        threads = [
            threading.Thread(target=act, args=(together, came_of_it, partial(verb, *who)))
            for to in others
            for came_of_it, verb, who in ((gifts, give, (owner, to)), (demotions, demote, (to,)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(type(each).__name__ for each in gifts) == ["NoneType", "RoleTooLow"]
        assert {type(each) for each in demotions} <= {type(None), Refused}
    over.set()
    counter.join()
    assert counts == {1}


def test_the_database_itself_refuses_a_second_owner(app: Flask, people: dict[str, int]) -> None:
    from sqlalchemy.exc import IntegrityError

    with app.app_context():
        with pytest.raises(IntegrityError), write_transaction() as session:
            row = session.scalars(select(Membership).where(Membership.person_id == people[KENJI])).one()
            row.role = Role.OWNER
        assert session.get_one(Team, people["team"]).name == "Acme"
