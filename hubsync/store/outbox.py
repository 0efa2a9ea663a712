"""Table of the outbox: every mail that is to leave, written down in the unit of writing that gives its reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.mails import MailKind, MailState
from hubsync.store import Base
from hubsync.store.bookings import BookingRecord
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.people import Person
from hubsync.store.sealed_text import Sealed


class OutboxMail(Base):
    """One mail; its *key* makes the same mail twice impossible for as long as the row is kept.

    It goes with its team, with the person it is for and with the booking it tells of. *content_sealed* is what it
    is made of, as JSON; it is emptied when the mail has left or never will. *next_try_at* is None from then on,
    and *settled_at* is when that was. It is not sent before *not_before*, and *not_after* is when it would be of
    no use any more. *tries* counts those that began, the last one at *tried_at*: a notice tells what had happened
    until then, and *number* is of how many deliveries. *handing_over_at* is when a worker was about to hand the
    mail over: from then on nobody knows whether it was accepted, until the worker says so. *unconfirmed* is a mail
    that counts as sent although the server's answer to it is not known. *fault* is why it could not be sent the
    last time, a `MailFailure`.
    """

    __tablename__ = "outbox_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MailKind] = mapped_column(enum_text(MailKind, 32))
    key: Mapped[str] = mapped_column(String(400), unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)
    content_sealed: Mapped[Sealed]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    number: Mapped[int] = mapped_column(default=0, server_default="0")
    worker: Mapped[str] = mapped_column(String(64), default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handing_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unconfirmed: Mapped[bool] = mapped_column(default=False, server_default=false())
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    fault: Mapped[str] = mapped_column(String(64), default="")

    person: Mapped[Person | None] = relationship()
    booking: Mapped[BookingRecord | None] = relationship()

    @property
    def state(self) -> MailState:
        """What has become of it."""
        if self.sent_at is not None:
            return MailState.SENT
        return MailState.WAITING if self.settled_at is None else MailState.GIVEN_UP
