"""Tables of people, their identities, one-time links and sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.languages import LONGEST_LANGUAGE
from hubsync.domain.sign_in_ways import SignInWay
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text


class Person(Base):
    """Somebody who can sign in. *email* is where mail goes, in lower case; it proves nothing by itself.

    *language* is the name of a catalogue, such as ``ja`` or ``zh_Hant``; empty means as the browser asks.
    *browser_language* is the one that the browser asked for when the person was here last, empty for English:
    mails are written in it where no language is chosen.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(LONGEST_LANGUAGE), default="", server_default="")
    browser_language: Mapped[str] = mapped_column(String(LONGEST_LANGUAGE), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def shown(self) -> str:
        """What others call the person: the name, or the address where there is none."""
        return self.name or self.email


class Identity(Base):
    """A sign-in identity: (issuer, subject). A mailed link's issuer is ``e-mail link``, its subject the address.

    *shown* is what the person reads to tell the account from others: the address that the provider named.
    """

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(320))
    shown: Mapped[str] = mapped_column(String(320), default="", server_default="")
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTimeLink(Base):
    """What all one-time links have; of the 256-bit token and of the browser's secret only the SHA-256 is kept.

    *browser_hash* is of the secret in the session of the browser that asked for the link; empty when none did.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SigninLink(OneTimeLink):
    """A link that signs a person in."""

    __tablename__ = "signin_links"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)


class UnconfirmedIdentity(OneTimeLink):
    """An identity that no provider vouched for, until the person proves the address with a mailed link.

    Both are needed: the link's token and the browser's own secret, so that nobody can have a stranger's identity
    confirmed by the owner of the address. *email* is where the link was mailed to: the address that the provider
    named, *shown*, or the invited one of whoever came by an invitation.
    """

    __tablename__ = "unconfirmed_identities"

    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(320))
    email: Mapped[str] = mapped_column(String(320), index=True)
    shown: Mapped[str] = mapped_column(String(320), default="", server_default="")
    name: Mapped[str] = mapped_column(String(200), default="")


class SignIn(Base):
    """A person signed in. Some of the last ones are kept, for the person to see.

    *browser* is as that of a `PersonSession`.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    way: Mapped[SignInWay] = mapped_column(enum_text(SignInWay))
    browser: Mapped[str] = mapped_column(String(200), default="", server_default="")


class PersonSession(Base):
    """A signed-in browser. The row is the session: deleting it ends the session, copied cookies included.

    *proved_at* is when the person last showed who they are: at signing in, or before that at a provider which
    remembers. *browser* is program and system, such as ``Firefox/Linux``; empty when the browser did not say.
    """

    __tablename__ = "person_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    browser: Mapped[str] = mapped_column(String(200), default="", server_default="")

    person: Mapped[Person] = relationship(lazy="joined")
