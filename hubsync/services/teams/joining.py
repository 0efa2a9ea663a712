"""Acceptance of invitations: one is for its address and not for whoever has the link.

The link shows the invitation and signs nobody in: it is good for seven days, lies in archives, and is passed
on. Whoever is signed in under the invited address joins with a press; anybody else joins when a link that is
mailed to that address now is pressed in their browser (`claiming`), or when a provider vouches for the address
(`recognizing`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.sorting import name_order
from hubsync.errors import AnotherAddress, InvitationSpent, NotFound
from hubsync.services import now
from hubsync.services.people.people import tidy_email
from hubsync.services.teams.members import add_membership, membership_of
from hubsync.store import changed, db, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, Membership, Team


def list_offers(person: Person) -> Sequence[Invitation]:
    """The open invitations for the person's address to teams the person is not in, by the teams' names."""
    inside = select(Membership.team_id).where(Membership.person_id == person.id)
    query = (
        select(Invitation)
        .where(Invitation.email == person.email, Invitation.expires_at > now(), Invitation.team_id.not_in(inside))
        .order_by(Invitation.team_id)
    )
    return sorted(db.session.scalars(query), key=lambda each: name_order(each.team.name))


def read_invitation(token: str) -> Invitation:
    """The open invitation that the link belongs to; nothing changes. Raises InvitationSpent."""
    return find_open(db.session(), by_link(token))


def read_offer(person: Person, invitation_id: int) -> Invitation:
    """An open invitation for the person's own address, found without its link. Raises NotFound for any other."""
    try:
        return find_open(db.session(), _own(person, invitation_id))
    except InvitationSpent as spent:
        raise NotFound("no such invitation") from spent


def is_for(invitation: Invitation, email: str) -> bool:
    """Whether *email* is the invited address, however it is written."""
    return tidy_email(invitation.email) == tidy_email(email)


def is_for_somebody_here(invitation: Invitation) -> bool:
    """Whether the invited address is somebody's already, who signs in before joining."""
    query = select(Person.id).where(Person.email == invitation.email)
    return db.session.scalar(query) is not None


def join(token: str, person_id: int) -> Team:
    """Let somebody who is signed in into the team by the link. Raises InvitationSpent, AnotherAddress."""
    with write_transaction() as session:
        return accept(session, by_link(token), person_id)


def join_by_offer(person: Person, invitation_id: int) -> Team:
    """Let somebody who is signed in under the invited address into the team. Raises InvitationSpent."""
    with write_transaction() as session:
        return accept(session, _own(person, invitation_id), person.id)


def accept(session: Session, which: ColumnElement[bool], person_id: int, *, proven: bool = False) -> Team:
    """Let the person into the team, and use the invitation up. Inside `write_transaction`, with its *session*.

    *proven* says that whoever asks has read mail to the invited address just now. Somebody who is in the team
    already keeps the role there, and the invitation stays open for whom it was meant. Raises AnotherAddress for
    somebody with another address who has not proven the invited one; InvitationSpent; two at once: one wins.
    """
    invitation = lock(session, which)
    if membership_of(session, invitation.team_id, person_id) is not None:
        return invitation.team
    person = session.get_one(Person, person_id)
    if not proven and not is_for(invitation, person.email):
        raise AnotherAddress("the invitation is for another address")
    gone = delete(Invitation).where(Invitation.id == invitation.id, Invitation.token_hash == invitation.token_hash)
    if not changed(session, gone):
        raise _spent()
    add_membership(session, invitation.team_id, person, invitation.role, by=person_id, invited=invitation.email)
    return invitation.team


def lock(session: Session, which: ColumnElement[bool]) -> Invitation:
    """The open invitation, which nobody else accepts or withdraws before this transaction ends."""
    session.execute(select(Invitation.id).where(which).with_for_update())
    return find_open(session, which)


def find_open(session: Session, which: ColumnElement[bool]) -> Invitation:
    """The open invitation. Raises InvitationSpent."""
    invitation = session.scalar(select(Invitation).where(which, Invitation.expires_at > now()))
    if invitation is None:
        raise _spent()
    return invitation


def by_link(token: str) -> ColumnElement[bool]:
    """Which invitation the mailed link belongs to."""
    return Invitation.token_hash == fingerprint(token)


def _own(person: Person, invitation_id: int) -> ColumnElement[bool]:
    return (Invitation.id == invitation_id) & (Invitation.email == person.email)


def _spent() -> InvitationSpent:
    return InvitationSpent("the invitation was used already, was withdrawn, or is older than seven days")
