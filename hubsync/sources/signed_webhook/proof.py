"""Verification of a webhook by a `Scheme`: constant time, several signatures, several secrets.

The schemes are those of https://www.standardwebhooks.com and of the vendors that README.md names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hubsync.errors import N_, ProofMissing
from hubsync.sources.signed_webhook.schemes import Carrier, Encoding, Scheme, SecretForm, Signed
from hubsync.sources.source import Webhook

_LONGEST_HEADER = 4_000
_MOST_SIGNATURES = 20
_TIME_STAMP = re.compile(r"[0-9]{1,13}", re.ASCII)
_MILLISECONDS = 10**11
_MESSAGE_ID = "msg_hubsync"


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a webhook says of its proof: the signatures as bytes, and the time and the id that they sign."""

    signatures: list[bytes] = field(repr=False)
    time_stamp: str = ""
    message_id: str = ""


def verify(scheme: Scheme, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
    """Return when *webhook* proves one of the *secrets*; raises ProofMissing otherwise. *now* is aware."""
    if scheme.carrier is not Carrier.SIGNATURE:
        _verify_token(scheme, webhook, secrets)
        return
    claim = _read_claim(scheme, webhook)
    if scheme.signed is not Signed.BODY:
        _check_time(scheme, claim.time_stamp, now)
    fits = False
    for key in filter(None, (_key(scheme, secret) for secret in secrets)):
        expected = _digest(scheme, key, claim, webhook.body)
        for signature in claim.signatures:
            fits |= hmac.compare_digest(expected, signature)
    if not fits:
        raise ProofMissing(N_("The signature does not fit."))


def prove(scheme: Scheme, secret: str, raw: bytes, at: datetime) -> Webhook:
    """The webhook of a sender who knows *secret* and sends *raw* at *at* (aware)."""
    if scheme.carrier is Carrier.ADDRESS:
        return Webhook(raw, query={scheme.param: secret})
    if scheme.carrier is Carrier.HEADER:
        return Webhook(raw, {scheme.header: f"{scheme.prefix}{secret}"})
    claim = _Claim([], str(int(at.timestamp())), _MESSAGE_ID)
    written = scheme.prefix + _write(scheme.encoding, _digest(scheme, _key(scheme, secret), claim, raw))
    headers = {scheme.header: written}
    if scheme.signed is not Signed.BODY:
        if scheme.time_header:
            headers[scheme.time_header] = claim.time_stamp
        else:
            headers[scheme.header] = f"{scheme.time_key}={claim.time_stamp},{scheme.signature_key}={written}"
    if scheme.signed is Signed.ID_TIME_BODY and scheme.id_header:
        headers[scheme.id_header] = claim.message_id
    return Webhook(raw, headers)


def hex_digest(secret: str, text: str) -> str:
    """The hex HMAC-SHA256 of *text*, by which we show a sender that we know its secret."""
    return hmac.new(_bytes(secret), _bytes(text), hashlib.sha256).hexdigest()


def _verify_token(scheme: Scheme, webhook: Webhook, secrets: Sequence[str]) -> None:
    if scheme.carrier is Carrier.ADDRESS:
        sent = webhook.query.get(scheme.param, "")
    else:
        header = webhook.headers.get(scheme.header, "")
        sent = header.removeprefix(scheme.prefix) if header.startswith(scheme.prefix) else ""
    fits = False
    for secret in filter(None, secrets):
        fits |= hmac.compare_digest(_bytes(secret), _bytes(sent[:_LONGEST_HEADER]))
    if not fits:
        raise ProofMissing(N_("The secret does not fit."))


def _read_claim(scheme: Scheme, webhook: Webhook) -> _Claim:
    header = webhook.headers.get(scheme.header, "")
    if len(header) > _LONGEST_HEADER:
        raise ProofMissing(N_("The signature header cannot be read."))
    time_stamp = webhook.headers.get(scheme.time_header, "") if scheme.time_header else ""
    if scheme.time_key and not scheme.time_header:
        # Only the first = parts name and value: base64 ends in it.
        pairs = [part.strip().partition("=") for part in header.split(",")]
        times = [value for name, _, value in pairs if name == scheme.time_key]
        if len(times) != 1:
            raise ProofMissing(N_("The signature header cannot be read."))
        time_stamp, written = times[0], [value for name, _, value in pairs if name == scheme.signature_key]
    else:
        written = header.split() if "," in scheme.prefix else header.replace(",", " ").split()
    signatures = [_read(scheme, each) for each in written[:_MOST_SIGNATURES]]
    message_id = webhook.headers.get(scheme.id_header, "") if scheme.id_header else ""
    return _Claim([each for each in signatures if each], time_stamp, message_id)


def _check_time(scheme: Scheme, time_stamp: str, now: datetime) -> None:
    if not _TIME_STAMP.fullmatch(time_stamp):
        raise ProofMissing(N_("The time of the signature cannot be read."))
    seconds = int(time_stamp) / (1_000 if int(time_stamp) >= _MILLISECONDS else 1)
    if abs(now.timestamp() - seconds) > scheme.tolerance_seconds:
        raise ProofMissing(N_("The signature is too old or too new."))


def _read(scheme: Scheme, written: str) -> bytes:
    """The signature in *written*; empty for what is none."""
    if not written.startswith(scheme.prefix):
        return b""
    bare = written.removeprefix(scheme.prefix)
    try:
        if scheme.encoding is Encoding.BASE64:
            return base64.b64decode(bare, validate=True)
        return bytes.fromhex(bare)
    except (ValueError, binascii.Error):
        return b""


def _write(encoding: Encoding, digest: bytes) -> str:
    if encoding is Encoding.BASE64:
        return base64.b64encode(digest).decode("ascii")
    return digest.hex().upper() if encoding is Encoding.HEX_UPPER else digest.hex()


def _digest(scheme: Scheme, key: bytes, claim: _Claim, body: bytes) -> bytes:
    before = {
        Signed.BODY: "",
        Signed.TIME_BODY: f"{claim.time_stamp}.",
        Signed.ZOOM: f"v0:{claim.time_stamp}:",
        Signed.ID_TIME_BODY: f"{claim.message_id}.{claim.time_stamp}.",
    }[scheme.signed]
    return hmac.new(key, _bytes(before) + body, hashlib.sha256).digest()


def _key(scheme: Scheme, secret: str) -> bytes:
    """The key in *secret*; one that ought to be base64 and is not is taken as the text that it is."""
    if scheme.secret is SecretForm.DECODED:
        bare = secret.removeprefix("whsec_")
        try:
            return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        except (ValueError, binascii.Error):
            pass
    return _bytes(secret)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
