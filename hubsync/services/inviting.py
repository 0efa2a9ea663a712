"""Invitations: a place in a team, offered by a mailed link that is good once and for seven days.

Only the SHA-256 of the link's 256-bit token is stored. An invitation that is accepted or withdrawn is deleted, and
the deletion that finds its row is the one that counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from flask import render_template
from flask_babel import force_locale, format_date, get_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, CursorResult, delete, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import Deed
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.roles import Action, Role
from hubsync.errors import InvitationSpent, NotFound, Refused
from hubsync.services import now, tools
from hubsync.services.people import checked_email, person_with
from hubsync.services.recording import record
from hubsync.services.sessions import start_session
from hubsync.services.signing_in import learn_time_zone
from hubsync.services.teams import let_in, membership_of, require
from hubsync.store import db, in_a_race, rest, writing
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, Membership, Team

INVITATION_LIFE = timedelta(days=7)


def invite(team_id: int, email: str, role: Role, *, by: int) -> Invitation:
    """Offer the address a place in the team and mail the link.

    Raises Refused for an address that is none, that is in the team, or that has an open invitation; MailNotSent
    when the mail could not leave: the invitation stands then and waits for :func:`send_again`.
    """
    address = checked_email(email, "email")
    if role is Role.OWNER:
        raise Refused(_("A team has exactly one owner."), field="role")
    token = secrets.token_urlsafe(32)
    found = in_a_race(lambda: _offer(team_id, address, role, token, by))
    _mail(found, token)
    return found


def _offer(team_id: int, address: str, role: Role, token: str, by: int) -> Invitation:
    with writing() as session:
        require(session, team_id, by, Action.MANAGE_MEMBERS)
        _refuse_who_is_in(session, team_id, address)
        found = session.scalar(
            select(Invitation).where(Invitation.team_id == team_id, Invitation.email == address)
        )
        if found is not None and found.expires_at > now():
            raise Refused(_("This address is invited already. The list has “Send again”."), field="email")
        if found is None:
            found = Invitation(team_id=team_id, email=address)
            session.add(found)
        found.role, found.token_hash, found.invited_by_id = role.value, fingerprint(token), by
        found.created_at, found.expires_at = now(), now() + INVITATION_LIFE
        record(session, team_id, by, Deed.INVITED, email=address, role=role.value)
        session.flush()
        session.refresh(found)
    return found


def send_again(team_id: int, invitation_id: int, *, by: int) -> Invitation:
    """Mail a new link, good for seven days from now; the old one is dead at once.

    Raises NotFound for an invitation that is another team's or was accepted meanwhile, MailNotSent as in `invite`.
    """
    token = secrets.token_urlsafe(32)
    with writing() as session:
        require(session, team_id, by, Action.MANAGE_MEMBERS)
        found = _of_team(session, team_id, invitation_id)
        found.token_hash, found.expires_at = fingerprint(token), now() + INVITATION_LIFE
        record(session, team_id, by, Deed.INVITED, email=found.email, role=found.role, again=True)
    _mail(found, token)
    return found


def withdraw(team_id: int, invitation_id: int, *, by: int) -> str:
    """Take the invitation back and return its address; the link is dead at once. Raises NotFound."""
    with writing() as session:
        require(session, team_id, by, Action.MANAGE_MEMBERS)
        found = _of_team(session, team_id, invitation_id)
        session.delete(found)
        record(session, team_id, by, Deed.INVITATION_WITHDRAWN, email=found.email)
    return found.email


def list_invitations(team_id: int) -> Sequence[Invitation]:
    """What the team offers to whom, by address; those that expired are among them until they are withdrawn."""
    query = select(Invitation).where(Invitation.team_id == team_id).order_by(Invitation.email)
    return db.session.scalars(query).all()


def list_offers(person: Person) -> Sequence[Invitation]:
    """The open invitations for the person's address to teams the person is not in, by the teams' names."""
    inside = select(Membership.team_id).where(Membership.person_id == person.id)
    query = (
        select(Invitation)
        .join(Team)
        .where(Invitation.email == person.email, Invitation.expires_at > now(), Invitation.team_id.not_in(inside))
        .order_by(Team.name, Team.id)
    )
    return db.session.scalars(query).all()


def look_at(token: str) -> Invitation:
    """The open invitation that the link belongs to; nothing changes. Raises InvitationSpent."""
    return _open(db.session(), Invitation.token_hash == fingerprint(token))


def look_at_offer(person: Person, invitation_id: int) -> Invitation:
    """An open invitation for the person's own address, found without its link. Raises NotFound for any other."""
    try:
        return _open(db.session(), _own(person, invitation_id))
    except InvitationSpent as spent:
        raise NotFound("no such invitation") from spent


