"""What every registered source keeps to, proved by its samples.

How it is answered is in tests/web/sources/test_every_source.py, what becomes of its bookings' courses beside that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

import pytest

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.errors import BodyUnreadable, ProofMissing
from hubsync.sources.source import Said, Source, Webhook
from tests.kit.source_samples import (
    COURSES,
    EACH_BOOKING,
    EACH_COURSE,
    EACH_SAMPLE,
    EACH_SOURCE,
    Course,
    Sample,
    bookings_of,
    called,
    courses_of,
    described,
    folder_of,
    samples_folder_of,
    samples_of,
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECRET = "s3cret-é"
MARK = "what-the-guest-typed"
GONE = object()
ALWAYS = (GONE, MARK, [MARK], {MARK: MARK})
"""What every part of a body becomes."""
IN_TURN = (None, True, 0, -(10**30), 1.5, "", [[{}]], "\x00", "\ud800")
"""What a part becomes in the slow tests; in the quick ones it is one of them, the next part the next."""
of_each_source = pytest.mark.parametrize("source", EACH_SOURCE, ids=called)
of_each_sample = pytest.mark.parametrize("sample", EACH_SAMPLE, ids=str)
of_each_booking = pytest.mark.parametrize("sample", EACH_BOOKING, ids=str)
of_each_course = pytest.mark.parametrize("course", EACH_COURSE, ids=str)


def is_proved(source: Source, webhook: Webhook, *secrets: str, now: datetime = NOW) -> bool:
    refusal = ""
    try:
        source.verify(webhook, secrets, now)
    except ProofMissing as missing:
        refusal = f"{missing!r}{missing.message}"
    assert SECRET not in refusal
    return not refusal


def carried(source: Source, body: bytes = b"{}", now: datetime = NOW, secret: str = SECRET) -> Any:
    """All that carries the proof of a webhook."""
    webhook = source.prove(secret, body, now)
    return webhook.headers, webhook.query


# ---- what a folder has


@of_each_source
def test_a_source_has_a_readme_and_a_sample_for_each_event_and_each_kind_of_refusal(source: Source) -> None:
    readme = (folder_of(source) / "README.md").read_text("utf-8")
    assert [each for each in source.proof_headers + source.proof_params if each not in readme] == []
    told = {each.name: each.expected for each in samples_of(source)}
    assert [each for each in source.events if not {"booking", "change"} & told[f"{each}.json"].keys()] == []
    assert bookings_of(source), f"{source.name} needs a sample of a completed booking"
    for kind, became in REFUSALS.items():
        named = {name for name in told if name.startswith(kind)}
        assert named, f"{source.name} needs a sample {kind}…"
        assert [name for name in named if not became & told[name].keys()] == []


REFUSALS = {"unknown_event": {"ignored", "faults"}, "missing_": {"faults"}, "wrong_type_": {"faults"}}


@of_each_source
def test_each_sample_is_expected_to_become_something(source: Source) -> None:
    files = {each.name for each in samples_folder_of(source).iterdir()}
    assert files == {each.name for each in samples_of(source)} | {"expected.json"}


@of_each_source
def test_a_source_says_by_what_it_is_proved(source: Source) -> None:
    webhook = source.prove(SECRET, b"{}", NOW)
    assert set(webhook.headers) <= set(source.proof_headers)  # a source may name several that would do
    assert set(webhook.query) <= set(source.proof_params)
    assert webhook.headers or webhook.query
    assert webhook.body == b"{}"


@of_each_source
def test_a_source_that_tells_of_changes_has_a_course_of_each_kind(source: Source) -> None:
    events = {event for each in samples_of(source) for event in events_in(each.expected)}
    needed = {
        *(("moved", "moved_twice") if BookingEvent.MOVED in events else ()),
        *(("cancelled",) if BookingEvent.CANCELLED in events else ()),
    }
    assert {each.kind for each in courses_of(source)} == needed
    assert needed <= set(COURSES)


def events_in(expected: dict[str, Any]) -> set[str]:
    told = [expected, *expected.get("several", ())]
    said = (each.get(kind, {}) for each in told for kind in ("booking", "change"))
    return {each["event"] for each in said if "event" in each}


@of_each_course
def test_a_course_is_about_one_booking_that_it_leads_on(course: Course) -> None:
    """Each sample names an id that an earlier one had, and a move brings another time."""
    first, *later = (read(course.source, each.body) for each in course.samples)
    assert isinstance(first, Booking)
    assert (first.event, first.replaces, first.replaced_by) == (BookingEvent.COMPLETED, "", "")
    known, starts = {first.external_id}, [first.starts_at]
    for each in later:
        assert isinstance(each, Booking | BookingChange)
        named = ids_in(each)
        assert named & known
        known |= named
        if isinstance(each, Booking) and each.starts_at not in starts:
            starts.append(each.starts_at)
    last = later[-1]
    assert last.event is (BookingEvent.CANCELLED if course.kind == "cancelled" else BookingEvent.MOVED)
    assert len(starts) == {"cancelled": 1, "moved": 2, "moved_twice": 3}[course.kind]
    assert isinstance(last, BookingChange) or last.starts_at == starts[-1]


def ids_in(told: Booking | BookingChange) -> set[str]:
    if isinstance(told, BookingChange):
        return set(told.external_ids)
    return {told.external_id, told.replaces, told.replaced_by} - {""}


# ---- the proof


@of_each_booking
def test_a_proved_sample_is_accepted_with_any_of_several_secrets(sample: Sample) -> None:
    webhook = sample.source.prove(SECRET, sample.body, NOW)
    assert is_proved(sample.source, webhook, SECRET)
    assert is_proved(sample.source, webhook, "new", SECRET)
    assert is_proved(sample.source, webhook, SECRET, "old")


@of_each_booking
def test_no_secret_and_another_secret_prove_nothing(sample: Sample) -> None:
    source = sample.source
    for signed_with in (SECRET, ""):
        webhook = source.prove(signed_with, sample.body, NOW)
        assert [is_proved(source, webhook, *secrets) for secrets in ((), ("",), ("", ""), ("other",))] == [
            False
        ] * 4


@of_each_booking
def test_no_proof_and_a_proof_that_is_none_prove_nothing(sample: Sample) -> None:
    source = sample.source
    good = source.prove(SECRET, sample.body, NOW)
    assert not is_proved(source, Webhook(sample.body), SECRET)
    for nonsense in ("", " ", "²", "\x00", "x" * 100_000, "t=1,v1=0", "Bearer", "None"):
        for names, params in ((good.headers, good.query), (source.proof_headers, source.proof_params)):
            headers, query = dict.fromkeys(names, nonsense), dict.fromkeys(params, nonsense)
            assert not is_proved(source, Webhook(sample.body, headers, query), SECRET)


@of_each_source
def test_a_proof_of_the_body_or_the_time_is_refused_with_another_one(source: Source) -> None:
    good = source.prove(SECRET, b'{"a":1}', NOW)
    if carried(source, b'{"a":1}') != carried(source, b'{"a":2}'):
        for other in (b'{"a":2}', b'{"a":1} ', b""):
            assert not is_proved(source, Webhook(other, good.headers, good.query), SECRET)
    if carried(source, now=NOW) != carried(source, now=NOW + timedelta(days=1)):
        for off in (timedelta(hours=-1), timedelta(hours=1), timedelta(days=365)):
            assert not is_proved(source, good, SECRET, now=NOW + off)


@of_each_source
def test_nothing_is_parsed_before_it_is_proved(source: Source) -> None:
    unreadable = b"\xff{"
    with pytest.raises(ProofMissing):
        source.receive(Webhook(unreadable), [SECRET], NOW)
    with pytest.raises(BodyUnreadable):
        source.receive(source.prove(SECRET, unreadable, NOW), [SECRET], NOW)


@of_each_source
def test_secrets_that_are_made_differ_and_prove(source: Source) -> None:
    made = [source.write_secret(bytes([each]) * 32) for each in range(256)]
    assert len(set(made)) == 256
    assert [each for each in made if not (each.isascii() and each.isprintable() and len(each) > 40)] == []
    assert is_proved(source, source.prove(made[0], b"{}", NOW), made[0])


# ---- the body


@of_each_sample
def test_a_sample_becomes_what_is_expected(sample: Sample) -> None:
    try:
        became = described(read(sample.source, sample.body))
    except BodyUnreadable as unreadable:
        became = {"faults": dict(unreadable.faults)}
    assert became == sample.expected


@of_each_booking
def test_a_booking_carries_its_sources_name_and_aware_times(sample: Sample) -> None:
    booking = read(sample.source, sample.body)
    assert isinstance(booking, Booking)
    assert booking.source == sample.source.name
    assert booking.by_question is None  # only a form of ours knows the numbers of questions
    assert [each for each in (booking.starts_at, booking.ends_at) if each and each.utcoffset() is None] == []
    assert (booking.starts_at is None) == (booking.ends_at is None)
    assert booking == read(sample.source, sample.body)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe", b'{"a":1,"a":2}'])
@of_each_source
def test_what_is_no_such_body_is_refused_with_reasons(source: Source, body: bytes) -> None:
    with pytest.raises(BodyUnreadable) as unreadable:
        read(source, body)
    assert unreadable.value.faults


@pytest.mark.parametrize("of_each", [1, pytest.param(len(IN_TURN), marks=pytest.mark.slow)])
@of_each_booking
@pytest.mark.quick_cases(12)
def test_whatever_is_missing_or_of_another_type_is_read_or_refused_without_repeating_it(
    sample: Sample, of_each: int
) -> None:
    became = [became_of(sample.source, changed) for changed in spoilt(json.loads(sample.body), of_each)]
    refusals = [each for each in became if isinstance(each, BodyUnreadable)]
    assert refusals
    assert len(refusals) < len(became)
    assert all(each.faults for each in refusals)
    assert [each for each in refusals if MARK in f"{each!r}{each.message}{each.faults}"] == []


def read(source: Source, body: bytes) -> Said:
    return source.receive(source.prove(SECRET, body, NOW), [SECRET], NOW)


def became_of(source: Source, sent: Any) -> Said | BodyUnreadable:
    try:
        return read(source, json.dumps(sent).encode())
    except BodyUnreadable as unreadable:
        return unreadable


def spoilt(value: Any, of_each: int, turn: Iterator[Any] | None = None) -> Iterator[Any]:
    """*value* with one part of it, however deep, missing or something else; *of_each* of what is in turn."""
    turn = turn or cycle(IN_TURN)
    parts: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    for key, part in parts:
        others = [each for each in (*ALWAYS, *islice(turn, of_each)) if each is not part]
        for other in (*others, *spoilt(part, of_each, turn)):
            copied = value.copy()
            if other is GONE:
                del copied[key]
            else:
                copied[key] = other
            yield copied
