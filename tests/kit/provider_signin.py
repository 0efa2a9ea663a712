"""An installation that is registered with Google and Microsoft, both played by the provider; and people at it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hubsync.services import now
from hubsync.services.people import sessions
from hubsync.services.signin.mails import THREAD_NAME
from hubsync.services.teams.invitations import INVITATION_LIFE
from hubsync.store import db, write_transaction
from hubsync.store.people import Identity, Person
from hubsync.store.teams import Invitation, Team
from tests.kit.browser import Browser
from tests.kit.identity_provider import Proxy, answer_there, link_in
from tests.kit.mail_server import MailServer
from tests.kit.settings import BASE_URL, OWNER

OTHER_TENANT = "0b9f3c52-61a4-4f0f-8f5b-6a0a3c1f7c22"


@pytest.fixture
def given(google: Proxy, microsoft: Proxy) -> dict[str, str]:
    """Registered with both."""
    return registered(google, microsoft)


def registered(google: Proxy | None, microsoft: Proxy | None, another: Proxy | None = None) -> dict[str, str]:
    found = {"OIDC_LABEL": "Acme Login"} if another else {}
    for name, proxy in (("GOOGLE", google), ("MICROSOFT", microsoft), ("OIDC", another)):
        if proxy is not None:
            found |= {
                f"{name}_CLIENT_ID": f"hubsync-at-{name.lower()}",
                f"{name}_CLIENT_SECRET": f"secret-of-{name.lower()}",
                f"{name}_METADATA_URL": proxy.metadata_url,
            }
    return found


@dataclass
class Guest(Browser):
    """A browser that can go to a provider and come back."""

    app: Flask
    client: FlaskClient

    def __init__(self, app: Flask) -> None:
        super().__init__(app)

    def leave(self, provider: str = "google", **fields: str) -> str:
        """Press Continue with …; the address at the provider."""
        answer = self.post(f"/signin/{provider}", **fields)
        assert answer.status_code == 303, answer.text[:1000]
        return str(answer.headers["Location"])

    def link(self, provider: str = "google") -> str:
        """Press Link on the account page; the address at the provider."""
        answer = self.post(f"/account/identities/{provider}", page="/account")
        assert answer.status_code == 303, answer.text[:1000]
        return str(answer.headers["Location"])

    def come_in(self, subject: str, provider: str = "google") -> TestResponse:
        """Press, sign in there as *subject*, come back; the answer to the callback."""
        return self.get(answer_there(self.leave(provider), subject))

    def is_in(self) -> str | None:
        """The address of whoever is signed in here, None for nobody."""
        with self.client.session_transaction(base_url=BASE_URL) as session:
            token = session.get("signed_in")
        with self.app.app_context():
            person = sessions.find_signed_in(token) if token else None
            return person.email if person else None


Let = Callable[[], None]


@pytest.fixture
def guest(app: Flask, team: Team) -> Guest:
    """Somebody who is not signed in."""
    return Guest(app)


@pytest.fixture
def let_owner(app: Flask, team: Team, google: Proxy) -> Let:
    """Make Google's g-owner an identity of the owner, by linking it on the account page."""

    def let() -> None:
        google.knows("g-owner", email=OWNER, email_verified=True)
        owner = Guest(app)
        owner.sign_in()
        owner.get(answer_there(owner.link(), "g-owner"))

    return let


def invite(app: Flask, team: Team, email: str, token: str = "t" * 43) -> str:
    """Offer *email* a place in the team; the token of the mailed link."""
    with app.app_context(), write_transaction() as session:
        session.add(
            Invitation(
                team_id=team.id,
                email=email,
                role="member",
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                created_at=now(),
                expires_at=now() + INVITATION_LIFE,
            )
        )
    return token


def people(app: Flask) -> set[str]:
    """Everybody's address."""
    with app.app_context():
        return {person.email for person in db.session.query(Person)}


def linked(app: Flask) -> dict[str, str]:
    """Whose the identities at providers are: subject to address."""
    with app.app_context():
        rows = db.session.query(Identity, Person).join(Person, Person.id == Identity.person_id)
        return {row.subject: person.email for row, person in rows if row.issuer != "e-mail link"}


def wait_for_mails() -> None:
    """Until every mail that was asked for is sent or is not."""
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join()


def mailed(smtp: MailServer) -> str:
    """The link of the one mail."""
    wait_for_mails()
    (mail,) = smtp.mails
    return link_in(mail.get_content())
