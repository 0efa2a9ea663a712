"""Tables of teams, members, invitations, the audit trail and the endpoints of booking sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.languages import LONGEST_LANGUAGE
from hubsync.domain.plans import Plan
from hubsync.domain.roles import Role
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.people import OneTimeLink, Person


class Team(Base):
    """The space that owns calendars and one HubSpot connection.

    *own_free_domains* are the e-mail domains that belong to no company for this team, beside those that belong to
    none for everybody; normalised and sorted. Guests read *responsible_name* and
    *privacy_notice*, a link or a text, on booking pages; empty ones are not shown.
    *parent_sites* are the origins of sites that may show booking pages inside their own. *blocked_guests* are the
    addresses and domains whose bookings the pages do not take (`hubsync.domain.blocked_guests`). *language* is the
    catalogue of what is written to the team and not to one person, empty for the owner's. *listed_scopes* are the
    optional scopes that the installation's app in HubSpot is said to list.
    """

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    plan: Mapped[Plan] = mapped_column(enum_text(Plan))
    own_free_domains: Mapped[list[str]] = mapped_column(JSON, default=list)
    responsible_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    privacy_notice: Mapped[str] = mapped_column(String(500), default="", server_default="")
    parent_sites: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    blocked_guests: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    language: Mapped[str] = mapped_column(String(LONGEST_LANGUAGE), default="", server_default="")
    listed_scopes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Membership(Base):
    """A person's role in a team: owner, administrator or member; never two owners."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("team_id", "person_id"),
        Index(
            "ix_memberships_one_owner",
            "team_id",
            unique=True,
            sqlite_where=text("role = 'owner'"),
            postgresql_where=text("role = 'owner'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(enum_text(Role))

    team: Mapped[Team] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")


class Invitation(Base):
    """A place in a team offered to an address, by a mailed link that is good once and for seven days.

    Only the SHA-256 of the link's 256-bit token is kept. An invitation that is accepted or withdrawn is deleted.
    """

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("team_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320), index=True)
    role: Mapped[Role] = mapped_column(enum_text(Role))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship(lazy="joined")
    invited_by: Mapped[Person | None] = relationship(lazy="joined")


class InvitationClaim(OneTimeLink):
    """Somebody wants to join by an invitation without having shown that its address is theirs.

    The link is mailed to the invited address, and lets in who asked: *person_id*, or, when nobody was signed
    in, the person with that address. *invitation_hash* is the token's of the invitation, which is another when
    it is sent again.
    """

    __tablename__ = "invitation_claims"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"), index=True)
    invitation_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))


class AuditEntry(Base):
    """Who did what in a team, when; written in the same transaction as the action and never changed.

    *action* is one of `hubsync.domain.audit.AuditAction`. *person_shown* keeps the name when the person is gone;
    empty means that HubSync did it by itself. *details* has no secret and no guest's answer.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_team_recent", "team_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    person_shown: Mapped[str] = mapped_column(String(320), default="")
    action: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
