"""Signature schemes of schedulers and forms: HMAC-SHA256 over what each vendor signs, written as it writes it.

Secrets count as their UTF-8 bytes, but for Standard Webhooks', which are base64 behind ``whsec_``.
"""

import base64
import hashlib
import hmac


def hex_of_body(secret: str, body: bytes) -> str:
    """Cal.com; OpnForm behind ``sha256=``; SavvyCal in upper case behind ``sha256=``."""
    return _mac(secret.encode(), body).hex()


def base64_of_body(secret: str, body: bytes) -> str:
    """Tally; Typeform behind ``sha256=``."""
    return base64.b64encode(_mac(secret.encode(), body)).decode()


def time_stamped(secret: str, body: bytes, time_stamp: int) -> str:
    """Calendly and Jicoo: the whole header ``t=…,v1=…``."""
    return f"t={time_stamp},v1={_mac(secret.encode(), b'%d.' % time_stamp + body).hex()}"


def zoom(secret: str, body: bytes, time_stamp: int) -> str:
    """Zoom: the whole header ``v0=…``; the time stamp goes in a header of its own."""
    return f"v0={_mac(secret.encode(), b'v0:%d:' % time_stamp + body).hex()}"


def zoom_challenge(secret: str, plain_token: str) -> str:
    """What Zoom expects as ``encryptedToken`` for a ``plainToken``."""
    return _mac(secret.encode(), plain_token.encode()).hex()


def standard_webhooks(secret: str, body: bytes, message_id: str, time_stamp: int) -> str:
    """Standard Webhooks, as Formbricks has them: one entry ``v1,…`` of the header ``webhook-signature``."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{time_stamp}.".encode() + body
    return "v1," + base64.b64encode(_mac(key, signed)).decode()


def _mac(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()
