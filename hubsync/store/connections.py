"""A team's authorized HubSpot account, and the Connect attempts that are under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.store import Base, UtcDateTime
from hubsync.store.people import Person


class Connection(Base):
    """One per team. *state* is ``connected``, ``lost`` or ``disconnected``.

    Tokens are sealed for ``team:<team_id>:access token`` and ``team:<team_id>:refresh token`` and empty while
    disconnected. *refresh_owner* and *refresh_until* are the lease of the one worker that may refresh.
    """

    __tablename__ = "connections"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    hubspot_account_id: Mapped[str] = mapped_column(String(32))
    account_name: Mapped[str] = mapped_column(String(255), default="")
    ui_domain: Mapped[str] = mapped_column(String(255), default="")
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    connected_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lost_code: Mapped[str] = mapped_column(String(64), default="")
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    access_sealed: Mapped[str] = mapped_column(default="")
    refresh_sealed: Mapped[str] = mapped_column(default="")
    access_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refresh_owner: Mapped[str] = mapped_column(String(64), default="")
    refresh_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    connected_by: Mapped[Person | None] = relationship(lazy="joined")


class ConnectAttempt(Base):
    """One press on Connect: whose state value it is, for which team. Used once, for ten minutes."""

    __tablename__ = "connect_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
