"""Erasures of guests that a person asks for: written down first, so that a killed process is no end of them.

What stays is a receipt with a salted hash of the address. Whoever is told salt and address can make the same hash.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from sqlalchemy import select, update

from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.guest_erasures import ContactFate, ContactWish
from hubsync.domain.searching import email_as_searched
from hubsync.errors import NotFound, SecretUnreadable
from hubsync.services import now, tools
from hubsync.services.bookings import contact_erasure
from hubsync.services.bookings.erasure import count_guest, erase_guest, of_guest
from hubsync.services.connection.tokens import usable_connection
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.guest_erasures import GuestErasure
from hubsync.store.sealed_text import NOTHING
from hubsync.store.teams import Team

MOST_SHOWN = 20


def hash_of(salt: str, email: str) -> str:
    """The hash of a receipt: SHA-256 of the salt, a colon and the address in lower case, in hex."""
    return fingerprint(f"{salt}:{email_as_searched(email)}")


def begin(email: str, team_id: int, *, by: int | None, wish: ContactWish = ContactWish.LEFT) -> int:
    """Write down that all of this guest is to be erased in the team, and return the erasure's id.

    *by* is None when a command asks for it.

    With a *wish* for the contact at HubSpot NotConnected and its kin are raised while it cannot be asked, and
    nothing is written.
    """
    account_id = "" if wish is ContactWish.LEFT else usable_connection(team_id).hubspot_account_id
    known, salt = email_as_searched(email), secrets.token_hex(16)
    number = count_guest(email, team_id)
    registered = contact_erasure.registered_contacts(email, team_id, account_id) if account_id else []
    end_read()
    with write_transaction() as session:
        erasure = GuestErasure(
            team_id=team_id,
            asked_by_id=by,
            asked_at=now(),
            salt=salt,
            email_hash=hash_of(salt, known),
            bookings=number,
            contact_wish=wish,
            contact_fate=ContactFate.OPEN if account_id else ContactFate.NOT_ASKED,
            hubspot_account_id=account_id,
            registered_ids=registered,
        )
        session.add(erasure)
        session.flush()
        erasure.email_sealed = tools().vault.seal(_place(erasure.id), known)
        return erasure.id


def teams_of_guest(email: str) -> list[tuple[int, str]]:
    """Id and slug of every team that keeps bookings of this guest."""
    kept = select(Delivery.id).where(of_guest(email, None), Delivery.team_id == Team.id).exists()
    found = [
        (row.id, row.slug) for row in db.session.execute(select(Team.id, Team.slug).where(kept).order_by(Team.id))
    ]
    end_read()
    return found


def carry_on(erasure_id: int) -> bool:
    """Erase what is left of the guest, here and then at HubSpot; whether it is over and the address is forgotten.

    False while HubSpot has yet to do its part, and while a booking is being posted at this moment. Doing it twice,
    or in two processes at once, is harmless.
    """
    row = db.session.get(GuestErasure, erasure_id)
    end_read()
    if row is None or row.finished_at is not None:
        return True
    email = tools().vault.open(_place(erasure_id), row.email_sealed)
    is_to_be_asked, is_erased_here = row.contact_fate == ContactFate.OPEN, row.erased_here_at is not None
    team_id, by = row.team_id, row.asked_by_id
    end_read()
    _erased, left = erase_guest(email, team_id, by)
    if left:
        return False
    unfinished = update(GuestErasure).where(GuestErasure.id == erasure_id, GuestErasure.finished_at.is_(None))
    if not is_erased_here:
        with write_transaction() as session:
            session.execute(unfinished.values(erased_here_at=now()))
    if is_to_be_asked and not contact_erasure.settle(erasure_id, email):
        return False
    with write_transaction() as session:
        session.execute(
            unfinished.values(email_sealed=NOTHING, registered_ids=[], next_try_at=None, finished_at=now())
        )
    return True


def carry_on_all(stopped: Callable[[], bool]) -> int:
    """Finish the erasures that a booking under way, or a killed process, has left; return how many.

    One whose address no key opens stays as it is: its receipt says that it has not come to its end.
    """
    finished = 0
    waiting = db.session.scalars(select(GuestErasure.id).where(GuestErasure.finished_at.is_(None))).all()
    end_read()
    for each in waiting:
        if stopped():
            break
        try:
            finished += carry_on(each)
        except SecretUnreadable:
            continue
    return finished


def list_receipts(team_id: int) -> Sequence[GuestErasure]:
    """The newest erasures of the team first."""
    newest = select(GuestErasure).where(GuestErasure.team_id == team_id).order_by(GuestErasure.id.desc())
    return db.session.scalars(newest.limit(MOST_SHOWN)).all()


def find_receipt(team_id: int, erasure_id: int) -> GuestErasure:
    """The erasure as it is stored now. Raises NotFound for one that is another team's, or none."""
    query = select(GuestErasure).where(GuestErasure.team_id == team_id, GuestErasure.id == erasure_id)
    receipt = db.session.scalar(query, execution_options={"populate_existing": True})
    if receipt is None:
        raise NotFound("no such erasure")
    return receipt


def _place(erasure_id: int) -> str:
    return f"guest-erasure:{erasure_id}"
