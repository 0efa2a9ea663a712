"""Signed JSON proved by the headers of Standard Webhooks, with the standard's own library as whoever sends it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook as ReferenceLibrary

from hubsync.errors import ProofMissing
from hubsync.sources.signed_json import SOURCE, prove, verify
from hubsync.sources.signed_json.proof import HEADER, message_id
from hubsync.sources.signed_json.secret import write_secret
from hubsync.sources.source import Webhook

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
T = int(NOW.timestamp())
SECRET = write_secret(bytes(range(32)))
RAW = '{"id":"é"}\n'.encode()


def signature(
    raw: bytes = RAW, *, secret: str | bytes = SECRET, message: str = "msg_1", at: datetime = NOW
) -> str:
    return ReferenceLibrary(secret).sign(message, at, raw.decode())


def signed(raw: bytes = RAW, *, message: str = "msg_1", time_stamp: str = str(T), signatures: str = "") -> Webhook:
    headers = {"webhook-id": message, "webhook-timestamp": time_stamp}
    return Webhook(raw, {**headers, "webhook-signature": signatures or signature(raw, message=message)})


def is_proved(webhook: Webhook, *secrets: str, now: datetime = NOW) -> bool:
    try:
        verify(webhook, secrets or (SECRET,), now)
    except ProofMissing:
        return False
    return True


def test_the_standards_example_is_proved() -> None:
    secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1790000000",
        "webhook-signature": "v1,5OB55OaTz/qZSWrH8RzAeFaVATjxRhJ8+oz5A1k7rNM=",
    }
    at = datetime.fromtimestamp(1790000000, UTC)
    assert is_proved(Webhook(b'{"hello":"hubsync"}', headers), secret, now=at)
    assert not is_proved(Webhook(b'{"hello":"hubsync!"}', headers), secret, now=at)


def test_what_the_library_signs_is_proved_and_what_is_proved_the_library_verifies() -> None:
    webhook = signed()
    assert is_proved(webhook)
    with time_machine.travel(NOW, tick=False):
        ReferenceLibrary(SECRET).verify(webhook.body, dict(webhook.headers))


def test_one_secret_serves_both_ways_of_signing() -> None:
    assert is_proved(prove(SECRET, RAW, NOW))
    assert is_proved(signed())
    assert SOURCE.write_secret(bytes(range(32))) == SECRET
    assert base64.b64decode(SECRET.removeprefix("whsec_")) == bytes(range(32))


def test_a_secret_of_before_serves_both_ways_too() -> None:
    old = "Zm9v-YmFy_old-secret"
    assert is_proved(prove(old, RAW, NOW), old)
    entered = "whsec_" + base64.b64encode(old.encode()).decode()
    assert is_proved(signed(signatures=signature(secret=entered)), old)


def test_another_body_secret_id_or_time_is_not_proved() -> None:
    good = signature()
    assert not is_proved(signed(RAW + b" ", signatures=good))
    assert not is_proved(signed(), write_secret(bytes(32)))
    assert not is_proved(signed(message="msg_2", signatures=good))
    assert not is_proved(signed(time_stamp=str(T + 1), signatures=good))
    assert not is_proved(signed(signatures=signature(secret=SECRET.encode())))


@pytest.mark.parametrize("secrets", [("",), ("", ""), ("whsec_",), ("whsec_é",), ("whsec_=",), ("whsec_a",)])
def test_a_secret_that_is_none_proves_nothing(secrets: tuple[str, ...]) -> None:
    assert not is_proved(signed(signatures="v1," + "A" * 43 + "="), *secrets)
    assert is_proved(signed(), *secrets, SECRET)


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-300, True), (300, True), (-301, False), (301, False), (86_400, False)]
)
def test_a_signature_counts_for_five_minutes_either_way(seconds: int, counts: bool) -> None:
    assert is_proved(signed(), now=NOW + timedelta(seconds=seconds)) is counts


def test_any_of_several_signatures_and_secrets_will_do() -> None:
    other = signature(secret=write_secret(bytes(32)))
    asymmetric = "v1a," + "A" * 86 + "=="
    assert is_proved(signed(signatures=f"{other} {signature()}"))
    assert is_proved(signed(signatures=f"{asymmetric} v2,x v1,x , {signature()}"))
    assert is_proved(signed(), write_secret(bytes(32)), SECRET)
    assert not is_proved(signed(signatures=f"{other} {asymmetric}"))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("webhook-id", ["", " ", "a b", "é", "x" * 256, "a\x00"]),
        ("webhook-timestamp", ["", "0", "-1", "1.5", f"0{T}", f"{T}.0", f" {T}", "１", "9" * 5_000, "9" * 12]),
        ("webhook-signature", ["", "v1", "v1,", "v1,²", "v1,AAAA", "," * 500, "v1," + "A" * 44, "é" * 43]),
    ],
)
def test_a_header_that_is_none_is_refused_and_breaks_nothing(name: str, values: list[str]) -> None:
    for value in values:
        headers = {**signed().headers, name: value}
        assert not is_proved(Webhook(RAW, headers)), value
    assert not is_proved(Webhook(RAW, {key: each for key, each in signed().headers.items() if key != name}))
    long = signed(signatures=f"{'v2,x ' * 400}{signature()}")
    assert not is_proved(long)


def test_what_is_no_text_cannot_be_signed_this_way() -> None:
    assert not is_proved(signed(b"\xff\xfe", signatures=signature()))


def test_our_own_header_decides_where_it_is_there() -> None:
    headers = dict(signed().headers)
    assert not is_proved(Webhook(RAW, {**headers, HEADER: f"t={T},v1={'0' * 64}"}))
    assert is_proved(Webhook(RAW, {**headers, HEADER: ""}))
    assert message_id(Webhook(RAW, headers)) == "msg_1"
    both = Webhook(RAW, {**headers, **prove(SECRET, RAW, NOW).headers, "webhook-id": "unproved"})
    assert is_proved(both)
    assert message_id(both) == ""
