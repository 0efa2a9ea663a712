"""Confirmation by mail that an unknown identity belongs to the person with its address.

Two secrets are needed, the link's and one in the browser that began: so nobody can have a stranger's identity
confirmed by the owner of the address, who merely presses a button.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.mails import MailKind
from hubsync.domain.sign_in_ways import SignInWay
from hubsync.errors import LinkSpent, OtherBrowser
from hubsync.identity import Proof
from hubsync.services import tools
from hubsync.services.people.people import LINK_ISSUER, learn_time_zone, person_with
from hubsync.services.signin import mails, one_time_links
from hubsync.services.signin.identities import SignInResult, is_invited, link_identity
from hubsync.services.signin.mail_limits import Requester, allow
from hubsync.services.signin.sign_ins import sign_in
from hubsync.store import db, end_read, write_transaction
from hubsync.store.people import Identity, Person, UnconfirmedIdentity


def ask_to_confirm(proof: Proof, asker: Requester, invited: str = "") -> str:
    """Mail a link to the identity's address if it is a person's or invited; return the secret for the browser.

    The asker cannot tell, by answer or by time, whether a mail is sent. Whoever came by an invitation for somebody
    new proves its address instead, *invited*, and becomes the person with that.
    """
    browser_secret = one_time_links.make_secret()
    mails.answer_later(partial(_mail_link, proof, asker, browser_secret, invited))
    return browser_secret


def _mail_link(proof: Proof, asker: Requester, browser_secret: str, invited: str) -> None:
    email = invited or proof.email
    if not email:
        return
    person_id = db.session.scalar(select(Person.id).where(Person.email == email))
    may_be = _may_be_confirmed(db.session(), email, person_id)
    end_read()
    kind = MailKind.CONFIRM_IDENTITY
    if not allow(asker, kind, email, is_somebodys=may_be, person_id=person_id) or not mails.can_be_sent():
        return
    identity = {"issuer": proof.issuer, "subject": proof.subject, "shown": proof.email, "name": proof.name}
    with write_transaction() as session:
        token = one_time_links.make(session, UnconfirmedIdentity, browser_secret, email=email, **identity)
        shown = {"provider": tools().identity.label_of(proof.provider), "by_invitation": invited}
        key = mails.put_link(session, kind, token, email, shown, person_id=person_id)
    mails.send(kind, key)


def _may_be_confirmed(session: Session, email: str, person_id: int | None) -> bool:
    if person_id is None:
        return is_invited(session, email)
    if settings().signin_links:
        return True
    # With links switched off a mailbox alone is no sign-in method: it lets in only a person who has no other.
    linked = select(Identity.id).where(Identity.person_id == person_id, Identity.issuer != LINK_ISSUER)
    return session.scalar(linked.limit(1)) is None


def read_link(token: str, browser_secret: str) -> UnconfirmedIdentity:
    """What the link would confirm; nothing changes. Raises LinkSpent; OtherBrowser where it was not begun."""
    return _find(db.session(), token, browser_secret)


def _find(session: Session, token: str, browser_secret: str) -> UnconfirmedIdentity:
    identity = one_time_links.find(session, UnconfirmedIdentity, token)
    if not one_time_links.was_asked_with(identity, browser_secret):
        raise OtherBrowser("the sign-in was begun in another browser")
    return identity


def confirm(token: str, browser_secret: str, time_zone: str = "") -> SignInResult:
    """Use up the link: the identity is the person's from now on, who is signed in; an invited person is made.

    Raises LinkSpent for a link that was used, is too old or never existed, OtherBrowser where it was not begun
    (the link stays good), Refused when the identity became somebody else's meanwhile.
    """
    with write_transaction() as session:
        identity = _find(session, token, browser_secret)
        one_time_links.use_up(session, identity)
        known = session.scalar(select(Person.id).where(Person.email == identity.email)) is not None
        if not known and not is_invited(session, identity.email):  # withdrawn since
            raise LinkSpent("the invitation is not open any more")
        person_id = person_with(session, identity.email).id
        link_identity(session, person_id, _proof(identity), is_first=not known)
        learn_time_zone(session, person_id, time_zone)
        return SignInResult(sign_in(session, person_id, SignInWay.CONFIRMATION))


def _proof(identity: UnconfirmedIdentity) -> Proof:
    provider = tools().identity.provider_of(identity.issuer) or ""
    return Proof(provider, identity.issuer, identity.subject, identity.shown or identity.email, name=identity.name)
