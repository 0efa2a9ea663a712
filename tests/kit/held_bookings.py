"""A booking page with an hourly ceiling, its guests, and whoever looks at what is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from hubsync.domain.questions import Part
from hubsync.domain.roles import Role
from hubsync.services.bookings.booking_page import keep_booking, show_booking_page
from hubsync.services.deliveries.search import DeliveryFilter
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership
from hubsync.store.unwanted_bookings import UnwantedBookingRules
from tests.kit.acme import Acme
from tests.kit.clock import at
from tests.kit.free_times import open_always

NOW = datetime(2027, 11, 1, 9, tzinfo=UTC)
STARTS = datetime(2027, 11, 4, 15, tzinfo=UTC)
GUEST, HOST = "jun@guest.co.jp", "owner@acme.example"
HELD = DeliveryFilter(("held",))


def set_ceiling(calendar_id: int, ceiling: int | None) -> None:
    """Let so many bookings an hour pass on the calendar's page; None for any number."""
    with write_transaction() as session:
        session.execute(delete(UnwantedBookingRules).where(UnwantedBookingRules.calendar_id == calendar_id))
        rules = {"hourly_ceiling": ceiling, "typo_hint": False, "work_email_only": False, "version": 1}
        session.add(UnwantedBookingRules(calendar_id=calendar_id, **rules))


@dataclass
class HeldTeam:
    """The team *acme*, whose page offers every fifth minute and has a ceiling; its *first* appointment is then."""

    acme: Acme
    first: datetime = STARTS

    @property
    def by(self) -> Membership:
        """Its owner, who looks at what is held."""
        owner = Membership.team_id == self.acme.team_id, Membership.role == Role.OWNER
        found = db.session.scalars(select(Membership).where(*owner)).one()
        end_read()
        return found

    @classmethod
    def of(cls, acme: Acme, ceiling: int | None = 0, *, made_at: datetime = NOW) -> HeldTeam:
        """With a *ceiling* of 0 every booking is held."""
        with at(made_at):
            open_always(acme.calendar_id)
        set_ceiling(acme.calendar_id, ceiling)
        with write_transaction() as session:
            session.execute(update(Connection).values(connected_at=made_at))
        return cls(acme, STARTS - NOW + made_at)

    def book(self, number: int, email: str = GUEST, form: str = "") -> Delivery:
        """Book the time so many half hours after the first one as a guest does, by the clock as it is."""
        calendar = self.acme.calendar()
        page = show_booking_page(calendar)
        end_read()
        answers = {self.acme.question(Part.NAME).id: "Jun Mori", self.acme.question(Part.EMAIL).id: email}
        starts_at = self.first + timedelta(minutes=30 * number)
        booking = page.make_booking(answers, starts_at, "Europe/Berlin", form or f"form {number}", {})
        return self.delivery(keep_booking(page, booking).id)

    def delivery(self, booking_id: int) -> Delivery:
        found = select(Delivery).where(Delivery.booking_id == booking_id)
        delivery = db.session.scalars(found.execution_options(populate_existing=True)).one()
        end_read()
        return delivery

    def states(self) -> list[str]:
        """The states of all deliveries, in the order in which they came; one that is dismissed has a mark."""
        end_read()  # other processes may have written since
        rows = db.session.query(Delivery).populate_existing().order_by(Delivery.id).all()
        end_read()
        return [each.state + (" dismissed" if each.dismissed_at is not None else "") for each in rows]

    def booking(self, delivery: Delivery) -> BookingRecord:
        found = db.session.get_one(BookingRecord, delivery.booking_id, populate_existing=True)
        end_read()
        return found
