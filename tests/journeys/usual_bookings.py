"""The bookings that `test_out_of_the_box` plays: each course that a booking can take, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import requests
import time_machine

from hubsync.domain.booking import BookingEvent, Guest
from hubsync.services.bookings.completion import take_in
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.replays import replay_missed
from hubsync.store import write_transaction
from hubsync.store.mappings import MappingRecord
from tests.kit.acme import Acme
from tests.kit.replays import person_id, switch
from tests.kit.source_bookings import source_booking

UNREADABLE = {"status": "error", "message": "Something is wrong with it.", "category": "VALIDATION_ERROR"}
VALUE_REFUSED = {
    "status": "error",
    "message": 'Property values were not valid: [{"isValid":false,"message":"way-off was not a valid number.",'
    '"error":"INVALID_INTEGER","name":"lastname","localizedErrorMessage":"no"}]',
    "category": "VALIDATION_ERROR",
    "correlationId": "00000000-0000-0000-0000-000000000000",
}
ACME = ("Sato Mika", "mika@acme.co.jp", "Acme")


@dataclass
class Booked(Acme):
    """The team, at a time that the test turns."""

    clock: time_machine.Coordinates


def seed(acme: Booked, **properties: str) -> None:
    """A company that somebody made by hand before."""
    url = f"{acme.sandbox.url}/sandbox/api/records/companies"
    requests.post(url, json={"properties": properties}, timeout=60).raise_for_status()


def send(acme: Booked, external_id: str, event: BookingEvent = BookingEvent.COMPLETED) -> None:
    """What a booking source tells of a booking in the team's second calendar."""
    booking = source_booking(external_id)
    take_in(acme.team_id, replace(booking, event=event, guest=Guest("Iwa Ota", "iwa@iota.co.jp", "Iota")))


def turn(acme: Booked, *, companies: bool, contacts: bool) -> None:
    """Switch the sections of the calendar's mapping."""
    with write_transaction() as session:
        mapping = session.query(MappingRecord).filter_by(calendar_id=acme.calendar_id).one()
        mapping.companies_on, mapping.contacts_on = companies, contacts


def company_and_contact_are_new(acme: Booked) -> None:
    acme.book(*ACME)


def company_is_remembered(acme: Booked) -> None:
    acme.book("Kato Rei", "rei@acme.co.jp", "Acme")


def contact_is_known(acme: Booked) -> None:
    acme.book(*ACME)


def company_is_known_by_its_domain(acme: Booked) -> None:
    seed(acme, name="Beta Works", domain="beta.co.jp")
    acme.book("Go Ito", "go@beta.co.jp", "ベータ")


def company_is_known_by_its_name(acme: Booked) -> None:
    seed(acme, name="Gamma")
    acme.book("Ai Mori", "ai@gamma.co.jp", "gamma")


def several_companies_have_the_domain(acme: Booked) -> None:
    seed(acme, name="Delta", domain="delta.co.jp")
    seed(acme, name="Delta Japan", domain="delta.co.jp")
    acme.book("Jun Abe", "jun@delta.co.jp", "Delta")


def address_is_of_free_mail(acme: Booked) -> None:
    acme.book("Yu Oda", "yu@gmail.com", "")


def one_value_is_refused(acme: Booked) -> None:
    acme.fault(action="status", status=400, path="/contacts", body=VALUE_REFUSED, times=1)
    acme.book("Emi Ono", "emi@acme.co.jp", "Acme")


def record_is_refused(acme: Booked) -> None:
    acme.fault(action="status", status=400, path="/contacts", body=UNREADABLE, times=1)
    acme.book("Ken Ueda", "ken@acme.co.jp", "Acme")


def permission_is_missing(acme: Booked) -> None:
    acme.fault(action="status", status=403, path="/contacts", times=1)
    acme.book("Rin Endo", "rin@acme.co.jp", "Acme")


def answer_is_lost(acme: Booked) -> None:
    acme.fault(action="drop", when="after", path="/companies", method="POST", skip=1, times=1)
    acme.book("Sho Kudo", "sho@epsilon.co.jp", "Epsilon")
    acme.clock.shift(timedelta(minutes=10))
    run_due()


def booking_is_cancelled(acme: Booked) -> None:
    send(acme, "call")
    send(acme, "call", BookingEvent.CANCELLED)
    send(acme, "gone", BookingEvent.CANCELLED)


def contacts_alone_are_on(acme: Booked) -> None:
    turn(acme, companies=False, contacts=True)
    acme.book("Nao Seki", "nao@zeta.co.jp", "Zeta")


def companies_alone_are_on(acme: Booked) -> None:
    turn(acme, companies=True, contacts=False)
    acme.book("Mei Hara", "mei@eta.co.jp", "Eta")
    acme.book("Mei Hara", "mei@eta.co.jp", "Eta")
    turn(acme, companies=True, contacts=True)


def access_is_lost_and_regained(acme: Booked) -> None:
    switch("lost")
    acme.book("Ryo Imai", "ryo@theta.co.jp", "Theta")
    acme.book("Aya Imai", "aya@theta.co.jp", "Theta")
    switch("connected")
    assert replay_missed(acme.team_id, person_id())
    while work_on_replays():
        pass


CASES: tuple[Callable[[Booked], None], ...] = (
    company_and_contact_are_new,
    company_is_remembered,
    contact_is_known,
    company_is_known_by_its_domain,
    company_is_known_by_its_name,
    several_companies_have_the_domain,
    address_is_of_free_mail,
    one_value_is_refused,
    record_is_refused,
    permission_is_missing,
    answer_is_lost,
    booking_is_cancelled,
    contacts_alone_are_on,
    companies_alone_are_on,
    access_is_lost_and_regained,
)
