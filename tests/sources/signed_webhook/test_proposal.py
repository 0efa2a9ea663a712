"""Guessed teachings: what is recognised in bodies that nobody knows, and that they read their sample."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources.signed_webhook import configure
from hubsync.sources.signed_webhook.paths import place_of
from hubsync.sources.signed_webhook.pointing import pointed_at
from hubsync.sources.signed_webhook.presets import PRESETS
from hubsync.sources.signed_webhook.proposal import propose
from hubsync.sources.signed_webhook.read import parse, read
from hubsync.sources.teachable import Role
from tests.kit.source_samples import EACH_BOOKING, Sample

SAMPLES = Path("hubsync/sources/signed_webhook/samples")


def recognised(body: Any) -> dict[str, list[str]]:
    teaching = propose(body)
    told = {role.value: [place_of(path) for path in pointed_at(teaching, role)] for role in Role}
    return {role: places for role, places in told.items() if places}


@pytest.mark.parametrize("sample", EACH_BOOKING, ids=str)
def test_a_proposal_reads_the_sample_of_every_sender(sample: Sample) -> None:
    """Of senders that have readers or presets of their own: the proposal knows none of them."""
    body = parse(sample.body)
    assert isinstance(read(body, propose(body), ""), Booking)


@pytest.mark.parametrize(
    "name",
    [
        *("typeform/form_response", "tally/FORM_RESPONSE", "formbricks/responseFinished", "opnform/submission"),
        *("savvycal/event.created", "zoom/scheduler.scheduled_event_created", "jicoo/guest_booked"),
    ],
)
def test_a_proposal_finds_the_guest_and_the_time_that_the_preset_does(name: str) -> None:
    body = parse((SAMPLES / f"{name}.json").read_bytes())
    said = read(body, propose(body), "")
    told = read(body, PRESETS[name.partition("/")[0]].teaching, "")
    assert isinstance(said, Booking)
    assert isinstance(told, Booking)
    assert (said.guest.email, said.starts_at, said.ends_at) == (told.guest.email, told.starts_at, told.ends_at)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("typeform/form_response", {"id": ["form_response.token"], "answers": ["form_response.answers"],
                                    "email": ["form_response.answers[5a0c0c5e].email"], "start": None}),
        ("tally/FORM_RESPONSE", {"id": ["data.responseId"], "calendar_name": ["data.formName"],
                                 "email": ["data.fields[question_e1].value"], "events": ["eventType"]}),
        ("formbricks/responseFinished", {
            "id": ["data.id"], "answers": ["data.data"], "calendar_id": ["data.surveyId"]}),
        ("savvycal/event.created", {"id": ["payload.id"], "start": ["payload.start_at"], "end": ["payload.end_at"],
                                    "email": ["payload.scheduler.email"], "calendar_id": ["payload.link.id"],
                                    "time_zone": ["payload.scheduler.time_zone"], "events": ["type"]}),
        ("jicoo/guest_booked", {"id": ["object.uid"], "name": ["object.contact.name"],
                                "url_params": ["object.tracking"], "answers": ["object.answers"]}),
    ],
)  # fmt: skip
def test_the_fields_of_a_body_are_recognised(name: str, told: dict[str, Any]) -> None:
    became = recognised(parse((SAMPLES / f"{name}.json").read_bytes()))
    assert {role: became.get(role) for role in told} == told


def test_a_flat_form_is_its_own_list_of_answers() -> None:
    body = {
        "id": "7",
        "email": "noor@birch.example",
        "name": "Noor Haddad",
        "message": "Hello",
        "utm_source": "mail",
    }
    assert recognised(body) == {"email": ["email"], "name": ["name"], "id": ["id"], "answers": ["body"]}
    said = read(body, propose(body), "")
    assert isinstance(said, Booking)
    assert said.url_params == {"utm_source": "mail"}


def test_an_envelope_is_no_list_of_answers_unless_the_address_is_one_of_them() -> None:
    person = {"name": "Noor Haddad", "email": "n@b.example", "timezone": "Asia/Tokyo"}
    scheduled = {
        "data": {"id": "e1", "event_name": "Tour", "start": "2026-12-09T01:00:00Z", "attendees": [person]}
    }
    became = recognised(scheduled)
    assert (became["id"], became["calendar_name"], became["start"]) == (
        ["data.id"],
        ["data.event_name"],
        ["data.start"],
    )
    assert (became["name"], became["time_zone"]) == (["data.attendees[0].name"], ["data.attendees[0].timezone"])
    assert "answers" not in became
    filled = {"id": "s1", "data": {"email": "n@b.example", "note": "Hello"}}
    assert recognised(filled)["answers"] == ["data"]
    nested = {"data": {"id": "r1", "data": {"q1": ["n@b.example", ""], "q2": "Hello"}}}
    assert recognised(nested)["answers"] == ["data.data"]


def test_lists_of_parameters_and_an_appointment_in_a_list_are_recognised() -> None:
    booked = {"full_name": "Noor Haddad", "email": "n@b.example", "event_start_time": "2026-12-09T01:00:00Z"}
    body = {
        "submissionId": "s1",
        "questions": [{"id": "a", "name": "Topic", "value": "Pricing"}],
        "urlParameters": [{"id": "utm_source", "name": "utm_source", "value": "mail"}],
        "scheduling": [{"id": "c", "name": "Tour", "value": booked}],
    }
    became = recognised(body)
    assert became["url_params"] == ["urlParameters"]
    assert became["start"] == ["scheduling[Tour].value.event_start_time"]
    said = read(body, propose(body), "")
    assert isinstance(said, Booking)
    assert (said.guest.name, said.url_params) == ("Noor Haddad", {"utm_source": "mail"})


def test_the_hosts_address_is_not_the_guests() -> None:
    body = {
        "host": {"email": "ren@tenji.example", "name": "Ren"},
        "guest": {"email": "n@b.example", "name": "Noor"},
    }
    became = recognised(body)
    assert (became["email"], became["name"]) == (["guest.email"], ["guest.name"])


def test_an_event_that_is_not_about_a_new_booking_is_not_taken_for_one() -> None:
    for event, told in (("booking.created", ["event"]), ("booking.cancelled", None), ("x", None)):
        assert recognised({"event": event, "email": "n@b.example"}).get("events") == told


NAMES = st.sampled_from(
    ["id", "uid", "email", "name", "label", "value", "start", "end", "answers", "data", "fields", "type", "guest",
     "event", "calendar", "form_id", "time_zone", "text", "options", "key"]
) | st.text(max_size=5)  # fmt: skip
VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8)
    | st.sampled_from(
        ["n@b.example", "2026-12-09T01:00:00Z", "2026-12-09T01:00:00", "Asia/Tokyo", "created", 1796778000]
    )
)  # fmt: skip
BODIES = st.dictionaries(
    NAMES,
    st.recursive(VALUES, lambda part: st.lists(part, max_size=4) | st.dictionaries(NAMES, part, max_size=5)),
    max_size=6,
)


def refusal_of(reading: Callable[[], Any]) -> Any:
    """What was read, or the faults."""
    try:
        return reading()
    except BodyUnreadable as unreadable:
        return dict(unreadable.faults)


@given(BODIES)
def test_a_teaching_proposed_from_a_sample_reads_that_sample(body: dict[str, Any]) -> None:
    said = refusal_of(lambda: read(body, propose(body), ""))
    assert isinstance(said, Booking) or said == {"body": "has nothing of what was taught"}


@given(BODIES, BODIES, st.sampled_from(sorted(each.name for each in SAMPLES.iterdir())))
def test_whatever_is_sent_is_read_or_refused(sample: dict[str, Any], sent: dict[str, Any], preset: str) -> None:
    taught = configure({"preset": "another", "teaching": propose(sample).stored()})
    for source in (taught, configure({"preset": preset})):
        assert refusal_of(partial(source.read, sent))
