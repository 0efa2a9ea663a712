"""Removal of an erased guest's contact at HubSpot: looked for by the address, written down before it is removed.

Only a contact whose main address this is, or one that HubSync registered for this guest, is touched: HubSpot finds
contacts by their further addresses too, and these may be somebody else's.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import or_, select, update

from hubsync.domain.audit import AuditAction
from hubsync.domain.guest_erasures import ContactFate, ContactWish
from hubsync.domain.meetings import has_mark
from hubsync.domain.outcomes import Outcome
from hubsync.domain.retries import DELIVERIES
from hubsync.domain.searching import email_as_searched
from hubsync.errors import HubSyncError, RecordGone
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.meetings import MOST_READ
from hubsync.hubspot.records import FoundContact
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.bookings.erasure import of_guest
from hubsync.services.connection.api_access import with_access
from hubsync.services.teams.audit import record
from hubsync.store import changed, db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.guest_erasures import GuestErasure
from hubsync.store.leases import is_over
from hubsync.store.mappings import MappingRecord

ASKING_SECONDS = 10.0
"""For both calls together; so long somebody waits for the page."""
WHILE_ASKING = DELIVERIES.pauses[0]
"""A process that was killed while it asked holds up the next try for so long."""
LONGEST_PAUSE = max(DELIVERIES.pauses)


def registered_contacts(email: str, team_id: int, account_id: str) -> Sequence[str]:
    """The contacts of this account that HubSync registered for the guest."""
    query = select(Delivery.contact_id).where(
        of_guest(email, team_id), Delivery.contact == Outcome.CREATED, Delivery.hubspot_account_id == account_id
    )
    found = sorted(set(db.session.scalars(query.where(Delivery.contact_id != ""))))
    end_read()
    return found


def settle(erasure_id: int, email: str) -> bool:
    """Ask HubSpot once, unless somebody does or it is too early; whether the contact's fate is decided."""
    moment = now()
    free = is_over(GuestErasure.next_try_at, moment, LONGEST_PAUSE)
    unsettled = (GuestErasure.id == erasure_id, GuestErasure.contact_fate == ContactFate.OPEN)
    with write_transaction() as session:
        mine = {"next_try_at": moment + WHILE_ASKING, "tries": GuestErasure.tries + 1}
        if not changed(session, update(GuestErasure).where(*unsettled, free).values(mine)):
            return False
    row = db.session.get_one(GuestErasure, erasure_id, populate_existing=True)
    end_read()
    try:
        fate, code = _ask(row, email), ""
    except HubSyncError as fault:
        code = fault.code
        is_last = fault.permanent or DELIVERIES.is_last(row.tries)
        fate = ContactFate.REFUSED if is_last else ContactFate.OPEN
    with write_transaction() as session:
        again = DELIVERIES.next_try(row.tries, now()) if fate is ContactFate.OPEN else None
        values = {"contact_fate": fate, "fault_code": code, "next_try_at": again}
        if changed(session, update(GuestErasure).where(*unsettled).values(values)) and fate is ContactFate.DONE:
            account = row.hubspot_account_id
            record(session, row.team_id, row.asked_by_id, AuditAction.CONTACT_ERASED, account=account)
    return fate is not ContactFate.OPEN


def _ask(erasure: GuestErasure, email: str) -> ContactFate:
    deadline = Deadline.after(ASKING_SECONDS)
    erasure_id, team_id, account_id = erasure.id, erasure.team_id, erasure.hubspot_account_id
    wish, registered, was_asked = (
        erasure.contact_wish,
        erasure.registered_ids,
        erasure.asked_hubspot_at is not None,
    )
    puts_on_timeline = _puts_on_timeline(team_id)
    end_read()

    def call(client: HubSpotClient) -> ContactFate:
        contact = client.find_contact(email, deadline)
        if contact is None:
            return ContactFate.DONE if was_asked else ContactFate.NOT_THERE
        if not _is_theirs(contact, email, registered):
            return ContactFate.NOT_THEIRS
        client.require_writing()
        _write_before(erasure_id)
        if puts_on_timeline:
            _archive_meetings(client, contact.id, deadline)
        try:
            if wish == ContactWish.ERASED:
                client.erase_contact(contact.id, deadline)
            else:
                client.archive_record("contacts", contact.id, deadline)
        except RecordGone:
            if client.find_contact(email, deadline) is not None:  # what is not there is the call
                raise
        return ContactFate.DONE

    return with_access(team_id, deadline, call, account_id)


def _puts_on_timeline(team_id: int) -> bool:
    """Whether meetings were ever switched on in the team."""
    ever = or_(MappingRecord.meetings_on, MappingRecord.meeting_title != "")
    query = select(MappingRecord.id).join(Calendar).where(Calendar.team_id == team_id, ever)
    return db.session.scalar(query.limit(1)) is not None


def _archive_meetings(client: HubSpotClient, contact_id: str, deadline: Deadline) -> None:
    """Archive what HubSync put on the contact's timeline: it names the guest, and would stay on the company's."""
    ids = client.list_meetings("contacts", contact_id, deadline)
    for first in range(0, len(ids), MOST_READ):
        for each in client.read_meetings(ids[first : first + MOST_READ], deadline):
            if has_mark(each.notes):
                with suppress(RecordGone):
                    client.archive_record("meetings", each.id, deadline)


def _is_theirs(contact: FoundContact, email: str, registered: Sequence[str]) -> bool:
    is_main = email_as_searched(contact.email or "") == email_as_searched(email)
    return is_main or contact.id in registered


def _write_before(erasure_id: int) -> None:
    """Write down that the contact may be gone from now on."""
    with write_transaction() as session:
        session.execute(update(GuestErasure).where(GuestErasure.id == erasure_id).values(asked_hubspot_at=now()))
