"""Tables of booking sources: the addresses they send to, and what came there lately."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.received import Result
from hubsync.store import Base, UtcDateTime, enum_text
from hubsync.store.teams import Team


class IntakeEndpoint(Base):
    """Where one booking source of a team posts: ``/intake/<word of the source>/<token>``.

    The token only finds the row; the proof is made with the secret (sealed for ``intake:<id>``). After a change
    the former one counts until *former_until*. *number* tells the addresses of one source apart of which a team
    may have several, *name* is what a person calls one. *options* are those of `Source.configure` and hold no
    secret. *sample_sealed* (for ``intake:<id>:sample``) is the body that fields are taught by, until they are.
    """

    __tablename__ = "intake_endpoints"
    __table_args__ = (UniqueConstraint("team_id", "source", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    token: Mapped[str] = mapped_column(String(64), unique=True)
    secret_sealed: Mapped[str] = mapped_column(default="")
    former_sealed: Mapped[str] = mapped_column(default="", server_default="")
    former_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    sample_sealed: Mapped[str] = mapped_column(default="", server_default="")
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship(lazy="joined")


class ReceivedWebhook(Base):
    """One line of what came to an address lately: kept to the last 100 and for 30 days.

    *event* is what it told of a booking, *faults* the places that could not be read with the reasons; neither
    repeats what a guest typed. *times* counts what came *last_at* for the same bad proof, so that a flood of it
    is one line.
    """

    __tablename__ = "received_webhooks"
    __table_args__ = (Index("ix_received_webhooks_recent", "endpoint_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("intake_endpoints.id", ondelete="CASCADE"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    times: Mapped[int] = mapped_column(default=1)
    result: Mapped[Result] = mapped_column(enum_text(Result))
    event: Mapped[str] = mapped_column(String(100), default="")
    faults: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="SET NULL"), index=True)
