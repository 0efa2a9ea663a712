"""Scheme: how a sender proves that a webhook is its own, as the vendors differ in it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from hubsync.sources.signed_webhook.paths import Model

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
ParamName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,50}$")]
Mark = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{0,50}$")]


class Carrier(StrEnum):
    """What carries the proof. The values are stored."""

    SIGNATURE = "signature"
    HEADER = "secret_header"
    """The secret itself stands in the header."""
    ADDRESS = "secret_address"
    """The secret itself stands in the address, for senders that can do nothing else: whoever sees the address in a
    log or in a browser's history can send as well."""


class Encoding(StrEnum):
    """How the signature is written; the case of hex does not matter when it is checked. The values are stored."""

    HEX = "hex"
    HEX_UPPER = "hex_upper"
    BASE64 = "base64"


class Signed(StrEnum):
    """What is signed: *t* is the time stamp as it was sent, *id* the message's id. The values are stored."""

    BODY = "body"
    TIME_BODY = "t.body"
    ZOOM = "v0:t:body"
    ID_TIME_BODY = "id.t.body"


class SecretForm(StrEnum):
    """What of the secret is the key. The values are stored."""

    TEXT = "text"
    DECODED = "decoded"
    """What is base64 behind ``whsec_``, as Standard Webhooks write it."""


class Scheme(Model):
    """The way of one sender; the default is what most have that are nobody's: hex of the body in ``X-Signature``.

    *prefix* stands before each signature. The time stamp comes in *time_header*, or as *time_key* in the
    signature's own header, whose parts are then ``t=…,v1=…`` with the signature as *signature_key*.
    *tolerance_seconds* is how far it may be off, both ways.
    """

    carrier: Carrier = Carrier.SIGNATURE
    header: HeaderName = "X-Signature"
    prefix: Mark = ""
    encoding: Encoding = Encoding.HEX
    signed: Signed = Signed.BODY
    id_header: HeaderName | None = None
    time_header: HeaderName | None = None
    time_key: Mark | None = None
    signature_key: Mark = "v1"
    tolerance_seconds: Annotated[int, Field(ge=10, le=86_400)] = 300
    secret: SecretForm = SecretForm.TEXT
    param: ParamName = "secret"

    @model_validator(mode="after")
    def _is_whole(self) -> Scheme:
        """Raises ValueError when something is signed that nothing says."""
        if self.carrier is Carrier.SIGNATURE and self.signed is not Signed.BODY:
            if not self.time_header and not self.time_key:
                raise ValueError("a signature of a time needs a header or a key for the time")
            if self.signed is Signed.ID_TIME_BODY and not self.id_header:
                raise ValueError("a signature of an id needs a header for the id")
        return self

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that carry the proof."""
        if self.carrier is Carrier.ADDRESS:
            return ()
        if self.carrier is Carrier.HEADER or self.signed is Signed.BODY:
            return (self.header,)
        with_id = self.id_header if self.signed is Signed.ID_TIME_BODY else None
        return tuple(dict.fromkeys(each for each in (self.header, self.time_header, with_id) if each))

    @property
    def params(self) -> tuple[str, ...]:
        """The parameters of the address that carry the proof."""
        return (self.param,) if self.carrier is Carrier.ADDRESS else ()
