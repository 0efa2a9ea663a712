"""The header by which Calendly proves itself: what fits, how old it may be, and what its refusal tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.errors import ProofMissing
from hubsync.sources.calendly import HEADER, SOURCE
from hubsync.sources.source import Webhook
from scheduler_sandbox.signing import time_stamped

SECRET = "stand-in-secret-1"
RAW = b'{"hello":"hubsync"}'
T = 1790000000
NOW = datetime.fromtimestamp(T, UTC)
KNOWN = "t=1790000000,v1=08c3e7234cc4e6a831a3a1fa193ee458f8806e37a2fbcbebd4d86fa45cf0821e"
TOO_FAR = "It is signed as it should be, but more than three minutes ago or ahead."


def refusal(header: str, *, secrets: tuple[str, ...] = (SECRET,), raw: bytes = RAW, seconds: int = 0) -> str:
    try:
        SOURCE.verify(Webhook(raw, {HEADER: header}), secrets, NOW + timedelta(seconds=seconds))
    except ProofMissing as missing:
        return missing.message
    return ""


def test_a_known_signature_is_accepted_and_is_the_one_that_we_make() -> None:
    assert refusal(KNOWN) == ""
    assert SOURCE.prove(SECRET, RAW, NOW) == Webhook(RAW, {HEADER: KNOWN})


@pytest.mark.parametrize(
    ("seconds", "said"), [(-180, ""), (180, ""), (-181, TOO_FAR), (181, TOO_FAR), (86_400, TOO_FAR)]
)
def test_a_signature_counts_for_three_minutes_either_way(seconds: int, said: str) -> None:
    assert refusal(KNOWN, seconds=seconds) == said


def test_only_who_knows_a_secret_is_told_that_the_time_is_off() -> None:
    assert refusal(KNOWN, secrets=("other",), seconds=3_600) == "The signature does not fit."
    assert refusal(KNOWN, raw=RAW + b" ", seconds=3_600) == "The signature does not fit."


def test_any_of_several_signatures_and_secrets_will_do() -> None:
    signature = KNOWN.partition(",")[2]
    assert refusal(f"t={T},v1={'0' * 64},{signature.upper().replace('V1', 'v1')}") == ""
    assert refusal(f"{KNOWN},v1={'0' * 64}") == ""
    assert refusal(KNOWN, secrets=("new", SECRET)) == refusal(KNOWN, secrets=(SECRET, "old")) == ""
    assert refusal(KNOWN, secrets=("new", "newer")) != ""


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_no_secret_proves_nothing(secrets: tuple[str, ...]) -> None:
    assert refusal(time_stamped("", RAW, T), secrets=secrets) != ""


@pytest.mark.parametrize(
    "header",
    [
        "", "t=", f"t={T}", KNOWN.partition(",")[2], KNOWN[:-1], KNOWN.replace("v1", "v2"),
        KNOWN.replace(",", ";"), f"t={T},{KNOWN}", f"t={T - 1},{KNOWN}", KNOWN.replace("t=", "t=-"),
        KNOWN.replace(",", ".0,"),
        KNOWN.replace("1790000000", "１790000000"), f"t={'9' * 5_000},v1={'0' * 64}", KNOWN + ",v1=0" * 500,
        "no-secret-provided", "\x00", KNOWN.replace("v1=", "v1=é"),
    ],
)  # fmt: skip
def test_a_header_that_is_none_is_refused_and_breaks_nothing(header: str) -> None:
    assert refusal(header) != ""


_PARTS = st.sampled_from(["t", "v1", "=", ",", str(T), "0" * 64, KNOWN[-63:], " "]) | st.text(max_size=3)


@given(st.lists(_PARTS, max_size=12).map("".join))
def test_whatever_the_header_is_it_proves_nothing_without_the_signature(header: str) -> None:
    assert refusal(header) != ""


@given(
    st.binary(max_size=200), st.text(st.characters(codec="utf-8"), min_size=1, max_size=50), st.integers(0, 10**11)
)
def test_whatever_is_signed_is_proved_by_its_secret_alone(raw: bytes, secret: str, at: int) -> None:
    webhook, now = Webhook(raw, {HEADER: time_stamped(secret, raw, at)}), datetime.fromtimestamp(at, UTC)
    SOURCE.verify(webhook, (secret,), now)
    with pytest.raises(ProofMissing):
        SOURCE.verify(webhook, (secret + "x",), now)
