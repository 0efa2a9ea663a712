"""Whatever is sent to a source, it says something or is refused, and nothing else happens."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hubsync.errors import BodyUnreadable, ProofMissing
from hubsync.sources.source import Source, Webhook
from tests.kit.any_bodies import HEADER_TEXTS, bodies, feared
from tests.kit.source_samples import EACH_SOURCE, bookings_of, called, samples_of

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECRET = "s3cret-é"
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
of_each_source = pytest.mark.parametrize("source", EACH_SOURCE, ids=called)
BODIES = int(os.environ.get("TEST_BODIES", "200"))
"""How many bodies each source is sent in the slow part; as many as one likes by hand."""

of_many = pytest.mark.parametrize("examples", [15, pytest.param(BODIES, marks=pytest.mark.slow)])


def said_or_refused(source: Source, body: bytes) -> str:
    """What *source* makes of a proved *body*, by the name of its class."""
    try:
        return type(source.receive(source.prove(SECRET, body, NOW), [SECRET], NOW)).__name__
    except (BodyUnreadable, ProofMissing) as refusal:
        return type(refusal).__name__


@of_many
@of_each_source
def test_whatever_is_proved_is_read_or_refused(source: Source, examples: int) -> None:
    readable = [each for each in samples_of(source) if each.body.lstrip()[:1] == b"{"]

    @settings(max_examples=examples, deadline=None, phases=QUICK, suppress_health_check=list(HealthCheck))
    @given(bodies(readable))
    def send(body: bytes) -> None:
        assert said_or_refused(source, body) in SAID

    send()


SAID = {"Booking", "BookingChange", "Ignored", "Reply", "Several", "BodyUnreadable", "ProofMissing"}


@of_each_source
def test_what_is_to_be_feared_is_read_or_refused(source: Source) -> None:
    became = {name: said_or_refused(source, body) for name, body in feared(bookings_of(source)[0]).items()}
    assert set(became.values()) <= SAID
    assert became["a byte order mark"] == "Booking"
    assert became["5,000 keys"] == became["50 objects deep"] == became["1 MB"] == "Booking"
    refused = ("a form", "UTF-16", "compressed", "nothing", "two bodies", "100,000 lists deep")
    assert {became[name] for name in refused} <= {"BodyUnreadable", "ProofMissing"}


@of_many
@of_each_source
def test_whatever_stands_in_its_place_is_no_proof(source: Source, examples: int) -> None:
    good = source.prove(SECRET, b"{}", NOW)
    pieces = [
        *good.headers.values(),
        *good.query.values(),
        "t=",
        "v1=",
        "v1,",
        "sha256=",
        "=",
        ",",
        " ",
        "Bearer ",
    ]
    texts = st.lists(st.sampled_from(pieces) | HEADER_TEXTS, max_size=4).map("".join)

    @settings(max_examples=examples, deadline=None, phases=QUICK)
    @given(
        st.fixed_dictionaries(dict.fromkeys(source.proof_headers, texts)),
        st.fixed_dictionaries(dict.fromkeys(source.proof_params, texts)),
        st.binary(max_size=20),
    )
    def look(headers: dict[str, str], query: dict[str, str], body: bytes) -> None:
        with pytest.raises(ProofMissing):
            source.verify(Webhook(body, headers, query), ["another secret"], NOW)

    look()
