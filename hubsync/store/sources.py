"""Tables of booking sources: the addresses they send to, what came there lately, and their own APIs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.comparisons import ComparisonState
from hubsync.domain.received import Result
from hubsync.domain.subscriptions import Intent, SubscriptionState
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.sealed_text import Sealed
from hubsync.store.teams import Team


class IntakeEndpoint(Base):
    """Where one booking source of a team posts: ``/intake/<word of the source>/<token>``.

    The token only finds the row; the proof is made with the secret (sealed for ``intake:<id>``). After a change
    the former one counts until *former_until*, and so does *former_token* where the address changed with it.
    *number* tells the addresses of one source apart of which a team
    may have several, *name* is what a person calls one. *options* are those of `Source.configure` and hold no
    secret. *sample_sealed* (for ``intake:<id>:sample``, or ``:pasted``) is the body of *sample_at* that fields are
    taught by, until they are.
    """

    __tablename__ = "intake_endpoints"
    __table_args__ = (UniqueConstraint("team_id", "source", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    token: Mapped[str] = mapped_column(String(64), unique=True)
    secret_sealed: Mapped[Sealed] = mapped_column(default="")
    former_sealed: Mapped[Sealed] = mapped_column(default="", server_default="")
    former_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    former_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    sample_sealed: Mapped[Sealed] = mapped_column(default="", server_default="")
    sample_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship(lazy="joined")


class RemovedNumber(Base):
    """The highest number of an address of a source that a team removed.

    No other address gets it again: it stands before the ids of the bookings that came there, which stay.
    """

    __tablename__ = "removed_intake_numbers"

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int]


class ReceivedWebhook(Base):
    """One line of what came to an address lately: kept to the last 100 and for 30 days.

    *event* is what it told of a booking, *faults* are the places of a bad proof, or those that could not be read,
    with the reasons, or why it was left alone, without a place; none of them repeats what a guest typed. *times*
    counts what came *last_at* without its proof, so that a flood of it is one line.
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


class SourceAccount(Base):
    """A team's account at the source of an endpoint, by the token of its API that a person pasted.

    The token is sealed for ``source-account:<endpoint id>``. *account*, *shown*, *scope* and *details* say whose
    it is (`sources/client.AccountHolder`). *intent* is what a person last asked for, *subscription_id* the
    source's own record that it sends to us, "" while there is none, and *former_id* one that is to be ended as
    soon as the new one is there. *next_check_at* is when the source is asked next, *tries* counts what was tried
    in vain since it last answered, *worker* and *worker_until* are the lease of whoever asks it. *problem_code* is
    what keeps it from being as it should, *problem_said* what the source wrote about that, and *renewed_at* when a
    subscription that had ended at the source was last made anew without anybody's doing.
    """

    __tablename__ = "source_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("intake_endpoints.id", ondelete="CASCADE"), unique=True)
    token_sealed: Mapped[Sealed] = mapped_column(default="")
    account: Mapped[str] = mapped_column(String(255))
    shown: Mapped[str] = mapped_column(String(255))
    scope: Mapped[str] = mapped_column(String(255), default="")
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    connected_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    intent: Mapped[Intent] = mapped_column(enum_text(Intent))
    subscription_id: Mapped[str] = mapped_column(String(255), default="")
    subscription_state: Mapped[SubscriptionState | None] = mapped_column(enum_text(SubscriptionState))
    former_id: Mapped[str] = mapped_column(String(255), default="")
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    problem_code: Mapped[str] = mapped_column(String(64), default="")
    problem_said: Mapped[str] = mapped_column(String(255), default="")
    problem_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(64), default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    endpoint: Mapped[IntakeEndpoint] = relationship(lazy="joined")


class SourceComparison(Base):
    """How far the comparison with the source's own list is, and what the ones before have found.

    While it is running, *cursor* is its place in the list of appointments from *since* to *until*, *seen* and
    *found* count up to there, and *page_at* is when that place was reached: what was found on the page behind it
    is what has been made since then. *found_in_all* adds up all comparisons. *next_at* is when the next page is
    read, or the next comparison begins. *fault_code* is what the last one met, *tries* how often.
    """

    __tablename__ = "source_comparisons"

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("intake_endpoints.id", ondelete="CASCADE"), unique=True)
    state: Mapped[ComparisonState] = mapped_column(enum_text(ComparisonState))
    cursor: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    page_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    found_in_all: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    fault_code: Mapped[str] = mapped_column(String(64), default="")
    worker: Mapped[str] = mapped_column(String(64), default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    endpoint: Mapped[IntakeEndpoint] = relationship(lazy="joined")


class SourceSilence(Base):
    """Whether a source of a team is quiet for longer than is usual for it, as it was when it was last looked at.

    *since* is when its last booking came, None while it is not silent; *noticed_at* is when that was noticed.
    *watched_since* is since when it has been looked at without a break: its address was switched on, and HubSync
    ran.
    """

    __tablename__ = "source_silences"
    __table_args__ = (UniqueConstraint("team_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noticed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    watched_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
