"""The schemes of the vendors, by vectors that were computed elsewhere, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from hubsync.errors import ProofMissing
from hubsync.sources.signed_webhook.presets import PRESETS
from hubsync.sources.signed_webhook.proof import hex_digest, prove, verify
from hubsync.sources.signed_webhook.schemes import Carrier, Encoding, Scheme, SecretForm, Signed
from hubsync.sources.source import Webhook

BODY = b'{"hello":"hubsync"}'
SECRET = "stand-in-secret-1"
STANDARD_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
NOW = datetime.fromtimestamp(1790000000, UTC)
HEX = "e8da9545251677fe75987e8f10bda0433ff5f52f21b934964928718dc5bb4308"
BASE64 = "6NqVRSUWd/51mH6PEL2gQz/19S8huTSWSShxjcW7Qwg="
TIMED = "08c3e7234cc4e6a831a3a1fa193ee458f8806e37a2fbcbebd4d86fa45cf0821e"
ZOOM = "fd7461a4e2ea0326b0c8f3a3d5337c77cb462182d58cefe6ad6d530ca71e7450"
STANDARD = "v1,5OB55OaTz/qZSWrH8RzAeFaVATjxRhJ8+oz5A1k7rNM="

VECTORS = {
    "opnform": {"X-Webhook-Signature": f"sha256={HEX}"},
    "savvycal": {"x-savvycal-signature": f"sha256={HEX.upper()}"},
    "tally": {"Tally-Signature": BASE64},
    "typeform": {"Typeform-Signature": f"sha256={BASE64}"},
    "jicoo": {"Jicoo-Webhook-Signature": f"t=1790000000,v1={TIMED}"},
    "zoom": {"x-zm-signature": f"v0={ZOOM}", "x-zm-request-timestamp": "1790000000"},
    "formbricks": {
        "webhook-signature": STANDARD,
        "webhook-id": "msg_1",
        "webhook-timestamp": "1790000000",
    },
    "another": {"X-Signature": HEX},
}
of_each_preset = pytest.mark.parametrize("name", VECTORS)


def secret_of(name: str) -> str:
    return STANDARD_SECRET if name == "formbricks" else SECRET


def is_proved(
    scheme: Scheme, headers: dict[str, str], *secrets: str, body: bytes = BODY, now: datetime = NOW
) -> bool:
    try:
        verify(scheme, Webhook(body, headers), secrets or (SECRET,), now)
    except ProofMissing:
        return False
    return True


@of_each_preset
def test_each_preset_takes_the_vector_of_its_vendor_and_no_other(name: str) -> None:
    scheme, headers, secret = PRESETS[name].scheme, VECTORS[name], secret_of(name)
    assert is_proved(scheme, headers, "older", secret)
    assert not is_proved(scheme, headers, "older")
    assert not is_proved(scheme, headers, secret, body=BODY + b" ")
    assert not is_proved(scheme, {}, secret)
    for header in headers:
        assert not is_proved(scheme, {**headers, header: ""}, secret)


def test_every_preset_has_a_vector() -> None:
    assert PRESETS.keys() == VECTORS.keys()


@of_each_preset
def test_each_preset_writes_what_its_vendor_does(name: str) -> None:
    written = dict(prove(PRESETS[name].scheme, secret_of(name), BODY, NOW).headers)
    if name != "formbricks":  # whose message has an id of its own
        assert written == VECTORS[name]
    assert is_proved(PRESETS[name].scheme, written, secret_of(name))


@pytest.mark.parametrize("name", ["jicoo", "zoom", "formbricks"])
def test_a_time_is_five_minutes_off_at_most_both_ways(name: str) -> None:
    scheme, secret = PRESETS[name].scheme, secret_of(name)
    for off, fits in ((299, True), (-299, True), (301, False), (-301, False)):
        now = NOW + timedelta(seconds=off)
        assert is_proved(scheme, VECTORS[name], secret, now=now) is fits


@pytest.mark.parametrize("written", ["", "soon", "²", "-1790000000", "1790000000.0", "1" * 14])
def test_a_time_that_is_none_proves_nothing(written: str) -> None:
    assert not is_proved(PRESETS["zoom"].scheme, {**VECTORS["zoom"], "x-zm-request-timestamp": written})


def test_a_time_may_count_milliseconds() -> None:
    scheme = Scheme(signed=Signed.TIME_BODY, time_header="X-Time")
    headers = {"X-Signature": hex_digest(SECRET, "1790000000123." + BODY.decode()), "X-Time": "1790000000123"}
    assert is_proved(scheme, headers)
    assert not is_proved(scheme, headers, now=NOW + timedelta(seconds=310))


def test_hex_counts_in_either_case() -> None:
    assert is_proved(PRESETS["opnform"].scheme, {"X-Webhook-Signature": f"sha256={HEX.upper()}"})
    assert is_proved(PRESETS["savvycal"].scheme, {"x-savvycal-signature": f"sha256={HEX}"})


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("jicoo", f"t=1790000000,v1={'0' * 64},v1={TIMED}"),
        ("jicoo", f"v1={TIMED}, t=1790000000"),
        ("jicoo", f"t=1790000000,v0=x,v1={TIMED}"),
        ("opnform", f"sha256={'0' * 64}, sha256={HEX}"),
        ("opnform", f"sha256={'0' * 64} sha256={HEX}"),
        ("formbricks", f"v1a,abcd v1,{'A' * 44} {STANDARD}"),
    ],
)
def test_one_of_several_signatures_is_enough(name: str, written: str) -> None:
    scheme = PRESETS[name].scheme
    assert is_proved(scheme, {**VECTORS[name], scheme.header: written}, secret_of(name))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("jicoo", f"v1={TIMED}"),
        ("jicoo", f"t=1790000000,t=1790000001,v1={TIMED}"),
        ("jicoo", "t=1790000000"),
        ("jicoo", f"t=1790000000,{TIMED}"),
        ("opnform", HEX),
        ("opnform", f"sha1={HEX}"),
        ("opnform", f"sha256={HEX[:-1]}"),
        ("opnform", f"sha256={HEX}00"),
        ("opnform", f"sha256={BASE64}"),
        ("typeform", f"sha256={BASE64[:-1]}"),
        ("typeform", f"sha256={HEX}"),
        ("tally", f"{BASE64}{BASE64}"),
        ("formbricks", STANDARD.replace("v1,", "v2,")),
        ("opnform", " ".join([f"sha256={'0' * 64}"] * 20 + [f"sha256={HEX}"])),
        ("opnform", f"sha256={HEX}" + " " * 4_000),
    ],
)
def test_what_is_no_such_signature_proves_nothing(name: str, written: str) -> None:
    scheme = PRESETS[name].scheme
    assert not is_proved(scheme, {**VECTORS[name], scheme.header: written}, secret_of(name))


def test_base64_behind_a_key_keeps_its_padding() -> None:
    """Only the first = parts name and value."""
    scheme = Scheme(signed=Signed.TIME_BODY, time_key="t", encoding=Encoding.BASE64)
    header = prove(scheme, SECRET, BODY, NOW).headers["X-Signature"]
    assert header.endswith("=")
    assert is_proved(scheme, {"X-Signature": header})


def test_a_secret_is_decoded_only_where_the_sender_does() -> None:
    scheme = PRESETS["formbricks"].scheme
    assert is_proved(scheme, VECTORS["formbricks"], STANDARD_SECRET.removeprefix("whsec_"))
    assert not is_proved(
        scheme.model_copy(update={"secret": SecretForm.TEXT}), VECTORS["formbricks"], STANDARD_SECRET
    )
    unpadded = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZg"
    assert is_proved(scheme, dict(prove(scheme, unpadded + "==", BODY, NOW).headers), unpadded)
    for text in ("no base64!", "whsec_é", "s3cret"):
        assert is_proved(scheme, dict(prove(scheme, text, BODY, NOW).headers), text)
    assert not is_proved(scheme, dict(prove(scheme, "", BODY, NOW).headers), "whsec_")


def test_a_secret_may_stand_in_a_header_or_in_the_address() -> None:
    in_header = Scheme(carrier=Carrier.HEADER, header="X-Token", prefix="Token=")
    assert is_proved(in_header, {"X-Token": f"Token={SECRET}"})
    for written in ("", SECRET, "Token=", f"Token={SECRET} ", f"token={SECRET}"):
        assert not is_proved(in_header, {"X-Token": written})
    in_address = Scheme(carrier=Carrier.ADDRESS, param="key")
    assert (in_address.headers, in_address.params) == ((), ("key",))
    webhook = prove(in_address, SECRET, BODY, NOW)
    assert webhook == Webhook(BODY, query={"key": SECRET})
    verify(in_address, webhook, ("old", SECRET), NOW)
    for secrets, sent in (((SECRET,), ""), (("",), ""), ((), SECRET), ((SECRET,), SECRET + "x")):
        with pytest.raises(ProofMissing):
            verify(in_address, Webhook(BODY, query={"key": sent}), secrets, NOW)


@pytest.mark.parametrize(
    "told",
    [
        {"signed": "t.body"},
        {"signed": "id.t.body", "time_header": "X-Time"},
        {"header": "X Signature"},
        {"header": ""},
        {"prefix": "é"},
        {"param": "a&b"},
        {"tolerance_seconds": 0},
        {"encoding": "rot13"},
        {"unknown": 1},
    ],
)
def test_a_scheme_that_cannot_be_checked_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Scheme.model_validate(told)
