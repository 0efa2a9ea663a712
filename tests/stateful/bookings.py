"""Bookings in the random sequences: made, sent again, moved and marked; none is lost and none is doubled."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from hubsync.domain.booking import BookingChange, BookingEvent
from hubsync.services import now
from hubsync.services.bookings.marks import MARKS, mark
from hubsync.services.bookings.moves import write_move
from hubsync.services.posting.meeting_news import note_change
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Attempt, Delivery
from tests.stateful.company_names import COMPANIES, written
from tests.stateful.further_steps import Switch
from tests.stateful.observations import FINAL, Looking

GUESTS = ("mika@acme.com", "Mika@ACME.com", "rei@acme.com", "jun@beta.co.jp", "go@beta.co.jp", "ai@gmail.com", "")
CITIES = ("Kobe", "Nara", "")


def what_guests_say(number: int) -> dict[str, str]:
    """The city of a company, as several guests may say it, and a guest's own phone."""
    return {"city": CITIES[number % 3], "phone": f"+{number}" if number % 4 else ""}


class Bookings(Looking):
    """Mixed into a play: few companies and guests, so that they meet again and again."""

    names: st.SearchStrategy[str]
    on: set[Switch]
    spared: dict[Switch, set[int]]
    final: dict[int, tuple[str, str, str]]

    @initialize(companies=st.lists(st.sampled_from(COMPANIES), min_size=1, max_size=3, unique=True))
    def these_companies_are_booked_for(self, companies: list[str]) -> None:
        self.names = st.sampled_from(["", "なし", *companies]).flatmap(written)

    @rule(data=st.data(), email=st.sampled_from(GUESTS))
    def somebody_books(self, data: st.DataObject, email: str) -> None:
        self.book(data.draw(self.names, label="company"), email)

    @rule(data=st.data(), email=st.sampled_from(GUESTS))
    def somebody_books_above_the_hourly_ceiling(self, data: st.DataObject, email: str) -> None:
        self.book(data.draw(self.names, label="company"), email, held=True)

    def book(self, company: str, email: str, *, held: bool = False) -> None:
        form_id, said = f"form {len(self.forms)}", what_guests_say(len(self.forms))
        answers = {self.acme.asked[name]: value for name, value in said.items()}
        delivery = self.acme.book("Sato Mika", email, company, form_id=form_id, held=held, answers=answers)
        self.forms[form_id] = delivery.id

    @precondition(lambda self: self.forms)
    @rule(data=st.data())
    def send_a_form_again(self, data: st.DataObject) -> None:
        form_id = data.draw(st.sampled_from(sorted(self.forms)))
        assert self.acme.book("Sato Mika", "other@acme.com", "Other", form_id=form_id).id == self.forms[form_id]

    @precondition(lambda self: self.booked())
    @rule(data=st.data(), days=st.integers(1, 3), event=st.sampled_from((*MARKS, BookingEvent.MOVED)))
    def something_happens_to_a_booking(self, data: st.DataObject, days: int, event: BookingEvent) -> None:
        which = data.draw(st.sampled_from(sorted(self.booked())))
        with write_transaction() as session:
            record = session.query(BookingRecord).filter_by(external_id=which).one()
            starts_at = now().replace(microsecond=0) + timedelta(days=days)
            if event is BookingEvent.MOVED:
                write_move(session, record, starts_at, starts_at + timedelta(minutes=30))
            else:
                mark(session, record, BookingChange(record.source, (which,), event))
            note_change(session, record)
            if Switch.MEET in self.on:  # with what has happened since, it may have a meeting from now on
                self.spared[Switch.MEET].discard(
                    session.query(Delivery.id).filter_by(booking_id=record.id).scalar()
                )

    @invariant()
    def every_accepted_booking_is_stored_with_one_delivery(self) -> None:
        stored = db.session.query(BookingRecord.external_id, Delivery.id).join(Delivery).all()
        end_read()
        assert dict(map(tuple, stored)) == self.booked()
        assert len(stored) == len(self.booked())

    @invariant()
    def a_finished_delivery_stays_as_it_is(self) -> None:
        for each in self.deliveries():
            told = (each.state, each.company_id, each.contact_id)
            if each.state in FINAL:
                assert self.final.setdefault(each.id, told) == told
            assert each.id not in self.final or each.state in FINAL

    @invariant()
    def nothing_is_tried_of_what_is_held(self) -> None:
        held = [each.id for each in self.deliveries() if each.state == "held"]
        assert db.session.query(Attempt).filter(Attempt.delivery_id.in_(held)).count() == 0
        end_read()
