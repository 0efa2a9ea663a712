"""Every registered source from outside, with its samples: its page, its address, and what is answered there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hubsync.services import now
from hubsync.services.bookings import erasure
from hubsync.services.sources import endpoint_setup
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Source, Webhook
from hubsync.store import db, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.sources import IntakeEndpoint
from hubsync.store.teams import Team
from tests.kit.broken_tables import break_table
from tests.kit.browser import Browser
from tests.kit.intakes import Intake, opened
from tests.kit.page import words
from tests.kit.source_samples import (
    EACH_REGISTERED,
    EACH_SOURCE,
    USUAL_PRESET,
    Sample,
    bookings_of,
    samples_of,
)
from tests.kit.tab import Tab

__all__ = ["opened"]

INTEGRATIONS = "/teams/acme/settings/integrations"
NOT_PROVED = {"error": "proof_missing", "message": "The signature does not fit."}
of_each_source = pytest.mark.parametrize("source", EACH_REGISTERED, ids=lambda each: each.name)


def quick_samples(source: Source) -> list[str]:
    """A booking and a refusal of *source*: its other samples are for the slow tests."""
    refused = [each for each in samples_of(source) if "faults" in each.expected]
    return [each.name for each in (bookings_of(source)[0], refused[0])]


of_each_sample = pytest.mark.parametrize(
    "sample",
    [
        pytest.param(each, marks=[] if each.name in quick else pytest.mark.slow, id=str(each))
        for source in EACH_REGISTERED
        for quick in [quick_samples(source)]
        for each in samples_of(source)
    ],
)


@of_each_sample
def test_a_sample_is_answered_as_expected_and_the_same_when_it_comes_again(opened: Any, sample: Sample) -> None:
    intake = opened(sample.source)
    first = intake.send(intake.prove(sample.body))
    kept = intake.counted()
    again = intake.send(intake.prove(sample.body))
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert intake.counted() == kept
    assert "Set-Cookie" not in first.headers
    if "booking" in sample.expected:
        assert (first.status_code, first.json["state"], kept) == (200, "waiting", [1, 1, 1])
        assert_kept(intake, first.json["delivery"], sample)
        return
    if "several" in sample.expected:
        told = sum("booking" in each for each in sample.expected["several"])
        assert (first.status_code, kept) == (200, [told, told, min(told, 1)])
        return
    assert kept == [0, 0, 0]
    if "ignored" in sample.expected:
        assert (first.status_code, first.json) == (200, sample.expected)
        return
    if "faults" not in sample.expected:  # a change of a booking that never came, a test, a question of the sender
        assert first.status_code == 200
        return
    assert (first.status_code, first.json["error"]) == (422, "body_unreadable")
    assert {each["place"]: each["reason"] for each in first.json["faults"]} == sample.expected["faults"]


def assert_kept(intake: Intake, delivery_id: int, sample: Sample) -> None:
    """The booking of the delivery is the one in *sample*, with a question for each answer."""
    told = sample.expected["booking"]
    with intake.app.app_context():
        booking = db.session.get_one(Delivery, delivery_id).booking
        calendar = booking.calendar
        # Of a source that has several addresses each id belongs to one of them.
        before = f"{db.session.query(IntakeEndpoint).one().number}:" if sample.source.takes_several else ""
        assert (booking.source, booking.external_id) == (sample.source.name, before + told["external_id"])
        assert (calendar.source, calendar.external_id) == (
            sample.source.name,
            before + told["calendar_external_id"],
        )
        assert (booking.guest_name, booking.guest_email) == (told["guest"]["name"], told["guest"]["email"])
        labels = {str(row.id): row.label for row in calendar.questions}
        answered = {labels[key]: value for key, value in booking.answers.items()}
        assert answered.items() >= told["answers"].items()


def test_each_preset_is_taken_at_an_address_of_its_own(opened: Any) -> None:
    sources = [each for each in EACH_SOURCE if each not in EACH_REGISTERED]
    intakes = [opened(each) for each in sources]
    samples = [bookings_of(each)[0] for each in sources]
    states = [intake.send(intake.prove(each.body)) for intake, each in zip(intakes, samples, strict=True)]
    assert [(each.status_code, each.json["state"]) for each in states] == [(200, "waiting")] * len(sources)
    assert intakes[0].counted() == [len(sources)] * 3


@of_each_source
def test_an_address_that_was_removed_answers_as_an_unknown_one_and_its_bookings_stay(
    opened: Any, team: Team, source: Source
) -> None:
    intake = opened(source)
    sent = intake.prove(bookings_of(source)[0].body)
    intake.send(sent)
    kept = intake.counted()
    with intake.app.app_context():
        endpoint_setup.switch(team.id, source.name, on=False)
        endpoint_setup.remove(team.id, source.name)
    answers = [intake.send(sent), intake.send(sent, f"/intake/{source.word}/unknown")]
    assert [(each.status_code, each.json) for each in answers] == [(401, NOT_PROVED)] * 2
    assert (intake.counted(), intake.listed()) == (kept, 0)


@of_each_source
def test_what_is_not_proved_gets_one_answer_and_is_stored_nowhere(opened: Any, source: Source) -> None:
    intake = opened(source)
    body = bookings_of(source)[0].body
    good, nothing = intake.prove(body), Webhook(body)
    answers = [
        intake.send(nothing),
        intake.send(intake.prove(body, "other")),
        intake.send(Webhook(body, dict.fromkeys(good.headers, "nonsense"), dict.fromkeys(good.query, "nonsense"))),
        intake.send(good, f"/intake/{source.word}/unknown"),
        intake.send(nothing, f"/intake/{source.word}/unknown"),
        intake.send(Webhook(b"{", good.headers, {}), f"/intake/{source.word}/unknown"),
        *(intake.send(good, intake.path.replace(source.word, each.word)) for each in others(source)),
    ]
    if source.prove("s", b"1", now()) != source.prove("s", b"1", now() + timedelta(days=1)):
        old = source.prove(intake.secret, body, now() - timedelta(days=1))
        answers.append(intake.send(old))
    assert [(each.status_code, each.json) for each in answers] == [(401, NOT_PROVED)] * len(answers)
    assert intake.counted() == [0, 0, 0]
    assert intake.send(good).status_code == 200


def others(source: Source) -> list[Source]:
    return [each for each in SOURCES.values() if each is not source]


@of_each_source
def test_without_a_secret_that_can_be_opened_it_is_asked_to_come_again(opened: Any, source: Source) -> None:
    intake = opened(source)
    body = bookings_of(source)[0].body
    with intake.app.app_context(), write_transaction() as session:
        session.query(IntakeEndpoint).update({"secret_sealed": "another key's"})
    for webhook in (intake.prove(body), Webhook(body)):
        answer = intake.send(webhook)
        assert (answer.status_code, answer.json["error"]) == (503, "secret_unreadable")
    assert intake.counted() == [0, 0, 0]


@of_each_source
def test_while_the_database_fails_it_is_asked_to_come_again(opened: Any, source: Source) -> None:
    intake = opened(source)
    webhook = intake.prove(bookings_of(source)[0].body)
    with intake.app.app_context(), write_transaction() as session:
        break_table(session, "intake_endpoints")
    answer = intake.send(webhook)
    assert (answer.status_code, answer.json["error"]) == (503, "booking_not_kept")


@of_each_source
def test_a_new_secret_takes_the_place_of_the_old_one_after_a_day(opened: Any, team: Team, source: Source) -> None:
    intake = opened(source)
    body = bookings_of(source)[0].body
    with intake.app.app_context():
        new = endpoint_setup.renew_secret(team.id, source.name)
    assert intake.send(intake.prove(body)).status_code == 200
    assert intake.send(intake.prove(body, new)).status_code == 200
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert intake.send(intake.prove(body)).status_code == 401
        assert intake.send(intake.prove(body, new)).status_code == 200


@of_each_source
def test_a_guest_of_any_source_can_be_erased_and_the_same_booking_brings_nothing_back(
    opened: Any, team: Team, source: Source
) -> None:
    intake = opened(source)
    sample = bookings_of(source)[0]
    first = intake.send(intake.prove(sample.body))
    with intake.app.app_context():
        assert erasure.erase_guest(sample.expected["booking"]["guest"]["email"], team.id) == (1, 0)
    again = intake.send(intake.prove(sample.body))
    assert (again.status_code, again.json) == (200, first.json)
    assert intake.counted()[:2] == [0, 0]


@of_each_source
def test_a_source_has_its_card_and_its_page_with_its_words(owner: Browser, source: Source) -> None:
    listed = owner.open(INTEGRATIONS)
    page = f"{INTEGRATIONS}/{source.name.replace('_', '-')}"
    card = listed.select_one(f"a.card-link[href='{page}']")
    assert card is not None
    assert words(card) == f"{source.label} not set up {source.summary}"
    shown = owner.open(page)
    assert words(shown.select_one("h1")) == source.label
    assert source.subtitle in words(shown)
    if source.api is not None and source.api.is_only_way:
        assert shown.select_one("ol.steps input[name=token]") is not None
        return
    tab = Tab(owner).open(page)
    chosen = f"preset={USUAL_PRESET}" if source.configure else ""
    tab.press("Add", sends=chosen) if source.takes_several else tab.press("Make a")
    address = tab.page.select_one("#address")
    assert f"/intake/{source.word}/" in str(address["value"])
    assert address.find_parent("section").select_one("ol.steps") is not None
    state = "secret missing" if source.entered_secret else "ready"
    own_page = f"{page}/1" if source.takes_several else page
    link = owner.open(INTEGRATIONS).select_one(f"a[href='{own_page}']")
    assert state in words(link.find_parent("li") if source.takes_several else link)
    assert source.label in words(owner.open(f"{own_page}/secret"))
