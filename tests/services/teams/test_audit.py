"""The audit trail: every action has its entry, in the same transaction, and words that a person can read."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hubsync.domain.audit import AuditAction
from hubsync.domain.roles import Role
from hubsync.errors import HubSyncError
from hubsync.services.teams import audit, invitations, joining, members, ownership
from hubsync.store import db, end_read, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry, Team
from tests.kit.members import join

MIKA, KENJI = "mika@acme.example", "kenji@acme.example"


@pytest.fixture
def acme(app: Flask) -> Team:
    with app.app_context():
        return members.create_team("Acme", MIKA, "premium")


@pytest.fixture
def mika(app: Flask, acme: Team) -> int:
    with app.app_context():
        found = db.session.scalars(select(Person.id).where(Person.email == MIKA)).one()
        end_read()
        return found


def newest(team_id: int) -> tuple[str, str, dict[str, Any]]:
    (entry,) = audit.read_trail(team_id, 1)
    end_read()
    return entry.action, entry.person_shown, entry.details


def test_every_change_of_the_team_is_written_down(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        assert newest(acme.id) == ("team_made", "", {"team": "Acme", "owner": MIKA, "plan": "premium"})
        members.rename_team(acme.id, "Acme Trading", by=mika)
        assert newest(acme.id) == ("team_renamed", MIKA, {"before": "Acme", "after": "Acme Trading"})
        members.change_plan(acme.id, Role.OWNER, "free", by=mika)
        assert newest(acme.id) == ("plan_changed", MIKA, {"before": "premium", "after": "free"})
        invitation = invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        assert newest(acme.id) == ("invited", MIKA, {"email": KENJI, "role": "member"})
        invitations.send_again(acme.id, invitation.id, by=mika)
        assert newest(acme.id) == ("invited", MIKA, {"email": KENJI, "role": "member", "again": True})
        invitations.withdraw(acme.id, invitation.id, by=mika)
        assert newest(acme.id) == ("invitation_withdrawn", MIKA, {"email": KENJI})
        kenji = join(acme.id, KENJI, Role.MEMBER, by=mika).id
        assert newest(acme.id) == ("joined", MIKA, {"person": KENJI, "role": "member"})
        members.change_role(acme.id, kenji, Role.ADMINISTRATOR, by=mika)
        assert newest(acme.id) == (
            "role_changed",
            MIKA,
            {"person": KENJI, "before": "member", "after": "administrator"},
        )
        ownership.hand_over(acme.id, kenji, "Acme Trading", by=mika)
        assert newest(acme.id) == ("handed_over", MIKA, {"person": KENJI})
        members.remove_member(acme.id, mika, by=kenji)
        assert newest(acme.id) == ("removed", KENJI, {"person": MIKA, "left": False})


def test_who_joins_by_an_invitation_is_the_one_who_did_it(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        invitation = invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        kenji = (
            members.create_team("Other", KENJI, "free") and db.session.query(Person).filter_by(email=KENJI).one()
        )
        end_read()
        joining.join_by_offer(kenji, invitation.id)
        assert newest(acme.id) == ("joined", KENJI, {"person": KENJI, "role": "member"})


def test_what_changes_nothing_is_not_written_down(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        kenji = join(acme.id, KENJI, Role.MEMBER, by=mika).id
        before = newest(acme.id)
        members.rename_team(acme.id, "Acme", by=mika)
        members.change_plan(acme.id, Role.OWNER, "premium", by=mika)
        members.change_role(acme.id, kenji, Role.MEMBER, by=mika)
        assert newest(acme.id) == before


def test_a_refused_action_leaves_no_entry(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        kenji = join(acme.id, KENJI, Role.MEMBER, by=mika).id
        before = db.session.query(AuditEntry).count()
        end_read()
        for act in (
            lambda: members.rename_team(acme.id, "Mine", by=kenji),
            lambda: members.change_plan(acme.id, Role.OWNER, "free", by=kenji),
            lambda: members.change_role(acme.id, mika, Role.MEMBER, by=kenji),
            lambda: members.remove_member(acme.id, mika, by=kenji),
            lambda: ownership.hand_over(acme.id, kenji, "wrong", by=mika),
        ):
            with pytest.raises(HubSyncError):
                act()
        assert db.session.query(AuditEntry).count() == before


def test_an_action_that_is_rolled_back_leaves_no_entry(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError), write_transaction() as session:
            audit.record(session, acme.id, mika, AuditAction.CONNECTED, account="1")
            session.flush()
            raise RuntimeError
        assert newest(acme.id)[0] == "team_made"


def test_the_name_stays_when_the_person_is_gone(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        kenji = join(acme.id, KENJI, Role.ADMINISTRATOR, by=mika).id
        members.rename_team(acme.id, "Acme Trading", by=kenji)
        members.remove_member(acme.id, kenji, by=mika)
        with write_transaction() as session:
            session.delete(session.get_one(Person, kenji))
        entry = next(each for each in audit.read_trail(acme.id, 9) if each.action == "team_renamed")
        assert (entry.person_id, entry.person_shown) == (None, KENJI)


def test_the_trail_is_read_in_portions_newest_first(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        other = members.create_team("Other", KENJI, "free")
        for number in range(7):
            members.rename_team(acme.id, f"Acme {number}", by=mika)
            members.rename_team(other.id, f"Other {number}")
        first = audit.read_trail(acme.id, 3)
        second = audit.read_trail(acme.id, 3, before=first[-1].id)
        names = [entry.details["after"] for entry in [*first, *second]]
        assert names == [f"Acme {number}" for number in (6, 5, 4, 3, 2, 1)]
