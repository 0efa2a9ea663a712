"""Records that undoing archived, or found gone: whoever names one does not lead to it any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from hubsync.domain.undoing import UndoFate, UndoPart
from hubsync.store import db
from hubsync.store.deliveries import Delivery
from hubsync.store.undoings import Undoing, UndonePart

Archived = Mapping[tuple[UndoPart, str], UndoFate]
"""What became of records, by their kind and id: `UndoFate.ARCHIVED` or `UndoFate.GONE`; and of an association."""


def read_archived(account_id: str, record_ids: Iterable[str]) -> Archived:
    """Those of the records that undoing any delivery into the account archived or found gone.

    Others met the same company, so that it is not only the delivery that was undone which names it.
    """
    wanted = {each for each in record_ids if each}
    if not (account_id and wanted):
        return {}
    query = (
        select(UndonePart.part, UndonePart.record_id, UndonePart.fate)
        .join(Undoing, Undoing.id == UndonePart.undoing_id)
        .join(Delivery, Delivery.id == Undoing.delivery_id)
        .where(
            UndonePart.record_id.in_(wanted),
            UndonePart.part.in_((UndoPart.CONTACT, UndoPart.COMPANY, UndoPart.MEETING)),
            UndonePart.fate.in_((UndoFate.ARCHIVED, UndoFate.GONE)),
            Delivery.hubspot_account_id == account_id,
        )
    )
    return {(UndoPart(part), record_id): UndoFate(fate) for part, record_id, fate in db.session.execute(query)}
