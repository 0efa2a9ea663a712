"""Words about records of deliveries that HubSpot does not show any more, because one of them was undone."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hubsync.domain.undoing import UndoFate, UndoPart
from hubsync.services.deliveries.archived_records import Archived, read_archived
from hubsync.services.deliveries.queries import find_meeting
from hubsync.store.deliveries import Delivery
from hubsync.store.undoings import Undoing

GONE_WORDS = {UndoFate.ARCHIVED: _l("archived since"), UndoFate.GONE: _l("no longer in HubSpot")}


def archived_of(delivery: Delivery, undoing: Undoing | None) -> Archived:
    """Which of the records that the delivery names are archived or gone, and whether *undoing* took it apart."""
    meeting = find_meeting(delivery.id)
    ids = (delivery.company_id, delivery.contact_id, meeting.meeting_id if meeting is not None else "")
    own = undoing.parts if undoing is not None else ()
    removed = {
        (UndoPart.ASSOCIATION, each.record_id): UndoFate.REMOVED for each in own if each.fate == UndoFate.REMOVED
    }
    return {**read_archived(delivery.hubspot_account_id, ids), **removed}


def say_archived(archived: Archived, part: UndoPart, record_id: str) -> str:
    """What stands instead of a link to the record; "" where HubSpot has it, as far as is known."""
    return str(GONE_WORDS.get(archived.get((part, record_id), UndoFate.OPEN), ""))
