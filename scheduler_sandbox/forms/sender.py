"""Webhook of a vendor: bodies signed, repeated and given up as it does, and Zoom's URL check."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduler_sandbox import signing
from scheduler_sandbox.forms.appointments import jicoo, savvycal, zoom
from scheduler_sandbox.forms.filled import Body, Filled
from scheduler_sandbox.forms.questionnaires import formbricks, opnform, tally, typeform
from scheduler_sandbox.sending import Attempt, Delivery, Headers, Judge, Sender, Verdict, take_2xx

Clock = Callable[[], datetime]

Sign = Callable[[str, bytes, int], Mapping[str, str]]
"""(secret, body, time stamp) to the headers that carry the proof."""


@dataclass(frozen=True)
class Vendor:
    """How one of them writes, signs and repeats: *pauses* as it says, *judge* as it takes our answer."""

    write: Callable[..., Body]
    sign: Sign
    pauses: Sequence[float] = ()
    judge: Judge = take_2xx
    seconds: float = 10.0


def end_on_404_and_410(attempt: Attempt) -> Verdict:
    """Typeform's judgement: these two end the webhook at once."""
    return Verdict.GIVE_UP if attempt.status in (404, 410) else take_2xx(attempt)


def _standard(secret: str, body: bytes, time_stamp: int) -> Mapping[str, str]:
    message_id = f"msg_{hashlib.sha256(body).hexdigest()[:16]}"  # the same for every attempt
    signature = signing.standard_webhooks(secret, body, message_id, time_stamp)
    return {"webhook-id": message_id, "webhook-timestamp": str(time_stamp), "webhook-signature": signature}


VENDORS = {
    "typeform": Vendor(
        typeform,
        lambda s, body, t: {"Typeform-Signature": f"sha256={signing.base64_of_body(s, body)}"},
        (300.0, 600.0, 1_200.0, 3_600.0, 7_200.0),
        end_on_404_and_410,
        30.0,
    ),
    "tally": Vendor(
        tally,
        lambda s, body, t: {"Tally-Signature": signing.base64_of_body(s, body)},
        (300.0, 1_800.0, 3_600.0, 21_600.0, 86_400.0),
    ),
    "formbricks": Vendor(formbricks, _standard, (5.0, 10.0), seconds=5.0),
    "opnform": Vendor(
        opnform,
        lambda s, body, t: {"X-Webhook-Signature": f"sha256={signing.hex_of_body(s, body)}"},
        seconds=5.0,
    ),
    "savvycal": Vendor(
        savvycal,
        lambda s, body, t: {"x-savvycal-signature": f"sha256={signing.hex_of_body(s, body).upper()}"},
        (10.0, 20.0, 40.0),
    ),
    "zoom": Vendor(
        zoom,
        lambda s, body, t: {"x-zm-signature": signing.zoom(s, body, t), "x-zm-request-timestamp": str(t)},
        (300.0, 1_200.0, 3_600.0),
        seconds=3.0,
    ),
    "jicoo": Vendor(jicoo, lambda s, body, t: {"Jicoo-Webhook-Signature": signing.time_stamped(s, body, t)}),
}
"""The vendors by the names that HubSync's presets have."""


class FormSender:
    """One webhook of a vendor: posts to *address*, signed with *secret*, what its forms and pages are filled with.

    *pauses* are those between repeats and *seconds* is what an attempt may take, the vendor's own where none are
    given. *clock* gives an aware time.
    """

    def __init__(
        self,
        vendor: str,
        address: str,
        secret: str,
        *,
        pauses: Sequence[float] | None = None,
        seconds: float | None = None,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self.vendor, self.address, self.secret, self._clock = VENDORS[vendor], address, secret, clock
        self.sender = Sender(
            self.vendor.pauses if pauses is None else pauses,
            self.vendor.judge,
            self.vendor.seconds if seconds is None else seconds,
        )

    def send(self, filled: Filled, event: str = "") -> Delivery:
        """Tell of *filled*: that it was filled in or booked, or what else the vendor's *event* says."""
        told = (filled, self._clock(), event) if event else (filled, self._clock())
        return self.post(self.vendor.write(*told))

    def post(self, body: Body) -> Delivery:
        """Post *body*, signed anew for each attempt."""
        return self.sender.send(self.address, json.dumps(body, ensure_ascii=False).encode(), self._headers())

    def stop(self) -> None:
        """End every delivery that is still to be repeated."""
        self.sender.stop()

    def _headers(self) -> Headers:
        return lambda body: {
            "content-type": "application/json",
            **self.vendor.sign(self.secret, body, int(self._clock().timestamp())),
        }


def check_url(sender: FormSender) -> bool:
    """Zoom's URL check, at first and every 72 hours: whether whoever answers knows the secret token."""
    token = secrets.token_urlsafe(16)
    asked = {"event": "endpoint.url_validation", "event_ts": 0, "payload": {"plainToken": token}}
    attempt = sender.post(asked).wait_for_attempt()
    expected = {"plainToken": token, "encryptedToken": signing.zoom_challenge(sender.secret, token)}
    try:
        return attempt.status == 200 and json.loads(attempt.body) == expected
    except ValueError:
        return False
