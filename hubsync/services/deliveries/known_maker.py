"""Maker of the records that are surely ours: by it one of another app is told from ours whose answer was lost.

HubSpot does not document how it names an app as the source of a record. Nothing is expected of that here but that
two records of one app have the same source.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import exists, select

from hubsync.domain.outcomes import Outcome
from hubsync.domain.undoing import Maker, UndoPart
from hubsync.errors import AnswerLost
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline
from hubsync.store import db, end_read
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.undoings import Undoing

MOST_READ = 3
"""So many records of other deliveries are looked at for one that is still there."""
_STEPS: Mapping[UndoPart, str] = {UndoPart.CONTACT: "contact", UndoPart.COMPANY: "company"}


def is_in_doubt(delivery_id: int, part: UndoPart) -> bool:
    """Whether HubSpot's answer to a create of this record was lost, so that another app's may pass for ours."""
    step = _STEPS.get(part)
    if step is None:  # a meeting is known by its mark
        return False
    lost = exists().where(
        Attempt.delivery_id == delivery_id, Attempt.code == AnswerLost.code, Attempt.step == step
    )
    found = bool(db.session.scalar(select(lost)))
    end_read()
    return found


def read_known_maker(
    client: HubSpotClient, delivery_id: int, team_id: int, account_id: str, deadline: Deadline
) -> Maker | None:
    """Who made a contact of which HubSpot told us that it did so for us; None where there is none to look at.

    One of a delivery near by, since somebody may have connected the team by another app meanwhile.
    """
    contacts = _contacts_near(delivery_id, team_id, account_id)
    end_read()
    for each in contacts:
        links = client.read_links("contacts", each, deadline, further=False)
        if links is not None and links.id == each and links.maker.source_id:
            return links.maker
    return None


def _contacts_near(delivery_id: int, team_id: int, account_id: str) -> list[str]:
    """The contacts that the nearest deliveries surely made, in either direction by the index of the team's log."""
    lost = exists().where(Attempt.delivery_id == Delivery.id, Attempt.code == AnswerLost.code)
    undone = exists().where(Undoing.delivery_id == Delivery.id, Undoing.undone_at.is_not(None))
    query = select(Delivery.id, Delivery.contact_id).where(
        Delivery.team_id == team_id,
        Delivery.hubspot_account_id == account_id,
        Delivery.contact == Outcome.CREATED,
        Delivery.contact_id != "",
        ~undone,
        ~lost,
    )
    before = query.where(Delivery.id < delivery_id).order_by(Delivery.id.desc())
    after = query.where(Delivery.id > delivery_id).order_by(Delivery.id)
    found = [row for each in (before, after) for row in db.session.execute(each.limit(MOST_READ))]
    found.sort(key=lambda row: abs(row.id - delivery_id))
    return [str(row.contact_id) for row in found[:MOST_READ]]
