"""What comes to an address: taken, left alone or refused, and one line of the source's list for each."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from psycopg.errors import UniqueViolation
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from hubsync.domain.booking import BookingChange, BookingEvent
from hubsync.domain.received import Result
from hubsync.errors import BodyUnreadable, BookingNotKept, ProofMissing, Refused, SecretNotEntered
from hubsync.services import now
from hubsync.services.bookings.completion import translate_faults
from hubsync.services.operations.background_jobs import do_due_work
from hubsync.services.sources import endpoint_setup, endpoints, received
from hubsync.services.sources.intake import Intake, Received
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Ignored, Reply, Said, Source
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.sources import IntakeEndpoint, ReceivedWebhook

JSON = SOURCES["signed_json"]
BOOKING = {
    "id": "b-1",
    "event": "booking.completed",
    "calendar": {"id": "c-1", "name": "Intro"},
    "guest": {"name": "Mika Sato", "email": "mika@acme.co.jp"},
    "start": "2026-12-01T10:00:00+09:00",
}


@dataclass
class Address:
    """An endpoint of Acme, and somebody who knows its secret."""

    team_id: int
    source: Source
    secret: str
    number: int = 1

    @property
    def row(self) -> IntakeEndpoint:
        query = db.session.query(IntakeEndpoint).filter_by(source=self.source.name, number=self.number)
        return query.one()

    def send(self, body: Any = BOOKING, secret: str | None = None) -> Received:
        """What is answered to *body*; its line is written as it is after the answer."""
        raw = json.dumps(body).encode()
        proof = self.source.prove(self.secret if secret is None else secret, raw, now())
        intake = Intake(self.source)
        try:
            return intake.receive(self.row.token, raw, proof.headers, proof.query)
        finally:
            assert intake.endpoint_id == self.row.id
            received.note(intake.endpoint_id, intake.line)

    def lines(self) -> list[Result]:
        return [each.result for each in received.list_received(self.row.id)]


@pytest.fixture
def address(acme: Any) -> Address:
    return Address(acme.team_id, JSON, endpoint_setup.make_endpoint(acme.team_id, JSON.name))


def saying(address: Address, said: Said) -> Address:
    """The same address of a source that reads *said* in whatever comes."""
    return replace(address, source=replace(JSON, read=lambda sent: said, read_with=None))


def test_each_webhook_is_a_line_with_its_booking(address: Address) -> None:
    first, again = address.send(), address.send()
    assert first == again
    lines = received.list_received(address.row.id)
    assert [(each.result, each.delivery_id) for each in lines] == [
        (Result.REPEATED, first.delivery_id),
        (Result.BOOKED, first.delivery_id),
    ]


def test_what_cannot_be_read_is_a_line_with_the_places(address: Address) -> None:
    with pytest.raises(BodyUnreadable):
        address.send({**BOOKING, "start": "soon"})
    (line,) = received.list_received(address.row.id)
    assert (line.result, [place for place, _ in line.faults]) == (Result.UNREADABLE, ["start"])
    assert db.session.query(BookingRecord).count() == 0


def test_a_flood_of_bad_proofs_is_one_line_and_drives_no_other_one_out(address: Address) -> None:
    address.send()
    for _ in range(3):
        with pytest.raises(ProofMissing):
            address.send(secret="another")
    newest, booked = received.list_received(address.row.id)
    assert (newest.result, newest.times, booked.result) == (Result.NOT_PROVED, 1, Result.BOOKED)
    with time_machine.travel(now() + timedelta(seconds=6), tick=True), pytest.raises(ProofMissing):
        address.send(secret="another")
    assert db.session.query(ReceivedWebhook.times).filter_by(id=newest.id).scalar() == 4
    with time_machine.travel(now() + timedelta(hours=2), tick=True), pytest.raises(ProofMissing):
        address.send(secret="another")
    assert address.lines() == [Result.NOT_PROVED, Result.NOT_PROVED, Result.BOOKED]


def test_a_flood_of_bad_proofs_is_no_flood_of_writes(address: Address) -> None:
    """The database is written to once at first, and once by the background for all that follow."""
    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(("INSERT INTO received_webhooks", "UPDATE received_webhooks")):
            written.append(statement.split()[0])

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        for _ in range(20):
            with pytest.raises(ProofMissing):
                address.send(secret="another")
        list(do_due_work())
        list(do_due_work())
    finally:
        event.remove(db.engine, "after_cursor_execute", note)
    (line,) = received.list_received(address.row.id)
    assert (line.result, line.times) == (Result.NOT_PROVED, 20)
    assert written == ["INSERT", "UPDATE"]


def test_what_waits_to_be_listed_for_an_address_that_is_gone_keeps_no_other_one_waiting(
    address: Address, acme: Any
) -> None:
    gone = Address(acme.team_id, SOURCES["timerex"], endpoint_setup.make_endpoint(acme.team_id, "timerex"))
    for each in (gone, address):
        for _ in range(2):
            with pytest.raises(ProofMissing):
                each.send(secret="another")
    with write_transaction() as session:
        session.delete(session.merge(gone.row))
    received.list_waiting()
    (line,) = received.list_received(address.row.id)
    assert db.session.query(ReceivedWebhook.times).filter_by(id=line.id).scalar() == 2


def test_the_list_says_why_a_proof_does_not_fit(address: Address) -> None:
    reasons = []
    for secret, hours in (("another", 0), (None, 1)):
        with time_machine.travel(now() - timedelta(hours=hours), tick=False):
            proof = JSON.prove(secret or address.secret, b"{}", now())
        intake = Intake(JSON)
        with pytest.raises(ProofMissing):
            intake.receive(address.row.token, b"{}", proof.headers, proof.query)
        received.note(address.row.id, intake.line)
        received.list_waiting()
        [newest] = received.list_received(address.row.id)
        reasons += newest.faults
    assert [reason for _place, reason in reasons] == [
        "The signature does not fit.",
        "The signature is older or newer than five minutes.",
    ]
    assert {place.partition(",")[0] for place, _reason in reasons} == {"X-HubSync-Signature"}


def test_a_disabled_address_answers_and_takes_nothing(address: Address, acme: Any) -> None:
    endpoint_setup.switch(acme.team_id, JSON.name, on=False)
    assert address.send() == Received(ignored="This address is switched off.")
    assert db.session.query(BookingRecord).count() == 0
    with pytest.raises(ProofMissing):
        address.send(secret="another")
    endpoint_setup.switch(acme.team_id, JSON.name, on=True)
    assert address.send().delivery_id
    assert address.lines() == [Result.BOOKED, Result.NOT_PROVED, Result.DISABLED]


def test_without_the_senders_secret_it_is_asked_to_come_again(acme: Any) -> None:
    address = Address(acme.team_id, JSON, endpoint_setup.make_endpoint(acme.team_id, JSON.name, secret=""))
    with pytest.raises(SecretNotEntered):
        address.send(secret="what the sender shows")
    [[(_place, reason)]] = [each.faults for each in received.list_received(address.row.id)]
    assert reason == "No secret has been entered here yet."
    entered = endpoint_setup.renew_secret(acme.team_id, JSON.name, secret=" what the sender shows ")
    assert entered == "what the sender shows"
    assert address.send(secret=entered).delivery_id


def test_a_sender_that_makes_its_secret_after_a_test_may_try_the_address_out(acme: Any) -> None:
    endpoint_setup.add_endpoint(acme.team_id, "signed_webhook", secret="", options={"preset": "formbricks"})
    row = db.session.query(IntakeEndpoint).filter_by(source="signed_webhook").one()
    formbricks = Address(acme.team_id, endpoints.configured(SOURCES["signed_webhook"], row.options), "")
    assert formbricks.send({"event": "testEndpoint"}).ignored
    finished = {"event": "responseFinished", "data": {}}
    for body in (
        finished,
        {"event": "testEndpoint", "data": finished},
        {"event": "testEndpoint" + " " * 1_000},
        [],
    ):
        with pytest.raises(SecretNotEntered):
            formbricks.send(body)
    endpoint_setup.renew_secret(acme.team_id, "signed_webhook", secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")
    with pytest.raises(ProofMissing):
        formbricks.send({"event": "testEndpoint"}, secret="another")
    assert formbricks.lines()[-1] is Result.TESTED


@pytest.mark.parametrize("secret", [" ", "x" * 501, "two\nlines", "nul\0"])
def test_what_cannot_be_a_secret_is_refused_and_the_old_one_stays(
    address: Address, acme: Any, secret: str
) -> None:
    with pytest.raises(Refused):
        endpoint_setup.renew_secret(acme.team_id, JSON.name, secret=secret)
    assert address.send().delivery_id


def test_a_former_secret_can_be_ended_before_its_day_is_over(address: Address, acme: Any) -> None:
    endpoint_setup.renew_secret(acme.team_id, JSON.name)
    assert address.send().delivery_id
    endpoint_setup.end_former_secret(acme.team_id, JSON.name)
    with pytest.raises(ProofMissing):
        address.send()


def test_a_test_of_the_connection_and_what_is_no_booking_make_none(address: Address) -> None:
    assert saying(address, Ignored("a ping", is_test=True)).send() == Received(ignored="a ping")
    assert saying(address, Ignored("something else")).send() == Received(ignored="something else")
    assert saying(address, Reply({"token": "1"})).send() == Received(reply={"token": "1"})
    assert address.lines() == [Result.REPLIED, Result.IGNORED, Result.TESTED]
    assert db.session.query(BookingRecord).count() == 0


def test_a_change_marks_its_booking_and_one_of_a_booking_that_never_came_is_left_alone(address: Address) -> None:
    missed = saying(address, BookingChange(JSON.name, ("b-1",), BookingEvent.NO_SHOW))
    assert missed.send().ignored
    came = address.send()
    assert missed.send() == came
    assert db.session.query(BookingRecord).one().no_show_at is not None
    assert address.lines() == [Result.NO_SHOW, Result.BOOKED, Result.UNKNOWN_BOOKING]


def test_the_addresses_of_one_source_keep_their_bookings_and_calendars_apart(acme: Any, several: Source) -> None:
    first, second = (
        Address(acme.team_id, several, endpoint_setup.make_endpoint(acme.team_id, several.name), number)
        for number in (1, 2)
    )
    assert first.send().delivery_id != second.send().delivery_id
    assert first.send() == first.send()
    found = db.session.query(Calendar.external_id).filter_by(source=several.name)
    assert sorted(each for (each,) in found) == ["1:c-1", "2:c-1"]


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> Source:
    """A source of which a team may have several addresses."""
    source = replace(JSON, takes_several=True)
    monkeypatch.setitem(SOURCES, JSON.name, source)
    return source


def test_a_hundred_lines_are_kept_of_each_address_and_none_longer_than_thirty_days(address: Address) -> None:
    with write_transaction() as session:
        session.add_all(
            ReceivedWebhook(endpoint_id=address.row.id, received_at=now(), last_at=now(), result=Result.IGNORED)
            for _ in range(150)
        )
    address.send()
    assert db.session.query(ReceivedWebhook).count() == 100
    with time_machine.travel(now() + timedelta(days=29), tick=True):
        received.forget_old()
        assert db.session.query(ReceivedWebhook).count() == 100
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        received.forget_old()
    assert db.session.query(ReceivedWebhook).count() == 0


def test_what_comes_to_an_address_that_another_version_has_set_up_is_asked_for_again(acme: Any) -> None:
    source = SOURCES["signed_webhook"]
    made = endpoint_setup.add_endpoint(acme.team_id, source.name, options={"preset": "of a later version"})
    address = Address(acme.team_id, source, made.secret)
    with pytest.raises(BookingNotKept):
        Intake(source).receive(address.row.token, b"{}", {}, {})


def test_a_conflict_that_comes_again_is_sent_again_and_no_error_of_ours(acme: Any) -> None:
    with pytest.raises(BookingNotKept, match="UniqueViolation") as refused, translate_faults():
        raise IntegrityError("INSERT …", {"guest": "Mika"}, UniqueViolation("Key (external_id)=(b-1) exists"))
    assert "b-1" not in str(refused.value)
