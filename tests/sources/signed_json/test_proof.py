from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from hubsync.errors import ProofMissing
from hubsync.sources.signed_json import prove, verify
from hubsync.sources.signed_json.proof import HEADER
from hubsync.sources.source import Webhook

SECRET = "s3cret-é"
RAW = b'{"id":"1"}\n\xff'
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
T = int(NOW.timestamp())


def digest(secret: str = SECRET, raw: bytes = RAW, t: int | str = T) -> str:
    return hmac.new(secret.encode(), f"{t}.".encode() + raw, hashlib.sha256).hexdigest()


def refused(header: str, *, secrets: tuple[str, ...] = (SECRET,), raw: bytes = RAW, now: datetime = NOW) -> bool:
    try:
        verify(Webhook(raw, {HEADER: header}), secrets, now)
    except ProofMissing:
        return True
    return False


@pytest.mark.parametrize(
    "form", ["t={t},v1={v}", "v1={v},t={t}", "t={t}, v1={v} ", "t={t},v1={V}", "v0=x,t={t},v1={v}"]
)
def test_a_body_signed_with_the_secret_is_proved(form):
    assert not refused(form.format(t=T, v=digest(), V=digest().upper()))


def test_our_own_signature_is_the_documented_one():
    assert prove(SECRET, RAW, NOW) == Webhook(RAW, {HEADER: f"t={T},v1={digest()}"})


@pytest.mark.parametrize(
    ("seconds", "too_far"), [(-300, False), (300, False), (-301, True), (301, True), (86_400, True)]
)
def test_a_signature_counts_for_five_minutes_either_way(seconds, too_far):
    assert refused(f"t={T},v1={digest()}", now=NOW + timedelta(seconds=seconds)) is too_far


def test_another_body_secret_or_time_is_not_proved():
    assert refused(f"t={T},v1={digest(raw=RAW + b' ')}")
    assert refused(f"t={T},v1={digest(secret='other')}")
    assert refused(f"t={T + 1},v1={digest()}")
    assert refused(f"t={T},v1={hmac.new(SECRET.encode(), RAW, hashlib.sha256).hexdigest()}")


def test_a_refusal_repeats_neither_secret_nor_signature():
    with pytest.raises(ProofMissing) as missing:
        verify(Webhook(RAW, {HEADER: f"t={T},v1={digest(secret='other')}"}), [SECRET], NOW)
    assert missing.value.message == "The signature does not fit."


def test_any_of_several_signatures_and_secrets_will_do():
    assert not refused(f"t={T},v1={'0' * 64},v1={digest()}")
    assert not refused(f"t={T},v1={digest()}", secrets=("new", SECRET))
    assert refused(f"t={T},v1={digest()}", secrets=("new", "newer"))


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_no_secret_proves_nothing(secrets):
    assert refused(f"t={T},v1={digest(secret='')}", secrets=secrets)


@pytest.mark.parametrize(
    "header",
    [
        "", "t=", "v1=" + digest(), f"t={T}", f"t={T},v1=", f"t={T},v1={digest()[:-1]}", f"t={T},v2={digest()}",
        f"t={T},t={T},v1={digest()}", f"t={T - 1},t={T},v1={digest()}", f"t=-{T},v1={digest()}",
        f"t={T}.0,v1={digest()}", f"t=１,v1={digest()}", f"t={'9' * 5000},v1={digest()}", f"t={T},v1=é{digest()}",
        "no-secret-provided", f"t={T},v1={digest()}," + "v1=0," * 500, "\x00",
        f"t={T};v1={digest()}", "t=999999999999,v1=" + digest(),
    ],
)  # fmt: skip
def test_a_header_that_is_none_is_refused_and_breaks_nothing(header):
    assert refused(header)
