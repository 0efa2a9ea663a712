"""People: found by e-mail address, or created."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hubsync.domain.email_address import is_email, kept_email
from hubsync.domain.zones import is_zone
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.store import db, end_read
from hubsync.store.people import Identity, Person

LINK_ISSUER = "e-mail link"


def person_with(session: Session, email: str) -> Person:
    """The person with this address, made if need be; the e-mail link is the first sign-in method.

    Called inside `write_transaction`, with its *session*. *email* is checked already.
    """
    person = session.scalar(select(Person).where(Person.email == email))
    if person is None:
        person = Person(email=email, created_at=now())
        session.add(person)
        session.flush()
        session.add(Identity(person_id=person.id, issuer=LINK_ISSUER, subject=email, linked_at=now()))
    return person


def checked_email(email: str, field: str) -> str:
    """The address as it is stored. Raises Refused for one that is none, naming *field*."""
    tidy = tidy_email(email)
    if not is_email(tidy):
        raise Refused(_("This is not an e-mail address."), field=field)
    return tidy


def find_person(email: str) -> Person:
    """The person with this address, however it is typed. Raises Refused when nobody has it."""
    person = db.session.scalar(select(Person).where(Person.email == tidy_email(email)))
    end_read()
    if person is None:
        raise Refused("Nobody has this e-mail address.")  # only commands ask
    return person


def tidy_email(email: str) -> str:
    """The form in which e-mail addresses of people are stored and compared, however they were typed."""
    return kept_email(email).lower()


def learn_time_zone(session: Session, person_id: int, time_zone: str) -> None:
    """Give a person who is still on UTC, where everybody starts, the zone that the browser names.

    Called inside `write_transaction`, with its *session*. What is no time zone is passed over.
    """
    if is_zone(time_zone):
        session.execute(
            update(Person).where(Person.id == person_id, Person.time_zone == "UTC").values(time_zone=time_zone)
        )
