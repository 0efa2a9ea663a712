"""Invitations: membership of a team, offered to an address by a mailed link, good once and for seven days.

Only the SHA-256 of the link's 256-bit token is stored. An invitation that is accepted or withdrawn is deleted, and
the deletion that finds its row is the one that counts. Who may take one up is decided in `joining`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.roles import Action, Role
from hubsync.errors import NotFound, Refused
from hubsync.services import now
from hubsync.services.people.people import checked_email
from hubsync.services.teams import invitation_mails
from hubsync.services.teams.audit import record
from hubsync.services.teams.mail_limits import allow_invitation
from hubsync.services.teams.members import require
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, Membership

INVITATION_LIFE = timedelta(days=7)


def invite(team_id: int, email: str, role: Role, *, by: int) -> Invitation:
    """Offer the address a place in the team and mail the link.

    Raises Refused for an address that is none, that is in the team, or that has an open invitation, and when there
    were too many mails; MailNotSent when the mail has not left: the invitation exists then, and its row says what
    becomes of the mail.
    """
    address = checked_email(email, "email")
    if role is Role.OWNER:
        raise Refused(_("A team has exactly one owner."), field="role")
    allow_invitation(team_id, address)
    token = secrets.token_urlsafe(32)
    invitation = retry_on_conflict(lambda: _offer(team_id, address, role, token, by))
    invitation_mails.send(invitation)
    return invitation


def _offer(team_id: int, address: str, role: Role, token: str, by: int) -> Invitation:
    with write_transaction() as session:
        require(session, team_id, by, Action.MANAGE_MEMBERS)
        _refuse_who_is_in(session, team_id, address)
        invitation = session.scalar(
            select(Invitation).where(Invitation.team_id == team_id, Invitation.email == address)
        )
        if invitation is not None and invitation.expires_at > now():
            raise Refused(_("This address is invited already. The list has “Send again”."), field="email")
        if invitation is None:
            invitation = Invitation(team_id=team_id, email=address)
            session.add(invitation)
        invitation.role, invitation.token_hash, invitation.invited_by_id = role, fingerprint(token), by
        invitation.created_at, invitation.expires_at = now(), now() + INVITATION_LIFE
        record(session, team_id, by, AuditAction.INVITED, email=address, role=role)
        session.flush()
        invitation_mails.put_invitation(session, invitation, token)
        session.refresh(invitation)
    return invitation


def send_again(team_id: int, invitation_id: int, *, by: int) -> Invitation:
    """Mail a new link, good for seven days from now; the old one is dead at once.

    Raises NotFound for an invitation that is another team's or was accepted meanwhile, Refused for too many mails,
    MailNotSent as in `invite`.
    """
    email = _of_team(db.session(), team_id, invitation_id).email
    end_read()
    allow_invitation(team_id, email)
    token = secrets.token_urlsafe(32)
    with write_transaction() as session:
        require(session, team_id, by, Action.MANAGE_MEMBERS)
        invitation = _of_team(session, team_id, invitation_id)
        invitation.token_hash, invitation.expires_at = fingerprint(token), now() + INVITATION_LIFE
        record(session, team_id, by, AuditAction.INVITED, email=invitation.email, role=invitation.role, again=True)
        invitation_mails.put_invitation(session, invitation, token)
    invitation_mails.send(invitation)
    return invitation


def withdraw(team_id: int, invitation_id: int, *, by: int) -> str:
    """Take the invitation back and return its address; the link is dead at once. Raises NotFound."""
    with write_transaction() as session:
        require(session, team_id, by, Action.MANAGE_MEMBERS)
        invitation = _of_team(session, team_id, invitation_id)
        session.delete(invitation)
        record(session, team_id, by, AuditAction.INVITATION_WITHDRAWN, email=invitation.email)
    return invitation.email


def list_invitations(team_id: int) -> Sequence[Invitation]:
    """What the team offers to whom, by address; those that expired are among them until they are withdrawn."""
    query = select(Invitation).where(Invitation.team_id == team_id).order_by(Invitation.email)
    return db.session.scalars(query).all()


def _of_team(session: Session, team_id: int, invitation_id: int) -> Invitation:
    query = select(Invitation).where(Invitation.team_id == team_id, Invitation.id == invitation_id)
    invitation = session.scalar(query.with_for_update(of=Invitation))
    if invitation is None:
        raise NotFound("no such invitation")
    return invitation


def _refuse_who_is_in(session: Session, team_id: int, address: str) -> None:
    query = select(Membership).join(Person).where(Membership.team_id == team_id, Person.email == address)
    if session.scalar(query) is not None:
        raise Refused(_("This person is in the team already."), field="email")
