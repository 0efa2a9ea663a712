"""A sender that nobody knows: its first body is kept, asked for again, taught by, and comes in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hubsync.domain.received import Result
from hubsync.errors import BodyUnreadable, NotFound, ProofMissing
from hubsync.services import now, tools
from hubsync.services.sources import endpoint_setup, received, samples
from hubsync.services.sources.intake import Intake, Received
from hubsync.services.sources.teaching import save_options
from hubsync.sources.registry import SOURCES
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.sources import IntakeEndpoint

SOURCE = SOURCES["signed_webhook"]
BODY = {
    "ref": "b-7",
    "who": {"mail": "mika@acme.co.jp", "called": "Mika Sato"},
    "when": "2026-12-08T10:00:00+09:00",
    "fields": [{"label": "Topic", "value": "Price"}],
}
TAUGHT = {
    "preset": "another",
    "teaching": {
        "id": [["ref"]],
        "start": [["when"]],
        "email": [["who", "mail"]],
        "name": [["who", "called"]],
        "answers": [{"at": ["fields"], "label": [["label"]], "value": [["value"]]}],
    },
}


class Untaught:
    """An address of Acme for a sender that nobody knows, and somebody who knows its secret."""

    def __init__(self, team_id: int) -> None:
        self.team_id = team_id
        self.secret = endpoint_setup.add_endpoint(team_id, SOURCE.name, options={"preset": "another"}).secret

    @property
    def row(self) -> IntakeEndpoint:
        return db.session.query(IntakeEndpoint).populate_existing().one()

    def send(self, body: Any = BODY, secret: str = "") -> Received:
        raw = json.dumps(body).encode()
        proof = SOURCE.prove(secret or self.secret, raw, now())
        intake = Intake(SOURCE)
        try:
            return intake.receive(self.row.token, raw, proof.headers, proof.query)
        finally:
            assert intake.endpoint_id is not None
            received.note(intake.endpoint_id, intake.line)

    def save(self, options: Any = TAUGHT, *, take_sample: bool = True) -> Received | None:
        return save_options(self.team_id, SOURCE.name, 1, options, by=self.row.team_id, take_sample=take_sample)

    def results(self) -> list[Result]:
        return [each.result for each in received.list_received(self.row.id)]


@pytest.fixture
def untaught(acme: Any) -> Untaught:
    return Untaught(acme.team_id)


def sent_in_vain(untaught: Untaught, body: Any = BODY) -> None:
    with pytest.raises(BodyUnreadable, match="not been taught"):
        untaught.send(body)


def test_what_comes_before_it_is_taught_is_kept_sealed_and_asked_for_again(untaught: Untaught) -> None:
    sent_in_vain(untaught)
    sent_in_vain(untaught, {**BODY, "ref": "b-8"})
    sent_in_vain(untaught, {**BODY, "ref": "b-8"})
    first, second = (json.dumps({**BODY, "ref": each}).encode() for each in ("b-7", "b-8"))
    assert samples.find_sample(untaught.row.id) == samples.Sample(first, was_sent=True, later=(second,))
    assert "acme.co.jp" not in untaught.row.sample_sealed
    assert untaught.results() == [Result.SAMPLED] * 3
    assert db.session.query(BookingRecord).count() == 0


def test_the_first_body_that_is_sent_takes_the_place_of_one_that_was_pasted(untaught: Untaught) -> None:
    samples.keep_pasted(untaught.row.id, b'{"pasted": 1}')
    sent_in_vain(untaught)
    assert samples.find_sample(untaught.row.id) == samples.Sample(json.dumps(BODY).encode(), was_sent=True)
    assert untaught.results() == [Result.SAMPLED]


def test_a_bad_proof_and_a_broken_body_make_no_sample(untaught: Untaught) -> None:
    with pytest.raises(ProofMissing):
        untaught.send(secret="another")
    with pytest.raises(BodyUnreadable):
        untaught.send("no object")
    assert samples.find_sample(untaught.row.id) is None
    assert untaught.results() == [Result.UNREADABLE, Result.NOT_PROVED]


def test_an_address_that_is_switched_off_keeps_no_sample(untaught: Untaught) -> None:
    endpoint_setup.switch(untaught.team_id, SOURCE.name, on=False)
    for body in (BODY, "no object"):
        assert untaught.send(body).ignored
    with pytest.raises(ProofMissing):
        untaught.send(secret="another")
    assert samples.find_sample(untaught.row.id) is None
    assert untaught.results() == [Result.NOT_PROVED, Result.DISABLED, Result.DISABLED]


def test_what_was_kept_comes_in_when_it_is_taught_and_once(untaught: Untaught) -> None:
    sent_in_vain(untaught)
    taken = untaught.save()
    assert taken is not None
    assert untaught.send() == taken  # its sender repeats it
    booking = db.session.query(BookingRecord).one()
    assert (booking.external_id, booking.guest_email, booking.guest_name) == (
        "1:b-7",
        "mika@acme.co.jp",
        "Mika Sato",
    )
    assert "Price" in booking.answers.values()
    assert samples.find_sample(untaught.row.id) is None
    assert untaught.results() == [Result.REPEATED, Result.BOOKED, Result.SAMPLED]


def test_what_was_pasted_teaches_and_comes_in_for_nobody(untaught: Untaught) -> None:
    samples.keep_pasted(untaught.row.id, json.dumps(BODY).encode())
    assert untaught.save(take_sample=True) is None
    assert db.session.query(BookingRecord).count() == 0
    assert untaught.send({**BODY, "ref": "b-9"}).delivery_id


def test_a_teaching_that_does_not_read_the_sample_is_not_saved(untaught: Untaught) -> None:
    sent_in_vain(untaught)
    wrong = {"preset": "another", "teaching": {**TAUGHT["teaching"], "start": [["who", "mail"]]}}  # type: ignore[dict-item]
    with pytest.raises(BodyUnreadable):
        untaught.save(wrong)
    assert untaught.row.options == {"preset": "another"}
    assert samples.find_sample(untaught.row.id) is not None


def test_a_sample_goes_after_thirty_days(untaught: Untaught) -> None:
    sent_in_vain(untaught)
    with time_machine.travel(now() + timedelta(days=29), tick=True):
        samples.forget_old_samples()
        assert untaught.row.sample_sealed
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        samples.forget_old_samples()
        assert not untaught.row.sample_sealed


def test_a_sample_larger_than_any_body_is_refused(untaught: Untaught) -> None:
    with pytest.raises(BodyUnreadable):
        samples.keep_pasted(untaught.row.id, b"x" * 1_048_577)


def test_an_address_that_is_not_there_is_not_taught(untaught: Untaught) -> None:
    with pytest.raises(NotFound):
        save_options(untaught.team_id, SOURCE.name, 2, TAUGHT, by=1, take_sample=False)


def test_all_that_came_before_it_was_taught_comes_in_and_what_is_wrong_with_one_is_listed(
    untaught: Untaught,
) -> None:
    for changes in ({}, {"ref": "b-8"}, {"ref": "b-9", "when": "soon"}, {"ref": "b-10"}):
        sent_in_vain(untaught, {**BODY, **changes})
    assert untaught.save() is not None
    ids = [row.external_id for row in db.session.query(BookingRecord).order_by(BookingRecord.id)]
    assert ids == ["1:b-7", "1:b-8", "1:b-10"]
    assert untaught.results()[:4] == [Result.BOOKED, Result.UNREADABLE, Result.BOOKED, Result.BOOKED]
    assert samples.find_sample(untaught.row.id) is None


def test_of_a_flood_of_bodies_the_first_are_kept(untaught: Untaught) -> None:
    large = {**BODY, "more": "x" * 700_000}
    for number in range(4):
        sent_in_vain(untaught, {**large, "ref": f"b-{number}"})
    kept = samples.find_sample(untaught.row.id)
    assert kept is not None
    assert len(kept.later) == 2  # together more than two bodies of the largest size
    sent_in_vain(untaught, {**BODY, "ref": "small"})
    assert untaught.results()[0] == Result.UNREADABLE
    samples.drop_sample(untaught.row.id)
    for number in range(samples.MOST_SENT + 1):
        samples.keep_sent(untaught.row.id, b'{"ref": %d}' % number)
    kept = samples.find_sample(untaught.row.id)
    assert kept is not None
    assert len(kept.later) == samples.MOST_SENT - 1


def test_a_sample_that_an_earlier_version_kept_is_still_one(untaught: Untaught) -> None:
    row = untaught.row
    with write_transaction() as session:
        sealed = tools().vault.seal(f"intake:{row.id}:sample", json.dumps(BODY))
        session.get_one(IntakeEndpoint, row.id).sample_sealed = sealed
    sent_in_vain(untaught, {**BODY, "ref": "b-8"})
    assert untaught.save() is not None
    assert db.session.query(BookingRecord).count() == 2
