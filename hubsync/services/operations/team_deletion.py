"""Deletion of a team with everything it has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete, func, select

from hubsync.domain.connections import ConnectionState
from hubsync.domain.roles import Action
from hubsync.domain.security_events import SecurityEvent
from hubsync.services.connection.disconnection import disconnect
from hubsync.services.posting.forgotten_companies import forget
from hubsync.services.security_log import write_after_commit
from hubsync.services.sources.subscriptions import end_all
from hubsync.services.teams.members import require
from hubsync.services.teams.ownership import check_typed_name
from hubsync.store import db, lock_in_order, retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.deliveries import LOCKED, Delivery
from hubsync.store.fillings import RecordClaim
from hubsync.store.mappings import CachedProperties
from hubsync.store.owners import KnownOwner, OwnerReading
from hubsync.store.teams import Membership, Team

AT_ONCE = 500  # bookings in one transaction: others write in between


@dataclass(frozen=True)
class TeamContents:
    """What goes with the team. *connected_to* names the HubSpot account, empty when there is none."""

    calendars: int
    deliveries: int
    others: int
    connected_to: str


def count_belongings(team_id: int) -> TeamContents:
    """What the team has at this moment; *others* are the people in it but the owner."""
    connection = db.session.scalar(
        select(Connection).where(Connection.team_id == team_id, Connection.state != ConnectionState.DISCONNECTED)
    )
    return TeamContents(
        calendars=_count(Calendar, team_id),
        deliveries=_count(Delivery, team_id),
        others=_count(Membership, team_id) - 1,
        connected_to=(connection.account_name or connection.hubspot_account_id) if connection else "",
    )


def delete_team(team_id: int, typed_name: str, *, by: int) -> None:
    """Leave HubSpot and booking sources as far as they let us, then delete all the team has; the people stay.

    The bookings go in portions, so that a large team does not hold up the others; should that break off, the team
    is still there and can be deleted again. What HubSync remembered of a HubSpot account goes when no other team
    uses it. Raises RoleTooLow unless *by* is the owner, Refused for a name that is not the team's.
    """
    with write_transaction() as session:
        require(session, team_id, by, Action.DELETE_TEAM)
        check_typed_name(session.get_one(Team, team_id), typed_name)
    disconnect(team_id)
    end_all(team_id)
    while retry_on_conflict(partial(_delete_bookings, team_id)):  # news of one may come meanwhile
        pass
    retry_on_conflict(partial(_delete, team_id, by))


def _delete(team_id: int, by: int) -> None:
    with write_transaction() as session:
        require(session, team_id, by, Action.DELETE_TEAM)
        account = session.scalar(select(Connection.hubspot_account_id).where(Connection.team_id == team_id))
        session.execute(delete(Team).where(Team.id == team_id))
        write_after_commit(session, SecurityEvent.ACCESS_CHANGED, person=by, team=team_id, what="team_deleted")
        known = select(func.count(Connection.id)).where(Connection.hubspot_account_id == account)
        if account is not None and session.scalars(known).one() == 0:
            forget(session, KnownCompany.hubspot_account_id == account)
            for each in (CachedProperties, KnownOwner, OwnerReading, RecordClaim):
                session.execute(delete(each).where(each.hubspot_account_id == account))


def _delete_bookings(team_id: int) -> bool:
    """Delete a portion of the team's bookings with their deliveries; whether there were any."""
    with write_transaction() as session:
        portion = select(BookingRecord.id).where(BookingRecord.team_id == team_id).limit(AT_ONCE)
        ids = session.scalars(portion).all()
        # As whoever erases bookings does it: the deliveries first, by id.
        lock_in_order(session, LOCKED.where(Delivery.booking_id.in_(ids)))
        session.execute(delete(BookingRecord).where(BookingRecord.id.in_(ids)))
    return bool(ids)


def _count(what: type[Calendar] | type[Delivery] | type[Membership], team_id: int) -> int:
    return db.session.scalars(select(func.count(what.id)).where(what.team_id == team_id)).one()
