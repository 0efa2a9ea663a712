"""What tests of invitations share: who is in the team and what was mailed."""

from __future__ import annotations

import re
import threading

from flask import Flask
from sqlalchemy import select

from hubsync.services.signin import invitation_claims
from hubsync.services.signin.invitation_claims import ClaimResult
from hubsync.services.signin.mail_limits import Requester
from hubsync.services.signin.mails import THREAD_NAME
from hubsync.services.teams import members
from hubsync.store import db, end_read
from hubsync.store.people import Person
from tests.kit.mail_server import MailServer


def person_id(app: Flask, email: str) -> int:
    with app.app_context():
        found = db.session.scalars(select(Person.id).where(Person.email == email)).one()
        end_read()
        return found


def roles(team_id: int) -> dict[str, str]:
    found = {member.person.email: member.role for member in members.list_members(team_id)}
    end_read()
    return found


def mailed_token(smtp: MailServer, number: int = -1) -> str:
    """The token of one of the invitations that were mailed."""
    return _tokens(smtp, "invitations")[number]


def mailed_claim(smtp: MailServer, number: int = -1) -> str:
    """The token of one of the links that were mailed to prove an invited address."""
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join()
    return _tokens(smtp, "signin/join")[number]


def _tokens(smtp: MailServer, path: str) -> list[str]:
    texts = [mail.get_content() for mail in smtp.mails]
    return [
        token for text in texts for token in re.findall(rf"http://localhost:8000/{path}/([\w-]{{43}})\s", text)
    ]


def prove_and_join(smtp: MailServer, token: str, person: Person | None = None, time_zone: str = "") -> ClaimResult:
    """Join by an invitation as whoever reads the mail of its address, in the browser that asks."""
    secret = invitation_claims.ask(token, person, Requester())
    return invitation_claims.claim(mailed_claim(smtp), secret, person, time_zone)
