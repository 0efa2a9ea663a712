"""Invitation claims: whoever has the link, but is not signed in under its address, proves that address by mail.

A link is mailed to the invited address and counts only in the browser that asked for it: so an invitation that
was passed on is of no use without the invited mailbox, and its owner, who merely presses a button, lets nobody
else in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.mails import MailKind
from hubsync.domain.sign_in_ways import SignInWay
from hubsync.errors import InvitationSpent, OtherBrowser, Refused
from hubsync.services.people.people import learn_time_zone, person_with
from hubsync.services.signin import mails, one_time_links
from hubsync.services.signin.mail_limits import Requester, allow
from hubsync.services.signin.sign_ins import sign_in
from hubsync.services.teams import joining
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, InvitationClaim, Team


@dataclass(frozen=True)
class ClaimResult:
    """The *team* was joined; *session_token* is of a new session when nobody was signed in, else empty."""

    team: Team
    session_token: str = ""


def ask(token: str, person: Person | None, asker: Requester, browser_secret: str = "") -> str:
    """Mail a link to the invited address, by which *person* joins; return the secret for the browser's session.

    None stands for somebody new, who gets the invited address. Raises InvitationSpent, and Refused when nobody
    may be signed in by a mailed link here.
    """
    if person is None and not settings().signin_links:
        raise Refused(_("Here nobody signs in with a mailed link. Sign in first, then open the invitation again."))
    invitation = joining.read_invitation(token)
    end_read()
    secret = browser_secret or one_time_links.make_secret()
    mails.answer_later(partial(_mail_link, invitation.id, token, person, asker, secret))
    return secret


def _mail_link(
    invitation_id: int, token: str, person: Person | None, asker: Requester, browser_secret: str
) -> None:
    try:
        invitation = joining.read_invitation(token)
    except InvitationSpent:
        return
    email, team, invitation_hash = invitation.email, invitation.team, invitation.token_hash
    holder = db.session.scalar(select(Person.id).where(Person.email == email))
    end_read()
    kind = MailKind.CLAIM_INVITATION
    if not allow(asker, kind, email, is_somebodys=True, person_id=holder) or not mails.can_be_sent():
        return
    fields = {"invitation_id": invitation_id, "invitation_hash": invitation_hash}
    with write_transaction() as session:
        person_id = person.id if person is not None else None
        mailed = one_time_links.make(session, InvitationClaim, browser_secret, person_id=person_id, **fields)
        shown = {"team": team.name, "person": person.email if person else ""}
        key = mails.put_link(session, kind, mailed, email, shown, team_id=team.id)
    mails.send(kind, key)


def read_link(token: str, browser_secret: str, person: Person | None) -> Invitation:
    """The invitation that the link lets *person* accept, who is signed in here; nothing changes.

    Raises LinkSpent, InvitationSpent; OtherBrowser where the link was not asked for, by the same person.
    """
    found = _find(db.session(), token, browser_secret, person)
    return joining.find_open(db.session(), _claimed(found))


def claim(token: str, browser_secret: str, person: Person | None, time_zone: str = "") -> ClaimResult:
    """Use up link and invitation: *person* joins, or whoever has the invited address, who is made and signed in.

    Raises as `read_invitation` does; the link stays good where it was not asked for.
    """
    return retry_on_conflict(lambda: _claim(token, browser_secret, person, time_zone))


def _claim(token: str, browser_secret: str, person: Person | None, time_zone: str) -> ClaimResult:
    with write_transaction() as session:
        row = _find(session, token, browser_secret, person)
        # The invitation first, as whoever withdraws it does: its claims go with it.
        email = joining.lock(session, _claimed(row)).email
        one_time_links.use_up(session, row)
        person_id = row.person_id or person_with(session, email).id
        team = joining.accept(session, _claimed(row), person_id, proven=True)
        if person is not None:
            return ClaimResult(team)
        learn_time_zone(session, person_id, time_zone)
        return ClaimResult(team, sign_in(session, person_id, SignInWay.INVITATION))


def _find(session: Session, token: str, browser_secret: str, person: Person | None) -> InvitationClaim:
    row = one_time_links.find(session, InvitationClaim, token)
    same = row.person_id == (person.id if person is not None else None)
    if not same or not one_time_links.was_asked_with(row, browser_secret):
        raise OtherBrowser("the link was asked for in another browser")
    return row


def _claimed(row: InvitationClaim) -> ColumnElement[bool]:
    return (Invitation.id == row.invitation_id) & (Invitation.token_hash == row.invitation_hash)
