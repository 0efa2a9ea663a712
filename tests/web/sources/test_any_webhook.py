"""Whatever comes to a source's address: no error of ours, and what is no booking leaves nothing but a line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hubsync.domain.received import MOST_LINES
from hubsync.sources.source import Source, Webhook
from tests.kit.any_bodies import HEADER_TEXTS, TYPES, bodies, feared
from tests.kit.intakes import Intake, opened
from tests.kit.listening import listening
from tests.kit.raw_requests import CHUNKED, chunked, length, send_raw
from tests.kit.source_samples import EACH_REGISTERED, EACH_SOURCE, bookings_of, called, samples_of

__all__ = ["opened"]

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
each_source = pytest.mark.parametrize(
    "source",
    [pytest.param(each, marks=() if each in EACH_REGISTERED else pytest.mark.slow) for each in EACH_SOURCE],
    ids=called,
)
BODIES = int(os.environ.get("TEST_BODIES", "30"))
"""How many bodies each source is sent in the slow part; as many as one likes by hand."""

of_many = pytest.mark.parametrize("examples", [5, pytest.param(BODIES, marks=pytest.mark.slow)])
Opened = Callable[[Source], Intake]


def examples_of(count: int) -> settings:
    return settings(max_examples=count, deadline=None, phases=QUICK, suppress_health_check=list(HealthCheck))


def readable(source: Source) -> st.SearchStrategy[bytes]:
    return bodies([each for each in samples_of(source) if each.body.lstrip()[:1] == b"{"])


def check(intake: Intake, before: Mapping[str, int], status: int, text: str) -> None:
    """No error of ours; and nothing is stored but by a booking that was taken."""
    assert status in {200, 401, 413, 422}, text
    assert (status == 200 and '"delivery"' in text) or intake.stored() == before, text
    assert intake.listed() <= MOST_LINES


@of_many
@each_source
def test_whatever_is_proved_is_taken_ignored_or_refused(opened: Opened, source: Source, examples: int) -> None:
    intake = opened(source)

    @examples_of(examples)
    @given(readable(source), TYPES, HEADER_TEXTS)
    def send(body: bytes, labelled: str, encoding: str) -> None:
        before = intake.stored()
        headers = {"Content-Type": labelled, "Content-Encoding": encoding, "Accept-Language": encoding}
        answer = intake.send(intake.prove(body), **headers)
        check(intake, before, answer.status_code, answer.text)

    send()


@of_many
@each_source
def test_what_is_not_proved_is_stored_nowhere_whatever_it_is(
    opened: Opened, source: Source, examples: int
) -> None:
    intake = opened(source)
    nothing = intake.stored()
    texts = st.fixed_dictionaries(dict.fromkeys(source.proof_headers, HEADER_TEXTS))

    @examples_of(examples)
    @given(readable(source), texts, st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=4), TYPES)
    def send(body: bytes, headers: dict[str, str], query: dict[str, str], labelled: str) -> None:
        answer = intake.send(Webhook(body, headers, query), **{"Content-Type": labelled})
        assert (answer.status_code, intake.stored()) == (401, nothing), answer.text
        assert intake.listed() <= 1  # a flood of it is one line

    send()


@pytest.mark.slow
@each_source
def test_what_is_to_be_feared_is_taken_ignored_or_refused(opened: Opened, source: Source) -> None:
    intake = opened(source)
    said: dict[str, int] = {}
    for name, body in feared(bookings_of(source)[0]).items():
        before = intake.stored()
        answer = intake.send(intake.prove(body), **{"Content-Type": "application/x-www-form-urlencoded"})
        said[name] = answer.status_code
        check(intake, before, answer.status_code, answer.text)
    assert said["more than 1 MB"] == 413
    assert said["5,000 keys"] == said["50 objects deep"] == said["1 MB"] == 200
    assert {said[name] for name in ("a form", "compressed", "nothing", "two bodies")} <= {401, 422}


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """Where the app really listens."""
    with listening(app) as port:
        yield port


def head_of(webhook: Webhook, *more: bytes) -> bytes:
    lines = [f"{name}: {value}\r\n".encode("latin-1") for name, value in webhook.headers.items()]
    return b"".join([*lines, *more])


def address_of(intake: Intake, webhook: Webhook) -> str:
    return f"{intake.path}?{urlencode(dict(webhook.query))}" if webhook.query else intake.path


@of_many
@each_source
def test_a_body_in_any_chunks_is_read_as_in_one_piece(
    opened: Opened, port: int, source: Source, examples: int
) -> None:
    intake = opened(source)

    @examples_of(examples)
    @given(readable(source), st.integers(1, 300))
    def send(body: bytes, size: int) -> None:
        before = intake.stored()
        webhook = intake.prove(body)
        address = address_of(intake, webhook)
        pieces = send_raw(port, address, head_of(webhook, CHUNKED), chunked(body, size))
        check(intake, before, pieces.status, pieces.heard.decode("utf-8", "replace"))
        assert send_raw(port, address, head_of(webhook, length(len(body))), body).status == pieces.status

    send()


@of_many
@each_source
def test_broken_chunks_and_headers_are_refused(opened: Opened, port: int, source: Source, examples: int) -> None:
    intake = opened(source)
    body = bookings_of(source)[0].body
    nothing = intake.stored()
    bad_names = st.sampled_from(["X-Odd", *source.proof_headers])
    odd = st.tuples(bad_names, st.binary(max_size=40).filter(lambda each: not {10, 13, 0} & set(each)))

    @examples_of(examples)
    @given(st.integers(1, 60), st.integers(0, 1_000), st.binary(min_size=1, max_size=9), st.lists(odd, max_size=3))
    def send(size: int, place: int, noise: bytes, headers: list[tuple[str, bytes]]) -> None:
        webhook = Webhook(body)  # nothing proves it
        sent = bytearray(chunked(body, size))
        sent[place % len(sent) : place % len(sent)] = noise
        lines = b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in headers)
        answer = send_raw(port, address_of(intake, webhook), lines + CHUNKED, bytes(sent))
        assert answer.status in {400, 401, 413}, answer.heard[:300]
        assert intake.stored() == nothing

    send()
