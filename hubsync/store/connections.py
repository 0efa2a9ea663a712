"""Tables of teams' HubSpot accounts, and of Connect attempts under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Select, String, Text, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.store import Base, db
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.people import Person
from hubsync.store.sealed_text import Sealed


class Connection(Base):
    """One per team.

    Tokens are sealed for ``team:<team_id>:access token`` and ``team:<team_id>:refresh token`` and empty while
    disconnected. *refresh_owner* and *refresh_until* are the lease of the one worker that may refresh;
    *refresh_not_before* is when the next refresh may be tried after one that failed in passing.

    *trouble_code* is what the last check or refresh met that is no loss of access, such as ``app_misconfigured``
    or ``permission_missing``; empty when all was well. *trouble_call* is the kind of call that met it, such as
    ``write contacts``, so that only a success of that kind proves it over. *next_check_at* is when the daily check
    is due, *check_until* the lease of the worker that makes it. *warned_for* is the beginning of the idle time
    for which the expiry warning was put into the outbox.

    *circuit_until*: HubSpot did not answer just now, so that first attempts are skipped until then; *unanswered*
    counts the attempts since it answered last, after some of which the background leaves it alone, too.
    *paused_until*: HubSpot takes nothing from this account until then, for the reason *paused_code*: the daily
    limit, or an account that is being moved. *pace_until*: HubSpot answered that it was called too fast,
    and nobody calls until then. *pace* is what each process called lately and is about to call, for the others to
    read; of several connections to one account the first says it (`services/posting/shared_pace`).
    *refused_properties* are those that HubSpot refused whatever their value was: ``{"section", "property",
    "code"}`` each. *watching_since* is since when HubSync only watches: it reads in HubSpot and writes nothing
    there; None while it posts.
    """

    __tablename__ = "connections"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), unique=True)
    state: Mapped[ConnectionState] = mapped_column(enum_text(ConnectionState))
    method: Mapped[ConnectMethod] = mapped_column(
        enum_text(ConnectMethod), default=ConnectMethod.OAUTH, server_default=ConnectMethod.OAUTH.value
    )
    hubspot_account_id: Mapped[str] = mapped_column(String(32), index=True)
    account_name: Mapped[str] = mapped_column(String(255), default="")
    ui_domain: Mapped[str] = mapped_column(String(255), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="", server_default="")
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    connected_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lost_code: Mapped[str] = mapped_column(String(64), default="")
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    access_sealed: Mapped[Sealed] = mapped_column(default="")
    refresh_sealed: Mapped[Sealed] = mapped_column(default="")
    access_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refresh_owner: Mapped[str] = mapped_column(String(64), default="")
    refresh_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refresh_not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble_code: Mapped[str] = mapped_column(String(64), default="", server_default="")
    trouble_call: Mapped[str] = mapped_column(String(64), default="", server_default="")
    trouble_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    check_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    circuit_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unanswered: Mapped[int] = mapped_column(default=0, server_default="0")
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_code: Mapped[str] = mapped_column(String(64), default="", server_default="")
    pace_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_properties: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    pace: Mapped[str] = mapped_column(Text, default="", server_default="")
    watching_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    connected_by: Mapped[Person | None] = relationship(lazy="joined")


def connection_of(team_id: int) -> Connection | None:
    """The team's connection in whatever state, as it is stored now; None when there never was one."""
    query = select(Connection).where(Connection.team_id == team_id)
    return db.session.scalar(query, execution_options={"populate_existing": True})


def locked_connection(team_id: int) -> Select[Connection]:
    """The team's connection, locked until the transaction ends where the database locks rows.

    Only its own row: PostgreSQL refuses to lock what a row may be without, such as the person who connected.
    """
    return select(Connection).where(Connection.team_id == team_id).with_for_update(of=Connection)


class ConnectAttempt(Base):
    """One press on Connect: whose state value it is, for which team. Used once, for ten minutes.

    *watch_only* says that the person wants to look first and write nothing.
    """

    __tablename__ = "connect_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    watch_only: Mapped[bool] = mapped_column(default=False, server_default=false())


class ParkedConnection(Base):
    """Another HubSpot account than the team's, authorized but not taken over before somebody has said so.

    For ten minutes; then, or when the answer is no, its tokens are revoked. They are sealed for
    ``parked:<id>:access token`` and ``parked:<id>:refresh token``. *drop_until* is the lease of the worker that
    revokes them. *watch_only* is as with `ConnectAttempt`.
    """

    __tablename__ = "parked_connections"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    method: Mapped[ConnectMethod] = mapped_column(enum_text(ConnectMethod))
    hubspot_account_id: Mapped[str] = mapped_column(String(32))
    account_name: Mapped[str] = mapped_column(String(255), default="")
    ui_domain: Mapped[str] = mapped_column(String(255), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="")
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    access_sealed: Mapped[Sealed] = mapped_column(default="")
    refresh_sealed: Mapped[Sealed] = mapped_column(default="")
    access_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drop_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    watch_only: Mapped[bool] = mapped_column(default=False, server_default=false())
