"""Mails of invitations: put into the outbox by the unit that offers the place, and sent at once.

Whoever invites is told at once what was in the way of the mail; the row of the invitation says what has become of
it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import force_locale, format_date, get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.mails import MailKind, MailState
from hubsync.errors import MailFailure, MailNotSent
from hubsync.services import now
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import WrittenMail, send_at_once
from hubsync.store import db
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from hubsync.store.teams import Invitation


@dataclass(frozen=True)
class InvitationMail:
    """What has become of the mail with the link that is good now.

    *fault* is why it has not left, or why nobody knows whether it has (*unconfirmed*), a `MailFailure` or "".
    *next_try_at* is when it is tried again.
    """

    state: MailState
    fault: str = ""
    unconfirmed: bool = False
    next_try_at: datetime | None = None


def put_invitation(session: Session, invitation: Invitation, token: str) -> None:
    """Write the mail with the link of *token* down, within the unit that offers the place.

    Where no mail is set up nothing is put, and `send` says so.
    """
    if not settings().mail_set_up:
        return
    content = {"token": token, "language": str(get_locale() or "en")}
    put(
        session,
        MailToPut(
            MailKind.INVITATION,
            _key_of(invitation),
            content,
            team_id=invitation.team_id,
            not_after=invitation.expires_at,
            wakes=False,
        ),
    )


def send(invitation: Invitation) -> None:
    """Send the mail that was put last. Raises MailNotSent when it has not left; it may be tried again."""
    if not settings().mail_set_up:
        raise MailNotSent("HUBSYNC_MAIL_DEFAULT_SENDER is not set", reason=MailFailure.NO_SENDER, lasting=True)
    fault = send_at_once(_key_of(invitation), write_invitation)
    if fault is not None:
        raise fault


def write_invitation(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The mail, in the language of the person who has the address, else in the team's, else in that of the page.

    None for a link that is dead: the invitation was accepted, withdrawn or sent again.
    """
    token = content["token"]
    open_one = select(Invitation).where(Invitation.token_hash == fingerprint(token), Invitation.expires_at > now())
    invitation = db.session.scalar(open_one.execution_options(populate_existing=True))
    if invitation is None:
        return None
    invited = db.session.scalar(select(Person).where(Person.email == invitation.email))
    known = (invited.language or invited.browser_language) if invited is not None else ""
    with force_locale(known or invitation.team.language or content["language"]):
        until = format_date(invitation.expires_at, "long")  # type: ignore[no-untyped-call]
        link = f"{settings().base_url}/invitations/{token}"
        shown = {"invitation": invitation, "link": link, "until": until}
        subject = render_template("mail/team_invitation/subject.txt", **shown).strip()
        return WrittenMail(invitation.email, subject, render_template("mail/team_invitation/text.txt", **shown))


def mails_of(invitations: Iterable[Invitation]) -> dict[int, InvitationMail]:
    """What has become of their mails, by their ids; those of which nothing is known are left out."""
    ids = {_key_of(each): each.id for each in invitations}
    rows = db.session.scalars(
        select(OutboxMail).where(OutboxMail.key.in_(ids)).execution_options(populate_existing=True)
    )
    return {ids[row.key]: InvitationMail(row.state, row.fault, row.unconfirmed, row.next_try_at) for row in rows}


def _key_of(invitation: Invitation) -> str:
    """The key of the mail with the link that is good now."""
    return f"{MailKind.INVITATION}:{invitation.id}:{invitation.token_hash}"
