"""Identities at sign-in providers: whose they are, linked and unlinked.

An identity is (issuer, subject). It is never put together with a person by e-mail address alone: an address at
Microsoft can be set by the administrator of any tenant, and addresses are given to somebody else when people
leave. So an unknown identity becomes somebody's only when that person is signed in and asks for it, or confirms
by a mailed link (`hubsync.services.signin.confirmation`). Somebody new it becomes when the provider vouches for an
invited address, or by such a link to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.names import tidy_name
from hubsync.domain.security_events import SecurityEvent
from hubsync.domain.sign_in_ways import SignInWay
from hubsync.errors import NotFound, Refused
from hubsync.identity import Proof
from hubsync.services import now, tools
from hubsync.services.people.people import LINK_ISSUER, learn_time_zone, person_with
from hubsync.services.people.profile import links_work
from hubsync.services.people.sessions import LONGEST
from hubsync.services.security_log import write_after_commit
from hubsync.services.signin.new_way_mail import put_new_way
from hubsync.services.signin.sign_ins import sign_in
from hubsync.services.teams import joining
from hubsync.services.teams.audit import record_everywhere
from hubsync.store import db, retry_on_conflict, write_transaction
from hubsync.store.people import Identity, Person
from hubsync.store.teams import Invitation, Team


@dataclass(frozen=True)
class SignInResult:
    """Somebody is signed in, with the token of a new session; *joined* is the team that was joined on the way."""

    session_token: str
    joined: Team | None = None


def recognize(proof: Proof, invitation: str = "", time_zone: str = "") -> SignInResult | None:
    """Sign in whose identity this is; None when it is nobody's, and nothing has changed.

    *invitation* is the token of the invitation that this browser opened, if any: when the provider vouches for its
    address and nobody has that yet, the invited person joins the team too. *time_zone* is the browser's. Raises
    InvitationSpent.
    """
    return retry_on_conflict(lambda: _recognize(proof, invitation, time_zone))


def _recognize(proof: Proof, invitation: str, time_zone: str) -> SignInResult | None:
    with write_transaction() as session:
        person_id, joined = _holder(session, proof), None
        if person_id is None:
            invited = joining.find_open(session, joining.by_link(invitation)) if invitation else None
            if proof.email_verified and _is_new_and_invited(session, proof.email):
                person_id = person_with(session, proof.email).id
                link_identity(session, person_id, proof, is_first=True)
                if invited is not None and joining.is_for(invited, proof.email):
                    joined = joining.accept(session, joining.by_link(invitation), person_id)
        if person_id is None:
            # On PostgreSQL the same proof may have come twice, and the other copy was stored since we looked.
            person_id = _holder(session, proof)
        if person_id is None:
            return None
        learn_time_zone(session, person_id, time_zone)
        proved_at = now() - LONGEST if proof.may_be_old else proof.signed_in_at
        return SignInResult(sign_in(session, person_id, SignInWay.PROVIDER, proved_at), joined)


def link(person_id: int, proof: Proof) -> None:
    """Let the person sign in with this identity too. Raises Refused when it is somebody else's."""
    with write_transaction() as session:
        link_identity(session, person_id, proof)


def list_identities(person_id: int) -> Sequence[Identity]:
    """The accounts at sign-in providers that are linked to the person, in the order in which they came.

    The e-mail link is not among them: whoever has the person's mailbox has it, as long as links are switched on.
    """
    query = select(Identity).where(Identity.person_id == person_id, Identity.issuer != LINK_ISSUER)
    return db.session.scalars(query.order_by(Identity.id)).all()


def unlink(person_id: int, identity_id: int) -> None:
    """Take a linked account off the person, who cannot sign in with it from now on.

    Raises NotFound for another person's, Refused for the only sign-in method that works: a linked account works
    while this installation offers its provider, the e-mail link while it is switched on and mail is set up.
    """
    with write_transaction() as session:
        # Two that go at once would each count the other one as another way in.
        session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
        own = list_identities(person_id)
        leaving = next((each for each in own if each.id == identity_id), None)
        if leaving is None:
            raise NotFound("no such identity")
        another = links_work() or any(works(each) for each in own if each is not leaving)
        if works(leaving) and not another:
            raise Refused(_("This is your only way to sign in. Link another account first."))
        session.delete(leaving)
        provider = tools().identity.provider_of(leaving.issuer) or ""
        record_everywhere(session, person_id, AuditAction.IDENTITY_UNLINKED, provider=provider)
        write_after_commit(session, SecurityEvent.IDENTITY_UNLINKED, person=person_id, what=provider)


def works(identity: Identity) -> bool:
    """Whether somebody can sign in with this identity now: its provider has a button."""
    provider = tools().identity.provider_of(identity.issuer)
    return provider in {name for name, _label in tools().identity.offered()}


def link_identity(session: Session, person_id: int, proof: Proof, *, is_first: bool = False) -> None:
    """Make the identity the person's, who is mailed of it, unless it *is_first* and brings the person here.

    Called inside `write_transaction`, with its *session*. A person without a name gets the provider's. Raises
    Refused when the identity is somebody else's.
    """
    holder = _holder(session, proof)
    if holder not in {None, person_id}:
        raise Refused(_("This account belongs to somebody else here. Unlink it there first."))
    if holder is None:
        record_everywhere(session, person_id, AuditAction.IDENTITY_LINKED, provider=proof.provider)
        write_after_commit(session, SecurityEvent.IDENTITY_LINKED, person=person_id, what=proof.provider)
        identity = Identity(
            person_id=person_id,
            issuer=proof.issuer,
            subject=proof.subject,
            shown=proof.email or tidy_name(proof.name),
            linked_at=now(),
        )
        session.add(identity)
        session.flush()
        if not is_first:
            put_new_way(session, identity)
    person = session.get_one(Person, person_id)
    person.name = person.name or tidy_name(proof.name)
    session.flush()


def is_invited(session: Session, email: str) -> bool:
    """Whether a team offers this address a place."""
    query = select(Invitation.id).where(Invitation.email == email, Invitation.expires_at > now()).limit(1)
    return session.scalar(query) is not None


def _holder(session: Session, proof: Proof) -> int | None:
    query = select(Identity.person_id).where(Identity.issuer == proof.issuer, Identity.subject == proof.subject)
    return session.scalar(query)


def _is_new_and_invited(session: Session, email: str) -> bool:
    known = session.scalar(select(Person.id).where(Person.email == email)) is not None
    return not known and is_invited(session, email)
