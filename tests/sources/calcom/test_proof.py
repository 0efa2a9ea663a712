from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hubsync.errors import ProofMissing
from hubsync.sources.calcom.proof import HEADER, prove, verify
from hubsync.sources.source import Webhook

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BODY = b'{"hello":"hubsync"}'
SECRET = "stand-in-secret-1"
KNOWN = "e8da9545251677fe75987e8f10bda0433ff5f52f21b934964928718dc5bb4308"  # computed once, by other means


def refusal(signature: str, *secrets: str, body: bytes = BODY) -> str:
    try:
        verify(Webhook(body, {HEADER: signature}), secrets or (SECRET,), NOW)
    except ProofMissing as missing:
        return missing.message
    return ""


def test_the_signature_is_the_hexadecimal_hmac_of_the_raw_body() -> None:
    assert prove(SECRET, BODY, NOW).headers == {HEADER: KNOWN}
    assert refusal(KNOWN) == ""
    assert refusal(KNOWN.upper()) == ""
    assert refusal(f" {KNOWN} ") == ""
    assert refusal(KNOWN, "other", SECRET) == ""


@pytest.mark.parametrize(
    "signature", ["", KNOWN[:-1], f"{KNOWN}0", f"sha256={KNOWN}", KNOWN.replace("e8", "e9", 1), "é" * 64, "0" * 64]
)
def test_another_signature_proves_nothing(signature: str) -> None:
    assert refusal(signature) == "The signature does not fit."


def test_it_proves_this_body_and_this_secret_alone() -> None:
    assert refusal(KNOWN, body=BODY + b" ")
    assert refusal(KNOWN, "another")
    assert refusal(prove("", BODY, NOW).headers[HEADER], "", "")


def test_what_is_sent_without_a_secret_is_never_a_proof_and_says_what_to_do() -> None:
    said = "No secret is entered at Cal.com, so that nothing is signed."
    assert refusal("no-secret-provided") == said
    assert refusal("no-secret-provided", "no-secret-provided") == said
