"""Open failures of a team that need somebody: what a notice reports, and whether one is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select

from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import IN_TROUBLE, DeliveryState
from hubsync.domain.open_troubles import GoneProperty
from hubsync.domain.reasons import Reason
from hubsync.errors import ACCOUNT_TROUBLES, NotConnected, WatchOnly
from hubsync.services import now
from hubsync.services.connection.refused_properties import read_gone
from hubsync.services.notices.source_news import SourceNews, read_source_news
from hubsync.services.teams.plans import has_posting_plan
from hubsync.store import db
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Team

PATIENCE = timedelta(hours=1)
"""How long a delivery may be retried before anybody is told: most of what passes has passed by then."""
WITHOUT_FAULT = (Reason.NOT_ADDED, NotConnected.code, WatchOnly.code)
"""Why a delivery may wait although nothing failed: nobody made a mapping yet, somebody pressed Disconnect, or the
team watches only."""


@dataclass(frozen=True)
class OpenFailures:
    """How many deliveries of a team have *failed*, stand in part (*partial*), are *waiting* for access, or have
    been *retrying* for more than an hour; nobody has dismissed them. *held_back* are those that the account takes
    none of, which is one problem and reported once, however many they are.

    *since* is when the oldest of it began, *latest* when the newest came to need somebody. *lost_code* is why
    access to HubSpot is gone, *trouble_code* the problem of a connection that is still valid; each may be "".
    *gone* are mapped properties that HubSpot takes no more.
    *sources* is what the team has not been told yet of its booking sources.
    """

    failed: int = 0
    partial: int = 0
    waiting: int = 0
    retrying: int = 0
    held_back: int = 0
    since: datetime | None = None
    latest: datetime | None = None
    lost_code: str = ""
    trouble_code: str = ""
    gone: tuple[GoneProperty, ...] = ()
    sources: tuple[SourceNews, ...] = ()

    @property
    def number(self) -> int:
        """How many deliveries that are."""
        return self.needing + self.retrying

    @property
    def any_of_hubspot(self) -> bool:
        """Whether there is more than news of booking sources."""
        of_account = self.lost_code or self.trouble_code in ACCOUNT_TROUBLES
        return bool(self.number or self.held_back or of_account or self.gone)

    @property
    def gone_alone(self) -> bool:
        """Whether every booking reaches HubSpot, if without the value of a property."""
        of_account = self.lost_code or self.trouble_code in ACCOUNT_TROUBLES
        return bool(self.gone) and not (self.number or self.held_back or of_account)

    @property
    def needing(self) -> int:
        """How many of them nothing but a person ends."""
        return self.failed + self.partial + self.waiting

    def give_reason(self, told_until: datetime | None) -> bool:
        """Whether there is a reason for a notice, when the last one told what had happened until *told_until*.

        There is when something failed after that. There is also while bookings wait for access that is still
        lost: every booking shares that fate until somebody presses Connect. What else was told once and is still
        open is shown by the log and on every page, but is no reason for another mail.
        """
        if self.sources:
            return True
        if not (self.number or self.lost_code or self.trouble_code in ACCOUNT_TROUBLES or self.gone):
            return False
        if told_until is None or self.latest is None or self.latest > told_until:
            return True
        return bool(self.lost_code and self.waiting)


def read_open_failures(team_id: int, told_until: datetime | None = None) -> OpenFailures:
    """Look at the team's deliveries, its connection and its sources as they are stored now.

    What was noted of sources until *told_until* was told by the notice before.
    """
    late = now() - PATIENCE
    held_back = and_(Delivery.state == DeliveryState.RETRYING, Delivery.reason.in_(ACCOUNT_TROUBLES))
    told_as = case((held_back, "held_back"), else_=Delivery.state).label("told_as")
    became = func.max(func.coalesce(Delivery.finished_at, Delivery.troubled_at))
    rows = db.session.execute(
        select(
            told_as,
            func.count().label("number"),
            func.min(Delivery.troubled_at).label("first"),
            func.max(Delivery.troubled_at).label("last"),
            became.label("ended"),
        )
        .where(
            Delivery.team_id == team_id,
            Delivery.state.in_(IN_TROUBLE),
            Delivery.dismissed_at.is_(None),
            or_(Delivery.state != DeliveryState.WAITING, Delivery.reason.not_in(WITHOUT_FAULT)),
            or_(Delivery.state != DeliveryState.RETRYING, Delivery.troubled_at <= late, held_back),
        )
        .group_by("told_as")
    ).all()
    numbers = {row.told_as: row.number for row in rows}
    firsts, lasts = [row.first for row in rows], []
    for row in rows:
        if row.told_as in (DeliveryState.FAILED, DeliveryState.PARTIAL):
            lasts.append(row.ended)  # it may have been retried, and told of, long before it failed
        elif row.told_as != "held_back" and row.last is not None:
            lasts.append(row.last + PATIENCE if row.told_as == DeliveryState.RETRYING else row.last)
    lost_code, trouble_code, began, refuses = _read_connection(team_id)
    gone = tuple(read_gone(team_id)) if refuses else ()
    noticed = [each.since for each in gone]
    firsts, lasts = [*firsts, began, *noticed], [*lasts, began, *noticed]
    return OpenFailures(
        **numbers,
        since=min(filter(None, firsts), default=None),
        latest=max(filter(None, lasts), default=None),
        lost_code=lost_code,
        trouble_code=trouble_code,
        gone=gone,
        sources=read_source_news(team_id, told_until),
    )


def _read_connection(team_id: int) -> tuple[str, str, datetime | None, bool]:
    """Why access is gone, its problem, since when somebody has to act, and whether HubSpot refuses properties.

    Nothing of it without the plan.
    """
    row = db.session.execute(
        select(
            Connection.state,
            Connection.lost_code,
            Connection.lost_at,
            Connection.trouble_code,
            Connection.trouble_at,
            Connection.refused_properties,
        )
        .join(Team, Team.id == Connection.team_id)
        .where(Connection.team_id == team_id, has_posting_plan())
    ).one_or_none()
    if row is None:
        return "", "", None, False
    if row.state == ConnectionState.LOST:
        return row.lost_code or row.state, row.trouble_code, row.lost_at, False
    began = row.trouble_at if row.trouble_code in ACCOUNT_TROUBLES else None
    return "", row.trouble_code, began, row.state == ConnectionState.CONNECTED and bool(row.refused_properties)
