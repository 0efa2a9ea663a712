"""Confirming by a mailed link that an unknown identity belongs to the person with its address.

Two secrets are needed, the link's and one in the browser that began: so nobody can have a stranger's identity
confirmed by the owner of the address, who merely presses a button. Of both only the SHA-256 is stored.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from functools import partial
from typing import cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from hubsync.domain.fingerprints import fingerprint
from hubsync.errors import LinkSpent, OtherBrowser
from hubsync.identity import LABELS, Proof
from hubsync.services import asked_mails, now, tools
from hubsync.services.mail_limits import Asker, allow
from hubsync.services.people import LINK_ISSUER, person_with
from hubsync.services.recognizing import Recognized, give, is_invited
from hubsync.services.sessions import start_session
from hubsync.services.signing_in import learn_time_zone
from hubsync.store import db, rest, writing
from hubsync.store.people import Identity, Person, UnconfirmedIdentity

LINK_LIFE = timedelta(minutes=10)


def ask_to_confirm(proof: Proof, asker: Asker) -> str:
    """Mail a link to the identity's address if it is a person's or invited; return the secret for the browser.

    The asker cannot tell, by answer or by time, whether a mail is sent.
    """
    browser_secret = secrets.token_urlsafe(32)
    asked_mails.answer_later(partial(_mail_link, proof, asker, fingerprint(browser_secret)))
    return browser_secret


def _mail_link(proof: Proof, asker: Asker, browser_hash: str) -> None:
    token, moment = secrets.token_urlsafe(32), now()
    if not proof.email:
        return
    person_id = db.session.scalar(select(Person.id).where(Person.email == proof.email))
    may_be = _may_be_confirmed(db.session(), proof.email, person_id)
    rest()
    if not allow(asker, "confirm_identity", proof.email, is_somebodys=may_be, person_id=person_id):
        return
    with writing() as session:
        session.execute(delete(UnconfirmedIdentity).where(UnconfirmedIdentity.expires_at < moment))
        session.add(
            UnconfirmedIdentity(
                issuer=proof.issuer,
                subject=proof.subject,
                email=proof.email,
                name=proof.name,
                token_hash=fingerprint(token),
                browser_hash=browser_hash,
                created_at=moment,
                expires_at=moment + LINK_LIFE,
            )
        )
    link = f"{tools().base_url}/signin/confirm/{token}"
    asked_mails.send(proof.email, "confirm_identity", link=link, provider=LABELS[proof.provider])


def _may_be_confirmed(session: Session, email: str, person_id: int | None) -> bool:
    if person_id is None:
        return is_invited(session, email)
    if tools().signin_links:
        return True
    # With links switched off a mailbox alone is no way in: only a person who has no other way is let in by it.
    linked = select(Identity.id).where(Identity.person_id == person_id, Identity.issuer != LINK_ISSUER)
    return session.scalar(linked.limit(1)) is None


def look_at(token: str, browser_secret: str) -> UnconfirmedIdentity:
    """What the link would confirm; nothing changes. Raises LinkSpent; OtherBrowser where it was not begun."""
    query = select(UnconfirmedIdentity).where(UnconfirmedIdentity.token_hash == fingerprint(token))
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None or found.used_at is not None or found.expires_at <= now():
        raise LinkSpent("the link was used already or is older than ten minutes")
    if not hmac.compare_digest(found.browser_hash, fingerprint(browser_secret)):
        raise OtherBrowser("the sign-in was begun in another browser")
    return found


def confirm(token: str, browser_secret: str, time_zone: str = "") -> Recognized:
    """Use up the link: the identity is the person's from now on, who is signed in; an invited person is made.

    Raises LinkSpent for a link that was used, is too old or never existed, OtherBrowser where it was not begun
    (the link stays good), Refused when the identity became somebody else's meanwhile.
    """
    with writing() as session:
        found = look_at(token, browser_secret)
        used = session.execute(
            update(UnconfirmedIdentity)
            .where(UnconfirmedIdentity.id == found.id, UnconfirmedIdentity.used_at.is_(None))
            .values(used_at=now())
        )
        known = session.scalar(select(Person.id).where(Person.email == found.email)) is not None
        gone = not known and not is_invited(session, found.email)  # withdrawn since
        if cast("CursorResult[object]", used).rowcount != 1 or gone:
            raise LinkSpent("the link was used already or is older than ten minutes")
        person_id = person_with(session, found.email).id
        give(session, person_id, _proof(found))
        learn_time_zone(session, person_id, time_zone)
        return Recognized(start_session(session, person_id))


def _proof(found: UnconfirmedIdentity) -> Proof:
    provider = tools().identity.provider_of(found.issuer) or ""
    return Proof(provider, found.issuer, found.subject, found.email, name=found.name)