def is_for_somebody_here(invitation: Invitation) -> bool:
    """Whether the invited address is somebody's already, who signs in before joining.

    The link is good for seven days and is passed on: it opens nobody's account, with all their teams.
    """
    return _has_account(db.session(), invitation.email)


def invited_newcomer(session: Session, token: str) -> Person | None:
    """The person with the invited address, made now because the mailed link proves it; None if there was one.

    Called inside `writing`, with its *session*. The invitation is not used up. Raises InvitationSpent.
    """
    email = _open(session, Invitation.token_hash == fingerprint(token)).email
    return None if _has_account(session, email) else person_with(session, email)


def take_up(session: Session, token: str, person_id: int) -> Team:
    """Let the person into the team by the link, which is used up.

    Called inside `writing`, with its *session*. Somebody who is in the team already keeps the role there, and the
    invitation stays open for whom it was meant. Raises InvitationSpent; two at once: one wins.
    """
    return _take_up(session, Invitation.token_hash == fingerprint(token), person_id)


def join(token: str, person_id: int) -> Team:
    """Let somebody who is signed in into the team by the link. Raises InvitationSpent."""
    with writing() as session:
        return take_up(session, token, person_id)


def join_by_offer(person: Person, invitation_id: int) -> Team:
    """Let somebody who is signed in under the invited address into the team. Raises InvitationSpent."""
    with writing() as session:
        return _take_up(session, _own(person, invitation_id), person.id)


def join_signed_out(token: str, time_zone: str = "") -> tuple[str, Team]:
    """Make the person with the invited address, and let them into the team: (token of the new session, team).

    *time_zone*, as the browser names it, becomes theirs. Raises InvitationSpent, and Refused when the address is
    somebody's already or this installation lets nobody sign in by a mailed link.
    """
    if not tools().signin_links:
        raise Refused(_("Here nobody signs in with a mailed link. Sign in first, then open the invitation again."))
    return in_a_race(lambda: _join_as_newcomer(token, time_zone))


def _join_as_newcomer(token: str, time_zone: str) -> tuple[str, Team]:
    with writing() as session:
        person = invited_newcomer(session, token)
        if person is None:
            raise Refused(_("This address has an account here. Sign in first, then open the invitation again."))
        team = take_up(session, token, person.id)
        learn_time_zone(session, person.id, time_zone)
        return start_session(session, person.id), team


def _take_up(session: Session, which: ColumnElement[bool], person_id: int) -> Team:
    # Whoever comes second waits for the first one's outcome here.
    session.execute(select(Invitation.id).where(which).with_for_update())
    found = _open(session, which)
    if membership_of(session, found.team_id, person_id) is None:
        gone = delete(Invitation).where(Invitation.id == found.id, Invitation.token_hash == found.token_hash)
        if cast("CursorResult[Any]", session.execute(gone)).rowcount != 1:
            raise _spent()
        let_in(session, found.team_id, session.get_one(Person, person_id), Role(found.role), by=person_id)
    return found.team


def _open(session: Session, which: ColumnElement[bool]) -> Invitation:
    found = session.scalar(select(Invitation).where(which, Invitation.expires_at > now()))
    if found is None:
        raise _spent()
    return found


def _has_account(session: Session, email: str) -> bool:
    return session.scalar(select(Person.id).where(Person.email == email)) is not None


def _own(person: Person, invitation_id: int) -> ColumnElement[bool]:
    return (Invitation.id == invitation_id) & (Invitation.email == person.email)


def _spent() -> InvitationSpent:
    return InvitationSpent("the invitation was used already, was withdrawn, or is older than seven days")


def _of_team(session: Session, team_id: int, invitation_id: int) -> Invitation:
    query = select(Invitation).where(Invitation.team_id == team_id, Invitation.id == invitation_id)
    found = session.scalar(query.with_for_update(of=Invitation))
    if found is None:
        raise NotFound("no such invitation")
    return found


def _refuse_who_is_in(session: Session, team_id: int, address: str) -> None:
    query = select(Membership).join(Person).where(Membership.team_id == team_id, Person.email == address)
    if session.scalar(query) is not None:
        raise Refused(_("This person is in the team already."), field="email")


def _mail(invitation: Invitation, token: str) -> None:
    """Mail the link in the language of the person who has the address, else in that of the page."""
    link = f"{tools().base_url}/invitations/{token}"
    spoken = db.session.scalar(select(Person.language).where(Person.email == invitation.email))
    rest()
    with force_locale(spoken or str(get_locale() or "en")):
        until = format_date(invitation.expires_at, "long")  # type: ignore[no-untyped-call]
        shown = {"invitation": invitation, "link": link, "until": until}
        subject = render_template("mail/invitation/subject.txt", **shown).strip()
        tools().post.send(invitation.email, subject, render_template("mail/invitation/text.txt", **shown))
